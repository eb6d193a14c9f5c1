// SPDX-License-Identifier: Apache-2.0
// Decoding what Go's encoder wrote, and encoding it again.
#include "wire/gob.h"

#include "wire_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TREE_MAX_BYTES = 1 << 20 };

// A stream of one or more values, written by Go 1.26 except where said.
typedef struct row {
    const char *what, *stream;
    const char *values;   // each followed by a line feed
    bool is_encoded_same; // our encoder writes the same bytes again
} row;

#define LEAF "ff99 03 01 01 04 \"Leaf\" 01 ff9a 00 01 01 01 01 \"V\" 01 04 00 00 00"
#define LEAF2 "ff9b 03 01 01 05 \"Leaf2\" 01 ff9c 00 01 02 01 01 \"W\" 01 0c 00 01 01 \"X\" 01 10 00 00 00"
#define NODE "18 ff97 03 01 01 04 \"Node\" 01 ff98 00 01 01 01 01 \"X\" 01 10 00 00 00"
#define LIST "ff93 02 01 01 0e \"[]interface {}\" 01 ff94 00 01 10 00 00"
#define OBJECT "ff95 04 01 02 ff96 00 01 0c 01 10 00 00"

static const row ROWS[] = {
    {"int 7", "03 04 00 0e", "7\n", true},
    {"int 200", "05 04 00 fe 01 90", "200\n", true},
    {"int -1", "03 04 00 01", "-1\n", true},
    {"int -65", "04 04 00 ff 81", "-65\n", true},
    {"largest int", "0b 04 00 f8 ff ff ff ff ff ff ff fe", "9223372036854775807\n", true},
    {"smallest int", "0b 04 00 f8 ff ff ff ff ff ff ff ff", "-9223372036854775808\n", true},
    {"uint 0", "03 06 00 00", "0u\n", true},
    {"uint 127", "03 06 00 7f", "127u\n", true},
    {"uint 128", "04 06 00 ff 80", "128u\n", true},
    {"uint 256", "05 06 00 fe 01 00", "256u\n", true},
    {"uint 2^32", "08 06 00 fb 01 00 00 00 00", "4294967296u\n", true},
    {"largest uint", "0b 06 00 f8 ff ff ff ff ff ff ff ff", "18446744073709551615u\n", true},
    {"float 1.5", "05 08 00 fe f8 3f", "1.5f\n", true},
    {"float -2", "04 08 00 ff c0", "-2f\n", true},
    {"float -0", "04 08 00 ff 80", "-0f\n", true},
    {"infinity", "05 08 00 fe f0 7f", "inff\n", true},
    {"float 0.1", "0b 08 00 f8 9a 99 99 99 99 99 b9 3f", "0.1f\n", true},
    {"true, false", "03 02 00 01  03 02 00 00", "true\nfalse\n", true},
    {"strings", "05 0c 00 02 \"hi\"  03 0c 00 00", "\"hi\"\n\"\"\n", true},
    {"bytes", "05 0a 00 02 61 00", "b\"a\\00\"\n", true},
    {"complex", "07 0e 00 fe f0 3f ff c0", "(1,-2)c\n", true},
    {"[]string", "0b 7f 02 01 02 ff80 00 01 0c 00 00  07 ff80 00 02 01 \"a\" 00  04 ff80 00 00",
     "[\"a\" \"\"]\n[]\n", true},
    {"[2]int", "0d 7f 01 01 02 ff80 00 01 04 01 04 00 00  06 ff80 00 02 00 0a", "[0 5]\n", true},
    {"map", "0d 7f 04 01 02 ff80 00 01 0c 01 04 00 00  07 ff80 00 01 01 \"k\" 00  04 ff80 00 00",
     "map[\"k\":0]\nmap[]\n", true},
    {"empty struct", "09 7f 03 01 02 ff80 00 00 00  03 ff80 00", "{}\n", true},
    {"first call and second", // the notes' worked example
     "2e 7f 03 01 01 07 \"Request\" 01 ff80 00 01 02 01 0d \"ServiceMethod\" 01 0c 00 01 03 \"Seq\" 01 06 00 "
     "00 00 "
     "16 ff80 01 11 \"Plugin.CreatePost\" 00 "
     "23 ff81 03 01 01 0e \"CreatePostArgs\" 01 ff82 00 01 01 01 01 \"A\" 01 ff84 00 00 00 "
     "37 ff83 03 01 01 04 \"Post\" 01 ff84 00 01 03 01 06 \"UserId\" 01 0c 00 01 09 \"ChannelId\" 01 0c 00 "
     "01 07 \"Message\" 01 0c 00 00 00 "
     "11 ff82 01 01 02 \"u1\" 01 02 \"c1\" 01 02 \"hi\" 00 00 "
     "18 ff80 01 11 \"Plugin.CreatePost\" 01 01 00  11 ff82 01 01 02 \"u1\" 01 02 \"c1\" 01 02 \"yo\" 00 00",
     "Request{ServiceMethod:\"Plugin.CreatePost\"}\n"
     "CreatePostArgs{A:Post{UserId:\"u1\" ChannelId:\"c1\" Message:\"hi\"}}\n"
     "Request{ServiceMethod:\"Plugin.CreatePost\" Seq:1u}\n"
     "CreatePostArgs{A:Post{UserId:\"u1\" ChannelId:\"c1\" Message:\"yo\"}}\n",
     true},
    {"recursive types",
     "2e ff85 03 01 01 03 \"Rec\" 01 ff86 00 01 03 01 04 \"Name\" 01 0c 00 01 04 \"Next\" 01 ff86 00 "
     "01 04 \"Kids\" 01 ff88 00 00 00  19 ff87 02 01 01 0a \"[]main.Rec\" 01 ff88 00 01 ff86 00 00 "
     "12 ff86 01 01 61 01 01 01 62 00 01 02 00 01 01 63 00 00  06 ff86 01 01 64 00",
     "Rec{Name:\"a\" Next:Rec{Name:\"b\"} Kids:[Rec{} Rec{Name:\"c\"}]}\nRec{Name:\"d\"}\n", false},
    {"a definition cuts the message", // the notes' OnActivate that fails
     "27 ff8b 03 01 01 13 \"Z_OnActivateReturns\" 01 ff8c 00 01 01 01 01 \"A\" 01 10 00 00 00 "
     "41 ff8c 01 13 \"*plugin.ErrorString\" ff8d 03 01 01 0b \"ErrorString\" 01 ff8e 00 01 02 01 04 \"Code\" "
     "01 04 00 01 03 \"Err\" 01 0c 00 00 00  09 ff8e 05 02 02 \"no\" 00 00",
     "Z_OnActivateReturns{A:<*plugin.ErrorString>ErrorString{Err:\"no\"}}\n", false},
    {"cut once, not again",
     NODE " 20 ff98 01 04 \"leaf\" " LEAF " 07 ff9a 03 01 0e 00 00 "
          "0f ff98 01 04 \"leaf\" ff9a 03 01 10 00 00",
     "Node{X:<leaf>Leaf{V:7}}\nNode{X:<leaf>Leaf{V:8}}\n", false},
    {"a definition inside another interface", // the rest follows in the same message, with a count of its own
     NODE " 28 ff98 01 05 \"leaf2\" " LEAF2 " 2d ff9c 21 01 01 \"w\" 01 04 \"leaf\" " LEAF
          " 07 ff9a 03 01 12 00 00 00  11 ff98 01 05 \"leaf2\" ff9c 04 01 01 \"v\" 00 00",
     "Node{X:<leaf2>Leaf2{W:\"w\" X:<leaf>Leaf{V:9}}}\nNode{X:<leaf2>Leaf2{W:\"v\"}}\n", false},
    {"definitions at several depths",
     NODE " ff d6 ff98 01 04 \"node\" ff98 ffc9 01 04 \"node\" ff98 26 01 05 \"leaf2\" " LEAF2
          " ff97 ff9c 2f 01 01 \"w\" 01 0e \"[]interface {}\" " LIST " 63 ff94 1f 00 02 04 \"leaf\" " LEAF
          " 2c ff9a 03 01 12 00 17 \"map[string]interface {}\" " OBJECT
          " 12 ff96 0f 00 01 01 \"z\" 04 \"leaf\" ff9a 03 01 14 00 00 00 00 00  07 0c 00 04 \"next\"",
     "Node{X:<node>Node{X:<node>Node{X:<leaf2>Leaf2{W:\"w\" X:<[]interface {}>[<leaf>Leaf{V:9} "
     "<map[string]interface {}>map[\"z\":<leaf>Leaf{V:10}]]}}}}\n\"next\"\n",
     false},
    {"more elements than the first message has bytes",
     "1c " LIST " 21 ff94 00 04 04 \"leaf\" " LEAF " 2b ff9a 03 01 02 00 05 \"leaf2\" " LEAF2
     " 36 ff9c 0d 02 04 \"leaf\" ff9a 03 01 04 00 00 17 \"map[string]interface {}\" " OBJECT
     " 27 ff96 10 00 01 01 \"a\" 06 \"string\" 0c 03 00 01 \"b\" 08 \"[]string\" 7f 02 01 02 ff80 00 01 0c "
     "00 00 "
     "07 ff80 04 00 01 01 \"s\"  03 04 00 0a",
     "[<leaf>Leaf{V:1} <leaf2>Leaf2{X:<leaf>Leaf{V:2}} <map[string]interface {}>map[\"a\":<string>\"b\"] "
     "<[]string>[\"s\"]]\n5\n",
     false},
    {"JSON with null",
     "0e " OBJECT " 71 ff96 00 01 01 \"k\" 17 \"map[string]interface {}\" ff96 2f 00 01 01 \"l\" "
     "0e \"[]interface {}\" " LIST " 20 ff94 1d 00 03 07 \"float64\" 08 04 00 fe f8 3f 00 06 \"string\" "
     "0c 03 00 01 \"t\"  23 ff96 00 01 01 \"m\" 0e \"[]interface {}\" ff94 0b 00 01 04 \"bool\" 02 02 00 00",
     "map[\"k\":<map[string]interface {}>map[\"l\":<[]interface {}>[<float64>1.5f nil <string>\"t\"]]]\n"
     "map[\"m\":<[]interface {}>[<bool>false]]\n",
     false},
    {"opaque kinds", // time.Time is a GobEncoder; url.URL a BinaryMarshaler, its definition repeats another id
     "0f 7f 05 01 01 04 \"Time\" 01 ff80 00 00 00  06 ff80 00 02 01 02 "
     "0a ff91 06 01 02 ff9a 00 00 00  07 ff92 00 03 \"/a?\"",
     "o\"\\01\\02\"\no\"/a?\"\n", false},
    {"every kind of field, zero",
     "1e 7f 03 01 01 03 \"All\" 01 ff80 00 01 02 01 01 \"A\" 01 ff82 00 01 01 \"M\" 01 ff84 00 00 00 "
     "0e ff81 01 01 02 ff82 00 01 04 01 04 00 00  0e ff83 04 01 02 ff84 00 01 0c 01 04 00 00 "
     "09 ff80 01 02 00 00 01 00 00",
     "All{A:[0 0] M:map[]}\n", true},
};

