// SPDX-License-Identifier: Apache-2.0
// Configuration texts: what they become, what is refused and in which line.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/read.h"

#include <stdlib.h>

enum { HUGE_BYTES = 10 * 1024 * 1024 };

// --- a tree as one line: {key:value}, [values], plain, "quoted", ~ -------------------------------------------------

static void show(buf *out, const conf_node *n) {
    bool map = conf_kind_of(n) == CONF_MAP;
    switch (conf_kind_of(n)) {
    case CONF_NULL:
        assert_int_equal(buf_append_str(out, "~"), OC_OK);
        return;
    case CONF_SCALAR:
        assert_int_equal(buf_printf(out, conf_is_plain(n) ? "%s" : "\"%s\"", conf_text(n)), OC_OK);
        return;
    default:
        break;
    }
    assert_int_equal(buf_append_str(out, map ? "{" : "["), OC_OK);
    for (size_t i = 0; i < conf_count(n); i++) {
        assert_int_equal(buf_append_str(out, i > 0 ? "," : ""), OC_OK);
        if (map)
            assert_int_equal(buf_printf(out, "%s:", conf_key(n, i)), OC_OK);
        show(out, conf_at(n, i));
    }
    assert_int_equal(buf_append_str(out, map ? "}" : "]"), OC_OK);
}

static char *shown(const conf_node *n) {
    buf out;
    buf_init(&out, 1 << 20);
    show(&out, n);
    return buf_take_str(&out);
}

static conf_node *read_good(const char *text) {
    conf_problem problem;
    conf_node *tree = conf_read(bytes_str(text), &problem);
    if (tree == NULL)
        print_error("%s\n→ line %d: %s\n", text, problem.line, problem.sentence);
    assert_non_null(tree);
    assert_null(problem.sentence);
    return tree;
}

typedef struct good_row {
    const char *text, *tree;
} good_row;

static void check_good(const good_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        conf_node *tree = read_good(rows[i].text);
        char *got = shown(tree);
        if (strcmp(got, rows[i].tree) != 0)
            print_error("row %zu: %s\n", i, rows[i].text);
        assert_string_equal(got, rows[i].tree);
        free(got);
        conf_destroy(tree);
    }
}

static void test_yaml(void **state) {
    static const good_row rows[] = {
        {"", "~"},
        {"\n\n", "~"},
        {"# nothing\n", "~"},
        {"---\n...\n", "~"},
        {"---\na: 1\n...\n", "{a:1}"},
        {"%YAML 1.2\n---\na: 1\n", "{a:1}"},
        {"a: 1\nb: two words\n", "{a:1,b:two words}"},
        {"\xEF\xBB\xBF"
         "a: 1",
         "{a:1}"},
        {"a: 1\r\nb:\r\n  - x\r\n  - y\r\n", "{a:1,b:[x,y]}"},
        // What a scalar means is not YAML's business.
        {"a: off\nb: no\nc: 0123\nd: 1.10\ne: True\nf: 1e3\ng: 12:30:45\nh: 2026-01-01\ni: .inf",
         "{a:off,b:no,c:0123,d:1.10,e:True,f:1e3,g:12:30:45,h:2026-01-01,i:.inf}"},
        {"a: 'off'\nb: \"no\"\nc: ''", "{a:\"off\",b:\"no\",c:\"\"}"},
        {"a: null\nb: ~\nc:\nd: 'null'\ne: nullx\nf: [~, null]\ng: NULL",
         "{a:~,b:~,c:~,d:\"null\",e:nullx,f:[~,~],g:~}"},
        {"no: 1\n1: 2\n\"<<\": 3\n~: 4", "{no:1,1:2,<<:3,~:4}"},
        {"'': 1", "{:1}"},
        {"a: |\n  one\n  two\nb: >-\n  one\n  two\n", "{a:\"one\ntwo\n\",b:\"one two\"}"},
        {"a: one\n  two\n", "{a:one two}"},
        {"a: {b: [1, {c: d}], e: }\nf: []\ng: {}", "{a:{b:[1,{c:d}],e:~},f:[],g:{}}"},
        {"a: [1, 2,]\nb: {c: 1,}", "{a:[1,2],b:{c:1}}"},
        {"[\"a\", 'b', c]", "[\"a\",\"b\",c]"},
        {"a:\n- b\n- c: 1\n  d: 2\n", "{a:[b,{c:1,d:2}]}"},
        {"a: \"\\u00e9\\t\\\"\"", "{a:\"é\t\"\"}"},
        {"a: x#y # comment", "{a:x#y}"},
        {"? a\n: 1", "{a:1}"},
        {"groups:\n  \"*\": {requireMention: true}", "{groups:{*:{requireMention:true}}}"},
        {"a: https://chat.example.com:8065/x?y=1#z", "{a:https://chat.example.com:8065/x?y=1#z}"},
        {"just a text", "just a text"},
        {"# {\n{a: b}", "{a:b}"},
    };
    (void)state;
    check_good(rows, sizeof rows / sizeof *rows);
}

