// SPDX-License-Identifier: Apache-2.0
// Two links in one process, on one loop: calls, answers, limits, loss, strangers.
#include "link/link.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "link/message.h"
#include "nng_end.h"

#include <nng/nng.h>
#include <nng/protocol/pair1/pair.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { LIMIT_MS = 20000 };
static const bytes nothing;

typedef struct side {
    link_t *k;
    int calls, notifications, answers, downs;
    uint64_t open_id;
    bool keep;                  // do not answer calls
    bool suicide;               // destroy the link in the callback
    char *method, *json, *tail; // last of what came
    int64_t code;
} side;

typedef struct fixture {
    loop *l;
    char *url;
    side shim, core;
    int errors; // log lines
} fixture;

static void note(side *s, const char *method, const link_message *m) {
    free(s->method);
    free(s->json);
    free(s->tail);
    s->method = xstrdup(method);
    s->json = m->json != NULL ? cJSON_PrintUnformatted(m->json) : NULL;
    s->tail = xstrndup((const char *)m->tail.data, m->tail.len);
    s->code = json_int(m->error, "code", 0);
}

static void on_call(void *ctx, uint64_t id, const char *method, const link_message *m) {
    side *s = ctx;
    note(s, method, m);
    *(id != 0 ? &s->calls : &s->notifications) += 1;
    s->open_id = id;
    if (s->suicide) {
        link_destroy(s->k);
        s->k = NULL;
    } else if (strcmp(method, "Fail") == 0) {
        link_answer_error(s->k, id, 404, "not there", m->json);
    } else if (!s->keep) {
        link_answer(s->k, id, bytes_str(s->json), m->tail);
    }
}

static void on_answer(void *ctx, const link_message *m) {
    side *s = ctx;
    s->answers++;
    note(s, "", m);
}

static void on_down(void *ctx) {
    ((side *)ctx)->downs++;
}

static void count_errors(void *ctx, log_level level, const char *message, const log_field *fields,
                         size_t count) {
    (void)message;
    (void)fields;
    (void)count;
    ((fixture *)ctx)->errors += level == LOG_ERROR;
}

#define until(condition)                                                                                     \
    do {                                                                                                     \
        int64_t limit = loop_now_ms(f->l) + LIMIT_MS;                                                        \
        while (!(condition) && loop_now_ms(f->l) < limit)                                                    \
            loop_step(f->l, 20);                                                                             \
        assert_true(condition);                                                                              \
    } while (0)

static int setup_at(void **state, const char *scheme) {
    char name[17];
    fixture *f = xcalloc(1, sizeof *f);
    random_hex(name, 8);
    f->url = xasprintf("%stest-link-%s", scheme, name);
    f->l = loop_create(NULL);
    log_set_sink(count_errors, f);
    *state = f;
    return link_listen(f->l, f->url, &f->shim.k);
}

static int setup(void **state) {
    return setup_at(state, "abstract://");
}

static int setup_file(void **state) {
    return setup_at(state, "ipc:///tmp/");
}

static void free_side(side *s) {
    link_destroy(s->k);
    free(s->method);
    free(s->json);
    free(s->tail);
}

static int teardown(void **state) {
    fixture *f = *state;
    free_side(&f->shim);
    free_side(&f->core);
    loop_destroy(f->l);
    log_set_sink(NULL, NULL);
    free(f->url);
    free(f);
    return 0;
}

static void listen_to(side *s) {
    link_on_call(s->k, on_call, s);
    link_on_down(s->k, on_down, s);
}

static void join(fixture *f) {
    listen_to(&f->shim);
    link_expect_peer(f->shim.k, getpid());
    assert_int_equal(link_dial(f->l, f->url, &f->core.k), OC_OK);
    listen_to(&f->core);
}

static oc_err call(side *s, const char *method, const char *params, int64_t timeout_ms) {
    return link_call(s->k, method, bytes_str(params), nothing, timeout_ms, on_answer, s, NULL);
}

// --- calls ----------------------------------------------------------------------------------------------------

