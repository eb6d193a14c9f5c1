// SPDX-License-Identifier: Apache-2.0
// Connecting: addresses, certificates and what is said when it fails.
#include "base/mem.h"
#include "words/words.h"
#include "fake_gateway_socket.h"
#include "fake_tls.h"
#include "net/connect_failure.h"
#include "net/ws_upgrade.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <openssl/x509_vfy.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LIMIT_MS = 20000, LARGE = 2 * 1024 * 1024 };

typedef struct peer {
    loop *loop;
    net *net;
    fake_socket *server;
    fake_tls *tls;
    websocket *client;
    int opens, messages, closes, got;
    size_t message_bytes, got_bytes;
    websocket_cause cause;
    char *sentence;
} peer;

static void on_open(void *ctx) {
    ((peer *)ctx)->opens++;
}

static void on_message(void *ctx, bytes text) {
    peer *p = ctx;
    p->messages++;
    p->message_bytes += text.len;
}

static void on_closed(void *ctx, const websocket_end *end) {
    peer *p = ctx;
    p->closes++;
    p->client = NULL;
    p->cause = end->cause;
    p->sentence = words_in(WORDS_EN, end->sentence);
}

static void on_server_frame(void *ctx, const ws_frame_head *head, bytes payload) {
    peer *p = ctx;
    p->got_bytes += head->opcode < WS_CLOSE ? payload.len : 0;
    p->got += head->opcode < WS_CLOSE && head->final;
}

static void set_up(peer *p, const char *name, int days) {
    static const fake_socket_events server_events = {.frame = on_server_frame};
    *p = (peer){.loop = loop_create(NULL)};
    p->net = net_create(p->loop);
    p->server = fake_socket_create(p->loop, &server_events, p);
    p->tls = fake_tls_create(p->loop, fake_socket_url(p->server), name, days);
}

static void tear_down(peer *p) {
    websocket_close(p->client, 1000);
    fake_tls_destroy(p->tls);
    fake_socket_destroy(p->server);
    net_destroy(p->net);
    loop_destroy(p->loop);
    free(p->sentence);
}

static void start(peer *p, const char *url, const char *ca_file, const char *ca_pem) {
    static const websocket_events client_events = {
        .open = on_open, .message = on_message, .closed = on_closed};
    websocket_options options = {.url = url,
                                 .ca_file = ca_file,
                                 .ca_pem = ca_pem,
                                 .max_message_bytes = LARGE,
                                 .max_queued_bytes = LARGE,
                                 .connect_timeout_ms = 10000};
    p->client = websocket_open(p->net, &options, &client_events, p);
}

#define until(p, condition)                                                                                  \
    do {                                                                                                     \
        int64_t limit = loop_now_ms((p)->loop) + LIMIT_MS;                                                   \
        while (!(condition) && loop_now_ms((p)->loop) < limit)                                               \
            loop_step((p)->loop, 100);                                                                       \
        assert_true(condition);                                                                              \
    } while (0)

// TLS keeps decrypted bytes that the descriptor does not show: large messages both ways find out.
static void test_private_ca(void **state) {
    peer p;
    (void)state;
    set_up(&p, "IP:127.0.0.1", 10);
    start(&p, fake_tls_url(p.tls), NULL, fake_tls_pem(p.tls));
    until(&p, p.opens + p.closes == 1);
    assert_int_equal(p.opens, 1);
    char *large = xmalloc(LARGE);
    memset(large, 'x', LARGE);
    for (int i = 1; i <= 3; i++) {
        fake_socket_send(p.server, WS_TEXT, true, bytes_of(large, LARGE));
        fake_socket_send(p.server, WS_TEXT, true, bytes_of(large, 17));
        assert_int_equal(websocket_send(p.client, bytes_of(large, LARGE)), OC_OK);
        until(&p, p.messages == 2 * i && p.got == i);
    }
    assert_int_equal(p.got_bytes, 3 * LARGE);
    assert_int_equal(p.message_bytes, 3 * (LARGE + 17));
    free(large);
    tear_down(&p);
}

