// SPDX-License-Identifier: Apache-2.0
// What the decoder does with bytes that are broken, and with values that are beyond a limit.
#include "wire/gob.h"

#include "wire_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TREE_MAX_BYTES = 1 << 20, STREAM_MAX_BYTES = 16 << 20 };

#define LIST_OF_STRING "0b 7f 02 01 02 ff80 00 01 0c 00 00 "
#define OBJECT "0d 7f 04 01 02 ff80 00 01 0c 01 10 00 00 "
#define STRUCT "11 7f 03 01 02 ff80 00 01 01 01 01 \"A\" 01 04 00 00 00 "

typedef struct row {
    const char *what, *stream;
    oc_err err;
    size_t used; // of the value that fails: 0 means that the stream ends
    const char *text;
} row;

static const row ROWS[] = {
    {"length of 9 bytes", "f7 01 01 01 01 01 01 01 01 01", OC_EMALFORMED, 0,
     "the length of a message is no number"},
    {"length over the limit", "fc 08 00 00 01 04", OC_ELIMIT, 0, "a message is too long"},
    {"length of 64 bits", "f8 ff ff ff ff ff ff ff ff", OC_ELIMIT, 0, "a message is too long"},
    {"empty message", "00", OC_EMALFORMED, 0, "a message ends within a value"},
    {"no value behind the id", "01 04", OC_EMALFORMED, 0, "a message ends within a value"},
    {"no zero byte", "03 04 01 00", OC_EMALFORMED, 0, "no zero byte stands before a value"},
    {"number is cut", "04 04 00 fe 01", OC_EMALFORMED, 0, "a number is broken"},
    {"number of 9 bytes", "0c 04 00 f7 01 01 01 01 01 01 01 01 01", OC_EMALFORMED, 0, "a number is broken"},
    {"string is longer than its message", "05 0c 00 03 \"ab\"", OC_EMALFORMED, 0,
     "a string is longer than its message"},
    {"string of 2^64-1 bytes", "0c 0c 00 f8 ff ff ff ff ff ff ff ff 61", OC_EMALFORMED, 0,
     "a string is longer than its message"},
    {"bytes follow a value", "04 04 00 02 02", OC_EMALFORMED, 5, "bytes follow a value"},
    {"id 0", "03 00 00 00", OC_EMALFORMED, 0, "a value is of a type that was not defined"},
    {"id of Go's own types", "03 20 00 00", OC_EMALFORMED, 0, "a value is of a type that was not defined"},
    {"id without definition", "04 ff80 00 00", OC_EMALFORMED, 0, "a value is of a type that was not defined"},
    {"id beyond 32 bits", "08 fa 02 00 00 00 00 00 00", OC_EMALFORMED, 0,
     "a value is of a type that was not defined"},
    {"top-level interface with an interface", "0a 10 00 03 \"int\" 10 02 00 00", OC_EMALFORMED, 0,
     "an interface holds an interface"},
    {"definition of a built-in id", "02 03 04", OC_EMALFORMED, 0, "a type has an id that is not allowed"},
    {"definition of the smallest int", "0a f8 ff ff ff ff ff ff ff ff 00", OC_EMALFORMED, 0,
     "a type has an id that is not allowed"},
    {"empty definition", "02 7f 00", OC_EMALFORMED, 0, "a definition is empty"},
    {"unknown kind of definition", "03 7f 08 00", OC_EMALFORMED, 0, "a field's number is beyond its struct"},
    {"slice without element", "09 7f 02 01 02 ff80 00 00 00", OC_EMALFORMED, 0, "a definition is broken"},
    {"map without key", "0b 7f 04 01 02 ff80 00 02 04 00 00", OC_EMALFORMED, 0, "a definition is broken"},
    {"map without value", "0b 7f 04 01 02 ff80 00 01 04 00 00", OC_EMALFORMED, 0, "a definition is broken"},
    {"element of a reserved id", "0b 7f 02 01 02 ff80 00 01 12 00 00", OC_EMALFORMED, 0,
     "a type has an id that is not allowed"},
    {"more fields than bytes", "0b 7f 03 01 02 ff80 00 01 7f 00 00", OC_EMALFORMED, 0,
     "a definition has more fields than bytes"},
    {"fields of 2^64-1", "13 7f 03 01 02 ff80 00 01 f8 ff ff ff ff ff ff ff ff 00 00", OC_EMALFORMED, 0,
     "a definition has more fields than bytes"},
    {"field without a name", "0e 7f 03 01 02 ff80 00 01 01 02 04 00 00 00", OC_EMALFORMED, 0,
     "a field is defined without name or type"},
    {"field without a type", "0f 7f 03 01 02 ff80 00 01 01 01 01 61 00 00 00", OC_EMALFORMED, 0,
     "a field is defined without name or type"},
    {"name with a zero byte", "0d 7f 02 01 01 01 00 01 ff80 00 01 0c 00 00", OC_EMALFORMED, 0,
     "a name in a type's definition is not allowed"},
    {"two kinds in a definition", "0c 7f 02 01 02 ff80 00 01 0c 00 01 00", OC_EMALFORMED, 0,
     "a definition is broken"},
    {"bytes follow a definition", "0c 7f 02 01 02 ff80 00 01 0c 00 00 00", OC_EMALFORMED, 0,
     "bytes follow a definition"},
    {"definition ends early", "08 7f 02 01 02 ff80 00 01 0c", OC_EMALFORMED, 0,
     "a message ends within a value"},
    {"defined twice, differently", LIST_OF_STRING "0b 7f 02 01 02 ff80 00 01 04 00 00 ", OC_EMALFORMED, 0,
     "a type is defined twice, and differently"},
    {"element never defined", "0c 7f 02 01 02 ff80 00 01 ff82 00 00  05 ff80 00 01 00", OC_EMALFORMED, 0,
     "a value is of a type that was not defined"},
    {"more elements than bytes", LIST_OF_STRING "05 ff80 00 7f 00", OC_EMALFORMED, 0,
     "a message ends within a value"},
    {"2^64-1 elements", LIST_OF_STRING "0d ff80 00 f8 ff ff ff ff ff ff ff ff 00", OC_EMALFORMED, 0,
     "a message ends within a value"},
    {"2^64-1 entries", OBJECT "0d ff80 00 f8 ff ff ff ff ff ff ff ff 00", OC_EMALFORMED, 0,
     "a map has too many entries"},
    {"field beyond the struct", STRUCT "05 ff80 02 02 00", OC_EMALFORMED, 0,
     "a field's number is beyond its struct"},
    {"field step of 2^64-1", STRUCT "0d ff80 01 02 f8 ff ff ff ff ff ff ff ff", OC_EMALFORMED, 0,
     "a field's number is beyond its struct"},
    {"struct without an end", STRUCT "04 ff80 01 02", OC_EMALFORMED, 0, "a message ends within a value"},
    {"array of another length", "0d 7f 01 01 02 ff80 00 01 04 01 04 00 00  05 ff80 00 01 00", OC_EMALFORMED,
     0, "an array has another length than its type"},
    {"registered name with a zero byte", OBJECT "0c ff80 00 01 00 02 61 00 04 02 00 00", OC_EMALFORMED, 0,
     "the name of an interface's type is not allowed"},
    {"interface without a type", OBJECT "07 ff80 00 01 00 01 61", OC_EAGAIN, 0,
     NULL}, // the next message may hold it
    {"interface longer than its message", OBJECT "0a ff80 00 01 00 01 61 04 03 00", OC_EMALFORMED, 0,
     "an interface's value is longer than its message"},
    {"interface in an interface", OBJECT "0b ff80 00 01 00 01 61 10 02 00 00", OC_EMALFORMED, 0,
     "an interface holds an interface"},
};

