// SPDX-License-Identifier: Apache-2.0
// Answers that people write where a question has no buttons: what counts as what. Expected values by hand.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "interactions/question_typed.h"
#include "interactions/question_words.h"
#include "support/english.h"
#include "support/question_sample.h"

#include <stdlib.h>
#include <string.h>

#define HOW_ONE " To answer, write the number or the name of one choice. “Skip” skips it."
#define HOW_MANY                                                                                             \
    " To answer, write the numbers or names of your choices, with commas between them. “Skip” skips it."

static const question_option COLORS[] = {{"Red", "warm"}, {"Blue", ""}, {"Grün, hell", ""}, {"ÉCRU", ""}};
static const question_option TWINS[] = {{"a", ""}, {"A", ""}, {"B", ""}};
static const question_option NUMBERS[] = {{"2", ""}, {"4", ""}, {"More", ""}};
static const question_option SKIPPING[] = {{"Skip", ""}, {"Stay", ""}};

static question_item item(const question_option *options, size_t count, bool multi, bool other) {
    return (question_item){.id = "q",
                           .header = "",
                           .text = "Which?",
                           .options = options,
                           .option_count = count,
                           .multi_select = multi,
                           .other = other};
}

// said becomes expected: the answer as JSON, "skip", or what is wrong.
static void check(const gateway_question *q, const char *said, const char *expected) {
    question_reply r;
    char *wrong = NULL, *json = NULL;
    question_typed typed = question_reply_text(q, said, &r, &wrong);
    assert_int_equal(wrong != NULL, typed == QUESTION_TYPED_WRONG);
    if (typed == QUESTION_TYPED_SKIP) {
        assert_string_equal("skip", expected);
    } else if (typed == QUESTION_TYPED_WRONG) {
        char *text = english(wrong);
        assert_string_equal(text, expected);
        free(text);
    } else {
        cJSON *answer = question_reply_json(&r);
        json = cJSON_PrintUnformatted(answer);
        assert_string_equal(json, expected);
        cJSON_free(json);
        cJSON_Delete(answer);
    }
    question_reply_clear(&r);
}

