// SPDX-License-Identifier: Apache-2.0
// Where one character ends, as people see it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/grapheme.h"

// Each text is one grapheme, followed by "|" and something that does not belong to it.
static void test_first_grapheme(void **state) {
    static const char *const texts[] = {
        "a|b",
        "\r\n|\n",
        "\n|\u0301",
        "e\u0301\u0323|e",
        " \u0301|x",
        "👍🏽|👍",
        "👩\u200d👩\u200d👧|👩",
        "❤\ufe0f|❤",
        "🇩🇪|🇫🇷",
        "a\u200d|👧", // only pictures are joined by it
        "한|국",
        "\u1112\u1161\u11ab|\u1100", // the same in letters
        "\uac00\u11a8|\uac00",
        "\u0915\u094d\u0937|\u0915", // consonant, virama, consonant
        "\u0915\u093f|\u0937",
        "\u0600\u0661|\u0662", // a number sign and its number
        "\u0e01\u0e34|\u0e01",
        "\u200b|a",
        "🏴\U000E0067\U000E0062\U000E007F|🏴",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char joined[64];
        const char *bar = strchr(texts[i], '|');
        size_t len = (size_t)(bar - texts[i]), rest = strlen(bar + 1);
        memcpy(joined, texts[i], len);
        memcpy(joined + len, bar + 1, rest);
        assert_int_equal(grapheme_next(bytes_of(joined, len + rest)), len);
        assert_int_equal(grapheme_next(bytes_of(joined, len)), len);
    }
}

static void test_broken_bytes_stand_alone(void **state) {
    (void)state;
    assert_int_equal(grapheme_next(bytes_of("\xff\xfe", 2)), 1);
    assert_int_equal(grapheme_next(bytes_of("\xe0\xa4", 2)), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_grapheme),
        cmocka_unit_test(test_broken_bytes_stand_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
