// SPDX-License-Identifier: Apache-2.0
// What questions become, and how clicks and dialogs become answers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "interactions/question_form.h"
#include "interactions/question_words.h"
#include "interactions/span_words.h"
#include "support/english.h"
#include "support/question_sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const question_option OPTIONS[QUESTION_OPTIONS_MAX] = {
    {"Red", "warm"}, {"Blue", ""}, {"*Green*", ""}, {"Grey", ""}, {"Black", ""},
    {"White", ""},   {"", ""},     {"H", ""},       {"I", ""},    {"J", ""},
};

static question_item item(size_t options, bool multi, bool other) {
    return (question_item){.id = "q",
                           .header = "Color",
                           .text = "Which?",
                           .options = OPTIONS,
                           .option_count = options,
                           .multi_select = multi,
                           .other = other};
}

// Expected values by hand: form, and the buttons' labels.
static void test_what_it_becomes(void **state) {
    static const struct {
        size_t options;
        bool multi, other;
        question_form form;
        const char *labels;
    } rows[] = {
        {2, false, true, QUESTION_BUTTONS, "Red|Blue|Something else …|Skip|"},
        {2, false, false, QUESTION_BUTTONS, "Red|Blue|Skip|"},
        {5, false, true, QUESTION_BUTTONS, "Red|Blue|*Green*|Grey|Black|Something else …|Skip|"},
        {6, false, true, QUESTION_MENU, "Choose …|Something else …|Skip|"},
        {6, false, false, QUESTION_MENU, "Choose …|Skip|"},
        {0, false, true, QUESTION_DIALOG, "Answer …|Skip|"},
        {0, false, false, QUESTION_DIALOG, "Answer …|Skip|"},
        {3, true, true, QUESTION_DIALOG, "Answer …|Skip|"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const question_item it = item(rows[i].options, rows[i].multi, rows[i].other);
        const gateway_question q = question_sample(&it, 1);
        question_actions actions;
        char labels[512] = "";
        assert_int_equal(question_form_of(&q), rows[i].form);
        question_actions_make(&q, &actions);
        for (size_t k = 0; k < actions.count; k++)
            snprintf(labels + strlen(labels), sizeof labels - strlen(labels), "%.60s|",
                     english_of(actions.items[k].label));
        assert_string_equal(labels, rows[i].labels);
        if (rows[i].form == QUESTION_MENU) {
            assert_int_equal(actions.items[0].option_count, rows[i].options);
            assert_string_equal(actions.items[0].options[1].value, "1");
        }
        question_actions_clear(&actions);
    }
}

static void test_labels_always_show(void **state) {
    const question_item it = item(7, false, false);
    const gateway_question q = question_sample(&it, 1);
    question_actions actions;
    (void)state;
    question_actions_make(&q, &actions);
    assert_string_equal(english_of(actions.items[0].options[6].text), "Option 7");
    question_actions_clear(&actions);
}

static void test_a_click(void **state) {
    static const struct {
        const char *value, *label;
    } rows[] = {{"0", "Red"}, {"2", "*Green*"}, {"3", NULL},  {"", NULL},   {"-1", NULL},
                {"1x", NULL}, {"01", "Blue"},   {" 1", NULL}, {NULL, NULL}, {"99999999999999999999", NULL}};
    const question_item it = item(3, false, true);
    const gateway_question q = question_sample(&it, 1);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        question_reply r;
        bool good = question_reply_option(&q, rows[i].value, &r);
        assert_int_equal(good, rows[i].label != NULL);
        if (good)
            assert_string_equal(r.items[0].values[0], rows[i].label);
        question_reply_clear(&r);
    }
    const question_item multi = item(3, true, true);
    const gateway_question several = question_sample(&multi, 1);
    question_reply r;
    assert_false(question_reply_option(&several, "0", &r));
}

