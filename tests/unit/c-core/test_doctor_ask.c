// SPDX-License-Identifier: Apache-2.0
// How the doctor gathers its facts: everybody is asked side by side, and who does not answer in time is not waited for.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/command_bench.h"

#include <string.h>

static size_t TOLD;
static cJSON *REPORT;

static void on_report(void *ctx, const doctor_report *report) {
    (void)ctx;
    TOLD++;
    cJSON_Delete(REPORT);
    REPORT = doctor_report_json(report, WORDS_EN);
}

static const cJSON *find(const char *check) {
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, json_array(REPORT, "findings")) {
        if (strcmp(json_text(one, "check"), check) == 0)
            return one;
    }
    return NULL;
}

static void must_be(const char *check, const char *level) {
    const cJSON *one = find(check);
    if (one == NULL || strcmp(json_text(one, "level"), level) != 0)
        fail_msg("%s is not %s: %s", check, level, one != NULL ? json_text(one, "cause") : "nothing is said");
}

static int set_up(void **state) {
    (void)state;
    TOLD = 0;
    REPORT = NULL;
    start_bench(one_account("listedlistedlistedlistedab"));
    RUNS.takes_calls = true;
    RUNS.status.clock_known = true;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    cJSON_Delete(REPORT);
    end_bench();
    return 0;
}

static void test_everybody_answers(void **state) {
    (void)state;
    doctor_ask(DOCTOR, on_report, NULL);
    assert_int_equal(TOLD, 0);
    assert_string_equal(RUNS.calls[0].method, "agents.list");
    fake_call_end(OC_OK, json_of("{\"agents\":[{\"id\":\"main\"}]}"), NULL);
    assert_int_equal(TOLD, 1);
    must_be("server", "good");
    must_be("store", "good");
    must_be("bot-user", "good");
    must_be("agent", "good");
    must_be("gateway-token", "good");
    assert_int_equal(json_int(json_get(REPORT, "counts"), "unknown", -1), 0);
    // What was tried in the store is gone.
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, FAKE.kv) {
        assert_int_not_equal(strncmp(one->string, "doctor", 6), 0);
    }
}

static void test_nobody_answers(void **state) {
    (void)state;
    FAKE.hold = true;
    doctor_ask(DOCTOR, on_report, NULL);
    fake_clock_pass(LOOP, DOCTOR_WITHIN_MS - 100);
    assert_int_equal(TOLD, 0);
    fake_clock_pass(LOOP, 200);
    assert_int_equal(TOLD, 1);
    must_be("store", "wrong");
    must_be("bot-user", "unknown");
    must_be("agent", "unknown");
    assert_true(json_int(REPORT, "took_ms", 0) <= 5000);
    // Answers that come too late harm nobody.
    FAKE.hold = false;
    fake_chat_answer_all();
    fake_call_end(OC_OK, json_of("{\"agents\":[]}"), NULL);
    assert_int_equal(TOLD, 1);
}

static void test_a_gateway_on_its_way_is_waited_for(void **state) {
    (void)state;
    RUNS.status.state = GATEWAY_CONNECTING;
    doctor_ask(DOCTOR, on_report, NULL);
    fake_clock_pass(LOOP, 1000);
    assert_int_equal(TOLD, 0);
    assert_int_equal(RUNS.call_count, 0);
    RUNS.status.state = GATEWAY_HALTED;
    RUNS.status.code = "AUTH_TOKEN_MISMATCH";
    fake_clock_pass(LOOP, 200);
    assert_int_equal(TOLD, 1);
    must_be("gateway-token", "wrong");
    assert_null(find("agent")); // nobody could be asked
}

static void test_errors(void **state) {
    (void)state;
    FAKE.fail_call = "kv_set";
    FAKE.fail_next = 1;
    FAKE.failure =
        (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "the disk is full"};
    doctor_ask(DOCTOR, on_report, NULL);
    fake_call_end(OC_EREMOTE, NULL, NULL);
    assert_int_equal(TOLD, 1);
    must_be("store", "wrong");
    assert_non_null(strstr(json_text(find("store"), "cause"), "the disk is full"));
    must_be("agent", "unknown");
}

// Too many requests are open there: that is an answer too, and comes at once.
static void test_the_gateway_takes_no_question(void **state) {
    (void)state;
    RUNS.takes_calls = false;
    doctor_ask(DOCTOR, on_report, NULL);
    assert_int_equal(TOLD, 1);
    must_be("agent", "unknown");
}

static void test_ended_meanwhile(void **state) {
    (void)state;
    FAKE.hold = true;
    doctor_ask(DOCTOR, on_report, NULL);
    FAKE.hold = false;
    fake_chat_answer_all(); // as the adapter does first
    doctor_destroy(DOCTOR);
    DOCTOR = NULL;
    fake_clock_pass(LOOP, 10000);
    assert_int_equal(TOLD, 0);
}

#define ASK_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ASK_TEST(test_everybody_answers),
        ASK_TEST(test_nobody_answers),
        ASK_TEST(test_a_gateway_on_its_way_is_waited_for),
        ASK_TEST(test_errors),
        ASK_TEST(test_the_gateway_takes_no_question),
        ASK_TEST(test_ended_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
