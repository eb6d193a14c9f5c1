// SPDX-License-Identifier: Apache-2.0
// The lives of runs against the fake gateway in memory: streaming, failures, limits, permission modes.
#include "run_bench.h"

#include "base/mem.h"
#include "gateway/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

#define assert_end(s, wanted, answer)                                                                        \
    do {                                                                                                     \
        assert_int_equal((s).done, 1);                                                                       \
        assert_int_equal((s).outcome, wanted);                                                               \
        assert_string_equal((s).text, answer);                                                               \
    } while (0)

static void test_answer(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, false);
    run_bench_start(&b, "mm-1", "read-only", &s);
    assert_end(s, GATEWAY_RUN_OK, "echo: alice: hello");
    assert_int_equal(s.accepted, 1);
    assert_string_equal(s.streamed, "echo: alice: hello");
    assert_int_equal(s.payloads, 1);
    const cJSON *params = fake_gateway_last(b.fake, "agent");
    assert_string_equal(json_text(params, "message"), "alice: hello");
    assert_string_equal(json_text(params, "sessionKey"), run_bench_session);
    assert_string_equal(json_text(params, "idempotencyKey"), "mm-1");
    assert_false(json_bool(params, "deliver", true));
    assert_null(json_get(params, "extraSystemPrompt"));
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

static void test_streaming(void **state) {
    run_bench b;
    run_seen s = {0}, other = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s);
    run_bench_start(&b, "mm-2", "read-only", &other);
    fake_run_accept(b.fake, "mm-1");
    fake_run_delta(b.fake, "mm-1", "one");
    fake_run_delta(b.fake, "mm-1", "one");
    fake_run_delta(b.fake, "mm-1", "one two");
    fake_gateway_event(b.fake, "chat",
                       cJSON_Parse("{\"runId\":\"foreign\",\"state\":\"delta\",\"sessionKey\":\"x\"}"));
    run_bench_settle(&b);
    assert_int_equal(s.texts, 2);
    assert_string_equal(s.streamed, "one two");
    assert_int_equal(s.done, 0);
    fake_run_end(b.fake, "mm-1", "one two three");
    run_bench_settle(&b);
    assert_end(s, GATEWAY_RUN_OK, "one two three");
    assert_int_equal(other.texts + other.done, 0);
    run_seen_clear(&s);
    run_seen_clear(&other);
    run_bench_tear_down(&b); // the other one is told
    assert_int_equal(other.done, 1);
    assert_int_equal(other.outcome, GATEWAY_RUN_LOST);
    run_seen_clear(&other);
}

