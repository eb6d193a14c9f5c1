// SPDX-License-Identifier: Apache-2.0
// Looking for what came while we were away: a server with channels and posts, pages, failures.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/log.h"
#include "base/parse.h"
#include "delivery/catch_up.h"
#include "fakes/fake_clock.h"

#include <stdio.h>

enum { CHANNELS_MAX = 500 };

// Channel i is "c<i>"; its posts are "c<i>p<k>" at time k * 10, the newest first in a page, every seventh by the bot.
static struct server {
    int channels, posts[CHANNELS_MAX];
    int fail_next, calls, handed;
    bool room, complete, done, picky;
    char last[32], order[256];
} S;

static loop *LOOP;

static const chat_error *verdict(void) {
    static const chat_error none = {.err = OC_OK, .id = "", .message = ""};
    static const chat_error broken = {.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "broken"};
    S.calls++;
    if (S.fail_next == 0)
        return &none;
    S.fail_next--;
    return &broken;
}

void chat_bot_channels(chat *c, const char *bot_user_id, int page_number, int count, chat_json_fn *fn,
                       void *ctx) {
    cJSON *ids = json_new_array();
    (void)c, (void)bot_user_id;
    for (int i = page_number * count; i < S.channels && i < (page_number + 1) * count; i++) {
        char id[16];
        snprintf(id, sizeof id, "c%d", i);
        json_push(ids, json_new_string(id));
    }
    fn(ctx, verdict(), ids);
    cJSON_Delete(ids);
}

static int number_of(const char *channel_id) {
    uint64_t number = 0;
    assert_int_equal(parse_uint(bytes_str(channel_id + 1), CHANNELS_MAX, &number), OC_OK);
    return (int)number;
}

void chat_refresh_channel(chat *c, const char *channel_id, chat_channel_fn *fn, void *ctx) {
    chat_channel channel = {
        .id = channel_id, .type = 'O', .last_post_at_ms = S.posts[number_of(channel_id)] * 10LL};
    (void)c;
    fn(ctx, verdict(), &channel);
}

void chat_get_posts(chat *c, const char *channel_id, int page_number, int count, chat_json_fn *fn,
                    void *ctx) {
    cJSON *list = json_new_object(), *order = json_add_array(list, "order"),
          *posts = json_add_object(list, "posts");
    int newest = S.posts[number_of(channel_id)] - page_number * count;
    (void)c;
    for (int k = newest; k > 0 && k > newest - count; k--) {
        char id[32];
        snprintf(id, sizeof id, "%sp%d", channel_id, k);
        json_push(order, json_new_string(id));
        cJSON *post = json_add_object(posts, id);
        json_add_string(post, "id", id);
        json_add_string(post, "user_id", k % 7 == 0 ? "bot" : "alice");
        json_add_int(post, "create_at", k * 10);
    }
    fn(ctx, verdict(), list);
    cJSON_Delete(list);
}

// Of the open channels ("c0", "c1", …) only every other post is wanted when the test says so.
static bool wants(void *ctx, char channel_type, const chat_post *post) {
    (void)ctx;
    assert_int_equal(channel_type, 'O');
    return !S.picky || post->create_at_ms % 20 == 0;
}

static bool has_room(void *ctx) {
    (void)ctx;
    return S.room;
}

static void on_post(void *ctx, const chat_post *post) {
    (void)ctx;
    S.handed++;
    assert_true(post->again);
    assert_string_equal(post->user_id, "alice");
    snprintf(S.last, sizeof S.last, "%s", post->id);
    size_t len = strlen(S.order);
    snprintf(S.order + len, sizeof S.order - len, "%s ", post->id);
}

static void on_done(void *ctx, size_t posts, bool complete) {
    (void)ctx;
    assert_int_equal(posts, S.handed);
    assert_false(S.done);
    S.done = true;
    S.complete = complete;
}

static const catch_up_events EVENTS = {
    .wants = wants, .has_room = has_room, .post = on_post, .done = on_done};

