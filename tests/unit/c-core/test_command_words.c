// SPDX-License-Identifier: Apache-2.0
// In which language commands speak: to who commands in theirs, to everybody in the server's; and what Mattermost cuts off or
// refuses when it is too long is short enough in every language.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/command_bench.h"
#include "interactions/command_lists.h"
#include "interactions/settings_form.h"

#define GERMAN "deutschdeutschdeutschdeuts" // reads German, see fake_chat.h

static config *open_rules(void) {
    config_problems problems;
    cJSON *settings = json_new_object();
    json_add_string(settings, "gatewaytoken", "t");
    json_add_string(settings, "advanced", "{groupPolicy: 'open', dmPolicy: 'open', allowFrom: ['*']}");
    config *c = config_from_settings(settings, &problems);
    config_problems_free(&problems);
    cJSON_Delete(settings);
    assert_non_null(c);
    return c;
}

static void test_answers_are_in_the_language_of_who_commands(void **state) {
    (void)state;
    start_bench(open_rules());
    give_at(GERMAN, "dm1", "", "/openclaw help");
    assert_true(said("Schreib mir eine Direktnachricht") && said("`/openclaw think [level]`: Die Denkstufe"));
    give_at(GERMAN, "dm1", "", "/openclaw why x");
    assert_true(said("Du darfst diesen Befehl nicht benutzen."));
    give_at(GERMAN, "dm1", "", "/openclaw pairing approve");
    assert_true(said("Du darfst diesen Befehl nicht benutzen."));
    give_at(GERMAN, "dm1", "", "/openclaw fly");
    assert_true(said("Diesen Befehl gibt es nicht."));
    give_at(GERMAN, "dm1", "", "/openclaw model a b");
    assert_true(said("Schreib `/openclaw model [model]`: Das Modell"));
    give_at(GERMAN, "pub1out", "", "/openclaw status");
    assert_true(said("Der Bot ist nicht Mitglied dieses Kanals."));
    give_at(GERMAN, "dm1", "", "/openclaw status");
    fake_call_end(OC_OK, json_of("{\"session\":{\"thinkingDefault\":\"low\",\"totalTokens\":5}}"), NULL);
    assert_true(said("Modell: das übliche Modell des Agenten") && said("`low` (die übliche Stufe") &&
                said("Kontext: 5 Tokens"));
    give_at(GERMAN, "dm1", "", "/openclaw verbose full");
    assert_true(said("Du hast geändert, was gezeigt wird: wachsende Antworten zeigen hier"));
    give_at(GERMAN, "dm1", "", "/openclaw model x");
    fake_call_end(OC_EREMOTE, NULL, json_of("{\"code\":\"FORBIDDEN\",\"message\":\"no\"}"));
    assert_true(said("Das Gateway erlaubt dieser Verbindung das nicht: no"));
    give_at("person", "dm1", "", "/openclaw fly");
    assert_true(said("There is no such command."));
    end_bench();
}

static void test_what_concerns_everybody_is_in_the_servers_language(void **state) {
    (void)state;
    start_bench(open_rules());
    give_at(GERMAN, "pub1", "root1", "/openclaw verbose on");
    assert_int_equal(FAKE.post_count, 1);
    assert_non_null(strstr(FAKE.posts[0].message, "changed what is shown: growing answers"));
    FAKE.info.locale = "fr";
    give_at(GERMAN, "pub1", "root1", "/openclaw reasoning on");
    assert_int_equal(FAKE.post_count, 2);
    assert_non_null(strstr(FAKE.posts[1].message, "réponses en cours d'écriture"));
    give_at("person", "dm1", "", "/openclaw fly"); // whose language is not known
    assert_true(said("Cette commande n'existe pas."));
    end_bench();
}

// Mattermost takes descriptions of up to 128 bytes; what is longer is cut within the sentence.
static void test_descriptions_fit(void **state) {
    const command_row *row;
    (void)state;
    for (words_lang lang = 0; lang < WORDS_LANGS; lang++) {
        for (size_t i = 0; (row = commands_row(i)) != NULL; i++) {
            const char *text = words_text(lang, row->help);
            if (row->native && strlen(text) > SLASH_DESCRIPTION_MAX_BYTES)
                fail_msg("%s: /%s: %zu bytes: %s", words_lang_tag(lang), row->path, strlen(text), text);
        }
        assert_true(strlen(words_text(lang, WORD_COMMAND_DESCRIPTION)) <= SLASH_DESCRIPTION_MAX_BYTES);
    }
}

// A dialog's title and labels have 24 bytes, its hints 150 (Mattermost's model/integration_action.go).
static void test_settings_dialog_fits(void **state) {
    const talk_setting none = TALK_SETTING_NONE;
    (void)state;
    for (words_lang lang = 0; lang < WORDS_LANGS; lang++) {
        const settings_modes modes = settings_modes_of(&none, &none, PERMISSION_FULL, true);
        cJSON *now = settings_now(NULL, &none, &modes);
        settings_form *form = settings_form_make(lang, NULL, NULL, now, &modes);
        size_t count = 0;
        const dialog_element *elements = settings_form_elements(form, &count);
        assert_int_equal(count, SETTINGS_FIELDS);
        assert_true(strlen(words_text(lang, WORD_SETTINGS_TITLE)) <= 24);
        for (size_t i = 0; i < count; i++) {
            if (strlen(elements[i].label) > 24 || strlen(elements[i].help) > 150)
                fail_msg("%s: %s (%zu), %s (%zu)", words_lang_tag(lang), elements[i].label,
                         strlen(elements[i].label), elements[i].help, strlen(elements[i].help));
        }
        settings_form_free(form);
        cJSON_Delete(now);
    }
}

static void test_lists_and_autocomplete(void **state) {
    (void)state;
    cJSON *items = command_lists_items(WORDS_DE, "models", NULL);
    assert_string_equal(json_text(cJSON_GetArrayItem(items, 0), "HelpText"),
                        "Das übliche Modell des Agenten");
    cJSON_Delete(items);
    cJSON *root = commands_autocomplete(WORDS_JA);
    assert_string_equal(json_text(root, "HelpText"), words_text(WORDS_JA, WORD_COMMAND_DESCRIPTION));
    assert_string_equal(json_text(cJSON_GetArrayItem(json_array(root, "SubCommands"), 0), "HelpText"),
                        words_text(WORDS_JA, WORD_COMMAND_HELP));
    cJSON_Delete(root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_are_in_the_language_of_who_commands),
        cmocka_unit_test(test_what_concerns_everybody_is_in_the_servers_language),
        cmocka_unit_test(test_descriptions_fit),
        cmocka_unit_test(test_settings_dialog_fits),
        cmocka_unit_test(test_lists_and_autocomplete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
