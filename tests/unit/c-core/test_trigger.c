// SPDX-License-Identifier: Apache-2.0
// Prefixes, what a text says to the bot, and whether that makes it one for the bot. Written by hand from the rules.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inbound/onchar.h"
#include "inbound/trigger.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text;
    const char *first, *second; // entries of oncharPrefixes
    const char *rest;           // NULL: not triggered
} PREFIXES[] = {
    {"> do it", NULL, NULL, "do it"},
    {"!do it", NULL, NULL, "do it"},
    {" \t\n!  do", NULL, NULL, "do"},
    {"do > it", NULL, NULL, NULL},
    {"!x", "", "  ", "x"},
    {">>> deep", NULL, NULL, ">> deep"},
    {"!", NULL, NULL, ""},
    {"", NULL, NULL, NULL},
    {"!x", "?", NULL, NULL},
    {"?x", "?", NULL, "x"},
    {"?x", " ?", NULL, "x"},
    {"?x", "", "?", "x"},
    {"!x", "", "?", NULL},
    {"abc", "ab", "a", "c"},
    {"abc", "a", "ab", "bc"},
    {"AB", "ab", NULL, NULL},
    // a blank behind an entry makes it a word (W-39)
    {"oc do", "oc ", NULL, "do"},
    {"oc\tdo", "oc ", NULL, "do"},
    {"oc", "oc ", NULL, ""},
    {"ocean", "oc ", NULL, NULL},
    {"ocean", "oc ", "oce", "an"},
    {"ocean", "oc", NULL, "ean"},
    {"oc\u00a0do", "oc ", NULL, "do"},
};

static void test_prefixes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++) {
        const char *entries[] = {PREFIXES[i].first, PREFIXES[i].second, NULL};
        const char *rest = onchar_match(PREFIXES[i].text, (char *const *)entries);
        if ((rest == NULL) != (PREFIXES[i].rest == NULL) ||
            (rest != NULL && strcmp(rest, PREFIXES[i].rest) != 0))
            fail_msg("row %zu: \"%s\" leaves %s", i, PREFIXES[i].text, rest != NULL ? rest : "(no trigger)");
    }
    assert_string_equal(onchar_match("!x", NULL), "x");
}

static void check_effective(char *const *configured, const char *first, const char *second) {
    char **list = onchar_effective(configured);
    assert_string_equal(list[0], first);
    if (second == NULL)
        assert_null(list[1]);
    else {
        assert_string_equal(list[1], second);
        assert_null(list[2]);
    }
    free(list);
}

static void test_effective_prefixes(void **state) {
    const char *lists[][3] = {
        {" ? ", "", NULL}, {"", " ", NULL}, {"ab", " c", NULL}, {"oc  ", "x", NULL}, {NULL, NULL, NULL}};
    (void)state;
    check_effective(NULL, ">", "!");
    check_effective((char *const *)lists[0], "? ", NULL);
    check_effective((char *const *)lists[1], ">", "!");
    check_effective((char *const *)lists[2], "ab", "c");
    check_effective((char *const *)lists[3], "oc ", "x");
    check_effective((char *const *)lists[4], ">", "!");
}

