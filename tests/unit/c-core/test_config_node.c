// SPDX-License-Identifier: Apache-2.0
// A configuration's tree: access, building, merging, and what a scalar means to the key that wants it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "config/read.h"

#include <stdlib.h>

static conf_node *read_good(const char *text) {
    conf_problem problem;
    conf_node *tree = conf_read(bytes_str(text), &problem);
    assert_non_null(tree);
    return tree;
}

// --- the tree -----------------------------------------------------------------------------------------------------

static void test_access(void **state) {
    conf_node *tree = read_good("a: 1\nb: ~\nc: [x]\n");
    size_t index = 9;
    (void)state;
    assert_int_equal(conf_kind_of(tree), CONF_MAP);
    assert_int_equal(conf_count(tree), 3);
    assert_string_equal(conf_key(tree, 1), "b");
    assert_null(conf_key(tree, 3));
    assert_int_equal(conf_key_line(tree, 3), 0);
    assert_null(conf_at(tree, 3));
    assert_null(conf_get(tree, "b"));
    assert_true(conf_find(tree, "b", &index));
    assert_int_equal(index, 1);
    assert_int_equal(conf_kind_of(conf_at(tree, 1)), CONF_NULL);
    assert_false(conf_find(tree, "d", &index));
    assert_null(conf_get(tree, "d"));
    assert_null(conf_get(conf_get(tree, "a"), "x"));
    assert_null(conf_get(conf_get(tree, "c"), "x"));
    assert_null(conf_key(conf_get(tree, "c"), 0));
    assert_string_equal(conf_text(conf_at(conf_get(tree, "c"), 0)), "x");
    assert_string_equal(conf_text(tree), "");
    assert_int_equal(conf_kind_of(NULL), CONF_NULL);
    assert_int_equal(conf_count(NULL), 0);
    assert_int_equal(conf_line(NULL), 0);
    assert_false(conf_is_plain(NULL));
    assert_string_equal(conf_kind_name(CONF_LIST), "a list");
    conf_destroy(tree);
}

static void test_building(void **state) {
    conf_node *map = conf_new_map(0);
    conf_node *list = conf_new_list(0);
    (void)state;
    conf_push(list, conf_new_text("one"));
    conf_push(list, conf_new_scalar(bytes_str("2 and more"), true, 7));
    conf_put(map, "a", 0, conf_new_text("x"));
    conf_put(map, "b", 0, list);
    conf_put(map, "a", 3, conf_new_null(3));
    for (int i = 0; i < 100; i++) {
        char *key = xasprintf("k%d", i);
        conf_put(map, key, i, conf_new_text(key));
        free(key);
    }
    assert_int_equal(conf_count(map), 102);
    assert_int_equal(conf_kind_of(conf_at(map, 0)), CONF_NULL);
    assert_int_equal(conf_key_line(map, 0), 3);
    assert_string_equal(conf_text(conf_get(map, "k99")), "k99");
    assert_int_equal(conf_key_line(map, 101), 99);
    conf_node *copy = conf_copy(map);
    assert_true(conf_equal(map, copy));
    assert_int_equal(conf_line(conf_at(conf_get(copy, "b"), 1)), 7);
    assert_true(conf_is_plain(conf_at(conf_get(copy, "b"), 1)));
    conf_put(copy, "k50", 0, conf_new_text("other"));
    assert_false(conf_equal(map, copy));
    assert_null(conf_copy(NULL));
    conf_destroy(map);
    conf_destroy(copy);
    conf_destroy(NULL);
}