static void decode_next(gob_decoder *d, buf *in, arena *a, gob_value *out) {
    size_t used = 0;
    const char *text = NULL;
    assert_int_equal(gob_decode(d, buf_bytes(in), &used, a, out, &text), OC_OK);
    assert_true(used > 0 && used <= in->len);
    assert_null(text);
    buf_consume(in, used);
}

static void show_line(const gob_value *v, buf *out) {
    wire_show(v, out);
    assert_int_equal(buf_append_byte(out, '\n'), OC_OK);
}

static void check_text(buf *shown, const char *expected) {
    char *text = buf_take_str(shown);
    assert_string_equal(text, expected);
    free(text);
}

static void test_decode(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        print_message("%s\n", ROWS[i].what);
        gob_decoder *d = gob_decoder_create();
        buf in, shown;
        buf_init(&in, TREE_MAX_BYTES);
        buf_init(&shown, TREE_MAX_BYTES);
        wire_bytes(ROWS[i].stream, &in);
        while (in.len > 0) {
            arena a;
            gob_value v;
            arena_init(&a, TREE_MAX_BYTES);
            decode_next(d, &in, &a, &v);
            show_line(&v, &shown);
            arena_free(&a);
        }
        check_text(&shown, ROWS[i].values);
        buf_free(&in);
        gob_decoder_destroy(d);
    }
}

