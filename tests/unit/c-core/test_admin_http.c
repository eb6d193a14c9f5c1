// SPDX-License-Identifier: Apache-2.0
// The administrators' routes: who is let in, what the panel reads, what it may do.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "fakes/fake_gateway_runs.c"
#include "fakes/two_accounts.h"
#include "admin/http.h"
#include "admin/support.h"
#include "base/recent.h"

#include <stdio.h>

// --- a request ---

struct chat_http {
    const char *method, *path, *user_id, *content_type, *body;
    int status, answers;
    char *answer;
    oc_err err; // of the body
};

const char *chat_http_method(const chat_http *r) {
    return r->method;
}

const char *chat_http_path(const chat_http *r) {
    return r->path;
}

const char *chat_http_query(const chat_http *r) {
    (void)r;
    return "";
}

const char *chat_http_user_id(const chat_http *r) {
    return r->user_id;
}

const char *chat_http_header(const chat_http *r, const char *canonical_name) {
    return strcmp(canonical_name, "Content-Type") == 0 && r->content_type != NULL ? r->content_type : "";
}

void chat_http_read(chat_http *r, size_t max_bytes, chat_http_body_fn *fn, void *ctx) {
    const bytes body = bytes_str(r->body != NULL ? r->body : "");
    fn(ctx, r, r->err != OC_OK ? r->err : body.len > max_bytes ? OC_ELIMIT : OC_OK, body);
}

void chat_http_answer(chat_http *r, int status, const char *content_type, const cJSON *header, bytes body) {
    (void)content_type, (void)header;
    r->answers++;
    r->status = status;
    free(r->answer);
    r->answer = xstrndup((const char *)body.data, body.len);
}

void chat_http_answer_error(chat_http *r, int status, const char *sentence) {
    chat_http_answer(r, status, "application/json", NULL, bytes_str(sentence));
}

// --- the bench ---

static const char ALICE[] = "alicealicealicealicealicea", ADMIN[] = "admin1";
static loop *LOOP;
static accounts *ACCOUNTS;
static config *RULES;
static metrics_sources SOURCES;
static admin_http HTTP;
static char ASKED_BY[64], DECIDED[256];

static void pairings_of_others(void *ctx, const char *user_id, admin_json_fn *fn, void *fn_ctx) {
    (void)ctx;
    snprintf(ASKED_BY, sizeof ASKED_BY, "%s", user_id);
    cJSON *body = json_new_object();
    json_add_array(body, "pairings");
    fn(fn_ctx, 200, body);
    cJSON_Delete(body);
}

static void decide(void *ctx, const char *user_id, const cJSON *body, admin_json_fn *fn, void *fn_ctx) {
    (void)ctx;
    snprintf(DECIDED, sizeof DECIDED, "%s %s", user_id, json_text(body, "key"));
    fn(fn_ctx, 409, body);
}

static void on_settled(void *ctx) {
    (void)ctx;
}

static void on_bot_made(void *ctx, const account *a) {
    (void)ctx, (void)a;
}

static void on_status(void *ctx, gateway *g, const gateway_status *status) {
    (void)ctx, (void)g, (void)status;
}

static int set_up(void **state) {
    static const accounts_events events = {.settled = on_settled, .bot = on_bot_made, .status = on_status};
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    (void)fake_chat_create();
    fake_runs_create(GATEWAY_READY);
    ACCOUNTS = accounts_create(LOOP, &THE_CHAT, NULL, &events, NULL);
    RULES = one_account(ALICE);
    add_account(RULES, "*", "work", "helper");
    accounts_apply(ACCOUNTS, RULES);
    fake_clock_pass(LOOP, 10);
    SOURCES = (metrics_sources){.accounts = ACCOUNTS};
    HTTP = (admin_http){.chat = &THE_CHAT,
                        .accounts = ACCOUNTS,
                        .metrics = &SOURCES,
                        .panel = {.pairings = pairings_of_others, .decide = decide},
                        .node = "n1"};
    *ASKED_BY = *DECIDED = '\0';
    recent_clear();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    accounts_destroy(ACCOUNTS);
    config_destroy(RULES);
    loop_destroy(LOOP);
    fake_chat_destroy();
    fake_runs_destroy();
    recent_clear();
    return 0;
}

