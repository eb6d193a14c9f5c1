// SPDX-License-Identifier: Apache-2.0
// Approvals from the gateway's event to their end: who is asked, who decides by button and by command, and how they end.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/ask_bench.h"
#include "support/english.h"

#define EXEC(id, key, run, decisions)                                                                        \
    "{\"id\":\"" id "\",\"request\":{\"command\":\"touch a\",\"cwd\":\"/w\",\"host\":\"gateway\","           \
    "\"allowedDecisions\":[" decisions "],\"agentId\":\"main\",\"sessionKey\":\"" key "\",\"runId\":\"" run  \
    "\"},\"createdAtMs\":1800000000000,\"expiresAtMs\":1800001800000}"
#define BOTH "\"allow-once\",\"deny\""
#define PLUGIN(id, key)                                                                                      \
    "{\"id\":\"" id                                                                                          \
    "\",\"request\":{\"title\":\"Send mail\",\"description\":\"To @all\",\"toolName\":\"mail\","             \
    "\"sessionKey\":\"" key "\"},\"createdAtMs\":1800000000000,\"expiresAtMs\":1800000600000}"

static int with_bob(void **state) {
    (void)state;
    begin_with(ALICE, BOB, APPROVALS_DM);
    return 0;
}

static int in_channel(void **state) {
    (void)state;
    begin_with(ALICE, BOB, APPROVALS_CHANNEL);
    return 0;
}

static int with_nobody(void **state) {
    (void)state;
    begin_with(ALICE, NULL, APPROVALS_DM);
    return 0;
}

static void ask(void) {
    event("exec.approval.requested", EXEC("11111111-2222", TOWN_KEY, "r1", BOTH));
    assert_int_equal(FAKE.post_count, 2); // the notice, and bob's
}

static void resolved(const char *decision) {
    char json[256];
    snprintf(json, sizeof json, "{\"id\":\"11111111-2222\",\"decision\":\"%s\",\"resolvedBy\":\"x\"}",
             decision);
    event("exec.approval.resolved", json);
}

static void test_allowed_by_message(void **state) {
    (void)state;
    ask();
    assert_string_equal(FAKE.posts[0].channel_id, TOWN);
    assert_non_null(strstr(FAKE.posts[0].message, "1 person was asked"));
    assert_null(attachment(0));
    assert_true(strncmp(FAKE.posts[1].channel_id, "dm-bob", 6) == 0);
    assert_non_null(strstr(FAKE.posts[1].message, "```\ntouch a\n```"));
    assert_null(action(1, "Always allow")); // not offered
    assert_true(approval_desk_waits(APPROVAL_DESK, "r1"));
    click(BOB, 1, "Allow once");
    assert_string_equal(last_sent("approval.resolve"),
                        "{\"id\":\"11111111-2222\",\"kind\":\"exec\",\"decision\":\"allow-once\"}");
    resolved("allow-once");
    assert_string_equal(closing(0), "✓ Allowed once by @bobbobbobbobbobbobbobbobbo");
    assert_string_equal(closing(1), "✓ Allowed once by @bobbobbobbobbobbobbobbobbo");
    assert_false(approval_desk_waits(APPROVAL_DESK, "r1"));
}

// Bob allows, but somebody at the gateway had denied already.
static void test_denied_elsewhere_meanwhile(void **state) {
    (void)state;
    ask();
    click(BOB, 1, "Allow once");
    resolved("deny");
    assert_string_equal(closing(1), "✗ Denied elsewhere");
    reply(false, "{\"code\":\"INVALID_REQUEST\",\"message\":\"x\",\"details\":{\"reason\":\"APPROVAL_ALREADY_"
                 "RESOLVED\"}}");
}

