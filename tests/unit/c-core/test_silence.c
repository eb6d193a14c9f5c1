// SPDX-License-Identifier: Apache-2.0
// What an agent says when it has nothing to say, and what of its reasoning must not be posted.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "reply/silence.h"
#include "turn/prompt.h"

#include <stdlib.h>
#include <string.h>

static const char WORD[] = "NO_REPLY";

static void test_answers(void **state) {
    static const struct row {
        const char *text;
        bool answer, plain;
    } rows[] = {
        {"NO_REPLY", true, true},
        {"\n no_reply NO_REPLY ", true, true},
        {"(NO_REPLY!)", true, true},
        {"…NO_REPLY。", true, true},
        {"NO_REPLYNO_REPLY", false, false},
        {"NO_REPLIES", false, false},
        {"$NO_REPLY$", false, false},
        {"\"NO_REPLY\"", true, true},
        {"\"\\nNO_REPLY\"", true, false}, // a JSON string
        {"{ \"action\" : \"NO_REPLY\" }", true, false},
        {"{\"action\":\"no_reply\"}", false, false}, // JSON means what it says
        {"{\"action\":\"NO_REPLY\",\"to\":1}", false, false},
        {"[\"NO_REPLY\"]", true, true},
        {"<think>a < b</think> <thinking>c</thinking>\nNO_REPLY", true, false},
        {"<think>why not", false, false},
        {"<think> NO_REPLY", true, false},
        {"<thinker>x</thinker>NO_REPLY", false, false},
        {"<think>x</think>I will stay silent here. NO_REPLY", true, false},
        {"<think>x</think>Sure. NO_REPLY", false, false},
        {"Analysis:\nNobody asked.\nI'll not say more\nNO_REPLY", false, false},
        {"Analysis:\nNobody asked.\nI won't reply.\nNO_REPLY", true, false},
        {"Analysis:\nPlease retry.\nI won't reply.\nNO_REPLY", false, false}, // there may be an answer in it
        {"Analysis: fine", false, false},
        {"I will stay silent NO_REPLY", false, false}, // without reasoning it is what was said
        {"", false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(silence_is_answer(rows[i].text, WORD), rows[i].answer);
        assert_int_equal(silence_is_text(rows[i].text, WORD), rows[i].plain);
    }
    assert_true(silence_is_text("stay_silent", "STAY_SILENT"));
}

static void test_words_beside_an_answer_go(void **state) {
    static const struct row {
        const char *text, *want;
    } rows[] = {
        {"done NO_REPLY", "done"},
        {"done **NO_REPLY", "done"},
        {"done\nNO_REPLY no_reply\n", "done"},
        {"NO_REPLY\ndone", "done"},
        {"NO_REPLYdone", "done"},
        {"NO_REPLY is a word", "NO_REPLY is a word"}, // somebody asked about it
        {"xNO_REPLY", "xNO_REPLY"},
        {"NO_REPLY", ""},
        {" plain ", "plain"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *got = silence_strip(rows[i].text, WORD);
        assert_string_equal(got, rows[i].want);
        free(got);
    }
}

static void test_beginnings_are_held_back(void **state) {
    static const char *const may[] = {"", " ", "N", "no", "NO_RE", "NO_REPLY", "NO_REPLY.", "**NO_", "\"NO"};
    static const char *const cannot[] = {"Hello", "Not", "NO_REPLX", "NO REPLY", "NO_REPLY hello"};
    (void)state;
    for (size_t i = 0; i < sizeof may / sizeof *may; i++)
        assert_true(silence_may_follow(may[i], WORD));
    for (size_t i = 0; i < sizeof cannot / sizeof *cannot; i++)
        assert_false(silence_may_follow(cannot[i], WORD));
}

static void test_reasoning(void **state) {
    // "Thinking_": the mark follows at once.
    static const char *const told[] = {"Reasoning: x", "> > reasoning:", "Thinking...\n> _x_", "Thinking_",
                                       "thinking. _x_"};
    static const char *const said[] = {"Reasoning is fun", "I was thinking _x_", "Thinking *x*",
                                       "Thinking…_x_", ""};
    (void)state;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        assert_true(silence_is_reasoning(told[i]));
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        assert_false(silence_is_reasoning(said[i]));
}

// Words without end cost no more than their length: this one took minutes once.
static void test_endless_words_end(void **state) {
    enum { WORDS = 100000 };
    const char unit[] = "NO_REPLY ";
    char *text = xmalloc(WORDS * strlen(unit) + 1);
    (void)state;
    for (size_t i = 0; i < WORDS; i++)
        memcpy(text + i * strlen(unit), unit, sizeof unit);
    char *rest = silence_strip(text, WORD);
    assert_string_equal(rest, "");
    assert_true(silence_is_text(text, WORD));
    free(rest);
    free(text);
}

// In a direct message somebody waits for an answer.
static void test_agents_are_told_the_word_in_channels(void **state) {
    prompt_facts facts = {.reactions = "",
                          .sender = "ann",
                          .channel_name = "town",
                          .text = "hi",
                          .instructions = "",
                          .nonce = "0"};
    (void)state;
    for (const char *types = "OPGD"; *types != '\0'; types++) {
        facts.channel_type = *types;
        char *prompt = prompt_system(&facts);
        assert_int_equal(strstr(prompt, SILENCE_WORD) != NULL, *types != 'D');
        free(prompt);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_words_beside_an_answer_go),
        cmocka_unit_test(test_beginnings_are_held_back),
        cmocka_unit_test(test_reasoning),
        cmocka_unit_test(test_endless_words_end),
        cmocka_unit_test(test_agents_are_told_the_word_in_channels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
