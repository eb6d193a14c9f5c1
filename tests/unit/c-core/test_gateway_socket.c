// SPDX-License-Identifier: Apache-2.0
// The whole gateway side over real sockets: handshake, a run, a cut in its middle, hostile frames.
#include "base/mem.h"
#include "fake_gateway_socket.h"
#include "run_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>

enum { LIMIT_MS = 20000, OVERSIZE = 25 * 1024 * 1024 + 1 };

typedef struct rig {
    loop *loop;
    net *net;
    fake_gateway *fake;
    fake_socket *server;
    gateway *gateway;
    gateway_identity *identity;
    secret *token;
} rig;

static void on_status(void *ctx, const gateway_status *status) {
    (void)ctx, (void)status;
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    (void)ctx, (void)token, (void)url;
}

static void set_up(rig *r, const char *token) {
    static const gateway_events events = {.status = on_status, .device_token = on_device_token};
    *r = (rig){
        .loop = loop_create(NULL), .fake = fake_gateway_create(), .identity = gateway_identity_create()};
    r->net = net_create(r->loop);
    r->server = fake_socket_serve(r->loop, r->fake);
    r->token = secret_create(token);
    r->gateway = gateway_create(r->loop, r->net, &events, r);
    fake_gateway_set(r->fake)->manual = true;
    gateway_configure(
        r->gateway, &(gateway_settings){.url = fake_socket_url(r->server), .token = r->token, .version = "1"},
        r->identity, NULL);
}

static void tear_down(rig *r) {
    gateway_destroy(r->gateway);
    fake_socket_destroy(r->server);
    fake_gateway_destroy(r->fake);
    gateway_identity_destroy(r->identity);
    secret_destroy(r->token);
    net_destroy(r->net);
    loop_destroy(r->loop);
}

#define until(r, condition)                                                                                  \
    do {                                                                                                     \
        int64_t limit = loop_now_ms((r)->loop) + LIMIT_MS;                                                   \
        while (!(condition) && loop_now_ms((r)->loop) < limit)                                               \
            loop_step((r)->loop, 100);                                                                       \
        assert_true(condition);                                                                              \
    } while (0)

static bool is(const rig *r, gateway_state wanted) {
    return gateway_get_status(r->gateway).state == wanted;
}

static gateway_run *start(rig *r, const char *message, run_seen *s) {
    return gateway_run_start(r->gateway,
                             &(gateway_run_request){.idempotency_key = "mm-1",
                                                    .session_key = run_bench_session,
                                                    .message = message,
                                                    .extra_system_prompt = "",
                                                    .permission_mode = "read-only"},
                             &run_seen_events, s);
}

static void test_run_and_cut(void **state) {
    rig r;
    run_seen s = {0};
    (void)state;
    set_up(&r, "good-token");
    start(&r, "hello", &s); // waits for the connection
    until(&r, fake_gateway_count(r.fake, "agent") == 1);
    fake_run_accept(r.fake, "mm-1");
    fake_run_delta(r.fake, "mm-1", "so far");
    until(&r, s.texts == 1 && s.accepted == 1);
    fake_socket_cut(r.server);
    until(&r, is(&r, GATEWAY_BACKOFF));
    until(&r, is(&r, GATEWAY_READY) && fake_gateway_count(r.fake, "agent.wait") == 1);
    fake_run_end(r.fake, "mm-1", "so far and further");
    until(&r, s.done == 1);
    assert_int_equal(s.outcome, GATEWAY_RUN_OK);
    assert_string_equal(s.text, "so far and further");
    run_seen_clear(&s);
    tear_down(&r);
}

static void test_large_message(void **state) {
    enum { LARGE = 4 * 1024 * 1024 };
    rig r;
    run_seen s = {0};
    (void)state;
    set_up(&r, "good-token");
    char *message = xmalloc(LARGE + 1);
    memset(message, 'm', LARGE);
    message[LARGE] = '\0';
    start(&r, message, &s);
    until(&r, fake_gateway_count(r.fake, "agent") == 1);
    assert_string_equal(json_text(fake_gateway_last(r.fake, "agent"), "message"), message);
    fake_run_accept(r.fake, "mm-1");
    fake_run_end(r.fake, "mm-1", message);
    until(&r, s.done == 1);
    assert_string_equal(s.text, message);
    free(message);
    run_seen_clear(&s);
    tear_down(&r);
}

static void test_wrong_token(void **state) {
    rig r;
    (void)state;
    set_up(&r, "bad-token");
    until(&r, is(&r, GATEWAY_HALTED));
    assert_int_equal(fake_socket_accepts(r.server), 1);
    tear_down(&r);
}

static void test_hostile_frames(void **state) {
    rig r;
    (void)state;
    set_up(&r, "good-token");
    until(&r, is(&r, GATEWAY_READY));
    fake_socket_send(r.server, WS_TEXT, true, bytes_str("rubbish")); // ignored
    fake_socket_send(r.server, WS_TEXT, true, bytes_of("\xff\xfe\x00", 3));
    char *huge = xmalloc(OVERSIZE);
    memset(huge, ' ', OVERSIZE);
    fake_socket_send(r.server, WS_TEXT, true, bytes_of(huge, OVERSIZE));
    until(&r, is(&r, GATEWAY_BACKOFF));
    until(&r, is(&r, GATEWAY_READY));
    fake_socket_send(r.server, WS_BINARY, true, bytes_str("x"));
    until(&r, is(&r, GATEWAY_BACKOFF));
    assert_non_null(strstr(gateway_get_status(r.gateway).sentence, "a binary message"));
    free(huge);
    tear_down(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run_and_cut),
        cmocka_unit_test(test_large_message),
        cmocka_unit_test(test_wrong_token),
        cmocka_unit_test(test_hostile_frames),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    run_bench_no_log();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
