// SPDX-License-Identifier: Apache-2.0
// Long answers in posts: nothing visible is lost, no post is too long, code blocks stay whole in each post.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/fence.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/utf8.h"
#include "reply/chunk.h"

#include <stdlib.h>

enum { LIMIT = 128 };

// 'n' times the text.
static char *repeat(const char *text, size_t n) {
    buf b;
    buf_init(&b, 1 << 24);
    while (n-- > 0)
        assert_int_equal(buf_append_str(&b, text), OC_OK);
    return buf_take_str(&b);
}

static void assert_lengths(const chunks *c, size_t limit) {
    for (size_t i = 0; i < c->count; i++) {
        assert_true(utf16_units(bytes_str(c->items[i])) <= limit);
        assert_true(utf8_has_visible(bytes_str(c->items[i])));
    }
}

static void test_short_text_is_one_post(void **state) {
    static const char *const texts[] = {"hi", "a\n\nb", "```\ncode\n```", "  indented", "```\nnever closed",
                                        "é",  "| a |"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        chunks c = chunk_split(texts[i], POST_MAX_RUNES, CHUNK_LENGTH);
        assert_int_equal(c.count, 1);
        assert_string_equal(c.items[0], texts[i]);
        chunks_free(&c);
    }
}

static void test_nothing_visible_is_no_post(void **state) {
    static const char *const texts[] = {"", " ", "\n\n", "\t \n", "\u200b", "\u00a0\u2060", "\ufeff"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        chunks c = chunk_split(texts[i], POST_MAX_RUNES, CHUNK_LENGTH);
        assert_int_equal(c.count, 0);
        chunks_free(&c);
    }
}

// Where the first post ends: filler, then what is tried at the limit, then words that do not fit any more.
static void test_break_places(void **state) {
    static const struct row {
        const char *unit; // repeated to 80 units
        const char *break_at;
        const char *first_end, *second_start; // of the two posts
    } rows[] = {
        {"abcdefghi ", "x\ny z", "x", "y"},       // a line's end before a space
        {"abcdefghi,", "x yyyyy", "x", "yyyyy"},  // a space before a cut word
        {"abcdefghi,", "x\n    y", "x", "    y"}, // the indentation of the next line stays
        {"abcdefghi,", "x\n\ny", "x\n", "y"},     // of a blank line the first line break stays
        {"abcdefghi,", "x\u3000y", "x", "y"},         {"abcdefghi,", "x\r\ny z", "x", "y"},
        {"abcdefghi ", "x (y z", "x", "(y z"},        // not behind what opens a parenthesis
        {"abcdefghi ", "x (y\nz) w", "z)", "w"},      // nor inside one
        {"abcdefghi,", "x \u0301y", "x", " \u0301y"}, // a blank with a mark is a character, kept whole
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *filler = repeat(rows[i].unit, 8), *tail = repeat("zzzzzzzzzz", 10);
        char *text = xasprintf("%s%s%s", filler, rows[i].break_at, tail);
        chunks c = chunk_split(text, LIMIT, CHUNK_LENGTH);
        assert_true(c.count >= 2);
        assert_lengths(&c, LIMIT);
        size_t len = strlen(c.items[0]), end = strlen(rows[i].first_end);
        assert_string_equal(c.items[0] + len - end, rows[i].first_end);
        assert_memory_equal(c.items[1], rows[i].second_start, strlen(rows[i].second_start));
        chunks_free(&c);
        free(text);
        free(filler);
        free(tail);
    }
}

