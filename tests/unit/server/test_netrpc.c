// SPDX-License-Identifier: Apache-2.0
#include "wire/netrpc.h"

#include "wire_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { STREAM_MAX_BYTES = 1 << 20 };

#define REQUEST_DEFINITION                                                                                   \
    "2e 7f 03 01 01 07 \"Request\" 01 ff80 00 01 02 01 0d \"ServiceMethod\" 01 0c 00 "                       \
    "01 03 \"Seq\" 01 06 00 00 00 "
#define RESPONSE_DEFINITION                                                                                  \
    "39 7f 03 01 01 08 \"Response\" 01 ff80 00 01 03 01 0d \"ServiceMethod\" 01 0c 00 "                      \
    "01 03 \"Seq\" 01 06 00 01 05 \"Error\" 01 0c 00 00 00 "
#define EMPTY_DEFINITION "0a ff81 03 01 02 ff82 00 00 00 "

static void check_bytes(buf *out, const char *notation) {
    buf expected;
    buf_init(&expected, STREAM_MAX_BYTES);
    wire_bytes(notation, &expected);
    assert_true(bytes_equal(buf_bytes(out), buf_bytes(&expected)));
    buf_free(&expected);
    buf_clear(out);
}

// --- writing: the worked examples of the notes ---

static void test_requests(void **state) {
    static const gob_field post_fields[] = {
        {"UserId", &GOB_T_STRING}, {"ChannelId", &GOB_T_STRING}, {"Message", &GOB_T_STRING}};
    static const gob_type post_type = {
        .kind = GOB_STRUCT, .name = "Post", .fields = post_fields, .field_count = 3};
    static const gob_field args_fields[] = {{"A", &post_type}};
    static const gob_type args_type = {
        .kind = GOB_STRUCT, .name = "CreatePostArgs", .fields = args_fields, .field_count = 1};
    const char *post_names[] = {"UserId", "ChannelId", "Message"}, *args_names[] = {"A"};
    gob_value texts[] = {{.kind = GOB_STRING, .text = bytes_str("u1")},
                         {.kind = GOB_STRING, .text = bytes_str("c1")},
                         {.kind = GOB_STRING, .text = bytes_str("hi")}};
    gob_value post = {.kind = GOB_STRUCT, .list = {.names = post_names, .items = texts, .count = 3}};
    gob_value args = {.kind = GOB_STRUCT, .list = {.names = args_names, .items = &post, .count = 1}};
    netrpc_writer *w = netrpc_writer_create();
    buf out;
    (void)state;
    buf_init(&out, STREAM_MAX_BYTES);
    assert_int_equal(netrpc_write_request(w, "Plugin.CreatePost", 0, &args_type, &args, &out), OC_OK);
    check_bytes(&out, REQUEST_DEFINITION
                "16 ff80 01 11 \"Plugin.CreatePost\" 00 "
                "23 ff81 03 01 01 0e \"CreatePostArgs\" 01 ff82 00 01 01 01 01 \"A\" 01 ff84 00 00 00 "
                "37 ff83 03 01 01 04 \"Post\" 01 ff84 00 01 03 01 06 \"UserId\" 01 0c 00 "
                "01 09 \"ChannelId\" 01 0c 00 01 07 \"Message\" 01 0c 00 00 00 "
                "11 ff82 01 01 02 \"u1\" 01 02 \"c1\" 01 02 \"hi\" 00 00");
    texts[2].text = bytes_str("yo");
    assert_int_equal(netrpc_write_request(w, "Plugin.CreatePost", 1, &args_type, &args, &out), OC_OK);
    check_bytes(&out, "18 ff80 01 11 \"Plugin.CreatePost\" 01 01 00 "
                      "11 ff82 01 01 02 \"u1\" 01 02 \"c1\" 01 02 \"yo\" 00 00");
    buf_free(&out);
    netrpc_writer_destroy(w);
}

