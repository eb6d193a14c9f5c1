// SPDX-License-Identifier: Apache-2.0
// What an agent does between its words: events as the real gateway sent them, and odd ones.
#include "base/json.h"
#include "gateway/run_activity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static const struct {
    const char *payload;
    int kind; // -1: nothing
    const char *name, *detail, *command;
    bool ended, failed;
} rows[] = {
    {"{\"stream\":\"item\",\"data\":{\"itemId\":\"tool:c\",\"toolCallId\":\"c\",\"name\":\"exec\",\"kind\":"
     "\"tool\","
     "\"phase\":\"start\",\"title\":\"Exec print text\",\"status\":\"running\",\"meta\":\"print text\"}}",
     GATEWAY_ACTIVITY_TOOL, "exec", "print text", "", false, false},
    {"{\"stream\":\"item\",\"data\":{\"toolCallId\":\"c\",\"name\":\"exec\",\"kind\":\"tool\",\"phase\":"
     "\"end\","
     "\"status\":\"completed\"}}",
     GATEWAY_ACTIVITY_TOOL, "exec", "", "", true, false},
    {"{\"stream\":\"item\",\"data\":{\"toolCallId\":\"c\",\"name\":\"exec\",\"kind\":\"tool\",\"phase\":"
     "\"end\","
     "\"status\":\"failed\"}}",
     GATEWAY_ACTIVITY_TOOL, "exec", "", "", true, true},
    {"{\"stream\":\"tool\",\"data\":{\"phase\":\"start\",\"name\":\"exec\",\"toolCallId\":\"c\",\"args\":{"
     "\"command\":\"ls\"}}}",
     GATEWAY_ACTIVITY_TOOL, "exec", "", "ls", false, false},
    {"{\"stream\":\"tool\",\"data\":{\"phase\":\"start\",\"name\":\"progress_card\",\"args\":{\"plan\":[{"
     "\"step\":\"a\","
     "\"status\":\"pending\"}]}}}",
     GATEWAY_ACTIVITY_PLAN, "progress_card", "", "", false, false},
    {"{\"stream\":\"thinking\",\"data\":{\"text\":\"hm\"}}", GATEWAY_ACTIVITY_THINKING, "", "", "", false,
     false},
    {"{\"stream\":\"run_status\",\"data\":{\"phase\":\"retrying\",\"retryAttempt\":2,\"maxRetries\":8}}",
     GATEWAY_ACTIVITY_RETRYING, "", "", "", false, false},
    // nothing to show
    {"{\"stream\":\"run_status\",\"data\":{\"phase\":\"starting_model\"}}", -1, NULL, NULL, NULL, false,
     false},
    {"{\"stream\":\"tool\",\"data\":{\"phase\":\"result\",\"name\":\"exec\",\"result\":{}}}", -1, NULL, NULL,
     NULL, false, false},
    {"{\"stream\":\"tool\",\"data\":{\"phase\":\"start\",\"name\":\"exec\",\"args\":[]}}", -1, NULL, NULL,
     NULL, false, false},
    {"{\"stream\":\"tool\",\"data\":{\"phase\":\"start\",\"name\":\"update_plan\",\"args\":{\"plan\":5}}}",
     -1, NULL, NULL, NULL, false, false},
    {"{\"stream\":\"item\",\"data\":{\"name\":\"progress_card\",\"kind\":\"tool\",\"phase\":\"start\"}}", -1,
     NULL, NULL, NULL, false, false},
    {"{\"stream\":\"item\",\"data\":{\"name\":\"wait\",\"kind\":\"tool\",\"phase\":\"start\","
     "\"hideFromChannelProgress\":true}}",
     -1, NULL, NULL, NULL, false, false},
    {"{\"stream\":\"item\",\"data\":{\"kind\":\"analysis\",\"phase\":\"start\"}}", -1, NULL, NULL, NULL,
     false, false},
    {"{\"stream\":\"item\",\"data\":null}", -1, NULL, NULL, NULL, false, false},
    {"{\"stream\":7,\"data\":{}}", -1, NULL, NULL, NULL, false, false},
    {"{}", -1, NULL, NULL, NULL, false, false},
    {"[]", -1, NULL, NULL, NULL, false, false},
};

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gateway_activity a;
        cJSON *payload = NULL;
        assert_int_equal(json_parse(bytes_str(rows[i].payload), &payload), OC_OK);
        assert_int_equal(run_read_activity(payload, &a) ? (int)a.kind : -1, rows[i].kind);
        if (rows[i].kind >= 0) {
            assert_string_equal(a.name, rows[i].name);
            assert_string_equal(a.detail, rows[i].detail);
            assert_string_equal(a.command, rows[i].command);
            assert_int_equal(a.ended, rows[i].ended);
            assert_int_equal(a.failed, rows[i].failed);
        }
        cJSON_Delete(payload);
    }
}

static void test_plan_and_retry(void **state) {
    (void)state;
    gateway_activity a;
    cJSON *plan =
        cJSON_Parse("{\"stream\":\"tool\",\"data\":{\"phase\":\"start\",\"name\":\"update_plan\",\"args\":{"
                    "\"explanation\":\"why\",\"plan\":[{\"step\":\"a\",\"status\":\"pending\"}]}}}");
    assert_true(run_read_activity(plan, &a));
    assert_int_equal(cJSON_GetArraySize(a.steps), 1);
    assert_string_equal(a.explanation, "why");
    cJSON_Delete(plan);
    plan = cJSON_Parse("{\"stream\":\"tool\",\"data\":{\"phase\":\"start\",\"name\":\"update_plan\",\"args\":"
                       "{\"plan\":[]}}}");
    assert_true(run_read_activity(plan, &a));
    assert_null(a.steps); // cleared
    cJSON_Delete(plan);
    cJSON *retry = cJSON_Parse(
        "{\"stream\":\"run_status\",\"data\":{\"phase\":\"retrying\",\"retryAttempt\":2,\"maxRetries\":8}}");
    assert_true(run_read_activity(retry, &a));
    assert_int_equal(a.attempt, 2);
    assert_int_equal(a.attempts, 8);
    cJSON_Delete(retry);
}

static void test_wanted_streams(void **state) {
    (void)state;
    assert_true(run_activity_wants((bytes){0}));
    assert_true(run_activity_wants(bytes_str("item")));
    assert_false(run_activity_wants(bytes_str("assistant")));
    assert_false(run_activity_wants(bytes_str("usage")));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_plan_and_retry),
                                       cmocka_unit_test(test_wanted_streams)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
