// SPDX-License-Identifier: Apache-2.0
// Who may do what with the tools, expected by hand: conversations, places, memberships, settings.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/tool_bench.h"

static const struct {
    const char *rules, *session, *tool, *args, *code;
} ROWS[] = {
    // no session, sessions of nobody
    {WRITE, "", "mattermost_send", "{\"text\":\"a\"}", "NO_SESSION"},
    {WRITE, "agent:main:main", "mattermost_send", "{\"text\":\"a\"}", "NO_SESSION"},
    {WRITE, "agent:main:subagent:x", "mattermost_read", "{}", "NO_SESSION"},
    {WRITE, "agent:main:mattermost:direct:" EVE, "mattermost_send", "{\"text\":\"a\"}", "NOT_ALLOWED"},
    {WRITE, "agent:main:mattermost:direct:" NOTHING, "mattermost_read", "{}", "NOT_ALLOWED"},
    {WRITE, "agent:main:mattermost:direct:" BOT, "mattermost_read", "{}", "NOT_ALLOWED"},
    {WRITE, "agent:main:mattermost:channel:" LONE, "mattermost_read", "{}",
     "NOT_ALLOWED"}, // the bot is not there
    // whoever may not talk to the bot any more
    {"allowFrom: [" BOB "]\ndmPolicy: allowlist\n", DIRECT, "mattermost_send", "{\"text\":\"a\"}",
     "NOT_ALLOWED"},
    {"allowFrom: [" ANN "]\ndmPolicy: allowlist\n", DIRECT, "mattermost_send", "{\"text\":\"a\"}", ""},
    {"dmPolicy: disabled\n", DIRECT, "mattermost_send", "{\"text\":\"a\"}", "NOT_ALLOWED"},
    {"allowFrom: [" BOB "]\n", DIRECT, "mattermost_send", "{\"text\":\"a\"}", "NOT_ALLOWED"}, // not paired
    // the conversation itself
    {"", DIRECT, "mattermost_send", "{\"text\":\"a\"}", ""},
    {"", DIRECT, "mattermost_read", "{}", "NOT_ALLOWED"}, // switched off
    {ALL, DIRECT, "mattermost_read", "{}", ""},
    {ALL, DIRECT, "mattermost_read", T("@ann"), ""},
    {ALL, DIRECT, "mattermost_read", T("channel:" DM_ANN), ""},
    {ALL, IN_OPS, "mattermost_read", T("channel:" OPS), ""},
    {ALL, IN_OPS, "mattermost_send", S("#ops"), ""},
    {"actions: {send: false}\n", DIRECT, "mattermost_send", "{\"text\":\"a\"}", "NOT_ALLOWED"},
    {"actions: {reactions: false}\n", DIRECT, "mattermost_react", E(POST_DM), "NOT_ALLOWED"},
    {"", DIRECT, "mattermost_react", E(POST_DM), ""},
    {"", DIRECT, "mattermost_pin", P(POST_DM), ""},
    {"", DIRECT, "mattermost_edit", X(OWN), ""},
    {"", DIRECT, "mattermost_edit", X(POST_DM), "NOT_ALLOWED"}, // ann's
    {"", DIRECT, "mattermost_edit", X(BUTTONS), "NOT_ALLOWED"},
    {"", DIRECT, "mattermost_delete", P(BUTTONS), "NOT_ALLOWED"},
    {"", DIRECT, "mattermost_delete", P(NOTICE), "NOT_ALLOWED"},
    {"", DIRECT, "mattermost_delete", P(OWN), ""},
    {"", DIRECT, "mattermost_file", F(FILE_DM), ""},
    {"", IN_TOWN, "mattermost_edit", X(OWN_TOWN), ""},
    // elsewhere, from a direct message
    {ALL, DIRECT, "mattermost_read", T("#ops"), "NOT_ALLOWED"},
    {ALL, DIRECT, "mattermost_send", S("#ops"), "NOT_ALLOWED"},
    {READ, DIRECT, "mattermost_read", T("#ops"), ""},
    {READ, DIRECT, "mattermost_read", "{\"threadId\":\"" POST_OPS "\"}", ""},
    {READ, DIRECT, "mattermost_read", T("#boss"), "NOT_FOUND"}, // ann cannot see it
    {WRITE, DIRECT, "mattermost_read", T("channel:" BOSS), "NOT_FOUND"},
    {WRITE, DIRECT, "mattermost_read", "{\"threadId\":\"" POST_BOSS "\"}", "NOT_FOUND"},
    {WRITE, DIRECT, "mattermost_react", E(POST_BOSS), "NOT_FOUND"},
    {WRITE, DIRECT, "mattermost_react", E(NOTHING), "NOT_FOUND"},
    {WRITE, DIRECT, "mattermost_file", F(FILE_BOSS), "NOT_FOUND"},
    {WRITE, DIRECT, "mattermost_file", F(NOTHING), "NOT_FOUND"},
    {READ, DIRECT, "mattermost_send", S("#ops"), "NOT_ALLOWED"},
    {READ, DIRECT, "mattermost_react", E(POST_OPS), "NOT_ALLOWED"},
    {WRITE, DIRECT, "mattermost_send", S("#ops"), ""},
    {WRITE, DIRECT, "mattermost_send", S("beta/#far"), ""},
    {WRITE, DIRECT, "mattermost_react", E(POST_OPS), ""},
    {WRITE, DIRECT, "mattermost_send", S("#news"), "NOT_ALLOWED"}, // ann may not post there
    {READ, DIRECT, "mattermost_read", T("#news"), ""},
    {WRITE, DIRECT, "mattermost_send", S("#lone"), "NOT_ALLOWED"}, // the bot is not there
    {WRITE, DIRECT, "mattermost_send", S("@bob"), ""},
    {READ, DIRECT, "mattermost_send", S("@bob"), "NOT_ALLOWED"},
    {WRITE, DIRECT, "mattermost_read", T("@bob"), "NOT_FOUND"}, // somebody else's direct message
    {WRITE, DIRECT, "mattermost_edit", X(OWN_TOWN), ""},
    {READ, DIRECT, "mattermost_edit", X(OWN_TOWN), "NOT_ALLOWED"},
    // elsewhere, from a channel
    {ALL, IN_TOWN, "mattermost_read", T("#news"), "NOT_ALLOWED"},
    {READ, IN_TOWN, "mattermost_read", T("#news"), ""},
    {WRITE, IN_TOWN, "mattermost_send", S("#news"), ""},
    {READ, IN_OPS, "mattermost_read", T("#news"), ""},
    {WRITE, IN_TOWN, "mattermost_read", T("#ops"), "NOT_FOUND"}, // private
    {WRITE, IN_TOWN, "mattermost_read", T("#boss"), "NOT_FOUND"},
    {WRITE, IN_TOWN, "mattermost_read", T("#no-such-channel"), "NOT_FOUND"},
    {ALL, IN_TOWN, "mattermost_read", T("#no-such-channel"),
     "NOT_ALLOWED"}, // nothing is told of what there is
    {WRITE, IN_TOWN, "mattermost_read", "{\"threadId\":\"" POST_OPS "\"}", "NOT_FOUND"},
    {WRITE, IN_TOWN, "mattermost_read", T("beta/#far"), "NOT_FOUND"}, // another team
    {WRITE, IN_TOWN, "mattermost_send", S("@bob"), "NOT_FOUND"},
    {WRITE, IN_TOWN, "mattermost_react", E(POST_DM), "NOT_FOUND"},
    {WRITE, IN_TOWN, "mattermost_file", F(FILE_DM), "NOT_FOUND"},
    {WRITE, IN_OPS, "mattermost_edit", X(OWN_TOWN), ""},
    {WRITE, IN_LOBBY, "mattermost_read", T("#news"), "NOT_ALLOWED"}, // a guest is there
    {WRITE, IN_LOBBY, "mattermost_read", "{}", ""},
    // arguments
    {WRITE, DIRECT, "mattermost_send", "{}", "INVALID_ARGUMENTS"},
    {WRITE, DIRECT, "mattermost_send", "{\"text\":\" \\n\"}", "INVALID_ARGUMENTS"},
    {WRITE, DIRECT, "mattermost_send", "{\"to\":\"@bob\",\"text\":\"a\"}", "INVALID_ARGUMENTS"},
    {WRITE, DIRECT, "mattermost_send", S("@"), "INVALID_ARGUMENTS"},
    {WRITE, DIRECT, "mattermost_send", "{\"target\":\"#ops\",\"threadId\":\"" POST_DM "\",\"text\":\"a\"}",
     "INVALID_ARGUMENTS"},
    {WRITE, DIRECT, "mattermost_file", "{\"action\":\"fetch\"}", "INVALID_ARGUMENTS"},
    {WRITE, DIRECT, "mattermost_file", "{\"action\":\"upload\"}", "INVALID_ARGUMENTS"},
};

static void test_rights(void **state) {
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        if (i > 0)
            set_up(state);
        with_rules(ROWS[i].rules);
        call(ROWS[i].session, ROWS[i].tool, ROWS[i].args);
        if (strcmp(ANSWER.code, ROWS[i].code) != 0)
            fail_msg("row %zu, %s %s of %s: \"%s\" %s", i, ROWS[i].tool, ROWS[i].args, ROWS[i].session,
                     ANSWER.code, ANSWER.text);
        if (*ROWS[i].code != '\0')
            assert_int_equal(FAKE.post_count, 8); // nothing was posted
        assert_int_equal(posts_in(BOSS), 1);
        if (i + 1 < sizeof ROWS / sizeof *ROWS)
            tear_down(state);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rights, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
