// SPDX-License-Identifier: Apache-2.0
#include "words/words.h"

#include "base/json.h"
#include "base/mem.h"
#include "chat/tongues.h"
#include "words/tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_language_of_a_locale(void **state) {
    static const struct {
        const char *locale;
        words_lang want;
    } rows[] = {
        {"en", WORDS_EN},    {"de", WORDS_DE},  {"fr", WORDS_FR},    {"es", WORDS_ES},    {"pt", WORDS_PT},
        {"ja", WORDS_JA},    {"ar", WORDS_AR},  {"pt-BR", WORDS_PT}, {"de_AT", WORDS_DE}, {"EN-au", WORDS_EN},
        {"zh-CN", WORDS_FR}, {"", WORDS_FR},    {NULL, WORDS_FR},    {"d", WORDS_FR},     {"deu", WORDS_FR},
        {"-de", WORDS_FR},   {"jam", WORDS_FR},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (words_lang_of(rows[i].locale, WORDS_FR) != rows[i].want)
            fail_msg("%s", rows[i].locale != NULL ? rows[i].locale : "(none)");
    }
}

static void test_every_text_is_there(void **state) {
    (void)state;
    assert_true(WORD_COUNT > 10);
    for (words_lang lang = 0; lang < WORDS_LANGS; lang++) {
        for (words_key key = WORD_NONE; key < WORD_COUNT; key++) {
            if (WORDS_TABLES[lang][key] == NULL)
                fail_msg("text %d is missing in %s", (int)key, words_lang_tag(lang));
        }
    }
    assert_string_equal(words_text(WORDS_DE, WORD_NONE), "");
    assert_string_equal(words_text(WORDS_LANGS, WORD_TURN_ANSWER_COMPLETE), "My answer is complete.");
    assert_string_equal(words_text(WORDS_DE, WORD_COUNT), "");
}

static void check_settings(const char *fields, const char *want) {
    char *text = words_settings(fields);
    assert_string_equal(text, want);
    free(text);
}

// External mode's file has keys where the System Console has fields.
static void test_settings_by_their_keys(void **state) {
    (void)state;
    assert_non_null(strstr(words_text(WORDS_EN, WORD_GATEWAY_TOKEN_MISSING), "setting GatewayToken."));
    check_settings("DMPolicy, AllowFrom", "DMPolicy, AllowFrom");
    words_name_settings_by_keys(true);
    assert_non_null(strstr(words_text(WORDS_EN, WORD_GATEWAY_TOKEN_MISSING), "setting gateway.token."));
    for (words_lang lang = 0; lang < WORDS_LANGS; lang++) {
        assert_null(strstr(words_text(lang, WORD_GATEWAY_TOKEN_MISSING), "GatewayToken"));
        assert_non_null(strstr(words_text(lang, WORD_REMEDY_TOO_OLD), "catchUpMinutes"));
        assert_ptr_equal(words_text(lang, WORD_TURN_ANSWER_COMPLETE),
                         WORDS_TABLES[lang][WORD_TURN_ANSWER_COMPLETE]);
    }
    check_settings("DMPolicy, AllowFrom", "dmPolicy, allowFrom");
    check_settings("GatewayURL", "gateway.url");
    check_settings("gateway.url, mcp.secret", "gateway.url, mcp.secret");
    check_settings("", "");
    words_name_settings_by_keys(false);
}

static void check_filled(char *text, const char *want) {
    assert_string_equal(text, want);
    free(text);
}

static void test_values(void **state) {
    (void)state;
    check_filled(words_fill(WORDS_EN, WORD_TURN_RUN_REFUSED, "why", "{why} {bot} 100 %s", NULL),
                 "I did not start: {why} {bot} 100 %s"); // a value is data
    check_filled(words_fill(WORDS_DE, WORD_TURN_RUN_REFUSED, "why", "darum", NULL),
                 "Ich habe nicht angefangen: darum");
    check_filled(words_fill(WORDS_EN, WORD_TURN_RUN_REFUSED, "other", "x", NULL), "I did not start: {why}");
    check_filled(words_fill(WORDS_EN, WORD_TURN_RUN_REFUSED, "why", WORDS_NUMBER(-12), NULL),
                 "I did not start: -12");
}