static void test_responses(void **state) {
    static const gob_type list_type = {.kind = GOB_SLICE, .name = "", .elem = &GOB_T_STRING};
    gob_value name = {.kind = GOB_STRING, .text = bytes_str("OnActivate")};
    gob_value list = {.kind = GOB_SLICE, .list = {.items = &name, .count = 1}};
    gob_value id = {.kind = GOB_UINT, .uinteger = 1};
    netrpc_writer *w = netrpc_writer_create();
    bytes method = bytes_str("Plugin.Implemented");
    buf out;
    (void)state;
    buf_init(&out, STREAM_MAX_BYTES);
    assert_int_equal(netrpc_write_response(w, method, 0, NULL, &list_type, &list, &out), OC_OK);
    check_bytes(&out,
                RESPONSE_DEFINITION "17 ff80 01 12 \"Plugin.Implemented\" 00 "
                                    "0c ff81 02 01 02 ff82 00 01 0c 00 00 0f ff82 00 01 0a \"OnActivate\"");
    assert_int_equal(netrpc_write_response(w, bytes_str("M"), 2, "", &GOB_T_UINT, &id, &out), OC_OK);
    check_bytes(&out, "08 ff80 01 01 \"M\" 01 02 00 03 06 00 01");
    assert_int_equal(netrpc_write_response(w, bytes_str("Plugin.Nope"), 1,
                                           "rpc: can't find method Plugin.Nope", &GOB_T_UINT, &id, &out),
                     OC_OK);
    check_bytes(&out, "36 ff80 01 0b \"Plugin.Nope\" 01 01 01 22 \"rpc: can't find method Plugin.Nope\" 00 "
                      "0a ff83 03 01 02 ff84 00 00 00  03 ff84 00");
    buf_free(&out);
    netrpc_writer_destroy(w);
}

// A body that cannot be written takes its header with it.
static void test_bad_body(void **state) {
    netrpc_writer *w = netrpc_writer_create();
    gob_value wrong = {.kind = GOB_INT, .integer = 1};
    buf out;
    (void)state;
    buf_init(&out, STREAM_MAX_BYTES);
    assert_int_equal(netrpc_write_request(w, "M", 0, &GOB_T_UINT, &wrong, &out), OC_ETYPE);
    assert_int_equal(out.len, 0);
    assert_int_equal(netrpc_write_request(w, "M", 0, NULL, NULL, &out), OC_OK);
    check_bytes(&out, REQUEST_DEFINITION "06 ff80 01 01 \"M\" 00 " EMPTY_DEFINITION "03 ff82 00");
    buf_free(&out);
    netrpc_writer_destroy(w);
}

// --- reading ---

static void check_text(bytes text, const char *expected) {
    assert_true(bytes_is(text, expected));
}

// The stream comes byte for byte, each time at another address.
static void test_read_in_pieces(void **state) {
    netrpc_reader *r = netrpc_reader_create(true);
    buf in;
    arena a;
    size_t start = 0, count = 0;
    (void)state;
    buf_init(&in, STREAM_MAX_BYTES);
    arena_init(&a, STREAM_MAX_BYTES);
    wire_bytes(RESPONSE_DEFINITION "0d ff80 01 04 \"Ping\" 02 02 \"no\" 00 " EMPTY_DEFINITION "03 ff82 00 "
                                   "0b ff80 01 04 \"Ping\" 01 07 00 03 04 00 0a",
               &in);
    for (size_t end = 0; end <= in.len; end++) {
        netrpc_message m;
        size_t used = 0, there = end - start;
        uint8_t *copy = malloc(there > 0 ? there : 1);
        memcpy(copy, buf_bytes(&in).data + start, there);
        oc_err err = netrpc_read(r, bytes_of(copy, there), &used, &a, &m);
        if (err == OC_OK) {
            assert_int_equal(used, there);
            check_text(m.method, "Ping");
            check_text(m.error, count == 0 ? "no" : "");
            assert_int_equal(m.seq, count == 0 ? 0 : 7);
            assert_int_equal(m.body.kind, count == 0 ? GOB_STRUCT : GOB_INT);
            assert_int_equal(m.body_err, OC_OK);
            count++;
        } else {
            assert_int_equal(err, OC_EAGAIN);
            assert_int_equal(used, 0);
        }
        start += used;
        free(copy);
    }
    assert_int_equal(count, 2);
    assert_int_equal(start, in.len);
    arena_free(&a);
    buf_free(&in);
    netrpc_reader_destroy(r);
}