static void test_json5(void **state) {
    static const good_row rows[] = {
        {"{}", "{}"},
        {"// nothing", "~"},
        {"/* nothing */ // at all\n", "~"},
        {"\xEF\xBB\xBF{}", "{}"},
        {" \t\r\n{\"a\": 1, \"b\": [true, false, null, \"x\"]}", "{a:1,b:[true,false,~,\"x\"]}"},
        {"{a: 1, $b_2: 2, 'c d': 3, \"e\": 4, null: 5, true: 6}", "{a:1,$b_2:2,c d:3,e:4,null:5,true:6}"},
        {"{\\u0061b: 1, ü: 2}", "{ab:1,ü:2}"},
        {"{a: [1, 2,], b: {c: 1,},}", "{a:[1,2],b:{c:1}}"},
        {"// first\n{ /* in */ a /* before */ : /* after */ 1 // last\n , b: 2}\n// end", "{a:1,b:2}"},
        {"/* {\n*/{a:1/**/}", "{a:1}"},
        {"{a: 'it\\'s', b: \"say \\\"x\\\"\", c: 'a\"b', d: \"a'b\"}",
         "{a:\"it's\",b:\"say \"x\"\",c:\"a\"b\",d:\"a'b\"}"},
        {"{a: 'one \\\ntwo', b: 'one \\\r\ntwo', c: 'x\\\xE2\x80\xA8y'}",
         "{a:\"one two\",b:\"one two\",c:\"xy\"}"},
        {"{a: '\\b\\f\\n\\r\\t\\v\\\\\\/\\q\\x41\\u00e9\\uD83D\\uDE00'}",
         "{a:\"\b\f\n\r\t\v\\/qA\xC3\xA9\xF0\x9F\x98\x80\"}"},
        {"{a: +1, b: -2, c: .5, d: 5., e: 1e3, f: -1.5E-2, g: 0x1F, h: -0XaB, i: 0, j: 0.10, k: +.5e+1}",
         "{a:+1,b:-2,c:.5,d:5.,e:1e3,f:-1.5E-2,g:0x1F,h:-0XaB,i:0,j:0.10,k:+.5e+1}"},
        {"{a: \"\", b: ''}", "{a:\"\",b:\"\"}"},
        {"{\xC2\xA0\"a\"\xE3\x80\x80:\xE2\x80\x83"
         "1\xE2\x80\xA9, b: true\xC2\xA0}",
         "{a:1,b:true}"},
        {"{a: 1, // c\xE2\x80\xA8 b: 2}", "{a:1,b:2}"},
        {"{a: 'tab\there \xE2\x80\xA8'}", "{a:\"tab\there \xE2\x80\xA8\"}"},
    };
    (void)state;
    check_good(rows, sizeof rows / sizeof *rows);
}

