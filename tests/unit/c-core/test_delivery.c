// SPDX-License-Identifier: Apache-2.0
// The posts of one answer: growing, complete, after failures, and when an earlier core has posted some of them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "delivery/delivery.h"

#include <stdio.h>

static loop *LOOP;
static chat *CHAT;
static int FINISHED;
static char *ERROR_SAID;
static size_t POSTED;

static const delivery_request REQUEST = {
    .turn = "q",
    .bot_user_id = "bot",
    .channel_id = "c",
    .root_id = "",
    .pace = {.every_ms = 1000, .slowest_ms = 5000, .edits_max = 20, .per_second = 20},
};

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    CHAT = fake_chat_create();
    FINISHED = 0;
    ERROR_SAID = NULL;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    loop_destroy(LOOP);
    fake_chat_destroy();
    free(ERROR_SAID);
    return 0;
}

static void on_end(void *ctx, const char *error, size_t posted) {
    (void)ctx;
    FINISHED++;
    free(ERROR_SAID);
    ERROR_SAID = error != NULL ? xstrdup(error) : NULL;
    POSTED = posted;
}

static size_t texts_to_parts(const char *const *texts, part *out) {
    size_t count = 0;
    for (; texts[count] != NULL; count++)
        out[count] = (part){.text = texts[count]};
    return count;
}

static void show(delivery *d, const char *const *texts) {
    part wanted[PARTS_MAX];
    size_t count = texts_to_parts(texts, wanted);
    delivery_show(d, wanted, count);
}

static void finish_with(delivery *d, const char *const *texts) {
    part wanted[PARTS_MAX];
    size_t count = texts_to_parts(texts, wanted);
    delivery_finish(d, wanted, count, on_end, NULL);
}

#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NOTHING ((const char *const[]){NULL})

// The bot's posts as they stand, joined by '|'.
static const char *channel(void) {
    static char text[1024];
    text[0] = '\0';
    for (size_t i = 0; i < FAKE.post_count; i++) {
        size_t len = strlen(text);
        if (!FAKE.posts[i].deleted)
            (void)snprintf(text + len, sizeof text - len, "%s%s", len > 0 ? "|" : "", FAKE.posts[i].message);
    }
    return text;
}

static void assert_ended(const char *error, size_t posted) {
    assert_int_equal(FINISHED, 1);
    if (error == NULL)
        assert_null(ERROR_SAID);
    else
        assert_string_equal(ERROR_SAID, error);
    assert_int_equal(POSTED, posted);
}

static void test_grows_in_place(void **state) {
    (void)state;
    delivery *d = delivery_create(LOOP, CHAT, &REQUEST);
    show(d, TEXTS("one"));
    assert_string_equal(channel(), "one"); // at once
    show(d, TEXTS("one two"));
    show(d, TEXTS("one two three"));
    assert_string_equal(channel(), "one"); // not before its time …
    fake_clock_pass(LOOP, 1000);
    assert_string_equal(channel(), "one two three"); // … and then the newest
    finish_with(d, TEXTS("one two three four"));
    fake_clock_pass(LOOP, 1); // the end does not wait
    assert_string_equal(channel(), "one two three four");
    assert_ended(NULL, 1);
    assert_int_equal(FAKE.post_count, 1);
    assert_int_equal(FAKE.edits, 2);
}

static void test_no_edit_when_all_was_shown(void **state) {
    (void)state;
    delivery *d = delivery_create(LOOP, CHAT, &REQUEST);
    show(d, TEXTS("all"));
    finish_with(d, TEXTS("all"));
    fake_clock_pass(LOOP, 1);
    assert_ended(NULL, 1);
    assert_int_equal(FAKE.edits, 0);
}

static void test_long_answer_goes_on_in_further_posts(void **state) {
    (void)state;
    delivery *d = delivery_create(LOOP, CHAT, &REQUEST);
    show(d, TEXTS("a"));
    show(d, TEXTS("A", "b"));
    fake_clock_pass(LOOP, 5000);
    assert_string_equal(channel(), "A|b");
    finish_with(d, TEXTS("A", "B", "c"));
    fake_clock_pass(LOOP, 1);
    assert_string_equal(channel(), "A|B|c");
    assert_ended(NULL, 3);
}

