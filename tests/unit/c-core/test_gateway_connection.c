// SPDX-License-Identifier: Apache-2.0
// The connection's state machine against the fake gateway in memory, with time that jumps.
#include "fake_transport.h"
#include "base/log.h"
#include "gateway/connection.h"
#include "gateway/gateway_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

typedef struct seen {
    fake_world *world;
    gateway *gateway;
    gateway_identity *identity;
    secret *token;
    int statuses;
    char *device_token; // last one told; "(forget)"
} seen;

static void on_status(void *ctx, const gateway_status *status) {
    (void)status;
    ((seen *)ctx)->statuses++;
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    seen *s = ctx;
    assert_string_equal(url, "ws://gateway:18789");
    free(s->device_token);
    s->device_token = strdup(token != NULL ? token : "(forget)");
}

static const gateway_events events = {.status = on_status, .device_token = on_device_token};

static void set_up(seen *s) {
    static const uint8_t seed[IDENTITY_SEED_BYTES] = {1, 2, 3};
    *s = (seen){.world = fake_world_create()};
    transport t = fake_world_transport(s->world);
    s->identity = gateway_identity_from_seed(seed);
    s->gateway = gateway_create_on(fake_world_loop(s->world), &t, &events, s);
}

static void tear_down(seen *s) {
    gateway_destroy(s->gateway);
    fake_world_destroy(s->world);
    gateway_identity_destroy(s->identity);
    secret_destroy(s->token);
    free(s->device_token);
}

static void configure(seen *s, const char *url, const char *token, const char *device_token) {
    secret_destroy(s->token);
    s->token = secret_create(token);
    gateway_configure(s->gateway, &(gateway_settings){.url = url, .token = s->token, .version = "1.2.3"},
                      s->identity, device_token);
    fake_world_settle(s->world);
}

static void start(seen *s, const char *token, const char *device_token) {
    configure(s, "ws://gateway:18789", token, device_token);
}

static fake_gateway_settings *set(seen *s) {
    return fake_gateway_set(fake_world_gateway(s->world));
}

#define assert_state(s, wanted)                                                                              \
    assert_string_equal(gateway_state_name(gateway_get_status((s)->gateway).state),                          \
                        gateway_state_name(wanted))

static void test_ready(void **state) {
    seen s;
    (void)state;
    set_up(&s);
    start(&s, "good-token", NULL);
    gateway_status status = gateway_get_status(s.gateway);
    assert_state(&s, GATEWAY_READY);
    assert_string_equal(status.code, "");
    assert_string_equal(status.server_version, "2026.9.6");
    assert_string_equal(status.default_agent, "main");
    const cJSON *params = fake_gateway_last(fake_world_gateway(s.world), "connect");
    assert_int_equal(json_int(params, "minProtocol", 0), 4);
    assert_int_equal(json_int(params, "maxProtocol", 0), 4);
    assert_string_equal(json_text(json_get(params, "client"), "id"), "gateway-client");
    assert_string_equal(json_text(json_get(params, "client"), "version"), "1.2.3");
    assert_int_equal(cJSON_GetArraySize(json_array(params, "scopes")), 4);
    assert_null(s.device_token);
    tear_down(&s);
}

