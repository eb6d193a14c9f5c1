// SPDX-License-Identifier: Apache-2.0
// Answers that grow before people's eyes, and what becomes of them when the run ends in another way, or the core does.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "fakes/turn_bench.h"

#include <stdio.h>

static void say(size_t run, const char *so_far) {
    RUNS.runs[run].events.text(RUNS.runs[run].ctx, so_far);
}

static const fake_posted *only_post(void) {
    assert_int_equal(FAKE.post_count, 1);
    return &FAKE.posts[0];
}

static void test_grows_and_becomes_the_answer(void **state) {
    (void)state;
    take_dm("p1", "hello");
    settle();
    say(0, "The answer begins");
    fake_clock_pass(LOOP, 1);
    assert_string_equal(only_post()->message, "The answer begins");
    for (int i = 0; i < 30; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "The answer begins, word %d", i);
        say(0, text);
        fake_clock_pass(LOOP, 100);
    }
    assert_in_range(only_post()->edits, 2, 3); // in three seconds
    fake_run_end(0, GATEWAY_RUN_OK, "The answer begins and ends.", "");
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_string_equal(only_post()->message, "The answer begins and ends.");
    assert_in_range(only_post()->edits, 3, 4);
}

static void test_a_long_answer_notifies_in_its_end_by_setting(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "p%d", i);
        RULES->accounts[0].notify_after_ms = i == 0 ? 0 : 20000;
        take_dm(id, "hello");
        settle();
        if (i != 1)
            say((size_t)i, "The answer begins"); // else the post that comes in the end notifies
        fake_clock_pass(LOOP, i == 2 ? 10000 : 25000);
        fake_run_end((size_t)i, GATEWAY_RUN_OK, "The answer begins and ends.", "");
        assert_int_equal(outcome_told(id), REASON_ANSWERED);
        assert_int_equal(FAKE.pushes, i == 3);
    }
    assert_string_equal(FAKE.pushed_to, ALICE);
}

static void test_nothing_is_left_of_a_silent_run(void **state) {
    (void)state;
    take_dm("p1", "hello");
    settle();
    say(0, "I think I should say");
    fake_clock_pass(LOOP, 1);
    fake_run_end(0, GATEWAY_RUN_SILENT, "", "");
    assert_int_equal(outcome_told("p1"), REASON_SILENT);
    assert_true(only_post()->deleted);
}

static void test_a_chosen_silence_is_never_seen(void **state) {
    static const char *const growing[] = {"ST", "STAY_", "STAY_SILENT"};
    (void)state;
    take_dm("p1", "hello");
    settle();
    for (size_t i = 0; i < sizeof growing / sizeof *growing; i++) {
        say(0, growing[i]);
        fake_clock_pass(LOOP, 2000);
        assert_int_equal(FAKE.post_count, 0);
    }
    fake_run_end(0, GATEWAY_RUN_OK, "STAY_SILENT", "");
    assert_int_equal(outcome_told("p1"), REASON_SILENT);
    assert_int_equal(FAKE.post_count, 0);
}

static void test_everybody_is_not_called_and_links_are_marked(void **state) {
    (void)state;
    ((account_config *)config_default(RULES))->unsafe_links = true;
    take_dm("p1", "hello");
    settle();
    say(0, "Look, @all: news");
    fake_clock_pass(LOOP, 1);
    assert_string_equal(only_post()->message, "Look, @\u200ball: news");
    assert_string_equal(json_text(only_post()->props, "unsafe_links"), "true");
    fake_run_end(0, GATEWAY_RUN_OK, "Look, @all: news", "");
    assert_string_equal(only_post()->message, "Look, @\u200ball: news");
}

static void test_an_error_takes_the_place_of_what_was_shown(void **state) {
    (void)state;
    take_dm("p1", "hello");
    settle();
    say(0, "I think I should say");
    fake_clock_pass(LOOP, 1);
    fake_run_end(0, GATEWAY_RUN_ERROR, "", "The model failed.");
    assert_int_equal(outcome_told("p1"), REASON_TOLD_ERROR);
    assert_false(only_post()->deleted);
    assert_non_null(strstr(only_post()->message, "The model failed."));
}

static void test_tools_show_before_the_first_word(void **state) {
    (void)state;
    take_dm("p1", "hello");
    settle();
    RUNS.runs[0].events.activity(RUNS.runs[0].ctx, &(gateway_activity){.kind = GATEWAY_ACTIVITY_TOOL,
                                                                       .id = "1",
                                                                       .name = "read",
                                                                       .detail = "notes",
                                                                       .command = "",
                                                                       .explanation = ""});
    fake_clock_pass(LOOP, 1);
    assert_non_null(strstr(only_post()->message, "notes"));
    fake_run_end(0, GATEWAY_RUN_OK, "Read.", "");
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_string_equal(only_post()->message, "Read.");
}

// The post p1, which is handed over again after a crash.
static void take_p1(bool again) {
    static int64_t created_ms;
    created_ms = again ? created_ms : FAKE_NOW_MS;
    chat_post post = {.id = "p1",
                      .channel_id = "dm1",
                      .user_id = ALICE,
                      .root_id = "",
                      .message = "hello",
                      .type = "",
                      .pending_post_id = "",
                      .again = again,
                      .create_at_ms = created_ms};
    turns_take(TURNS, &post, fake_chat_ticket("p1"));
}

static void crash_while_it_shows(void) {
    take_p1(false);
    settle();
    say(0, "The answer begins");
    settle();
    end_core();
    start_core(RULES);
    take_p1(true);
    settle();
}

// The next core is handed the post again and finds what the one before had shown.
static void test_a_crash_leaves_nothing_half_said(void **state) {
    (void)state;
    crash_while_it_shows();
    fake_run_end(1, GATEWAY_RUN_OK, "The answer begins and ends.", "");
    fake_clock_pass(LOOP, 10000);
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_string_equal(only_post()->message, "The answer begins and ends.");
}

static void test_a_crash_before_a_silent_end(void **state) {
    (void)state;
    crash_while_it_shows();
    fake_run_end(1, GATEWAY_RUN_SILENT, "", "");
    fake_clock_pass(LOOP, 10000);
    assert_int_equal(outcome_told("p1"), REASON_SILENT);
    assert_true(only_post()->deleted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TURN_TEST(test_a_long_answer_notifies_in_its_end_by_setting),
        TURN_TEST(test_grows_and_becomes_the_answer),
        TURN_TEST(test_nothing_is_left_of_a_silent_run),
        TURN_TEST(test_a_chosen_silence_is_never_seen),
        TURN_TEST(test_everybody_is_not_called_and_links_are_marked),
        TURN_TEST(test_an_error_takes_the_place_of_what_was_shown),
        TURN_TEST(test_tools_show_before_the_first_word),
        TURN_TEST(test_a_crash_leaves_nothing_half_said),
        TURN_TEST(test_a_crash_before_a_silent_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
