// SPDX-License-Identifier: Apache-2.0
// Questions from the gateway's event to their end: where they stand, who answers, and every way in which they end.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/ask_bench.h"
#include "interactions/dialogs.h"

#define QUESTION(id, key, run, items)                                                                        \
    "{\"id\":\"" id "\",\"questions\":[" items "],\"agentId\":\"main\",\"sessionKey\":\"" key "\","          \
    "\"runId\":\"" run                                                                                       \
    "\",\"createdAtMs\":1800000000000,\"expiresAtMs\":1800000900000,\"status\":\"pending\"}"
#define COLOR                                                                                                \
    "{\"questionId\":\"color\",\"header\":\"Color\",\"question\":\"Which?\",\"isOther\":true,"               \
    "\"options\":[{\"label\":\"Red\"},{\"label\":\"Blue\"}]}"
#define SECRET                                                                                               \
    "{\"questionId\":\"pw\",\"header\":\"P\",\"question\":\"Password?\",\"options\":[],\"isSecret\":true}"

static int set_up(void **state) {
    (void)state;
    begin_with(ALICE, NULL, APPROVALS_DM);
    return 0;
}

static void ask(void) {
    event("question.requested", QUESTION("q1", DM_KEY, "r1", COLOR));
    assert_int_equal(FAKE.post_count, 1);
}

static void test_answered_by_a_click(void **state) {
    (void)state;
    ask();
    assert_string_equal(FAKE.posts[0].user_id, "bot");
    assert_true(strncmp(FAKE.posts[0].channel_id, "dm-", 3) == 0);
    assert_true(question_desk_waits(QUESTION_DESK, "r1"));
    assert_false(question_desk_waits(QUESTION_DESK, "r2"));
    click(ALICE, 0, "Blue");
    assert_string_equal(last_sent("question.resolve"),
                        "{\"id\":\"q1\",\"answers\":{\"answers\":{\"color\":[\"Blue\"]}},"
                        "\"resolvedBy\":\"alicealicealicealicealicea\"}");
    click(ALICE, 0, "Red"); // while that is on its way
    assert_string_equal(TOLD, "Somebody else is answering this right now.");
    event("question.resolved",
          "{\"id\":\"q1\",\"status\":\"answered\",\"answers\":{\"answers\":{\"color\":[\"Blue\"]}}}");
    assert_string_equal(closing(0), "✓ **Blue** – answered by @alicealicealicealicealicea");
    reply(true, "{\"status\":\"answered\"}");
    assert_false(question_desk_waits(QUESTION_DESK, "r1"));
    assert_int_equal(SENT_COUNT, 1);
}

// Somebody elsewhere was faster with another answer: it is not put into alice's mouth.
static void test_answered_elsewhere_meanwhile(void **state) {
    (void)state;
    ask();
    click(ALICE, 0, "Blue");
    event("question.resolved",
          "{\"id\":\"q1\",\"status\":\"answered\",\"answers\":{\"answers\":{\"color\":[\"Red\"]}}}");
    assert_string_equal(closing(0), "✓ **Red** – answered elsewhere");
    reply(false, "{\"code\":\"INVALID_REQUEST\",\"message\":\"x\",\"details\":{\"reason\":\"QUESTION_ALREADY_"
                 "TERMINAL\"}}");
}

static void test_skipped(void **state) {
    (void)state;
    ask();
    click(ALICE, 0, "Skip");
    assert_string_equal(last_sent("question.resolve"), "{\"id\":\"q1\",\"cancel\":true}");
    event("question.resolved", "{\"id\":\"q1\",\"status\":\"cancelled\"}");
    assert_string_equal(closing(0), "✗ Skipped by @alicealicealicealicealicea");
}

