// SPDX-License-Identifier: Apache-2.0
// What people set for a conversation reaches its turns: how messages wait, what a growing answer shows.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/turn_bench.h"

static void on_put(void *ctx, bool stored) {
    (void)ctx;
    assert_true(stored);
}

static void set(const talk_setting *s) {
    char *conversation = xasprintf("agent:main:mattermost:direct:%s", ALICE);
    talk_settings_put(TALK, "default", conversation, s, on_put, NULL);
    settle();
    free(conversation);
}

static void answer_run(size_t index) {
    fake_run_end(index, GATEWAY_RUN_OK, "ok", "");
    settle();
}

static void test_one_after_another(void **state) {
    (void)state;
    take_dm("p1", "one");
    settle();
    take_dm("p2", "two");
    take_dm("p3", "three");
    settle();
    assert_int_equal(RUNS.count, 1);
    answer_run(0);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p2");
    answer_run(1);
    assert_string_equal(RUNS.runs[2].idempotency_key, "mm-p3");
    answer_run(2);
}

static void test_collect(void **state) {
    (void)state;
    set(&(talk_setting){.queue = TALK_QUEUE_COLLECT, .debounce_ms = -1});
    take_dm("p1", "one");
    settle();
    take_dm("p2", "two");
    take_dm("p3", "three");
    take_dm("p4", "four");
    settle();
    assert_int_equal(RUNS.count, 1);
    answer_run(0);
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p4");
    assert_string_equal(RUNS.runs[1].message, "alicealicealicealicealicea: two\n  three\n  four");
    assert_false(fake_chat_has_outcome("p2"));
    answer_run(1);
    for (int i = 0; i < 4; i++)
        assert_int_equal(outcome_told((const char *const[]){"p1", "p2", "p3", "p4"}[i]), REASON_ANSWERED);
    assert_int_equal(FAKE.post_count, 2);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_interrupt(void **state) {
    (void)state;
    set(&(talk_setting){.queue = TALK_QUEUE_INTERRUPT, .debounce_ms = -1});
    take_dm("p1", "one");
    settle();
    assert_int_equal(RUNS.count, 1);
    take_dm("p2", "two");
    settle();
    assert_true(RUNS.runs[0].aborted);
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p2");
    assert_int_equal(outcome_told("p1"), REASON_ABORTED);
    answer_run(1);
    assert_int_equal(outcome_told("p2"), REASON_ANSWERED);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_cap(void **state) {
    (void)state;
    set(&(talk_setting){.cap = 1, .debounce_ms = -1});
    take_dm("p1", "one");
    take_dm("p2", "two");
    take_dm("p3", "three"); // too much
    settle();
    assert_int_equal(outcome_told("p3"), REASON_QUEUE_FULL);
    answer_run(0);
    answer_run(1);
    assert_int_equal(outcome_told("p2"), REASON_ANSWERED);
    set(&(talk_setting){.cap = 1, .drop = TALK_DROP_OLD, .debounce_ms = -1});
    take_dm("q1", "one");
    take_dm("q2", "two");
    take_dm("q3", "three");
    settle();
    assert_int_equal(outcome_told("q2"), REASON_QUEUE_FULL);
    answer_run(2);
    assert_string_equal(RUNS.runs[3].idempotency_key, "mm-q3");
    answer_run(3);
    assert_int_equal(outcome_told("q3"), REASON_ANSWERED);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_debounce(void **state) {
    (void)state;
    set(&(talk_setting){.debounce_ms = 3000});
    take_dm("p1", "one");
    settle();
    assert_int_equal(RUNS.count, 0);
    take_dm("p2", "two");
    fake_clock_pass(LOOP, 3500);
    assert_int_equal(RUNS.count, 1);
    assert_string_equal(RUNS.runs[0].message, "alicealicealicealicealicea: one\n  two");
    answer_run(0);
}

static void show(size_t run, const gateway_activity *activity) {
    RUNS.runs[run].events.activity(RUNS.runs[run].ctx, activity);
    fake_clock_pass(LOOP, 2000);
}

static const gateway_activity THINKS = {.kind = GATEWAY_ACTIVITY_THINKING,
                                        .id = "",
                                        .name = "",
                                        .detail = "",
                                        .command = "",
                                        .explanation = "",
                                        .provider = "",
                                        .model = ""};
static const gateway_activity RUNS_TOOL = {.kind = GATEWAY_ACTIVITY_TOOL,
                                           .id = "1",
                                           .name = "exec",
                                           .detail = "",
                                           .command = "ls -l",
                                           .runs_command = true,
                                           .explanation = "",
                                           .provider = "",
                                           .model = ""};

static void test_thinking_is_shown(void **state) {
    (void)state;
    take_dm("p1", "one");
    settle();
    show(0, &THINKS);
    assert_int_equal(FAKE.post_count, 0);
    answer_run(0);
    set(&(talk_setting){.reasoning = TALK_REASONING_ON, .debounce_ms = -1});
    take_dm("p2", "two");
    settle();
    show(1, &THINKS);
    assert_int_equal(FAKE.post_count, 2);
    assert_non_null(strstr(FAKE.posts[1].message, "Thinking"));
    answer_run(1);
    assert_string_equal(FAKE.posts[1].message, "ok");
}

static void test_tools_are_shown(void **state) {
    static const struct {
        talk_verbose verbose;
        bool tool, command;
    } rows[] = {{TALK_VERBOSE_UNSET, true, false},
                {TALK_VERBOSE_OFF, false, false},
                {TALK_VERBOSE_ON, true, false},
                {TALK_VERBOSE_FULL, true, true}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char id[3] = {'p', (char)('1' + i), '\0'};
        size_t before = FAKE.post_count;
        set(&(talk_setting){.verbose = rows[i].verbose, .debounce_ms = -1});
        take_dm(id, "do");
        settle();
        show(i, &RUNS_TOOL);
        assert_int_equal(FAKE.post_count - before, rows[i].tool);
        if (rows[i].tool)
            assert_int_equal(strstr(FAKE.posts[before].message, "ls -l") != NULL, rows[i].command);
        answer_run(i);
    }
}

// The conversation's own mode narrows what the settings allow (guarded) and never widens it.
static void test_permission_is_narrowed(void **state) {
    static const struct {
        talk_permission set;
        const char *mode;
    } rows[] = {{TALK_PERMISSION_UNSET, "guarded"},
                {TALK_PERMISSION_READ_ONLY, "read-only"},
                {TALK_PERMISSION_FULL, "guarded"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char id[3] = {'p', (char)('1' + i), '\0'};
        set(&(talk_setting){.permission = rows[i].set, .debounce_ms = -1});
        take_dm(id, "do");
        settle();
        assert_string_equal(RUNS.runs[i].permission_mode, rows[i].mode);
        answer_run(i);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TURN_TEST(test_one_after_another), TURN_TEST(test_collect),
        TURN_TEST(test_interrupt),         TURN_TEST(test_cap),
        TURN_TEST(test_debounce),          TURN_TEST(test_thinking_is_shown),
        TURN_TEST(test_tools_are_shown),   TURN_TEST(test_permission_is_narrowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
