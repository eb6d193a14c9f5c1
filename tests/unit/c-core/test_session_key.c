// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session/session_key.h"

#include <stdlib.h>

static void test_base_keys(void **state) {
    static const struct {
        const char *agent, *account, *name;
        dm_scope scope;
        chat_kind kind;
        const char *key;
    } rows[] = {
        {"ops", "default", "", DM_SCOPE_CHANNEL_PEER, CHAT_DIRECT, "agent:ops:mattermost:direct:u1"},
        {"", "default", "", DM_SCOPE_CHANNEL_PEER, CHAT_DIRECT, "agent:main:mattermost:direct:u1"},
        {"Ops", "default", "", DM_SCOPE_CHANNEL_PEER, CHAT_GROUP, "agent:ops:mattermost:group:c1"},
        {"ops", "default", "", DM_SCOPE_CHANNEL_PEER, CHAT_CHANNEL, "agent:ops:mattermost:channel:c1"},
        // two bots do not share what they hear
        {"ops", "work", "", DM_SCOPE_CHANNEL_PEER, CHAT_CHANNEL, "agent:ops:mattermost:work:channel:c1"},
        {"ops", "work", "", DM_SCOPE_CHANNEL_PEER, CHAT_GROUP, "agent:ops:mattermost:work:group:c1"},
        {"ops", "work", "", DM_SCOPE_CHANNEL_PEER, CHAT_DIRECT, "agent:ops:mattermost:work:direct:u1"},
        // unless they are told to
        {"ops", "work", "mattermost", DM_SCOPE_CHANNEL_PEER, CHAT_CHANNEL, "agent:ops:mattermost:channel:c1"},
        {"ops", "work", "mattermost", DM_SCOPE_CHANNEL_PEER, CHAT_DIRECT, "agent:ops:mattermost:direct:u1"},
        {"ops", "default", "Chat", DM_SCOPE_CHANNEL_PEER, CHAT_CHANNEL, "agent:ops:chat:channel:c1"},
        // scopes of direct messages
        {"ops", "work", "", DM_SCOPE_MAIN, CHAT_DIRECT, "agent:ops:main"},
        {"ops", "work", "", DM_SCOPE_PEER, CHAT_DIRECT, "agent:ops:direct:u1"},
        {"ops", "work", "", DM_SCOPE_ACCOUNT_CHANNEL_PEER, CHAT_DIRECT,
         "agent:ops:mattermost:work:direct:u1"},
        {"ops", "default", "", DM_SCOPE_ACCOUNT_CHANNEL_PEER, CHAT_DIRECT,
         "agent:ops:mattermost:default:direct:u1"},
        {"ops", "work", "chat", DM_SCOPE_ACCOUNT_CHANNEL_PEER, CHAT_DIRECT, "agent:ops:chat:work:direct:u1"},
        {"ops", "default", "", DM_SCOPE_MAIN, CHAT_GROUP, "agent:ops:mattermost:group:c1"},
        {"ops", "default", "", DM_SCOPE_ACCOUNT_CHANNEL_PEER, CHAT_CHANNEL,
         "agent:ops:mattermost:channel:c1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        session_place place = {.agent = rows[i].agent,
                               .account = rows[i].account,
                               .name = rows[i].name,
                               .scope = rows[i].scope,
                               .kind = rows[i].kind,
                               .channel_id = "C1",
                               .user_id = "U1"};
        char *key = session_base_key(&place);
        assert_string_equal(key, rows[i].key);
        free(key);
    }
}

