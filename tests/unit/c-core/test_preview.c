// SPDX-License-Identifier: Apache-2.0
// What stands in the posts of an answer while it grows and in its end, by streaming mode.
#include "base/mem.h"
#include "reply/preview.h"
#include "reply/silence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char WORKING[] = "Working", AUTO[] = "auto", NONE[] = "";
static char *LABELS[] = {WORKING, NULL};

static account_config rules_of(streaming_mode mode) {
    return (account_config){.response_prefix = NONE,
                            .streaming = {.mode = mode,
                                          .preview_tool_progress = true,
                                          .label = AUTO,
                                          .labels = LABELS,
                                          .max_lines = 8,
                                          .max_line_chars = 120,
                                          .block_min_chars = 20}};
}

typedef struct bench {
    preview *preview;
    char joined[4096];
} bench;

static void begin(bench *b, streaming_mode mode, size_t limit) {
    account_config rules = rules_of(mode);
    b->preview = preview_create(&rules, "seed", limit);
}

static void begin_with_blocks(bench *b) {
    account_config rules = rules_of(STREAMING_OFF);
    rules.streaming.block_enabled = true;
    b->preview = preview_create(&rules, "seed", 4000);
}

static const char *join(bench *b, chunks c) {
    b->joined[0] = '\0';
    for (size_t i = 0; i < c.count; i++) {
        size_t len = strlen(b->joined);
        (void)snprintf(b->joined + len, sizeof b->joined - len, "%s%s", i > 0 ? "|" : "", c.items[i]);
    }
    chunks_free(&c);
    return b->joined;
}

static const char *now(bench *b) {
    return join(b, preview_parts(b->preview));
}

static const char *in_the_end(bench *b, const char *answer) {
    return join(b, preview_final(b->preview, answer));
}

static void tool(bench *b, const char *id, const char *detail) {
    preview_activity(b->preview, &(gateway_activity){.kind = GATEWAY_ACTIVITY_TOOL,
                                                     .id = id,
                                                     .name = "read",
                                                     .detail = detail,
                                                     .command = "",
                                                     .explanation = ""});
}

static void think(bench *b) {
    preview_activity(b->preview,
                     &(gateway_activity){.kind = GATEWAY_ACTIVITY_THINKING, .id = "", .name = ""});
}

static void test_partial(void **state) {
    (void)state;
    bench b;
    begin(&b, STREAMING_PARTIAL, 4000);
    think(&b);
    assert_string_equal(now(&b), ""); // reasoning is nobody's business
    tool(&b, "1", "a file");
    assert_string_equal(now(&b), "Working\n\n📖 Read: a file");
    preview_text(b.preview, "Hm");
    assert_string_equal(now(&b), "Working\n\n📖 Read: a file"); // hardly a word yet
    preview_text(b.preview, "Hm, that is a long file");
    assert_string_equal(now(&b), "Hm, that is a long file");
    tool(&b, "2", "another one");
    assert_string_equal(now(&b), "Hm, that is a long file"); // no flicker
    assert_string_equal(in_the_end(&b, "The answer."), "The answer.");
    preview_destroy(b.preview);
}

static void test_partial_goes_on_in_further_posts(void **state) {
    (void)state;
    bench b;
    begin(&b, STREAMING_PARTIAL, 20);
    preview_text(b.preview, "one two three four five");
    assert_string_equal(now(&b), "one two three four|five");
    preview_text(b.preview, "one two three four five six");
    assert_string_equal(now(&b), "one two three four|five six");
    assert_string_equal(in_the_end(&b, "one two three four five six"), "one two three four|five six");
    preview_destroy(b.preview);
}

static void test_off_shows_nothing(void **state) {
    (void)state;
    bench b;
    begin(&b, STREAMING_OFF, 4000);
    preview_text(b.preview, "a text that goes on");
    tool(&b, "1", "x");
    assert_string_equal(now(&b), "");
    assert_string_equal(in_the_end(&b, "all"), "all");
    preview_destroy(b.preview);
}

static void test_progress_shows_no_text(void **state) {
    (void)state;
    bench b;
    begin(&b, STREAMING_PROGRESS, 4000);
    assert_string_equal(now(&b), "");
    preview_text(b.preview, "a text that goes on");
    assert_string_equal(now(&b), "");
    tool(&b, "1", "x");
    assert_string_equal(now(&b), "Working");
    assert_string_equal(in_the_end(&b, "all"), "all");
    preview_destroy(b.preview);
}

static void test_block_gives_text_and_tools_posts_of_their_own(void **state) {
    (void)state;
    bench b;
    begin(&b, STREAMING_BLOCK, 4000);
    preview_text(b.preview, "Let me look at it.");
    tool(&b, "1", "one");
    assert_string_equal(now(&b), "Let me look at it.|Working\n\n📖 Read: one");
    tool(&b, "2", "two"); // tools in a row share a post
    assert_string_equal(now(&b), "Let me look at it.|Working\n\n📖 Read: one\n📖 Read: two");
    think(&b);
    preview_text(b.preview, "Let me look at it.\n\nThere it is."); // the gateway tells the whole text again
    assert_string_equal(now(&b), "Let me look at it.|Working\n\n📖 Read: one\n📖 Read: two|There it is.");
    tool(&b, "3", "three");
    assert_string_equal(now(&b), "Let me look at it.|Working\n\n📖 Read: one\n📖 Read: two|There it is.|"
                                 "Working\n\n📖 Read: three");
    assert_string_equal(in_the_end(&b, "Let me look at it. There it is.\n\nDone."),
                        "Let me look at it.|Working\n\n📖 Read: one\n📖 Read: two|There it is.|"
                        "Working\n\n📖 Read: three|Done.");
    preview_destroy(b.preview);
}

