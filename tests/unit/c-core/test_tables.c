// SPDX-License-Identifier: Apache-2.0
// Markdown tables in their three forms; what is no table stays byte for byte; hostile ones cost a bounded amount.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "reply/plain_text.h"
#include "reply/tables.h"

#include <stdlib.h>
#include <string.h>

static void assert_converted(const char *markdown, table_mode mode, const char *want) {
    char *got = tables_convert(markdown, mode);
    assert_string_equal(got, want);
    free(got);
}

static void test_forms(void **state) {
    const char *table = "| Dish | Price |\n|:--|--:|\n| **Soup** | 4 |\n| Tea |";
    (void)state;
    assert_converted(table, TABLES_OFF, table);
    assert_converted(table, TABLES_CODE,
                     "```\n| Dish | Price |\n| ---- | ----- |\n| Soup | 4     |\n| Tea  |       |\n```");
    assert_converted(table, TABLES_BLOCK,
                     "```\n| Dish | Price |\n| ---- | ----- |\n| Soup | 4     |\n| Tea  |       |\n```");
    assert_converted(table, TABLES_BULLETS, "****Soup****\n• Price: 4\n\n**Tea**");
}

static void test_what_is_no_table_stays(void **state) {
    static const char *const texts[] = {
        "",
        "a | b",
        "| a | b |\n| c | d |",            // no delimiter
        "| a | b |\n|---|",                // fewer columns below
        "| a | b |\n|---|-x-|",            // no delimiter either
        "    | a |\n    |---|\n    | b |", // indented code
        "~~~\n| a |\n|---|\n~~~",
        "```\n| a |\n|---|", // a block without end
        "> ```\n> | a |\n> |---|",
        "- text\n| a |\n|---|", // goes on with the list item's paragraph
        "|\n|",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_converted(texts[i], TABLES_CODE, texts[i]);
        assert_converted(texts[i], TABLES_BULLETS, texts[i]);
    }
}

static void test_where_a_table_stands(void **state) {
    static const struct row {
        const char *markdown, *bullets;
    } rows[] = {
        {"a\n| x |\n|---|\n| 1 |\nb", "a\n• x: 1\n\n• x: b"}, // a line without pipes is a row, too
        {"| x |\n|---|\n| 1 |\n\nb", "• x: 1\n\nb"},
        {"| x |\n|---|\n| 1 |\n# b", "• x: 1\n# b"},
        {"| x |\n|---|\n| 1 |\n> b", "• x: 1\n> b"},
        {"> | x |\n> |---|\n> | 1 |\n> | 2 |", "> • x: 1\n> \n> • x: 2"},
        {"> | x |\n> |---|\n| 1 |", "> \n| 1 |"},
        {"- i\n\n  | x |\n  |---|\n  | 1 |\n  | 2 |", "- i\n\n  • x: 1\n  \n  • x: 2"},
        {"1. | x |\n   |---|\n   | 1 |\n   | 2 |", "1. • x: 1\n   \n   • x: 2"},
        {"- a\n  - b\n\n    | x |\n    |---|\n    | 1 |", "- a\n  - b\n\n    • x: 1"},
        {"~~~\n~~~\n| x |\n|---|\n| 1 |", "~~~\n~~~\n• x: 1"},
        {"> ```\n\n| x |\n|---|\n| 1 |", "> ```\n\n• x: 1"}, // the quote's end closes the block
        {"| x |\r\n|---|\r\n| 1 |\r\nb", "• x: 1\n\n• x: b"},
        {"| x |\n|---|\n| 1 |\n\n| y |\n|---|\n| 2 |\n", "• x: 1\n\n• y: 2\n"},
        {"| a | |\n|---|---|\n| | 2 |\n| `|` | [](u) |", "• Column 1: 2\n\n**`**\n• Column 1: `"},
        {"| a | b |\n|---|---|\n| 1\\|2 | [](u) |", "**1|2**"}, // nothing to read, nothing to show
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_converted(rows[i].markdown, TABLES_BULLETS, rows[i].bullets);
}

static void test_alignment_counts_columns(void **state) {
    (void)state;
    assert_converted("| 日本 | ab |\n|---|---|\n| é | 😀😀 |", TABLES_CODE,
                     "```\n| 日本 | ab   |\n| ---- | ---- |\n| é    | 😀😀 |\n```");
    assert_converted("| ``` |\n|---|\n| x |", TABLES_CODE, "````\n| ``` |\n| --- |\n| x   |\n````");
}

static void test_plain_text(void **state) {
    static const struct row {
        const char *markdown, *plain;
    } rows[] = {
        {"**bold** _it_ ~~gone~~ `co*de`", "bold it gone co*de"},
        {"***both***", "both"},
        {"a*b*c snake_case_name 2 * 3 * 4", "abc snake_case_name 2 * 3 * 4"},
        {"**open", "**open"},
        {"[text](http://x \"t\") ![alt](<a b>) [no](", "text alt [no]("},
        {"[**a** [b](c)](d)", "a b"},
        {"\\*x\\* \\a \\\\", "*x* \\a \\"},
        {"&lt;&#65;&#x1F600;&nope; &amp", "<A😀&nope; &amp"},
        {"`` a`b `` ` x", "a`b ` x"},
        {"*a _b* c_", "a _b c_"},
        {"~one~", "~one~"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *got = plain_text(bytes_str(rows[i].markdown));
        assert_string_equal(got, rows[i].plain);
        free(got);
    }
}

// 'n' times the text.
static char *repeat(const char *text, size_t n) {
    size_t len = strlen(text);
    char *out = xmalloc(len * n + 1);
    for (size_t i = 0; i < n; i++)
        memcpy(out + i * len, text, len);
    out[len * n] = '\0';
    return out;
}

// What would fill the memory stays as it is; all ends soon.
static void test_hostile_tables(void **state) {
    char *wide = repeat("x", 20000), *rows = repeat("| y |\n", 2000), *columns = repeat("|a", 100);
    char *dashes = repeat("|-", 100), *brackets = repeat("[", 50000), *stars = repeat("*a _b ", 20000);
    char *texts[] = {
        xasprintf("| %s |\n|---|\n%s", wide, rows), // would be 40 MB
        xasprintf("%s|\n%s|\n", columns, dashes),   // too many columns
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_converted(texts[i], TABLES_CODE, texts[i]);
        free(texts[i]);
    }
    char *odd = xasprintf("| %s | %s |\n|---|---|\n", brackets, stars),
         *got = tables_convert(odd, TABLES_CODE);
    assert_true(strlen(got) > strlen(odd));
    free(got);
    free(odd);
    free(wide);
    free(rows);
    free(columns);
    free(dashes);
    free(brackets);
    free(stars);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_what_is_no_table_stays),
        cmocka_unit_test(test_where_a_table_stands),
        cmocka_unit_test(test_alignment_counts_columns),
        cmocka_unit_test(test_plain_text),
        cmocka_unit_test(test_hostile_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