static void test_reply_mode(void **state) {
    static const struct {
        reply_mode all, own; // replyToMode, replyToModeByChatType.<kind>
        reply_mode direct, group, channel;
    } rows[] = {
        {REPLY_UNSET, REPLY_UNSET, REPLY_OFF, REPLY_OFF, REPLY_OFF},
        {REPLY_OFF, REPLY_UNSET, REPLY_OFF, REPLY_OFF, REPLY_OFF},
        {REPLY_FIRST, REPLY_UNSET, REPLY_OFF, REPLY_FIRST, REPLY_FIRST},
        {REPLY_BATCHED, REPLY_UNSET, REPLY_OFF, REPLY_BATCHED, REPLY_BATCHED},
        {REPLY_FIRST, REPLY_ALL, REPLY_ALL, REPLY_ALL, REPLY_ALL},
        {REPLY_ALL, REPLY_OFF, REPLY_OFF, REPLY_OFF, REPLY_OFF},
        {REPLY_UNSET, REPLY_FIRST, REPLY_FIRST, REPLY_FIRST, REPLY_FIRST},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const reply_mode expected[CHAT_KINDS] = {rows[i].direct, rows[i].group, rows[i].channel};
        for (int kind = 0; kind < CHAT_KINDS; kind++) {
            account_config rules = {.reply_to_mode = rows[i].all};
            rules.reply_to_mode_by_type[kind] = rows[i].own;
            assert_int_equal(session_reply_mode(&rules, (chat_kind)kind), expected[kind]);
        }
    }
}

// For a post P in the thread R, or in none.
static void test_threads(void **state) {
    static const struct {
        chat_kind kind;
        reply_mode mode;
        const char *root, *thread, *reply, *key, *parent, *history;
    } rows[] = {
        {CHAT_DIRECT, REPLY_OFF, "", "", "", "b", NULL, NULL},
        {CHAT_DIRECT, REPLY_OFF, "R", "", "R", "b", NULL, NULL},
        {CHAT_DIRECT, REPLY_UNSET, "R", "", "R", "b", NULL, NULL},
        {CHAT_DIRECT, REPLY_FIRST, "", "P", "P", "b:thread:P", NULL, "b:thread:P"},
        {CHAT_DIRECT, REPLY_ALL, "R", "R", "R", "b:thread:R", NULL, "b:thread:R"},
        {CHAT_GROUP, REPLY_OFF, "", "", "", "b", NULL, "b"},
        {CHAT_GROUP, REPLY_OFF, "R", "R", "R", "b:thread:R", "b", "b:thread:R"},
        {CHAT_GROUP, REPLY_BATCHED, "", "P", "P", "b:thread:P", "b", "b:thread:P"},
        {CHAT_CHANNEL, REPLY_UNSET, "", "", "", "b", NULL, "b"},
        {CHAT_CHANNEL, REPLY_OFF, "", "", "", "b", NULL, "b"},
        {CHAT_CHANNEL, REPLY_OFF, "R", "R", "R", "b:thread:R", "b", "b:thread:R"},
        {CHAT_CHANNEL, REPLY_FIRST, "", "P", "P", "b:thread:P", "b", "b:thread:P"},
        {CHAT_CHANNEL, REPLY_ALL, "R", "R", "R", "b:thread:R", "b", "b:thread:R"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *thread = session_thread(rows[i].kind, rows[i].mode, rows[i].root, "P");
        assert_string_equal(thread, rows[i].thread);
        assert_string_equal(session_reply_root(rows[i].kind, rows[i].mode, rows[i].root, "P"), rows[i].reply);
        session_names names = session_names_of("b", rows[i].kind, thread);
        assert_string_equal(names.key, rows[i].key);
        assert_string_equal(names.parent_key != NULL ? names.parent_key : "none",
                            rows[i].parent != NULL ? rows[i].parent : "none");
        assert_string_equal(names.history_key != NULL ? names.history_key : "none",
                            rows[i].history != NULL ? rows[i].history : "none");
        session_names_free(&names);
    }
}

static void test_part_roots(void **state) {
    static const struct {
        chat_kind kind;
        const char *thread, *reply_to, *root;
    } rows[] = {
        {CHAT_DIRECT, "", "", ""},    {CHAT_DIRECT, "", "X", ""},   {CHAT_DIRECT, "T", "X", "T"},
        {CHAT_GROUP, "", "X", "X"},   {CHAT_GROUP, "T", "X", "T"},  {CHAT_CHANNEL, "", "", ""},
        {CHAT_CHANNEL, "", "X", "X"}, {CHAT_CHANNEL, "T", "", "T"}, {CHAT_CHANNEL, "T", "X", "T"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(session_part_root(rows[i].kind, rows[i].thread, rows[i].reply_to), rows[i].root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_keys),
        cmocka_unit_test(test_reply_mode),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_part_roots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
