// SPDX-License-Identifier: Apache-2.0
// How much of what a stream may hold.
#include "wire/gob.h"

#include "wire_text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { STREAM_MAX_BYTES = 16 << 20, TREE_MAX_BYTES = 1 << 20, FIRST_ID = 0x4000 };

static void put(buf *b, uint64_t byte) {
    assert_int_equal(buf_append_byte(b, (uint8_t)byte), OC_OK);
}

// Numbers as two bytes behind their count, whatever they are.
static void put_number(buf *b, uint64_t number) {
    put(b, 0xfe);
    put(b, number >> 8);
    put(b, number & 0xff);
}

static void put_text(buf *b, size_t len) {
    put_number(b, len);
    for (size_t i = 0; i < len; i++)
        put(b, 'n');
}

static void put_message(buf *b, buf *content) {
    put_number(b, content->len);
    assert_int_equal(buf_append(b, buf_bytes(content).data, content->len), OC_OK);
    buf_clear(content);
}

// "type nnn… []int" with a name of any length.
static void put_list_definition(buf *b, uint64_t id, size_t name_len) {
    buf content;
    buf_init(&content, STREAM_MAX_BYTES);
    put_number(&content, (id - 1) << 1 | 1);
    wire_bytes("02 01 01", &content);
    put_text(&content, name_len);
    wire_bytes("00 01 04 00 00", &content);
    put_message(b, &content);
    buf_free(&content);
}

typedef struct fixture {
    gob_decoder *decoder;
    buf in;
    arena tree;
    gob_value value;
    const char *text;
} fixture;

static void begin(fixture *f, size_t tree_max_bytes) {
    *f = (fixture){.decoder = gob_decoder_create()};
    buf_init(&f->in, STREAM_MAX_BYTES);
    arena_init(&f->tree, tree_max_bytes);
}

static void end(fixture *f) {
    arena_free(&f->tree);
    buf_free(&f->in);
    gob_decoder_destroy(f->decoder);
}

static oc_err decode(fixture *f) {
    size_t used = 0;
    oc_err err = gob_decode(f->decoder, buf_bytes(&f->in), &used, &f->tree, &f->value, &f->text);
    buf_consume(&f->in, used);
    return err;
}

static void check_definitions(size_t count, size_t name_len, oc_err err, const char *text) {
    fixture f;
    begin(&f, TREE_MAX_BYTES);
    for (size_t i = 0; i < count; i++)
        put_list_definition(&f.in, FIRST_ID + i, name_len);
    wire_bytes("03 04 00 0a", &f.in);
    assert_int_equal(decode(&f), err);
    if (text != NULL)
        assert_string_equal(f.text, text);
    end(&f);
}

static void test_definitions(void **state) {
    (void)state;
    check_definitions(GOB_TYPES_MAX, 0, OC_OK, NULL);
    check_definitions(GOB_TYPES_MAX + 1, 0, OC_ELIMIT, "a stream defines too many types");
    check_definitions(100, GOB_NAME_MAX_BYTES, OC_OK, NULL);
    check_definitions(GOB_TYPES_MAX, GOB_NAME_MAX_BYTES, OC_ELIMIT, "a stream defines too many types");
    check_definitions(1, GOB_NAME_MAX_BYTES + 1, OC_EMALFORMED,
                      "a name in a type's definition is not allowed");
}

// A list of one-byte elements, which are far bigger in a tree.
static void check_elements(size_t count, size_t tree_max_bytes, oc_err err) {
    fixture f;
    buf content;
    begin(&f, tree_max_bytes);
    buf_init(&content, STREAM_MAX_BYTES);
    put_list_definition(&f.in, FIRST_ID, 0);
    put_number(&content, FIRST_ID << 1);
    put(&content, 0);
    put_number(&content, count);
    for (size_t i = 0; i < count; i++)
        put(&content, 2);
    put_message(&f.in, &content);
    wire_bytes("03 04 00 0a", &f.in);
    assert_int_equal(decode(&f), err);
    if (err == OC_OK)
        assert_int_equal(f.value.list.count, count);
    // The stream goes on behind it.
    arena_free(&f.tree);
    assert_int_equal(decode(&f), OC_OK);
    assert_int_equal(f.value.integer, 5);
    buf_free(&content);
    end(&f);
}

static void test_elements(void **state) {
    (void)state;
    check_elements(10000, TREE_MAX_BYTES, OC_OK);
    check_elements(60000, TREE_MAX_BYTES, OC_ELIMIT);
    check_elements(10000, 10000 * sizeof(gob_value), OC_OK);
    check_elements(10000, 10000 * sizeof(gob_value) - 1, OC_ELIMIT);
}

// Each element repeats a definition, which cuts the message.
static void check_cuts(size_t cuts, oc_err err) {
    static const char DEFINED[] = "01 61 ff81 02 01 02 ff82 00 01 04 00 00";
    fixture f;
    buf content;
    begin(&f, TREE_MAX_BYTES);
    buf_init(&content, STREAM_MAX_BYTES);
    wire_bytes("0b 7f 02 01 02 ff80 00 01 10 00 00", &f.in);
    wire_bytes("ff80 00", &content);
    put_number(&content, cuts);
    for (size_t i = 0; i < cuts; i++) {
        wire_bytes(DEFINED, &content);
        put_message(&f.in, &content);
        wire_bytes("ff82 02 00 00", &content);
    }
    put_message(&f.in, &content);
    assert_int_equal(decode(&f), err);
    if (err == OC_OK)
        assert_int_equal(f.in.len, 0);
    buf_free(&content);
    end(&f);
}

static void test_cuts(void **state) {
    (void)state;
    check_cuts(1000, OC_OK);
    check_cuts(GOB_TYPES_MAX + 1, OC_ELIMIT);
}

static void test_encoder(void **state) {
    static gob_type types[GOB_TYPES_MAX + 1];
    const gob_value empty = {.kind = GOB_SLICE};
    gob_encoder *e = gob_encoder_create();
    buf out;
    (void)state;
    buf_init(&out, STREAM_MAX_BYTES);
    for (size_t i = 0; i <= GOB_TYPES_MAX; i++) {
        types[i] = (gob_type){.kind = GOB_SLICE, .name = "", .elem = &GOB_T_INT};
        assert_int_equal(gob_encode(e, &types[i], &empty, &out), i < GOB_TYPES_MAX ? OC_OK : OC_ELIMIT);
    }
    buf_free(&out);
    gob_encoder_destroy(e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definitions),
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_encoder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
