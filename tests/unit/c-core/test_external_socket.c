// SPDX-License-Identifier: Apache-2.0
// The event stream against a server that does as told: proof, events in order, gaps, taking up again.
#include "base/json.h"
#include "base/mem.h"
#include "chat/rest_socket.h"
#include "config/account.h"
#include "fake_gateway_socket.h"
#include "moving_clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTION "abcdefghijklmnopqrstuvwxyz"

typedef struct scene {
    loop *loop;
    net *net;
    fake_socket *server;
    server_config config;
    rest_socket *socket;
    // server
    int opens, asked;
    int64_t last_seq;
    char *last_action;
    // client
    int delivering, gaps, refusals, events;
    bool gap; // of the last delivering
    char *names;
} scene;

static void on_open(void *ctx) {
    ((scene *)ctx)->opens++;
}

static void on_frame(void *ctx, const ws_frame_head *head, bytes payload) {
    scene *s = ctx;
    cJSON *json = NULL;
    if (head->opcode != WS_TEXT)
        return;
    assert_int_equal(json_parse(payload, &json), OC_OK);
    s->asked++;
    s->last_seq = json_int(json, "seq", 0);
    free(s->last_action);
    s->last_action = xstrdup(json_text(json, "action"));
    if (strcmp(s->last_action, "authentication_challenge") == 0)
        assert_string_equal(json_text(json_get(json, "data"), "token"), "tok");
    cJSON_Delete(json);
}

static void on_delivering(void *ctx, bool gap) {
    scene *s = ctx;
    s->delivering++;
    s->gap = gap;
}

static void on_gap(void *ctx) {
    ((scene *)ctx)->gaps++;
}

static void on_event(void *ctx, cJSON *frame) {
    scene *s = ctx;
    char *longer = xasprintf("%s%s ", s->names, json_text(frame, "event"));
    free(s->names);
    s->names = longer;
    s->events++;
    cJSON_Delete(frame);
}

static void on_refused(void *ctx) {
    ((scene *)ctx)->refusals++;
}

static int set_up(void **state) {
    static const fake_socket_events server_events = {.open = on_open, .frame = on_frame};
    static const rest_socket_events events = {
        .delivering = on_delivering, .gap = on_gap, .event = on_event, .refused = on_refused};
    scene *s = xcalloc(1, sizeof *s);
    AHEAD_MS = 0;
    s->loop = loop_create(&MOVING_CLOCK);
    s->net = net_create(s->loop);
    s->server = fake_socket_create(s->loop, &server_events, s);
    s->names = xstrdup("");
    s->last_action = xstrdup("");
    account_config a;
    account_config_init(&a);
    s->config = server_config_dup(&a.server);
    account_config_clear(&a);
    free(s->config.base_url);
    s->config.base_url = xasprintf("http%s", fake_socket_url(s->server) + 2); // ws://…
    secret_destroy(s->config.bot_token);
    s->config.bot_token = secret_create("tok");
    s->socket = rest_socket_create(s->net, &s->config, &events, s);
    rest_socket_start(s->socket);
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    scene *s = *state;
    rest_socket_destroy(s->socket);
    fake_socket_destroy(s->server);
    net_destroy(s->net);
    loop_destroy(s->loop);
    server_config_clear(&s->config);
    free(s->names);
    free(s->last_action);
    free(s);
    return 0;
}

static void say(scene *s, const char *text) {
    fake_socket_send(s->server, WS_TEXT, true, bytes_str(text));
}

static void tell(scene *s, const char *event, int seq) {
    char *text = xasprintf("{\"event\":\"%s\",\"data\":{},\"broadcast\":{},\"seq\":%d}", event, seq);
    say(s, text);
    free(text);
}

static void hello(scene *s, const char *connection_id) {
    char *text =
        xasprintf("{\"event\":\"hello\",\"data\":{\"connection_id\":\"%s\"},\"broadcast\":{},\"seq\":0}",
                  connection_id);
    say(s, text);
    free(text);
}

static void reply(scene *s, const char *status) {
    char *text = xasprintf("{\"status\":\"%s\",\"seq_reply\":%lld}", status, (long long)s->last_seq);
    say(s, text);
    free(text);
}

// Up to the first event stream that delivers.
static void connect_first(scene *s) {
    until(s->loop, s->asked == 1);
    assert_string_equal(s->last_action, "ping");
    hello(s, CONNECTION);
    reply(s, "OK");
    until(s->loop, s->delivering == 1);
}

static void connect_again(scene *s) {
    int asked = s->asked, opens = s->opens;
    until(s->loop, rest_socket_get_state(s->socket) == SOCKET_PAUSING);
    AHEAD_MS += 61000;
    until(s->loop, s->opens == opens + 1 && s->asked == asked + 1);
}

