// SPDX-License-Identifier: Apache-2.0
// Guarded fetching over real sockets on loopback. Names come from libcurl's own table, filled by the test.
#include "base/buf.h"
#include "base/mem.h"
#include "fake_web.h"
#include "net/fetch.h"
#include "net/fetch_url.h"
#include "words/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

enum { MAX_BYTES = 1024 * 1024, ROUNDS_MAX = 20000 };

typedef struct scene {
    loop *loop;
    net *net;
    fake_web *web;
    fetch *fetch;
    char *url;
    int heads, dones, pauses;
    bool hold_pieces, cancel_in_piece, refuse_type;
    int64_t declared;
    char *type;
    buf got;
    oc_err err;
    char *why;
} scene;

static oc_err on_head(void *ctx, const fetch_head *head, char **why) {
    scene *s = ctx;
    s->heads++;
    s->declared = head->size_bytes;
    free(s->type);
    s->type = xstrdup(head->type);
    if (!s->refuse_type)
        return OC_OK;
    *why = xstrdup("not this type");
    return OC_ETYPE;
}

static oc_err on_piece(void *ctx, bytes piece) {
    scene *s = ctx;
    if (s->cancel_in_piece) {
        fetch_cancel(s->fetch);
        s->fetch = NULL;
        return OC_OK;
    }
    if (s->hold_pieces) {
        s->pauses++;
        return OC_EAGAIN;
    }
    return buf_append(&s->got, piece.data, piece.len);
}

static void on_done(void *ctx, const fetch_result *result) {
    scene *s = ctx;
    s->dones++;
    s->fetch = NULL;
    s->err = result->err;
    free(s->why);
    s->why = words_in(WORDS_EN, result->why);
    if (result->err == OC_OK)
        assert_int_equal(result->size_bytes, s->got.len);
}

static const fetch_events EVENTS = {.head = on_head, .piece = on_piece, .done = on_done};

static int set_up(void **state) {
    scene *s = xcalloc(1, sizeof *s);
    s->loop = loop_create(NULL);
    s->net = net_create(s->loop);
    s->web = fake_web_create(s->loop);
    buf_init(&s->got, 16 * MAX_BYTES);
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    scene *s = *state;
    fetch_cancel(s->fetch);
    net_destroy(s->net);
    fake_web_destroy(s->web);
    loop_destroy(s->loop);
    buf_free(&s->got);
    free(s->url);
    free(s->type);
    free(s->why);
    free(s);
    return 0;
}

static void until_done(scene *s) {
    for (int i = 0; i < ROUNDS_MAX && s->dones == 0; i++)
        loop_step(s->loop, 1000);
    assert_int_equal(s->dones, 1);
}

static void begin(scene *s, const char *host, const char *path, const fetch_options *base) {
    fetch_options o = base != NULL ? *base : (fetch_options){.private_allowed = true};
    free(s->url);
    s->url = xasprintf("http://%s:%d%s", host, fake_web_port(s->web), path);
    o.url = s->url;
    o.max_bytes = o.max_bytes != 0 ? o.max_bytes : MAX_BYTES;
    s->dones = 0;
    buf_clear(&s->got);
    s->fetch = fetch_start(s->net, &o, &EVENTS, s);
}

static void get(scene *s, const char *host, const char *path, const fetch_options *base) {
    begin(s, host, path, base);
    until_done(s);
}

static void ended_probe(void *ctx, CURLcode code) {
    (void)code;
    *(bool *)ctx = true;
}

// Puts a name with its addresses into the table that all transfers of net share.
static void name_is(scene *s, const char *name, const char *addresses) {
    bool ended = false;
    CURL *easy = net_easy(s->net);
    char *entry = xasprintf("%s:%d:%s", name, fake_web_port(s->web), addresses);
    struct curl_slist *list = curl_slist_append(NULL, entry);
    curl_easy_setopt(easy, CURLOPT_RESOLVE, list);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_URL, "http://127.0.0.1:1/");
    assert_int_equal(net_start(s->net, easy, ended_probe, &ended), OC_OK);
    for (int i = 0; i < ROUNDS_MAX && !ended; i++)
        loop_step(s->loop, 1000);
    assert_true(ended);
    net_end(s->net, easy);
    curl_slist_free_all(list);
    free(entry);
}

