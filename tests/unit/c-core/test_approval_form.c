// SPDX-License-Identifier: Apache-2.0
// Approvals: who is asked where, what they read, which decisions there are. Expected values by hand.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "interactions/approval_form.h"
#include "support/english.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const NOBODY[] = {NULL}, *const BOB[] = {"bob", NULL},
                         *const TWO[] = {"alice", "bob", NULL};

// "here+" the request in the conversation, "here-" the notice; then who gets a direct message.
static void test_who_is_asked_where(void **state) {
    static const struct {
        approval_target target;
        chat_kind kind;
        const char *const *approvers;
        bool there;
        const char *expected;
    } rows[] = {
        {APPROVALS_DM, CHAT_CHANNEL, BOB, true, "here- bob"},
        {APPROVALS_DM, CHAT_GROUP, TWO, true, "here- alice bob"},
        {APPROVALS_DM, CHAT_CHANNEL, NOBODY, false, "here-"},
        {APPROVALS_CHANNEL, CHAT_CHANNEL, BOB, true, "here+"},
        {APPROVALS_CHANNEL, CHAT_GROUP, TWO, true, "here+"},
        {APPROVALS_CHANNEL, CHAT_CHANNEL, BOB, false, "here- bob"}, // nobody there could decide
        {APPROVALS_CHANNEL, CHAT_CHANNEL, NOBODY, false, "here-"},
        {APPROVALS_BOTH, CHAT_CHANNEL, BOB, true, "here+ bob"},
        {APPROVALS_BOTH, CHAT_CHANNEL, BOB, false, "here- bob"},
        // alice's own direct messages
        {APPROVALS_DM, CHAT_DIRECT, BOB, false, "here- bob"},
        {APPROVALS_CHANNEL, CHAT_DIRECT, BOB, false, "here- bob"},
        {APPROVALS_DM, CHAT_DIRECT, TWO, false, "here+ bob"},
        {APPROVALS_CHANNEL, CHAT_DIRECT, TWO, false, "here+ bob"},
        {APPROVALS_BOTH, CHAT_DIRECT, TWO, false, "here+ bob"},
        {APPROVALS_BOTH, CHAT_DIRECT, NOBODY, false, "here-"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        approval_facts f = {.target = rows[i].target,
                            .kind = rows[i].kind,
                            .channel_id = rows[i].kind == CHAT_DIRECT ? "" : "channel",
                            .root_id = "root",
                            .user_id = rows[i].kind == CHAT_DIRECT ? "alice" : "",
                            .approvers = rows[i].approvers,
                            .approver_there = rows[i].there,
                            .request = "request",
                            .plain = "plain",
                            .notice = "notice"};
        ask_place places[ASK_POSTS_MAX];
        size_t count = approval_places(&f, places);
        char got[256];
        snprintf(got, sizeof got, "here%s", places[0].with_buttons ? "+" : "-");
        assert_string_equal(places[0].text, places[0].with_buttons ? "request" : "notice");
        assert_string_equal(places[0].root_id, "root");
        for (size_t k = 1; k < count; k++) {
            assert_true(places[k].with_buttons);
            assert_string_equal(places[k].text, "request");
            assert_string_equal(places[k].plain, "plain");
            assert_string_equal(places[k].channel_id, "");
            snprintf(got + strlen(got), sizeof got - strlen(got), " %s", places[k].user_id);
        }
        assert_string_equal(got, rows[i].expected);
    }
}

static void test_many_approvers(void **state) {
    const char *many[ASK_POSTS_MAX * 2 + 1];
    ask_place places[ASK_POSTS_MAX];
    (void)state;
    for (size_t i = 0; i < ASK_POSTS_MAX * 2; i++)
        many[i] = "somebody";
    many[ASK_POSTS_MAX * 2] = NULL;
    approval_facts f = {
        .approvers = many, .kind = CHAT_CHANNEL, .channel_id = "c", .root_id = "", .user_id = ""};
    assert_int_equal(approval_places(&f, places), APPROVERS_ASKED_MAX + 1);
}

static gateway_approval exec_of(const char *command) {
    return (gateway_approval){.id = "34d8bb02-e089",
                              .kind = APPROVAL_EXEC,
                              .command = command,
                              .description = "",
                              .cwd = "/home/agent",
                              .host = "gateway",
                              .node_id = "",
                              .warning = "",
                              .plugin_id = "",
                              .tool = "",
                              .severity = "",
                              .agent_id = "main",
                              .session_key = "",
                              .run_id = "",
                              .allowed = {true, false, true},
                              .expires_in_ms = 1800000};
}

static void test_what_it_says(void **state) {
    (void)state;
    gateway_approval a = exec_of("touch a\n```\n@all");
    approval_about about = {.user_name = "alice", .channel_name = "Town *Square*", .kind = CHAT_CHANNEL};
    char *text = english(words_approval(&a, &about));
    assert_string_equal(text, "**Approval needed:** the agent wants to run this on the gateway's host:\n"
                              "````\ntouch a\n```\n@all\n````\n"
                              "- Folder: /home/agent\n- Agent: main\n- Asked for by: alice\n"
                              "- In: Town \\*Square\\*\n- Time to decide: 30 minutes");
    free(text);
    text = english(words_approval_plain(&a, &about, "bot"));
    assert_non_null(strstr(text, "- Time to decide: 30 minutes\n\nTo decide, write `@bot /openclaw approve "
                                 "34d8bb02-e089` and one of these: `once`, `deny`."));
    free(text);
    a.host = "node";
    a.node_id = "mac";
    a.warning = "@here [x](y)";
    about = (approval_about){.user_name = "", .channel_name = "", .kind = CHAT_DIRECT};
    text = english(words_approval(&a, &about));
    assert_non_null(strstr(text, "on a node of the gateway mac:"));
    assert_non_null(strstr(text, "- **Warning of the gateway:** @\xE2\x80\x8Bhere \\[x\\](y)"));
    assert_non_null(strstr(text, "- In: a direct message"));
    assert_null(strstr(text, "Asked for by"));
    free(text);
    a = exec_of("send");
    a.kind = APPROVAL_PLUGIN;
    a.description = "Sends *mail*";
    a.tool = "mail_send";
    a.severity = "critical";
    text = english(words_approval(&a, &about));
    assert_non_null(strstr(text, "a tool of the agent wants to do this:\n```\nsend\n```\n- Sends \\*mail\\*\n"
                                 "- Tool: mail\\_send\n- Severity: critical"));
    free(text);
}

static void test_a_long_command(void **state) {
    (void)state;
    size_t len = APPROVAL_COMMAND_MAX_RUNES + 500;
    char *command = xmalloc(len + 1);
    memset(command, 'x', len);
    memcpy(command, "begin", 5);
    memcpy(command + len - 3, "end", 4);
    gateway_approval a = exec_of(command);
    approval_about about = {.user_name = "", .channel_name = "", .kind = CHAT_DIRECT};
    char *text = english(words_approval(&a, &about));
    assert_non_null(strstr(text, "```\nbegin"));
    assert_non_null(strstr(text, "end\n```\n**500 characters of it are not shown above."));
    assert_true(strlen(text) < 16383);
    free(text);
    free(command);
}

static void test_decisions(void **state) {
    static const struct {
        const char *word;
        int decision;
    } rows[] = {{"once", APPROVAL_ALLOW_ONCE},
                {"allow-once", APPROVAL_ALLOW_ONCE},
                {"always", APPROVAL_ALLOW_ALWAYS},
                {"allow-always", APPROVAL_ALLOW_ALWAYS},
                {"deny", APPROVAL_DENY},
                {"", -1},
                {"yes", -1},
                {"allow", -1},
                {"Once", -1},
                {"once ", -1}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(approval_decision_find(rows[i].word), rows[i].decision);
    for (int mask = 0; mask < 8; mask++) {
        gateway_approval a = exec_of("x");
        button_action actions[APPROVAL_DECISIONS];
        size_t expected = 0;
        for (int d = 0; d < APPROVAL_DECISIONS; d++) {
            a.allowed[d] = (mask >> d & 1) != 0;
            expected += a.allowed[d];
        }
        size_t count = approval_actions(&a, actions);
        assert_int_equal(count, expected);
        for (size_t i = 0; i < count; i++) // what a click sends is what it says
            assert_true(a.allowed[approval_decision_find(actions[i].id)]);
    }
}

static void test_how_it_ended(void **state) {
    static const struct {
        approval_end end;
        const char *by, *text;
        approval_decision decision;
    } rows[] = {
        {APPROVAL_ALLOWED_ONCE, "bob", "✓ Allowed once by @bob", APPROVAL_ALLOW_ONCE},
        {APPROVAL_ALLOWED_ONCE, "", "✓ Allowed once elsewhere", APPROVAL_ALLOW_ONCE},
        {APPROVAL_ALLOWED_ALWAYS, "bob", "✓ Allowed, from now on always, by @bob", APPROVAL_ALLOW_ALWAYS},
        {APPROVAL_DENIED, "bob", "✗ Denied by @bob", APPROVAL_DENY},
        {APPROVAL_EXPIRED, "", "⌛ Nobody decided in time, so it was not allowed.", APPROVAL_DECISIONS},
        {APPROVAL_GONE, "", "✗ This is not open any more.", APPROVAL_DECISIONS},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = english(words_approval_closed(rows[i].end, rows[i].by));
        assert_string_equal(text, rows[i].text);
        assert_int_equal(approval_end_decision(rows[i].end), rows[i].decision);
        free(text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_asked_where), cmocka_unit_test(test_many_approvers),
        cmocka_unit_test(test_what_it_says),       cmocka_unit_test(test_a_long_command),
        cmocka_unit_test(test_decisions),          cmocka_unit_test(test_how_it_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
