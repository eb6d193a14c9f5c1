// SPDX-License-Identifier: Apache-2.0
// Encoding with types from a table: what is left out, what is refused, what is taken back.
#include "wire/gob.h"

#include "wire_text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { OUT_MAX_BYTES = 1 << 16 };

// --- a struct with a field of each kind ---

static const gob_type STRINGS = {.kind = GOB_SLICE, .name = "", .elem = &GOB_T_STRING};
static const gob_type COUNTS = {.kind = GOB_MAP, .name = "", .key = &GOB_T_STRING, .elem = &GOB_T_INT};
static const gob_type PAIR = {.kind = GOB_ARRAY, .name = "", .elem = &GOB_T_INT, .length = 2};
static const gob_type TIME = {.kind = GOB_OPAQUE, .name = "Time", .opaque_wire_field = 4};
static const gob_type INNER = {.kind = GOB_STRUCT, .name = "Inner"};
static const gob_type OBJECT = {.kind = GOB_MAP, .name = "", .key = &GOB_T_STRING, .elem = &GOB_T_INTERFACE};
static const gob_field FIELDS[] = {
    {"Bool", &GOB_T_BOOL},       {"Int", &GOB_T_INT},       {"Uint", &GOB_T_UINT},
    {"Float", &GOB_T_FLOAT},     {"Bytes", &GOB_T_BYTES},   {"String", &GOB_T_STRING},
    {"Complex", &GOB_T_COMPLEX}, {"Any", &GOB_T_INTERFACE}, {"Strings", &STRINGS},
    {"Counts", &COUNTS},         {"Pair", &PAIR},           {"Time", &TIME},
    {"Inner", &INNER},
};
enum { FIELD_COUNT = sizeof FIELDS / sizeof FIELDS[0] };
static const gob_type ALL = {.kind = GOB_STRUCT, .name = "All", .fields = FIELDS, .field_count = FIELD_COUNT};

static gob_value struct_of(const char **names, gob_value *items, size_t count) {
    return (gob_value){.kind = GOB_STRUCT, .list = {.names = names, .items = items, .count = count}};
}

// The value message that the struct with one field makes behind its definitions.
static oc_err encode_field(const char *field, gob_value item, const gob_type *type, buf *out) {
    gob_encoder *e = gob_encoder_create();
    const char *names[] = {field};
    gob_value empty = struct_of(NULL, NULL, 0), v = struct_of(names, &item, 1);
    assert_int_equal(gob_encode(e, type, &empty, out), OC_OK);
    buf_clear(out);
    oc_err err = gob_encode(e, type, &v, out);
    gob_encoder_destroy(e);
    return err;
}

typedef struct row {
    const char *field;
    gob_value item;
    const char *message; // NULL: OC_ETYPE
} row;

#define LEFT_OUT "03 ff80 00"
#define TEXT(t)                                                                                              \
    { .data = (const uint8_t *)(t), .len = sizeof(t) - 1 }

static gob_value ONE_TWO[] = {{.kind = GOB_INT, .integer = 1}, {.kind = GOB_INT, .integer = 0}};
static gob_value KEY_ONE[] = {{.kind = GOB_STRING, .text = TEXT("k")}, {.kind = GOB_INT, .integer = 1}};
static gob_value A_AND_EMPTY[] = {{.kind = GOB_STRING, .text = TEXT("a")}, {.kind = GOB_STRING}};
static gob_value HELD_INT[] = {{.kind = GOB_INT, .type = &GOB_T_INT, .integer = 3}};
static gob_value HELD_WITHOUT_TYPE[] = {{.kind = GOB_INT, .integer = 3}};
static gob_value HELD_MISMATCH[] = {{.kind = GOB_INT, .type = &GOB_T_UINT, .integer = 3}};
static gob_value HELD_INTERFACE[] = {{.kind = GOB_INTERFACE, .type = &GOB_T_INTERFACE}};