// --- what is refused ----------------------------------------------------------------------------------------------

typedef struct bad_row {
    const char *text;
    int line;
    const char *part; // of the sentence
} bad_row;

// Values that are secrets here: no sentence may hold one.
#define HIDDEN "hunter2"

static void check_bad_bytes(bytes text, int line, const char *part) {
    conf_problem problem;
    conf_node *tree = conf_read(text, &problem);
    if (tree != NULL || problem.line != line || strstr(problem.sentence, part) == NULL)
        print_error("%.200s\n→ line %d: %s\n  not %d, %s\n", (const char *)text.data, problem.line,
                    problem.sentence, line, part);
    assert_null(tree);
    assert_int_equal(problem.line, line);
    assert_non_null(strstr(problem.sentence, part));
    assert_null(strstr(problem.sentence, HIDDEN));
    conf_problem_free(&problem);
    assert_null(problem.sentence);
}

static void check_bad(const bad_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        check_bad_bytes(bytes_str(rows[i].text), rows[i].line, rows[i].part);
}

static void test_bad_yaml(void **state) {
    static const bad_row rows[] = {
        {"a: 1\nb: 2\na: hunter2", 3, "the key \"a\" stands here and in line 1"},
        {"x:\n  a: 1\n  'a': 2", 3, "the key \"a\" stands here and in line 2"},
        {"a: {b: 1, b: 2}", 1, "the key \"b\""},
        {"a: &x hunter2\nb: *x", 1, "anchors (&name)"},
        {"a: &x [1]", 1, "anchors (&name)"},
        {"a: &x {b: 1}", 1, "anchors (&name)"},
        {"&x a: 1", 1, "anchors (&name)"},
        {"a: 1\nb: *x", 2, "aliases (*name)"},
        {"allowFrom: [*]", 1, "needs quotes: \"*\""},
        {"groups:\n  *: 1", 2, "needs quotes: \"*\""},
        {"a: !hunter2 x", 1, "tags (!name)"},
        {"a: !!str 1", 1, "tags (!name)"},
        {"a: ! 1", 1, "tags (!name)"},
        {"a: !!map {b: 1}", 1, "tags (!name)"},
        {"a: !!python/object:x [1]", 1, "tags (!name)"},
        {"oncharPrefixes: [!, x]", 1, "begins with"},
        {"b: 1\n<<: {a: 1}", 2, "merge keys (<<)"},
        {"a: 1\n---\nb: 2", 2, "only one is allowed"},
        {"? [a]\n: 1", 1, "a key must be a single text"},
        {"? {a: 1}\n: 1", 1, "a key must be a single text"},
        {"{a: 1}: 2", 1, "something follows"}, // is read as JSON5
        {"x: {[a]: 1}", 1, "a key must be a single text"},
        {"x:\n  ?\n  : 1", 2, "a key is missing"},
        {"x:\n  : 1", 2, "no valid YAML"},
        {"a:\n\tb: hunter2", 2, "tabs"},
        {"a: @hunter2", 1, "needs quotes"},
        {"a: `hunter2", 1, "needs quotes"},
        {"a: %hunter2", 1, "needs quotes"},
        {"a: b: hunter2", 1, "mapping values"},
        {"a: 1\n b: hunter2", 2, "no valid YAML"},
        {"a: [1, hunter2", 1, "no valid YAML"},
        {"a: \"hunter2", 1, "no valid YAML"},
        {"a: 'hunter2\n\n", 3, "that begins in line 1"},
        {"a: \"\\q\"", 1, "no valid YAML"},
        {"a: \"\\0hunter2\"", 1, "NUL"},
        {"\"a\\0\": 1", 1, "NUL"},
        {"a: 1\nb: \x01", 2, "control characters"},
        {"a: 1\n]", 2, "no valid YAML"},
        {"%FOO\n---\na: 1", 1, "no valid YAML"},
        {"%YAML 1.1\n%YAML 1.1\n---\n", 2, "no valid YAML"},
        {"# x\n%TAG !a! hunter2\n---\na: 1", 2, "tags (%TAG)"},
        {"a: 1\r\n...\r\n%TAG !a! b\r\n---\r\n", 3, "tags (%TAG)"},
        {"[a]\nb: 1", 2, "Something follows"},
        {"%YAML 2.0\n---\na: 1", 1, "no valid YAML"},
        {"{a: b", 1, "a value is expected here"},
    };
    (void)state;
    check_bad(rows, sizeof rows / sizeof *rows);
}

