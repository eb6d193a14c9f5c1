// SPDX-License-Identifier: Apache-2.0
// Who is mentioned, and what is left of the text. The rows follow OpenClaw's own channel, but for code.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inbound/mention.h"

#include <stdlib.h>

static const struct row {
    const char *text;
    bool mentioned;
    const char *stripped;
} ROWS[] = {
    {"@openclaw hi", true, "hi"},
    {"hi @OpenClaw", true, "hi"},
    {"@openclaw: do it", true, ": do it"},
    {"@openclaw, do", true, ", do"},
    {"@openclaw.", true, "."},
    {"@openclaw.. then", true, ".. then"},
    {"@openclaw.bot hi", false, "@openclaw.bot hi"},
    {"@openclaw..bot hi", false, "@openclaw..bot hi"},
    {"@openclaw-bot hi", false, "@openclaw-bot hi"},
    {"@openclaw_bot hi", false, "@openclaw_bot hi"},
    {"@openclaw2 hi", false, "@openclaw2 hi"},
    {"@openclawx hi", false, "@openclawx hi"},
    {"@openclaw:x", false, "@openclaw:x"},
    {"x@openclaw y", false, "x@openclaw y"},
    {"_@openclaw y", false, "_@openclaw y"},
    {"9@openclaw y", false, "9@openclaw y"},
    {"x.@openclaw y", true, "x. y"},
    {"x-@openclaw y", true, "x- y"},
    {"(@openclaw)", true, "()"},
    {"**@openclaw** hi", true, "**** hi"},
    {"@@openclaw hi", true, "@ hi"},
    {"@openclaw\nline2", true, "line2"},
    {"  @openclaw   # Heading\n- a\n- b @openclaw", true, "  # Heading\n- a\n- b"},
    {"hello @openclaw  there   friend", true, "hello there friend"},
    {"hello   there\n@openclaw a", true, "hello   there\na"},
    {"@openclaw @openclaw hi", true, " hi"},
    {"@openclaw", true, ""},
    {" @openclaw ", true, ""},
    {"\n@openclaw\n\nbody\n\n", true, "\n\n\nbody"},
    {"@openclaw\n@openclaw\nbody", true, "body"},
    {"no mention   here", false, "no mention   here"},
    {"@openclaw-", true, "-"},
    {"@openclawé", true, "é"},
    {"é@openclaw hi", true, "é hi"},
    {"@openclaw /new", true, "/new"},
    {"/new", false, "/new"},
    {"> quote @openclaw here", true, "> quote here"},
    {"@all hi", false, "@all hi"},
    {"@channel @here", false, "@channel @here"},
    {"@OPENCLAW please", true, "please"},
    {"@openclaw\tplease", true, "please"},
    {"@ openclaw", false, "@ openclaw"},
    {"openclaw", false, "openclaw"},
    {"@open", false, "@open"},
    {"@", false, "@"},
    {"", false, ""},
    {"\n\n", false, ""},
    // what stands in code is quoted, not said
    {"`@openclaw`", false, "`@openclaw`"},
    {"``a ` @openclaw``", false, "``a ` @openclaw``"},
    {"`@openclaw", true, "`"},
    {"`a` @openclaw `b`", true, "`a` `b`"},
    {"```\n@openclaw\n```", false, "```\n@openclaw\n```"},
    {"```\n@openclaw\n```\n@openclaw go", true, "```\n@openclaw\n```\ngo"},
    {"~~~\n@openclaw", false, "~~~\n@openclaw"},
    {"~~~\n```\n@openclaw\n~~~\n@openclaw x", true, "~~~\n```\n@openclaw\n~~~\nx"},
    {"````\n```\n@openclaw\n````", false, "````\n```\n@openclaw\n````"},
    {"   ```\n@openclaw\n   ```", false, "   ```\n@openclaw\n   ```"},
    {"    ```\n@openclaw", true, "    ```"},
    {"``` not a block @openclaw ``` x", false, "``` not a block @openclaw ``` x"},
    {"@openclaw `@openclaw` x", true, "`@openclaw` x"},
};

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        char *stripped = mention_strip(ROWS[i].text, "openclaw");
        if (mention_has(ROWS[i].text, "openclaw") != ROWS[i].mentioned)
            fail_msg("row %zu: mention of \"%s\"", i, ROWS[i].text);
        assert_string_equal(stripped, ROWS[i].stripped);
        free(stripped);
    }
}

static void test_without_a_name_nothing_mentions(void **state) {
    (void)state;
    assert_false(mention_has("@ hi", ""));
    char *stripped = mention_strip("@ hi  ", "");
    assert_string_equal(stripped, "@ hi");
    free(stripped);
}

static void test_name_with_marks(void **state) {
    (void)state;
    assert_true(mention_has("hey @open.claw-2!", "open.claw-2"));
    assert_false(mention_has("hey @openxclaw-2!", "open.claw-2"));
}

static void test_what_stands_before_a_text_is_none_of_it(void **state) {
    (void)state;
    assert_true(mention_has(&"x@openclaw hi"[1], "openclaw"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_without_a_name_nothing_mentions),
        cmocka_unit_test(test_name_with_marks),
        cmocka_unit_test(test_what_stands_before_a_text_is_none_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