static void check_row(const row *r) {
    gob_decoder *d = gob_decoder_create();
    buf in;
    arena a;
    gob_value v;
    size_t used = 1;
    const char *text = NULL;
    print_message("%s\n", r->what);
    buf_init(&in, TREE_MAX_BYTES);
    arena_init(&a, TREE_MAX_BYTES);
    wire_bytes(r->stream, &in);
    // The first message may be a definition, which is read together with the value.
    assert_int_equal(gob_decode(d, buf_bytes(&in), &used, &a, &v, &text), r->err);
    assert_int_equal(used, r->used);
    assert_int_equal(v.kind, GOB_NIL);
    if (r->text == NULL)
        assert_null(text);
    else
        assert_string_equal(text, r->text);
    arena_free(&a);
    buf_free(&in);
    gob_decoder_destroy(d);
}

static void test_broken_bytes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        check_row(&ROWS[i]);
}

static void test_definition_comes_again(void **state) {
    gob_decoder *d = gob_decoder_create();
    buf in;
    arena a;
    gob_value v;
    size_t used = 0;
    (void)state;
    buf_init(&in, TREE_MAX_BYTES);
    arena_init(&a, TREE_MAX_BYTES);
    wire_bytes(LIST_OF_STRING LIST_OF_STRING "06 ff80 00 01 01 61", &in);
    assert_int_equal(gob_decode(d, buf_bytes(&in), &used, &a, &v, NULL), OC_OK);
    assert_int_equal(used, in.len);
    assert_int_equal(v.list.count, 1);
    arena_free(&a);
    buf_free(&in);
    gob_decoder_destroy(d);
}