static void test_it_delivers_once_the_server_knows_us(void **state) {
    scene *s = *state;
    until(s->loop, s->asked == 1);
    const char *request = fake_socket_request(s->server);
    assert_non_null(strstr(request, "GET /api/v4/websocket HTTP/1.1\r\n"));
    assert_non_null(strstr(request, "Authorization: Bearer tok\r\n"));
    assert_int_equal(s->delivering, 0);
    connect_first(s);
    assert_false(s->gap);
    tell(s, "posted", 1);
    tell(s, "typing", 2);
    until(s->loop, s->events == 2);
    assert_string_equal(s->names, "posted typing ");
    assert_int_equal(s->gaps, 0);
    assert_true(rest_socket_heard_ms(s->socket) > 0);
}

static void test_a_missing_number_is_a_gap(void **state) {
    scene *s = *state;
    connect_first(s);
    tell(s, "posted", 1);
    tell(s, "posted", 3);
    until(s->loop, s->events == 2);
    assert_int_equal(s->gaps, 1);
    tell(s, "posted", 4);
    until(s->loop, s->events == 3);
    assert_int_equal(s->gaps, 1);
}

static void test_a_cut_is_taken_up_where_it_was(void **state) {
    scene *s = *state;
    connect_first(s);
    tell(s, "posted", 1);
    until(s->loop, s->events == 1);
    fake_socket_cut(s->server);
    connect_again(s);
    assert_non_null(
        strstr(fake_socket_request(s->server), "?connection_id=" CONNECTION "&sequence_number=2 HTTP/1.1"));
    tell(s, "posted", 2); // replayed, without a hello
    until(s->loop, s->events == 2 && s->delivering == 2);
    reply(s, "OK");
    assert_false(s->gap);
    assert_int_equal(s->gaps, 0);
}

static void test_a_server_that_forgot_is_a_gap(void **state) {
    scene *s = *state;
    connect_first(s);
    fake_socket_cut(s->server);
    connect_again(s);
    hello(s, "zyxwvutsrqponmlkjihgfedcba");
    until(s->loop, s->delivering == 2);
    assert_true(s->gap);
    tell(s, "posted", 1);
    until(s->loop, s->events == 1);
    assert_int_equal(s->gaps, 0);
}

static void test_a_proxy_that_takes_the_token_away(void **state) {
    scene *s = *state;
    until(s->loop, s->asked == 1);
    reply(s, "FAIL");
    until(s->loop, s->asked == 2);
    assert_string_equal(s->last_action, "authentication_challenge");
    hello(s, CONNECTION);
    reply(s, "OK");
    until(s->loop, s->delivering == 1);
    assert_int_equal(s->refusals, 0);
}

static void test_a_token_that_nobody_knows(void **state) {
    scene *s = *state;
    until(s->loop, s->asked == 1);
    reply(s, "FAIL");
    until(s->loop, s->asked == 2);
    fake_socket_cut(s->server); // what Mattermost does
    until(s->loop, s->refusals == 1);
    assert_int_equal(s->delivering, 0);
}

static void test_silence_is_noticed(void **state) {
    scene *s = *state;
    connect_first(s);
    AHEAD_MS += 30000;
    until(s->loop, s->asked == 2);
    assert_string_equal(s->last_action, "ping");
    reply(s, "OK");
    loop_step(s->loop, 50);
    AHEAD_MS += 31000;
    until(s->loop, s->asked == 3);
    AHEAD_MS += 10000; // no answer
    until(s->loop, rest_socket_get_state(s->socket) == SOCKET_PAUSING);
    assert_int_equal(s->refusals, 0);
}

static void test_what_is_no_event_is_left_out(void **state) {
    static const char *const strange[] = {
        "", "x", "[]", "5", "{}", "{\"event\":5,\"seq\":1}", "{\"event\":\"\",\"seq\":-7}"};
    scene *s = *state;
    connect_first(s);
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
        say(s, strange[i]);
    tell(s, "posted", 1);
    until(s->loop, strstr(s->names, "posted") != NULL);
    assert_int_equal(rest_socket_get_state(s->socket), SOCKET_DELIVERING);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_it_delivers_once_the_server_knows_us),
        TEST(test_a_missing_number_is_a_gap),
        TEST(test_a_cut_is_taken_up_where_it_was),
        TEST(test_a_server_that_forgot_is_a_gap),
        TEST(test_a_proxy_that_takes_the_token_away),
        TEST(test_a_token_that_nobody_knows),
        TEST(test_silence_is_noticed),
        TEST(test_what_is_no_event_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