// What a refused connect request leads to.
static const struct {
    const char *error;
    gateway_state state;
    const char *code, *command;
    const char *words; // stands in the sentence
    int opens;         // connections until then
} refusals[] = {
    {"{\"code\":\"INVALID_REQUEST\",\"details\":{\"code\":\"AUTH_TOKEN_MISMATCH\","
     "\"canRetryWithDeviceToken\":true}}",
     GATEWAY_HALTED, "AUTH_TOKEN_MISMATCH", "", "GatewayToken", 1},
    {"{\"code\":\"INVALID_REQUEST\",\"details\":{\"code\":\"AUTH_TOKEN_MISSING\"}}", GATEWAY_HALTED,
     "AUTH_TOKEN_MISSING", "", "GatewayToken", 1},
    {"{\"code\":\"INVALID_REQUEST\",\"message\":\"x\",\"details\":{\"code\":\"AUTH_SOMETHING_NEW\"}}",
     GATEWAY_HALTED, "AUTH_SOMETHING_NEW", "", "refused the connection: x", 1},
    {"{\"code\":\"INVALID_REQUEST\",\"retryable\":true,\"retryAfterMs\":299995,\"details\":{\"code\":\"AUTH_"
     "RATE_LIMITED\"}}",
     GATEWAY_BACKOFF, "AUTH_RATE_LIMITED", "", "locked", 1},
    {"{\"code\":\"NOT_PAIRED\",\"details\":{\"code\":\"PAIRING_REQUIRED\",\"reason\":\"not-paired\","
     "\"requestId\":\"ab-12\"}}",
     GATEWAY_PAIRING, "PAIRING_REQUIRED", "openclaw devices approve ab-12", "openclaw devices approve ab-12",
     1},
    {"{\"code\":\"NOT_PAIRED\",\"details\":{\"code\":\"PAIRING_REQUIRED\",\"reason\":\"scope-upgrade\","
     "\"requestId\":\"x;rm\"}}",
     GATEWAY_PAIRING, "PAIRING_REQUIRED", "openclaw devices list", "more rights", 1},
    {"{\"code\":\"NOT_PAIRED\",\"details\":{\"code\":\"PAIRING_REQUIRED\",\"reason\":\"role-upgrade\","
     "\"requestId\":\"ab-12\"}}",
     GATEWAY_PAIRING, "PAIRING_REQUIRED", "openclaw devices approve ab-12", "gives its agents tools", 1},
    {"{\"code\":\"NOT_PAIRED\",\"details\":{\"code\":\"PAIRING_REQUIRED\",\"requestId\":\"--help\"}}",
     GATEWAY_PAIRING, "PAIRING_REQUIRED", "openclaw devices list", "approve", 1},
    {"{\"code\":\"NOT_PAIRED\",\"details\":{\"code\":\"DEVICE_IDENTITY_REQUIRED\"}}", GATEWAY_HALTED,
     "DEVICE_IDENTITY_REQUIRED", "", "identity", 1},
    {"{\"code\":\"INVALID_REQUEST\",\"details\":{\"code\":\"DEVICE_AUTH_SIGNATURE_EXPIRED\"}}",
     GATEWAY_HALTED, "DEVICE_AUTH_SIGNATURE_EXPIRED", "", "clocks", 2},
    {"{\"code\":\"INVALID_REQUEST\",\"message\":\"n\",\"details\":{\"code\":\"DEVICE_AUTH_NONCE_MISMATCH\"}}",
     GATEWAY_HALTED, "DEVICE_AUTH_NONCE_MISMATCH", "", "refused", 2},
    {"{\"code\":\"INVALID_REQUEST\",\"details\":{\"code\":\"PROTOCOL_MISMATCH\",\"expectedProtocol\":3}}",
     GATEWAY_HALTED, "PROTOCOL_MISMATCH", "", "protocol 3, this plugin speaks protocol 4. Update the gateway",
     1},
    {"{\"code\":\"INVALID_REQUEST\",\"details\":{\"code\":\"PROTOCOL_MISMATCH\",\"expectedProtocol\":5}}",
     GATEWAY_HALTED, "PROTOCOL_MISMATCH", "", "Update this plugin", 1},
    {"{\"code\":\"INVALID_REQUEST\",\"details\":{\"code\":\"CONTROL_UI_ORIGIN_NOT_ALLOWED\"}}",
     GATEWAY_HALTED, "CONTROL_UI_ORIGIN_NOT_ALLOWED", "", "Origin", 1},
    {"{\"code\":\"UNAVAILABLE\",\"details\":{\"reason\":\"startup-sidecars\"},\"retryAfterMs\":40000}",
     GATEWAY_BACKOFF, "UNAVAILABLE", "", "starting", 1},
    {"{\"code\":\"INVALID_REQUEST\",\"message\":\"at /client: unexpected\"}", GATEWAY_HALTED,
     "INVALID_REQUEST", "", "at /client: unexpected", 1},
    {"{\"code\":\"SOMETHING_NEW\",\"message\":\"y\"}", GATEWAY_BACKOFF, "SOMETHING_NEW", "", "y", 1},
    {"{}", GATEWAY_BACKOFF, "REFUSED", "", "no reason", 1},
    {"[1]", GATEWAY_BACKOFF, "REFUSED", "", "no reason", 1},
};

