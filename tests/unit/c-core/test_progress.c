// SPDX-License-Identifier: Apache-2.0
// What a preview says while the agent works.
#include "base/json.h"
#include "base/mem.h"
#include "reply/progress.h"
#include "reply/progress_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

static char WORKING[] = "Working", AUTO[] = "auto", BUSY[] = "Busy";
static char *LABELS[] = {WORKING, NULL};

static streaming_config settings(streaming_mode mode) {
    return (streaming_config){.mode = mode,
                              .preview_tool_progress = true,
                              .label = AUTO,
                              .labels = LABELS,
                              .max_lines = 8,
                              .max_line_chars = 120};
}

static const gateway_activity READ = {.kind = GATEWAY_ACTIVITY_TOOL,
                                      .id = "1",
                                      .name = "read",
                                      .detail = "from docs/notes.md",
                                      .command = "",
                                      .explanation = ""};
static const gateway_activity EXEC = {.kind = GATEWAY_ACTIVITY_TOOL,
                                      .id = "2",
                                      .name = "exec",
                                      .detail = "list files in src",
                                      .command = "",
                                      .explanation = "",
                                      .runs_command = true};

static void assert_says(const progress *p, const char *wanted) {
    char *text = progress_text(p);
    if (wanted == NULL)
        assert_null(text);
    else
        assert_string_equal(text, wanted);
    free(text);
}

static void take_plan(progress *p, const char *steps, const char *explanation) {
    cJSON *list = cJSON_Parse(steps);
    progress_take(p, &(gateway_activity){.kind = GATEWAY_ACTIVITY_PLAN,
                                         .steps = cJSON_GetArraySize(list) > 0 ? list : NULL,
                                         .explanation = explanation});
    cJSON_Delete(list);
}

#define PLAN                                                                                                 \
    "[{\"step\":\"Read notes\",\"status\":\"completed\"},{\"step\":\"Write "                                 \
    "summary\",\"status\":\"in_progress\"},"                                                                 \
    "{\"step\":\"Send\",\"status\":\"pending\"}]"

static void test_tools_and_plan(void **state) {
    (void)state;
    streaming_config s = settings(STREAMING_PARTIAL);
    progress *p = progress_create(&s, "default:c");
    assert_says(p, NULL);
    progress_take(p, &READ);
    assert_says(p, "Working\n\n📖 Read: from docs/notes.md");
    progress_take(p, &EXEC);
    assert_says(p, "Working\n\n📖 Read: from docs/notes.md\n🛠️ Exec");
    take_plan(p, PLAN, "Working through it");
    assert_says(
        p, "Working through it\n\n📖 Read: from docs/notes.md\n🛠️ Exec\n✅ Read notes\n▸ Write "
           "summary\n▢ Send");
    take_plan(p, "[]", "");
    assert_says(p, "Working\n\n📖 Read: from docs/notes.md\n🛠️ Exec");
    progress_clear(p);
    assert_says(p, NULL);
    progress_destroy(p);
}

static void test_progress_mode(void **state) {
    (void)state;
    streaming_config s = settings(STREAMING_PROGRESS);
    progress *p = progress_create(&s, "x");
    assert_says(p, NULL); // nothing has begun
    progress_take(p, &READ);
    assert_says(p, "Working"); // tools are not listed unless wanted
    progress_destroy(p);
    s.progress_tool_progress = true;
    s.command_text = true;
    s.label = NULL;
    p = progress_create(&s, "x");
    progress_take(p, &READ);
    progress_take(p, &EXEC);
    assert_says(p, "📖 Read: from docs/notes.md\n🛠️ list files in src");
    progress_destroy(p);
}

static void test_limits_of_lines(void **state) {
    (void)state;
    streaming_config s = settings(STREAMING_PARTIAL);
    s.max_lines = 3;
    s.max_line_chars = 12;
    s.label = BUSY;
    progress *p = progress_create(&s, "x");
    progress_take(p, &READ);
    progress_take(p, &EXEC);
    take_plan(p, PLAN, "Why");
    assert_says(p, "Busy\n\nWhy\n\n✅ Read notes\n▸ Write sum…\n▢ Send");
    progress_destroy(p);
}

static void test_many_tools(void **state) {
    (void)state;
    streaming_config s = settings(STREAMING_PARTIAL);
    progress *p = progress_create(&s, "x");
    for (int i = 0; i < 1000; i++) {
        char *id = xasprintf("%d", i);
        progress_take(p, &(gateway_activity){.kind = GATEWAY_ACTIVITY_TOOL,
                                             .id = id,
                                             .name = "web_search",
                                             .detail = id,
                                             .command = "",
                                             .explanation = ""});
        free(id);
    }
    assert_says(p, "🔎 Web search: 992\n🔎 Web search: 993\n🔎 Web search: 994\n🔎 Web search: 995\n"
                   "🔎 Web search: 996\n🔎 Web search: 997\n🔎 Web search: 998\n🔎 Web search: 999");
    progress_destroy(p);
}

static void test_failed_tool_and_retry(void **state) {
    (void)state;
    streaming_config s = settings(STREAMING_PARTIAL);
    progress *p = progress_create(&s, "x");
    gateway_activity failed = READ;
    progress_take(p, &READ);
    failed.ended = failed.failed = true;
    progress_take(p, &failed);
    assert_says(p, "Working\n\n📖 Read: from docs/notes.md ✗");
    progress_take(p, &(gateway_activity){.kind = GATEWAY_ACTIVITY_RETRYING, .attempt = 2, .attempts = 8});
    assert_says(
        p, "Working\n\n📖 Read: from docs/notes.md ✗\n⏳ The model does not answer; trying again (2 of 8)");
    progress_take(p, &EXEC); // it went on
    assert_says(p, "Working\n\n📖 Read: from docs/notes.md ✗\n🛠️ Exec");
    progress_destroy(p);
}

static void test_texts_stay_one_line(void **state) {
    (void)state;
    streaming_config s = settings(STREAMING_PARTIAL);
    progress *p = progress_create(&s, "x");
    progress_take(p, &(gateway_activity){.kind = GATEWAY_ACTIVITY_TOOL,
                                         .id = "",
                                         .name = "read",
                                         .detail = "a\n\n# b\r\n\tc",
                                         .command = "",
                                         .explanation = ""});
    assert_says(p, "Working\n\n📖 Read: a # b c");
    progress_destroy(p);
}

static void test_lines_are_cut(void **state) {
    static const struct row {
        const char *text;
        size_t max;
        const char *want;
    } rows[] = {
        {" a \n b ", 10, "a b"},
        {"Read: from docs/architecture.md", 24, "Read: from doc…ecture.md"},
        {"🛠️ make test in the folder", 14, "🛠️ make…older"},
        {"📖 Read: from docs", 12, "📖 Read:…"},
        {"one two three four", 10, "one two…"},
        {"abcdefghijklm", 6, "abcde…"},
        {"`code` x", 5, "'cod…"},
        {"_leaning text_ x", 8, "leanin…"},
        {"abc", 1, "…"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *got = progress_line(rows[i].text, rows[i].max);
        assert_string_equal(got, rows[i].want);
        free(got);
    }
    char *dots = progress_shorten("  abcdef ghijk ", 10);
    assert_string_equal(dots, "abcdef...");
    free(dots);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tools_and_plan),        cmocka_unit_test(test_progress_mode),
        cmocka_unit_test(test_limits_of_lines),       cmocka_unit_test(test_many_tools),
        cmocka_unit_test(test_failed_tool_and_retry), cmocka_unit_test(test_texts_stay_one_line),
        cmocka_unit_test(test_lines_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