static void test_merge(void **state) {
    static const struct {
        const char *base, *over, *merged;
    } rows[] = {
        {"a: 1\nb: 2", "b: 3\nc: 4", "a: 1\nb: 3\nc: 4"},
        {"a: {x: 1, y: {z: 1, w: 2}}", "a: {y: {z: 9}}", "a: {x: 1, y: {z: 9, w: 2}}"},
        {"a: [1, 2]", "a: [3]", "a: [3]"},
        {"a: [1]", "a: []", "a: []"},
        {"a: {x: 1}", "a: 2", "a: 2"},
        {"a: 2", "a: {x: 1}", "a: {x: 1}"},
        {"a: 1", "a: ~", "a: 1"},
        {"a: {x: 1}", "a: {x: ~, y: ~}", "a: {x: 1, y: ~}"},
        {"a: ~", "a: 1", "a: 1"},
        {"b: 1", "a: ~", "b: 1\na: ~"},
        {"a: 1", "", "a: 1"},
        {"", "a: 1", "a: 1"},
        {"", "", "~"},
        {"x", "[1]", "[1]"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        conf_node *base = read_good(rows[i].base), *over = read_good(rows[i].over);
        conf_node *merged = conf_merge(base, over);
        conf_destroy(base);
        conf_destroy(over);
        conf_node *expected = read_good(rows[i].merged);
        assert_true(conf_equal(merged, expected));
        conf_destroy(expected);
        conf_destroy(merged);
    }
    conf_node *merged = conf_merge(NULL, NULL);
    assert_int_equal(conf_kind_of(merged), CONF_NULL);
    conf_destroy(merged);
}

// A key in a sentence is cut and shows what cannot be seen.
static void test_keys_in_sentences(void **state) {
    static const struct {
        const char *key, *shown;
    } rows[] = {
        {"dmPolicy", "\"dmPolicy\""},
        {"a b", "\"a b\""},
        {"", "\"\""},
        {"say \"x\" \\", "\"say \\\"x\\\" \\\\\""},
        {"a\nb\x1b[31m", "\"a\\u000Ab\\u001B[31m\""},
        {"a\xE2\x80\xAE"
         "b\xE2\x80\x8B",
         "\"a\\u202Eb\\u200B\""},
        {"\xF3\xA0\x80\x81", "\"\\u{E0001}\""},
        {"é", "\"é\""},
        {"0123456789012345678901234567890123456789012345678901234567890123",
         "\"0123456789012345678901234567890123456789012345678901234567890123\""},
        {"01234567890123456789012345678901234567890123456789012345678901234",
         "\"0123456789012345678901234567890123456789012345678901234567890123…\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *got = conf_quote_key(rows[i].key);
        assert_string_equal(got, rows[i].shown);
        free(got);
    }
}

// --- what a key may want ------------------------------------------------------------------------------------------

static void test_bools(void **state) {
    static const struct {
        const char *text;
        int want; // -1: none
    } rows[] = {
        {"true", 1},     {"yes", 1}, {"on", 1},   {"TRUE", 1}, {"Yes", 1},    {"'on'", 1}, {"false", 0},
        {"no", 0},       {"OFF", 0}, {"'No'", 0}, {"y", -1},   {"1", -1},     {"0", -1},   {"''", -1},
        {"trueish", -1}, {"~", -1},  {"[]", -1},  {"{}", -1},  {"' on'", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = xasprintf("- %s", rows[i].text);
        conf_node *tree = read_good(text);
        bool got = rows[i].want <= 0;
        assert_int_equal(conf_as_bool(conf_at(tree, 0), &got), rows[i].want >= 0);
        assert_int_equal(got, rows[i].want == 1 || rows[i].want < 0);
        conf_destroy(tree);
        free(text);
    }
}

static void test_numbers(void **state) {
    static const struct {
        const char *text;
        bool number, whole;
        double value;
    } rows[] = {
        {"0", true, true, 0},
        {"12", true, true, 12},
        {"-12", true, true, -12},
        {"+7", true, true, 7},
        {"0123", true, true, 123},
        {"'60'", true, true, 60},
        {"0x1F", true, true, 31},
        {"-0Xff", true, true, -255},
        {"1e3", true, true, 1000},
        {"5.0", true, true, 5},
        {"5.", true, true, 5},
        {".5", true, false, 0.5},
        {"-1.5e-2", true, false, -0.015},
        {"0.1", true, false, 0.1},
        {"1e300", true, false, 1e300},
        {"1e999", false, false, 0},
        {"9223372036854775807", true, true, 9223372036854775807.0},
        {"9223372036854775808", true, false, 9223372036854775808.0},
        {"0x7fffffffffffffff", true, true, 9223372036854775807.0},
        {"0x8000000000000000", true, false, 9223372036854775808.0},
        {"0x10000000000000000", false, false, 0},
        {"''", false, false, 0},
        {"'-'", false, false, 0},
        {"'.'", false, false, 0},
        {"e3", false, false, 0},
        {"1e", false, false, 0},
        {"1e+", false, false, 0},
        {"0x", false, false, 0},
        {"0xg", false, false, 0},
        {"--1", false, false, 0},
        {"1 2", false, false, 0},
        {"' 1'", false, false, 0},
        {"1_000", false, false, 0},
        {"1,5", false, false, 0},
        {"nan", false, false, 0},
        {".inf", false, false, 0},
        {"infinity", false, false, 0},
        {"~", false, false, 0},
        {"[1]", false, false, 0},
        {"11111111111111111111111111111111111111111", false, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = xasprintf("- %s", rows[i].text);
        conf_node *tree = read_good(text);
        double number = -99;
        int64_t whole = -99;
        assert_int_equal(conf_as_number(conf_at(tree, 0), &number), rows[i].number);
        assert_int_equal(conf_as_int(conf_at(tree, 0), &whole), rows[i].whole);
        assert_true(number == (rows[i].number ? rows[i].value : -99));
        assert_true((double)whole == (rows[i].whole ? rows[i].value : -99));
        conf_destroy(tree);
        free(text);
    }
}

static void test_texts(void **state) {
    static const char *const texts[] = {"off", "no", "0123", "1.10", "true", "1e3"};
    const char *got = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *text = xasprintf("- %s", texts[i]);
        conf_node *tree = read_good(text);
        assert_true(conf_as_text(conf_at(tree, 0), &got));
        assert_string_equal(got, texts[i]);
        conf_destroy(tree);
        free(text);
    }
    conf_node *tree = read_good("[~, [], {}]");
    got = "before";
    for (size_t i = 0; i < 3; i++)
        assert_false(conf_as_text(conf_at(tree, i), &got));
    assert_false(conf_as_text(NULL, &got));
    assert_string_equal(got, "before");
    conf_destroy(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_access), cmocka_unit_test(test_building),
        cmocka_unit_test(test_merge),  cmocka_unit_test(test_keys_in_sentences),
        cmocka_unit_test(test_bools),  cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
