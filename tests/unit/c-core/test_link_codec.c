// SPDX-License-Identifier: Apache-2.0
// Frames, envelopes and the queue of what waits to be sent: all pure.
#include "base/mem.h"
#include "link/message.h"
#include "link/rpc.h"
#include "link/send_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const bytes nothing;

// --- frames ---------------------------------------------------------------------------------------------------

#define LITERAL(text)                                                                                        \
    { .data = (const uint8_t *)(text), .len = sizeof(text) - 1 }

static void test_frames(void **state) {
    static const struct {
        bytes message;
        oc_err err;
        const char *json, *tail;
        size_t rest;
    } rows[] = {
        {LITERAL("\0\0\0\2{}\0\0\0\0"), OC_OK, "{}", "", 0},
        {LITERAL("\0\0\0\2{}\0\0\0\3abc"), OC_OK, "{}", "abc", 0},
        {LITERAL("\0\0\0\2{}\0\0\0\0\0\0\0\2[]\0\0\0\0"), OC_OK, "{}", "", 10},
        {LITERAL("\0\0\0\2{}\0\0\0\0x"), OC_OK, "{}", "", 1},
        {LITERAL(""), OC_EMALFORMED, NULL, NULL, 0},
        {LITERAL("\0\0\0"), OC_EMALFORMED, NULL, NULL, 3},
        {LITERAL("\0\0\0\0\0\0\0\0"), OC_EMALFORMED, NULL, NULL, 8}, // no JSON
        {LITERAL("\0\0\0\2{"), OC_EMALFORMED, NULL, NULL, 5},
        {LITERAL("\0\0\0\2{}"), OC_EMALFORMED, NULL, NULL, 6},
        {LITERAL("\0\0\0\2{}\0\0\0"), OC_EMALFORMED, NULL, NULL, 9},
        {LITERAL("\0\0\0\2{}\0\0\0\1"), OC_EMALFORMED, NULL, NULL, 10},
        {LITERAL("\377\377\377\377{}\0\0\0\0"), OC_EMALFORMED, NULL, NULL, 10},
        {LITERAL("\0\0\0\2{}\377\377\377\377"), OC_EMALFORMED, NULL, NULL, 10},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        // A copy of exactly this length, so that a sanitizer sees a read behind it.
        uint8_t *copy = xmalloc(rows[i].message.len + 1);
        memcpy(copy, rows[i].message.data, rows[i].message.len);
        bytes rest = bytes_of(copy, rows[i].message.len);
        message_frame frame = {0};
        assert_int_equal(message_next(&rest, &frame), rows[i].err);
        assert_int_equal(rest.len, rows[i].rest);
        if (rows[i].err == OC_OK) {
            assert_true(bytes_is(frame.json, rows[i].json));
            assert_true(bytes_is(frame.tail, rows[i].tail));
        }
        free(copy);
    }
}

static void test_frame_back_and_forth(void **state) {
    (void)state;
    bytes json = bytes_str("{\"a\":1}"), tail = bytes_str("tail");
    uint8_t memory[64];
    assert_int_equal(message_frame_bytes(json, tail), 19);
    message_write(memory, json, tail);
    bytes rest = bytes_of(memory, 19);
    message_frame frame = {0};
    assert_int_equal(message_next(&rest, &frame), OC_OK);
    assert_true(bytes_equal(frame.json, json));
    assert_true(bytes_equal(frame.tail, tail));
    assert_int_equal(rest.len, 0);
}

// --- envelopes ------------------------------------------------------------------------------------------------

static void test_envelopes(void **state) {
    enum { BAD = -1 };
    static const struct {
        const char *text;
        int kind;
        uint64_t id;
    } rows[] = {
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}", RPC_CALL, 1},
        {"{\"jsonrpc\":\"2.0\",\"id\":9007199254740991,\"method\":\"m\",\"params\":[]}", RPC_CALL,
         9007199254740991},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{}}", RPC_NOTIFICATION, 0},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":null}", RPC_NOTIFICATION, 0},
        {"{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":null}", RPC_RESULT, 2},
        {"{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}", RPC_RESULT, 2},
        {"{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":1,\"error\":null}", RPC_RESULT, 2},
        {"{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-1,\"message\":\"x\"}}", RPC_ERROR, 2},
        {" {\"jsonrpc\":\"2.0\",\"method\":\"m\"} ", RPC_NOTIFICATION, 0},
        {"", BAD, 0},
        {"null", BAD, 0},
        {"[]", BAD, 0},
        {"{", BAD, 0},
        {"{}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\"}", BAD, 0},
        {"{\"jsonrpc\":\"1.0\",\"method\":\"m\"}", BAD, 0},
        {"{\"jsonrpc\":2,\"method\":\"m\"}", BAD, 0},
        {"{\"method\":\"m\"}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"\"}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"method\":7,\"id\":1}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":1}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":\"x\"}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":0}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":-1}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":1.5}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":1e300}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":\"1\"}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":null}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"id\":1}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"result\":1}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"error\":{\"code\":1,\"message\":\"\"}}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":1}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{}}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":\"1\",\"message\":\"\"}}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1}}", BAD, 0},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"m\"}x", BAD, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rpc_envelope e = {0};
        oc_err err = rpc_parse(bytes_str(rows[i].text), &e);
        if ((err == OC_OK) != (rows[i].kind != BAD))
            fail_msg("%s: %s", rows[i].text, oc_err_text(err));
        if (err == OC_OK) {
            assert_int_equal(e.kind, rows[i].kind);
            assert_int_equal(e.id, rows[i].id);
        } else {
            assert_null(e.root);
        }
        rpc_free(&e);
    }
}