static void test_paragraphs_are_packed(void **state) {
    static const struct row {
        const char *text;
        size_t limit;
        const char *parts[5];
    } rows[] = {
        {"one\n\ntwo\n\nthree", 9, {"one\n\ntwo", "three"}},
        {"one\n\n\n\ntwo\n \nthree",
         11,
         {"one\n\n\n\ntwo", "three"}},          // the gap inside a pack stays as it was
        {"one  \n\ntwo\t", 20, {"one\n\ntwo"}}, // white space before a gap goes
        {"one\r\n\r\ntwo", 5, {"one", "two"}},
        {"one\u2029two\u2028three", 9, {"one", "two\nthree"}},
        {"\n\none", 2, {"on", "e"}},
        {"a\n\n```\nb\n\nc\n```\n\nd", 17, {"a\n\n```\nb\n\nc\n```", "d"}}, // a gap in code parts nothing
        {"a\n\n    b\n\n    c\n\nd", 14, {"a", "    b\n\n    c", "d"}},     // so in indented code
        {"- a\n\n    b\n\n    c", 12, {"- a\n\n    b", "    c"}},           // but that is a list
        {"one two three\n\nfour", 9, {"one two", "three", "four"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        chunks c = chunk_split(rows[i].text, rows[i].limit, CHUNK_NEWLINE);
        size_t want = 0;
        while (want < 5 && rows[i].parts[want] != NULL)
            want++;
        assert_int_equal(c.count, want);
        for (size_t k = 0; k < want; k++)
            assert_string_equal(c.items[k], rows[i].parts[k]);
        chunks_free(&c);
    }
}

static void test_words_without_end_are_cut(void **state) {
    char *text = repeat("a", 1000);
    size_t total = 0;
    (void)state;
    chunks c = chunk_split(text, LIMIT, CHUNK_LENGTH);
    assert_lengths(&c, LIMIT);
    for (size_t i = 0; i < c.count; i++)
        total += strlen(c.items[i]);
    assert_int_equal(total, 1000);
    chunks_free(&c);
    free(text);
}

// A family emoji, a flag letter with its mark, a letter with an accent of its own: never cut in the middle.
static void test_graphemes_stay_whole(void **state) {
    static const char *const units[] = {"e\u0301", "👩\u200d👧", "👍\U0001F3FD", "한", "\u0e01\u0e34", "🇩🇪"};
    (void)state;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        char *text = repeat(units[u], 400);
        size_t unit = strlen(units[u]);
        chunks c = chunk_split(text, LIMIT, CHUNK_LENGTH);
        assert_true(c.count > 1);
        assert_lengths(&c, LIMIT);
        for (size_t i = 0; i < c.count; i++) {
            assert_int_equal(strlen(c.items[i]) % unit, 0);
            assert_memory_equal(c.items[i], units[u], unit);
        }
        chunks_free(&c);
        free(text);
    }
}

static void test_one_endless_grapheme_ends(void **state) {
    char *marks = repeat("\u0301", 1000), *text = xasprintf("e%s", marks);
    (void)state;
    chunks c = chunk_split(text, LIMIT, CHUNK_LENGTH);
    assert_true(c.count >= 1);
    chunks_free(&c);
    free(text);
    free(marks);
}

// Limits in which no fence has room: cut all the same, and it ends.
static void test_tiny_limits_end(void **state) {
    static const char *const texts[] = {"```js\nabc\n```", "~~~~~~~~\nabc", "👩\u200d👧👧",
                                        "(((((((",         "\n\n\n\nabc",   "```\n\n\n```"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t limit = 0; limit < 12; limit++) {
            for (chunk_mode mode = CHUNK_LENGTH; mode <= CHUNK_NEWLINE; mode++) {
                chunks c = chunk_split(texts[i], limit, mode);
                assert_true(c.count >= 1);
                assert_lengths(&c, limit < 2 ? 2 : limit);
                chunks_free(&c);
            }
        }
    }
}

// The fences of one post: none is left open.
static void assert_closed(const char *post) {
    fence f = {.mark = 0};
    while (*post != '\0') {
        size_t len = strcspn(post, "\n");
        f = fence_after_line(f, bytes_of(post, len));
        post += post[len] == '\n' ? len + 1 : len;
    }
    assert_int_equal(f.mark, 0);
}