static const row ROWS[] = {
    {"Bool", {.kind = GOB_BOOL}, LEFT_OUT},
    {"Bool", {.kind = GOB_BOOL, .boolean = true}, "05 ff80 01 01 00"},
    {"Int", {.kind = GOB_INT}, LEFT_OUT},
    {"Int", {.kind = GOB_INT, .integer = -1}, "05 ff80 02 01 00"},
    {"Uint", {.kind = GOB_UINT}, LEFT_OUT},
    {"Uint", {.kind = GOB_UINT, .uinteger = 1}, "05 ff80 03 01 00"},
    {"Float", {.kind = GOB_FLOAT}, LEFT_OUT},
    {"Float", {.kind = GOB_FLOAT, .number = -0.0}, LEFT_OUT},
    {"Float", {.kind = GOB_FLOAT, .number = 1.5}, "07 ff80 04 fe f8 3f 00"},
    {"Bytes", {.kind = GOB_BYTES}, LEFT_OUT},
    {"Bytes", {.kind = GOB_BYTES, .text = TEXT("b")}, "06 ff80 05 01 \"b\" 00"},
    {"String", {.kind = GOB_STRING}, LEFT_OUT},
    {"String", {.kind = GOB_STRING, .text = TEXT("s")}, "06 ff80 06 01 \"s\" 00"},
    {"Complex", {.kind = GOB_COMPLEX}, LEFT_OUT},
    {"Complex", {.kind = GOB_COMPLEX, .parts = {0, -2}}, "07 ff80 07 00 ff c0 00"},
    {"Any", {.kind = GOB_NIL}, LEFT_OUT},
    {"Any",
     {.kind = GOB_INTERFACE, .list = {.name = "int", .items = HELD_INT, .count = 1}},
     "0c ff80 08 03 \"int\" 04 02 00 06 00"},
    {"Strings", {.kind = GOB_SLICE}, LEFT_OUT},
    {"Strings",
     {.kind = GOB_SLICE, .list = {.items = A_AND_EMPTY, .count = 2}},
     "08 ff80 09 02 01 \"a\" 00 00"},
    {"Counts", {.kind = GOB_MAP}, "05 ff80 0a 00 00"}, // present and empty: Go tells it from nil
    {"Counts", {.kind = GOB_MAP, .list = {.items = KEY_ONE, .count = 1}}, "08 ff80 0a 01 01 \"k\" 02 00"},
    {"Pair", {.kind = GOB_ARRAY, .list = {.items = ONE_TWO, .count = 2}}, "07 ff80 0b 02 02 00 00"},
    {"Time", {.kind = GOB_OPAQUE, .text = TEXT("t")}, "06 ff80 0c 01 \"t\" 00"},
    {"Inner", {.kind = GOB_STRUCT}, "05 ff80 0d 00 00"},
    {"String", {.kind = GOB_NIL}, LEFT_OUT},
    {"String", {.kind = GOB_BYTES, .text = TEXT("b")}, NULL},
    {"Int", {.kind = GOB_UINT, .uinteger = 1}, NULL},
    {"Uint", {.kind = GOB_INT, .integer = 1}, NULL},
    {"Pair", {.kind = GOB_ARRAY, .list = {.items = ONE_TWO, .count = 1}}, NULL},
    {"Pair", {.kind = GOB_SLICE, .list = {.items = ONE_TWO, .count = 2}}, NULL},
    {"Strings", {.kind = GOB_SLICE, .list = {.items = ONE_TWO, .count = 2}}, NULL},
    {"Counts", {.kind = GOB_MAP, .list = {.items = ONE_TWO, .count = 1}}, NULL},
    {"Any", {.kind = GOB_INT, .integer = 1}, NULL},
    {"Any", {.kind = GOB_INTERFACE, .list = {.name = "", .items = HELD_INT, .count = 1}}, NULL},
    {"Any", {.kind = GOB_INTERFACE, .list = {.name = "int", .items = HELD_INT, .count = 0}}, NULL},
    {"Any", {.kind = GOB_INTERFACE, .list = {.name = "int", .items = HELD_WITHOUT_TYPE, .count = 1}}, NULL},
    {"Any", {.kind = GOB_INTERFACE, .list = {.name = "int", .items = HELD_MISMATCH, .count = 1}}, NULL},
    {"Any", {.kind = GOB_INTERFACE, .list = {.name = "any", .items = HELD_INTERFACE, .count = 1}}, NULL},
    {"Other", {.kind = GOB_INT, .integer = 1}, NULL},
};