static void test_refusals(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        seen s;
        set_up(&s);
        set(&s)->connect_error = refusals[i].error;
        start(&s, "good-token", NULL);
        gateway_status status = gateway_get_status(s.gateway);
        assert_state(&s, refusals[i].state);
        assert_string_equal(status.code, refusals[i].code);
        assert_string_equal(status.command, refusals[i].command);
        assert_non_null(strstr(status.sentence, refusals[i].words));
        assert_int_equal(fake_gateway_opens(fake_world_gateway(s.world)), refusals[i].opens);
        if (refusals[i].state == GATEWAY_HALTED) { // for good
            fake_world_advance(s.world, 600000);
            assert_int_equal(fake_gateway_opens(fake_world_gateway(s.world)), refusals[i].opens);
        }
        tear_down(&s);
    }
}

static void test_wrong_token_then_settings(void **state) {
    seen s;
    (void)state;
    set_up(&s);
    start(&s, "bad-token", NULL);
    assert_state(&s, GATEWAY_HALTED);
    start(&s, "bad-token", NULL); // the same settings again: no try
    fake_world_advance(s.world, 60000);
    assert_int_equal(fake_gateway_opens(fake_world_gateway(s.world)), 1);
    gateway_retry(s.gateway); // somebody asks
    fake_world_settle(s.world);
    assert_int_equal(fake_gateway_opens(fake_world_gateway(s.world)), 2);
    assert_state(&s, GATEWAY_HALTED);
    start(&s, "good-token", NULL);
    assert_state(&s, GATEWAY_READY);
    tear_down(&s);
}

static void test_rate_limit_waits(void **state) {
    seen s;
    (void)state;
    set_up(&s);
    set(&s)->connect_error =
        "{\"code\":\"INVALID_REQUEST\",\"retryAfterMs\":300000,\"details\":{\"code\":\"AUTH_RATE_LIMITED\"}}";
    start(&s, "good-token", NULL);
    assert_int_equal(gateway_get_status(s.gateway).retry_in_ms, 300000);
    set(&s)->connect_error = NULL;
    fake_world_advance(s.world, 299000);
    assert_state(&s, GATEWAY_BACKOFF);
    fake_world_advance(s.world, 1500);
    assert_state(&s, GATEWAY_READY);
    tear_down(&s);
}

static void test_pairing(void **state) {
    seen s;
    (void)state;
    set_up(&s);
    set(&s)->remote = true;
    start(&s, "good-token", NULL);
    assert_state(&s, GATEWAY_PAIRING);
    assert_string_equal(gateway_get_status(s.gateway).command,
                        "openclaw devices approve 741df627-b9bb-4b46-a73f-c0a205fa89b1");
    int told = s.statuses;
    fake_world_advance(s.world, 61000); // polls every 15 s, without telling anybody again
    assert_int_equal(fake_gateway_opens(fake_world_gateway(s.world)), 5);
    assert_int_equal(s.statuses, told);
    set(&s)->approved = true;
    set(&s)->device_token = "device-1";
    fake_world_advance(s.world, 15000);
    assert_state(&s, GATEWAY_READY);
    assert_string_equal(s.device_token, "device-1");
    // The next connection uses it.
    fake_world_cut(s.world, WEBSOCKET_CUT, 0);
    fake_world_advance(s.world, 1500);
    assert_state(&s, GATEWAY_READY);
    const cJSON *params = fake_gateway_last(fake_world_gateway(s.world), "connect");
    assert_string_equal(json_text(json_get(params, "auth"), "token"), "device-1");
    tear_down(&s);
}