static void test_both_sides_call(void **state) {
    fixture *f = *state;
    join(f);
    uint64_t id = 0;
    // Asked before anybody is there: it waits in the queue.
    assert_int_equal(
        link_call(f->shim.k, "OnActivate", bytes_str("[1]"), bytes_str("tail"), 0, on_answer, &f->shim, &id),
        OC_OK);
    assert_int_equal(id, 1);
    until(f->shim.answers == 1);
    assert_string_equal(f->core.method, "OnActivate");
    assert_string_equal(f->shim.json, "[1]");
    assert_string_equal(f->shim.tail, "tail");
    assert_int_equal(call(&f->core, "GetUser", "{\"a\":[]}", 0), OC_OK);
    until(f->core.answers == 1);
    assert_string_equal(f->core.json, "{\"a\":[]}");
    assert_int_equal(call(&f->core, "Fail", "[\"why\"]", 0), OC_OK);
    until(f->core.answers == 2);
    assert_int_equal(f->core.code, 404);
    assert_null(f->core.json);
    assert_int_equal(link_call(f->core.k, "log", bytes_str("{}"), nothing, 0, NULL, NULL, &id), OC_OK);
    assert_int_equal(id, 0);
    until(f->shim.notifications == 1);
}

static void test_late_and_unordered_answers(void **state) {
    fixture *f = *state;
    join(f);
    f->core.keep = true;
    assert_int_equal(call(&f->shim, "A", "[]", 0), OC_OK);
    until(f->core.calls == 1);
    uint64_t first = f->core.open_id;
    assert_int_equal(call(&f->shim, "B", "[]", 0), OC_OK);
    until(f->core.calls == 2);
    link_answer(f->core.k, f->core.open_id, bytes_str("\"B\""), nothing);
    until(f->shim.answers == 1);
    assert_string_equal(f->shim.json, "\"B\"");
    link_answer(f->core.k, first, nothing, nothing);
    until(f->shim.answers == 2);
    assert_string_equal(f->shim.json, "null");
}

static void test_time_limit(void **state) {
    fixture *f = *state;
    join(f);
    f->core.keep = true;
    assert_int_equal(call(&f->shim, "A", "[]", 30), OC_OK);
    until(f->shim.answers == 1);
    assert_int_equal(f->shim.code, LINK_E_TIMEOUT);
    until(f->core.calls == 1);
    link_answer(f->core.k, f->core.open_id, bytes_str("1"), nothing); // too late: ignored
    f->core.keep = false;
    assert_int_equal(call(&f->shim, "B", "[2]", 0), OC_OK);
    until(f->shim.answers == 2);
    assert_string_equal(f->shim.json, "[2]");
}

static void test_forget(void **state) {
    fixture *f = *state;
    uint64_t id = 0;
    join(f);
    assert_int_equal(link_call(f->shim.k, "A", bytes_str("[]"), nothing, 0, on_answer, &f->shim, &id), OC_OK);
    link_forget(f->shim.k, id);
    link_forget(f->shim.k, 999);
    assert_int_equal(call(&f->shim, "B", "[2]", 0), OC_OK);
    until(f->shim.answers == 1);
    assert_string_equal(f->shim.json, "[2]");
}

static void test_many_in_order(void **state) {
    fixture *f = *state;
    enum { MANY = 2000 };
    char params[32];
    join(f);
    for (int i = 0; i < MANY; i++) {
        snprintf(params, sizeof params, "[%d]", i);
        assert_int_equal(call(&f->shim, "A", params, 0), OC_OK);
    }
    until(f->shim.answers == MANY);
    assert_string_equal(f->shim.json, params);
    assert_int_equal(f->core.calls, MANY);
}

static void test_nobody_takes_calls(void **state) {
    fixture *f = *state;
    join(f);
    link_on_call(f->core.k, NULL, NULL);
    assert_int_equal(call(&f->shim, "A", "[]", 0), OC_OK);
    until(f->shim.answers == 1);
    assert_int_equal(f->shim.code, -32601);
}

// --- limits ---------------------------------------------------------------------------------------------------

static char *long_text(size_t len) {
    char *text = xmalloc(len + 5);
    memset(text, 'x', len + 4);
    memcpy(text, "[\"", 2);
    memcpy(text + len + 2, "\"]", 3);
    return text;
}

static void test_long_frames(void **state) {
    static const size_t lengths[] = {LINK_MESSAGE_MAX_BYTES - 200, LINK_MESSAGE_MAX_BYTES - 50,
                                     LINK_MESSAGE_MAX_BYTES, 1 << 20, (16 << 20) - 100};
    fixture *f = *state;
    join(f);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        char *text = long_text(lengths[i]);
        assert_int_equal(call(&f->shim, "A", text, 0), OC_OK);
        until(f->shim.answers == (int)i + 1);
        assert_int_equal(f->shim.code, 0);
        assert_string_equal(f->shim.json, text);
        free(text);
    }
    char *text = long_text(LINK_LARGE_MAX_BYTES);
    assert_int_equal(call(&f->shim, "A", text, 0), OC_ELIMIT);
    free(text);
    assert_int_equal(call(&f->shim, "A", "[]", 0), OC_OK); // nothing was harmed
    until(f->shim.answers == 6);
    assert_int_equal(f->errors, 0);
}