static void test_only_approvers(void **state) {
    (void)state;
    event("exec.approval.requested", EXEC("11111111-2222", TOWN_KEY, "r1", BOTH));
    assert_int_equal(FAKE.post_count, 1); // bob is in that channel
    assert_non_null(action(0, "Deny"));
    cJSON *body = click_body(0, "Allow once", NULL);
    static const char *const others[] = {
        "alicealicealicealicealicea", "admin", "botbotbot", "gone", "nobody", ""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        send_click(others[i], cJSON_Duplicate(body, true));
        assert_int_equal(SENT_COUNT, 0);
        assert_true(*TOLD != '\0' || STATUS >= 400);
    }
    free(RULES->accounts[0].exec_approvers[0]); // he was one a moment ago
    RULES->accounts[0].exec_approvers[0] = NULL;
    send_click(BOB, cJSON_Duplicate(body, true));
    assert_string_equal(TOLD,
                        "Only people whom the setting `execApprovals.approvers` names may decide this.");
    assert_int_equal(SENT_COUNT, 0);
    RULES->accounts[0].exec_approvers[0] = xstrdup(BOB);
    send_click(BOB, body);
    assert_int_equal(SENT_COUNT, 1);
}

static void test_nobody_is_named(void **state) {
    (void)state;
    event("exec.approval.requested", EXEC("11111111-2222", DM_KEY, "r1", BOTH));
    assert_int_equal(FAKE.post_count, 1);
    assert_non_null(strstr(FAKE.posts[0].message, "nobody is named"));
    assert_null(attachment(0));
    assert_int_equal(SENT_COUNT, 0);
    event("exec.approval.resolved", "{\"id\":\"11111111-2222\",\"decision\":null}");
    assert_int_equal(FAKE.edits, 1); // however it ended, the notice says so
}

static void test_a_plugins_approval(void **state) {
    (void)state;
    event("plugin.approval.requested", PLUGIN("plugin:33333333", DM_KEY));
    assert_int_equal(FAKE.post_count, 2);
    assert_non_null(strstr(FAKE.posts[1].message, "```\nSend mail\n```\n- To @\xE2\x80\x8B"
                                                  "all"));
    click(BOB, 1, "Deny");
    assert_string_equal(last_sent("approval.resolve"),
                        "{\"id\":\"plugin:33333333\",\"kind\":\"plugin\",\"decision\":\"deny\"}");
    event("plugin.approval.resolved", "{\"id\":\"plugin:33333333\",\"decision\":\"deny\"}");
    assert_string_equal(closing(1), "✗ Denied by @bobbobbobbobbobbobbobbobbo");
}

static void test_not_ours(void **state) {
    (void)state;
    event("exec.approval.requested", EXEC("11111111-2222", "agent:main:main", "r1", BOTH));
    event("exec.approval.requested", EXEC("11111111-3333", "agent:main:subagent:1", "r1", BOTH));
    assert_int_equal(FAKE.post_count, 0);
}

static void test_time_is_over(void **state) {
    (void)state;
    ask();
    fake_clock_pass(LOOP, 4000000);
    assert_string_equal(closing(0), "⌛ Nobody decided in time, so it was not allowed.");
    assert_string_equal(closing(1), "⌛ Nobody decided in time, so it was not allowed.");
}

static void test_the_gateway_is_away(void **state) {
    (void)state;
    ask();
    CONTROL_LACKS = "It is away.";
    click(BOB, 1, "Deny");
    assert_string_equal(TOLD, "It is away.");
    CONTROL_LACKS = NULL;
    click(BOB, 1, "Deny");
    assert_int_equal(SENT_COUNT, 1);
    requests_on_lost(REQUESTS);
    settle();
    assert_string_equal(closing(1), "(open)");
    click(BOB, 1, "Deny");
    assert_int_equal(SENT_COUNT, 2);
}

// One list for each kind.
static void answer_lists(const char *exec) {
    size_t count = SENT_COUNT;
    for (size_t i = 0; i < count; i++) {
        bool of_exec = strncmp(SENT[i].method, "exec.", 5) == 0;
        cJSON *frame = json_new_object();
        json_add_string(frame, "id", SENT[i].id);
        json_add_bool(frame, "ok", true);
        json_add(frame, "payload", cJSON_Parse(of_exec ? exec : "[]"));
        requests_on_response(REQUESTS, frame);
        cJSON_Delete(frame);
    }
    settle();
}