static void test_revoked_device_token(void **state) {
    seen s;
    (void)state;
    set_up(&s);
    start(&s, "good-token", "revoked"); // falls back to the shared token once
    assert_state(&s, GATEWAY_READY);
    assert_string_equal(s.device_token, "(forget)");
    assert_int_equal(fake_gateway_opens(fake_world_gateway(s.world)), 2);
    tear_down(&s);
    set_up(&s);
    start(&s, "bad", "revoked"); // and not twice
    assert_state(&s, GATEWAY_HALTED);
    assert_int_equal(fake_gateway_opens(fake_world_gateway(s.world)), 2);
    tear_down(&s);
    set_up(&s);
    start(&s, "", "revoked");
    assert_state(&s, GATEWAY_HALTED);
    assert_int_equal(fake_gateway_opens(fake_world_gateway(s.world)), 1);
    tear_down(&s);
}

static void test_hello_checked(void **state) {
    seen s;
    (void)state;
    set_up(&s);
    set(&s)->no_scopes = true;
    start(&s, "good-token", NULL);
    assert_state(&s, GATEWAY_HALTED);
    assert_string_equal(gateway_get_status(s.gateway).code, "MISSING_SCOPES");
    set(&s)->no_scopes = false;
    set(&s)->protocol = 3;
    gateway_retry(s.gateway);
    fake_world_settle(s.world);
    assert_state(&s, GATEWAY_HALTED);
    assert_string_equal(gateway_get_status(s.gateway).code, "PROTOCOL_MISMATCH");
    tear_down(&s);
}

static void test_backoff_grows(void **state) {
    seen s;
    (void)state;
    set_up(&s);
    fake_world_refuse(s.world, WEBSOCKET_CONNECT);
    start(&s, "good-token", NULL);
    assert_state(&s, GATEWAY_BACKOFF);
    assert_string_equal(gateway_get_status(s.gateway).code, "CONNECT_FAILED");
    int told = s.statuses;
    fake_world_advance(s.world, 600000); // 31 s in growing pauses, then every 15 to 30 s
    assert_in_range(fake_world_tries(s.world), 20, 50);
    assert_int_equal(s.statuses, told);
    fake_world_accept(s.world);
    fake_world_advance(s.world, 30000);
    assert_state(&s, GATEWAY_READY);
    tear_down(&s);
    for (unsigned i = 0; i < 40; i++) {
        assert_in_range(connection_backoff_ms(i, 0), 1000, 30000);
        assert_true(connection_backoff_ms(i, 0) <= connection_backoff_ms(i + 1, 0));
        assert_in_range(connection_backoff_ms(i, 1000), 500, 15000);
    }
}

