// SPDX-License-Identifier: Apache-2.0
// Reactions by which the bot shows how it stands with a post.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/turn_bench.h"

static bool waits(const char *post_id) {
    return fake_chat_has_reaction(post_id, "bot", "hourglass_flowing_sand");
}

static bool is_worked_on(const char *post_id) {
    return fake_chat_has_reaction(post_id, "bot", "eyes");
}

static void want_acks(void) {
    set_text(&RULES->accounts[0].ack_reaction, "eyes");
}

static void answer_run(size_t index) {
    fake_run_end(index, GATEWAY_RUN_OK, "ok", "");
    settle();
}

static void test_what_waits_is_seen_to_wait(void **state) {
    (void)state;
    take_dm("p1", "first");
    take_dm("p2", "second");
    settle();
    assert_false(waits("p1"));
    assert_true(waits("p2"));
    answer_run(0);
    assert_false(waits("p2"));
    answer_run(1);
    assert_int_equal(FAKE.reactions_made, 1);
}

static void test_a_reaction_while_it_is_worked_on(void **state) {
    (void)state;
    want_acks();
    take_dm("p1", "first");
    take_dm("p2", "second");
    settle();
    assert_true(is_worked_on("p1"));
    assert_false(is_worked_on("p2"));
    answer_run(0);
    assert_false(is_worked_on("p1"));
    assert_true(is_worked_on("p2"));
    assert_false(waits("p2"));
    fake_run_end(1, GATEWAY_RUN_ERROR, "", "no");
    settle();
    assert_false(is_worked_on("p2"));
}

static void test_taken_off_when_stopped_or_deleted(void **state) {
    (void)state;
    want_acks();
    take_dm("p1", "first");
    take_dm("p2", "second");
    settle();
    turns_post_deleted(TURNS, "p2");
    settle();
    assert_false(waits("p2"));
    take_dm("p3", "stop");
    settle();
    assert_false(is_worked_on("p1"));
}

// The server carries out calls in any order: the next one waits for the one before.
static void test_one_call_after_the_other(void **state) {
    (void)state;
    want_acks();
    take_dm("p1", "first");
    settle();
    FAKE.hold = true;
    take_dm("p2", "second");
    FAKE.hold = false;
    fake_chat_answer_all();
    settle();
    FAKE.hold = true;
    fake_run_end(0, GATEWAY_RUN_OK, "ok", "");
    settle();
    FAKE.hold = false;
    fake_chat_answer_all();
    settle();
    assert_true(is_worked_on("p2"));
    assert_false(waits("p2"));
}

static void test_what_fails_is_tried_again(void **state) {
    (void)state;
    want_acks();
    take_dm("p1", "first");
    settle();
    FAKE.fail_call = "remove_reaction";
    FAKE.fail_next = 2;
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "late"};
    answer_run(0);
    assert_true(is_worked_on("p1"));
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    fake_clock_pass(LOOP, 10000);
    assert_false(is_worked_on("p1"));
}

static void crash(void) {
    settle();
    end_core();
    fake_runs_destroy();
    fake_runs_create(GATEWAY_READY);
    start_core(RULES);
}

static void take_again(const char *id) {
    chat_post post = {.id = id,
                      .channel_id = "dm1",
                      .user_id = ALICE,
                      .root_id = "",
                      .message = "first",
                      .type = "",
                      .pending_post_id = "",
                      .again = true,
                      .has_reactions = true,
                      .create_at_ms = FAKE_NOW_MS};
    turns_take(TURNS, &post, fake_chat_ticket(id));
    settle();
}

static void test_taken_off_after_a_crash(void **state) {
    (void)state;
    want_acks();
    take_dm("p1", "first");
    take_dm("p2", "second");
    crash();
    assert_true(is_worked_on("p1"));
    assert_true(waits("p2"));
    take_again("p2");
    assert_false(waits("p2"));
    assert_true(is_worked_on("p2"));
    take_again("p1");
    assert_true(waits("p1"));
    assert_false(is_worked_on("p1"));
    answer_run(0);
    fake_clock_pass(LOOP, 60000); // what an earlier process may have posted is looked for
    assert_int_equal(RUNS.count, 2);
    answer_run(1);
    fake_clock_pass(LOOP, 60000);
    assert_false(is_worked_on("p1") || is_worked_on("p2") || waits("p1") || waits("p2"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TURN_TEST(test_what_waits_is_seen_to_wait),        TURN_TEST(test_a_reaction_while_it_is_worked_on),
        TURN_TEST(test_taken_off_when_stopped_or_deleted), TURN_TEST(test_one_call_after_the_other),
        TURN_TEST(test_what_fails_is_tried_again),         TURN_TEST(test_taken_off_after_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