// What we encode reads the same, and is the same where the row says so.
static void test_encode_again(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        print_message("%s\n", ROWS[i].what);
        gob_decoder *d = gob_decoder_create(), *again = gob_decoder_create();
        gob_encoder *e = gob_encoder_create();
        buf in, original, ours, shown;
        arena a;
        gob_value v;
        buf_init(&in, TREE_MAX_BYTES);
        buf_init(&original, TREE_MAX_BYTES);
        buf_init(&ours, TREE_MAX_BYTES);
        buf_init(&shown, TREE_MAX_BYTES);
        arena_init(&a, TREE_MAX_BYTES);
        wire_bytes(ROWS[i].stream, &in);
        wire_bytes(ROWS[i].stream, &original);
        while (in.len > 0) {
            decode_next(d, &in, &a, &v);
            assert_int_equal(gob_encode(e, v.type, &v, &ours), OC_OK);
        }
        if (ROWS[i].is_encoded_same)
            assert_true(bytes_equal(buf_bytes(&ours), buf_bytes(&original)));
        while (ours.len > 0) {
            decode_next(again, &ours, &a, &v);
            show_line(&v, &shown);
        }
        check_text(&shown, ROWS[i].values);
        arena_free(&a);
        buf_free(&in);
        buf_free(&original);
        buf_free(&ours);
        gob_encoder_destroy(e);
        gob_decoder_destroy(again);
        gob_decoder_destroy(d);
    }
}

