// SPDX-License-Identifier: Apache-2.0
// What follows a post that one person alone sees, from outside: a further answer to their command, else a post of the bot's own.
#include "base/json.h"
#include "base/mem.h"
#include "chat/posts.h"
#include "chat/rest_internal.h"
#include "moving_clock.h"
#include "rest_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define ALICE "alicealicealicealicealicea"
#define BOB "bobbobbobbobbobbobbobbobbo"
#define TOWN "towntowntowntowntowntownto"
#define ROOT "rootrootrootrootrootrootro"
#define SHOWN "shownshownshownshownshowns"
#define HOOK "hookhookhookhookhookhookho"
#define BY_HOOK "POST /hooks/commands/" HOOK
#define OWN "POST /api/v4/posts/ephemeral"
#define PATCH "PUT /api/v4/posts/" SHOWN "/patch"

typedef struct scene {
    rest_bench *bench;
    chat *chat;
    int hook_status, own_status, patch_status;
    int ends;
    oc_err err;
    cJSON *last; // what was sent last
} scene;

static rest_bench_reply serve(void *ctx, const http_request *r) {
    scene *s = ctx;
    cJSON_Delete(s->last);
    s->last = cJSON_ParseWithLength((const char *)r->body.data, r->body.len);
    if (strncmp(r->path, "/hooks/commands/", 16) == 0)
        return (rest_bench_reply){.status = s->hook_status,
                                  .body = s->hook_status == 200 ? xstrdup("ok") : NULL};
    if (strcmp(r->path, "/api/v4/posts/ephemeral") == 0)
        return (rest_bench_reply){.status = s->own_status};
    return (rest_bench_reply){.status = s->patch_status};
}

static int set_up(void **state) {
    scene *s = xcalloc(1, sizeof *s);
    AHEAD_MS = 0;
    s->hook_status = 200;
    s->own_status = 201;
    s->patch_status = 200;
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

static void command_by(scene *s, const char *user_id, const char *root_id, const char *response_url) {
    cJSON *payload = json_new_object();
    json_add_string(payload, "user_id", user_id);
    json_add_string(payload, "channel_id", TOWN);
    json_add_string(payload, "root_id", root_id);
    json_add_string(payload, "response_url", response_url);
    rest_note_answer_hook(s->chat, payload);
    cJSON_Delete(payload);
}

static void on_end(void *ctx, const chat_error *error, const chat_post *post) {
    scene *s = ctx;
    assert_string_equal(post->message, "page two");
    s->ends++;
    s->err = error->err;
}

static void next_page(scene *s) {
    cJSON *props = cJSON_Parse("{\"attachments\":[{\"text\":\"t\"}],\"more\":1}");
    const chat_post post = {
        .id = SHOWN, .channel_id = TOWN, .root_id = ROOT, .message = "page two", .props = props};
    s->ends = 0;
    rest_bench_forget(s->bench);
    chat_update_ephemeral(s->chat, ALICE, &post, on_end, s);
    cJSON_Delete(props);
}

static void must_ask(scene *s, oc_err err, const char *first, const char *second, const char *third) {
    const char *const wanted[] = {first, second, third};
    next_page(s);
    until(rest_bench_loop(s->bench), s->ends == 1);
    const cJSON *asked = rest_bench_asked(s->bench);
    int count = 0;
    while (count < 3 && wanted[count] != NULL) {
        const char *line = cJSON_GetStringValue(cJSON_GetArrayItem(asked, count));
        assert_string_equal(line != NULL ? line : "", wanted[count]);
        count++;
    }
    assert_int_equal(cJSON_GetArraySize(asked), count);
    assert_int_equal(s->err, err);
}

static void test_a_further_answer(void **state) {
    scene *s = *state;
    command_by(s, ALICE, ROOT, "https://chat.example.com/sub/hooks/commands/" HOOK); // ours is another one
    must_ask(s, OC_OK, BY_HOOK, NULL, NULL);
    assert_string_equal(json_text(s->last, "response_type"), "ephemeral");
    assert_string_equal(json_text(s->last, "text"), "page two");
    assert_int_equal(cJSON_GetArraySize(json_array(s->last, "attachments")), 1);
    assert_non_null(json_get(json_get(s->last, "props"), "more"));
    assert_null(json_get(json_get(s->last, "props"), "attachments"));
    must_ask(s, OC_OK, BY_HOOK, NULL, NULL); // it stays
}

static void test_whose_command(void **state) {
    scene *s = *state;
    command_by(s, BOB, ROOT, "http://x/hooks/commands/" HOOK);
    command_by(s, ALICE, "", "http://x/hooks/commands/" HOOK);
    must_ask(s, OC_OK, OWN, NULL, NULL);
    assert_string_equal(json_text(s->last, "user_id"), ALICE);
    const cJSON *post = json_get(s->last, "post");
    assert_string_equal(json_text(post, "channel_id"), TOWN);
    assert_string_equal(json_text(post, "root_id"), ROOT);
    assert_null(json_get(post, "id")); // one that the client has already would not be shown
}

static void test_no_address(void **state) {
    static const char *const bad[] = {"", "http://x/hooks/commands/", HOOK,
                                      "http://x/hooks/commands/" HOOK "/", "http://x/hooks/../users/me?a=/b"};
    scene *s = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        command_by(s, ALICE, ROOT, bad[i]);
        must_ask(s, OC_OK, OWN, NULL, NULL);
    }
}

static void test_used_up(void **state) {
    scene *s = *state;
    command_by(s, ALICE, ROOT, "http://x/hooks/commands/" HOOK);
    s->hook_status = 400;
    must_ask(s, OC_OK, BY_HOOK, OWN, NULL);
    must_ask(s, OC_OK, OWN, NULL, NULL); // it is not tried again
    s->hook_status = 200;
    command_by(s, ALICE, ROOT, "http://x/hooks/commands/" HOOK);
    must_ask(s, OC_OK, BY_HOOK, NULL, NULL);
}

static void test_too_old(void **state) {
    scene *s = *state;
    command_by(s, ALICE, ROOT, "http://x/hooks/commands/" HOOK);
    AHEAD_MS += 30 * 60 * 1000;
    must_ask(s, OC_OK, OWN, NULL, NULL);
}

static void test_a_direct_message_is_changed(void **state) {
    scene *s = *state;
    s->own_status = 403;
    must_ask(s, OC_OK, OWN, PATCH, NULL);
    assert_string_equal(json_text(s->last, "message"), "page two");
}

static void test_no_way(void **state) {
    scene *s = *state;
    command_by(s, ALICE, ROOT, "http://x/hooks/commands/" HOOK);
    s->hook_status = s->patch_status = 404;
    s->own_status = 403;
    must_ask(s, OC_ENOTFOUND, BY_HOOK, OWN, PATCH);
}

static void test_closed_meanwhile(void **state) {
    scene *s = *state;
    command_by(s, ALICE, ROOT, "http://x/hooks/commands/" HOOK);
    next_page(s);
    rest_bench_destroy(s->bench);
    s->bench = NULL;
    assert_int_equal(s->ends, 1);
    assert_int_equal(s->err, OC_ECLOSED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_further_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_whose_command, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_used_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_too_old, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_direct_message_is_changed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_closed_meanwhile, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
