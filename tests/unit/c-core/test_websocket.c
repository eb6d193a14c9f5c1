// SPDX-License-Identifier: Apache-2.0
// The WebSocket client over real sockets on loopback, against a server that misbehaves as told.
#include "base/mem.h"
#include "base/random.h"
#include "fake_gateway_socket.h"
#include "net/websocket.h"
#include "words/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>

enum { MESSAGE_MAX = 1024 * 1024, QUEUE_MAX = 9 * 1024 * 1024, LIMIT_MS = 20000 };

typedef struct peer { // both sides of one connection
    loop *loop;
    net *net;
    fake_socket *server;
    websocket *client;
    // client
    int opens, messages, closes;
    size_t message_bytes;
    char first; // of the last message
    websocket_cause cause;
    unsigned close_code;
    int http_status;
    char *reason, *sentence;
    bool close_in_message;
    // server
    size_t text_bytes, pieces, largest_piece;
    int messages_got, pongs, server_gone;
    size_t text_bytes_at_pong;
    unsigned got_close;
} peer;

static void on_open(void *ctx) {
    ((peer *)ctx)->opens++;
}

static void on_message(void *ctx, bytes text) {
    peer *p = ctx;
    p->messages++;
    p->message_bytes = text.len;
    p->first = text.len > 0 ? (char)text.data[0] : '\0';
    if (p->close_in_message) {
        websocket_close(p->client, 1000);
        p->client = NULL;
    }
}

static void on_closed(void *ctx, const websocket_end *end) {
    peer *p = ctx;
    p->closes++;
    p->client = NULL;
    p->cause = end->cause;
    p->close_code = end->close_code;
    p->http_status = end->http_status;
    p->reason = xstrdup(end->reason);
    p->sentence = words_in(WORDS_EN, end->sentence);
}

static const websocket_events client_events = {.open = on_open, .message = on_message, .closed = on_closed};

static void on_server_frame(void *ctx, const ws_frame_head *head, bytes payload) {
    peer *p = ctx;
    if (head->opcode == WS_TEXT || head->opcode == WS_CONTINUE) {
        p->text_bytes += payload.len;
        p->pieces++;
        p->largest_piece = payload.len > p->largest_piece ? payload.len : p->largest_piece;
        p->messages_got += head->final;
    } else if (head->opcode == WS_PONG) {
        p->pongs++;
        p->text_bytes_at_pong = p->text_bytes;
        assert_int_equal(payload.len, 4);
        assert_memory_equal(payload.data, "ping", 4);
    } else if (head->opcode == WS_CLOSE && payload.len >= 2) {
        p->got_close = (unsigned)payload.data[0] << 8 | payload.data[1];
    }
}

static void on_server_gone(void *ctx) {
    ((peer *)ctx)->server_gone++;
}

static const fake_socket_events server_events = {.frame = on_server_frame, .gone = on_server_gone};

static void set_up(peer *p) {
    *p = (peer){.loop = loop_create(NULL)};
    p->net = net_create(p->loop);
    p->server = fake_socket_create(p->loop, &server_events, p);
}

static void tear_down(peer *p) {
    websocket_close(p->client, 1000);
    fake_socket_destroy(p->server);
    net_destroy(p->net);
    loop_destroy(p->loop);
    free(p->reason);
    free(p->sentence);
}

static void open_url(peer *p, const char *url) {
    websocket_options options = {.url = url,
                                 .max_message_bytes = MESSAGE_MAX,
                                 .max_queued_bytes = QUEUE_MAX,
                                 .connect_timeout_ms = 5000};
    p->client = websocket_open(p->net, &options, &client_events, p);
}

// Runs both sides until the condition holds; a limit far beyond any machine's slowness.
#define until(p, condition)                                                                                  \
    do {                                                                                                     \
        int64_t limit = loop_now_ms((p)->loop) + LIMIT_MS;                                                   \
        while (!(condition) && loop_now_ms((p)->loop) < limit)                                               \
            loop_step((p)->loop, 100);                                                                       \
        assert_true(condition);                                                                              \
    } while (0)

static void connect_both(peer *p) {
    open_url(p, fake_socket_url(p->server));
    until(p, p->opens == 1);
}