static void test_ends(void **state) {
    static const struct {
        const char *response;
        gateway_run_outcome outcome;
        const char *text, *words;
    } rows[] = {
        {"{\"ok\":true,\"payload\":{\"status\":\"ok\",\"result\":{\"payloads\":[{\"text\":\"a\"},{\"text\":"
         "\"b\"}]}}}",
         GATEWAY_RUN_OK, "a\n\nb", ""},
        {"{\"ok\":true,\"payload\":{\"status\":\"ok\",\"result\":{\"payloads\":[{\"text\":\"a\"},{\"text\":"
         "\"w\",\"isError\":true}]}}}",
         GATEWAY_RUN_OK, "a", ""},
        {"{\"ok\":true,\"payload\":{\"status\":\"ok\",\"result\":{\"payloads\":[]}}}", GATEWAY_RUN_SILENT, "",
         "without a text"},
        {"{\"ok\":true,\"payload\":{\"status\":\"ok\"}}", GATEWAY_RUN_SILENT, "", "without a text"},
        {"{\"ok\":true,\"payload\":{\"status\":\"error\",\"summary\":\"failed\",\"result\":{\"payloads\":"
         "[{\"text\":\"no response\",\"isError\":true}]}}}",
         GATEWAY_RUN_ERROR, "", "no response"},
        {"{\"ok\":true,\"payload\":{\"status\":\"timeout\",\"summary\":\"aborted\",\"stopReason\":\"rpc\"}}",
         GATEWAY_RUN_ABORTED, "", "stopped"},
        {"{\"ok\":true,\"payload\":{\"status\":\"timeout\",\"summary\":\"aborted\",\"result\":{\"payloads\":"
         "[{\"text\":\"Request timed out\",\"isError\":true}]}}}",
         GATEWAY_RUN_ERROR, "", "timed out"},
        {"{\"ok\":false,\"payload\":{\"status\":\"error\"},\"error\":{\"code\":\"UNAVAILABLE\",\"message\":"
         "\"LLM request failed\"}}",
         GATEWAY_RUN_ERROR, "", "LLM request failed"},
        {"{\"ok\":false,\"error\":{\"code\":\"INVALID_REQUEST\",\"message\":\"bad\\u0007 thing\"}}",
         GATEWAY_RUN_ERROR, "", "bad  thing"},
        {"{\"ok\":false}", GATEWAY_RUN_ERROR, "", "no reason"},
        {"{\"ok\":true}", GATEWAY_RUN_ERROR, "", "no reason"},
        {"{\"ok\":true,\"payload\":[]}", GATEWAY_RUN_ERROR, "", "no reason"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int accepted = 0; accepted < 2; accepted++) {
            run_bench b;
            run_seen s = {0};
            run_bench_set_up(&b, true);
            run_bench_start(&b, "mm-1", "read-only", &s);
            if (accepted)
                fake_run_accept(b.fake, "mm-1");
            fake_run_fail(b.fake, "mm-1", rows[i].response);
            run_bench_settle(&b);
            assert_end(s, rows[i].outcome, rows[i].text);
            assert_non_null(strstr(s.sentence, rows[i].words));
            assert_int_equal(s.outcome == GATEWAY_RUN_OK, *s.sentence == '\0');
            run_seen_clear(&s);
            run_bench_tear_down(&b);
        }
    }
}

static void test_retryable(void **state) {
    static const char busy[] = "{\"ok\":false,\"error\":{\"code\":\"UNAVAILABLE\",\"message\":\"queue full\","
                               "\"retryable\":true,\"retryAfterMs\":2000}}";
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s);
    fake_run_fail(b.fake, "mm-1", busy);
    run_bench_settle(&b);
    assert_int_equal(s.done, 0);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1);
    fake_world_advance(b.world, 2250);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(s.done, 0);
        fake_run_fail(b.fake, "mm-1", busy);
        run_bench_pass(&b, 20000);
    }
    assert_end(s, GATEWAY_RUN_ERROR, "");
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 5);
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

static void test_first_answer_late(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s);
    run_bench_pass(&b, 34000); // asked again with the same key: the gateway has it
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    assert_int_equal(fake_gateway_count(b.fake, "agent.wait"), 1);
    fake_run_end(b.fake, "mm-1", "late");
    fake_world_advance(b.world, 1000);
    assert_end(s, GATEWAY_RUN_OK, "late");
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

static void on_call(void *ctx, const request_reply *reply) {
    *(oc_err *)ctx = reply->err;
}

static void test_other_requests(void **state) {
    run_bench b;
    oc_err got = OC_OK;
    gateway_web web;
    (void)state;
    run_bench_set_up(&b, true);
    cJSON *params = json_new_object();
    json_add_string(params, "path", "a.png");
    assert_non_null(gateway_call(b.gateway, "agents.workspace.get", params, 1000, on_call, &got));
    run_bench_settle(&b);
    assert_int_equal(got, OC_EREMOTE); // the fake knows no such method
    assert_string_equal(json_text(fake_gateway_last(b.fake, "agents.workspace.get"), "path"), "a.png");
    fake_world_cut(b.world, WEBSOCKET_CUT, 0);
    assert_non_null(gateway_call(b.gateway, "agents.list", json_new_object(), 1000, on_call, &got));
    run_bench_settle(&b);
    assert_int_equal(got, OC_ECLOSED);
    assert_false(gateway_get_web(b.gateway, &web)); // in memory there is none
    run_bench_tear_down(&b);
}