// A request has no Error, whatever the sender calls a field.
static void test_error_of_a_request_is_ignored(void **state) {
    netrpc_reader *r = netrpc_reader_create(false);
    buf in;
    arena a;
    netrpc_message m;
    size_t used = 0;
    (void)state;
    buf_init(&in, STREAM_MAX_BYTES);
    arena_init(&a, STREAM_MAX_BYTES);
    wire_bytes(RESPONSE_DEFINITION "0d ff80 01 04 \"Ping\" 02 02 \"no\" 00 03 02 00 01", &in);
    assert_int_equal(netrpc_read(r, buf_bytes(&in), &used, &a, &m), OC_OK);
    check_text(m.error, "");
    assert_true(m.body.boolean);
    arena_free(&a);
    buf_free(&in);
    netrpc_reader_destroy(r);
}

// A body that is too big for the arena fails that call only.
static void test_body_beyond_a_limit(void **state) {
    netrpc_reader *r = netrpc_reader_create(false);
    buf in;
    arena a;
    netrpc_message m;
    size_t used = 0;
    (void)state;
    buf_init(&in, STREAM_MAX_BYTES);
    arena_init(&a, 600);
    wire_bytes(REQUEST_DEFINITION "06 ff80 01 01 \"M\" 00 0c ff81 02 01 02 ff82 00 01 0c 00 00 ", &in);
    wire_bytes("16 ff82 00 12 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", &in);
    wire_bytes("06 ff80 01 01 \"N\" 00 03 02 00 01", &in);
    assert_int_equal(netrpc_read(r, buf_bytes(&in), &used, &a, &m), OC_OK);
    assert_int_equal(m.body_err, OC_ELIMIT);
    assert_non_null(m.body_error);
    assert_int_equal(m.body.kind, GOB_NIL);
    check_text(m.method, "M");
    buf_consume(&in, used);
    assert_int_equal(netrpc_read(r, buf_bytes(&in), &used, &a, &m), OC_OK);
    assert_int_equal(m.body_err, OC_OK);
    check_text(m.method, "N");
    assert_int_equal(used, in.len);
    arena_free(&a);
    buf_free(&in);
    netrpc_reader_destroy(r);
}

static const struct {
    const char *what, *stream;
    oc_err err;
} BROKEN[] = {
    {"header is no struct", "03 04 00 02 03 04 00 02", OC_EMALFORMED},
    {"method is no string",
     "1d 7f 03 01 02 ff80 00 01 01 01 0d \"ServiceMethod\" 01 04 00 00 00 05 ff80 01 02 00", OC_EMALFORMED},
    {"sequence number is an int",
     "13 7f 03 01 02 ff80 00 01 01 01 03 \"Seq\" 01 04 00 00 00 05 ff80 01 02 00", OC_EMALFORMED},
    {"header is broken", "03 06 01 00", OC_EMALFORMED},
    {"body is broken", REQUEST_DEFINITION "06 ff80 01 01 \"M\" 00 03 02 01 01", OC_EMALFORMED},
    {"body is too long", REQUEST_DEFINITION "06 ff80 01 01 \"M\" 00 fc ff ff ff ff", OC_ELIMIT},
};

static void test_broken(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++) {
        netrpc_reader *r = netrpc_reader_create(false);
        buf in;
        arena a;
        netrpc_message m;
        size_t used = 1;
        print_message("%s\n", BROKEN[i].what);
        buf_init(&in, STREAM_MAX_BYTES);
        arena_init(&a, STREAM_MAX_BYTES);
        wire_bytes(BROKEN[i].stream, &in);
        assert_int_equal(netrpc_read(r, buf_bytes(&in), &used, &a, &m), BROKEN[i].err);
        assert_int_equal(used, 0);
        arena_free(&a);
        buf_free(&in);
        netrpc_reader_destroy(r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_responses),
        cmocka_unit_test(test_bad_body),
        cmocka_unit_test(test_read_in_pieces),
        cmocka_unit_test(test_error_of_a_request_is_ignored),
        cmocka_unit_test(test_body_beyond_a_limit),
        cmocka_unit_test(test_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
