// SPDX-License-Identifier: Apache-2.0
// Regular expressions of the settings: JavaScript's meaning, and no text that stops us.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/pattern.h"

#include <stdlib.h>
#include <string.h>

static bool matches(const char *pattern, const char *text) {
    const char *list[] = {pattern, NULL};
    return pattern_any_matches((char *const *)list, text);
}

static void test_meaning(void **state) {
    static const struct {
        const char *pattern, *text;
        bool found;
    } rows[] = {
        {"claw", "hey CLAW!", true},
        {"CLAW", "hey claw!", true},
        {"^claw", "hey claw", false},
        {"claw$", "hey claw", true},
        {"claw$", "hey claw\n", false},
        {"^claw$", "hey\nclaw\n", false},
        {"\\bclaw\\b", "clawed", false},
        {"\\bclaw\\b", "the claw, please", true},
        {"\\bclaw\\b", "claw\u00e9", true}, // words are ASCII, as without the flag "u"
        {"(?<!open)claw", "openclaw", false},
        {"(?<!open)claw", "my claw", true},
        {"claw(?=!)", "claw!", true},
        {"@?claw\\s+please", "claw \t please", true},
        {"\\u0063law", "claw", true},
        {"\\x63law", "claw", true},
        {"(?:clawd|molty)", "ask Molty", true},
        {"(?<name>claw)\\k<name>", "clawclaw", true},
        {"(a)?\\1b", "b", true},
        {"\u00dcber", "\u00fcber", true},
        {"\U0001F99E", "hi \U0001F99E", true},
        {"claw", "c\u200bl\u2060a\u202ew", true},
        {"claw",
         "\xff"
         "claw",
         true},
        {"claw",
         "cl\xff"
         "aw",
         false},
        {"", "anything", true},
        {"claw", "", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (matches(rows[i].pattern, rows[i].text) != rows[i].found)
            fail_msg("row %zu: %s in \"%s\"", i, rows[i].pattern, rows[i].text);
    }
}

static void test_lists(void **state) {
    const char *none[] = {NULL}, *two[] = {"x", "claw", NULL}, *broken[] = {"(", "claw", NULL};
    (void)state;
    assert_false(pattern_any_matches(NULL, "claw"));
    assert_false(pattern_any_matches((char *const *)none, "claw"));
    assert_true(pattern_any_matches((char *const *)two, "claw"));
    assert_true(pattern_any_matches((char *const *)broken, "claw"));
    assert_false(pattern_any_matches((char *const *)broken, "("));
}

static void test_problems(void **state) {
    static const char *const bad[] = {"(", "[a", "a{2,1}", "*", "(?<n>a)(?<n>b)", "\\C", "(?<=a+)b"};
    static const char *const good[] = {"", "a", "\\bclaw\\b", "(?<=a)b", "a{2}", "[^\\s]"};
    char longest[PATTERN_MAX_BYTES + 2];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *problem = pattern_problem(bad[i]);
        assert_non_null(problem);
        free(problem);
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_null(pattern_problem(good[i]));
    memset(longest, 'a', sizeof longest);
    longest[PATTERN_MAX_BYTES + 1] = '\0';
    char *problem = pattern_problem(longest);
    assert_non_null(strstr(problem, "longer"));
    free(problem);
    longest[PATTERN_MAX_BYTES] = '\0';
    assert_null(pattern_problem(longest));
}

// Expressions that would take for ever end, and match nothing.
static void test_catastrophes(void **state) {
    static const char *const patterns[] = {"(a+)+[bc]", "(a|a)*[bc]", "(a|aa)+[^a]", "((a*)*)*[bc]",
                                           "(a+a+)+[xy]"};
    char *text = malloc(200001);
    (void)state;
    assert_non_null(text);
    memset(text, 'a', 200000);
    text[0] = '!';
    text[200000] = '\0';
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        assert_false(matches(patterns[i], text));
    // what is far behind does not count
    memcpy(text + 100000, "claw", 4);
    assert_false(matches("claw", text));
    memcpy(text + 1000, "claw", 4);
    assert_true(matches("claw", text));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_meaning),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_problems),
        cmocka_unit_test(test_catastrophes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