static void test_fields(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        buf out, expected;
        print_message("%zu %s\n", i, ROWS[i].field);
        buf_init(&out, OUT_MAX_BYTES);
        buf_init(&expected, OUT_MAX_BYTES);
        oc_err err = encode_field(ROWS[i].field, ROWS[i].item, &ALL, &out);
        assert_int_equal(err, ROWS[i].message != NULL ? OC_OK : OC_ETYPE);
        if (ROWS[i].message != NULL)
            wire_bytes(ROWS[i].message, &expected);
        assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&expected)));
        buf_free(&out);
        buf_free(&expected);
    }
}

static void check_items(const char **names, size_t count, const char *message) {
    gob_encoder *e = gob_encoder_create();
    gob_value items[] = {{.kind = GOB_BOOL, .boolean = true},
                         {.kind = GOB_BOOL, .boolean = true},
                         {.kind = GOB_BOOL, .boolean = true}};
    static const gob_field fields[] = {{"A", &GOB_T_BOOL}, {"B", &GOB_T_BOOL}, {"C", &GOB_T_BOOL}};
    static const gob_type type = {.kind = GOB_STRUCT, .name = "", .fields = fields, .field_count = 3};
    gob_value empty = struct_of(NULL, NULL, 0), v = struct_of(names, items, count);
    buf out, expected;
    buf_init(&out, OUT_MAX_BYTES);
    buf_init(&expected, OUT_MAX_BYTES);
    assert_int_equal(gob_encode(e, &type, &empty, &out), OC_OK);
    buf_clear(&out);
    assert_int_equal(gob_encode(e, &type, &v, &out), message != NULL ? OC_OK : OC_ETYPE);
    if (message != NULL)
        wire_bytes(message, &expected);
    assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&expected)));
    buf_free(&out);
    buf_free(&expected);
    gob_encoder_destroy(e);
}

static void test_order_of_items(void **state) {
    (void)state;
    check_items((const char *[]){"A", "C"}, 2, "07 ff80 01 01 02 01 00");
    check_items((const char *[]){"C", "A"}, 2, "07 ff80 01 01 02 01 00");
    check_items((const char *[]){"B", "C", "A"}, 3, "09 ff80 01 01 01 01 01 01 00");
    check_items((const char *[]){"A", "A"}, 2, NULL);
    check_items((const char *[]){"C", "A", "C"}, 3, NULL);
    check_items((const char *[]){"A", "D"}, 2, NULL);
    check_items((const char *[]){"D", "A"}, 2, NULL);
}

// --- definitions ---

// The types of what interfaces hold are defined before the value, however deep they stand.
static void test_held_types_come_first(void **state) {
    gob_value leaf = {.kind = GOB_STRUCT, .type = &INNER};
    gob_value pair[] = {{.kind = GOB_STRING, .text = TEXT("k")},
                        {.kind = GOB_INTERFACE, .list = {.name = "inner", .items = &leaf, .count = 1}}};
    gob_value inner = {.kind = GOB_MAP, .type = &OBJECT, .list = {.items = pair, .count = 1}};
    gob_value outer_pair[] = {
        {.kind = GOB_STRING, .text = TEXT("j")},
        {.kind = GOB_INTERFACE, .list = {.name = "map[string]interface {}", .items = &inner, .count = 1}}};
    gob_value v = {.kind = GOB_MAP, .list = {.items = outer_pair, .count = 1}};
    gob_encoder *e = gob_encoder_create();
    buf out, expected;
    (void)state;
    buf_init(&out, OUT_MAX_BYTES);
    buf_init(&expected, OUT_MAX_BYTES);
    wire_bytes("0d 7f 04 01 02 ff80 00 01 0c 01 10 00 00 "
               "11 ff81 03 01 01 05 \"Inner\" 01 ff82 00 00 00 "
               "2f ff80 00 01 01 \"j\" 17 \"map[string]interface {}\" ff80 0e 00 01 01 \"k\" "
               "05 \"inner\" ff82 01 00",
               &expected);
    assert_int_equal(gob_encode(e, &OBJECT, &v, &out), OC_OK);
    assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&expected)));
    buf_free(&out);
    buf_free(&expected);
    gob_encoder_destroy(e);
}