// The connection is open, but what waits is not listed yet: the click waits for the lists.
static void test_a_click_before_the_lists(void **state) {
    (void)state;
    ask();
    end();
    begin();
    approvals_on_ready(APPROVALS);
    click(BOB, 1, "Deny");
    assert_string_equal(closing(1), "(open)");
    assert_string_equal(last_sent("approval.resolve"), "");
    answer_lists("[" EXEC("11111111-2222", TOWN_KEY, "r1", BOTH) "]");
    assert_non_null(strstr(last_sent("approval.resolve"), "\"deny\""));
    assert_string_equal(closing(1), "(open)");
}

static void test_a_restart(void **state) {
    (void)state;
    ask();
    end();
    begin();
    approvals_on_ready(APPROVALS);
    answer_lists("[]");
    assert_int_equal(FAKE.post_count, 2);
    assert_string_equal(closing(1), "✗ This is not open any more.");
}

// --- /openclaw approve ---

static char SAID[4096];

static void on_said(void *ctx, const char *text) {
    (void)ctx;
    snprintf(SAID, sizeof SAID, "%s", english_of(text));
}

static const char *type(const char *user_id, const char *argument) {
    person p = {.human = true};
    snprintf(p.id, sizeof p.id, "%s", user_id);
    snprintf(p.username, sizeof p.username, "%s", user_id);
    *SAID = '\0';
    approval_desk_command(APPROVAL_DESK, &p, argument, on_said, NULL);
    fake_clock_pass(LOOP, 100);
    return SAID;
}

static void test_by_command(void **state) {
    (void)state;
    assert_string_equal(type(BOB, ""), "Nothing waits for your approval.");
    ask();
    event("exec.approval.requested", EXEC("11111111-3333", TOWN_KEY, "r2", BOTH));
    assert_non_null(strstr(type(BOB, ""), "- `11111111` touch a (30 minutes left)\n"));
    assert_non_null(strstr(type(ALICE, ""), "execApprovals.approvers"));
    assert_non_null(strstr(type(ALICE, "11111111-2222 once"), "execApprovals.approvers"));
    static const struct {
        const char *argument, *said;
    } rows[] = {
        {"11111111-2222", "Type `/openclaw approve"},       {"once", "Type `/openclaw approve"},
        {"11111111-2222 maybe", "Type `/openclaw approve"}, {" once", "Type `/openclaw approve"},
        {"11111111 once", "More than one thing waits"},     {"999999 once", "Nothing that you may decide"},
        {"1 once", "Nothing that you may decide"},          {"11111111-2222 always", "does not offer this"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strstr(type(BOB, rows[i].argument), rows[i].said) == NULL)
            fail_msg("%s: %s", rows[i].argument, SAID);
        assert_int_equal(SENT_COUNT, 0);
    }
    type(BOB, "11111111-2 deny");
    assert_string_equal(last_sent("approval.resolve"),
                        "{\"id\":\"11111111-2222\",\"kind\":\"exec\",\"decision\":\"deny\"}");
    reply(true, "{\"applied\":true,\"approval\":{\"status\":\"denied\",\"decision\":\"deny\"}}");
    assert_string_equal(SAID, "Denied.");
    CONTROL_LACKS = "It is away.";
    assert_string_equal(type(BOB, ""), "It is away.");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_allowed_by_message, with_bob, tear_down),
        cmocka_unit_test_setup_teardown(test_denied_elsewhere_meanwhile, with_bob, tear_down),
        cmocka_unit_test_setup_teardown(test_only_approvers, in_channel, tear_down),
        cmocka_unit_test_setup_teardown(test_nobody_is_named, with_nobody, tear_down),
        cmocka_unit_test_setup_teardown(test_a_plugins_approval, with_bob, tear_down),
        cmocka_unit_test_setup_teardown(test_not_ours, with_bob, tear_down),
        cmocka_unit_test_setup_teardown(test_time_is_over, with_bob, tear_down),
        cmocka_unit_test_setup_teardown(test_the_gateway_is_away, with_bob, tear_down),
        cmocka_unit_test_setup_teardown(test_a_restart, with_bob, tear_down),
        cmocka_unit_test_setup_teardown(test_a_click_before_the_lists, with_bob, tear_down),
        cmocka_unit_test_setup_teardown(test_by_command, with_bob, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
