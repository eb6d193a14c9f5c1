// SPDX-License-Identifier: Apache-2.0
// Whose membership the bot may learn from outside: its own in each channel, others' in what it shares with them.
#include "base/json.h"
#include "base/mem.h"
#include "chat/people.h"
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

typedef struct scene {
    rest_bench *bench;
    chat *chat;
    int refused_for; // the status that memberships are refused with; 0: they are told
    int ends;
    oc_err err;
    bool flag;
    char *teams; // ids, each with a comma
} scene;

static bool begins(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

// The server has three teams; alice is in the first and was in the third. Only her own teams may be asked for at once.
static rest_bench_reply serve(void *ctx, const http_request *r) {
    const scene *s = ctx;
    if (strcmp(r->path, "/api/v4/users/me/teams") == 0)
        return (rest_bench_reply){.status = 200,
                                  .body = xstrdup("[{\"id\":\"one\"},{\"id\":\"two\"},{\"id\":\"three\"}]")};
    if (begins(r->path, "/api/v4/channels/" TOWN "/members/"))
        return s->refused_for != 0
                   ? (rest_bench_reply){.status = s->refused_for}
                   : (rest_bench_reply){.status = 200, .body = xstrdup("{\"user_id\":\"somebody\"}")};
    if (begins(r->path, "/api/v4/teams/") && s->refused_for != 0)
        return (rest_bench_reply){.status = s->refused_for};
    if (strcmp(r->path, "/api/v4/teams/one/members/" ALICE) == 0)
        return (rest_bench_reply){.status = 200, .body = xstrdup("{\"user_id\":\"" ALICE "\"}")};
    if (strcmp(r->path, "/api/v4/teams/three/members/" ALICE) == 0)
        return (rest_bench_reply){.status = 200,
                                  .body = xstrdup("{\"user_id\":\"" ALICE "\",\"delete_at\":5}")};
    return (rest_bench_reply){.status = begins(r->path, "/api/v4/users/" ALICE "/teams") ? 403 : 404};
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
    rest_bench_destroy(s->bench);
    free(s->teams);
    free(s);
    return 0;
}

static void on_flag(void *ctx, const chat_error *error, bool flag) {
    scene *s = ctx;
    s->ends++;
    s->err = error->err;
    s->flag = flag;
}

static void ask_member(scene *s, const char *user_id) {
    s->ends = 0;
    chat_is_member(s->chat, TOWN, user_id, on_flag, s);
    until(rest_bench_loop(s->bench), s->ends == 1);
}

static void test_member(void **state) {
    scene *s = *state;
    ask_member(s, ALICE);
    assert_int_equal(s->err, OC_OK);
    assert_true(s->flag);
}

static void test_a_channel_that_the_bot_may_not_see(void **state) {
    scene *s = *state;
    s->refused_for = 403;
    ask_member(s, "bot26charsaaaaaaaaaaaaaaaa");
    assert_int_equal(s->err, OC_OK);
    assert_false(s->flag);
    ask_member(s, ALICE); // of others it says nothing
    assert_int_not_equal(s->err, OC_OK);
    s->refused_for = 404;
    ask_member(s, ALICE);
    assert_int_equal(s->err, OC_OK);
    assert_false(s->flag);
}

static void on_teams(void *ctx, const chat_error *error, const cJSON *teams) {
    scene *s = ctx;
    const cJSON *team = NULL;
    s->ends++;
    s->err = error->err;
    free(s->teams);
    s->teams = xstrdup("");
    cJSON_ArrayForEach(team, teams) {
        char *longer = xasprintf("%s%s,", s->teams, json_text(team, "id"));
        free(s->teams);
        s->teams = longer;
    }
}

static void test_teams_in_common(void **state) {
    scene *s = *state;
    chat_teams_of_user(s->chat, ALICE, on_teams, s);
    until(rest_bench_loop(s->bench), s->ends == 1);
    assert_int_equal(s->err, OC_OK);
    assert_string_equal(s->teams, "one,");
}

// Half a list would look like a whole one.
static void test_teams_that_cannot_be_told(void **state) {
    scene *s = *state;
    s->refused_for = 403;
    chat_teams_of_user(s->chat, ALICE, on_teams, s);
    until(rest_bench_loop(s->bench), s->ends == 1);
    assert_int_not_equal(s->err, OC_OK);
}

#define MEMBERSHIP_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        MEMBERSHIP_TEST(test_member),
        MEMBERSHIP_TEST(test_a_channel_that_the_bot_may_not_see),
        MEMBERSHIP_TEST(test_teams_in_common),
        MEMBERSHIP_TEST(test_teams_that_cannot_be_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
