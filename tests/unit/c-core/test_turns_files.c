// SPDX-License-Identifier: Apache-2.0
// The files of an answer go with its posts.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "fakes/turn_bench.h"

// Of a run whose answer names so many files of the workspace. The gateway behind the fake runs has none of them, so each
// becomes a line for people: what matters here is that text and line stand in one post.
static void end_with_files(size_t run, const char *text, const char *path) {
    cJSON *payloads = cJSON_Parse("[{\"text\":\"x\"}]");
    json_add_string(cJSON_GetArrayItem(payloads, 0), "mediaUrl", path);
    struct gateway_run *r = &RUNS.runs[run];
    r->open = false;
    r->events.done(
        r->ctx,
        &(gateway_run_result){.outcome = GATEWAY_RUN_OK, .text = text, .sentence = "", .payloads = payloads});
    cJSON_Delete(payloads);
}

static void test_what_cannot_be_attached_is_said(void **state) {
    (void)state;
    take_dm("p1", "draw me a cat");
    settle();
    end_with_files(0, "Here it is.", "../../etc/passwd");
    fake_clock_pass(LOOP, 60000);
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_int_equal(FAKE.post_count, 1);
    assert_non_null(strstr(FAKE.posts[0].message, "Here it is."));
    assert_true(strlen(FAKE.posts[0].message) > strlen("Here it is.")); // and why there is no file
}

static void test_a_preview_takes_the_line_too(void **state) {
    (void)state;
    take_dm("p1", "draw me a cat");
    settle();
    RUNS.runs[0].events.text(RUNS.runs[0].ctx, "Here it is, wait");
    settle();
    end_with_files(0, "Here it is, wait.", "/somewhere/else");
    fake_clock_pass(LOOP, 60000);
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_int_equal(FAKE.post_count, 1);
    assert_non_null(strstr(FAKE.posts[0].message, "Here it is, wait.\n\n"));
}

static void test_the_posts_own_files(void **state) {
    (void)state;
    static const char png[] = "\x89PNG\r\n\x1a\n and the rest of a picture";
    cJSON *ids = cJSON_Parse("[\"f1\",\"f2\"]");
    fake_chat_add_file("f1", "cat.png", "image/png", bytes_of(png, sizeof png - 1));
    fake_chat_add_file("f2", "notes.txt", "text/plain", bytes_str("feed the cat"));
    RUNS.status.max_image_bytes = RUNS.status.max_payload_bytes = 8 << 20;
    chat_post post = {.id = "p1",
                      .channel_id = "dm1",
                      .user_id = ALICE,
                      .root_id = "",
                      .message = "what do you see?",
                      .type = "",
                      .pending_post_id = "",
                      .file_ids = ids,
                      .create_at_ms = FAKE_NOW_MS};
    turns_take(TURNS, &post, fake_chat_ticket("p1"));
    for (int i = 0; i < 20; i++) { // one thing after another
        fake_clock_pass(LOOP, 100);
        fake_chat_answer_all();
    }
    assert_int_equal(RUNS.count, 1);
    assert_non_null(strstr(RUNS.runs[0].message, "feed the cat"));
    assert_non_null(strstr(RUNS.runs[0].message, "cat.png"));
    assert_int_equal(cJSON_GetArraySize(RUNS.runs[0].attachments), 1);
    fake_run_end(0, GATEWAY_RUN_OK, "A cat.", "");
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    cJSON_Delete(ids);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TURN_TEST(test_what_cannot_be_attached_is_said),
        TURN_TEST(test_a_preview_takes_the_line_too),
        TURN_TEST(test_the_posts_own_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