static void test_reading(void **state) {
    static const struct {
        const char *text;
        chat_mode mode;
        bool mentioned, prefixed;
        const char *body;
        bool has_body;
    } rows[] = {
        {"hello", CHATMODE_UNSET, false, false, "hello", true},
        {"@openclaw hello", CHATMODE_UNSET, true, false, "hello", true},
        {"!hello", CHATMODE_UNSET, false, false, "!hello", true},
        {"!hello", CHATMODE_ONMESSAGE, false, false, "!hello", true},
        {"!hello", CHATMODE_ONCHAR, false, true, "hello", true},
        {"! @openclaw hello", CHATMODE_ONCHAR, true, true, "hello", true},
        {"@openclaw !hello", CHATMODE_ONCHAR, true, false, "!hello", true},
        {"hello", CHATMODE_ONCHAR, false, false, "hello", true},
        {"!", CHATMODE_ONCHAR, false, true, "", false},
        {"!!", CHATMODE_ONCHAR, false, true, "!", true},
        // a lone mention is a message
        {"@openclaw", CHATMODE_UNSET, true, false, "@openclaw", true},
        {" @OpenClaw\t", CHATMODE_UNSET, true, false, " @OpenClaw\t", true},
        {"@openclaw @openclaw", CHATMODE_UNSET, true, false, "", false},
        {"\n@openclaw", CHATMODE_UNSET, true, false, "", false},
        {"! @openclaw", CHATMODE_ONCHAR, true, true, "", false},
        {"", CHATMODE_UNSET, false, false, "", false},
        {" \u200b", CHATMODE_UNSET, false, false, " \u200b", false},
        {"@openclawx", CHATMODE_UNSET, false, false, "@openclawx", true},
        {"xopenclaw", CHATMODE_UNSET, false, false, "xopenclaw", true},
        {"\U0001F44D", CHATMODE_UNSET, false, false, "\U0001F44D", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        account_config rules = {.chatmode = rows[i].mode};
        trigger t = trigger_read(rows[i].text, "openclaw", &rules);
        if (t.mentioned != rows[i].mentioned || t.prefixed != rows[i].prefixed ||
            t.has_body != rows[i].has_body)
            fail_msg("row %zu: \"%s\"", i, rows[i].text);
        assert_string_equal(t.body, rows[i].body);
        trigger_free(&t);
        assert_null(t.body);
    }
    trigger t = trigger_read("!hello", "openclaw", NULL);
    assert_false(t.prefixed);
    trigger_free(&t);
}

static void test_patterns(void **state) {
    static char *patterns[] = {NULL, NULL};
    account_config rules = {.mention_patterns = patterns};
    (void)state;
    char claw[] = "\\bclaw\\b";
    patterns[0] = claw;
    trigger t = trigger_read("dear Claw, hello", "openclaw", &rules);
    assert_true(t.by_pattern);
    assert_false(t.mentioned);
    assert_string_equal(t.body, "dear Claw, hello");
    trigger_free(&t);
    t = trigger_read("@openclaw hello", "openclaw", &rules);
    assert_false(t.by_pattern);
    trigger_free(&t);
}

static void test_empty(void **state) {
    (void)state;
    assert_true(trigger_empty("", "", "openclaw"));
    assert_true(trigger_empty("", "@openclaw", ""));
    assert_true(trigger_empty("", "@", ""));
    assert_true(trigger_empty("", "#openclaw", "openclaw"));
    assert_true(trigger_empty("", "@openclam", "openclaw"));
    assert_true(trigger_empty("", "@open", "openclaw"));
    assert_true(trigger_empty("", "@openclawed", "openclaw"));
    assert_true(trigger_empty("", "@openclaw\r", "openclaw"));
    assert_false(trigger_empty("", "\u00a0@openclaw", "openclaw"));
    assert_false(trigger_empty("x", "", "openclaw"));
}

static void test_required(void **state) {
    static const struct {
        chat_mode mode;
        choice flag;
        choice here, every; // groups; UNSET both: no entries say anything
        bool required;
    } rows[] = {
        {CHATMODE_UNSET, UNSET, UNSET, UNSET, true},    {CHATMODE_UNSET, YES, UNSET, UNSET, true},
        {CHATMODE_UNSET, NO, UNSET, UNSET, false},      {CHATMODE_ONCALL, NO, UNSET, UNSET, true},
        {CHATMODE_ONMESSAGE, YES, UNSET, UNSET, false}, {CHATMODE_ONCHAR, NO, UNSET, UNSET, true},
        {CHATMODE_ONCALL, UNSET, NO, UNSET, false},     {CHATMODE_ONCALL, UNSET, UNSET, NO, false},
        {CHATMODE_ONCALL, UNSET, YES, NO, true},        {CHATMODE_ONMESSAGE, UNSET, NO, YES, false},
        {CHATMODE_ONMESSAGE, UNSET, UNSET, YES, true},  {CHATMODE_ONCHAR, UNSET, NO, UNSET, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        group_config groups[] = {
            {.channel_id = (char *)"*", .require_mention = rows[i].every},
            {.channel_id = (char *)"other", .require_mention = rows[i].required ? NO : YES},
            {.channel_id = (char *)"here", .require_mention = rows[i].here}};
        account_config rules = {
            .chatmode = rows[i].mode, .require_mention = rows[i].flag, .groups = groups, .group_count = 3};
        assert_int_equal(trigger_required(&rules, "here"), rows[i].required);
    }
}

// required, can detect, mentioned, participant, command, authorized → effective, skip, bypass.
static void test_decision(void **state) {
    static const char *const rows[] = {
        "rd.... .s.", "rdm... e..", "rd.p.. e..", "rd..c. .s.", "rd..ca e.b", "rd...a .s.", "rdmpca e..",
        "rd.pca e.b", "rdm.ca e..", "r..... ...", "r.m... e..", "r..p.. e..", "r...ca e.b", "r...c. ...",
        ".d.... ...", ".dm... e..", ".d.p.. e..", ".d..ca ...", "...... ...", "..m... e..",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *in = rows[i], *out = rows[i] + 7;
        trigger_facts f = {.required = in[0] == 'r',
                           .can_detect = in[1] == 'd',
                           .mentioned = in[2] == 'm',
                           .participant = in[3] == 'p',
                           .control_command = in[4] == 'c',
                           .command_authorized = in[5] == 'a'};
        trigger_decision d = trigger_decide(&f);
        if (d.effective != (out[0] == 'e') || d.skip != (out[1] == 's') || d.bypass != (out[2] == 'b'))
            fail_msg("%s", rows[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefixes), cmocka_unit_test(test_effective_prefixes),
        cmocka_unit_test(test_reading),  cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_empty),    cmocka_unit_test(test_required),
        cmocka_unit_test(test_decision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