static void test_upgrade_request(void **state) {
    peer p;
    (void)state;
    set_up(&p);
    char *url = xasprintf("%s/some/path?x=1", fake_socket_url(p.server));
    open_url(&p, url);
    until(&p, p.opens == 1);
    const char *request = fake_socket_request(p.server);
    assert_int_equal(strncmp(request, "GET /some/path?x=1 HTTP/1.1\r\n", 29), 0);
    assert_null(strcasestr(request, "Origin:"));
    assert_null(strcasestr(request, "X-Forwarded"));
    assert_null(strcasestr(request, "Extensions"));
    assert_non_null(strstr(request, "Sec-WebSocket-Version: 13\r\n"));
    free(url);
    tear_down(&p);
}

static void test_messages_and_fragments(void **state) {
    peer p;
    (void)state;
    set_up(&p);
    connect_both(&p);
    fake_socket_send(p.server, WS_TEXT, true, bytes_str("a"));
    until(&p, p.messages == 1);
    fake_socket_send(p.server, WS_TEXT, true, bytes_str(""));
    until(&p, p.messages == 2);
    assert_int_equal(p.message_bytes, 0);
    fake_socket_send(p.server, WS_TEXT, false, bytes_str("bc"));
    fake_socket_send(p.server, WS_PING, true, bytes_str("ping")); // between the pieces
    fake_socket_send(p.server, WS_CONTINUE, false, bytes_str(""));
    fake_socket_send(p.server, WS_CONTINUE, true, bytes_str("d"));
    until(&p, p.messages == 3 && p.pongs == 1);
    assert_int_equal(p.message_bytes, 3);
    assert_int_equal(p.first, 'b');
    fake_socket_send(p.server, WS_PONG, true, bytes_str("unasked")); // allowed, ignored
    uint8_t *big = xmalloc(MESSAGE_MAX);
    memset(big, 'x', MESSAGE_MAX);
    fake_socket_send(p.server, WS_TEXT, true, bytes_of(big, MESSAGE_MAX)); // the largest
    until(&p, p.messages == 4);
    assert_int_equal(p.message_bytes, MESSAGE_MAX);
    free(big);
    // A byte at a time.
    static const uint8_t frame[] = {0x81, 0x03, 'x', 'y', 'z'};
    for (size_t i = 0; i < sizeof frame; i++) {
        fake_socket_raw(p.server, bytes_of(frame + i, 1));
        loop_step(p.loop, 0);
    }
    until(&p, p.messages == 5);
    assert_int_equal(p.closes, 0);
    tear_down(&p);
}

static void test_broken_frames(void **state) {
    static const struct {
        uint8_t bytes[12];
        size_t len;
        unsigned code; // that we answer
    } rows[] = {
        {{0xc1, 0x00}, 2, 1002},                                      // compressed bit, never negotiated
        {{0x83, 0x00}, 2, 1002},                                      // reserved opcode
        {{0x81, 0x81, 1, 2, 3, 4, 'x'}, 7, 1002},                     // masked by a server
        {{0x09, 0x00}, 2, 1002},                                      // fragmented ping
        {{0x89, 0x7e, 0, 126}, 4, 1002},                              // long ping
        {{0x80, 0x00}, 2, 1002},                                      // continuation of nothing
        {{0x01, 0x00, 0x81, 0x00}, 4, 1002},                          // a new message inside another
        {{0x81, 0x7e, 0x00, 0x05}, 4, 1002},                          // length not in its shortest form
        {{0x81, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0}, 10, 1002},          // length beyond 63 bits
        {{0x88, 0x01, 0x03}, 3, 1002},                                // close with half a code
        {{0x88, 0x02, 0x03, 0xed}, 4, 1002},                          // close with 1005
        {{0x82, 0x01, 'x'}, 3, 1003},                                 // binary
        {{0x81, 0x7f, 0, 0, 0, 0, 0x00, 0x10, 0x00, 0x01}, 10, 1009}, // one byte too many
        {{0x81, 0x7f, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 10, 1009},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        peer p;
        set_up(&p);
        connect_both(&p);
        fake_socket_raw(p.server, bytes_of(rows[i].bytes, rows[i].len));
        until(&p, p.closes == 1 && p.server_gone == 1);
        assert_int_equal(p.cause, rows[i].code == 1009 ? WEBSOCKET_TOO_BIG : WEBSOCKET_PROTOCOL);
        assert_int_equal(p.got_close, rows[i].code);
        assert_int_equal(p.messages, 0);
        tear_down(&p);
    }
}

static void test_too_big_in_pieces(void **state) {
    peer p;
    (void)state;
    set_up(&p);
    connect_both(&p);
    uint8_t *part = xmalloc(MESSAGE_MAX / 2 + 1);
    memset(part, 'x', MESSAGE_MAX / 2 + 1);
    fake_socket_send(p.server, WS_TEXT, false, bytes_of(part, MESSAGE_MAX / 2 + 1));
    fake_socket_send(p.server, WS_CONTINUE, true, bytes_of(part, MESSAGE_MAX / 2));
    until(&p, p.closes == 1);
    assert_int_equal(p.cause, WEBSOCKET_TOO_BIG);
    free(part);
    tear_down(&p);
}

static void test_endings(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        peer p;
        set_up(&p);
        connect_both(&p);
        if (i == 0)
            fake_socket_close(p.server, 1012, "service restart\x01");
        else if (i == 1)
            fake_socket_cut(p.server);
        else
            fake_socket_raw(p.server, bytes_of("\x88\x00", 2)); // close without a code
        until(&p, p.closes == 1);
        assert_int_equal(p.cause, i == 1 ? WEBSOCKET_CUT : WEBSOCKET_CLOSED);
        assert_int_equal(p.close_code, i == 0 ? 1012 : i == 1 ? 0 : 1005);
        if (i == 0)
            assert_string_equal(p.reason, "service restart ");
        tear_down(&p);
    }
}

