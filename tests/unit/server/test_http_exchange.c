// SPDX-License-Identifier: Apache-2.0
// ServeHTTP between a scripted host and a scripted core: bodies both ways, back-pressure, whoever goes away.
#include "http_exchange.h"
#include "schema/writer.h"
#include "session_fixture.h"
#include "wire/pull.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { WRITER_ID = 10, BODY_ID = 11, WINDOW = 262144 };

// The host's answer to the writer's next call, which must be this one.
static netrpc_message expect_call(session_fixture *f, uint32_t writer, const char *method) {
    netrpc_message m = fake_host_request(f->host, writer);
    if (!bytes_is(m.method, method))
        fail_msg("%.*s instead of %s", (int)m.method.len, (const char *)m.method.data, method);
    return m;
}

static void allow(session_fixture *f, uint32_t writer, const netrpc_message *m) {
    fake_host_reply(f->host, writer, m->seq, NULL, NULL, NULL);
}

static void expect_header(session_fixture *f, uint32_t writer, const char *name, const char *value) {
    netrpc_message m = expect_call(f, writer, "Plugin.SyncHeader");
    bool found = name == NULL;
    for (size_t i = 0; i < m.body.list.count && !found; i++) {
        const gob_value *values = &m.body.list.items[2 * i + 1];
        found = bytes_is(m.body.list.items[2 * i].text, name) && values->list.count == 1 &&
                bytes_is(values->list.items[0].text, value);
    }
    assert_true(found);
    allow(f, writer, &m);
}

static void expect_status(session_fixture *f, uint32_t writer, int status) {
    netrpc_message m = expect_call(f, writer, "Plugin.WriteHeader");
    assert_int_equal(m.body.integer, status);
    allow(f, writer, &m);
}

static void expect_write(session_fixture *f, uint32_t writer, const char *text) {
    netrpc_message m = expect_call(f, writer, "Plugin.Write");
    assert_true(bytes_is(m.body.text, text));
    allow(f, writer, &m);
}

static void expect_end(session_fixture *f, uint32_t writer, uint64_t seq) {
    netrpc_message m = fake_host_answer(f->host, f->hooks);
    assert_int_equal(m.seq, seq);
    assert_int_equal(m.error.len, 0);
    assert_true(fake_host_saw_fin(f->host, writer)); // before the reply
}

// A GET without a body stream, asked of the core.
static uint64_t get(session_fixture *f, uint32_t *writer) {
    uint64_t seq = session_fixture_http(f, "{\"method\":\"GET\",\"url\":\"/x?y=1\"}", true);
    *writer = fake_host_accept(f->host, WRITER_ID);
    session_fixture_turns(f, 3);
    return seq;
}

static void test_small_get(void **state) {
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = get(f, &writer);
    assert_int_equal(core_script.call_count, 1);
    assert_string_equal(core_script.calls[0].method, "ServeHTTP");
    cJSON *params = cJSON_Parse(core_script.calls[0].params);
    assert_int_equal(cJSON_GetArraySize(params), 2);
    assert_string_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(params, 0), "request_id")->valuestring, "r1");
    assert_string_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(params, 1), "url")->valuestring, "/x?y=1");
    cJSON_Delete(params);
    scripted_core_answer(0, "{\"status\":200,\"header\":{\"Content-Type\":[\"text/plain\"]}}", "hello", NULL);
    expect_header(f, writer, "Content-Type", "text/plain");
    expect_write(f, writer, "hello"); // 200 needs no WriteHeader
    expect_end(f, writer, seq);
}

static void test_status_without_body(void **state) {
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = get(f, &writer);
    scripted_core_answer(0, "{\"status\":204}", "", NULL);
    expect_header(f, writer, NULL, NULL);
    expect_status(f, writer, 204);
    expect_end(f, writer, seq);
}

// The answer may be there before the server has accepted the stream for it.
static void test_answer_before_the_writer(void **state) {
    session_fixture *f = *state;
    uint64_t seq = session_fixture_http(f, "{\"method\":\"GET\"}", true);
    session_fixture_turns(f, 3);
    scripted_core_answer(0, "{\"status\":404}", "no", NULL);
    uint32_t writer = fake_host_accept(f->host, WRITER_ID);
    expect_header(f, writer, NULL, NULL);
    expect_status(f, writer, 404);
    expect_write(f, writer, "no");
    expect_end(f, writer, seq);
}