static chat_http send_it(chat_http r) {
    admin_http_handle(&HTTP, &r);
    fake_clock_pass(LOOP, 300);
    assert_int_equal(r.answers, 1);
    return r;
}

static cJSON *get(const char *path) {
    chat_http r = send_it((chat_http){.method = "GET", .path = path, .user_id = ADMIN});
    cJSON *json = NULL;
    assert_int_equal(r.status, 200);
    assert_int_equal(json_parse(bytes_str(r.answer), &json), OC_OK);
    free(r.answer);
    return json;
}

static void must_answer(chat_http r, int status, const char *part) {
    r = send_it(r);
    if (r.status != status || strstr(r.answer, part) == NULL)
        fail_msg("%s %s by %s: %d %s", r.method, r.path, r.user_id, r.status, r.answer);
    free(r.answer);
}

static chat_http post(const char *path, const char *body) {
    return (chat_http){.method = "POST",
                       .path = path,
                       .user_id = ADMIN,
                       .content_type = "application/json; charset=utf-8",
                       .body = body};
}

// --- who is let in ---

static void test_every_route_is_for_administrators(void **state) {
    admin_route_info route;
    size_t admins_only = 0;
    (void)state;
    for (size_t i = 0; admin_http_route(i, &route); i++) {
        if (route.bench)
            continue;
        assert_true(route.admins_only);
        admins_only++;
        chat_http r = {
            .method = route.method, .path = route.path, .content_type = "application/json", .body = "{}"};
        r.user_id = "";
        must_answer(r, 401, "Log in");
        r.user_id = ALICE;
        must_answer(r, 403, "system administrators only");
        r.user_id = "bot";
        must_answer(r, 403, "system administrators only");
        FAKE.fail_next = 1;
        FAKE.failure = (chat_error){.err = OC_ECLOSED, .id = "", .message = "gone"};
        r.user_id = ADMIN;
        must_answer(r, 503, "Try again");
    }
    assert_true(admins_only >= 5);
    assert_string_equal(ASKED_BY, "");
    assert_string_equal(DECIDED, "");
    assert_int_equal(FAKE.post_count, 0);
}

// What is handed out has no secret in it and no person.
static void test_support_data(void **state) {
    (void)state;
    cJSON *data = get("/api/v1/support-data");
    char *text = cJSON_PrintUnformatted(data);
    assert_null(strstr(text, ALICE));
    assert_non_null(strstr(text, "********"));
    assert_non_null(json_get(json_get(data, "status"), "counters"));
    assert_non_null(json_get(json_get(data, "settings"), "accounts"));
    cJSON_free(text);
    cJSON_Delete(data);
    static int ticket; // only handed on
    support_for_packet(&HTTP, (chat_support_ticket *)&ticket);
    fake_clock_pass(LOOP, 300);
    assert_non_null(strstr(json_text(FAKE.support, "openclaw/support.json"), "********"));
    assert_non_null(strstr(json_text(FAKE.support, "openclaw/metrics.txt"), "openclaw_accounts 2"));
    const cJSON *last = cJSON_GetArrayItem(FAKE.audits, cJSON_GetArraySize(FAKE.audits) - 1);
    assert_string_equal(json_text(last, "event_name"), "openclaw.support_data");
}

static void test_who_was_refused_is_recorded(void **state) {
    (void)state;
    must_answer((chat_http){.method = "GET", .path = "/api/v1/status", .user_id = ALICE}, 403, "only");
    const cJSON *record = cJSON_GetArrayItem(FAKE.audits, cJSON_GetArraySize(FAKE.audits) - 1);
    assert_string_equal(json_text(record, "event_name"), "openclaw.route");
    assert_string_equal(json_text(record, "status"), "fail");
    assert_string_equal(json_text(json_get(record, "actor"), "user_id"), ALICE);
}