// Each row: what a dialog is sent with, and the answer as JSON; or NULL, and the element that is wrong.
static void test_a_dialog(void **state) {
    static const struct {
        size_t options;
        bool multi, other;
        const char *values, *answer, *wrong;
    } rows[] = {
        {0, false, true, "{\"q0\":\" Paris \"}", "{\"q\":[\"Paris\"]}", NULL},
        {0, false, true, "{\"q0\":\"  \"}", NULL, "Please answer this."},
        {0, false, true, "{}", NULL, "Please answer this."},
        {0, false, true, "{\"q0\":7}", NULL, "Please answer this."},
        {0, false, true, "{\"q0\":null}", NULL, "Please answer this."},
        {3, false, true, "{\"q0\":\"1\"}", "{\"q\":[\"Blue\"]}", NULL},
        {3, false, true, "{\"q0\":\"1\",\"q0other\":null}", "{\"q\":[\"Blue\"]}", NULL},
        {3, false, true, "{\"q0\":\"\",\"q0other\":\"Pink\"}", "{\"q\":[\"Pink\"]}", NULL},
        {3, false, true, "{\"q0\":\"1\",\"q0other\":\"Pink\"}", NULL,
         "Please choose one, or write something else, but not both."},
        {3, false, true, "{\"q0\":\"3\"}", NULL, "This is none of the choices."},
        {3, false, true, "{\"q0\":\"Blue\"}", NULL, "This is none of the choices."},
        {3, false, true, "{\"q0\":{\"a\":1}}", NULL, "This is none of the choices."},
        {3, false, true, "{\"q0\":[\"0\",\"1\"]}", NULL, "This is none of the choices."},
        {3, false, false, "{\"q0\":\"0\",\"q0other\":\"Pink\"}", NULL, "This is none of the choices."},
        {3, false, false, "{}", NULL, "Please answer this."},
        {3, true, true, "{\"q0\":[\"0\",\"2\",\"0\"]}", "{\"q\":[\"Red\",\"*Green*\"]}", NULL},
        {3, true, true, "{\"q0\":[\"0\"],\"q0other\":\"Pink\"}", "{\"q\":[\"Red\",\"Pink\"]}", NULL},
        {3, true, true, "{\"q0\":\"2\"}", "{\"q\":[\"*Green*\"]}", NULL},
        {3, true, true, "{\"q0\":[]}", NULL, "Please answer this."},
        {3, true, true, "{\"q0\":[\"0\",7]}", NULL, "This is none of the choices."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const question_item it = item(rows[i].options, rows[i].multi, rows[i].other);
        const gateway_question q = question_sample(&it, 1);
        question_reply r;
        cJSON *values = cJSON_Parse(rows[i].values);
        assert_non_null(values);
        cJSON *errors = question_reply_form(&q, values, &r);
        assert_int_equal(errors == NULL, rows[i].answer != NULL);
        if (errors == NULL) {
            cJSON *json = question_reply_json(&r);
            char *text = cJSON_PrintUnformatted(json);
            assert_string_equal(text, rows[i].answer);
            cJSON_free(text);
            cJSON_Delete(json);
        } else {
            assert_string_equal(english_of(json_text(errors, "q0")), rows[i].wrong);
        }
        question_reply_clear(&r);
        cJSON_Delete(errors);
        cJSON_Delete(values);
    }
}

static void test_too_long(void **state) {
    const question_item it = item(0, false, true);
    const gateway_question q = question_sample(&it, 1);
    question_reply r;
    char *text = xmalloc(QUESTION_ANSWER_MAX_RUNES + 2);
    (void)state;
    memset(text, 'x', QUESTION_ANSWER_MAX_RUNES + 1);
    text[QUESTION_ANSWER_MAX_RUNES + 1] = '\0';
    cJSON *values = json_new_object();
    json_add_string(values, "q0", text);
    cJSON *errors = question_reply_form(&q, values, &r);
    assert_string_equal(english_of(json_text(errors, "q0")), "This is too long.");
    question_reply_clear(&r);
    cJSON_Delete(errors);
    cJSON_Delete(values);
    free(text);
}

// The largest question that there can be fits a dialog.
static void test_the_largest(void **state) {
    question_item items[QUESTION_ITEMS_MAX];
    question_option options[QUESTION_OPTIONS_MAX];
    (void)state;
    for (size_t i = 0; i < QUESTION_OPTIONS_MAX; i++)
        options[i] = (question_option){"x", "y"};
    for (size_t i = 0; i < QUESTION_ITEMS_MAX; i++) {
        items[i] = item(QUESTION_OPTIONS_MAX, true, true);
        items[i].options = options;
        items[i].header = items[i].text = "";
    }
    const gateway_question q = question_sample(items, QUESTION_ITEMS_MAX);
    question_elements *e = question_elements_make(&q);
    assert_true(e->count <= DIALOG_ELEMENTS_MAX);
    assert_int_equal(e->count, 2 * QUESTION_ITEMS_MAX);
    assert_string_equal(e->items[2].name, "q1");
    assert_string_equal(e->items[3].name, "q1other");
    assert_string_equal(english_of(e->items[2].label), "Question 2");
    assert_true(e->items[3].optional);
    question_elements_free(e);
    char *text = english(words_question(&q));
    assert_true(strlen(text) < 48 << 10);
    free(text);
}

static void test_words(void **state) {
    const question_item it = item(2, false, true);
    gateway_question q = question_sample(&it, 1);
    (void)state;
    char *text = english(words_question(&q));
    assert_string_equal(
        text, "**Color**\nWhich?\n- **Red** – warm\n- **Blue**\n\n*I wait 15 minutes for an answer.*");
    free(text);
    cJSON *answers = cJSON_Parse("{\"q\":[\"Red\",\"@all *x*\"],\"z\":[7]}");
    char *what = words_question_answers(&q, answers);
    assert_string_equal(what, "**Red**, **@\xE2\x80\x8B"
                              "all \\*x\\*** · ");
    free(what);
    cJSON_Delete(answers);
    text = english(words_question_closed(QUESTION_CANCELLED, "bob"));
    assert_non_null(strstr(text, "Skipped by @bob"));
    free(text);
    text = english(words_span(3600000));
    assert_string_equal(text, "an hour");
    free(text);
    text = english(words_span(1));
    assert_string_equal(text, "a minute");
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_it_becomes), cmocka_unit_test(test_labels_always_show),
        cmocka_unit_test(test_a_click),         cmocka_unit_test(test_a_dialog),
        cmocka_unit_test(test_too_long),        cmocka_unit_test(test_the_largest),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