static void test_the_body_of_a_get_is_left(void **state) {
    session_fixture *f = *state;
    uint64_t seq = session_fixture_http(f, "{\"method\":\"GET\"}", false);
    uint32_t writer = fake_host_accept(f->host, WRITER_ID), body = fake_host_accept(f->host, BODY_ID);
    fake_host_wait_fin(f->host, body);
    fake_host_finish(f->host, body);
    scripted_core_answer(0, "{}", "", NULL);
    expect_header(f, writer, NULL, NULL);
    expect_end(f, writer, seq);
}

// A request with a body: the stream over which it is pulled.
static uint32_t begin_body(session_fixture *f, uint32_t *writer, const char *length, uint64_t *seq) {
    char request[160];
    (void)snprintf(request, sizeof request,
                   "{\"method\":\"POST\",\"url\":\"/\",\"header\":{\"%s\":[\"%s\"]}}",
                   length != NULL ? "Content-Length" : "X", length != NULL ? length : "");
    *seq = session_fixture_http(f, request, false);
    *writer = fake_host_accept(f->host, WRITER_ID);
    uint32_t body = fake_host_accept(f->host, BODY_ID);
    bytes pull = pull_everything();
    fake_host_wait_bytes(f->host, body, pull.len);
    assert_true(bytes_equal(fake_host_received(f->host, body), pull));
    return body;
}

static void test_small_body_rides_with_the_request(void **state) {
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = 0;
    uint32_t body = begin_body(f, &writer, "11", &seq);
    fake_host_send(f->host, body, bytes_str("hello "));
    session_fixture_turns(f, 2);
    assert_int_equal(core_script.call_count, 0);
    fake_host_send(f->host, body, bytes_str("world"));
    fake_host_finish(f->host, body);
    session_fixture_turns(f, 3);
    assert_int_equal(core_script.call_count, 1);
    assert_true(bytes_is(buf_bytes(&core_script.calls[0].tail), "hello world"));
    assert_null(strstr(core_script.calls[0].params, "$body"));
    scripted_core_answer(0, "{}", "ok", NULL);
    expect_header(f, writer, NULL, NULL);
    expect_write(f, writer, "ok");
    expect_end(f, writer, seq);
    assert_true(fake_host_saw_fin(f->host, body));
}

static void test_client_that_breaks_off_a_small_body(void **state) {
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = 0;
    uint32_t body = begin_body(f, &writer, "11", &seq);
    fake_host_send(f->host, body, bytes_str("hello "));
    fake_host_finish(f->host, body);
    expect_end(f, writer, seq);
    assert_int_equal(core_script.call_count, 0);
}

static void test_body_longer_than_said(void **state) {
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = 0;
    uint32_t body = begin_body(f, &writer, "131072", &seq);
    char *data = calloc(1, 131073);
    fake_host_send(f->host, body, bytes_of(data, 131073));
    expect_header(f, writer, NULL, NULL);
    expect_status(f, writer, 413);
    netrpc_message m = expect_call(f, writer, "Plugin.Write");
    allow(f, writer, &m);
    expect_end(f, writer, seq);
    free(data);
}

// A long body goes in pieces as the core gives credit; what it does not take stays in the server's window.
static void test_long_body_is_streamed_with_back_pressure(void **state) {
    enum { PART = WINDOW - 4 }; // the broker id took four bytes of the window
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = 0;
    char *data = malloc(WINDOW);
    memset(data, 'd', WINDOW);
    uint32_t body = begin_body(f, &writer, "300000", &seq);
    assert_int_equal(core_script.call_count, 1);
    assert_non_null(strstr(core_script.calls[0].params, "{\"$body\":1}]"));
    link_body *upload = &core_script.bodies[0];
    fake_host_send(f->host, body, bytes_of(data, PART));
    session_fixture_turns(f, 4);
    assert_int_equal(upload->written.len, 0);
    assert_int_equal(fake_host_credit_seen(f->host, body), 0);
    upload->room = WINDOW;
    upload->events.room(upload->ctx, upload);
    session_fixture_turns(f, 2);
    assert_int_equal(upload->written.len, PART);
    assert_true(fake_host_credit_seen(f->host, body) >= WINDOW / 2);
    assert_false(upload->ended);
    upload->room = WINDOW;
    fake_host_send(f->host, body, bytes_of(data, 300000 - PART));
    fake_host_finish(f->host, body);
    session_fixture_turns(f, 4);
    assert_int_equal(upload->written.len, 300000);
    assert_true(upload->ended);
    scripted_core_answer(0, "{}", "", NULL);
    expect_header(f, writer, NULL, NULL);
    expect_end(f, writer, seq);
    free(data);
}

