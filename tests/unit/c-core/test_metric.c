// SPDX-License-Identifier: Apache-2.0
// What is counted, and how Prometheus reads it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/metric.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What people have built boards and alerts on: a name that changes here breaks them.
static const char *const FROZEN[] = {
    "openclaw_build_info",
    "openclaw_process_start_time_seconds",
    "openclaw_core_starts",
    "openclaw_process_resident_memory_bytes",
    "openclaw_process_cpu_seconds_total",
    "openclaw_process_open_fds",
    "openclaw_log_lines_total",
    "openclaw_accounts",
    "openclaw_gateway_state",
    "openclaw_gateway_transitions_total",
    "openclaw_gateway_frames_total",
    "openclaw_gateway_requests_total",
    "openclaw_runs_total",
    "openclaw_runs_open",
    "openclaw_first_text_seconds",
    "openclaw_post_outcomes_total",
    "openclaw_turn_state_seconds",
    "openclaw_turns_open",
    "openclaw_oldest_open_post_seconds",
    "openclaw_answers_produced_total",
    "openclaw_answers_posted_total",
    "openclaw_answers_reported_lost_total",
    "openclaw_answer_calls_total",
    "openclaw_commands_total",
    "openclaw_clicks_total",
    "openclaw_tool_calls_total",
    "openclaw_tool_refusals_total",
    "openclaw_spoken_total",
    "openclaw_chat_calls_total",
    "openclaw_chat_call_failures_total",
    "openclaw_chat_call_seconds",
    "openclaw_hooks_total",
    "openclaw_http_responses_total",
    "openclaw_journal_writes_total",
};

static char *printed(void) {
    buf text;
    buf_init(&text, 1 << 20);
    assert_int_equal(metric_print(&text), OC_OK);
    return buf_take_str(&text);
}

static void assert_has(const char *wanted) {
    char *text = printed();
    if (strstr(text, wanted) == NULL)
        fail_msg("%s is not in:\n%s", wanted, text);
    free(text);
}

static void test_names_are_kept(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof FROZEN / sizeof *FROZEN; i++) {
        bool found = false;
        for (metric m = 0; m < METRIC_COUNT; m++)
            found = found || strcmp(metric_name(m), FROZEN[i]) == 0;
        if (!found)
            fail_msg("%s is gone", FROZEN[i]);
    }
}

static void test_new_names_are_noted_here(void **state) {
    (void)state;
    for (metric m = 0; m < METRIC_COUNT; m++) {
        bool found = false;
        for (size_t i = 0; i < sizeof FROZEN / sizeof *FROZEN; i++)
            found = found || strcmp(metric_name(m), FROZEN[i]) == 0;
        if (!found)
            fail_msg("%s is new: add it to the list, from where it never goes", metric_name(m));
    }
}

static void test_series_are_there_before_anything_happens(void **state) {
    (void)state;
    for (metric m = 0; m < METRIC_COUNT; m++) {
        char *line = xasprintf("# TYPE %s ", metric_name(m));
        assert_has(line);
        free(line);
    }
    assert_has("\nopenclaw_answers_posted_total 0\n");
}

static void test_counters_grow(void **state) {
    (void)state;
    metric_clear(METRIC_OUTCOMES);
    metric_count(METRIC_OUTCOMES, "answered", 1);
    metric_count(METRIC_OUTCOMES, "answered", 2);
    metric_count(METRIC_OUTCOMES, "no_mention", 1);
    assert_has("openclaw_post_outcomes_total{reason=\"answered\"} 3\n");
    assert_has("openclaw_post_outcomes_total{reason=\"no_mention\"} 1\n");
}

static void test_large_counts_stay_exact(void **state) {
    (void)state;
    metric_set(METRIC_RESIDENT, NULL, 12345678912.0);
    assert_has("openclaw_process_resident_memory_bytes 12345678912\n");
}

static void test_histograms_are_cumulative(void **state) {
    (void)state;
    metric_clear(METRIC_FIRST_TEXT);
    metric_observe_ms(METRIC_FIRST_TEXT, NULL, 5);       // on a bound
    metric_observe_ms(METRIC_FIRST_TEXT, NULL, 6);       // above it
    metric_observe_ms(METRIC_FIRST_TEXT, NULL, 1 << 30); // above all
    assert_has("openclaw_first_text_seconds_bucket{le=\"0.002\"} 0\n");
    assert_has("openclaw_first_text_seconds_bucket{le=\"0.005\"} 1\n");
    assert_has("openclaw_first_text_seconds_bucket{le=\"0.01\"} 2\n");
    assert_has("openclaw_first_text_seconds_bucket{le=\"1800\"} 2\n");
    assert_has("openclaw_first_text_seconds_bucket{le=\"+Inf\"} 3\n");
    assert_has("openclaw_first_text_seconds_count 3\n");
    assert_int_equal(metric_value(METRIC_FIRST_TEXT, NULL), 3);
}

static void test_label_values_cannot_break_a_line(void **state) {
    (void)state;
    metric_clear(METRIC_CHAT_CALLS);
    metric_count(METRIC_CHAT_CALLS, "a\"b\\c\nd", 1);
    assert_has("openclaw_chat_calls_total{method=\"a\\\"b\\\\c\\nd\"} 1\n");
    metric_clear(METRIC_CHAT_CALLS);
}

static void test_label_values_are_bounded(void **state) {
    (void)state;
    char label[16];
    metric_clear(METRIC_CHAT_CALLS);
    for (int i = 0; i < 1000; i++) {
        snprintf(label, sizeof label, "m%d", i);
        metric_count(METRIC_CHAT_CALLS, label, 1);
    }
    assert_int_equal(metric_value(METRIC_CHAT_CALLS, "other"), 1000 - (METRIC_LABELS_MAX - 1));
    metric_clear(METRIC_CHAT_CALLS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_series_are_there_before_anything_happens),
        cmocka_unit_test(test_names_are_kept),
        cmocka_unit_test(test_new_names_are_noted_here),
        cmocka_unit_test(test_counters_grow),
        cmocka_unit_test(test_large_counts_stay_exact),
        cmocka_unit_test(test_histograms_are_cumulative),
        cmocka_unit_test(test_label_values_cannot_break_a_line),
        cmocka_unit_test(test_label_values_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
