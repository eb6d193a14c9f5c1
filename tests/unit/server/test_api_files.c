// SPDX-License-Identifier: Apache-2.0
// Files between a scripted core and a scripted host: GetFile's content in pieces, UploadData as a stream that is pulled.
#include "session_fixture.h"

#include "plugin_session_internal.h"
#include "schema/schema.h"
#include "wire/pull.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    ROUNDS = 5,
    CALL_ID = 7,
    FILE_BYTES = 200000
}; // within a stream's window: the fake host sends it at once

static uint8_t CONTENT[600000];

static void fill(void) {
    for (size_t i = 0; i < sizeof CONTENT; i++)
        CONTENT[i] = (uint8_t)(i % 253);
}

static void host_answers(session_fixture *f, const char *method, uint64_t seq, const char *result,
                         const char *error, bytes tail) {
    const schema_call *call = schema_api(method);
    cJSON *value = cJSON_Parse(result), *failure = error != NULL ? cJSON_Parse(error) : NULL;
    arena memory;
    gob_value reply;
    arena_init(&memory, 1 << 20);
    assert_int_equal(schema_reply_from_json(call, value, failure, tail, &memory, &reply, NULL, 0), OC_OK);
    fake_host_reply(f->host, f->api, seq, NULL, call->reply, &reply);
    session_fixture_turns(f, ROUNDS);
    arena_free(&memory);
    cJSON_Delete(value);
    cJSON_Delete(failure);
}

// --- GetFile ---

static uint64_t ask_file(session_fixture *f) {
    scripted_core_calls(CALL_ID, "GetFile", "[\"file1\"]", "");
    netrpc_message m = fake_host_request(f->host, f->api);
    assert_true(bytes_is(m.method, "Plugin.GetFile"));
    assert_true(bytes_is(gob_get(&m.body, "A")->text, "file1"));
    return m.seq;
}

static void give_content(session_fixture *f, uint64_t seq, size_t len) {
    char result[64];
    snprintf(result, sizeof result, "{\"$tail\":[0,%zu]}", len);
    host_answers(f, "GetFile", seq, result, NULL, bytes_of(CONTENT, len));
}

static void test_a_file_goes_in_pieces(void **state) {
    session_fixture *f = *state;
    fill();
    give_content(f, ask_file(f), FILE_BYTES);
    assert_int_equal(core_script.answered_id, CALL_ID);
    assert_string_equal(core_script.answer, "{\"size\":200000,\"$body\":1}");
    link_body *body = &core_script.bodies[0];
    assert_int_equal(body->written.len, 0); // no credit, nothing sent
    while (!body->ended) {
        body->room = 70000;
        body->events.room(body->ctx, body);
    }
    assert_int_equal(body->written.len, FILE_BYTES);
    assert_memory_equal(buf_bytes(&body->written).data, CONTENT, FILE_BYTES);
}

static void test_an_empty_file(void **state) {
    session_fixture *f = *state;
    give_content(f, ask_file(f), 0);
    assert_string_equal(core_script.answer, "{\"size\":0,\"$body\":1}");
    assert_true(core_script.bodies[0].ended);
}

static void test_a_file_that_is_not_there(void **state) {
    session_fixture *f = *state;
    host_answers(f, "GetFile", ask_file(f), "null", "{\"code\":404,\"message\":\"no such file\"}",
                 bytes_of(NULL, 0));
    assert_int_equal(core_script.answer_code, 404);
    assert_string_equal(core_script.answer, "no such file");
    assert_int_equal(core_script.body_count, 0);
    // net/rpc's own error, and params that are none.
    uint64_t seq = ask_file(f);
    fake_host_reply(f->host, f->api, seq, "rpc: can't find method Plugin.GetFile", NULL, NULL);
    session_fixture_turns(f, ROUNDS);
    assert_int_equal(core_script.answer_code, -32601);
    scripted_core_calls(CALL_ID, "GetFile", "[5]", "");
    assert_int_equal(core_script.answer_code, -32602);
}

static void test_a_file_that_is_not_wanted_any_more(void **state) {
    session_fixture *f = *state;
    fill();
    give_content(f, ask_file(f), FILE_BYTES);
    link_body *body = &core_script.bodies[0];
    body->room = 1000;
    body->events.room(body->ctx, body);
    body->events.cancelled(body->ctx, body); // what is left is given back: the leak checker sees to that
    // No core is left that would take it.
    uint64_t seq = ask_file(f);
    core_script.ready = false;
    give_content(f, seq, 1000);
    assert_int_equal(core_script.answer_code, LINK_E_BUSY);
}

