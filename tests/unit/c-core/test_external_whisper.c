// SPDX-License-Identifier: Apache-2.0
// What is for one person only, from outside: an ephemeral post where the bot may, else a direct message, tried twice.
#include "base/json.h"
#include "base/mem.h"
#include "chat/posts.h"
#include "moving_clock.h"
#include "rest_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define ALICE "alicealicealicealicealicea"
#define TOWN "towntowntowntowntowntowntow"
#define DIRECT "directdirectdirectdirectdi"

typedef struct scene {
    rest_bench *bench;
    chat *chat;
    bool may;     // the bot may make ephemeral posts
    int refusals; // so many posts are refused first
    int posts, ends;
    oc_err err;
    int http_status;
    cJSON *last; // what was posted
} scene;

static rest_bench_reply serve(void *ctx, const http_request *r) {
    scene *s = ctx;
    if (strcmp(r->path, "/api/v4/posts/ephemeral") == 0)
        return (rest_bench_reply){.status = s->may ? 201 : 403};
    if (strcmp(r->path, "/api/v4/channels/direct") == 0)
        return (rest_bench_reply){.status = 201, .body = xstrdup("{\"id\":\"" DIRECT "\",\"type\":\"D\"}")};
    if (strcmp(r->path, "/api/v4/posts") != 0)
        return (rest_bench_reply){.status = 404};
    cJSON_Delete(s->last);
    s->last = cJSON_ParseWithLength((const char *)r->body.data, r->body.len);
    return (rest_bench_reply){.status = s->posts++ < s->refusals ? 403 : 201};
}

static int set_up(void **state) {
    scene *s = xcalloc(1, sizeof *s);
    AHEAD_MS = 0;
    s->bench = rest_bench_quiet(&MOVING_CLOCK, serve, s, &s->chat);
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    scene *s = *state;
    if (s->bench != NULL)
        rest_bench_destroy(s->bench);
    cJSON_Delete(s->last);
    free(s);
    return 0;
}

static void on_end(void *ctx, const chat_error *error, const chat_post *post) {
    scene *s = ctx;
    (void)post;
    s->ends++;
    s->err = error->err;
    s->http_status = error->http_status;
}

static void whisper(scene *s) {
    chat_post post = {.channel_id = TOWN, .root_id = "rootrootrootrootrootrootro", .message = "for you"};
    chat_send_ephemeral(s->chat, ALICE, &post, on_end, s);
}

static void test_it_may(void **state) {
    scene *s = *state;
    s->may = true;
    whisper(s);
    until(rest_bench_loop(s->bench), s->ends == 1);
    assert_int_equal(s->err, OC_OK);
    assert_int_equal(s->posts, 0);
}

static void test_a_direct_message(void **state) {
    scene *s = *state;
    whisper(s);
    until(rest_bench_loop(s->bench), s->ends == 1);
    assert_int_equal(s->err, OC_OK);
    assert_int_equal(s->posts, 1);
    assert_string_equal(json_text(s->last, "channel_id"), DIRECT);
    assert_string_equal(json_text(s->last, "root_id"), "");
    assert_string_equal(json_text(s->last, "message"), "for you");
}

// The channel was made by two at once, and the server's memory of memberships came late.
static void test_refused_at_first(void **state) {
    scene *s = *state;
    s->refusals = 1;
    whisper(s);
    until(rest_bench_loop(s->bench), s->ends == 1);
    assert_int_equal(s->err, OC_OK);
    assert_int_equal(s->posts, 2);
    assert_string_equal(json_text(s->last, "channel_id"), DIRECT);
}

static void test_refused(void **state) {
    scene *s = *state;
    s->refusals = 100;
    whisper(s);
    until(rest_bench_loop(s->bench), s->ends == 1);
    assert_int_equal(s->http_status, 403);
    assert_int_equal(s->posts, 2);
}

static void test_closed_before_the_second_attempt(void **state) {
    scene *s = *state;
    s->refusals = 100;
    whisper(s);
    until(rest_bench_loop(s->bench), s->posts == 1);
    loop_step(rest_bench_loop(s->bench), 20); // whether the answer has come or not
    rest_bench_destroy(s->bench);
    s->bench = NULL;
    assert_int_equal(s->ends, 1);
    assert_int_not_equal(s->err, OC_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_it_may, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_direct_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused_at_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_closed_before_the_second_attempt, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