static void test_ends_without_us(void **state) {
    static const struct {
        const char *event, *text;
    } rows[] = {
        {"{\"id\":\"q1\",\"status\":\"cancelled\"}", "✗ Withdrawn: nobody needs to answer this any more."},
        {"{\"id\":\"q1\",\"status\":\"expired\"}", "⌛ Nobody answered in time."},
        {"{\"id\":\"q1\",\"status\":\"answered\",\"answers\":{\"answers\":{\"color\":[\"*x* @all\"]}}}",
         "✓ **\\*x\\* @\xE2\x80\x8B"
         "all** – answered elsewhere"},
        {"{\"id\":\"q1\",\"status\":\"answered\"}", "✓ Answered elsewhere"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        event("question.requested", QUESTION("q1", DM_KEY, "r1", COLOR));
        event("question.resolved", rows[i].event);
        assert_int_equal(FAKE.post_count, i + 1);
        assert_string_equal(closing(i), rows[i].text);
    }
}

static void test_time_is_over(void **state) {
    (void)state;
    ask();
    fake_clock_pass(LOOP, 2000000);
    assert_string_equal(closing(0), "⌛ Nobody answered in time.");
}

static void test_who_may(void **state) {
    (void)state;
    event("question.requested", QUESTION("q1", TOWN_KEY, "r1", COLOR));
    assert_string_equal(FAKE.posts[0].channel_id, TOWN);
    cJSON *body = click_body(0, "Blue", NULL);
    send_click(BOB, cJSON_Duplicate(body, true)); // a member of the channel whom the rules do not know
    assert_string_equal(TOLD, "Only people who may talk to me here can answer this.");
    send_click("", cJSON_Duplicate(body, true));
    assert_int_equal(SENT_COUNT, 0);
    assert_string_equal(closing(0), "(open)");
    send_click(ALICE, body);
    assert_int_equal(SENT_COUNT, 1);
}

static void test_where_the_run_is(void **state) {
    (void)state;
    RUN_HERE = "mm-post1";
    event("question.requested", QUESTION("q1", TOWN_KEY, "mm-post1", COLOR));
    assert_string_equal(FAKE.posts[0].root_id, "rootrootrootrootrootrootro");
    assert_string_equal(FAKE.posts[0].channel_id, TOWN);
}

// A run of ours that no turn here waits for: whoever does comes first.
static void test_the_others_first(void **state) {
    (void)state;
    cJSON *payload = cJSON_Parse(QUESTION("q1", TOWN_KEY, "mm-post1", COLOR));
    questions_on_event(QUESTIONS, "question.requested", payload);
    cJSON_Delete(payload);
    fake_clock_pass(LOOP, 1000);
    assert_int_equal(FAKE.post_count, 0);
    RUN_HERE = "mm-post1"; // the turn is taken up again
    settle();
    assert_int_equal(FAKE.post_count, 1);
    assert_string_equal(FAKE.posts[0].root_id, "rootrootrootrootrootrootro");
}

static void test_not_ours(void **state) {
    static const char *const keys[] = {"agent:main:main", "agent:main:subagent:1234",
                                       "agent:other:telegram:direct:1", "",
                                       "agent:main:mattermost:direct:short"};
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        cJSON *payload = cJSON_Parse(QUESTION("q1", "KEY", "r1", COLOR));
        cJSON_ReplaceItemInObjectCaseSensitive(payload, "sessionKey", cJSON_CreateString(keys[i]));
        questions_on_event(QUESTIONS, "question.requested", payload);
        cJSON_Delete(payload);
        event("question.resolved", "{\"id\":\"q1\",\"status\":\"cancelled\"}");
    }
    assert_int_equal(FAKE.post_count, 0);
    assert_int_equal(FAKE.edits, 0);
}

static void test_secrets_are_refused(void **state) {
    (void)state;
    event("question.requested", QUESTION("q1", DM_KEY, "r1", SECRET));
    assert_string_equal(last_sent("question.resolve"), "{\"id\":\"q1\",\"cancel\":true}");
    assert_int_equal(FAKE.post_count, 1);
    assert_non_null(strstr(FAKE.posts[0].message, "Secrets must not be typed into a chat"));
    assert_null(strstr(FAKE.posts[0].message, "Password"));
    assert_null(attachment(0));
    event("question.resolved", "{\"id\":\"q1\",\"status\":\"cancelled\"}");
    assert_null(attachment(0));
}

static void test_the_gateway_is_away(void **state) {
    (void)state;
    ask();
    click(ALICE, 0, "Blue");
    requests_on_lost(REQUESTS);
    settle();
    assert_int_equal(FAKE.ephemeral_count + (*TOLD != '\0'), 1);
    assert_string_equal(closing(0), "(open)");
    click(ALICE, 0, "Blue"); // again, when it is back
    assert_int_equal(SENT_COUNT, 2);
}

