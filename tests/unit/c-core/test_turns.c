// SPDX-License-Identifier: Apache-2.0
// Posts in, outcomes out: every way a turn can go, with a chat server and a gateway that do what the test says and time
// that jumps.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/turn_bench.h"

static void gateway_is(gateway_state s) {
    RUNS.status.state = s;
    turns_gateway_status(TURNS, &RUNS.gateways[0], &RUNS.status);
}

static void test_a_question_is_answered(void **state) {
    (void)state;
    take_dm("p1", "hi");
    assert_int_equal(RUNS.count, 1);
    assert_string_equal(RUNS.runs[0].idempotency_key, "mm-p1");
    assert_string_equal(RUNS.runs[0].session_key, "agent:main:mattermost:direct:alicealicealicealicealicea");
    assert_string_equal(RUNS.runs[0].message, "alicealicealicealicealicea: hi");
    assert_string_equal(RUNS.runs[0].permission_mode, "guarded");
    assert_true(FAKE.typing >= 1);
    fake_run_end(0, GATEWAY_RUN_OK, "hello", "");
    settle();
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_int_equal(FAKE.post_count, 1);
    assert_string_equal(FAKE.posts[0].message, "hello");
    assert_string_equal(FAKE.posts[0].user_id, "bot");
    assert_string_equal(FAKE.posts[0].channel_id, "dm1");
    assert_string_equal(FAKE.posts[0].root_id, "");
    assert_string_equal(FAKE.posts[0].turn, "p1");
    assert_int_equal(FAKE.posts[0].part, 0);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_places(void **state) {
    static const struct {
        const char *id, *channel, *root, *key;
    } rows[] = {
        {"a", "town", "", "agent:main:mattermost:channel:town"},
        {"b", "town", "r1", "agent:main:mattermost:channel:town:thread:r1"},
        {"c", "priv1", "", "agent:main:mattermost:group:priv1"},
        {"d", "gm1", "r2", "agent:main:mattermost:group:gm1:thread:r2"},
        {"e", "dm1", "r3", "agent:main:mattermost:direct:alicealicealicealicealicea"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        take_in(rows[i].id, rows[i].channel, rows[i].root, "@openclaw go", false);
        assert_int_equal(RUNS.count, i + 1);
        assert_string_equal(RUNS.runs[i].session_key, rows[i].key);
        assert_string_equal(RUNS.runs[i].message, "alicealicealicealicealicea: go");
        fake_run_end(i, GATEWAY_RUN_OK, "done", "");
        settle();
        assert_string_equal(FAKE.posts[i].channel_id, rows[i].channel);
        assert_string_equal(FAKE.posts[i].root_id, rows[i].root);
    }
}

static void test_what_is_not_answered(void **state) {
    (void)state;
    take_in("p1", "town", "", "no mention", false);
    take_in("p2", "townout", "", "@openclaw", false);
    take_in("p3", "dmout", "", "other people's", false);
    assert_int_equal(outcome_told("p1"), REASON_NO_MENTION);
    assert_int_equal(outcome_told("p2"), REASON_NOT_MEMBER);
    assert_int_equal(outcome_told("p3"), REASON_NOT_MEMBER);
    assert_int_equal(RUNS.count, 0);
    assert_int_equal(FAKE.post_count, 0);
    assert_int_equal(FAKE.typing, 0);
}

static void test_a_stranger_gets_nothing(void **state) {
    (void)state;
    chat_post post = {.id = "p1",
                      .channel_id = "dm9",
                      .user_id = "mallory",
                      .root_id = "",
                      .message = "let me in",
                      .type = "",
                      .pending_post_id = ""};
    turns_take(TURNS, &post, fake_chat_ticket("p1"));
    assert_int_equal(outcome_told("p1"), REASON_PAIRING);
    assert_int_equal(FAKE.post_count + (size_t)FAKE.typing + RUNS.count, 0);
}

static void test_the_same_post_twice(void **state) {
    (void)state;
    take_dm("p1", "hi");
    take_dm("p1", "hi");
    assert_int_equal(RUNS.count, 1);
    assert_int_equal(outcome_told("p1"), REASON_DUPLICATE);
}

static void test_one_session_one_after_another(void **state) {
    (void)state;
    take_dm("p1", "one");
    take_dm("p2", "two");
    take_in("p3", "town", "", "@openclaw three", false);
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p3");
    fake_run_end(0, GATEWAY_RUN_OK, "1", "");
    settle();
    assert_int_equal(RUNS.count, 3);
    assert_string_equal(RUNS.runs[2].idempotency_key, "mm-p2");
    fake_run_end(2, GATEWAY_RUN_OK, "2", "");
    fake_run_end(1, GATEWAY_RUN_OK, "3", "");
    settle();
    assert_int_equal(FAKE.outcome_count, 3);
    assert_string_equal(FAKE.posts[0].message, "1");
    assert_string_equal(FAKE.posts[1].message, "2");
}

static void test_a_full_queue_says_so(void **state) {
    (void)state;
    for (int i = 0; i < 22; i++) {
        char *id = xasprintf("p%d", i);
        take_dm(id, "x");
        free(id);
    }
    settle();
    assert_int_equal(outcome_told("p20"), REASON_QUEUE_FULL);
    assert_int_equal(outcome_told("p21"), REASON_QUEUE_FULL);
    assert_int_equal(FAKE.post_count, 2);
    assert_int_equal(RUNS.count, 1);
    assert_int_equal(turns_open(TURNS), 20);
}

static void test_gateway_away_and_back(void **state) {
    (void)state;
    gateway_is(GATEWAY_BACKOFF);
    take_dm("p1", "one");
    take_dm("p2", "two");
    fake_clock_pass(LOOP, 60000);
    assert_int_equal(FAKE.post_count, 1); // told once, not for each message
    assert_int_equal(FAKE.posts[0].part, -1);
    assert_int_equal(RUNS.count, 0);
    gateway_is(GATEWAY_READY);
    assert_int_equal(RUNS.count, 1);
    fake_run_end(0, GATEWAY_RUN_OK, "1", "");
    settle();
    fake_run_end(1, GATEWAY_RUN_OK, "2", "");
    settle();
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_int_equal(outcome_told("p2"), REASON_ANSWERED);
    assert_int_equal(FAKE.post_count, 3);
    gateway_is(GATEWAY_BACKOFF); // another outage is told again
    take_dm("p3", "three");
    fake_clock_pass(LOOP, 60000);
    assert_int_equal(FAKE.post_count, 4);
}

static void test_gateway_back_at_once_is_not_told(void **state) {
    (void)state;
    gateway_is(GATEWAY_CONNECTING);
    take_dm("p1", "one");
    fake_clock_pass(LOOP, 3000);
    gateway_is(GATEWAY_READY);
    fake_run_end(0, GATEWAY_RUN_OK, "1", "");
    fake_clock_pass(LOOP, 60000);
    assert_int_equal(FAKE.post_count, 1);
    assert_string_equal(FAKE.posts[0].message, "1");
}

static void test_gateway_away_for_too_long(void **state) {
    (void)state;
    gateway_is(GATEWAY_HALTED);
    take_dm("p1", "one");
    fake_clock_pass(LOOP, 11 * 60000);
    assert_int_equal(outcome_told("p1"), REASON_GATEWAY_AWAY);
    assert_int_equal(FAKE.post_count, 2);
    gateway_is(GATEWAY_READY);
    assert_int_equal(RUNS.count, 0);
}

static void test_ends_of_a_run(void **state) {
    static const struct {
        gateway_run_outcome outcome;
        const char *text, *sentence;
        outcome_reason reason;
        size_t posts;
    } rows[] = {
        {GATEWAY_RUN_OK, "x", "", REASON_ANSWERED, 1},
        {GATEWAY_RUN_OK, " \n", "", REASON_SILENT, 0},
        {GATEWAY_RUN_SILENT, "", "", REASON_SILENT, 0},
        {GATEWAY_RUN_ERROR, "", "the model said no", REASON_TOLD_ERROR, 1},
        {GATEWAY_RUN_ABORTED, "", "", REASON_TOLD_ERROR, 1},
        {GATEWAY_RUN_REFUSED, "", "too wide", REASON_PERMISSION, 1},
        {GATEWAY_RUN_LOST, "", "gone", REASON_RUN_LOST, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *id = xasprintf("p%zu", i);
        size_t before = FAKE.post_count;
        take_dm(id, "x");
        fake_run_end(i, rows[i].outcome, rows[i].text, rows[i].sentence);
        settle();
        assert_int_equal(outcome_told(id), rows[i].reason);
        assert_int_equal(FAKE.post_count - before, rows[i].posts);
        if (rows[i].posts > 0 && *rows[i].sentence != '\0' && rows[i].outcome != GATEWAY_RUN_LOST)
            assert_non_null(strstr(FAKE.posts[before].message, rows[i].sentence));
        free(id);
    }
}

static void test_a_run_without_end_is_stopped(void **state) {
    (void)state;
    take_dm("p1", "x");
    fake_clock_pass(LOOP, 31 * 60000);
    assert_true(RUNS.runs[0].cancelled && RUNS.runs[0].aborted);
    assert_int_equal(outcome_told("p1"), REASON_RUN_TOO_LONG);
    assert_true(FAKE.typing > 100);
}

static void test_no_room_at_the_gateway(void **state) {
    (void)state;
    RUNS.full = true;
    take_dm("p1", "x");
    settle();
    assert_int_equal(outcome_told("p1"), REASON_QUEUE_FULL);
}

static void test_errors_while_deciding(void **state) {
    (void)state;
    // channel, membership, sender: each lookup fails once, which passes
    for (int which = 0; which < 3; which++) {
        char *id = xasprintf("p%d", which);
        FAKE.hold = true;
        take_dm(id, "x");
        for (int i = 0; i < which; i++) {
            held *first = HELD;
            HELD = first->next;
            answer_one(first);
        }
        FAKE.fail_next = 1;
        FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "broken"};
        fake_chat_answer_all();
        FAKE.hold = false;
        assert_false(fake_chat_has_outcome(id));
        fake_clock_pass(LOOP, 1000);
        fake_run_end(RUNS.count - 1, GATEWAY_RUN_OK, "answer", "");
        fake_clock_pass(LOOP, 1000);
        assert_int_equal(outcome_told(id), REASON_ANSWERED);
        free(id);
    }
    assert_int_equal(RUNS.count, 3);
}

static void test_errors_while_deciding_that_stay(void **state) {
    (void)state;
    FAKE.fail_next = 1000;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "broken"};
    take_dm("p1", "x");
    fake_clock_pass(LOOP, 10 * 60 * 1000); // the journal fails as well: the outcome is told all the same
    FAKE.fail_next = 0;
    assert_int_equal(outcome_told("p1"), REASON_FACTS_UNKNOWN);
    assert_int_equal(RUNS.count, 0);
}

static void fail_posts(int count, int http_status, bool posted_all_the_same) {
    FAKE.fail_next = count;
    FAKE.fail_posts_only = true;
    FAKE.post_then_fail = posted_all_the_same;
    FAKE.failure = (chat_error){.err = http_status != 0 ? OC_EREMOTE : OC_ETIMEOUT,
                                .http_status = http_status,
                                .id = "",
                                .message = "no"};
}

static void test_posting_is_tried_again(void **state) {
    (void)state;
    take_dm("p1", "x");
    fail_posts(2, 429, false);
    fake_run_end(0, GATEWAY_RUN_OK, "answer", "");
    fake_clock_pass(LOOP, 30000);
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_int_equal(FAKE.post_count, 1);
}

static void test_a_lost_acknowledgement_makes_no_second_post(void **state) {
    (void)state;
    take_dm("p1", "x");
    fail_posts(1, 0, true);
    fake_run_end(0, GATEWAY_RUN_OK, "answer", "");
    fake_clock_pass(LOOP, 30000);
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_int_equal(FAKE.post_count, 1);
}

static void test_a_lost_acknowledgement_in_a_thread(void **state) {
    (void)state;
    take_in("p1", "town", "r1", "@openclaw x", false);
    fail_posts(1, 502, true);
    fake_run_end(0, GATEWAY_RUN_OK, "answer", "");
    fake_clock_pass(LOOP, 30000);
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_int_equal(FAKE.post_count, 1);
}

static void test_a_post_that_is_refused(void **state) {
    (void)state;
    take_dm("p1", "x");
    fail_posts(1, 403, false);
    fake_run_end(0, GATEWAY_RUN_OK, "answer", "");
    fake_clock_pass(LOOP, 30000);
    assert_int_equal(outcome_told("p1"), REASON_NOT_POSTED);
    assert_int_equal(FAKE.post_count, 1); // one sentence that says so
    assert_int_equal(FAKE.posts[0].part, -2);
    assert_int_equal(turns_get_counts(TURNS)->produced, 1);
    assert_int_equal(turns_get_counts(TURNS)->posted, 0);
    assert_int_equal(turns_get_counts(TURNS)->reported_lost, 1);
}

static void test_a_server_that_never_takes_the_post(void **state) {
    (void)state;
    take_dm("p1", "x");
    fail_posts(1000, 500, false);
    fake_run_end(0, GATEWAY_RUN_OK, "answer", "");
    fake_clock_pass(LOOP, 120000);
    assert_int_equal(outcome_told("p1"), REASON_NOT_POSTED);
}

static void test_limits_are_told_once(void **state) {
    (void)state;
    FAKE_NOW_MS = 60000 * 5000;
    for (int i = 0; i < 25; i++) {
        char *id = xasprintf("p%d", i), *channel = xasprintf("town%d", i);
        take_in(id, channel, "", "@openclaw x", false);
        free(id);
        free(channel);
    }
    settle();
    assert_int_equal(RUNS.count, 20);
    assert_int_equal(FAKE.post_count, 1);
    assert_int_equal(outcome_told("p24"), REASON_LIMIT);
    fake_clock_pass(LOOP, 60000);
    take_in("later", "town9", "", "@openclaw x", false);
    settle();
    assert_false(fake_chat_has_outcome("later"));
}

static void test_slots_are_fair(void **state) {
    (void)state;
    RULES->limits = (config_limits){0};
    for (int i = 0; i < 256; i++) {
        char *id = xasprintf("p%d", i), *channel = xasprintf("town%d", i);
        take_in(id, channel, "", "@openclaw x", false);
        free(id);
        free(channel);
    }
    assert_int_equal(RUNS.count, 256);
    take_in("q0", "town0", "", "@openclaw second here", false);
    take_in("r0", "other", "", "@openclaw first there", false);
    assert_int_equal(RUNS.count, 256);
    fake_run_end(1, GATEWAY_RUN_OK, "done", "");
    settle();
    assert_int_equal(RUNS.count, 257);
    assert_string_equal(RUNS.runs[256].idempotency_key, "mm-r0");
}

static void test_a_long_answer_comes_in_parts(void **state) {
    (void)state;
    char *lines = xmalloc(40001);
    for (int i = 0; i < 40000; i++)
        lines[i] = i % 80 == 79 ? '\n' : 'a';
    lines[40000] = '\0';
    take_in("p1", "town", "r1", "@openclaw x", false);
    fake_run_end(0, GATEWAY_RUN_OK, lines, "");
    settle();
    assert_int_equal(FAKE.post_count, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(FAKE.posts[i].part, i);
        assert_string_equal(FAKE.posts[i].root_id, "r1");
    }
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    free(lines);
}

static void test_an_endless_answer_is_cut(void **state) {
    enum { LEN = 45 * 16000 };
    (void)state;
    char *text = xmalloc(LEN + 1);
    memset(text, 'a', LEN);
    text[LEN] = '\0';
    take_dm("p1", "x");
    fake_run_end(0, GATEWAY_RUN_OK, text, "");
    settle();
    assert_int_equal(FAKE.post_count, 40);
    assert_non_null(strstr(FAKE.posts[39].message, "left out"));
    free(text);
}

static void test_the_end_leaves_posts_to_the_next_core(void **state) {
    (void)state;
    take_dm("p1", "one");
    take_dm("p2", "two");
    FAKE.hold = true;
    take_dm("p3", "three");
    turns_destroy(TURNS);
    assert_int_equal(FAKE.left_tickets, 3);
    assert_int_equal(FAKE.outcome_count, 0);
    assert_true(RUNS.runs[0].cancelled && !RUNS.runs[0].aborted);
    fake_chat_answer_all(); // late answers find nobody
    TURNS = NULL;
}

static void test_without_settings_nobody_is_answered(void **state) {
    (void)state;
    end_core();
    start_core(NULL);
    take_dm("p1", "x");
    assert_int_equal(outcome_told("p1"), REASON_NOT_CONFIGURED);
    assert_int_equal(FAKE.post_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TURN_TEST(test_a_question_is_answered),
        TURN_TEST(test_places),
        TURN_TEST(test_what_is_not_answered),
        TURN_TEST(test_a_stranger_gets_nothing),
        TURN_TEST(test_the_same_post_twice),
        TURN_TEST(test_one_session_one_after_another),
        TURN_TEST(test_a_full_queue_says_so),
        TURN_TEST(test_gateway_away_and_back),
        TURN_TEST(test_gateway_back_at_once_is_not_told),
        TURN_TEST(test_gateway_away_for_too_long),
        TURN_TEST(test_ends_of_a_run),
        TURN_TEST(test_a_run_without_end_is_stopped),
        TURN_TEST(test_no_room_at_the_gateway),
        TURN_TEST(test_errors_while_deciding),
        TURN_TEST(test_errors_while_deciding_that_stay),
        TURN_TEST(test_posting_is_tried_again),
        TURN_TEST(test_a_lost_acknowledgement_makes_no_second_post),
        TURN_TEST(test_a_lost_acknowledgement_in_a_thread),
        TURN_TEST(test_a_post_that_is_refused),
        TURN_TEST(test_a_server_that_never_takes_the_post),
        TURN_TEST(test_limits_are_told_once),
        TURN_TEST(test_slots_are_fair),
        TURN_TEST(test_a_long_answer_comes_in_parts),
        TURN_TEST(test_an_endless_answer_is_cut),
        TURN_TEST(test_the_end_leaves_posts_to_the_next_core),
        TURN_TEST(test_without_settings_nobody_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