// --- limits: what is too deep or too big is skipped, and the stream goes on ---

static void append(buf *b, const char *notation) {
    wire_bytes(notation, b);
}

// A message from its content.
static void append_message(buf *out, const buf *content) {
    if (content->len >= 0x80)
        assert_int_equal(buf_printf(out, "%c%c%c%c", 0xfd, (int)(content->len >> 16),
                                    (int)(content->len >> 8) & 0xff, (int)content->len & 0xff),
                         OC_OK);
    else
        assert_int_equal(buf_append_byte(out, (uint8_t)content->len), OC_OK);
    assert_int_equal(buf_append(out, buf_bytes(content).data, content->len), OC_OK);
}

// A list type of itself ("type T []T") and a value of it, nested deep; then the number 5.
static void make_nested_lists(buf *out, size_t depth) {
    buf value;
    buf_init(&value, STREAM_MAX_BYTES);
    append(out, "0c 7f 02 01 02 ff80 00 01 ff80 00 00");
    append(&value, "ff80 00");
    for (size_t i = 1; i < depth; i++)
        assert_int_equal(buf_append_byte(&value, 1), OC_OK);
    assert_int_equal(buf_append_byte(&value, 0), OC_OK);
    append_message(out, &value);
    append(out, "03 04 00 0a");
    buf_free(&value);
}

// JSON objects in JSON objects, as a user's props may be; innermost is a definition that the stream needs
// later on.
static void make_nested_objects(buf *out, size_t depth) {
    buf inner, outer;
    buf_init(&inner, STREAM_MAX_BYTES);
    buf_init(&outer, STREAM_MAX_BYTES);
    append(out, OBJECT);
    append(&inner, "00 01 01 \"k\" 01 \"s\" ff81 02 01 02 ff82 00 01 0c 00 00 06 ff82 03 00 01 00");
    for (size_t i = 1; i < depth; i++) {
        // The count of each level ends where the definition does; what is behind it is the same for all.
        size_t len = inner.len - 7;
        append(&outer, "00 01 01 \"k\" 01 \"m\" ff80");
        assert_int_equal(len < 0x80 ? buf_append_byte(&outer, (uint8_t)len)
                                    : buf_printf(&outer, "%c%c%c%c", 0xfd, (int)(len >> 16),
                                                 (int)(len >> 8) & 0xff, (int)len & 0xff),
                         OC_OK);
        assert_int_equal(buf_append(&outer, buf_bytes(&inner).data, inner.len), OC_OK);
        buf_clear(&inner);
        assert_int_equal(buf_append(&inner, buf_bytes(&outer).data, outer.len), OC_OK);
        buf_clear(&outer);
    }
    append(&outer, "ff80");
    assert_int_equal(buf_append(&outer, buf_bytes(&inner).data, inner.len), OC_OK);
    append_message(out, &outer);
    append(out, "06 ff82 00 01 01 \"z\"");
    buf_free(&inner);
    buf_free(&outer);
}