static void test_body_of_unknown_length(void **state) {
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = 0;
    uint32_t body = begin_body(f, &writer, NULL, &seq);
    link_body *upload = &core_script.bodies[0];
    upload->room = WINDOW;
    fake_host_send(f->host, body, bytes_str("chunk"));
    fake_host_finish(f->host, body);
    session_fixture_turns(f, 4);
    assert_true(bytes_is(buf_bytes(&upload->written), "chunk"));
    assert_true(upload->ended);
}

// The client went away: the core must not take half a body for a whole one.
static void test_long_body_that_breaks_off(void **state) {
    static const bool by_reset[] = {false, true};
    session_fixture *f = *state;
    for (size_t i = 0; i < 2; i++) {
        uint32_t writer = 0;
        uint64_t seq = 0;
        uint32_t body = begin_body(f, &writer, "300000", &seq);
        link_body *upload = &core_script.bodies[i];
        upload->room = WINDOW;
        fake_host_send(f->host, body, bytes_str("only this"));
        session_fixture_turns(f, 2);
        if (by_reset[i])
            fake_host_reset(f->host, body);
        else
            fake_host_finish(f->host, body);
        session_fixture_turns(f, 3);
        assert_true(upload->cancelled);
        scripted_core_fail(i, 400);
        expect_header(f, writer, NULL, NULL);
        expect_status(f, writer, 500);
        netrpc_message m = expect_call(f, writer, "Plugin.Write");
        allow(f, writer, &m);
        expect_end(f, writer, seq);
    }
}

static void test_core_that_does_not_want_the_body(void **state) {
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = 0;
    uint32_t body = begin_body(f, &writer, "300000", &seq);
    link_body *upload = &core_script.bodies[0];
    upload->events.cancelled(upload->ctx, upload);
    fake_host_wait_fin(f->host, body);
    scripted_core_answer(0, "{\"status\":413}", "", NULL);
    expect_header(f, writer, NULL, NULL);
    expect_status(f, writer, 413);
    expect_end(f, writer, seq);
}

// One Write at a time, and no more credit for the core than what has been handed to the server.
static void test_long_answer_is_streamed_with_back_pressure(void **state) {
    enum { SIZE = 200000, PIECE = 131072 };
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = get(f, &writer);
    link_body *download = scripted_core_body();
    char *data = malloc(SIZE);
    memset(data, 'a', SIZE);
    scripted_core_answer(0, "{\"$body\":7}", "", download);
    expect_header(f, writer, NULL, NULL);
    download->events.data(download->ctx, download, bytes_of(data, SIZE));
    netrpc_message first = expect_call(f, writer, "Plugin.Write");
    assert_int_equal(first.body.text.len, PIECE);
    session_fixture_turns(f, 3);
    assert_int_equal(fake_host_received(f->host, writer).len, 0);
    assert_int_equal(download->consumed, PIECE);
    fake_host_credit(f->host, writer, PIECE);
    allow(f, writer, &first);
    netrpc_message second = expect_call(f, writer, "Plugin.Write");
    assert_int_equal(second.body.text.len, SIZE - PIECE);
    assert_int_equal(download->consumed, SIZE);
    download->events.end(download->ctx, download);
    allow(f, writer, &second);
    expect_end(f, writer, seq);
    free(data);
}

static void test_client_gone_while_the_answer_goes_out(void **state) {
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = get(f, &writer);
    link_body *download = scripted_core_body();
    scripted_core_answer(0, "{}", "", download);
    expect_header(f, writer, NULL, NULL);
    download->events.data(download->ctx, download, bytes_str("some"));
    netrpc_message m = expect_call(f, writer, "Plugin.Write");
    fake_host_reply(f->host, writer, m.seq, "write: broken pipe", NULL, NULL);
    expect_end(f, writer, seq);
    assert_true(download->cancelled);
}

static void test_core_dies_in_the_middle_of_its_answer(void **state) {
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = get(f, &writer);
    link_body *download = scripted_core_body();
    scripted_core_answer(0, "{}", "", download);
    expect_header(f, writer, NULL, NULL);
    download->events.cancelled(download->ctx, download);
    (void)fake_host_request(f->host, f->api); // the log line
    netrpc_message m = fake_host_answer(f->host, f->hooks);
    assert_int_equal(m.seq, seq);
    assert_true(m.error.len > 0);
}

static void expect_refusal(session_fixture *f, uint32_t writer, uint64_t seq, int status,
                           const char *retry_after) {
    expect_header(f, writer, retry_after != NULL ? "Retry-After" : NULL, retry_after);
    expect_status(f, writer, status);
    netrpc_message m = expect_call(f, writer, "Plugin.Write");
    assert_true(m.body.text.len > 10);
    allow(f, writer, &m);
    expect_end(f, writer, seq);
}