static char *temp_file(const char *content) {
    char *path = xstrdup("/tmp/oc-test-ca-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, content, strlen(content)) == (ssize_t)strlen(content));
    close(fd);
    return path;
}

static void test_ca_file(void **state) {
    peer p;
    (void)state;
    set_up(&p, "IP:127.0.0.1", 10);
    char *path = temp_file(fake_tls_pem(p.tls));
    start(&p, fake_tls_url(p.tls), path, NULL);
    until(&p, p.opens + p.closes == 1);
    assert_int_equal(p.opens, 1);
    unlink(path);
    free(path);
    tear_down(&p);
}

static void test_not_trusted(void **state) {
    static const struct {
        const char *name;
        int days;
        bool with_ca;
        const char *words;
    } rows[] = {{"IP:127.0.0.1", 10, false, "GatewayCA"},
                {"DNS:elsewhere.example", 10, true, "another name"},
                {"IP:127.0.0.1", -5, true, "not valid at this time"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        peer p;
        set_up(&p, rows[i].name, rows[i].days);
        start(&p, fake_tls_url(p.tls), NULL, rows[i].with_ca ? fake_tls_pem(p.tls) : NULL);
        until(&p, p.closes == 1);
        assert_int_equal(p.cause, WEBSOCKET_TLS);
        if (strstr(p.sentence, rows[i].words) == NULL)
            print_message("%s\n", p.sentence);
        assert_non_null(strstr(p.sentence, rows[i].words));
        assert_int_equal(fake_socket_request(p.server) == NULL, true); // nothing was said to it
        tear_down(&p);
    }
}

static void test_tls_to_a_plain_server(void **state) {
    peer p;
    (void)state;
    set_up(&p, "IP:127.0.0.1", 10);
    fake_socket_answer(p.server, "HTTP/1.1 400 Bad Request\r\n\r\n");
    char *url = xasprintf("wss%s", fake_socket_url(p.server) + 2);
    start(&p, url, NULL, NULL);
    for (int i = 0; i < 20; i++)
        loop_step(p.loop, 10);
    fake_socket_raw(p.server, bytes_str("HTTP/1.1 400 Bad Request\r\n\r\n"));
    until(&p, p.closes == 1);
    assert_int_equal(p.cause, WEBSOCKET_TLS);
    assert_non_null(strstr(p.sentence, "ws:// instead of wss://"));
    free(url);
    tear_down(&p);
}

static void test_bad_ca_settings(void **state) {
    peer p;
    (void)state;
    set_up(&p, "IP:127.0.0.1", 10);
    const char *pem = fake_tls_pem(p.tls);
    char *cut = xstrndup(pem, strlen(pem) / 2), *rotten = xasprintf("%s%.100s", pem, pem);
    const struct {
        const char *file, *pem, *words;
    } rows[] = {{"/nonexistent/ca.pem", NULL, "/nonexistent/ca.pem cannot be read"},
                {"/proc/self/status", NULL, "no readable PEM"},
                {NULL, "rubbish", "no readable PEM"},
                {NULL, cut, "no readable PEM"},
                {NULL, rotten, "no readable PEM"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        start(&p, fake_tls_url(p.tls), rows[i].file, rows[i].pem);
        until(&p, p.closes == (int)i + 1);
        assert_int_equal(p.cause, WEBSOCKET_SETTINGS);
        assert_non_null(strstr(p.sentence, rows[i].words));
        free(p.sentence);
        p.sentence = NULL;
    }
    free(cut);
    free(rotten);
    tear_down(&p);
    (void)state;
}

static void test_failure_words(void **state) {
    static const struct {
        connect_facts facts;
        websocket_cause cause;
        const char *words;
    } rows[] = {
        {{.code = CURLE_COULDNT_RESOLVE_HOST}, WEBSOCKET_NAME, "The name in h:1 has no address"},
        {{.code = CURLE_COULDNT_RESOLVE_PROXY}, WEBSOCKET_NAME, "proxy's name"},
        {{.code = CURLE_COULDNT_CONNECT, .os_error = ECONNREFUSED}, WEBSOCKET_CONNECT, "refused"},
        {{.code = CURLE_COULDNT_CONNECT, .os_error = ENETUNREACH},
         WEBSOCKET_CONNECT,
         "cannot be reached: Network"},
        {{.code = CURLE_COULDNT_CONNECT}, WEBSOCKET_CONNECT, "cannot be reached"},
        {{.code = CURLE_OPERATION_TIMEDOUT}, WEBSOCKET_CONNECT, "in time"},
        {{.code = CURLE_RECV_ERROR, .proxied = 1, .proxy_status = 407}, WEBSOCKET_PROXY, "HTTP status 407"},
        {{.code = CURLE_COULDNT_CONNECT, .proxied = 1, .os_error = ECONNREFUSED},
         WEBSOCKET_CONNECT,
         "GatewayProxy"},
        {{.code = CURLE_PROXY}, WEBSOCKET_PROXY, "proxy"},
        {{.code = CURLE_PEER_FAILED_VERIFICATION, .verify_result = X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN},
         WEBSOCKET_TLS,
         "GatewayCA"},
        {{.code = CURLE_PEER_FAILED_VERIFICATION, .verify_result = X509_V_ERR_CERT_REVOKED},
         WEBSOCKET_TLS,
         "revoked"},
        {{.code = CURLE_SSL_CONNECT_ERROR, .verify_result = X509_V_ERR_UNSPECIFIED},
         WEBSOCKET_TLS,
         "does not speak TLS"},
        {{.code = CURLE_URL_MALFORMAT}, WEBSOCKET_SETTINGS, "cannot be used"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        connect_facts facts = rows[i].facts;
        char *sentence = NULL;
        facts.host = "h:1";
        assert_int_equal(connect_failure(&facts, &sentence), rows[i].cause);
        char *said = words_in(WORDS_EN, sentence);
        assert_non_null(strstr(said, rows[i].words));
        free(said);
        free(sentence);
    }
}

static void test_urls(void **state) {
    static const struct {
        const char *text, *host, *path, *base; // host NULL: refused
    } rows[] = {
        {"ws://h", "h", "/", "http://h"},
        {"wss://h:18789/x?y=1", "h:18789", "/x?y=1", "https://h:18789"},
        {"WS://[::1]:80/", "[::1]:80", "/", "http://[::1]:80"},
        {"ws://[fe80::1]", "[fe80::1]", "/", "http://[fe80::1]"},
        {"ws://h?q", "h", "/?q", "http://h"},
        {"ws://", NULL, NULL, NULL},
        {"ws:///x", NULL, NULL, NULL},
        {"http://h", NULL, NULL, NULL},
        {"ws://h:", NULL, NULL, NULL},
        {"ws://h:x", NULL, NULL, NULL},
        {"ws://h:65536", NULL, NULL, NULL},
        {"ws://:1", NULL, NULL, NULL},
        {"ws://u@h", NULL, NULL, NULL},
        {"ws://h/#f", NULL, NULL, NULL},
        {"ws://h/a b", NULL, NULL, NULL},
        {"ws://h/\r\nX: y", NULL, NULL, NULL},
        {" ws://h", NULL, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ws_url url;
        oc_err err = ws_url_parse(rows[i].text, &url);
        assert_int_equal(err, rows[i].host != NULL ? OC_OK : OC_EINVAL);
        if (err == OC_OK) {
            assert_string_equal(url.host, rows[i].host);
            assert_string_equal(url.path, rows[i].path);
            assert_string_equal(url.base, rows[i].base);
        }
        ws_url_free(&url);
    }
}

static void test_accept(void **state) {
    char accept[WS_ACCEPT_BYTES + 1];
    (void)state;
    ws_accept_for("dGhlIHNhbXBsZSBub25jZQ==", accept); // the example of RFC 6455 §1.3
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_private_ca),
        cmocka_unit_test(test_ca_file),
        cmocka_unit_test(test_not_trusted),
        cmocka_unit_test(test_tls_to_a_plain_server),
        cmocka_unit_test(test_bad_ca_settings),
        cmocka_unit_test(test_failure_words),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_accept),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