// A new process: what still waits is found again, what is gone is closed.
static void test_a_restart(void **state) {
    (void)state;
    ask();
    event("question.requested", QUESTION("q2", DM_KEY, "r2", COLOR));
    assert_int_equal(FAKE.post_count, 2);
    end();
    begin();
    questions_on_ready(QUESTIONS);
    reply(true, "{\"questions\":[" QUESTION("q2", DM_KEY, "r2", COLOR) "]}");
    assert_int_equal(FAKE.post_count, 2);
    assert_string_equal(closing(0), "✗ This question is not open any more.");
    assert_string_equal(closing(1), "(open)");
    click(ALICE, 1, "Red");
    assert_non_null(strstr(last_sent("question.resolve"), "\"q2\""));
}

// The connection is open, but what waits is not listed yet: the click waits for the list.
static void test_a_click_before_the_list(void **state) {
    (void)state;
    ask();
    end();
    begin();
    questions_on_ready(QUESTIONS);
    click(ALICE, 0, "Red");
    assert_string_equal(closing(0), "(open)");
    assert_string_equal(last_sent("question.resolve"), "");
    reply(true, "{\"questions\":[" QUESTION("q1", DM_KEY, "r1", COLOR) "]}");
    assert_non_null(strstr(last_sent("question.resolve"), "\"q1\""));
    assert_string_equal(closing(0), "(open)");
}

// … and is told to try again when the list does not come, or is an error: nobody knows then that the question is over.
static void test_a_click_without_the_list(void **state) {
    (void)state;
    ask();
    end();
    begin();
    questions_on_ready(QUESTIONS);
    click(ALICE, 0, "Red");
    assert_int_equal(FAKE.ephemeral_count + (*TOLD != '\0'), 0);
    fake_clock_pass(LOOP, 1500);
    assert_int_equal(FAKE.ephemeral_count + (*TOLD != '\0'), 1);
    reply(false, "{}");
    assert_string_equal(closing(0), "(open)");
    click(ALICE, 0, "Red");
    fake_clock_pass(LOOP, 1500);
    assert_string_equal(closing(0), "(open)");
    assert_string_equal(last_sent("question.resolve"), "");
}

static void test_a_click_that_comes_too_late(void **state) {
    (void)state;
    ask();
    cJSON *body = click_body(0, "Blue", NULL);
    event("question.resolved", "{\"id\":\"q1\",\"status\":\"expired\"}");
    send_click(ALICE, body);
    assert_int_equal(SENT_COUNT, 0);
    assert_true(*TOLD != '\0');
}

static void test_the_dialog(void **state) {
    (void)state;
    ask();
    click(ALICE, 0, "Something else …");
    assert_non_null(FAKE.dialog);
    cJSON *body = json_new_object(), *values = json_add_object(body, "submission");
    json_add_string(values, "q0other", "Pink");
    json_add_string(body, "state", json_text(FAKE.dialog, "state"));
    json_add_string(body, "callback_id", json_text(FAKE.dialog, "callback_id"));
    json_add_string(body, "channel_id", FAKE.posts[0].channel_id);
    char *text = cJSON_PrintUnformatted(body);
    dialogs_http(BUTTONS, ALICE, bytes_str(text), on_answer, NULL);
    settle();
    assert_non_null(strstr(last_sent("question.resolve"), "{\"color\":[\"Pink\"]}"));
    cJSON_free(text);
    cJSON_Delete(body);
}

#define DESK_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_answered_by_a_click),
        DESK_TEST(test_answered_elsewhere_meanwhile),
        DESK_TEST(test_skipped),
        DESK_TEST(test_ends_without_us),
        DESK_TEST(test_time_is_over),
        DESK_TEST(test_who_may),
        DESK_TEST(test_where_the_run_is),
        DESK_TEST(test_the_others_first),
        DESK_TEST(test_not_ours),
        DESK_TEST(test_secrets_are_refused),
        DESK_TEST(test_the_gateway_is_away),
        DESK_TEST(test_a_restart),
        DESK_TEST(test_a_click_before_the_list),
        DESK_TEST(test_a_click_without_the_list),
        DESK_TEST(test_a_click_that_comes_too_late),
        DESK_TEST(test_the_dialog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