// An error leaves the buffer as it was, and the definitions are sent with the next value.
static void test_errors_are_taken_back(void **state) {
    gob_encoder *e = gob_encoder_create();
    gob_value bad_items[] = {{.kind = GOB_INT, .integer = 1}};
    gob_value bad = {.kind = GOB_SLICE, .list = {.items = bad_items, .count = 1}};
    gob_value good = {.kind = GOB_SLICE, .list = {.items = A_AND_EMPTY, .count = 1}};
    buf out, expected;
    (void)state;
    buf_init(&out, OUT_MAX_BYTES);
    buf_init(&expected, OUT_MAX_BYTES);
    assert_int_equal(buf_append_str(&out, "before"), OC_OK);
    wire_bytes("\"before\" 0b 7f 02 01 02 ff80 00 01 0c 00 00  06 ff80 00 01 01 \"a\"", &expected);
    assert_int_equal(gob_encode(e, &STRINGS, &bad, &out), OC_ETYPE);
    assert_true(bytes_is(buf_bytes(&out), "before"));
    size_t mark = gob_encoder_mark(e);
    assert_int_equal(gob_encode(e, &STRINGS, &good, &out), OC_OK);
    assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&expected)));
    buf_clear(&out);
    assert_int_equal(gob_encode(e, &STRINGS, &good, &out), OC_OK);
    assert_int_equal(out.len, 7);
    gob_encoder_rewind(e, mark);
    buf_clear(&out);
    assert_int_equal(gob_encode(e, &STRINGS, &good, &out), OC_OK);
    assert_int_equal(out.len, 12 + 7);
    buf_free(&out);
    buf_free(&expected);
    gob_encoder_destroy(e);
}

static void test_limits(void **state) {
    static gob_value nested[GOB_DEPTH_MAX + 1];
    static const gob_type list = {.kind = GOB_SLICE, .name = "", .elem = &list};
    gob_encoder *e = gob_encoder_create();
    gob_value text = {.kind = GOB_STRING, .text = TEXT("twelve bytes")};
    gob_value nil = {.kind = GOB_NIL};
    buf out;
    (void)state;
    buf_init(&out, 12);
    assert_int_equal(gob_encode(e, &GOB_T_STRING, &text, &out), OC_ELIMIT);
    assert_int_equal(out.len, 0);
    assert_int_equal(gob_encode(e, &GOB_T_INTERFACE, &nil, &out), OC_ETYPE);
    buf_free(&out);
    buf_init(&out, OUT_MAX_BYTES);
    for (size_t i = 0; i < GOB_DEPTH_MAX; i++)
        nested[i] = (gob_value){.kind = GOB_SLICE, .list = {.items = &nested[i + 1], .count = 1}};
    nested[GOB_DEPTH_MAX] = (gob_value){.kind = GOB_SLICE};
    assert_int_equal(gob_encode(e, &list, &nested[0], &out), OC_ELIMIT);
    assert_int_equal(gob_encode(e, &list, &nested[1], &out), OC_OK);
    buf_free(&out);
    gob_encoder_destroy(e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_order_of_items),
        cmocka_unit_test(test_held_types_come_first),
        cmocka_unit_test(test_errors_are_taken_back),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
