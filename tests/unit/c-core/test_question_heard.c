// SPDX-License-Identifier: Apache-2.0
// Messages that answer a question whose post has no buttons: which question, once only, whoever dies meanwhile.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/ask_bench.h"
#include "support/english.h"

#define QUESTION(id, run)                                                                                    \
    "{\"id\":\"" id "\",\"questions\":[{\"questionId\":\"color\",\"header\":\"Color\",\"question\":"         \
    "\"Which?\",\"options\":[{\"label\":\"Red\"},{\"label\":\"Blue\"}]}],\"agentId\":\"main\","              \
    "\"sessionKey\":\"" TOWN_KEY "\",\"runId\":\"" run                                                       \
    "\",\"createdAtMs\":1800000000000,\"expiresAtMs\":1800000900000,\"status\":\"pending\"}"
#define BLUE "{\"id\":\"q1\",\"answers\":{\"answers\":{\"color\":[\"Blue\"]}},\"resolvedBy\":\"alice\"}"
#define TERMINAL                                                                                             \
    "{\"code\":\"INVALID_REQUEST\",\"message\":\"x\",\"details\":{\"reason\":\"QUESTION_ALREADY_TERMINAL\"}" \
    "}"
enum { LATER = 1000000, NOTHING_HEARD = -1 };

static int HEARD, HEARINGS;
static char SENTENCE[1024];

static void on_heard(void *ctx, question_heard heard, const char *sentence) {
    (void)ctx;
    HEARD = (int)heard;
    HEARINGS++;
    char *text = words_in(WORDS_EN, sentence);
    snprintf(SENTENCE, sizeof SENTENCE, "%s", text);
    free(text);
}

static question_said message(const char *post_id, const char *text) {
    return (question_said){.account = accounts_at(ACCOUNTS, 0),
                           .place = TOWN_KEY,
                           .run_id = "",
                           .channel_id = TOWN,
                           .post_id = post_id,
                           .user_id = ALICE,
                           .username = "alice",
                           .text = text,
                           .at_ms = LATER};
}

static void hear(const question_said *said) {
    HEARD = NOTHING_HEARD;
    HEARINGS = 0;
    question_desk_hear(QUESTION_DESK, said, on_heard, NULL);
    settle();
    assert_true(HEARINGS <= 1);
}

static void say(const char *post_id, const char *text) {
    question_said said = message(post_id, text);
    hear(&said);
}

static void say_again(const char *post_id, const char *text) {
    question_said said = message(post_id, text);
    said.again = true;
    hear(&said);
}

static int set_up(void **state) {
    (void)state;
    begin_with(ALICE, NULL, APPROVALS_DM);
    FAKE.way.no_buttons = true;
    return 0;
}

static void ask(void) {
    event("question.requested", QUESTION("q1", "r1"));
    assert_int_equal(FAKE.post_count, 1);
}

static void test_the_answer(void **state) {
    (void)state;
    ask();
    assert_null(attachment(0));
    assert_non_null(strstr(FAKE.posts[0].message, "1. **Red**\n2. **Blue**\n\nTo answer, write the number"));
    assert_int_equal(CHANGES, 1); // what was said meanwhile is heard again
    say("post1", "2");
    assert_string_equal(last_sent("question.resolve"), BLUE);
    assert_int_equal(HEARD, NOTHING_HEARD);
    event("question.resolved",
          "{\"id\":\"q1\",\"status\":\"answered\",\"answers\":{\"answers\":{\"color\":[\"Blue\"]}}}");
    reply(true, "{\"status\":\"answered\"}");
    assert_int_equal(HEARD, QUESTION_ANSWERED_BY_IT);
    assert_string_equal(closing(0), "✓ **Blue** – answered by @alice");
    say_again("post1", "2"); // the program died before that was noted elsewhere
    assert_int_equal(HEARD, QUESTION_ANSWERED_BY_IT);
    say("post2", "2");
    assert_int_equal(HEARD, QUESTION_NOT_MEANT);
    assert_int_equal(SENT_COUNT, 1);
}

static void test_skipped(void **state) {
    (void)state;
    ask();
    say("post1", "Skip");
    assert_string_equal(last_sent("question.resolve"), "{\"id\":\"q1\",\"cancel\":true}");
    event("question.resolved", "{\"id\":\"q1\",\"status\":\"cancelled\"}");
    assert_string_equal(closing(0), "✗ Skipped by @alice");
}

static void test_no_answer(void **state) {
    (void)state;
    ask();
    say("post1", "Pink");
    assert_int_equal(HEARD, QUESTION_MISSED);
    assert_non_null(strstr(SENTENCE, "To answer, write the number or the name of one choice."));
    question_said said = message("post2", "2");
    said.with_files = true;
    hear(&said);
    assert_int_equal(HEARD, QUESTION_MISSED);
    assert_non_null(strstr(SENTENCE, "A file cannot be an answer."));
    assert_int_equal(SENT_COUNT, 0);
    say("post3", "2");
    assert_int_equal(SENT_COUNT, 1);
}

