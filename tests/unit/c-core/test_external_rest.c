// SPDX-License-Identifier: Apache-2.0
// The REST client against a server that answers as told.
#include "base/json.h"
#include "base/mem.h"
#include "chat/rest_client.h"
#include "moving_clock.h"
#include "net/http_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

typedef struct reply {
    int status;
    const char *body, *header, *value; // one header, or NULL
    bool never;
} reply;

typedef struct scene {
    loop *loop;
    net *net;
    http_server *server;
    server_config config;
    rest_client *client;
    const reply *script; // the last one is repeated
    size_t script_count, requests;
    char *last; // method, path, token and body of the last request
    int halts, ends;
    chat_error error;
    char *id, *message, *json;
} scene;

static bool lets_in(void *ctx, const ip_address *from) {
    (void)ctx, (void)from;
    return true;
}

static void on_request(void *ctx, http_exchange *e, const http_request *r) {
    scene *s = ctx;
    const reply *one = &s->script[s->requests < s->script_count ? s->requests : s->script_count - 1];
    cJSON *header = json_new_object();
    s->requests++;
    free(s->last);
    s->last = xasprintf("%s %s?%s %s %.*s", r->method, r->path, r->query,
                        json_text(r->header, "authorization"), (int)r->body.len, (const char *)r->body.data);
    if (one->header != NULL)
        json_add_string(header, one->header, one->value);
    if (!one->never)
        http_answer(e, one->status, "application/json", header, bytes_str(one->body));
    cJSON_Delete(header);
}

static void on_ended(void *ctx, http_exchange *e) {
    (void)ctx, (void)e;
}

static void on_halted(void *ctx, const char *why) {
    scene *s = ctx;
    s->halts++;
    assert_non_null(strstr(why, "does not accept the bot's token"));
}

static int set_up(void **state) {
    static const http_server_events events = {.lets_in = lets_in, .request = on_request, .ended = on_ended};
    scene *s = xcalloc(1, sizeof *s);
    char *why = NULL;
    AHEAD_MS = 0;
    s->loop = loop_create(&MOVING_CLOCK);
    s->net = net_create(s->loop);
    s->server = http_server_create(s->loop, "127.0.0.1:0", &events, s, &why);
    assert_null(why);
    account_config a;
    account_config_init(&a);
    s->config = server_config_dup(&a.server);
    account_config_clear(&a);
    free(s->config.base_url);
    s->config.base_url = xasprintf("http://127.0.0.1:%d", http_server_port(s->server));
    secret_destroy(s->config.bot_token);
    s->config.bot_token = secret_create("tok");
    s->client = rest_client_create(s->net, &s->config, on_halted, s);
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    scene *s = *state;
    rest_client_destroy(s->client);
    http_server_destroy(s->server);
    net_destroy(s->net);
    loop_destroy(s->loop);
    server_config_clear(&s->config);
    free(s->last);
    free(s->id);
    free(s->message);
    free(s->json);
    free(s);
    return 0;
}

static void on_end(void *ctx, const chat_error *error, const cJSON *json) {
    scene *s = ctx;
    s->ends++;
    free(s->id);
    free(s->message);
    free(s->json);
    s->error = *error;
    s->error.id = s->id = xstrdup(error->id);
    s->error.message = s->message = xstrdup(error->message);
    s->json = json != NULL ? cJSON_PrintUnformatted(json) : xstrdup("");
}

static void ask(scene *s, const reply *script, size_t count, const rest_request *r) {
    s->script = script;
    s->script_count = count;
    s->requests = 0;
    s->ends = 0;
    rest_call(s->client, r, on_end, s);
    assert_int_equal(s->ends, 0); // never from inside
    until(s->loop, s->ends == 1);
}

#define ASK(s, script, ...) ask(s, script, sizeof(script) / sizeof(script)[0], &(rest_request){__VA_ARGS__})

static void test_a_call(void **state) {
    static const reply script[] = {{201, "{\"id\":\"p\"}", NULL, NULL, false}};
    scene *s = *state;
    cJSON *body = json_new_object();
    json_add_string(body, "message", "hi");
    ASK(s, script, .method = "POST", .path = "/posts?x=1", .json = body);
    assert_int_equal(s->error.err, OC_OK);
    assert_string_equal(s->last, "POST /api/v4/posts?x=1 Bearer tok {\"message\":\"hi\"}");
    assert_string_equal(s->json, "{\"id\":\"p\"}");
    cJSON_Delete(body);
}

