// SPDX-License-Identifier: Apache-2.0
// MCP over HTTP: who is let in, what they may read, how much.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/tool_bench.h"

#include "outbound/mcp.h"

// --- a request ---

struct chat_http {
    const char *method, *path, *secret, *authorization, *origin, *body;
    int status;
    char *answer;
    bool allow;
    int answers;
    // a body that is still to come
    chat_http_body_fn *waiting;
    void *ctx;
    bool slow;
};

const char *chat_http_method(const chat_http *r) {
    return r->method;
}

const char *chat_http_path(const chat_http *r) {
    return r->path;
}

const char *chat_http_header(const chat_http *r, const char *canonical_name) {
    const char *value = strcmp(canonical_name, "X-Openclaw-Authorization") == 0 ? r->secret
                        : strcmp(canonical_name, "Authorization") == 0          ? r->authorization
                        : strcmp(canonical_name, "Origin") == 0                 ? r->origin
                                                                                : NULL;
    return value != NULL ? value : "";
}

void chat_http_read(chat_http *r, size_t max_bytes, chat_http_body_fn *fn, void *ctx) {
    const bytes body = bytes_str(r->body);
    if (r->slow) {
        r->waiting = fn;
        r->ctx = ctx;
    } else {
        fn(ctx, r, body.len > max_bytes ? OC_ELIMIT : OC_OK, body);
    }
}

void chat_http_answer(chat_http *r, int status, const char *content_type, const cJSON *header, bytes body) {
    (void)content_type;
    r->answers++;
    r->status = status;
    r->allow = json_get(header, "Allow") != NULL;
    free(r->answer);
    r->answer = xstrndup((const char *)body.data, body.len);
}

void chat_http_answer_error(chat_http *r, int status, const char *sentence) {
    chat_http_answer(r, status, "application/json", NULL, bytes_str(sentence));
}

// --- the bench ---

#define SECRET "a secret that is long enough"
#define LISTED                                                                                               \
    "actions: {messages: true, search: true, perMinute: 0}\nmcp: {secret: {source: store, id: S}, "          \
    "channels: [" TOWN ", " LONE "]}\n"
#define PING "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"
#define CALL(name, args)                                                                                     \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"" name                   \
    "\",\"arguments\":" args "}}"

static mcp *MCP;

static void with_mcp(const char *advanced) {
    config_problems problems;
    cJSON *settings = json_new_object();
    json_add_string(settings, "gatewaytoken", "t");
    json_add_string(settings, "advanced", advanced);
    json_add_string(settings, "secrets", "S: " SECRET);
    config *c = config_from_settings(settings, &problems);
    if (c == NULL)
        fail_msg("%s", problems.items[0].sentence);
    cJSON_Delete(settings);
    config_problems_free(&problems);
    with_rules("");
    accounts_apply(ACCOUNTS, c);
    config_destroy(RULES);
    RULES = c;
    fake_clock_pass(LOOP, 100);
    MCP = mcp_create(LOOP, TOOLS, ACCOUNTS);
}

static int end_mcp(void **state) {
    mcp_destroy(MCP);
    MCP = NULL;
    return tear_down(state);
}

static chat_http request(const char *shown, const char *body) {
    chat_http r = {.method = "POST", .path = "/mcp", .secret = shown, .body = body};
    assert_true(mcp_http(MCP, &r));
    fake_clock_pass(LOOP, 300);
    assert_int_equal(r.answers, 1);
    return r;
}

static void must_be(const char *shown, const char *body, int status, const char *part, const char *never) {
    chat_http r = request(shown, body);
    if (r.status != status || strstr(r.answer, part) == NULL ||
        (never != NULL && strstr(r.answer, never) != NULL))
        fail_msg("%s: %d %s", body, r.status, r.answer);
    free(r.answer);
}