typedef struct limit_row {
    const char *what;
    void (*make)(buf *out, size_t depth);
    size_t depth;
    size_t arena_bytes;
    oc_err err;
    bool goes_on;
} limit_row;

static const limit_row LIMITS[] = {
    {"as deep as allowed", make_nested_lists, GOB_DEPTH_MAX, TREE_MAX_BYTES, OC_OK, true},
    {"one too deep", make_nested_lists, GOB_DEPTH_MAX + 1, TREE_MAX_BYTES, OC_ELIMIT, true},
    {"deep as no user's JSON", make_nested_lists, 60000, TREE_MAX_BYTES, OC_ELIMIT, true},
    {"absurdly deep", make_nested_lists, 1000000, TREE_MAX_BYTES, OC_ELIMIT, false},
    {"objects as deep as allowed", make_nested_objects, GOB_DEPTH_MAX - 1, TREE_MAX_BYTES, OC_OK, true},
    {"objects too deep", make_nested_objects, GOB_DEPTH_MAX, TREE_MAX_BYTES, OC_ELIMIT, true},
    {"objects far too deep", make_nested_objects, 1000, TREE_MAX_BYTES, OC_ELIMIT, true},
    {"arena too small", make_nested_objects, 20, 1000, OC_ELIMIT, true},
    {"arena too small for anything", make_nested_lists, 3, 0, OC_ELIMIT, true},
};

static void check_limit(const limit_row *r) {
    gob_decoder *d = gob_decoder_create();
    buf in;
    arena a;
    gob_value v;
    size_t used = 0;
    const char *text = NULL;
    print_message("%s\n", r->what);
    buf_init(&in, STREAM_MAX_BYTES);
    arena_init(&a, r->arena_bytes);
    r->make(&in, r->depth);
    assert_int_equal(gob_decode(d, buf_bytes(&in), &used, &a, &v, &text), r->err);
    assert_true((text != NULL) == (r->err != OC_OK));
    assert_true((used > 0) == r->goes_on);
    if (r->goes_on) {
        buf_consume(&in, used);
        arena_free(&a);
        arena_init(&a, TREE_MAX_BYTES);
        assert_int_equal(gob_decode(d, buf_bytes(&in), &used, &a, &v, &text), OC_OK);
        assert_int_equal(used, in.len);
    }
    arena_free(&a);
    buf_free(&in);
    gob_decoder_destroy(d);
}

static void test_limits(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++)
        check_limit(&LIMITS[i]);
}

// Little by little: a big message costs nothing until it is there.
static void test_again_is_cheap(void **state) {
    gob_decoder *d = gob_decoder_create();
    arena a;
    gob_value v;
    size_t used = 0;
    uint8_t *big = calloc(1, 1 << 20);
    (void)state;
    arena_init(&a, TREE_MAX_BYTES);
    memcpy(big, "\xfd\x0f\xff\xf0\x0a\x00\xfd\x0f\xff\xea", 10);
    size_t len = 4 + 0x0ffff0;
    for (size_t there = 0; there < len; there += 7) {
        assert_int_equal(gob_decode(d, bytes_of(big, there), &used, &a, &v, NULL), OC_EAGAIN);
        assert_int_equal(used, 0);
        assert_int_equal(a.used_bytes, 0);
    }
    assert_int_equal(gob_decode(d, bytes_of(big, len), &used, &a, &v, NULL), OC_OK);
    assert_int_equal(used, len);
    assert_int_equal(v.text.len, 0x0fffea);
    free(big);
    arena_free(&a);
    gob_decoder_destroy(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broken_bytes),
        cmocka_unit_test(test_definition_comes_again),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_again_is_cheap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