static void test_modes(void **state) {
    static const struct {
        const char *mode, *told; // told: what the gateway says the session is in
        bool refuse, starts;
    } rows[] = {{"read-only", NULL, false, true},       {"guarded", NULL, false, true},
                {"full", NULL, false, false},           {"read-only", "full", false, false},
                {"read-only", "guarded", false, false}, {"workspace", "read-only", false, true},
                {"read-only", "strange", false, false}, {"read-only", "", false, false},
                {"read-only", NULL, true, false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        run_bench b;
        run_seen s = {0};
        run_bench_set_up(&b, false);
        fake_gateway_set(b.fake)->describe_mode = rows[i].told;
        fake_gateway_set(b.fake)->refuse_sessions = rows[i].refuse;
        run_bench_start(&b, "mm-1", rows[i].mode, &s);
        assert_int_equal(s.done, 1);
        assert_int_equal(s.outcome, rows[i].starts ? GATEWAY_RUN_OK : GATEWAY_RUN_REFUSED);
        assert_int_equal(fake_gateway_count(b.fake, "agent"), rows[i].starts ? 1 : 0);
        assert_int_equal(rows[i].starts, *s.sentence == '\0');
        run_seen_clear(&s);
        run_bench_tear_down(&b);
    }
}

static void test_mode_once_a_connection(void **state) {
    run_bench b;
    run_seen s[4] = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s[0]);
    assert_int_equal(fake_gateway_count(b.fake, "sessions.create"), 1);
    assert_int_equal(fake_gateway_count(b.fake, "sessions.describe"), 2);
    run_bench_start(&b, "mm-2", "read-only", &s[1]);
    assert_int_equal(fake_gateway_count(b.fake, "sessions.describe"), 2);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    run_bench_start(&b, "mm-3", "guarded", &s[2]); // other settings
    assert_int_equal(fake_gateway_count(b.fake, "sessions.patch"), 1);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 3);
    run_bench_start(&b, "mm-4", "read-only", &s[3]); // and back: it is not taken from memory
    assert_int_equal(fake_gateway_count(b.fake, "sessions.patch"), 2);
    assert_string_equal(json_text(fake_gateway_last(b.fake, "sessions.patch"), "permissionMode"),
                        "read-only");
    run_bench_tear_down(&b);
    for (size_t i = 0; i < 4; i++)
        run_seen_clear(&s[i]);
}

static void test_modes_at_once(void **state) {
    run_bench b;
    run_seen s[3] = {0};
    (void)state;
    run_bench_set_up(&b, false);
    fake_gateway_set(b.fake)->mute = true; // all three ask before the gateway answers
    for (int i = 0; i < 3; i++)
        run_bench_start(&b, i == 0 ? "a" : i == 1 ? "b" : "c", i == 1 ? "guarded" : "read-only", &s[i]);
    assert_int_equal(fake_gateway_count(b.fake, "sessions.describe"), 1);
    fake_gateway_set(b.fake)->mute = false;
    run_bench_cut(&b);
    for (int i = 0; i < 3; i++) {
        assert_end(s[i], GATEWAY_RUN_OK, "echo: alice: hello");
        run_seen_clear(&s[i]);
    }
    run_bench_tear_down(&b);
}

static void test_waits_until_ready(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, false);
    fake_world_refuse(b.world, WEBSOCKET_CONNECT);
    run_bench_cut(&b);
    run_bench_start(&b, "mm-1", "read-only", &s);
    fake_world_advance(b.world, 120000);
    assert_int_equal(s.done, 0);
    fake_world_accept(b.world);
    fake_world_advance(b.world, 31000);
    assert_end(s, GATEWAY_RUN_OK, "echo: alice: hello");
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

static void test_cancel(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    gateway_run *r = run_bench_start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    run_bench_settle(&b);
    gateway_run_cancel(r, true);
    run_bench_settle(&b);
    assert_string_equal(json_text(fake_gateway_last(b.fake, "chat.abort"), "runId"), "mm-1");
    assert_string_equal(json_text(fake_gateway_last(b.fake, "chat.abort"), "sessionKey"), run_bench_session);
    assert_int_equal(s.done, 0);
    r = run_bench_start(&b, "mm-2", "read-only", &s);
    gateway_run_cancel(r, false);
    run_bench_settle(&b);
    assert_int_equal(fake_gateway_count(b.fake, "chat.abort"), 1);
    fake_world_refuse(b.world, WEBSOCKET_CONNECT);
    run_bench_cut(&b);
    r = run_bench_start(&b, "mm-3", "read-only", &s); // never sent: there is nothing to abort
    gateway_run_cancel(r, true);
    run_bench_tear_down(&b);
    assert_int_equal(s.done, 0);
    run_seen_clear(&s);
}