static void test_bad_json5(void **state) {
    static const bad_row rows[] = {
        {"{\n\"a\": 1,\n'a': 'hunter2'}", 3, "the key \"a\" stands here and in line 2"},
        {"{a: 1, \\u0061: 2}", 1, "the key \"a\""},
        {"{'a\\n\\u202e': 1, 'a\\n\\u202e': 2}", 1, "\"a\\u000A\\u202E\""},
        {"{a: hunter2}", 1, "a value is expected here"},
        {"{a: }", 1, "a value is expected here"},
        {"{a: undefined}", 1, "a value is expected here"},
        {"{a: [,]}", 1, "a value is expected here"},
        {"{a: [1,,2]}", 1, "a value is expected here"},
        {"{,}", 1, "a key is expected here"},
        {"{a: 1,,}", 1, "a key is expected here"},
        {"{1a: 1}", 1, "a key is expected here"},
        {"{a-b: 1}", 1, "a colon is missing"},
        {"{a 1}", 1, "a colon is missing"},
        {"{a: 1 b: 2}", 1, "a comma or } is missing"},
        {"{a: [1 2]}", 1, "a comma or ] is missing"},
        {"{a: [1}", 1, "a comma or ] is missing"},
        {"{a: {b: 1]}", 1, "a comma or } is missing"},
        {"\n{a: 1,\n", 2, "the { that stands here is never closed with }"},
        {"{\na: [\n1", 2, "the [ that stands here is never closed with ]"},
        {"{a: 'hunter2", 1, "is never closed"},
        {"{a: 'hunter2\n'}", 1, "does not end in its line"},
        {"{a: 'hunter2\\", 1, "is never closed"},
        {"{a: 1} x", 1, "something follows"},
        {"{a: 1}\n{b: 2}", 2, "something follows"},
        {"/* \n{a: 1}", 1, "is never closed (*/)"},
        {"/*/ {}", 1, "is never closed (*/)"},
        {"{} /", 1, "something follows"},
        {"{a: 01}", 1, "is not a number"},
        {"{a: 1.2.3}", 1, "is not a number"},
        {"{a: 1e}", 1, "is not a number"},
        {"{a: 0x}", 1, "is not a number"},
        {"{a: 0xfg}", 1, "is not a number"},
        {"{a: .}", 1, "is not a number"},
        {"{a: +}", 1, "is not a number"},
        {"{a: 12hunter2}", 1, "is not a number"},
        {"{a: 1_000}", 1, "is not a number"},
        {"{a: 1\xC3\xA9}", 1, "is not a number"},
        {"{a: true\xC3\xA9}", 1, "a comma or } is missing"},
        {"{a: - 1}", 1, "is not a number"},
        {"{a: Infinity}", 1, "Infinity and NaN"},
        {"{a: -Infinity}", 1, "Infinity and NaN"},
        {"{a: NaN}", 1, "Infinity and NaN"},
        {"{a: '\\x4'}", 1, "hexadecimal"},
        {"{a: '\\u00g0'}", 1, "hexadecimal"},
        {"{a: '\\uD800hunter2'}", 1, "surrogate"},
        {"{a: '\\uDC00'}", 1, "surrogate"},
        {"{a: '\\uD800\\u0041'}", 1, "surrogate"},
        {"{a: '\\u0000'}", 1, "NUL"},
        {"{a: '\\0'}", 1, "NUL"},
        {"{'a\\0': 1}", 1, "NUL"},
        {"{a: '\\01'}", 1, "octal"},
        {"{a: '\\1'}", 1, "backslash before a digit"},
        {"{[a]: 1}", 1, "a key is expected here"},
        {"{{}: 1}", 1, "a key is expected here"},
    };
    (void)state;
    check_bad(rows, sizeof rows / sizeof *rows);
}