static void test_too_long_answer_is_an_error(void **state) {
    fixture *f = *state;
    join(f);
    f->core.keep = true;
    assert_int_equal(call(&f->shim, "A", "[]", 0), OC_OK);
    until(f->core.calls == 1);
    char *text = long_text(LINK_LARGE_MAX_BYTES);
    link_answer(f->core.k, f->core.open_id, bytes_str(text), nothing);
    free(text);
    until(f->shim.answers == 1);
    assert_int_equal(f->shim.code, LINK_E_BUSY);
}

static void test_queue_full(void **state) {
    fixture *f = *state;
    listen_to(&f->shim); // nobody comes
    char *text = long_text(200000);
    int taken = 0;
    while (taken < 1000 && call(&f->shim, "A", text, 0) == OC_OK)
        taken++;
    free(text);
    assert_in_range(taken, LINK_QUEUE_MAX_BYTES / 200100 - 1, (LINK_QUEUE_MAX_BYTES + (2 << 20)) / 200000);
    assert_int_equal(f->shim.answers, 0);
    link_destroy(f->shim.k); // each of them hears of the end
    f->shim.k = NULL;
    assert_int_equal(f->shim.answers, taken);
    assert_int_equal(f->shim.code, LINK_E_CLOSED);
    assert_int_equal(f->shim.downs, 0);
}

static void test_open_calls_are_bounded(void **state) {
    fixture *f = *state;
    join(f);
    f->core.keep = true;
    for (int i = 0; i < LINK_CALLS_MAX; i++)
        assert_int_equal(call(&f->shim, "A", "[]", 0), OC_OK);
    assert_int_equal(call(&f->shim, "A", "[]", 0), OC_EBUSY);
    until(f->core.calls == LINK_CALLS_MAX);
    link_answer(f->core.k, f->core.open_id, nothing, nothing);
    until(f->shim.answers == 1);
    assert_int_equal(call(&f->shim, "A", "[]", 0), OC_OK);
    until(f->core.calls == LINK_CALLS_MAX + 1);
    assert_int_equal(f->errors, 0);
}

// --- loss -----------------------------------------------------------------------------------------------------

static void test_peer_is_lost(void **state) {
    fixture *f = *state;
    join(f);
    f->core.keep = true;
    assert_int_equal(call(&f->shim, "A", "[]", 0), OC_OK);
    until(f->core.calls == 1);
    link_destroy(f->core.k);
    f->core.k = NULL;
    until(f->shim.downs == 1);
    assert_int_equal(f->shim.answers, 1);
    assert_int_equal(f->shim.code, LINK_E_CLOSED);
    assert_int_equal(call(&f->shim, "B", "[]", 0), OC_ECLOSED);
    link_answer(f->shim.k, 1, nothing, nothing); // harmless
    link_answer_error(f->shim.k, 1, 1, "", NULL);
    assert_null(link_body_send(f->shim.k));
    assert_int_equal(f->errors, 0);
}

static void test_destroyed_in_its_callback(void **state) {
    fixture *f = *state;
    join(f);
    f->core.suicide = true;
    for (int i = 0; i < 10; i++)
        assert_int_equal(call(&f->shim, "A", "[]", 0), OC_OK);
    until(f->shim.downs == 1);
    assert_int_equal(f->core.calls, 1);
    assert_int_equal(f->core.downs, 0);
    assert_int_equal(f->shim.answers, 10);
}

static void destroy_other(void *ctx, const link_message *m) {
    fixture *f = ctx;
    (void)m;
    link_destroy(f->shim.k);
    f->shim.k = NULL;
    f->shim.answers++;
}

static void test_destroyed_in_an_answer(void **state) {
    fixture *f = *state;
    join(f);
    assert_int_equal(link_call(f->shim.k, "A", bytes_str("[]"), nothing, 0, destroy_other, f, NULL), OC_OK);
    until(f->core.downs == 1);
    assert_int_equal(f->shim.answers, 1);
}

// --- strangers ------------------------------------------------------------------------------------------------