static void test_errors_of_the_server(void **state) {
    static const reply missing[] = {{404, "{\"id\":\"app.x\",\"message\":\"No such.\"}", NULL, NULL, false}};
    static const reply denied[] = {{403, "{\"id\":\"app.y\",\"message\":\"No.\"}", NULL, NULL, false}};
    static const reply html[] = {{200, "<html>", NULL, NULL, false}};
    static const reply moved[] = {{302, "", "Location", "https://elsewhere/", false}};
    scene *s = *state;
    ASK(s, missing, .method = "GET", .path = "/posts/x");
    assert_int_equal(s->error.err, OC_ENOTFOUND);
    assert_string_equal(s->error.id, "app.x");
    assert_string_equal(s->error.message, "Mattermost API 404: No such.");
    ASK(s, denied, .method = "GET", .path = "/posts/x");
    assert_int_equal(s->error.err, OC_EREMOTE);
    assert_int_equal(s->error.http_status, 403);
    assert_int_equal(s->requests, 1);
    ASK(s, html, .method = "GET", .path = "/posts/x");
    assert_int_equal(s->error.err, OC_EMALFORMED);
    ASK(s, moved, .method = "GET", .path = "/posts/x");
    assert_int_equal(s->requests, 1); // nobody else gets the token
    assert_non_null(strstr(s->error.message, "baseUrl"));
}

static void test_what_passes_is_tried_again(void **state) {
    static const reply script[] = {
        {503, "", NULL, NULL, false}, {500, "", NULL, NULL, false}, {200, "{}", NULL, NULL, false}};
    scene *s = *state;
    ASK(s, script, .method = "GET", .path = "/users/me");
    assert_int_equal(s->error.err, OC_OK);
    assert_int_equal(s->requests, 3);
    ASK(s, script, .method = "POST", .path = "/posts", .repeatable = true);
    assert_int_equal(s->error.err, OC_OK);
    assert_int_equal(s->requests, 3);
    ASK(s, script, .method = "POST", .path = "/commands"); // may have been done
    assert_int_equal(s->error.http_status, 503);
    assert_int_equal(s->requests, 1);
}

static void test_a_pause_is_kept(void **state) {
    static const reply script[] = {{429, "", "X-Ratelimit-Reset", "2", false},
                                   {200, "{}", NULL, NULL, false}};
    scene *s = *state;
    int64_t began_ms = loop_now_ms(s->loop);
    ASK(s, script, .method = "POST", .path = "/commands"); // was not done: 429 says so
    assert_int_equal(s->error.err, OC_OK);
    assert_int_equal(s->requests, 2);
    assert_true(loop_now_ms(s->loop) - began_ms >= 2000);
}

static void test_a_pause_longer_than_the_call(void **state) {
    static const reply script[] = {{429, "", "Retry-After", "30", false}, {200, "{}", NULL, NULL, false}};
    scene *s = *state;
    ASK(s, script, .method = "GET", .path = "/users/me");
    assert_int_equal(s->error.http_status, 429);
    assert_int_equal(s->requests, 1);
    s->ends = 0;
    rest_call(s->client, &(rest_request){.method = "GET", .path = "/users/me"}, on_end, s);
    for (int i = 0; i < 5; i++)
        loop_step(s->loop, 10);
    assert_int_equal(s->requests, 1); // the pause holds for every call
    AHEAD_MS += 31000;
    until(s->loop, s->ends == 1);
    assert_true(s->error.err == OC_ETIMEOUT || s->error.err == OC_OK);
}

static void test_an_end_of_waiting(void **state) {
    static const reply script[] = {{200, "", NULL, NULL, true}};
    scene *s = *state;
    ASK(s, script, .method = "GET", .path = "/users/me", .limit_ms = 300);
    assert_int_equal(s->error.err, OC_ETIMEOUT);
}

static void test_a_token_that_is_not_accepted(void **state) {
    static const reply script[] = {{401, "{\"message\":\"Invalid or expired session.\"}", NULL, NULL, false}};
    scene *s = *state;
    ASK(s, script, .method = "GET", .path = "/users/me");
    assert_int_equal(s->error.http_status, 401);
    until(s->loop, s->halts == 1);
    assert_true(rest_client_halted(s->client));
    ASK(s, script, .method = "GET", .path = "/users/me");
    assert_int_equal(s->requests, 0);
    assert_int_equal(s->error.err, OC_EDENIED);
    assert_int_equal(s->halts, 1);
}

static void test_unsafe_paths_go_nowhere(void **state) {
    static const reply script[] = {{200, "{}", NULL, NULL, false}};
    scene *s = *state;
    ASK(s, script, .method = "GET", .path = "/users/../config");
    assert_int_equal(s->error.err, OC_EINVAL);
    assert_int_equal(s->requests, 0);
}

static void test_the_end_answers_everybody(void **state) {
    static const reply script[] = {{200, "", NULL, NULL, true}};
    scene *s = *state;
    s->script = script;
    s->script_count = 1;
    for (int i = 0; i < 20; i++)
        rest_call(s->client, &(rest_request){.method = "GET", .path = "/users/me"}, on_end, s);
    until(s->loop, s->requests == REST_OPEN_MAX);
    rest_client_destroy(s->client);
    s->client = NULL;
    assert_int_equal(s->ends, 20);
    assert_int_equal(s->error.err, OC_ECLOSED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_a_call),
        TEST(test_errors_of_the_server),
        TEST(test_what_passes_is_tried_again),
        TEST(test_a_pause_is_kept),
        TEST(test_a_pause_longer_than_the_call),
        TEST(test_an_end_of_waiting),
        TEST(test_a_token_that_is_not_accepted),
        TEST(test_unsafe_paths_go_nowhere),
        TEST(test_the_end_answers_everybody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