static void test_one_item(void **state) {
    static const struct {
        const question_option *options;
        size_t count;
        bool multi, other;
        const char *said, *expected;
    } rows[] = {
        // a choice by number or name
        {COLORS, 4, false, false, "2", "{\"q\":[\"Blue\"]}"},
        {COLORS, 4, false, false, " 1. ", "{\"q\":[\"Red\"]}"},
        {COLORS, 4, false, false, "4)", "{\"q\":[\"ÉCRU\"]}"},
        {COLORS, 4, false, false, "\tbLUE\n", "{\"q\":[\"Blue\"]}"},
        {COLORS, 4, false, false, "écru", "{\"q\":[\"ÉCRU\"]}"},
        {COLORS, 4, false, false, "grün, HELL", "{\"q\":[\"Grün, hell\"]}"},
        {COLORS, 4, false, false, "0", "This is none of the choices." HOW_ONE},
        {COLORS, 4, false, false, "5", "This is none of the choices." HOW_ONE},
        {COLORS, 4, false, false, ".", "This is none of the choices." HOW_ONE},
        {COLORS, 4, false, false, "99999999999999999999", "This is none of the choices." HOW_ONE},
        {COLORS, 4, false, false, "Red, Blue", "This is none of the choices." HOW_ONE},
        {COLORS, 4, false, false, "Redd", "This is none of the choices." HOW_ONE},
        {COLORS, 4, false, false, "  ", "Please answer this." HOW_ONE},
        {COLORS, 4, false, false, "", "Please answer this." HOW_ONE},
        // or one's own words
        {COLORS, 4, false, true, "red", "{\"q\":[\"Red\"]}"},
        {COLORS, 4, false, true, " a dark pink ", "{\"q\":[\"a dark pink\"]}"},
        {COLORS, 4, false, true, "7", "{\"q\":[\"7\"]}"},
        {COLORS, 4, false, true, "Red, Blue", "{\"q\":[\"Red, Blue\"]}"},
        // names that differ in capitals alone must be written as they are
        {TWINS, 3, false, false, "a", "{\"q\":[\"a\"]}"},
        {TWINS, 3, false, false, "A", "{\"q\":[\"A\"]}"},
        {TWINS, 3, false, false, "b", "{\"q\":[\"B\"]}"},
        // names that are numbers: nothing is counted
        {NUMBERS, 3, false, false, "2", "{\"q\":[\"2\"]}"},
        {NUMBERS, 3, false, false, "3", "This is none of the choices." HOW_ONE},
        {NUMBERS, 3, false, true, "3", "{\"q\":[\"3\"]}"},
        // several
        {COLORS, 4, true, false, "1,2", "{\"q\":[\"Red\",\"Blue\"]}"},
        {COLORS, 4, true, false, "2, red ,2", "{\"q\":[\"Blue\",\"Red\"]}"},
        {COLORS, 4, true, false, "1\n4", "{\"q\":[\"Red\",\"ÉCRU\"]}"},
        {COLORS, 4, true, false, "1、2，4", "{\"q\":[\"Red\",\"Blue\",\"ÉCRU\"]}"},
        {COLORS, 4, true, false, "Grün, hell", "{\"q\":[\"Grün, hell\"]}"},
        {COLORS, 4, true, false, "Blue", "{\"q\":[\"Blue\"]}"},
        {COLORS, 4, true, false, "1, pink", "This is none of the choices." HOW_MANY},
        {COLORS, 4, true, false, ",,", "This is none of the choices." HOW_MANY},
        {COLORS, 4, true, true, "1, pink, 2, lilac", "{\"q\":[\"Red\",\"Blue\",\"pink, lilac\"]}"},
        {COLORS, 4, true, true, "I'd like 1, or 2 of them", "{\"q\":[\"I'd like 1, or 2 of them\"]}"},
        // free text
        {NULL, 0, false, false, " Paris\n(France) ", "{\"q\":[\"Paris\\n(France)\"]}"},
        {NULL, 0, false, true, "2", "{\"q\":[\"2\"]}"},
        {NULL, 0, true, true, "a, b", "{\"q\":[\"a, b\"]}"},
        {NULL, 0, false, true, " \xE2\x80\x8B ",
         "Please answer this. To answer, write your next message here. “Skip” skips it."},
        // skipping, in whatever language
        {COLORS, 4, false, false, "skip", "skip"},
        {COLORS, 4, true, true, " SKIP ", "skip"},
        {NULL, 0, false, true, "überspringen", "skip"},
        {NULL, 0, false, true, "Überspringen", "skip"},
        {NULL, 0, false, true, "スキップ", "skip"},
        {NULL, 0, false, true, "skip it", "{\"q\":[\"skip it\"]}"},
        {SKIPPING, 2, false, false, "skip", "{\"q\":[\"Skip\"]}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const question_item it = item(rows[i].options, rows[i].count, rows[i].multi, rows[i].other);
        const gateway_question q = question_sample(&it, 1);
        check(&q, rows[i].said, rows[i].expected);
    }
}

#define HOW_LINES                                                                                            \
    " To answer, write one message with 3 lines, one for each question in this order: your own words, or "   \
    "the "                                                                                                   \
    "number or name of a choice (several with commas where more than one may be chosen). “Skip” skips it."

static void test_several_items(void **state) {
    question_item items[] = {item(COLORS, 4, true, false), item(TWINS, 3, false, false),
                             item(NULL, 0, false, true)};
    const gateway_question q = question_sample(items, 3);
    (void)state;
    items[0].id = "c";
    items[1].id = "t";
    items[2].id = "w";
    check(&q, "1, blue\nB\nno, thanks", "{\"c\":[\"Red\",\"Blue\"],\"t\":[\"B\"],\"w\":[\"no, thanks\"]}");
    check(&q, "\n 1 \r\n\n 3\nx\n", "{\"c\":[\"Red\"],\"t\":[\"B\"],\"w\":[\"x\"]}");
    check(&q, "1\nB", "I need 3 lines." HOW_LINES);
    check(&q, "1\nB\nx\ny", "I need 3 lines." HOW_LINES);
    check(&q, "1", "I need 3 lines." HOW_LINES);
    check(&q, "", "I need 3 lines." HOW_LINES);
    check(&q, "1\nC\nx", "Question 2: This is none of the choices." HOW_LINES);
    check(&q, "skip", "skip");
    check(&q, "1\nskip\nx", "Question 2: This is none of the choices." HOW_LINES);
}

static void test_too_long(void **state) {
    const question_item it = item(NULL, 0, false, true);
    const gateway_question q = question_sample(&it, 1);
    char *text = xmalloc(QUESTION_ANSWER_MAX_RUNES + 2);
    (void)state;
    memset(text, 'x', QUESTION_ANSWER_MAX_RUNES + 1);
    text[QUESTION_ANSWER_MAX_RUNES + 1] = '\0';
    check(&q, text, "This is too long. To answer, write your next message here. “Skip” skips it.");
    text[QUESTION_ANSWER_MAX_RUNES] = '\0';
    question_reply r;
    char *wrong = NULL;
    assert_int_equal(question_reply_text(&q, text, &r, &wrong), QUESTION_TYPED_ANSWER);
    question_reply_clear(&r);
    free(text);
}

static void test_the_post(void **state) {
    static const struct {
        const question_option *options;
        size_t count;
        bool multi, other;
        const char *mention, *text;
    } rows[] = {
        {COLORS, 2, false, true, "",
         "Which?\n1. **Red** – warm\n2. **Blue**\n\nTo answer, write the number or the name of one choice, "
         "or "
         "your own words. “Skip” skips it.\n*I wait 15 minutes for an answer.*"},
        {NUMBERS, 2, false, false, "openclaw",
         "Which?\n- **2**\n- **4**\n\nTo answer, write the number or the name of one choice. “Skip” skips "
         "it. "
         "Mention @openclaw in it.\n*I wait 15 minutes for an answer.*"},
        {COLORS, 1, true, true, "",
         "Which?\n1. **Red** – warm\n*More than one can be chosen.*\n\nTo answer, write the numbers or names "
         "of your choices, with commas between them, or your own words. “Skip” skips it.\n*I wait 15 minutes "
         "for an answer.*"},
        {NULL, 0, false, true, "",
         "Which?\n\nTo answer, write your next message here. “Skip” skips it.\n*I wait 15 minutes for an "
         "answer.*"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const question_item it = item(rows[i].options, rows[i].count, rows[i].multi, rows[i].other);
        const gateway_question q = question_sample(&it, 1);
        char *text = english(words_question_plain(&q, rows[i].mention));
        assert_string_equal(text, rows[i].text);
        free(text);
    }
}

// The largest question that there can be, and all of its choices at once.
static void test_the_largest(void **state) {
    question_item items[QUESTION_ITEMS_MAX];
    question_option options[QUESTION_OPTIONS_MAX];
    char labels[QUESTION_OPTIONS_MAX][8];
    buf said;
    (void)state;
    buf_init(&said, 64 << 10);
    for (int i = 0; i < QUESTION_OPTIONS_MAX; i++) {
        labels[i][0] = 'o';
        labels[i][1] = (char)('A' + i);
        labels[i][2] = '\0';
        options[i] = (question_option){labels[i], "y"};
    }
    for (size_t i = 0; i < QUESTION_ITEMS_MAX; i++) {
        items[i] = item(options, QUESTION_OPTIONS_MAX, true, true);
        for (int k = 1; k <= QUESTION_OPTIONS_MAX; k++) {
            char *number = xasprintf("%d,", k);
            assert_int_equal(buf_append_str(&said, number), OC_OK);
            free(number);
        }
        assert_int_equal(buf_append_str(&said, "and more\n"), OC_OK);
    }
    const gateway_question q = question_sample(items, QUESTION_ITEMS_MAX);
    question_reply r;
    char *wrong = NULL, *text = buf_take_str(&said);
    assert_int_equal(question_reply_text(&q, text, &r, &wrong), QUESTION_TYPED_ANSWER);
    assert_int_equal(r.items[QUESTION_ITEMS_MAX - 1].value_count, QUESTION_OPTIONS_MAX + 1);
    assert_string_equal(r.values[0][QUESTION_OPTIONS_MAX], "and more");
    question_reply_clear(&r);
    free(text);
    text = english(words_question_plain(&q, "openclaw"));
    assert_true(strlen(text) < 48 << 10);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_item),    cmocka_unit_test(test_several_items),
        cmocka_unit_test(test_too_long),    cmocka_unit_test(test_the_post),
        cmocka_unit_test(test_the_largest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