static void test_bytes_that_are_no_text(void **state) {
    (void)state;
    check_bad_bytes(bytes_of("a: 1\nb: \0", 9), 2, "NUL");
    check_bad_bytes(bytes_of("{a: \0}", 6), 1, "NUL");
    check_bad_bytes(bytes_of("\xFF\xFE{\0}\0", 6), 1, "UTF-8");
    check_bad_bytes(bytes_str("a: 1\r\nb: 2\rc: \xC3("), 3, "UTF-8");
    check_bad_bytes(bytes_str("{a: '\xED\xA0\x80'}"), 1, "UTF-8");
    check_bad_bytes(bytes_str("a: \xC0\x80"), 1, "UTF-8");
    check_bad_bytes(bytes_str("a: \xF5\x80\x80\x80"), 1, "UTF-8");
    check_bad_bytes(bytes_str("a: \xE2\x82"), 1, "UTF-8");
}

// --- limits -------------------------------------------------------------------------------------------------------

// head, then middle so often, then tail.
static buf repeat(const char *head, const char *middle, size_t times, const char *tail) {
    buf out;
    buf_init(&out, 64U << 20);
    assert_int_equal(buf_append_str(&out, head), OC_OK);
    for (size_t i = 0; i < times; i++)
        assert_int_equal(buf_append_str(&out, middle), OC_OK);
    assert_int_equal(buf_append_str(&out, tail), OC_OK);
    return out;
}

static void check_bad_repeat(buf text, int line, const char *part) {
    check_bad_bytes(buf_bytes(&text), line, part);
    buf_free(&text);
}

static void check_good_repeat(buf text) {
    conf_problem problem;
    conf_node *tree = conf_read(buf_bytes(&text), &problem);
    assert_non_null(tree);
    conf_destroy(tree);
    buf_free(&text);
}

static void test_limits(void **state) {
    (void)state;
    check_bad_repeat(repeat("", "a", HUGE_BYTES, ""), 0, "larger than 256 KiB");
    check_bad_repeat(repeat("{", " ", HUGE_BYTES, "}"), 0, "larger than 256 KiB");
    check_bad_repeat(repeat("a: 1 #", "x", CONF_TEXT_MAX_BYTES - 5, ""), 0, "larger than 256 KiB");
    check_good_repeat(repeat("a: 1 #", "x", CONF_TEXT_MAX_BYTES - 6, ""));
    check_bad_repeat(repeat("", "[", 100000, ""), 1, "nested more than 32 levels");
    check_bad_repeat(repeat("", "{a:", 80000, ""), 1, "nested more than 32 levels");
    check_bad_repeat(repeat("// x\n", "[", 100000, ""), 2, "nested more than 32 levels");
    check_bad_repeat(repeat("", "- ", 100000, "x"), 1, "nested more than 32 levels");
    check_bad_repeat(repeat("", "? ", 100000, "x"), 1, "a key must be a single text");
    check_bad_repeat(repeat("", "[", 33, ""), 1, "nested more than 32 levels");
    check_bad_repeat(repeat("{a:", "[", 32, ""), 1, "nested more than 32 levels");
    check_bad_repeat(repeat("[", "1,", CONF_NODES_MAX, "1]"), 1, "more than 20000 values");
    check_bad_repeat(repeat("{a:[", "1,", CONF_NODES_MAX, "]}"), 1, "more than 20000 values");
    check_good_repeat(repeat("[", "1,", CONF_NODES_MAX - 1, "]"));
    check_good_repeat(repeat("{a:[", "1,", CONF_NODES_MAX - 2, "]}"));
    check_bad_repeat(repeat("a: \"", "x", CONF_SCALAR_MAX_BYTES + 1, "\""), 1, "longer than 64 KiB");
    check_bad_repeat(repeat("{a: \"", "x", CONF_SCALAR_MAX_BYTES + 1, "\"}"), 1, "longer than 64 KiB");
    check_bad_repeat(repeat("{", "x", CONF_SCALAR_MAX_BYTES + 1, ": 1}"), 1, "longer than 64 KiB");
    check_bad_repeat(repeat("{a: ", "1", CONF_SCALAR_MAX_BYTES + 1, "}"), 1, "longer than 64 KiB");
    check_good_repeat(repeat("{a: \"", "x", CONF_SCALAR_MAX_BYTES, "\"}"));
    check_good_repeat(repeat("a: |\n  ", "x", CONF_SCALAR_MAX_BYTES, ""));
}