// The stream comes byte for byte: nothing is used until a value is there, and the values are the same.
static void test_in_pieces(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        print_message("%s\n", ROWS[i].what);
        gob_decoder *d = gob_decoder_create();
        buf in, shown;
        arena a;
        size_t start = 0;
        buf_init(&in, TREE_MAX_BYTES);
        buf_init(&shown, TREE_MAX_BYTES);
        arena_init(&a, TREE_MAX_BYTES);
        wire_bytes(ROWS[i].stream, &in);
        for (size_t end = 0; end <= in.len; end++) {
            gob_value v;
            size_t used = 0, there = end - start;
            // A copy of the exact size, so that the sanitizer sees a read behind it.
            uint8_t *copy = malloc(there > 0 ? there : 1);
            memcpy(copy, buf_bytes(&in).data + start, there);
            oc_err err = gob_decode(d, bytes_of(copy, there), &used, &a, &v, NULL);
            if (err == OC_OK)
                show_line(&v, &shown);
            else
                assert_int_equal(err, OC_EAGAIN);
            assert_int_equal(used, err == OC_OK ? there : 0);
            start += used;
            free(copy);
        }
        check_text(&shown, ROWS[i].values);
        arena_free(&a);
        buf_free(&in);
        gob_decoder_destroy(d);
    }
}

static void test_get(void **state) {
    static const char *names[] = {"A", "B"};
    gob_value items[] = {{.kind = GOB_INT, .integer = 1}, {.kind = GOB_BOOL, .boolean = true}};
    gob_value v = {.kind = GOB_STRUCT, .list = {.names = names, .items = items, .count = 2}};
    (void)state;
    assert_ptr_equal(gob_get(&v, "B"), &items[1]);
    assert_null(gob_get(&v, "C"));
    assert_null(gob_get(&items[0], "A"));
    assert_null(gob_get(NULL, "A"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_encode_again),
        cmocka_unit_test(test_in_pieces),
        cmocka_unit_test(test_get),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