static void test_block_whose_text_begins_anew(void **state) {
    (void)state;
    bench b;
    begin(&b, STREAMING_BLOCK, 4000);
    preview_text(b.preview, "Let me look at it.");
    tool(&b, "1", "one");
    preview_text(b.preview, "There it is, I think.");
    assert_string_equal(now(&b), "Let me look at it.|Working\n\n📖 Read: one|There it is, I think.");
    assert_string_equal(in_the_end(&b, "There it is, I know."),
                        "Let me look at it.|Working\n\n📖 Read: one|There it is, I know.");
    preview_destroy(b.preview);
}

static void test_block_with_nothing_more_to_say(void **state) {
    (void)state;
    bench b;
    begin(&b, STREAMING_BLOCK, 4000);
    preview_text(b.preview, "All is well here.");
    assert_string_equal(in_the_end(&b, "All is well here."), "All is well here.");
    tool(&b, "1", "one");
    assert_string_equal(in_the_end(&b, "All is well here."), "All is well here.|Working\n\n📖 Read: one");
    preview_destroy(b.preview);
}

static void test_block_with_tools_only_leaves_nothing(void **state) {
    (void)state;
    bench b;
    begin(&b, STREAMING_BLOCK, 4000);
    tool(&b, "1", "one");
    assert_string_equal(now(&b), "Working\n\n📖 Read: one");
    assert_string_equal(in_the_end(&b, SILENCE_WORD), "");
    assert_string_equal(in_the_end(&b, ""), "");
    assert_string_equal(in_the_end(&b, "Found."), "Working\n\n📖 Read: one|Found.");
    preview_destroy(b.preview);
}

static void test_off_with_blocks_posts_completed_ones(void **state) {
    (void)state;
    bench b;
    begin_with_blocks(&b);
    preview_text(b.preview, "A first paragraph that is long enough.\n\nA sec");
    assert_string_equal(now(&b), "A first paragraph that is long enough.");
    preview_text(b.preview, "A first paragraph that is long enough.\n\nA second one, and so it goes");
    assert_string_equal(now(&b), "A first paragraph that is long enough.");
    tool(&b, "1", "x"); // what was said before a tool is complete
    assert_string_equal(now(&b), "A first paragraph that is long enough.|A second one, and so it goes");
    assert_string_equal(
        in_the_end(&b, "A first paragraph that is long enough.\n\nA second one, and so it goes\n\nEnd."),
        "A first paragraph that is long enough.|A second one, and so it goes|End.");
    preview_destroy(b.preview);
}

static void test_blocks_do_not_end_in_code(void **state) {
    (void)state;
    bench b;
    begin_with_blocks(&b);
    preview_text(b.preview, "```\na very long line of code\n\nmore of it\n```\n\nText");
    assert_string_equal(now(&b), "```\na very long line of code\n\nmore of it\n```");
    preview_destroy(b.preview);
}

static void test_the_prefix_tells_the_model(void **state) {
    (void)state;
    static char prefix[] = "[{provider}/{model}]";
    account_config rules = rules_of(STREAMING_PARTIAL);
    rules.response_prefix = prefix;
    bench b = {.preview = preview_create(&rules, "seed", 4000)};
    preview_activity(b.preview,
                     &(gateway_activity){.kind = GATEWAY_ACTIVITY_MODEL, .provider = "p", .model = "m1"});
    assert_string_equal(now(&b), ""); // that is no progress yet
    preview_text(b.preview, "A text that is shown");
    assert_string_equal(now(&b), "[p/m1] A text that is shown");
    preview_destroy(b.preview);
}

static void test_many_segments(void **state) {
    (void)state;
    bench b;
    begin(&b, STREAMING_BLOCK, 4000);
    char text[64];
    for (int i = 0; i < 500; i++) {
        (void)snprintf(text, sizeof text, "this is text number %d", i);
        preview_text(b.preview, text);
        tool(&b, text, "x");
    }
    chunks c = preview_parts(b.preview);
    assert_in_range(c.count, 10, 40);
    chunks_free(&c);
    preview_destroy(b.preview);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partial),
        cmocka_unit_test(test_partial_goes_on_in_further_posts),
        cmocka_unit_test(test_off_shows_nothing),
        cmocka_unit_test(test_progress_shows_no_text),
        cmocka_unit_test(test_block_gives_text_and_tools_posts_of_their_own),
        cmocka_unit_test(test_block_whose_text_begins_anew),
        cmocka_unit_test(test_block_with_nothing_more_to_say),
        cmocka_unit_test(test_block_with_tools_only_leaves_nothing),
        cmocka_unit_test(test_off_with_blocks_posts_completed_ones),
        cmocka_unit_test(test_blocks_do_not_end_in_code),
        cmocka_unit_test(test_the_prefix_tells_the_model),
        cmocka_unit_test(test_many_segments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