static void test_ends_without_an_answer(void **state) {
    (void)state;
    delivery *d = delivery_create(LOOP, CHAT, &REQUEST);
    show(d, TEXTS("a", "b"));
    fake_clock_pass(LOOP, 5000);
    assert_string_equal(channel(), "a|b");
    finish_with(d, NOTHING);
    fake_clock_pass(LOOP, 1);
    assert_string_equal(channel(), "");
    assert_ended(NULL, 0);
}

static void test_a_sentence_takes_the_place_of_the_preview(void **state) {
    (void)state;
    delivery *d = delivery_create(LOOP, CHAT, &REQUEST);
    show(d, TEXTS("a", "b"));
    fake_clock_pass(LOOP, 5000);
    finish_with(d, TEXTS("It failed."));
    fake_clock_pass(LOOP, 1);
    assert_string_equal(channel(), "It failed.");
    assert_ended(NULL, 1);
}

static void test_edits_of_an_answer_are_few(void **state) {
    (void)state;
    delivery *d = delivery_create(LOOP, CHAT, &REQUEST);
    char text[32];
    for (int i = 0; i < 600; i++) { // five minutes
        (void)snprintf(text, sizeof text, "text %d", i);
        show(d, TEXTS(text));
        fake_clock_pass(LOOP, 500);
    }
    assert_int_equal(FAKE.edits, 19);
    finish_with(d, TEXTS("the end"));
    fake_clock_pass(LOOP, 1);
    assert_int_equal(FAKE.edits, 20);
    assert_string_equal(channel(), "the end");
    assert_ended(NULL, 1);
}

static void test_all_answers_share_the_bucket(void **state) {
    (void)state;
    pace_bucket bucket = {0};
    delivery_request request = REQUEST;
    request.bucket = &bucket;
    request.pace.per_second = 2;
    delivery *all[4];
    for (int i = 0; i < 4; i++) {
        all[i] = delivery_create(LOOP, CHAT, &request);
        show(all[i], TEXTS("x"));
    }
    assert_string_equal(channel(), "x|x");
    for (int i = 0; i < 4; i++)
        finish_with(all[i], TEXTS("y"));
    fake_clock_pass(LOOP, 1); // previews wait, answers do not
    assert_string_equal(channel(), "y|y|y|y");
    assert_int_equal(FINISHED, 4);
}

static void test_refused_while_it_grows(void **state) {
    (void)state;
    delivery *d = delivery_create(LOOP, CHAT, &REQUEST);
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 403, .id = "", .message = "no"};
    FAKE.fail_next = 1;
    show(d, TEXTS("a"));
    show(d, TEXTS("ab"));
    fake_clock_pass(LOOP, 60000);
    assert_string_equal(channel(), ""); // it is not hammered
    finish_with(d, TEXTS("abc"));
    fake_clock_pass(LOOP, 1);
    assert_string_equal(channel(), "abc");
    assert_ended(NULL, 1);
}

static void test_refused_in_the_end(void **state) {
    (void)state;
    delivery *d = delivery_create(LOOP, CHAT, &REQUEST);
    show(d, TEXTS("a"));
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 403, .id = "", .message = "no"};
    FAKE.fail_next = 1;
    finish_with(d, TEXTS("a", "b"));
    fake_clock_pass(LOOP, 1);
    assert_ended("no", 1);
}

static void test_a_lost_answer_of_the_server_doubles_nothing(void **state) {
    (void)state;
    delivery *d = delivery_create(LOOP, CHAT, &REQUEST);
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "late"};
    FAKE.fail_next = 1;
    FAKE.fail_posts_only = true;
    FAKE.post_then_fail = true;
    show(d, TEXTS("a"));
    assert_string_equal(channel(), "a"); // it stands there, but nobody told us
    finish_with(d, TEXTS("abc"));
    fake_clock_pass(LOOP, 10000);
    assert_string_equal(channel(), "abc");
    assert_ended(NULL, 1);
    assert_int_equal(FAKE.post_count, 1);
}