static void test_depth_limit_is_exact(void **state) {
    conf_problem problem;
    buf text = repeat("", "[", CONF_DEPTH_MAX, "");
    (void)state;
    for (int i = 0; i < CONF_DEPTH_MAX; i++)
        assert_int_equal(buf_append_str(&text, "]"), OC_OK);
    conf_node *tree = conf_read(buf_bytes(&text), &problem);
    assert_non_null(tree);
    conf_destroy(tree);
    buf_free(&text);
}

// Every text of a few, cut at each byte: an answer, no leak, no read beyond the end (the sanitizers look).
static void test_cut_texts(void **state) {
    static const char *const texts[] = {
        "a: {b: [1, \"x\\u00e9\"], 'c': |\n  x}\n---\n",
        "{a: [1, {b: 'x\\u00e9\\uD83D\\uDE00'}], /* c */ \"d\": -0x1F, // e\n}",
        "\xEF\xBB\xBFgroups:\n  - &a !b *c\n  - é: >-\n     x\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t len = 0; len <= strlen(texts[i]); len++) {
            conf_problem problem;
            uint8_t *exact = xmalloc(len > 0 ? len : 1);
            memcpy(exact, texts[i], len);
            conf_node *tree = conf_read(bytes_of(exact, len), &problem);
            assert_true((tree == NULL) == (problem.sentence != NULL));
            conf_destroy(tree);
            conf_problem_free(&problem);
            free(exact);
        }
    }
}

// --- the tree -----------------------------------------------------------------------------------------------------

static void test_lines(void **state) {
    static const char *const texts[] = {
        "# first\na: 1\nb:\n  c: x\n  d:\n    - y\n    - z\n",
        "{ // first\na: 1,\nb: {\n  c: 'x',\n  d: [\n    'y',\n    'z'] }}",
        "{ // first\r\na: 1,\r\nb: {\r\n  c: 'x',\r\n  d: [\r\n    'y',\r\n    'z'] }}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        conf_node *tree = read_good(texts[i]);
        const conf_node *b = conf_get(tree, "b");
        assert_int_equal(conf_line(conf_get(tree, "a")), 2);
        assert_int_equal(conf_key_line(tree, 1), 3);
        assert_int_equal(conf_line(conf_get(b, "c")), 4);
        assert_int_equal(conf_key_line(b, 1), 5);
        assert_int_equal(conf_line(conf_at(conf_get(b, "d"), 0)), 6);
        assert_int_equal(conf_line(conf_at(conf_get(b, "d"), 1)), 7);
        conf_destroy(tree);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_yaml),
        cmocka_unit_test(test_json5),
        cmocka_unit_test(test_bad_yaml),
        cmocka_unit_test(test_bad_json5),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_depth_limit_is_exact),
        cmocka_unit_test(test_cut_texts),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
