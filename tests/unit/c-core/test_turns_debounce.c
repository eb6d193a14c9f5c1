// SPDX-License-Identifier: Apache-2.0
// Bursts of one person: one message, one answer, an outcome for each post.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/turn_bench.h"

#include <stdio.h>

static void pause_for(int64_t ms) {
    RULES->accounts[0].debounce_ms = ms;
}

static void answer_run(size_t index) {
    fake_run_end(index, GATEWAY_RUN_OK, "ok", "");
    settle();
}

static void write_every(int count, int64_t ms) {
    for (int i = 0; i < count; i++) {
        char id[32], text[32];
        (void)snprintf(id, sizeof id, "p%d", i);
        (void)snprintf(text, sizeof text, "word %d", i);
        take_dm(id, text);
        fake_clock_pass(LOOP, ms);
    }
}

static void test_a_burst_is_one_message(void **state) {
    (void)state;
    pause_for(1000);
    write_every(3, 600);
    assert_int_equal(RUNS.count, 0);
    fake_clock_pass(LOOP, 600);
    assert_int_equal(RUNS.count, 1);
    assert_string_equal(RUNS.runs[0].idempotency_key, "mm-p2");
    assert_string_equal(RUNS.runs[0].message, "alicealicealicealicealicea: word 0\n  word 1\n  word 2");
    assert_false(fake_chat_has_outcome("p0"));
    answer_run(0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(outcome_told((const char *const[]){"p0", "p1", "p2"}[i]), REASON_ANSWERED);
    assert_int_equal(FAKE.post_count, 1);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_it_ends_after_five_pauses(void **state) {
    (void)state;
    pause_for(1000);
    write_every(7, 800); // 5.6 s
    assert_int_equal(RUNS.count, 1);
    assert_string_equal(RUNS.runs[0].idempotency_key, "mm-p6");
    answer_run(0);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_others_do_not_wait(void **state) {
    (void)state;
    pause_for(60000);
    take_in("p1", "town", "", "@openclaw one", false);
    take_in("p2", "town", "root", "@openclaw two", false);
    settle();
    assert_int_equal(RUNS.count, 0);
    pause_for(0);
    take_in("p3", "town", "other", "@openclaw three", false);
    settle();
    assert_int_equal(RUNS.count, 1);
    assert_string_equal(RUNS.runs[0].idempotency_key, "mm-p3");
    take_in("p4", "town", "root", "@openclaw four", false); // comes behind what was written before
    settle();
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p2");
    fake_clock_pass(LOOP, 60000);
    assert_int_equal(RUNS.count, 3);
    assert_string_equal(RUNS.runs[2].idempotency_key, "mm-p1");
}

static void test_edits_and_deletions(void **state) {
    (void)state;
    pause_for(1000);
    write_every(4, 0);
    chat_post old = {.id = "p0",
                     .channel_id = "dm1",
                     .user_id = ALICE,
                     .root_id = "",
                     .message = "word 0",
                     .type = "",
                     .pending_post_id = "",
                     .create_at_ms = FAKE_NOW_MS},
              now = old;
    now.message = "changed";
    turns_post_edited(TURNS, &now, &old, fake_chat_ticket("the edit"));
    turns_post_deleted(TURNS, "p1");
    turns_post_deleted(TURNS, "p3"); // the last one
    fake_clock_pass(LOOP, 1000);
    assert_int_equal(RUNS.count, 1);
    assert_string_equal(RUNS.runs[0].idempotency_key, "mm-p2");
    assert_string_equal(RUNS.runs[0].message, "alicealicealicealicealicea: changed\n  word 2");
    answer_run(0);
    assert_int_equal(outcome_told("p0"), REASON_ANSWERED);
    assert_int_equal(outcome_told("p1"), REASON_DELETED);
    assert_int_equal(outcome_told("p2"), REASON_ANSWERED);
    assert_int_equal(outcome_told("p3"), REASON_DELETED);
}

static void test_stop_ends_it(void **state) {
    (void)state;
    pause_for(1000);
    write_every(3, 0);
    take_dm("p9", "stop");
    for (int i = 0; i < 3; i++)
        assert_int_equal(outcome_told((const char *const[]){"p0", "p1", "p2"}[i]), REASON_ABORTED);
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(RUNS.count, 0);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_the_core_ends_meanwhile(void **state) {
    (void)state;
    pause_for(1000);
    write_every(3, 0);
    end_core();
    assert_int_equal(FAKE.outcome_count, 0);
    assert_int_equal(FAKE.left_tickets, 3);
    start_core(RULES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TURN_TEST(test_a_burst_is_one_message), TURN_TEST(test_it_ends_after_five_pauses),
        TURN_TEST(test_others_do_not_wait),     TURN_TEST(test_edits_and_deletions),
        TURN_TEST(test_stop_ends_it),           TURN_TEST(test_the_core_ends_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