// --- UploadData ---

typedef struct upload {
    link_body *body;
    uint64_t seq;
    uint32_t stream; // the host's
} upload;

static void push(upload *u, size_t from, size_t len) {
    u->body->events.data(u->body->ctx, u->body, bytes_of(CONTENT + from, len));
}

// Before the host dials.
static uint32_t call_upload(session_fixture *f, upload *u) {
    fill();
    u->body = scripted_core_body();
    scripted_core_calls_with_body(CALL_ID, "UploadData",
                                  "[{\"id\":\"s1\",\"file_size\":600000},{\"$body\":1}]", u->body);
    netrpc_message m = fake_host_request(f->host, f->api);
    assert_true(bytes_is(m.method, "Plugin.UploadData"));
    assert_true(bytes_is(gob_get(gob_get(&m.body, "A"), "Id")->text, "s1"));
    assert_int_equal(gob_get(gob_get(&m.body, "A"), "FileSize")->integer, 600000);
    u->seq = m.seq;
    return (uint32_t)gob_get(&m.body, "PluginStreamID")->uinteger;
}

static void begin_upload(session_fixture *f, upload *u) {
    u->stream = fake_host_dial(f->host, call_upload(f, u));
}

static void pull(session_fixture *f, const upload *u, int64_t wanted) {
    uint8_t request[PULL_REQUEST_BYTES];
    fake_host_send(f->host, u->stream, bytes_of(request, pull_encode(wanted, request)));
    session_fixture_turns(f, ROUNDS);
}

static void expect_bytes(session_fixture *f, const upload *u, size_t from, size_t len) {
    fake_host_wait_bytes(f->host, u->stream, len);
    bytes came = fake_host_received(f->host, u->stream);
    assert_int_equal(came.len, len);
    assert_memory_equal(came.data, CONTENT + from, len);
    fake_host_consume(f->host, u->stream, len);
    fake_host_credit(f->host, u->stream, (uint32_t)len);
}

static void host_has_it(session_fixture *f, const upload *u) {
    host_answers(f, "UploadData", u->seq, "{\"id\":\"made\",\"name\":\"a.txt\"}", NULL, bytes_of(NULL, 0));
}

static void test_an_upload_is_pulled(void **state) {
    session_fixture *f = *state;
    upload u;
    begin_upload(f, &u);
    push(&u, 0, 1000);
    session_fixture_turns(f, ROUNDS);
    assert_int_equal(fake_host_received(f->host, u.stream).len, 0); // nothing was asked for
    assert_int_equal(u.body->consumed, 0);
    pull(f, &u, 300);
    expect_bytes(f, &u, 0, 300);
    pull(f, &u, 1000); // more than is there: the rest follows
    expect_bytes(f, &u, 300, 700);
    push(&u, 1000, 500);
    expect_bytes(f, &u, 1000, 300);
    assert_int_equal(u.body->consumed, 1300);
    pull(f, &u, INT64_MAX); // everything
    pull(f, &u, INT64_MAX);
    expect_bytes(f, &u, 1300, 200);
    for (size_t at = 1500; at < 600000; at += 100000 - 250) {
        push(&u, at, 99750);
        expect_bytes(f, &u, at, 99750);
    }
    u.body->events.end(u.body->ctx, u.body);
    fake_host_wait_fin(f->host, u.stream);
    host_has_it(f, &u);
    fake_host_finish(f->host, u.stream);
    assert_int_equal(core_script.answered_id, CALL_ID);
    assert_int_equal(core_script.answer_code, 0);
    assert_non_null(strstr(core_script.answer, "\"id\":\"made\""));
    assert_false(u.body->cancelled);
}

static void test_content_waits_for_the_host(void **state) {
    session_fixture *f = *state;
    upload u;
    uint32_t broker_id = call_upload(f, &u);
    push(&u, 0, 700);
    u.body->events.end(u.body->ctx, u.body);
    u.stream = fake_host_dial(f->host, broker_id);
    pull(f, &u, 32768);
    expect_bytes(f, &u, 0, 700);
    fake_host_wait_fin(f->host, u.stream);
    host_has_it(f, &u);
    assert_int_equal(core_script.answer_code, 0);
}