static void test_long_method(void **state) {
    char method[RPC_METHOD_MAX_BYTES + 2];
    (void)state;
    for (size_t len = RPC_METHOD_MAX_BYTES; len <= RPC_METHOD_MAX_BYTES + 1; len++) {
        buf text;
        rpc_envelope e = {0};
        memset(method, 'm', len);
        method[len] = '\0';
        buf_init(&text, 4096);
        assert_int_equal(rpc_put_call(&text, 1, method, nothing), OC_OK);
        assert_int_equal(rpc_parse(buf_bytes(&text), &e),
                         len <= RPC_METHOD_MAX_BYTES ? OC_OK : OC_EMALFORMED);
        rpc_free(&e);
        buf_free(&text);
    }
}

static void test_putting(void **state) {
    (void)state;
    buf text;
    cJSON *data = json_new_object();
    json_add_string(data, "id", "x\"y");
    buf_init(&text, 4096);
    assert_int_equal(rpc_put_call(&text, 7, "GetUser", bytes_str("[\"u\"]")), OC_OK);
    assert_true(bytes_is(buf_bytes(&text),
                         "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"GetUser\",\"params\":[\"u\"]}"));
    buf_clear(&text);
    assert_int_equal(rpc_put_call(&text, 0, "log", nothing), OC_OK);
    assert_true(bytes_is(buf_bytes(&text), "{\"jsonrpc\":\"2.0\",\"method\":\"log\"}"));
    buf_clear(&text);
    assert_int_equal(rpc_put_result(&text, 7, nothing), OC_OK);
    assert_true(bytes_is(buf_bytes(&text), "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":null}"));
    buf_clear(&text);
    assert_int_equal(rpc_put_error(&text, 7, 404, "no \"user\"", data), OC_OK);
    assert_true(bytes_is(buf_bytes(&text),
                         "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":404,\"message\":\"no "
                         "\\\"user\\\"\",\"data\":{\"id\":\"x\\\"y\"}}}"));
    buf_free(&text);
    buf_init(&text, 20);
    assert_int_equal(rpc_put_call(&text, 7, "GetUser", nothing), OC_ELIMIT);
    assert_int_equal(rpc_put_error(&text, 7, 1, "x", NULL), OC_ELIMIT);
    buf_free(&text);
    cJSON_Delete(data);
}

// --- queue ----------------------------------------------------------------------------------------------------

static char *take_all(send_queue *q, size_t max_bytes) {
    buf out;
    buf_init(&out, 1000);
    while (!send_queue_empty(q)) {
        uint8_t memory[256];
        size_t len = send_queue_next_bytes(q, max_bytes);
        message_frame frame = {0};
        bytes rest = bytes_of(memory, len);
        assert_true(len > 0 && len <= sizeof memory);
        send_queue_take(q, max_bytes, memory);
        while (rest.len > 0) {
            assert_int_equal(message_next(&rest, &frame), OC_OK);
            assert_int_equal(buf_append(&out, frame.json.data, frame.json.len), OC_OK);
        }
        assert_int_equal(buf_append_byte(&out, '|'), OC_OK);
    }
    return buf_take_str(&out);
}

static void push(send_queue *q, size_t lane, const char *json) {
    assert_int_equal(send_queue_push(q, lane, bytes_str(json), nothing), OC_OK);
}

static void test_queue_order_and_batches(void **state) {
    (void)state;
    static const struct {
        size_t max_bytes; // of a batch; a frame here has 9
        const char *messages;
    } rows[] = {{100, "acd|b|e|"}, {18, "ac|d|b|e|"}, {17, "a|c|d|b|e|"}, {1, "a|c|d|b|e|"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        send_queue q;
        send_queue_init(&q, 100, 100);
        assert_int_equal(send_queue_next_bytes(&q, 10), 0);
        push(&q, 0, "a");
        push(&q, 1, "b");
        push(&q, 0, "c");
        push(&q, 0, "d");
        push(&q, 1, "e");
        char *messages = take_all(&q, rows[i].max_bytes);
        assert_string_equal(messages, rows[i].messages);
        free(messages);
        send_queue_free(&q);
    }
}

static void test_queue_limits(void **state) {
    (void)state;
    send_queue q;
    send_queue_init(&q, 20, 10);
    push(&q, 0, "ab");
    push(&q, 0, "cd");
    assert_int_equal(send_queue_push(&q, 0, bytes_str("e"), nothing), OC_EBUSY);
    push(&q, 1, "x"); // a lane of its own
    assert_int_equal(send_queue_push(&q, 1, bytes_str("y"), nothing), OC_EBUSY);
    assert_int_equal(send_queue_push(&q, 1, bytes_str("far too long"), nothing), OC_EBUSY);
    char *messages = take_all(&q, 1000);
    assert_string_equal(messages, "abcd|x|");
    free(messages);
    push(&q, 0, "ab"); // room again
    send_queue_free(&q);
    assert_true(send_queue_empty(&q));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames),       cmocka_unit_test(test_frame_back_and_forth),
        cmocka_unit_test(test_envelopes),    cmocka_unit_test(test_long_method),
        cmocka_unit_test(test_putting),      cmocka_unit_test(test_queue_order_and_batches),
        cmocka_unit_test(test_queue_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