static void test_wrong_process(void **state) {
    fixture *f = *state;
    listen_to(&f->shim);
    link_expect_peer(f->shim.k, 1);
    assert_int_equal(link_dial(f->l, f->url, &f->core.k), OC_OK);
    listen_to(&f->core);
    (void)call(&f->core, "A", "[]", 0);
    until(f->core.downs == 1);
    assert_int_equal(f->shim.calls, 0);
    assert_int_equal(f->shim.downs, 0);
}

static void test_second_dialer(void **state) {
    fixture *f = *state;
    side second = {0};
    join(f);
    assert_int_equal(call(&f->core, "A", "[]", 0), OC_OK);
    until(f->core.answers == 1);
    assert_int_equal(link_dial(f->l, f->url, &second.k), OC_OK);
    listen_to(&second);
    until(second.downs == 1);
    free_side(&second);
    assert_int_equal(call(&f->shim, "B", "[2]", 0), OC_OK); // the first one is served as before
    until(f->shim.answers == 1);
    assert_string_equal(f->shim.json, "[2]");
}

static void test_socket_file_is_removed(void **state) {
    fixture *f = *state;
    const char *path = f->url + strlen("ipc://");
    assert_int_equal(access(path, F_OK), 0);
    join(f);
    assert_int_equal(call(&f->core, "A", "[]", 0), OC_OK);
    until(f->core.answers == 1);
    assert_int_equal(access(path, F_OK), -1); // as soon as the peer is in
}

static void test_addresses(void **state) {
    fixture *f = *state;
    link_t *k = NULL;
    assert_int_not_equal(link_listen(f->l, "http://x", &k), OC_OK);
    assert_int_not_equal(link_listen(f->l, "ipc:///nonexistent/folder/x", &k), OC_OK);
    assert_int_not_equal(link_listen(f->l, f->url, &k), OC_OK); // in use
    assert_null(k);
}

// What a peer may send that breaks the rules: the link goes down with one line, and nothing else happens.
static void test_rule_breakers(void **state) {
    static const struct {
        const char *json, *tail;
    } rows[] = {
        {"", ""}, // no frame at all: its own case below
        {"x", ""},
        {"[]", ""},
        {"{\"jsonrpc\":\"2.0\"}", ""},
        {"{\"jsonrpc\":\"2.0\",\"id\":-1,\"method\":\"A\"}", ""},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"$unknown\",\"params\":{\"body\":1}}", ""},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"$piece\",\"params\":{\"body\":0}}", "x"},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"$piece\"}", "x"},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"$large\",\"params\":{\"body\":1,\"bytes\":1}}", ""},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"$large\",\"params\":{\"body\":1,\"bytes\":16777217}}", ""},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"$large\",\"params\":{\"body\":1,\"bytes\":-5}}", ""},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        nng_socket raw;
        char url[200];
        f->errors = 0;
        side victim = {0};
        snprintf(url, sizeof url, "%s-%zu", f->url, i);
        assert_int_equal(link_listen(f->l, url, &victim.k), OC_OK);
        listen_to(&victim);
        link_expect_peer(victim.k, getpid());
        assert_int_equal(nng_pair1_open(&raw), 0);
        assert_int_equal(nng_dial(raw, url, NULL, 0), 0);
        uint8_t message[256];
        bytes json = bytes_str(rows[i].json), tail = bytes_str(rows[i].tail);
        message_write(message, json, tail);
        assert_int_equal(nng_send(raw, message, json.len > 0 ? message_frame_bytes(json, tail) : 3, 0), 0);
        until(victim.downs == 1);
        assert_int_equal(f->errors, 1);
        nng_close(raw);
        free_side(&victim);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_both_sides_call, setup, teardown),
        cmocka_unit_test_setup_teardown(test_both_sides_call, setup_file, teardown),
        cmocka_unit_test_setup_teardown(test_late_and_unordered_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_time_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_forget, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nobody_takes_calls, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_frames, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_long_answer_is_an_error, setup, teardown),
        cmocka_unit_test_setup_teardown(test_queue_full, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open_calls_are_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_peer_is_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(test_destroyed_in_its_callback, setup, teardown),
        cmocka_unit_test_setup_teardown(test_destroyed_in_an_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_process, setup, teardown),
        cmocka_unit_test_setup_teardown(test_second_dialer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_socket_file_is_removed, setup_file, teardown),
        cmocka_unit_test_setup_teardown(test_addresses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rule_breakers, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