static int set_up(void **state) {
    (void)state;
    S = (struct server){.room = true};
    LOOP = loop_create(&FAKE_CLOCK);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    loop_destroy(LOOP);
    return 0;
}

static catch_up *start(int64_t since_ms) {
    return catch_up_start(LOOP, NULL, "bot", since_ms, &EVENTS, NULL);
}

static void test_nothing_to_find(void **state) {
    (void)state;
    start(0);
    fake_clock_pass(LOOP, 100);
    assert_true(S.done && S.complete);
}

static void test_new_posts_in_order_and_nobodys_but_peoples(void **state) {
    (void)state;
    S.channels = 3;
    S.posts[0] = 9;
    S.posts[1] = 3; // nothing new
    S.posts[2] = 6;
    start(50);
    fake_clock_pass(LOOP, 100);
    assert_true(S.done && S.complete);
    assert_string_equal(S.order, "c0p5 c0p6 c0p8 c0p9 c2p5 c2p6 ");
}

static void test_pages_of_posts_and_channels(void **state) {
    (void)state;
    S.channels = 450;
    S.posts[449] = 200;
    start(10);
    fake_clock_pass(LOOP, 1000);
    assert_true(S.done && S.complete);
    assert_int_equal(S.handed, 200 - 200 / 7);
    assert_string_equal(S.last, "c449p200");
}

static void test_only_what_is_wanted_counts(void **state) {
    (void)state;
    S.channels = 1;
    S.posts[0] = 4000;
    S.picky = true;
    start(0);
    fake_clock_pass(LOOP, 60000);
    assert_true(S.done && S.complete);
    assert_int_equal(S.handed, 2000 - 4000 / 14);
}

static void test_waits_for_room(void **state) {
    (void)state;
    S.channels = 1;
    S.posts[0] = 5;
    S.room = false;
    start(0);
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(S.handed, 0);
    S.room = true;
    fake_clock_pass(LOOP, 1000);
    assert_int_equal(S.handed, 5);
    assert_true(S.done);
}

static void test_passing_failures(void **state) {
    (void)state;
    for (int failures = 1; failures <= 4; failures++) {
        S = (struct server){.room = true, .channels = 2, .posts = {5, 5}, .fail_next = failures};
        start(0);
        fake_clock_pass(LOOP, 60000);
        assert_true(S.done && S.complete);
        assert_int_equal(S.handed, 10);
    }
}

static void test_lasting_failures_are_not_hidden(void **state) {
    (void)state;
    S.channels = 2;
    S.posts[0] = S.posts[1] = 5;
    start(0);
    S.fail_next = 1000;
    fake_clock_pass(LOOP, 600000);
    assert_true(S.done);
    assert_false(S.complete);
}

static void test_too_many(void **state) {
    (void)state;
    S.channels = 2;
    S.posts[0] = S.posts[1] = 3000;
    start(0);
    fake_clock_pass(LOOP, 60000);
    assert_true(S.done);
    assert_false(S.complete);
    assert_int_equal(S.handed, CATCH_UP_POSTS_MAX);
}

static void test_cancel(void **state) {
    (void)state;
    S.channels = 1;
    S.posts[0] = 5;
    S.room = false;
    catch_up_cancel(start(0));
    catch_up *waiting = start(0);
    fake_clock_pass(LOOP, 1000);
    catch_up_cancel(waiting);
    fake_clock_pass(LOOP, 1000);
    assert_false(S.done);
}

#define CATCH_UP_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CATCH_UP_TEST(test_nothing_to_find),
        CATCH_UP_TEST(test_new_posts_in_order_and_nobodys_but_peoples),
        CATCH_UP_TEST(test_pages_of_posts_and_channels),
        CATCH_UP_TEST(test_only_what_is_wanted_counts),
        CATCH_UP_TEST(test_waits_for_room),
        CATCH_UP_TEST(test_passing_failures),
        CATCH_UP_TEST(test_lasting_failures_are_not_hidden),
        CATCH_UP_TEST(test_too_many),
        CATCH_UP_TEST(test_cancel),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
