// SPDX-License-Identifier: Apache-2.0
// Turns whose messages are shown to the desk of questions first: what becomes of them, and of those behind them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/turn_bench.h"

#include <stdio.h>

static question_heard VERDICT; // what the desk says …
static bool HOLD;              // … later (tell)
static int HEARINGS;
static char HEARD_TEXT[256], HEARD_RUN[64];
static struct {
    question_heard_fn *fn;
    void *ctx;
} LATER[8];
static size_t LATER_COUNT;

static void hear(void *ctx, const question_said *said, question_heard_fn *fn, void *fn_ctx) {
    (void)ctx;
    HEARINGS++;
    snprintf(HEARD_TEXT, sizeof HEARD_TEXT, "%s", said->text);
    snprintf(HEARD_RUN, sizeof HEARD_RUN, "%s", said->run_id);
    if (HOLD) {
        LATER[LATER_COUNT].fn = fn;
        LATER[LATER_COUNT++].ctx = fn_ctx;
        return;
    }
    fn(fn_ctx, VERDICT, VERDICT == QUESTION_MISSED ? "Write a number." : "");
}

static void tell(size_t index, question_heard verdict) {
    LATER[index].fn(LATER[index].ctx, verdict, "");
    settle();
}

static int begin_hearing(void **state) {
    HEAR = hear;
    VERDICT = QUESTION_NOT_MEANT;
    HOLD = false;
    HEARINGS = 0;
    LATER_COUNT = 0;
    return set_up(state);
}

static void answer_run(size_t index) {
    fake_run_end(index, GATEWAY_RUN_OK, "ok", "");
    settle();
}

static void first_runs(void) {
    take_dm("p1", "one");
    settle();
    assert_int_equal(RUNS.count, 1);
}

static void test_answered(void **state) {
    (void)state;
    first_runs();
    assert_string_equal(HEARD_RUN, "");
    VERDICT = QUESTION_ANSWERED_BY_IT;
    take_dm("p2", "two");
    assert_int_equal(outcome_told("p2"), REASON_REPLIED);
    assert_string_equal(HEARD_TEXT, "two");
    assert_string_equal(HEARD_RUN, "mm-p1");
    assert_int_equal(FAKE.post_count, 0);
    answer_run(0);
    assert_int_equal(RUNS.count, 1);
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_missed(void **state) {
    (void)state;
    first_runs();
    VERDICT = QUESTION_MISSED;
    take_dm("p2", "two");
    assert_int_equal(outcome_told("p2"), REASON_NO_REPLY);
    assert_int_equal(FAKE.post_count, 1); // only they read it there
    assert_string_equal(FAKE.posts[0].message, "Write a number.");
    take_in("p3", "town", "", "@openclaw three", false);
    assert_int_equal(outcome_told("p3"), REASON_NO_REPLY);
    assert_int_equal(FAKE.post_count, 1);
    assert_int_equal(FAKE.ephemeral_count, 1);
    assert_int_equal(RUNS.count, 1);
    answer_run(0);
    assert_int_equal(turns_open(TURNS), 0);
}

// Stop words and commands are looked at before.
static void test_stop_is_no_answer(void **state) {
    (void)state;
    first_runs();
    VERDICT = QUESTION_ANSWERED_BY_IT;
    take_dm("p2", "stop");
    settle();
    assert_true(RUNS.runs[0].aborted);
    assert_int_equal(HEARINGS, 1);
}

// What waits is heard again when a question can be answered by writing since.
static void test_heard_again_in_the_queue(void **state) {
    (void)state;
    first_runs();
    take_dm("p2", "two");
    take_dm("p3", "three");
    settle();
    VERDICT = QUESTION_MISSED; // a post of its own is on its way while others wait
    turns_hear_again(TURNS);
    assert_int_equal(outcome_told("p2"), REASON_NO_REPLY);
    assert_int_equal(outcome_told("p3"), REASON_NO_REPLY);
    VERDICT = QUESTION_NOT_MEANT;
    take_dm("p4", "four");
    settle();
    answer_run(0);
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p4");
    answer_run(1);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_perhaps(void **state) {
    (void)state;
    VERDICT = QUESTION_PERHAPS;
    take_dm("p1", "one");
    take_dm("p2", "two");
    settle();
    assert_int_equal(RUNS.count, 0);
    VERDICT = QUESTION_NOT_MEANT;
    turns_hear_again(TURNS);
    settle();
    assert_int_equal(RUNS.count, 1);
    assert_string_equal(RUNS.runs[0].idempotency_key, "mm-p1");
    answer_run(0);
    answer_run(1);
    assert_int_equal(outcome_told("p2"), REASON_ANSWERED);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_the_first_of_the_queue_was_an_answer(void **state) {
    (void)state;
    VERDICT = QUESTION_PERHAPS;
    take_dm("p1", "one");
    VERDICT = QUESTION_NOT_MEANT;
    take_dm("p2", "two");
    settle();
    assert_int_equal(RUNS.count, 0);
    HOLD = true;
    turns_hear_again(TURNS);
    tell(0, QUESTION_ANSWERED_BY_IT);
    tell(1, QUESTION_NOT_MEANT);
    assert_int_equal(outcome_told("p1"), REASON_REPLIED);
    assert_string_equal(RUNS.runs[0].idempotency_key, "mm-p2");
    HOLD = false;
    answer_run(0);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_in_their_order(void **state) {
    (void)state;
    HOLD = true;
    take_dm("p1", "one");
    take_dm("p2", "two");
    settle();
    tell(1, QUESTION_NOT_MEANT);
    assert_int_equal(RUNS.count, 0);
    tell(0, QUESTION_NOT_MEANT);
    assert_string_equal(RUNS.runs[0].idempotency_key, "mm-p1");
    answer_run(0);
    answer_run(1);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_deleted_meanwhile(void **state) {
    (void)state;
    HOLD = true;
    take_dm("p1", "one");
    settle();
    turns_post_deleted(TURNS, "p1");
    assert_int_equal(outcome_told("p1"), REASON_DELETED);
    tell(0, QUESTION_MISSED);
    assert_int_equal(FAKE.post_count, 0);
    assert_int_equal(turns_open(TURNS), 0);
}

// What the desk says when everything ends finds nobody.
static void test_the_end(void **state) {
    (void)state;
    HOLD = true;
    take_dm("p1", "one");
    take_dm("p2", "two");
    settle();
    end_core();
    LATER[0].fn(LATER[0].ctx, QUESTION_NOT_MEANT, "");
    LATER[1].fn(LATER[1].ctx, QUESTION_ANSWERED_BY_IT, "");
    HOLD = false;
    start_core(RULES);
}

#define HEAR_TEST(fn) cmocka_unit_test_setup_teardown(fn, begin_hearing, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        HEAR_TEST(test_answered),          HEAR_TEST(test_missed),
        HEAR_TEST(test_stop_is_no_answer), HEAR_TEST(test_heard_again_in_the_queue),
        HEAR_TEST(test_perhaps),           HEAR_TEST(test_the_first_of_the_queue_was_an_answer),
        HEAR_TEST(test_in_their_order),    HEAR_TEST(test_deleted_meanwhile),
        HEAR_TEST(test_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
