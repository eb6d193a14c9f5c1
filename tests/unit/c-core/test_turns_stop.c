// SPDX-License-Identifier: Apache-2.0
// Words that stop the agent, and what they leave alone.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/turn_bench.h"

static char BOB[] = "bobbobbobbobbobbobbobbobbo";

static void take_from(char *user, const char *id, const char *channel, const char *root,
                      const char *message) {
    chat_post post = {.id = id,
                      .channel_id = channel,
                      .user_id = user,
                      .root_id = root,
                      .message = message,
                      .type = "",
                      .pending_post_id = "",
                      .create_at_ms = FAKE_NOW_MS};
    turns_take(TURNS, &post, fake_chat_ticket(id));
    settle();
}

static bool confirmed(const char *post_id) {
    return fake_chat_has_reaction(post_id, "bot", "white_check_mark");
}

static void test_stop_aborts_and_leaves_nothing(void **state) {
    (void)state;
    take_dm("p1", "first");
    take_dm("p2", "second");
    settle();
    RUNS.runs[0].events.text(RUNS.runs[0].ctx, "The answer begins");
    fake_clock_pass(LOOP, 1);
    assert_int_equal(FAKE.post_count, 1);
    take_dm("p3", "Stop!");
    assert_int_equal(outcome_told("p1"), REASON_ABORTED);
    assert_int_equal(outcome_told("p2"), REASON_ABORTED);
    assert_int_equal(outcome_told("p3"), REASON_RAN_COMMAND);
    assert_true(RUNS.runs[0].aborted);
    assert_true(FAKE.posts[0].deleted);
    assert_int_equal(FAKE.post_count, 1);
    assert_int_equal(RUNS.count, 1);
    assert_true(confirmed("p3"));
    assert_int_equal(FAKE.ephemeral_count, 0);
    assert_int_equal(turns_open(TURNS), 0);
    take_dm("p4", "go on");
    settle();
    assert_int_equal(RUNS.count, 2);
}

static void test_with_nothing_open_it_goes_to_nobody(void **state) {
    (void)state;
    take_dm("p1", "stop");
    assert_int_equal(outcome_told("p1"), REASON_RAN_COMMAND);
    take_in("p2", "town", "", "stop", false); // not said to the bot
    assert_int_equal(outcome_told("p2"), REASON_NO_MENTION);
    take_in("p3", "town", "", "@openclaw stop", false);
    assert_int_equal(outcome_told("p3"), REASON_RAN_COMMAND);
    assert_int_equal(RUNS.count, 0);
    assert_int_equal(FAKE.ephemeral_count, 2);
    assert_false(confirmed("p1"));
}

static void test_other_conversations_go_on(void **state) {
    (void)state;
    take_in("p1", "dm2", "", "one", false);
    take_in("p2", "town", "root", "@openclaw two", false);
    take_in("p3", "town", "", "@openclaw three", false);
    settle();
    assert_int_equal(RUNS.count, 3);
    take_in("p4", "town", "root", "@openclaw stop", false);
    assert_int_equal(outcome_told("p2"), REASON_ABORTED);
    assert_false(fake_chat_has_outcome("p1"));
    assert_false(fake_chat_has_outcome("p3"));
    take_in("p5", "town", "", "stop", false); // without a mention: it is known what is meant
    assert_int_equal(outcome_told("p3"), REASON_ABORTED);
    assert_int_equal(outcome_told("p5"), REASON_RAN_COMMAND);
    assert_false(fake_chat_has_outcome("p1"));
}

static void let_bob_in(void) {
    account_config *a = &RULES->accounts[0];
    a->group_policy = GROUP_OPEN;
}

static void test_somebody_else_stops_the_run_but_not_what_waits(void **state) {
    (void)state;
    let_bob_in();
    take_from(ALICE, "p1", "town", "", "@openclaw one");
    take_from(ALICE, "p2", "town", "", "@openclaw two");
    take_from(BOB, "p3", "town", "", "@openclaw three");
    take_from(BOB, "p4", "town", "", "@openclaw stop");
    assert_int_equal(outcome_told("p1"), REASON_ABORTED);
    assert_int_equal(outcome_told("p3"), REASON_ABORTED);
    assert_false(fake_chat_has_outcome("p2"));
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p2");
}

static void test_who_may_not_talk_stops_nothing(void **state) {
    (void)state;
    take_from(ALICE, "p1", "town", "", "@openclaw one");
    take_from(BOB, "p2", "town", "", "@openclaw stop");
    assert_string_equal(outcome_of(outcome_told("p2")), "refused");
    assert_false(RUNS.runs[0].cancelled);
}

static void test_while_the_gateway_is_away_or_facts_are_looked_up(void **state) {
    (void)state;
    RUNS.status.state = GATEWAY_BACKOFF;
    turns_gateway_status(TURNS, &RUNS.gateways[0], &RUNS.status);
    take_dm("p1", "one");
    settle();
    FAKE.hold = true;
    take_dm("p2", "two");
    take_dm("p3", "stop");
    FAKE.hold = false;
    fake_chat_answer_all();
    assert_int_equal(outcome_told("p1"), REASON_ABORTED);
    assert_int_equal(outcome_told("p3"), REASON_RAN_COMMAND);
    RUNS.status.state = GATEWAY_READY;
    turns_gateway_status(TURNS, &RUNS.gateways[0], &RUNS.status);
    settle();
    assert_int_equal(RUNS.count, 0);
    assert_int_equal(turns_open(TURNS), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TURN_TEST(test_stop_aborts_and_leaves_nothing),
        TURN_TEST(test_with_nothing_open_it_goes_to_nobody),
        TURN_TEST(test_other_conversations_go_on),
        TURN_TEST(test_somebody_else_stops_the_run_but_not_what_waits),
        TURN_TEST(test_who_may_not_talk_stops_nothing),
        TURN_TEST(test_while_the_gateway_is_away_or_facts_are_looked_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