static void test_code_blocks_are_closed_and_reopened(void **state) {
    static const struct row {
        const char *open, *close, *reopened;
    } rows[] = {
        {"```c\n", "```", "```c\n"},
        {"~~~~ text\n", "~~~~", "~~~~ text\n"},
        {"````md\n```\n", "````", "````md\n"},
        {"  ```\n", "  ```", "  ```\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *lines = repeat("    int x = 1;\n", 60);
        char *text = xasprintf("before\n\n%s%s%s\nafter", rows[i].open, lines, rows[i].close);
        chunks c = chunk_split(text, 200, CHUNK_LENGTH);
        assert_true(c.count > 3);
        assert_lengths(&c, 200);
        for (size_t k = 0; k < c.count; k++)
            assert_closed(c.items[k]);
        assert_memory_equal(c.items[1], rows[i].reopened, strlen(rows[i].reopened));
        size_t found = 0;
        for (size_t k = 0; k < c.count; k++)
            for (const char *at = strstr(c.items[k], "    int x = 1;\n"); at != NULL;
                 at = strstr(at + 1, "    int x"))
                found++;
        assert_int_equal(found, 60);
        chunks_free(&c);
        free(text);
        free(lines);
    }
}

static void test_long_opening_line_is_not_repeated(void **state) {
    char *info = repeat("i", 300), *lines = repeat("x\n", 200);
    char *text = xasprintf("```%s\n%s```", info, lines);
    (void)state;
    chunks c = chunk_split(text, 305, CHUNK_LENGTH);
    assert_true(c.count >= 2);
    assert_lengths(&c, 305);
    assert_memory_equal(c.items[c.count - 1], "```\nx", 5);
    chunks_free(&c);
    free(text);
    free(info);
    free(lines);
}

static size_t copy_visible(const char *text, char *out) {
    size_t len = 0;
    for (; *text != '\0'; text++) {
        if (*text != ' ' && *text != '\n' && *text != '\t')
            out[len++] = *text;
    }
    return len;
}

// Any text without code blocks: all that is visible comes out, in order.
static void test_nothing_is_lost(void **state) {
    static const char *const pieces[] = {"word",        " ", "\n", "\n\n", ". ",   "é",
                                         "👍\U0001F3FD", "`", "**", "\t",   "\xff", "- "};
    (void)state;
    random_seed_for_test(7);
    for (int round = 0; round < 300; round++) {
        buf b;
        buf_init(&b, 1 << 20);
        uint32_t count = random_below(600);
        for (uint32_t i = 0; i < count; i++)
            assert_int_equal(buf_append_str(&b, pieces[random_below(sizeof pieces / sizeof *pieces)]), OC_OK);
        char *text = buf_take_str(&b), *want = xmalloc(strlen(text) + 1),
             *got = xmalloc(strlen(text) * 2 + 1);
        size_t want_len = copy_visible(text, want), got_len = 0;
        chunks c =
            chunk_split(text, LIMIT + random_below(100), random_below(2) == 0 ? CHUNK_LENGTH : CHUNK_NEWLINE);
        for (size_t i = 0; i < c.count; i++)
            got_len += copy_visible(c.items[i], got + got_len);
        if (strstr(text, "``") == NULL) { // else there may be code blocks, which are reopened
            assert_int_equal(got_len, want_len);
            assert_memory_equal(got, want, want_len);
        }
        chunks_free(&c);
        free(text);
        free(want);
        free(got);
    }
    random_seed_for_test(0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_text_is_one_post),
        cmocka_unit_test(test_nothing_visible_is_no_post),
        cmocka_unit_test(test_break_places),
        cmocka_unit_test(test_paragraphs_are_packed),
        cmocka_unit_test(test_tiny_limits_end),
        cmocka_unit_test(test_words_without_end_are_cut),
        cmocka_unit_test(test_graphemes_stay_whole),
        cmocka_unit_test(test_one_endless_grapheme_ends),
        cmocka_unit_test(test_code_blocks_are_closed_and_reopened),
        cmocka_unit_test(test_long_opening_line_is_not_repeated),
        cmocka_unit_test(test_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