static void serve(scene *s, const char *path, const char *text) {
    fake_web_answer(s->web, path, bytes_str(text), false);
}

static void fetches_with_head(void **state) {
    scene *s = *state;
    serve(s, "/a.png", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 5\r\n\r\nhello");
    get(s, "127.0.0.1", "/a.png#part", NULL);
    assert_int_equal(s->err, OC_OK);
    assert_string_equal(s->why, "");
    assert_int_equal(s->heads, 1);
    assert_int_equal(s->declared, 5);
    assert_string_equal(s->type, "image/png");
    assert_true(bytes_is(buf_bytes(&s->got), "hello"));
    assert_int_equal(fake_web_requests(s->web), 1);
    assert_int_equal(fake_web_connections(s->web), 1); // looking at the addresses opens none
    assert_null(strstr(fake_web_last(s->web), "Authorization"));
}

static void an_empty_body_is_one(void **state) {
    scene *s = *state;
    serve(s, "/e", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    get(s, "127.0.0.1", "/e", NULL);
    assert_int_equal(s->err, OC_OK);
    assert_int_equal(s->heads, 1);
    assert_int_equal(s->got.len, 0);
}

static void refuses_what_the_guard_refuses(void **state) {
    scene *s = *state;
    fetch_options strict = {.private_allowed = false};
    serve(s, "/a", "HTTP/1.1 200 OK\r\n\r\nsecret");
    get(s, "127.0.0.1", "/a", &strict);
    assert_int_equal(s->err, OC_EDENIED);
    assert_string_equal(s->why, "the address leads to the server itself");
    get(s, "localhost", "/a", &strict);
    assert_int_equal(s->err, OC_EDENIED);
    get(s, "169.254.169.254", "/a", NULL); // also with private networks allowed
    assert_int_equal(s->err, OC_EDENIED);
    get(s, "0x7f.1", "/a", &strict);
    assert_int_equal(s->err, OC_EDENIED);
    assert_int_equal(fake_web_connections(s->web), 0);
}

static void every_address_of_a_name_is_judged(void **state) {
    scene *s = *state;
    fetch_options strict = {.private_allowed = false};
    serve(s, "/a", "HTTP/1.1 200 OK\r\n\r\nsecret");
    name_is(s, "inner.example", "127.0.0.1");
    get(s, "inner.example", "/a", &strict);
    assert_int_equal(s->err, OC_EDENIED);
    name_is(s, "both.example", "93.184.216.34,127.0.0.1");
    get(s, "both.example", "/a", &strict);
    assert_int_equal(s->err, OC_EDENIED);
    assert_string_equal(s->why, "the address leads to the server itself");
    name_is(s, "cloud.example", "127.0.0.1,[fd00:ec2::254]");
    get(s, "cloud.example", "/a", NULL);
    assert_int_equal(s->err, OC_EDENIED);
    name_is(s, "cloud4.example", "127.0.0.1,169.254.169.254");
    get(s, "cloud4.example", "/a", NULL);
    assert_int_equal(s->err, OC_EDENIED);
    assert_int_equal(fake_web_connections(s->web), 0);
    get(s, "inner.example", "/a", NULL);
    assert_int_equal(s->err, OC_OK);
    assert_true(bytes_is(buf_bytes(&s->got), "secret"));
}

// A connection that another part of the core keeps open to the same host was never judged.
static void takes_no_connection_over(void **state) {
    scene *s = *state;
    bool ended = false;
    fetch_options strict = {.private_allowed = false};
    fake_web_answer(s->web, "/keep", bytes_str("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), true);
    name_is(s, "warm.example", "127.0.0.1");
    CURL *easy = net_easy(s->net);
    char *url = xasprintf("http://warm.example:%d/keep", fake_web_port(s->web));
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    assert_int_equal(net_start(s->net, easy, ended_probe, &ended), OC_OK);
    for (int i = 0; i < ROUNDS_MAX && !ended; i++)
        loop_step(s->loop, 1000);
    net_end(s->net, easy);
    free(url);
    get(s, "warm.example", "/keep", &strict);
    assert_int_equal(s->err, OC_EDENIED);
    assert_int_equal(fake_web_requests(s->web), 1);
}

static void redirect(scene *s, const char *path, const char *to) {
    char *text = xasprintf("HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 4\r\n\r\ngone", to);
    serve(s, path, text);
    free(text);
}

static void follows_and_judges_redirects(void **state) {
    scene *s = *state;
    serve(s, "/end", "HTTP/1.1 200 OK\r\n\r\nthere");
    redirect(s, "/1", "/2");
    redirect(s, "/2", "/3?x=1");
    redirect(s, "/3?x=1", "/end");
    get(s, "127.0.0.1", "/1", NULL);
    assert_int_equal(s->err, OC_OK);
    assert_true(bytes_is(buf_bytes(&s->got), "there"));
    assert_int_equal(s->heads, 1);
    redirect(s, "/0", "/1");
    get(s, "127.0.0.1", "/0", NULL);
    assert_int_equal(s->err, OC_ELIMIT);
    assert_string_equal(s->why, "the address is redirected too often");
    redirect(s, "/away", "http://169.254.169.254/latest/meta-data/");
    get(s, "127.0.0.1", "/away", NULL);
    assert_int_equal(s->err, OC_EDENIED);
    assert_string_equal(s->why, "the address leads to a cloud's metadata service");
    redirect(s, "/file", "file:///etc/passwd");
    get(s, "127.0.0.1", "/file", NULL);
    assert_int_not_equal(s->err, OC_OK);
    assert_int_equal(s->got.len, 0);
}

static void redirects_carry_no_password(void **state) {
    scene *s = *state;
    serve(s, "/end", "HTTP/1.1 200 OK\r\n\r\nthere");
    char *to = xasprintf("http://user:pass@127.0.0.1:%d/end", fake_web_port(s->web));
    redirect(s, "/1", to);
    free(to);
    get(s, "127.0.0.1", "/1", NULL);
    assert_int_equal(s->err, OC_OK);
    assert_null(strstr(fake_web_last(s->web), "Authorization"));
}

static void limits_the_size(void **state) {
    scene *s = *state;
    fetch_options small = {.private_allowed = true, .max_bytes = 8};
    serve(s, "/declared", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456789");
    get(s, "127.0.0.1", "/declared", &small);
    assert_int_equal(s->err, OC_ELIMIT);
    assert_int_equal(s->heads, 0);
    serve(s, "/counted", "HTTP/1.1 200 OK\r\n\r\n123456789");
    get(s, "127.0.0.1", "/counted", &small);
    assert_int_equal(s->err, OC_ELIMIT);
    serve(s, "/just", "HTTP/1.1 200 OK\r\n\r\n12345678");
    get(s, "127.0.0.1", "/just", &small);
    assert_int_equal(s->err, OC_OK);
}

static void tells_what_went_wrong(void **state) {
    scene *s = *state;
    get(s, "127.0.0.1", "/none", NULL);
    assert_int_equal(s->err, OC_EREMOTE);
    assert_string_equal(s->why, "127.0.0.1 answered with status 404");
    serve(s, "/half", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123");
    get(s, "127.0.0.1", "/half", NULL);
    assert_int_equal(s->err, OC_ECLOSED);
    serve(s, "/gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n123");
    get(s, "127.0.0.1", "/gzip", NULL);
    assert_int_equal(s->err, OC_EREMOTE);
    assert_int_equal(s->got.len, 0);
    s->refuse_type = true;
    serve(s, "/type", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n123");
    get(s, "127.0.0.1", "/type", NULL);
    assert_int_equal(s->err, OC_ETYPE);
    assert_string_equal(s->why, "not this type");
    assert_int_equal(s->got.len, 0);
}

static void ends_when_nothing_comes(void **state) {
    scene *s = *state;
    fetch_options idle = {.private_allowed = true, .idle_ms = 50},
                  total = {.private_allowed = true, .total_ms = 50};
    fake_web_answer(s->web, "/slow", bytes_str("HTTP/1.1 200 OK\r\n\r\n123"), true);
    get(s, "127.0.0.1", "/slow", &idle);
    assert_int_equal(s->err, OC_ETIMEOUT);
    assert_string_equal(s->why, "the other server stopped sending");
    get(s, "127.0.0.1", "/slow", &total);
    assert_int_equal(s->err, OC_ETIMEOUT);
    assert_string_equal(s->why, "it took too long");
}

static void a_full_sink_stops_the_sender(void **state) {
    scene *s = *state;
    fetch_options large = {.private_allowed = true, .max_bytes = 16 * MAX_BYTES, .idle_ms = 2000};
    buf answer;
    uint8_t *where = NULL;
    buf_init(&answer, 16 * MAX_BYTES);
    assert_int_equal(buf_append_str(&answer, "HTTP/1.1 200 OK\r\n\r\n"), OC_OK);
    assert_int_equal(buf_reserve(&answer, 12 * MAX_BYTES, &where), OC_OK);
    for (size_t i = 0; i < 12 * MAX_BYTES; i++)
        where[i] = (uint8_t)(i * 7);
    buf_commit(&answer, 12 * MAX_BYTES);
    fake_web_answer(s->web, "/large", buf_bytes(&answer), false);
    s->hold_pieces = true;
    begin(s, "127.0.0.1", "/large", &large);
    while (s->pauses == 0)
        loop_step(s->loop, 1000);
    for (int i = 0; i < 50; i++)
        loop_step(s->loop, 0);
    assert_int_equal(s->pauses, 1); // held, not asked again
    assert_true(fake_web_sent_bytes(s->web) < 12 * MAX_BYTES);
    fetch_resume(s->fetch);
    while (s->pauses == 1)
        loop_step(s->loop, 1000);
    s->hold_pieces = false;
    fetch_resume(s->fetch);
    until_done(s);
    assert_int_equal(s->err, OC_OK);
    assert_int_equal(s->got.len, 12 * MAX_BYTES);
    assert_memory_equal(buf_bytes(&s->got).data, buf_bytes(&answer).data + 19, 12 * MAX_BYTES);
    buf_free(&answer);
}

static void an_error_after_a_pause_ends_it(void **state) {
    scene *s = *state;
    fetch_options small = {.private_allowed = true, .max_bytes = 8};
    serve(s, "/counted", "HTTP/1.1 200 OK\r\n\r\n12345678");
    s->hold_pieces = true;
    begin(s, "127.0.0.1", "/counted", &small);
    while (s->pauses == 0)
        loop_step(s->loop, 1000);
    s->hold_pieces = false;
    buf_free(&s->got);
    buf_init(&s->got, 4); // the sink refuses
    fetch_resume(s->fetch);
    until_done(s);
    assert_int_equal(s->err, OC_ELIMIT);
}

static void can_be_cancelled_anywhere(void **state) {
    scene *s = *state;
    serve(s, "/a", "HTTP/1.1 200 OK\r\n\r\nhello");
    begin(s, "127.0.0.1", "/a", NULL);
    fetch_cancel(s->fetch); // before anything
    begin(s, "127.0.0.1", "/a", NULL);
    loop_step(s->loop, 1000);
    fetch_cancel(s->fetch);
    s->cancel_in_piece = true;
    begin(s, "127.0.0.1", "/a", NULL);
    while (s->fetch != NULL)
        loop_step(s->loop, 1000);
    for (int i = 0; i < 5; i++)
        loop_step(s->loop, 0);
    assert_int_equal(s->dones, 0);
}

// Through a proxy the name is not ours to resolve, but still ours to judge.
static void a_proxy_gets_judged_names_only(void **state) {
    scene *s = *state;
    char *proxy = xasprintf("http://127.0.0.1:%d", fake_web_port(s->web));
    fetch_options strict = {.private_allowed = false, .proxy = proxy, .max_bytes = MAX_BYTES};
    strict.url = "http://far.example/a";
    serve(s, "http://far.example/a", "HTTP/1.1 200 OK\r\n\r\nhello");
    s->fetch = fetch_start(s->net, &strict, &EVENTS, s);
    until_done(s);
    assert_int_equal(s->err, OC_OK);
    strict.url = "http://10.0.0.1/a";
    s->dones = 0;
    s->fetch = fetch_start(s->net, &strict, &EVENTS, s);
    until_done(s);
    assert_int_equal(s->err, OC_EDENIED);
    assert_int_equal(fake_web_requests(s->web), 1);
    free(proxy);
}

static void the_environments_proxy_is_not_used(void **state) {
    scene *s = *state;
    serve(s, "/a", "HTTP/1.1 200 OK\r\n\r\nhello");
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    get(s, "127.0.0.1", "/a", NULL);
    unsetenv("http_proxy");
    assert_int_equal(s->err, OC_OK);
}

static const struct url_row {
    const char *text;
    oc_err err;
    const char *url; // or the reason
} URLS[] = {
    {"https://Example.com/a b.png?x=1#frag", OC_OK, "https://Example.com/a%20b.png?x=1"},
    {"HTTP://example.com", OC_OK, "http://example.com/"},
    {"https://user:pw@example.com/", OC_EINVAL, "the address holds a user name or password"},
    {"ftp://example.com/a", OC_EINVAL, "only http and https addresses are fetched"},
    {"file:///etc/passwd", OC_EINVAL, NULL},
    {"data:text/plain,hi", OC_EINVAL, NULL},
    {"ws://example.com/", OC_EINVAL, "only http and https addresses are fetched"},
    {"/relative", OC_EINVAL, NULL},
    {"", OC_EINVAL, NULL},
    {"http://", OC_EINVAL, NULL},
    {"http://exa mple.com/", OC_EINVAL, NULL},
    {"http://127.1/", OC_EDENIED, NULL},
    {"http://%31%32%37.0.0.1/", OC_EDENIED, NULL},
    {"http://%31%32%37.1/", OC_EDENIED, NULL},
    {"http://2130706433/", OC_EDENIED, NULL},
    {"http://0x7f000001/", OC_EDENIED, NULL},
    {"http://[::ffff:127.0.0.1]/", OC_EDENIED, NULL},
    {"http://[::1]:8065/", OC_EDENIED, NULL},
    {"http://localhost.:80/", OC_EDENIED, NULL},
    {"http://metadata.google.internal/computeMetadata/v1/", OC_EDENIED,
     "the address leads to a cloud's metadata service"},
    {"http://example.com\\@127.0.0.1/", OC_EINVAL, NULL},
};

static void reads_addresses_as_libcurl_does(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof URLS / sizeof URLS[0]; i++) {
        fetch_url u;
        char *why = NULL;
        oc_err err = fetch_url_read(URLS[i].text, false, false, &u, &why);
        if (err != URLS[i].err)
            fail_msg("%s: %s (%s)", URLS[i].text, oc_err_text(err), why != NULL ? why : u.url);
        char *said = words_in(WORDS_EN, err == OC_OK ? u.url : why);
        if (URLS[i].url != NULL)
            assert_string_equal(said, URLS[i].url);
        free(said);
        fetch_url_free(&u);
        free(why);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fetches_with_head, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_body_is_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_the_guard_refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_address_of_a_name_is_judged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_no_connection_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_and_judges_redirects, set_up, tear_down),
        cmocka_unit_test_setup_teardown(redirects_carry_no_password, set_up, tear_down),
        cmocka_unit_test_setup_teardown(limits_the_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_what_went_wrong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ends_when_nothing_comes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_sink_stops_the_sender, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_error_after_a_pause_ends_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(can_be_cancelled_anywhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_proxy_gets_judged_names_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_environments_proxy_is_not_used, set_up, tear_down),
        cmocka_unit_test(reads_addresses_as_libcurl_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