static void test_upgrade_answers(void **state) {
    static const struct {
        const char *answer;
        int status;
        const char *words;
    } rows[] = {
        {"HTTP/1.1 403 Forbidden\r\nContent-Length: "
         "3\r\n\r\n{\"error\":{\"type\":\"proxy_attribution_required\"}}",
         403, "HTTP status 403"},
        {"HTTP/1.1 503 Service Unavailable\r\n\r\n", 503, "HTTP status 503"},
        {"HTTP/1.1 200 OK\r\n\r\n<html>", 200, "HTTP status 200"},
        {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
         "Upgrade\r\nSec-WebSocket-Accept: "
         "AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
         101, "no WebSocket server"},
        {"HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, "no WebSocket server"},
        {"SSH-2.0-OpenSSH_9.2\r\n", 0, "no WebSocket server"},
        {"HTTP/1.1 2x0 OK\r\n\r\n", 0, "no WebSocket server"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        peer p;
        set_up(&p);
        fake_socket_answer(p.server, rows[i].answer);
        open_url(&p, fake_socket_url(p.server));
        until(&p, p.closes == 1);
        assert_int_equal(p.opens, 0);
        assert_int_equal(p.cause, WEBSOCKET_UPGRADE);
        assert_int_equal(p.http_status, rows[i].status);
        assert_non_null(strstr(p.sentence, rows[i].words));
        if (i == 0)
            assert_non_null(strstr(p.reason, "proxy_attribution_required"));
        tear_down(&p);
    }
}

static void test_no_connection(void **state) {
    static const struct {
        const char *url;
        websocket_cause cause;
    } rows[] = {{"http://127.0.0.1:1", WEBSOCKET_SETTINGS},
                {"ws://", WEBSOCKET_SETTINGS},
                {"ws://a b", WEBSOCKET_SETTINGS},
                {"ws://u:p@host", WEBSOCKET_SETTINGS},
                {"ws://host:0", WEBSOCKET_SETTINGS},
                {"ws://host:99999", WEBSOCKET_SETTINGS},
                {"", WEBSOCKET_SETTINGS}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        peer p;
        set_up(&p);
        open_url(&p, rows[i].url);
        assert_int_equal(p.closes, 0); // never from inside the call
        until(&p, p.closes == 1);
        assert_int_equal(p.cause, rows[i].cause);
        tear_down(&p);
    }
    peer p;
    set_up(&p);
    char *url = xstrdup(fake_socket_url(p.server));
    fake_socket_destroy(p.server); // nothing listens there any more
    p.server = NULL;
    open_url(&p, url);
    until(&p, p.closes == 1);
    assert_int_equal(p.cause, WEBSOCKET_CONNECT);
    assert_non_null(strstr(p.sentence, "refused"));
    free(url);
    tear_down(&p);
}

// A ping that comes while a long message is under way is answered between its pieces, not behind it.
static void test_ping_during_large_send(void **state) {
    enum { LARGE = 8 * 1024 * 1024 };
    peer p;
    (void)state;
    set_up(&p);
    connect_both(&p);
    uint8_t *large = xmalloc(LARGE);
    memset(large, 'y', LARGE);
    fake_socket_pause(p.server, true);
    assert_int_equal(websocket_send(p.client, bytes_of(large, LARGE)), OC_OK);
    assert_int_equal(websocket_send(p.client, bytes_of(large, LARGE)), OC_EBUSY); // the queue has a maximum
    fake_socket_send(p.server, WS_PING, true, bytes_str("old!"));
    fake_socket_send(p.server, WS_PING, true, bytes_str("ping"));
    for (int i = 0; i < 20; i++)
        loop_step(p.loop, 5); // the client reads the pings while its sending is stuck
    fake_socket_pause(p.server, false);
    until(&p, p.text_bytes == LARGE && p.pongs == 1);
    assert_int_equal(p.messages_got, 1);
    assert_true(p.text_bytes_at_pong < LARGE);
    assert_true(p.largest_piece <= 64 * 1024);
    assert_int_equal(websocket_send(p.client, bytes_str("after")), OC_OK);
    until(&p, p.messages_got == 2);
    free(large);
    tear_down(&p);
}

static void test_close_from_us(void **state) {
    peer p;
    (void)state;
    set_up(&p);
    connect_both(&p);
    websocket_close(p.client, 4000);
    p.client = NULL;
    until(&p, p.server_gone == 1);
    assert_int_equal(p.got_close, 4000);
    assert_int_equal(p.closes, 0);
    tear_down(&p);
    set_up(&p); // from inside a callback, with more behind
    p.close_in_message = true;
    connect_both(&p);
    fake_socket_send(p.server, WS_TEXT, true, bytes_str("one"));
    fake_socket_send(p.server, WS_TEXT, true, bytes_str("two"));
    until(&p, p.server_gone == 1);
    assert_int_equal(p.messages, 1);
    tear_down(&p);
    set_up(&p); // while it connects
    open_url(&p, fake_socket_url(p.server));
    websocket_close(p.client, 1000);
    p.client = NULL;
    for (int i = 0; i < 5; i++)
        loop_step(p.loop, 1);
    assert_int_equal(p.opens + p.closes, 0);
    tear_down(&p);
}

// Messages of all sizes both ways at once, until all have arrived.
static void test_traffic(void **state) {
    enum { COUNT = 200, LARGEST = 300000 };
    peer p;
    size_t total = 0;
    (void)state;
    set_up(&p);
    connect_both(&p);
    uint8_t *text = xmalloc(LARGEST);
    memset(text, 'z', LARGEST);
    random_seed_for_test(7);
    for (int i = 0; i < COUNT; i++) {
        size_t n = random_below(3) == 0 ? random_below(LARGEST) : random_below(300);
        n += n == 0;
        oc_err err = OC_EBUSY;
        while (err == OC_EBUSY) {
            err = websocket_send(p.client, bytes_of(text, n));
            if (err == OC_EBUSY)
                loop_step(p.loop, 10);
        }
        assert_int_equal(err, OC_OK);
        total += n;
        fake_socket_send(p.server, WS_TEXT, true, bytes_of(text, n));
    }
    random_seed_for_test(0);
    until(&p, p.messages == COUNT && p.text_bytes == total && p.messages_got == COUNT);
    free(text);
    tear_down(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_upgrade_request), cmocka_unit_test(test_messages_and_fragments),
        cmocka_unit_test(test_broken_frames),   cmocka_unit_test(test_too_big_in_pieces),
        cmocka_unit_test(test_endings),         cmocka_unit_test(test_upgrade_answers),
        cmocka_unit_test(test_no_connection),   cmocka_unit_test(test_ping_during_large_send),
        cmocka_unit_test(test_close_from_us),   cmocka_unit_test(test_traffic),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