static void test_the_host_refuses(void **state) {
    session_fixture *f = *state;
    upload u;
    begin_upload(f, &u);
    push(&u, 0, 1000);
    host_answers(f, "UploadData", u.seq, "null", "{\"code\":413,\"message\":\"too large\"}",
                 bytes_of(NULL, 0));
    assert_true(core_script.answer_code != 0);
    assert_true(u.body->cancelled); // the core need not go on
    fake_host_wait_fin(f->host, u.stream);
}

static void test_the_core_gives_up(void **state) {
    session_fixture *f = *state;
    upload u;
    begin_upload(f, &u);
    push(&u, 0, 1000);
    pull(f, &u, 500);
    expect_bytes(f, &u, 0, 500);
    u.body->events.cancelled(u.body->ctx, u.body);
    session_fixture_turns(f, ROUNDS);
    assert_true(fake_host_saw_rst(f->host, u.stream)); // no end that could be taken for a whole file
    host_answers(f, "UploadData", u.seq, "null", "{\"code\":500,\"message\":\"reset\"}", bytes_of(NULL, 0));
    assert_int_equal(core_script.answer_count, 1);
}

static void test_more_than_the_credit(void **state) {
    session_fixture *f = *state;
    upload u;
    begin_upload(f, &u);
    push(&u, 0, LINK_BODY_CREDIT_BYTES);
    push(&u, 0, 1);
    session_fixture_turns(f, ROUNDS);
    assert_true(u.body->cancelled);
    assert_true(fake_host_saw_rst(f->host, u.stream));
}

static void test_nonsense_on_the_stream(void **state) {
    static const uint8_t minus_one[] = {0x01};
    session_fixture *f = *state;
    upload u;
    begin_upload(f, &u);
    fake_host_send(f->host, u.stream, bytes_of(minus_one, 1));
    session_fixture_turns(f, ROUNDS);
    assert_true(fake_host_saw_rst(f->host, u.stream));
}

static void test_the_host_never_dials(void **state) {
    session_fixture *f = *state;
    upload u;
    (void)call_upload(f, &u);
    push(&u, 0, 1000);
    host_answers(f, "UploadData", u.seq, "null", "{\"code\":500,\"message\":\"no stream\"}",
                 bytes_of(NULL, 0));
    assert_int_equal(core_script.answer_count, 1);
    assert_true(u.body->cancelled); // the offer stands until its limit; the session's end takes it away
}

static void test_too_many_at_once(void **state) {
    session_fixture *f = *state;
    uint64_t seq = 0;
    for (int i = 0; i < FILE_TRANSFERS_MAX; i++)
        seq = ask_file(f);
    scripted_core_calls(CALL_ID, "GetFile", "[\"file1\"]", "");
    assert_int_equal(core_script.answer_code, LINK_E_BUSY);
    link_body *body = scripted_core_body();
    scripted_core_calls_with_body(CALL_ID, "UploadData", "[{},{\"$body\":1}]", body);
    assert_int_equal(core_script.answer_code, LINK_E_BUSY);
    assert_int_equal(core_script.answer_count, 2);
    give_content(f, seq, 0); // one has gone
    uint64_t next = ask_file(f);
    assert_true(next > seq);
}

static void test_an_upload_needs_a_body(void **state) {
    (void)state;
    scripted_core_calls(CALL_ID, "UploadData", "[{},{}]", "");
    assert_int_equal(core_script.answer_code, -32602);
}

#define WITH(test)                                                                                           \
    cmocka_unit_test_setup_teardown(test, session_fixture_setup_active, session_fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(test_a_file_goes_in_pieces),    WITH(test_an_empty_file),
        WITH(test_a_file_that_is_not_there), WITH(test_a_file_that_is_not_wanted_any_more),
        WITH(test_an_upload_is_pulled),      WITH(test_content_waits_for_the_host),
        WITH(test_the_host_refuses),         WITH(test_the_core_gives_up),
        WITH(test_more_than_the_credit),     WITH(test_nonsense_on_the_stream),
        WITH(test_the_host_never_dials),     WITH(test_too_many_at_once),
        WITH(test_an_upload_needs_a_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
