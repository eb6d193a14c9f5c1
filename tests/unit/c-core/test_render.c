// SPDX-License-Identifier: Apache-2.0
// The agent's text on its way into posts: nobody is called who need not be, prefixes are filled in, words for silence go.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reply/mentions.h"
#include "reply/prefix.h"
#include "reply/render.h"

#include <stdlib.h>

#define Z "\u200b"

static void test_everybody_is_not_called(void **state) {
    static const struct row {
        const char *text, *want;
    } rows[] = {
        {"@all", "@" Z "all"},
        {"hi @Channel, and @HERE.", "hi @" Z "Channel, and @" Z "HERE."},
        {"**@all** (@here) _@channel_ x.@all", "**@" Z "all** (@" Z "here) _@" Z "channel_ x.@" Z "all"},
        {"\\@all", "\\@" Z "all"},
        {"[@all](http://x)", "[@" Z "all](http://x)"},
        {"https://x/@all?a", "https://x/%40all?a"},
        {"&#64;all &#x40;here &commat;all", "&#64;" Z "all &#x40;" Z "here &commat;" Z "all"},
        {"@&#97;ll @a&#108;l", "@" Z "&#97;ll @" Z "a&#108;l"},
        {"@all-hands @all_ @all:", "@" Z "all-hands @" Z "all_ @" Z "all:"},
        {"> - @all", "> - @" Z "all"},
        // not a call
        {"@allison @channels me@all.org @bob all", "@allison @channels me@all.org @bob all"},
        {"@all4", "@all4"},
        {"a & b @", "a & b @"},
        // code stays
        {"`@all`", "`@all`"},
        {"``a ` @all``", "``a ` @all``"},
        {"```\n@all\n```", "```\n@all\n```"},
        {"- ```\n  @all\n  ```", "- ```\n  @all\n  ```"},
        {"~~~\n@all", "~~~\n@all"},
        // what only looks like code
        {"`@all", "`@" Z "all"},
        {"`a\n\n@all`", "`a\n\n@" Z "all`"},
        {"`a\nb` @all `c`", "`a\nb` @" Z "all `c`"},
        {"\\`@all`", "\\`@" Z "all`"},
        {"```\n```\n@all", "```\n```\n@" Z "all"},
        {"- ```\n@all\n```", "- ```\n@" Z "all\n```"}, // the list item ends, and its block with it
        {"> ```\n@all", "> ```\n@" Z "all"},
        {"```a`b\n@all", "```a`b\n@" Z "all"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *got = mentions_defuse(rows[i].text);
        assert_string_equal(got, rows[i].want);
        char *again = mentions_defuse(got);
        assert_string_equal(again, got);
        free(again);
        free(got);
    }
}

static void test_prefixes(void **state) {
    static const prefix_facts facts = {
        .provider = "openai", .model = "openai/gpt-9-20260102", .thinking = "high", .identity = "Claw"};
    static const struct row {
        const char *prefix, *want;
    } rows[] = {
        {"", ""},
        {"bot:", "bot:"},
        {"auto", "[Claw]"},
        {"[{model} | {THINK}]", "[gpt-9 | high]"},
        {"{modelFull} {provider} {thinkingLevel}", "openai/openai/gpt-9-20260102 openai high"},
        {"{identity.name}/{identityName}", "Claw/Claw"},
        {"{nobody} {", "{nobody} {"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *got = prefix_fill(rows[i].prefix, &facts);
        assert_string_equal(got, rows[i].want);
        free(got);
    }
    char *unknown = prefix_fill("{model} auto", &(prefix_facts){.identity = ""});
    assert_string_equal(unknown, "{model} auto");
    free(unknown);
    unknown = prefix_fill("auto", &(prefix_facts){.identity = NULL});
    assert_string_equal(unknown, "");
    free(unknown);
}

static void test_prefix_is_put_once(void **state) {
    static const struct row {
        const char *prefix, *text, *want;
    } rows[] = {
        {"[x]", "hi", "[x] hi"},
        {"[x]", "[x] hi", "[x] hi"},
        {"", "hi", "hi"},
        {"[x]", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *got = prefix_put(rows[i].prefix, rows[i].text);
        assert_string_equal(got, rows[i].want);
        free(got);
    }
}

static void test_all_rules_together(void **state) {
    char prefix[] = "[x]";
    render_rules rules = {.tables = TABLES_BULLETS, .prefix = prefix};
    static const struct row {
        const char *text;
        bool first;
        const char *want;
    } rows[] = {
        {"@all\n\n| a |\n|---|\n| @here |", true, "[x] @" Z "all\n\n• a: @" Z "here"},
        {"more", false, "more"},
        {"Reasoning: secret", true, ""},
        {"done\nNO_REPLY", false, "done"},
        {"done STAY_SILENT", false, "done"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *got = render_text(&rules, rows[i].text, rows[i].first);
        assert_string_equal(got, rows[i].want);
        free(got);
    }
    rules.mass_mentions = true;
    rules.tables = TABLES_OFF;
    char *got = render_text(&rules, "@all", false);
    assert_string_equal(got, "@all");
    free(got);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everybody_is_not_called),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_prefix_is_put_once),
        cmocka_unit_test(test_all_rules_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