static void test_door(void **state) {
    (void)state;
    with_mcp(LISTED);
    chat_http other = {.method = "POST", .path = "/mcp/x"};
    assert_false(mcp_http(MCP, &other));
    must_be("Bearer " SECRET, PING, 200, "\"result\":{}", NULL);
    must_be("bearer " SECRET, PING, 200, "\"result\":{}", NULL);
    must_be(SECRET, PING, 401, "mcp.secret", SECRET);
    must_be("", PING, 401, "mcp.secret", SECRET);
    must_be("Bearer ", PING, 401, "mcp.secret", SECRET);
    must_be("Bearer " SECRET "x", PING, 401, "mcp.secret", SECRET);
    chat_http plain = {.method = "POST", .path = "/mcp", .authorization = "Bearer " SECRET, .body = PING};
    assert_true(mcp_http(MCP, &plain));
    assert_int_equal(plain.status, 200);
    free(plain.answer);
    chat_http page = {.method = "POST",
                      .path = "/mcp",
                      .secret = "Bearer " SECRET,
                      .origin = "https://evil.example",
                      .body = PING};
    assert_true(mcp_http(MCP, &page));
    assert_int_equal(page.status, 403);
    free(page.answer);
    chat_http get = {.method = "GET", .path = "/mcp", .secret = "Bearer " SECRET};
    assert_true(mcp_http(MCP, &get));
    assert_int_equal(get.status, 405);
    assert_true(get.allow);
    free(get.answer);
    chat_http note =
        request("Bearer " SECRET, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    assert_int_equal(note.status, 202);
    assert_string_equal(note.answer, "");
    free(note.answer);
}

static void test_not_served(void **state) {
    (void)state;
    with_mcp("actions: {messages: true}\n");
    must_be("Bearer " SECRET, PING, 404, "", NULL);
    must_be("Bearer ", PING, 404, "", NULL); // no secret is no key
}

static void test_wrong_secrets(void **state) {
    (void)state;
    with_mcp(LISTED);
    FAKE_NOW_MS = 60000 * 2000;
    for (int i = 0; i < MCP_WRONG_PER_MINUTE; i++) {
        chat_http r = {.method = "POST", .path = "/mcp", .secret = "Bearer guess", .body = PING};
        assert_true(mcp_http(MCP, &r));
        assert_int_equal(r.status, 401);
        free(r.answer);
    }
    must_be("Bearer guess", PING, 429, "Wait", NULL);
    must_be("Bearer " SECRET, PING, 200, "result", NULL); // whoever has the right one is not shut out
}

static void test_reading(void **state) {
    (void)state;
    with_mcp(LISTED);
    must_be("Bearer " SECRET, CALL("mattermost_read", T("channel:" TOWN)), 200, "plan of the town", NULL);
    must_be("Bearer " SECRET, CALL("mattermost_read", T("#ops")), 200, "NOT_FOUND", "plan of ops");
    must_be("Bearer " SECRET, CALL("mattermost_read", T("channel:" NOTHING)), 200, "NOT_FOUND", NULL);
    must_be("Bearer " SECRET, CALL("mattermost_read", T("@ann")), 200, "\"isError\":true", "plan of ann");
    must_be("Bearer " SECRET, CALL("mattermost_read", "{\"threadId\":\"" POST_OPS "\"}"), 200, "NOT_FOUND",
            "plan");
    must_be("Bearer " SECRET, CALL("mattermost_read", T("channel:" LONE)), 200, "not a member", NULL);
    must_be("Bearer " SECRET, CALL("mattermost_read", "{}"), 200, "target is missing", NULL);
    must_be("Bearer " SECRET, CALL("mattermost_search", "{\"query\":\"plan\"}"), 200, "plan of the town",
            "ops");
    must_be("Bearer " SECRET, CALL("mattermost_file", F(FILE_DM)), 200, "NOT_FOUND", "what is written");
    must_be("Bearer " SECRET, CALL("mattermost_file", "{\"action\":\"upload\",\"media\":\"x\"}"), 200,
            "NOT_ALLOWED", NULL);
    must_be("Bearer " SECRET, CALL("mattermost_directory", "{\"kind\":\"channels\"}"), 200, "channel:" TOWN,
            OPS);
    must_be("Bearer " SECRET, CALL("mattermost_directory", "{\"kind\":\"users\"}"), 200, "NOT_ALLOWED", ANN);
    must_be("Bearer " SECRET, CALL("mattermost_send", S("#town")), 200, "-32602", NULL);
    assert_int_equal(FAKE.post_count, 8); // nothing was written
}

static void test_many(void **state) {
    (void)state;
    with_mcp(LISTED);
    FAKE_NOW_MS = 60000 * 3000;
    static chat_http open[MCP_OPEN_MAX + 1];
    for (int i = 0; i <= MCP_OPEN_MAX; i++) {
        open[i] = (chat_http){.method = "POST", .path = "/mcp", .secret = "Bearer " SECRET, .slow = true};
        assert_true(mcp_http(MCP, &open[i]));
    }
    assert_int_equal(open[MCP_OPEN_MAX].status, 503);
    for (int i = 0; i <= MCP_OPEN_MAX; i++) {
        if (open[i].waiting != NULL)
            open[i].waiting(open[i].ctx, &open[i], i % 2 == 0 ? OC_ECLOSED : OC_OK, bytes_str(PING));
        assert_int_equal(open[i].answers, 1);
        free(open[i].answer);
    }
    for (int i = MCP_OPEN_MAX; i < MCP_REQUESTS_PER_MINUTE; i++) {
        chat_http r = {.method = "POST", .path = "/mcp", .secret = "Bearer " SECRET, .body = PING};
        assert_true(mcp_http(MCP, &r));
        free(r.answer);
    }
    must_be("Bearer " SECRET, PING, 429, "Too many", NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_door, set_up, end_mcp),
        cmocka_unit_test_setup_teardown(test_not_served, set_up, end_mcp),
        cmocka_unit_test_setup_teardown(test_wrong_secrets, set_up, end_mcp),
        cmocka_unit_test_setup_teardown(test_reading, set_up, end_mcp),
        cmocka_unit_test_setup_teardown(test_many, set_up, end_mcp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