static void test_other_methods_and_places(void **state) {
    (void)state;
    must_answer((chat_http){.method = "POST", .path = "/api/v1/status", .user_id = ADMIN}, 405,
                "another method");
    must_answer((chat_http){.method = "GET", .path = "/api/v1/test-message", .user_id = ADMIN}, 405,
                "another method");
    must_answer((chat_http){.method = "GET", .path = "/api/v1/statu", .user_id = ADMIN}, 404, "nothing");
    must_answer((chat_http){.method = "GET", .path = "/bench/small", .user_id = ADMIN}, 404, "nothing");
}

// --- what is read ---

static void test_status(void **state) {
    (void)state;
    FAKE.info = (chat_server_info){.site_url = "", .version = "11.1.0", .locale = "en"};
    cJSON *body = get("/api/v1/status");
    assert_string_equal(json_text(body, "version"), OPENCLAW_VERSION);
    assert_string_equal(json_text(body, "server_version"), "11.1.0");
    assert_string_equal(json_text(body, "node"), "n1");
    assert_true(json_bool(body, "settings_usable", false));
    assert_string_equal(json_text(json_get(body, "gateway"), "state"), "ready");
    const cJSON *list = json_array(body, "accounts");
    assert_int_equal(cJSON_GetArraySize(list), 2);
    const cJSON *one = cJSON_GetArrayItem(list, 0), *other = cJSON_GetArrayItem(list, 1);
    assert_string_equal(json_text(one, "bot_username"), "openclaw");
    const cJSON *policy = json_get(one, "policy");
    assert_string_equal(json_text(policy, "dm"), "pairing");
    assert_string_equal(json_text(policy, "channels"), "allowlist");
    assert_string_equal(json_text(policy, "permission_mode"), "guarded");
    assert_int_equal(json_int(policy, "dm_people", 9), 1);
    assert_int_equal(json_int(policy, "channel_people", 9), 1);
    assert_int_equal(json_int(json_get(other, "policy"), "dm_people", 9), -1);
    assert_null(json_get(one, "control"));
    const cJSON *counters = json_get(body, "counters");
    assert_int_equal(json_int(counters, "answered", -1), 0);
    assert_int_equal(json_int(counters, "open", -1), 0);
    cJSON_Delete(body);
}

static void test_problems(void **state) {
    (void)state;
    log_set_level(LOG_ERROR); // what is not shown in the log is remembered all the same
    log_warn("first", "reason", "a", "empty", "");
    log_info("no problem");
    log_warn("second", "account", "default");
    log_warn("second", "account", "work");
    log_warn("first", "reason", "b");
    cJSON *body = get("/api/v1/status");
    const cJSON *list = json_array(body, "problems"), *p = cJSON_GetArrayItem(list, 0);
    assert_int_equal(cJSON_GetArraySize(list), 3);
    assert_string_equal(json_text(p, "message"), "first");
    assert_string_equal(json_text(p, "detail"), "reason: b");
    assert_string_equal(json_text(p, "level"), "warn");
    assert_int_equal(json_int(p, "count", 0), 2);
    assert_true(json_int(p, "first_ms", 0) > 0);
    assert_string_equal(json_text(cJSON_GetArrayItem(list, 1), "detail"), "account: work");
    cJSON_Delete(body);
    for (int i = 0; i < 3 * RECENT_MAX; i++) {
        char message[32];
        snprintf(message, sizeof message, "problem %d", i);
        log_warn(message);
    }
    log_set_level(LOG_INFO);
    assert_string_equal(recent_at(0)->message, "problem 59");
    assert_non_null(recent_at(RECENT_MAX - 1));
    assert_null(recent_at(RECENT_MAX));
    body = get("/api/v1/status");
    assert_int_equal(cJSON_GetArraySize(json_array(body, "problems")), 10);
    cJSON_Delete(body);
}