static void test_other_gateway(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s);
    run_bench_configure(&b, "ws://another");
    assert_end(s, GATEWAY_RUN_LOST, "");
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

static void test_too_many_and_too_long(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    fake_gateway_set(b.fake)->max_payload_bytes = 100;
    run_bench_cut(&b);
    run_bench_start(&b, "mm-1", "read-only",
                    &s); // even the small session requests do not fit: refused, not hung
    fake_world_advance(b.world, 60000);
    assert_int_equal(s.done, 1);
    run_seen_clear(&s);
    fake_gateway_set(b.fake)->max_payload_bytes = 300;
    fake_world_cut(b.world, WEBSOCKET_CUT, 0);
    fake_world_advance(b.world, 1500);
    char *message = xmalloc(1001);
    memset(message, 'x', 1000);
    message[1000] = '\0';
    gateway_run_request request = {.idempotency_key = "mm-2",
                                   .session_key = run_bench_session,
                                   .message = message,
                                   .extra_system_prompt = "",
                                   .permission_mode = "read-only"};
    gateway_run_start(b.gateway, &request, &run_seen_events, &s);
    fake_world_settle(b.world);
    assert_end(s, GATEWAY_RUN_ERROR, "");
    assert_non_null(strstr(s.sentence, "longer"));
    free(message);
    run_seen_clear(&s);
    fake_world_refuse(b.world, WEBSOCKET_CONNECT);
    run_bench_cut(&b);
    for (int i = 0; i < RUNS_MAX; i++)
        assert_non_null(run_bench_start(&b, "same", "read-only", &s));
    assert_null(run_bench_start(&b, "one too many", "read-only", &s));
    run_bench_tear_down(&b);
    assert_int_equal(s.done, RUNS_MAX);
    run_seen_clear(&s);
}

// 300 at once: all are answered, and never more than the limit are in flight.
static void test_many(void **state) {
    enum { MANY = 300 };
    static run_seen s[MANY];
    run_bench b;
    (void)state;
    run_bench_set_up(&b, true);
    for (int i = 0; i < MANY; i++) {
        char *key = xasprintf("mm-%d", i);
        gateway_run_request request = {.idempotency_key = key,
                                       .session_key = run_bench_session,
                                       .message = "hi",
                                       .extra_system_prompt = "",
                                       .permission_mode = "read-only"};
        assert_non_null(gateway_run_start(b.gateway, &request, &run_seen_events, &s[i]));
        free(key);
    }
    fake_world_settle(b.world);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), REQUESTS_IN_FLIGHT_MAX);
    for (int i = 0; i < MANY; i++) { // acceptance makes room
        char *key = xasprintf("mm-%d", i);
        fake_run_accept(b.fake, key);
        fake_world_settle(b.world);
        free(key);
    }
    assert_int_equal(fake_gateway_count(b.fake, "agent"), MANY);
    for (int i = 0; i < MANY; i++) {
        char *key = xasprintf("mm-%d", i);
        fake_run_end(b.fake, key, key);
        fake_world_settle(b.world);
        assert_end(s[i], GATEWAY_RUN_OK, key);
        run_seen_clear(&s[i]);
        free(key);
    }
    run_bench_tear_down(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_streaming),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_retryable),
        cmocka_unit_test(test_first_answer_late),
        cmocka_unit_test(test_other_requests),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_mode_once_a_connection),
        cmocka_unit_test(test_modes_at_once),
        cmocka_unit_test(test_waits_until_ready),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_other_gateway),
        cmocka_unit_test(test_too_many_and_too_long),
        cmocka_unit_test(test_many),
    };
    run_bench_no_log();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