static void test_causes(void **state) {
    static const struct {
        websocket_cause cause;
        gateway_state state;
        const char *code;
    } rows[] = {{WEBSOCKET_NAME, GATEWAY_BACKOFF, "CONNECT_FAILED"},
                {WEBSOCKET_TLS, GATEWAY_BACKOFF, "TLS_FAILED"},
                {WEBSOCKET_UPGRADE, GATEWAY_BACKOFF, "UPGRADE_REFUSED"},
                {WEBSOCKET_PROXY, GATEWAY_BACKOFF, "PROXY_REFUSED"},
                {WEBSOCKET_CUT, GATEWAY_BACKOFF, "CONNECT_FAILED"},
                {WEBSOCKET_SETTINGS, GATEWAY_HALTED, "SETTINGS_INVALID"},
                {WEBSOCKET_PROTOCOL, GATEWAY_BACKOFF, "PROTOCOL_BROKEN"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        seen s;
        set_up(&s);
        fake_world_refuse(s.world, rows[i].cause);
        start(&s, "good-token", NULL);
        assert_state(&s, rows[i].state);
        assert_string_equal(gateway_get_status(s.gateway).code, rows[i].code);
        tear_down(&s);
    }
}

static void test_no_answer(void **state) {
    seen s;
    (void)state;
    set_up(&s);
    set(&s)->mute = true;
    start(&s, "good-token", NULL);
    assert_state(&s, GATEWAY_WAIT_CHALLENGE);
    fake_world_advance(s.world, 15250);
    assert_state(&s, GATEWAY_BACKOFF);
    assert_string_equal(gateway_get_status(s.gateway).code, "NO_ANSWER");
    tear_down(&s);
}

static void test_silence(void **state) {
    seen s;
    (void)state;
    set_up(&s);
    start(&s, "good-token", NULL);
    for (int i = 0; i < 10; i++) { // ticks keep it
        fake_world_advance(s.world, 30000);
        fake_world_frame(s.world, "{\"type\":\"event\",\"event\":\"tick\",\"payload\":{\"ts\":1}}");
    }
    assert_int_equal(fake_gateway_opens(fake_world_gateway(s.world)), 1);
    fake_world_advance(s.world, 59000);
    assert_state(&s, GATEWAY_READY);
    fake_world_advance(s.world, 1250);
    assert_state(&s, GATEWAY_BACKOFF);
    assert_int_equal(fake_world_client_close(s.world), 4000);
    fake_world_advance(s.world, 1500);
    assert_state(&s, GATEWAY_READY);
    tear_down(&s);
}

static void test_planned_restart(void **state) {
    seen s;
    (void)state;
    set_up(&s);
    start(&s, "good-token", NULL);
    fake_gateway_event(fake_world_gateway(s.world), "shutdown",
                       cJSON_Parse("{\"reason\":\"gateway stopping\"}"));
    fake_world_refuse(s.world, WEBSOCKET_CONNECT);
    fake_world_cut(s.world, WEBSOCKET_CLOSED, 1012);
    fake_world_settle(s.world);
    assert_string_equal(gateway_get_status(s.gateway).code, "GATEWAY_RESTARTING");
    fake_world_accept(s.world);
    fake_world_advance(s.world, 1500);
    assert_state(&s, GATEWAY_READY);
    tear_down(&s);
}

static void test_rubbish_is_ignored(void **state) {
    static const char *const rubbish[] = {
        "",
        "x",
        "[]",
        "[1,2]",
        "{",
        "{}",
        "null",
        "{\"type\":\"res\"}",
        "{\"type\":\"event\"}",
        "{\"type\":5}",
        "{\"type\":\"res\",\"id\":\"r1\"}",
        "{\"type\":\"event\",\"event\":\"chat\",\"payload\":[]}",
        "{\"type\":\"event\",\"event\":\"connect.challenge\",\"payload\":{}}",
        "{\"type\":\"res\",\"id\":\"connect\",\"ok\":false}"};
    seen s;
    (void)state;
    set_up(&s);
    start(&s, "good-token", NULL);
    for (size_t i = 0; i < sizeof rubbish / sizeof rubbish[0]; i++)
        fake_world_frame(s.world, rubbish[i]);
    fake_world_settle(s.world);
    assert_state(&s, GATEWAY_READY);
    assert_int_equal(fake_gateway_opens(fake_world_gateway(s.world)), 1);
    tear_down(&s);
}

static void test_settings(void **state) {
    seen s;
    (void)state;
    set_up(&s);
    configure(&s, "", "good-token", NULL);
    assert_state(&s, GATEWAY_IDLE);
    configure(&s, NULL, "good-token", NULL);
    assert_state(&s, GATEWAY_IDLE);
    assert_int_equal(fake_world_tries(s.world), 0);
    start(&s, "good-token", NULL);
    assert_state(&s, GATEWAY_READY);
    start(&s, "good-token", NULL); // nothing new
    assert_int_equal(fake_world_tries(s.world), 1);
    configure(&s, "ws://other:1", "good-token", NULL);
    assert_state(&s, GATEWAY_READY);
    assert_string_equal(fake_world_options(s.world)->url, "ws://other:1");
    configure(&s, "", "good-token", NULL);
    assert_state(&s, GATEWAY_IDLE);
    tear_down(&s);
}

static void no_log(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    (void)ctx, (void)level, (void)message, (void)fields, (void)count;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ready),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_wrong_token_then_settings),
        cmocka_unit_test(test_rate_limit_waits),
        cmocka_unit_test(test_pairing),
        cmocka_unit_test(test_revoked_device_token),
        cmocka_unit_test(test_hello_checked),
        cmocka_unit_test(test_backoff_grows),
        cmocka_unit_test(test_causes),
        cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_planned_restart),
        cmocka_unit_test(test_rubbish_is_ignored),
        cmocka_unit_test(test_settings),
    };
    log_set_sink(no_log, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