static void test_posts_of_an_earlier_core_are_found(void **state) {
    (void)state;
    delivery *first = delivery_create(LOOP, CHAT, &REQUEST);
    show(first, TEXTS("a", "b", "c"));
    fake_clock_pass(LOOP, 20000);
    delivery_cancel(first); // as when the core dies
    delivery_request request = REQUEST;
    request.maybe_posted = true;
    delivery *d = delivery_create(LOOP, CHAT, &request);
    finish_with(d, TEXTS("a", "B"));
    fake_clock_pass(LOOP, 20000);
    assert_string_equal(channel(), "a|B");
    assert_ended(NULL, 2);
    assert_int_equal(FAKE.post_count, 3);
}

// The search reads from a copy that is behind, but the key finds the post: with the text that it was made with.
static void test_a_preview_of_an_earlier_core_that_is_remembered(void **state) {
    (void)state;
    FAKE.remembers = true;
    delivery *first = delivery_create(LOOP, CHAT, &REQUEST);
    show(first, TEXTS("a preview"));
    fake_clock_pass(LOOP, 20000);
    delivery_cancel(first);
    FAKE.blind = true;
    delivery_request request = REQUEST;
    request.maybe_posted = true;
    request.remembered_until_ms = FAKE_NOW_MS + 10000;
    delivery *d = delivery_create(LOOP, CHAT, &request);
    finish_with(d, TEXTS("the answer"));
    fake_clock_pass(LOOP, 20000);
    assert_string_equal(channel(), "the answer");
    assert_ended(NULL, 1);
    assert_int_equal(FAKE.post_count, 1);
}

static void test_a_preview_of_an_earlier_core_is_removed(void **state) {
    (void)state;
    delivery *first = delivery_create(LOOP, CHAT, &REQUEST);
    show(first, TEXTS("a"));
    delivery_cancel(first);
    delivery_request request = REQUEST;
    request.maybe_posted = true;
    delivery *d = delivery_create(LOOP, CHAT, &request);
    finish_with(d, NOTHING);
    fake_clock_pass(LOOP, 20000);
    assert_string_equal(channel(), "");
    assert_ended(NULL, 0);
}

static void test_a_deleted_post_is_made_again_in_the_end(void **state) {
    (void)state;
    delivery *d = delivery_create(LOOP, CHAT, &REQUEST);
    show(d, TEXTS("a"));
    FAKE.posts[0].deleted = true;
    show(d, TEXTS("ab"));
    fake_clock_pass(LOOP, 4000);
    assert_string_equal(channel(), "");
    finish_with(d, TEXTS("abc"));
    fake_clock_pass(LOOP, 1);
    assert_string_equal(channel(), "abc");
    assert_ended(NULL, 1);
}

static void test_finish_while_a_call_is_under_way(void **state) {
    (void)state;
    delivery *d = delivery_create(LOOP, CHAT, &REQUEST);
    FAKE.hold = true;
    show(d, TEXTS("a"));
    finish_with(d, TEXTS("ab"));
    fake_clock_pass(LOOP, 1000);
    assert_int_equal(FINISHED, 0);
    FAKE.hold = false;
    fake_chat_answer_all();
    fake_clock_pass(LOOP, 1);
    assert_string_equal(channel(), "ab");
    assert_ended(NULL, 1);
}

static void test_cancel_while_a_call_is_under_way(void **state) {
    (void)state;
    delivery *d = delivery_create(LOOP, CHAT, &REQUEST);
    FAKE.hold = true;
    show(d, TEXTS("a"));
    delivery_cancel(d);
    fake_chat_answer_all();
    assert_int_equal(FINISHED, 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_grows_in_place),
        TEST(test_no_edit_when_all_was_shown),
        TEST(test_long_answer_goes_on_in_further_posts),
        TEST(test_ends_without_an_answer),
        TEST(test_a_sentence_takes_the_place_of_the_preview),
        TEST(test_edits_of_an_answer_are_few),
        TEST(test_all_answers_share_the_bucket),
        TEST(test_refused_while_it_grows),
        TEST(test_refused_in_the_end),
        TEST(test_a_lost_answer_of_the_server_doubles_nothing),
        TEST(test_posts_of_an_earlier_core_are_found),
        TEST(test_a_preview_of_an_earlier_core_that_is_remembered),
        TEST(test_a_preview_of_an_earlier_core_is_removed),
        TEST(test_a_deleted_post_is_made_again_in_the_end),
        TEST(test_finish_while_a_call_is_under_way),
        TEST(test_cancel_while_a_call_is_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