static void test_not_meant(void **state) {
    (void)state;
    ask();
    question_said rows[3] = {message("post1", "2"), message("post2", "2"), message("post3", "2")};
    rows[0].channel_id = "otherotherotherotherothero";
    rows[1].place = DM_KEY;
    rows[2].at_ms = 1; // before it was asked
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hear(&rows[i]);
        assert_int_equal(HEARD, QUESTION_NOT_MEANT);
    }
    rows[1].run_id = "r1"; // the conversation waits for that run, whatever the gateway calls its session
    hear(&rows[1]);
    assert_string_equal(last_sent("question.resolve"), BLUE);
    say("post4", "1"); // one at a time
    assert_int_equal(HEARD, QUESTION_NOT_MEANT);
    assert_int_equal(SENT_COUNT, 1);
}

static void test_with_buttons(void **state) {
    (void)state;
    FAKE.way.no_buttons = false;
    ask();
    say("post1", "2");
    assert_int_equal(HEARD, QUESTION_NOT_MEANT);
    assert_string_equal(closing(0), "(open)");
    assert_int_equal(SENT_COUNT, 0);
}

static void test_refused(void **state) {
    (void)state;
    ask();
    say("post1", "2");
    reply(false, "{\"code\":\"INVALID_REQUEST\",\"message\":\"no such choice\"}");
    assert_int_equal(HEARD, QUESTION_MISSED);
    say("post2", "1"); // it is open to everybody again
    assert_int_equal(SENT_COUNT, 2);
}

static void test_somebody_elsewhere_was_faster(void **state) {
    (void)state;
    ask();
    say("post1", "2");
    reply(false, TERMINAL);
    assert_int_equal(HEARD, QUESTION_NOT_MEANT);
    event("question.resolved",
          "{\"id\":\"q1\",\"status\":\"answered\",\"answers\":{\"answers\":{\"color\":[\"Red\"]}}}");
    assert_string_equal(closing(0), "✓ **Red** – answered elsewhere");
    say_again("post1", "2");
    assert_int_equal(HEARD, QUESTION_NOT_MEANT);
}

// The connection breaks while the answer is on its way: it waits, and is sent again as soon as somebody listens.
static void test_the_gateway_is_away(void **state) {
    (void)state;
    ask();
    say("post1", "2");
    int before = CHANGES;
    requests_on_lost(REQUESTS);
    settle();
    assert_int_equal(HEARD, QUESTION_PERHAPS);
    fake_clock_pass(LOOP, 6000);
    assert_true(CHANGES > before);
    say_again("post1", "2");
    assert_int_equal(SENT_COUNT, 2);
    reply(false, TERMINAL); // the first one had arrived
    assert_int_equal(HEARD, QUESTION_ANSWERED_BY_IT);
}

static void die(void) {
    end();
    begin();
    questions_on_ready(QUESTIONS);
}

// The program dies while the answer is on its way.
static void test_died_and_it_arrived(void **state) {
    (void)state;
    ask();
    say("post1", "2");
    die();
    say_again("post1", "2");
    assert_int_equal(HEARD, QUESTION_PERHAPS);
    reply(true, "{\"questions\":[]}");
    assert_int_equal(CHANGES, 1);
    say_again("post1", "2");
    assert_int_equal(HEARD, QUESTION_ANSWERED_BY_IT);
    assert_int_equal(SENT_COUNT, 1); // the list
}

static void test_died_and_it_did_not_arrive(void **state) {
    (void)state;
    ask();
    say("post1", "2");
    die();
    reply(true, "{\"questions\":[" QUESTION("q1", "r1") "]}");
    say_again("post1", "2");
    assert_string_equal(last_sent("question.resolve"), BLUE);
    reply(true, "{\"status\":\"answered\"}");
    assert_int_equal(HEARD, QUESTION_ANSWERED_BY_IT);
    assert_int_equal(FAKE.post_count, 1);
}

// A message of after a start, before it is known what waits.
static void test_not_known_yet(void **state) {
    (void)state;
    ask();
    die();
    say("post1", "1");
    assert_int_equal(HEARD, QUESTION_PERHAPS);
    question_said said = message("post2", "1");
    said.channel_id = "otherotherotherotherothero"; // nothing is open there
    hear(&said);
    assert_int_equal(HEARD, QUESTION_NOT_MEANT);
    reply(false, "{}"); // it will not be known: nobody waits for that
    assert_int_equal(CHANGES, 1);
    say("post1", "1");
    assert_int_equal(HEARD, QUESTION_NOT_MEANT);
}

#define HEARD_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        HEARD_TEST(test_the_answer),
        HEARD_TEST(test_skipped),
        HEARD_TEST(test_no_answer),
        HEARD_TEST(test_not_meant),
        HEARD_TEST(test_with_buttons),
        HEARD_TEST(test_refused),
        HEARD_TEST(test_somebody_elsewhere_was_faster),
        HEARD_TEST(test_the_gateway_is_away),
        HEARD_TEST(test_died_and_it_arrived),
        HEARD_TEST(test_died_and_it_did_not_arrive),
        HEARD_TEST(test_not_known_yet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
