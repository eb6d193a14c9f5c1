// SPDX-License-Identifier: Apache-2.0
// Texts of strangers in posts of ours: read as written, and nothing in them works.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "interactions/foreign_text.h"

#include <stdlib.h>
#include <string.h>

#define ZWSP "\xE2\x80\x8B"
#define RLO "\xE2\x80\xAE"

static void test_lines(void **state) {
    static const struct {
        const char *text, *line, *lines;
    } rows[] = {
        {"", "", ""},
        {" plain  words ", "plain words", "plain words"},
        {"a\nb", "a b", "a\nb"},
        {"a\n\n\n\nb\r\nc", "a b c", "a\n\nb\nc"},
        {"*a* _b_ `c` [d](e) <f> #g | h ~i~", "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<f\\> \\#g \\| h \\~i\\~",
         "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<f\\> \\#g \\| h \\~i\\~"},
        {"@all @channel bob@x", "@" ZWSP "all @" ZWSP "channel bob@" ZWSP "x",
         "@" ZWSP "all @" ZWSP "channel bob@" ZWSP "x"},
        {"http://evil.example :smile: &amp; $x$", "http\\://evil.example \\:smile\\: \\&amp; \\$x\\$",
         "http\\://evil.example \\:smile\\: \\&amp; \\$x\\$"},
        {"a\n- b\n1. c\n# d\n> e\n+ f\n=== ", "a - b 1. c \\# d \\> e + f ===",
         "a\n\\- b\n1\\. c\n\\# d\n\\> e\n\\+ f\n\\==="},
        {"- at the front", "\\- at the front", "\\- at the front"},
        {"back\\slash", "back\\\\slash", "back\\\\slash"},
        {"hid" RLO "den\x01\x7f" ZWSP "!", "hidden\\!", "hidden\\!"},
        {"bad\xff utf", "bad\xEF\xBF\xBD utf", "bad\xEF\xBF\xBD utf"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *line = foreign_line(rows[i].text, 200), *lines = foreign_lines(rows[i].text, 200);
        assert_string_equal(line, rows[i].line);
        assert_string_equal(lines, rows[i].lines);
        free(line);
        free(lines);
    }
}

static void test_cutting(void **state) {
    (void)state;
    char *text = foreign_line("abcdef", 6);
    assert_string_equal(text, "abcdef");
    free(text);
    text = foreign_line("ab cdefg", 4);
    assert_string_equal(text, "ab cd\xE2\x80\xA6");
    free(text);
    text = foreign_label("a long label", 6);
    assert_string_equal(text, "a lon\xE2\x80\xA6");
    free(text);
    text = foreign_label(" *as it is*\n@all" RLO " ", 60);
    assert_string_equal(text, "*as it is* @all");
    free(text);
    text = foreign_label(RLO "\n\t", 60);
    assert_string_equal(text, "");
    free(text);
}

static void check_code(const char *text, size_t max, const char *expected, size_t expected_cut) {
    size_t cut = 77;
    char *code = foreign_code(text, max, &cut);
    assert_string_equal(code, expected);
    assert_int_equal(cut, expected_cut);
    free(code);
}

static void test_code(void **state) {
    (void)state;
    check_code("rm -rf /", 100, "```\nrm -rf /\n```\n", 0);
    check_code("a\n\tb", 100, "```\na\n\tb\n```\n", 0);
    check_code("```\n@all **x**\n```", 100, "````\n```\n@all **x**\n```\n````\n", 0);
    check_code("``````", 100, "```````\n``````\n```````\n", 0);
    check_code("~~~", 100, "```\n~~~\n```\n", 0);
    check_code("a" RLO "b\r\x1b[2K", 100, "```\na\\u{202e}b\\u{d}\\u{1b}[2K\n```\n", 0);
    check_code("\xff", 100, "```\n\\u{fffd}\n```\n", 0);
    check_code("0123456789", 4, "```\n01\n[\xE2\x80\xA6]\n89\n```\n", 6);
    check_code("", 4, "```\n\n```\n", 0);
}

// Whatever is in it, the block ends where it should: no line inside is a run of at least as many marks as the fence.
static void test_no_way_out(void **state) {
    (void)state;
    for (size_t ticks = 0; ticks < 40; ticks++) {
        char *text = xasprintf("x\n%.*s\ny", (int)ticks, "````````````````````````````````````````");
        size_t cut = 0;
        char *code = foreign_code(text, 1000, &cut);
        size_t fence = strspn(code, "`");
        assert_true(fence > ticks && fence >= 3);
        assert_int_equal(strlen(code), 2 * fence + strlen(text) + 3);
        free(code);
        free(text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines), cmocka_unit_test(test_cutting),
                                       cmocka_unit_test(test_code), cmocka_unit_test(test_no_way_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