static void check_in(words_lang lang, const char *marked, const char *want) {
    check_filled(words_in(lang, marked), want);
}

static void test_marked_text(void **state) {
    (void)state;
    char *inner = words_mark(WORD_TURN_RUN_ABORTED, NULL);
    char *outer = words_mark(WORD_TURN_RUN_REFUSED, "why", inner, NULL);
    char *joined = xasprintf("> %s\n> %s!", outer, inner);
    check_in(
        WORDS_EN, joined,
        "> I did not start: The agent was stopped before it had an answer.\n> The agent was stopped before "
        "it had an answer.!");
    check_in(WORDS_DE, outer,
             "Ich habe nicht angefangen: Der Agent wurde angehalten, bevor er eine Antwort hatte.");
    for (words_key key = WORD_NONE; key < WORD_COUNT; key++)
        check_in(WORDS_FR, words_marked(key), words_text(WORDS_FR, key));
    check_in(WORDS_DE, "plain {why}", "plain {why}");
    check_in(WORDS_DE, "", "");
    free(joined);
    free(outer);
    free(inner);
}

// What strangers say may look like marks.
static void test_foreign_marks(void **state) {
    static const char *const values[] = {"\x0f",
                                         "\x1fwhy\x1f",
                                         "\x0e",
                                         "a\x0e\x0e\x0f",
                                         "\x0f\x0e",
                                         ("a\x1f"
                                          "b")};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char *marked = words_mark(WORD_TURN_RUN_REFUSED, "why", values[i], NULL);
        char *text = words_in(WORDS_EN, marked);
        assert_int_equal(strncmp(text, "I did not start: ", strlen("I did not start: ")), 0);
        assert_null(strpbrk(text, "\x0e\x0f\x1f"));
        assert_int_equal(strlen(text), strlen("I did not start: ") + strlen(values[i]));
        free(text);
        free(marked);
    }
    check_in(WORDS_EN, "a\x0e", "a");
    check_in(WORDS_EN,
             "a\x0e"
             "999999\x0f"
             "b",
             "ab");
    check_in(WORDS_EN, "\x0e\x0e\x0e\x0e\x0e\x0e\x0f\x0f", "");
}

static void learn(tongues *t, const char *id, const char *locale) {
    cJSON *user = json_new_object();
    json_add_string(user, "id", id);
    if (locale != NULL)
        json_add_string(user, "locale", locale);
    tongues_learn(t, user);
    cJSON_Delete(user);
}

static void test_whose_language(void **state) {
    (void)state;
    tongues *t = tongues_create();
    assert_int_equal(tongues_of_server(t), WORDS_EN);
    tongues_learn_server(t, "ja");
    learn(t, "ana", "pt-BR");
    learn(t, "li", "zh-CN");
    learn(t, "mute", "");
    learn(t, "silent", NULL);
    tongues_learn(t, NULL);
    assert_int_equal(tongues_of_server(t), WORDS_JA);
    assert_int_equal(tongues_of(t, "ana"), WORDS_PT);
    assert_int_equal(tongues_of(t, "li"), WORDS_JA);
    assert_int_equal(tongues_of(t, "mute"), WORDS_JA);
    assert_int_equal(tongues_of(t, "silent"), WORDS_JA);
    assert_int_equal(tongues_of(t, "unknown"), WORDS_JA);
    learn(t, "ana", "fr");
    assert_int_equal(tongues_of(t, "ana"), WORDS_FR);
    tongues_learn_server(t, "sv");
    assert_int_equal(tongues_of(t, "unknown"), WORDS_EN);
    tongues_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_language_of_a_locale),
        cmocka_unit_test(test_every_text_is_there),
        cmocka_unit_test(test_settings_by_their_keys),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_marked_text),
        cmocka_unit_test(test_foreign_marks),
        cmocka_unit_test(test_whose_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