static void test_a_problem_has_its_remedy(void **state) {
    (void)state;
    log_warn("an answer could not be posted", "error", "x");
    cJSON *body = get("/api/v1/status");
    const cJSON *p = cJSON_GetArrayItem(json_array(body, "problems"), 0);
    assert_string_equal(json_text(p, "link"), "docs/troubleshooting.md#an-answer-could-not-be-posted");
    assert_non_null(strstr(json_text(p, "remedy"), "The person was told."));
    cJSON_Delete(body);
}

static void test_a_long_detail_is_cut_between_characters(void **state) {
    char text[2001] = "";
    (void)state;
    for (int i = 0; i < 1000; i++)
        memcpy(text + 2 * i, "\xc3\xa4", 2);
    text[2000] = '\0';
    log_set_level(LOG_ERROR);
    log_warn("long", "k", text);
    log_set_level(LOG_INFO);
    const char *detail = recent_at(0)->detail;
    size_t len = strlen(detail);
    assert_true(len <= RECENT_DETAIL_MAX_BYTES && len > RECENT_DETAIL_MAX_BYTES - 4);
    assert_int_equal((len - strlen("k: ")) % 2, 0);
}

static void test_pairings_are_asked_for_the_caller(void **state) {
    (void)state;
    cJSON_Delete(get("/api/v1/pairings"));
    assert_string_equal(ASKED_BY, ADMIN);
}

// --- what is done ---

static void test_decide(void **state) {
    (void)state;
    must_answer(post("/api/v1/pairings/decide", "{\"key\":\"k1\"}"), 409, "k1");
    assert_string_equal(DECIDED, "admin1 k1");
}

static void test_bodies_that_are_none(void **state) {
    static const char *const bad[] = {"", "[]", "7", "{", "{\"a\":1}x"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        must_answer(post("/api/v1/pairings/decide", bad[i]), 400, "JSON object");
    chat_http r = post("/api/v1/pairings/decide", "{}");
    r.content_type = "text/plain";
    must_answer(r, 415, "application/json");
    r.content_type = NULL;
    must_answer(r, 415, "application/json");
    r = post("/api/v1/pairings/decide", "{}");
    r.err = OC_ELIMIT;
    must_answer(r, 413, "too long");
    r.err = OC_ECLOSED;
    must_answer(r, 400, "broke off");
    assert_string_equal(DECIDED, "");
}

static void test_message(void **state) {
    (void)state;
    must_answer(post("/api/v1/test-message", "{}"), 200, "\"bot_username\":\"openclaw\"");
    assert_int_equal(FAKE.post_count, 1);
    assert_string_equal(FAKE.posts[0].user_id, "bot");
    assert_non_null(strstr(FAKE.posts[0].message, "My gateway is connected."));
    must_answer(post("/api/v1/test-message", "{\"account\":\"work\"}"), 200, "\"bot_username\":\"helper\"");
    assert_string_equal(FAKE.posts[1].user_id, "bot-helper");
    must_answer(post("/api/v1/test-message", "{\"account\":\"none\"}"), 404, "no bot");
    RUNS.status.state = GATEWAY_HALTED;
    RUNS.status.sentence = "The token is wrong.";
    must_answer(post("/api/v1/test-message", "{}"), 200, "post_id");
    assert_non_null(strstr(FAKE.posts[2].message, "is not connected, so I cannot answer yet"));
    FAKE.fail_posts_only = true;
    FAKE.fail_next = 1;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .id = "", .message = "no"};
    must_answer(post("/api/v1/test-message", "{}"), 502, "could not write to you");
}

int main(void) {
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_support_data),
        T(test_who_was_refused_is_recorded),
        T(test_every_route_is_for_administrators),
        T(test_other_methods_and_places),
        T(test_status),
        T(test_problems),
        T(test_a_problem_has_its_remedy),
        T(test_a_long_detail_is_cut_between_characters),
        T(test_pairings_are_asked_for_the_caller),
        T(test_decide),
        T(test_bodies_that_are_none),
        T(test_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