static void test_errors_of_the_core(void **state) {
    static const struct {
        int code, status;
        const char *retry_after;
    } table[] = {
        {LINK_E_CLOSED, 503, "3"}, {LINK_E_BUSY, 503, "3"}, {LINK_E_TIMEOUT, 504, NULL},
        {-32603, 500, NULL},       {404, 500, NULL},
    };
    session_fixture *f = *state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        uint32_t writer = 0;
        uint64_t seq = get(f, &writer);
        scripted_core_fail(i, table[i].code);
        expect_refusal(f, writer, seq, table[i].status, table[i].retry_after);
    }
}

static void test_long_body_without_a_core(void **state) {
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = 0;
    core_script.ready = false;
    uint32_t body = begin_body(f, &writer, "300000", &seq);
    assert_non_null(core_script.waiting);
    scripted_core_wait_over(false);
    expect_refusal(f, writer, seq, 503, "3");
    assert_true(fake_host_saw_fin(f->host, body));
    assert_int_equal(core_script.call_count, 0);
}

static void test_long_body_that_waits_for_a_core(void **state) {
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = 0;
    core_script.ready = false;
    uint32_t body = begin_body(f, &writer, "300000", &seq);
    fake_host_send(f->host, body, bytes_str("early"));
    session_fixture_turns(f, 3);
    scripted_core_wait_over(true);
    link_body *upload = &core_script.bodies[0];
    assert_int_equal(core_script.call_count, 1);
    upload->room = WINDOW;
    upload->events.room(upload->ctx, upload);
    assert_true(bytes_is(buf_bytes(&upload->written), "early"));
}

static void test_bad_answers(void **state) {
    static const char *const answers[] = {"{\"status\":99}", "{\"status\":1000}"};
    session_fixture *f = *state;
    for (size_t i = 0; i < 2; i++) {
        uint32_t writer = 0;
        uint64_t seq = get(f, &writer);
        scripted_core_answer(i, answers[i], "", NULL);
        expect_refusal(f, writer, seq, 500, NULL);
    }
    uint32_t writer = 0;
    (void)get(f, &writer);
    scripted_core_answer(2, "{\"header\":{\"A\":7}}", "", NULL);
    assert_true(fake_host_answer(f->host, f->hooks).error.len > 0);
}

static void test_server_that_ends_the_writer(void **state) {
    session_fixture *f = *state;
    uint32_t writer = 0;
    uint64_t seq = get(f, &writer);
    fake_host_reset(f->host, writer);
    netrpc_message m = fake_host_answer(f->host, f->hooks);
    assert_int_equal(m.seq, seq);
    assert_true(core_script.calls[0].forgotten);
}

// Requests are independent: the second is answered while the first waits.
static void test_two_at_once(void **state) {
    session_fixture *f = *state;
    uint32_t first_writer = 0, second_writer = 0;
    uint64_t first = get(f, &first_writer), second = get(f, &second_writer);
    scripted_core_answer(1, "{}", "second", NULL);
    expect_header(f, second_writer, NULL, NULL);
    expect_write(f, second_writer, "second");
    expect_end(f, second_writer, second);
    scripted_core_answer(0, "{}", "first", NULL);
    expect_header(f, first_writer, NULL, NULL);
    expect_write(f, first_writer, "first");
    expect_end(f, first_writer, first);
}

int main(void) {
#define ACTIVE(name)                                                                                         \
    cmocka_unit_test_setup_teardown(name, session_fixture_setup_active, session_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ACTIVE(test_small_get),
        ACTIVE(test_status_without_body),
        ACTIVE(test_answer_before_the_writer),
        ACTIVE(test_the_body_of_a_get_is_left),
        ACTIVE(test_small_body_rides_with_the_request),
        ACTIVE(test_client_that_breaks_off_a_small_body),
        ACTIVE(test_body_longer_than_said),
        ACTIVE(test_long_body_is_streamed_with_back_pressure),
        ACTIVE(test_body_of_unknown_length),
        ACTIVE(test_long_body_that_breaks_off),
        ACTIVE(test_core_that_does_not_want_the_body),
        ACTIVE(test_long_answer_is_streamed_with_back_pressure),
        ACTIVE(test_client_gone_while_the_answer_goes_out),
        ACTIVE(test_core_dies_in_the_middle_of_its_answer),
        ACTIVE(test_errors_of_the_core),
        ACTIVE(test_long_body_without_a_core),
        ACTIVE(test_long_body_that_waits_for_a_core),
        ACTIVE(test_bad_answers),
        ACTIVE(test_server_that_ends_the_writer),
        ACTIVE(test_two_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
