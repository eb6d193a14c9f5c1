// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "session/session_key.h"
#include "session/session_of_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define U "uuuuuuuuuuuuuuuuuuuuuuuuu1"
#define C "ccccccccccccccccccccccccc2"
#define R "rrrrrrrrrrrrrrrrrrrrrrrrr3"

static account_config rules_of(const char *id, const char *name, dm_scope scope, const char *agent) {
    return (account_config){.id = (char *)(uintptr_t)id,
                            .session_name = (char *)(uintptr_t)name,
                            .dm_scope = scope,
                            .agent = (char *)(uintptr_t)agent};
}

static void test_ours(void **state) {
    static const struct {
        const char *account, *name;
        dm_scope scope;
        const char *key;
        chat_kind kind;
        const char *id, *root;
    } rows[] = {
        {"default", "", DM_SCOPE_CHANNEL_PEER, "agent:main:mattermost:direct:" U, CHAT_DIRECT, U, ""},
        {"default", "", DM_SCOPE_CHANNEL_PEER, "agent:main:mattermost:direct:" U ":thread:" R, CHAT_DIRECT, U,
         R},
        {"default", "", DM_SCOPE_CHANNEL_PEER, "agent:main:mattermost:channel:" C, CHAT_CHANNEL, C, ""},
        {"default", "", DM_SCOPE_CHANNEL_PEER, "agent:main:mattermost:group:" C ":thread:" R, CHAT_GROUP, C,
         R},
        {"default", "", DM_SCOPE_MAIN, "agent:main:mattermost:channel:" C, CHAT_CHANNEL, C, ""},
        {"work", "", DM_SCOPE_CHANNEL_PEER, "agent:main:mattermost:work:channel:" C, CHAT_CHANNEL, C, ""},
        {"work", "", DM_SCOPE_ACCOUNT_CHANNEL_PEER, "agent:main:mattermost:work:direct:" U, CHAT_DIRECT, U,
         ""},
        {"default", "", DM_SCOPE_ACCOUNT_CHANNEL_PEER, "agent:main:mattermost:default:direct:" U, CHAT_DIRECT,
         U, ""},
        {"work", "", DM_SCOPE_PEER, "agent:main:direct:" U, CHAT_DIRECT, U, ""},
        {"work", "chat:x", DM_SCOPE_CHANNEL_PEER, "agent:main:chat:x:direct:" U, CHAT_DIRECT, U, ""},
        {"work", "group:" C, DM_SCOPE_CHANNEL_PEER, "agent:main:group:" C ":direct:" U, CHAT_DIRECT, U, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        account_config rules = rules_of(rows[i].account, rows[i].name, rows[i].scope, "");
        session_of out;
        assert_true(session_of_key(rows[i].key, &rules, "", &out));
        assert_int_equal(out.kind, rows[i].kind);
        assert_string_equal(out.kind == CHAT_DIRECT ? out.user_id : out.channel_id, rows[i].id);
        assert_string_equal(out.kind == CHAT_DIRECT ? out.channel_id : out.user_id, "");
        assert_string_equal(out.root_id, rows[i].root);
        assert_string_equal(out.agent, "main");
    }
}

static void test_foreign(void **state) {
    static const char *const keys[] = {
        "",
        ":",
        "main",
        "agent:main:main",
        "agent:main:mattermost:direct:",
        "agent:main:mattermost:direct:x",
        "agent:main:mattermost:direct:" U "4",
        "agent:main:mattermost:direct:UUUUUUUUUUUUUUUUUUUUUUUUU1",
        "agent:main:mattermost:direct:" U ":",
        "agent:main:mattermost:direct:" U ":thread:",
        "agent:main:mattermost:direct:" U ":thread:" R ":thread:" R,
        "agent:main:mattermost:direct:" U ":heartbeat",
        "agent:main:mattermost:work:direct:" U, // another account's
        "agent:main:mattermost:thread:" R,
        "agent:main:mattermost:team:" C,
        "agent:main:slack:channel:" C,
        "agent:main:direct:" U, // another scope
        "agent:main:subagent:0e7a8e3c-0000-4000-8000-000000000000",
        "agent:main:cron:" C,
        "agent:other:mattermost:channel:" C, // another agent
        "agent:Main:mattermost:channel:" C,
        "Agent:main:mattermost:channel:" C,
        "x:agent:main:mattermost:channel:" C,
        " agent:main:mattermost:channel:" C,
        "channel:" C,
        "agent:main:channel:" C,
    };
    (void)state;
    account_config rules = rules_of("default", "", DM_SCOPE_CHANNEL_PEER, "");
    session_of out;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_false(session_of_key(keys[i], &rules, "", &out));
    rules.dm_scope = DM_SCOPE_MAIN;
    assert_false(session_of_key("agent:main:main", &rules, "", &out));
    assert_false(session_of_key("agent:main:mattermost:direct:" U, &rules, "", &out));
    char *longer = xasprintf("agent:main:%0600d:direct:" U, 0);
    assert_false(session_of_key(longer, &rules, "", &out));
    free(longer);
}

static void test_agents(void **state) {
    group_config groups[] = {{.channel_id = (char *)(uintptr_t)C, .agent = (char *)(uintptr_t) "Sales"}};
    account_config rules = rules_of("default", "", DM_SCOPE_CHANNEL_PEER, "");
    session_of out;
    (void)state;
    assert_true(session_of_key("agent:home:mattermost:direct:" U, &rules, "Home", &out));
    assert_string_equal(out.agent, "home");
    assert_false(session_of_key("agent:main:mattermost:direct:" U, &rules, "home", &out));
    rules = rules_of("default", "", DM_SCOPE_CHANNEL_PEER, "Ops");
    rules.groups = groups;
    rules.group_count = 1;
    assert_true(session_of_key("agent:ops:mattermost:direct:" U, &rules, "home", &out));
    assert_true(session_of_key("agent:sales:mattermost:channel:" C, &rules, "home", &out));
    assert_string_equal(out.agent, "sales");
    assert_false(session_of_key("agent:ops:mattermost:channel:" C, &rules, "home", &out));
}

// Whatever session_key.h makes comes back, whatever the settings.
static void test_round_trip(void **state) {
    static const char *const names[] = {"",         "mattermost", "a:b",    "direct",
                                        "thread:x", ("group:" C), "x.y_z-1"};
    static const char *const ids[] = {"default", "work", "a-b", "direct", "thread"};
    static const char *const roots[] = {"", R};
    size_t made = 0;
    (void)state;
    for (size_t i = 0; i < 7 * 5 * 4 * CHAT_KINDS * 2; i++) {
        size_t left = i;
        const char *name = names[left % 7], *id = ids[left / 7 % 5], *root = roots[left / 35 % 2];
        dm_scope scope = (dm_scope)(left / 70 % 4);
        chat_kind kind = (chat_kind)(left / 280 % CHAT_KINDS);
        session_place place = {.agent = "Ops",
                               .account = id,
                               .name = name,
                               .scope = scope,
                               .kind = kind,
                               .channel_id = C,
                               .user_id = U};
        account_config rules = rules_of(id, name, scope, "Ops");
        char *base = session_base_key(&place);
        session_names n = session_names_of(base, kind, root);
        session_of out;
        bool told = kind != CHAT_DIRECT || scope != DM_SCOPE_MAIN;
        assert_int_equal(session_of_key(n.key, &rules, "x", &out), told);
        if (told) {
            made++;
            assert_int_equal(out.kind, kind);
            assert_string_equal(out.root_id, root);
            assert_string_equal(kind == CHAT_DIRECT ? out.user_id : out.channel_id,
                                kind == CHAT_DIRECT ? U : C);
        }
        session_names_free(&n);
        free(base);
    }
    assert_int_equal(made, 7 * 5 * (4 * 3 - 1) * 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ours),
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_agents),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
