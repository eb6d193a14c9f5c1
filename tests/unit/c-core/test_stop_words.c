// SPDX-License-Identifier: Apache-2.0
// Which texts stop the agent.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inbound/stop_words.h"

#include <string.h>

static const struct row {
    const char *text;
    bool stops;
} ROWS[] = {
    {"stop", true},
    {"Stop!", true},
    {" STOP ... ", true},
    {"**stop**", true},
    {"please, stop", true},
    {"Please  stop?!", true},
    {": stop", true}, // behind a mention with a colon
    {"stop\n", true},
    {"s\u200Btop", false}, // not what a person types
    {"\u200Bstop", true},
    {"stop \U0001F6D1", true},
    {"stop。", true},
    {"esc", true},
    {"Abort.", true},
    {"exit", true},
    {"interrupt", true},
    {"HALT", true},
    {"stop openclaw", true},
    {"Don't do that", true},
    {"don’t do that", true},
    {"HÖR AUF!", true},
    {"¡Detente!", true},
    {"СТОП", true},
    {"Σταμάτα", true},
    {"停止！", true},
    {"やめて", true},
    {"تَوقف", false},
    {"توقف؟", true},
    {"PRZESTAŃ", true},
    {"Dừng lại", true},
    {"", false},
    {"!", false},
    {"stop the server", false},
    {"stopping", false},
    {"nonstop", false},
    {"cancel", false}, // answers a question
    {"stop stop", false},
    {"/stop", true},
    {"stop 1", false},
    {"why did you stop", false},
};

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        if (stop_words_say(ROWS[i].text) != ROWS[i].stops)
            fail_msg("\"%s\": %d", ROWS[i].text, !ROWS[i].stops);
    }
}

static void test_long_texts_are_none(void **state) {
    char text[1001] = "";
    (void)state;
    memset(text, '!', sizeof text - 1);
    memcpy(text, "stop", 4);
    assert_false(stop_words_say(text));
    text[200] = '\0';
    assert_true(stop_words_say(text));
    memset(text, 'a', sizeof text - 1);
    assert_false(stop_words_say(text));
    text[200] = '\0';
    assert_false(stop_words_say(text));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_long_texts_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
