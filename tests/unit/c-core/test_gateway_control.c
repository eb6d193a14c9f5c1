// SPDX-License-Identifier: Apache-2.0
// The control connection and the approvals on it, against the fake gateway in memory.
#include "beside_bench.h"
#include "gateway/control_parts.h"

typedef struct bench {
    fake_world *world;
    gateway_control *control;
    gateway_identity *identity;
    secret *token;
    refused_tokens *refused;
    script script;
    heard heard;
} bench;

#define EXEC(id, more)                                                                                       \
    "{\"id\":\"" id "\",\"approvalKind\":\"exec\",\"request\":{\"command\":\"touch x\",\"cwd\":\"/w\","      \
    "\"host\":\"gateway\",\"nodeId\":null,\"allowedDecisions\":[\"allow-once\",\"deny\"],"                   \
    "\"agentId\":\"main\",\"sessionKey\":\"s\",\"runId\":\"r\"" more "},\"createdAtMs\":1800001000000,"      \
    "\"expiresAtMs\":1800002800000}"

static void on_status(void *ctx, const gateway_status *status) {
    (void)ctx, (void)status;
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    (void)url;
    hear(&((bench *)ctx)->heard, "token %s", token != NULL ? token : "(forget)");
}

static void on_requested(void *ctx, const gateway_approval *a) {
    hear(&((bench *)ctx)->heard, "asked %s: %s%s", a->id, a->command, a->listed ? " (listed)" : "");
}

static void on_closed(void *ctx, const gateway_approval *a, approval_end end, const char *by) {
    static const char *const names[] = {"once", "always", "denied", "expired", "gone"};
    hear(&((bench *)ctx)->heard, "closed %s: %s by %s", a->id, names[end], by);
}

static void on_listed(void *ctx) {
    hear(&((bench *)ctx)->heard, "listed");
}

static void begin(bench *b) {
    static const uint8_t seed[IDENTITY_SEED_BYTES] = {1, 2, 3};
    static const control_events events = {
        .status = on_status,
        .device_token = on_device_token,
        .approvals = {.requested = on_requested, .closed = on_closed, .listed = on_listed}};
    memset(b, 0, sizeof *b);
    b->world = fake_world_create();
    fake_gateway_settings *set = fake_gateway_set(fake_world_gateway(b->world));
    set->answer = script_answer;
    set->answer_ctx = &b->script;
    set->tick_ms = 600000; // no silence is noticed while time jumps
    script_set(&b->script, "exec.approval.list", "[]");
    script_set(&b->script, "plugin.approval.list", "[]");
    transport t = fake_world_transport(b->world);
    b->identity = gateway_identity_from_seed(seed);
    b->token = secret_create("good-token");
    b->refused = refused_tokens_create();
    b->control = control_create_on(fake_world_loop(b->world), &t, &events, b);
}

static void configure(bench *b) {
    control_configure(
        b->control,
        &(gateway_settings){
            .url = "ws://gateway:18789", .token = b->token, .version = "1", .refused = b->refused},
        b->identity, NULL);
    fake_world_settle(b->world);
}

static void go_ready(bench *b) {
    control_follow(b->control, true);
    configure(b);
    assert_int_equal(control_get_status(b->control).state, GATEWAY_READY);
}

static void end(bench *b) {
    control_destroy(b->control);
    fake_world_destroy(b->world);
    gateway_identity_destroy(b->identity);
    secret_destroy(b->token);
    refused_tokens_destroy(b->refused);
}

static fake_gateway *other_end(bench *b) {
    return fake_world_gateway(b->world);
}

static void test_it_asks_for_an_administrators_rights(void **state) {
    bench b;
    (void)state;
    begin(&b);
    go_ready(&b);
    const cJSON *params = fake_gateway_last(other_end(&b), "connect");
    char *scopes = cJSON_PrintUnformatted(json_array(params, "scopes"));
    assert_string_equal(scopes,
                        "[\"operator.read\",\"operator.write\",\"operator.admin\",\"operator.approvals\","
                        "\"operator.pairing\"]");
    free(scopes);
    assert_string_equal(json_text(params, "role"), "operator");
    assert_string_equal(json_array(params, "caps")->child->valuestring, "approvals");
    assert_null(control_why_not(b.control));
    assert_heard(&b.heard, "listed\n");
    end(&b);
}

static void test_it_follows_the_main_connection(void **state) {
    bench b;
    (void)state;
    begin(&b);
    configure(&b);
    fake_world_advance(b.world, 60000);
    assert_int_equal(fake_world_tries(b.world), 0);
    char *why = control_why_not(b.control);
    assert_non_null(strstr(why, "not open"));
    free(why);
    control_follow(b.control, true);
    fake_world_settle(b.world);
    assert_int_equal(control_get_status(b.control).state, GATEWAY_READY);

    // What stands goes on without the main one; nothing new is tried.
    control_follow(b.control, false);
    fake_world_advance(b.world, 1000);
    assert_int_equal(control_get_status(b.control).state, GATEWAY_READY);
    fake_world_cut(b.world, WEBSOCKET_CUT, 0);
    fake_world_advance(b.world, 120000);
    assert_int_equal(fake_world_tries(b.world), 1);
    control_follow(b.control, true);
    fake_world_settle(b.world);
    assert_int_equal(control_get_status(b.control).state, GATEWAY_READY);
    end(&b);
}

static void test_a_token_that_was_refused_is_not_tried(void **state) {
    bench b;
    (void)state;
    begin(&b);
    refused_tokens_note(b.refused, "ws://gateway:18789", b.token);
    control_follow(b.control, true);
    configure(&b);
    assert_int_equal(control_get_status(b.control).state, GATEWAY_HALTED);
    assert_string_equal(control_get_status(b.control).code, "AUTH_TOKEN_MISMATCH");
    assert_int_equal(fake_gateway_count(other_end(&b), "connect"), 0);
    control_retry(b.control); // somebody asks
    fake_world_settle(b.world);
    assert_int_equal(control_get_status(b.control).state, GATEWAY_READY);

    fake_gateway_set(other_end(&b))->token = "another";
    fake_world_cut(b.world, WEBSOCKET_CUT, 0);
    fake_world_advance(b.world, 60000);
    assert_int_equal(control_get_status(b.control).state, GATEWAY_HALTED);
    assert_true(refused_tokens_has(b.refused, "ws://gateway:18789", b.token));
    assert_false(refused_tokens_has(b.refused, "ws://other:18789", b.token));
    assert_int_equal(fake_gateway_count(other_end(&b), "connect"), 2);
    end(&b);
}

static void test_why_not(void **state) {
    bench b;
    (void)state;
    char *why = control_why_not(NULL);
    assert_non_null(strstr(why, "gateway.control"));
    free(why);
    assert_null(control_call(NULL, "sessions.reset", json_new_object(), 1000, NULL, NULL));

    begin(&b);
    fake_gateway_set(other_end(&b))->lacks = "operator.admin";
    control_follow(b.control, true);
    configure(&b);
    assert_int_equal(control_get_status(b.control).state, GATEWAY_HALTED);
    why = control_why_not(b.control);
    assert_non_null(strstr(why, "operator.admin"));
    free(why);
    end(&b);

    begin(&b);
    fake_gateway_set(other_end(&b))->remote = true;
    control_follow(b.control, true);
    configure(&b);
    why = control_why_not(b.control);
    assert_non_null(strstr(why, "openclaw devices approve 741df627"));
    free(why);
    end(&b);
}

static void test_approvals_come_and_go(void **state) {
    bench b;
    (void)state;
    begin(&b);
    script_set(&b.script, "exec.approval.list", "[" EXEC("e1", "") "]");
    go_ready(&b);
    assert_heard(&b.heard, "asked e1: touch x (listed)\nlisted\n");
    event(b.world, "exec.approval.requested", EXEC("e2", ""));
    event(b.world, "exec.approval.requested", EXEC("e2", "")); // the same again
    event(b.world, "plugin.approval.requested",
          "{\"id\":\"p1\",\"request\":{\"title\":\"Send mail\",\"description\":\"to "
          "all\",\"pluginId\":\"mail\","
          "\"severity\":\"warning\",\"allowedDecisions\":[\"allow-always\"]},\"createdAtMs\":1,"
          "\"expiresAtMs\":2000}");
    assert_heard(&b.heard, "asked e2: touch x\nasked p1: Send mail\n");
    approvals *s = control_approvals(b.control);
    const gateway_approval *p1 = approvals_find(s, "p1"), *e2 = approvals_at(s, 1);
    assert_string_equal(p1->description, "to all");
    assert_string_equal(p1->plugin_id, "mail");
    assert_string_equal(p1->severity, "warning");
    assert_true(p1->allowed[APPROVAL_ALLOW_ALWAYS] && p1->allowed[APPROVAL_DENY] &&
                !p1->allowed[APPROVAL_ALLOW_ONCE]);
    assert_string_equal(e2->cwd, "/w");
    assert_string_equal(e2->host, "gateway");
    assert_string_equal(e2->session_key, "s");
    assert_string_equal(e2->run_id, "r");
    assert_int_equal(e2->expires_in_ms, 1800000);
    assert_null(approvals_at(s, 3));

    event(b.world, "exec.approval.resolved",
          "{\"id\":\"e2\",\"decision\":\"allow-once\",\"resolvedBy\":\"Ann\"}");
    event(b.world, "exec.approval.resolved", "{\"id\":\"e2\",\"decision\":\"deny\"}");
    event(b.world, "exec.approval.resolved", "{\"id\":\"p1\",\"decision\":\"deny\"}"); // another kind's id
    assert_heard(&b.heard, "closed e2: once by Ann\n");
    fake_world_advance(b.world, 7000); // past its 1999 ms, and the grace
    assert_heard(&b.heard, "closed p1: expired by \n");
    event(b.world, "exec.approval.resolved", "{\"id\":\"e1\",\"decision\":\"deny\"}");
    assert_heard(&b.heard, "closed e1: denied by \n");
    end(&b);
}

static void test_after_a_reconnect(void **state) {
    bench b;
    (void)state;
    begin(&b);
    go_ready(&b);
    event(b.world, "exec.approval.requested", EXEC("e1", ""));
    event(b.world, "exec.approval.requested", EXEC("e2", ""));
    b.heard.text[0] = '\0';
    script_set(&b.script, "exec.approval.list", "[" EXEC("e2", "") "," EXEC("e3", "") "]");
    fake_world_cut(b.world, WEBSOCKET_CUT, 0);
    fake_world_advance(b.world, 2000);
    assert_heard(&b.heard, "asked e3: touch x (listed)\nclosed e1: gone by \nlisted\n");
    // A list that is refused takes nothing away.
    script_set(&b.script, "exec.approval.list", "!{\"code\":\"FORBIDDEN\"}");
    fake_world_cut(b.world, WEBSOCKET_CUT, 0);
    fake_world_advance(b.world, 2000);
    assert_heard(&b.heard, "listed\n");
    assert_non_null(approvals_find(control_approvals(b.control), "e2"));
    end(&b);
}

static const struct {
    const char *answer, *outcome;
} answers[] = {
    {"{\"applied\":true,\"approval\":{}}", "taken\n"},
    {"{\"applied\":false,\"approval\":{\"status\":\"denied\"}}", "too late\n"},
    {"!{\"code\":\"INVALID_REQUEST\",\"details\":{\"reason\":\"APPROVAL_ALREADY_RESOLVED\"}}", "too late\n"},
    {"!{\"code\":\"INVALID_REQUEST\",\"details\":{\"reason\":\"APPROVAL_NOT_FOUND\"}}", "too late\n"},
    {"!{\"code\":\"FORBIDDEN\",\"details\":{\"code\":\"MISSING_SCOPE\"}}", "refused\n"},
    {"!{\"code\":\"INVALID_REQUEST\",\"message\":\"at /id\"}", "refused\n"},
    {"!{\"code\":\"UNAVAILABLE\",\"message\":\"storage\"}", "away\n"},
    {"!{}", "refused\n"},
};

static void test_deciding(void **state) {
    bench b;
    (void)state;
    begin(&b);
    go_ready(&b);
    event(b.world, "exec.approval.requested", EXEC("e1", ""));
    b.heard.text[0] = '\0';
    approvals *s = control_approvals(b.control);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        script_set(&b.script, "approval.resolve", answers[i].answer);
        approvals_decide(s, "e1", APPROVAL_ALLOW_ONCE, on_resolved, &b.heard);
        assert_heard(&b.heard, ""); // never from inside
        fake_world_settle(b.world);
        assert_heard(&b.heard, answers[i].outcome);
    }
    char *params = cJSON_PrintUnformatted(fake_gateway_last(other_end(&b), "approval.resolve"));
    assert_string_equal(params, "{\"id\":\"e1\",\"kind\":\"exec\",\"decision\":\"allow-once\"}");
    free(params);

    // The gateway would take these for a denial: they are not sent.
    int sent = fake_gateway_count(other_end(&b), "approval.resolve");
    approvals_decide(s, "e1", APPROVAL_ALLOW_ALWAYS, on_resolved, &b.heard);
    approvals_decide(s, "nobody", APPROVAL_DENY, on_resolved, &b.heard);
    fake_world_settle(b.world);
    assert_heard(&b.heard, "refused\ntoo late\n");
    assert_int_equal(fake_gateway_count(other_end(&b), "approval.resolve"), sent);

    // Away, and no answer, and the end.
    fake_gateway_set(other_end(&b))->mute_requests = true;
    approvals_decide(s, "e1", APPROVAL_DENY, on_resolved, &b.heard);
    fake_world_cut(b.world, WEBSOCKET_CUT, 0);
    fake_world_settle(b.world);
    approvals_decide(s, "e1", APPROVAL_DENY, on_resolved, &b.heard);
    fake_world_settle(b.world);
    assert_heard(&b.heard, "away\naway\n");
    fake_gateway_set(other_end(&b))->mute_requests = false;
    fake_world_advance(b.world, 2000);
    b.heard.text[0] = '\0';
    event(b.world, "exec.approval.requested", EXEC("e9", ""));
    fake_gateway_set(other_end(&b))->mute_requests = true;
    approvals_decide(s, "e9", APPROVAL_DENY, on_resolved, &b.heard);
    control_destroy(b.control);
    b.control = NULL;
    assert_heard(&b.heard, "asked e9: touch x\naway\n");
    end(&b);
}

static const char *const hostile[] = {
    "{}",
    "[]",
    "null",
    "{\"id\":7,\"request\":{\"command\":\"x\"}}",
    "{\"id\":\"\",\"request\":{\"command\":\"x\"}}",
    "{\"id\":\"h\"}",
    "{\"id\":\"h\",\"request\":{\"command\":\"\"}}",
    "{\"id\":\"h\",\"request\":\"x\"}",
    "{\"id\":\"h\",\"approvalKind\":\"system-agent\",\"request\":{\"command\":\"x\"}}",
};

static void test_what_cannot_be_shown_is_left_out(void **state) {
    bench b;
    (void)state;
    begin(&b);
    go_ready(&b);
    b.heard.text[0] = '\0';
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++)
        event(b.world, "exec.approval.requested", hostile[i]);
    char *long_command = xmalloc(400000);
    memset(long_command, 'x', 400000);
    long_command[399999] = '\0';
    cJSON *record = parsed("{\"id\":\"h\",\"request\":{}}");
    json_add_string(cJSON_GetObjectItem(record, "request"), "command", long_command);
    free(long_command);
    fake_gateway_event(other_end(&b), "exec.approval.requested", record);
    fake_world_settle(b.world);
    assert_heard(&b.heard, "");
    // No time to live is over at once, and too many are not taken.
    event(b.world, "exec.approval.requested", "{\"id\":\"h\",\"request\":{\"command\":\"x\"}}");
    assert_int_equal(approvals_find(control_approvals(b.control), "h")->expires_in_ms, 0);
    for (int i = 0; i < APPROVALS_MAX + 20; i++) {
        char text[512];
        (void)snprintf(
            text, sizeof text,
            "{\"id\":\"n%d\",\"request\":{\"command\":\"x\"},\"createdAtMs\":1,\"expiresAtMs\":99999999}", i);
        event(b.world, "exec.approval.requested", text);
    }
    assert_null(approvals_at(control_approvals(b.control), APPROVALS_MAX));
    assert_non_null(approvals_at(control_approvals(b.control), APPROVALS_MAX - 1));
    end(&b);
}

static void test_calls(void **state) {
    bench b;
    (void)state;
    begin(&b);
    go_ready(&b);
    script_set(&b.script, "sessions.reset", "{\"ok\":true}");
    assert_non_null(control_call(b.control, "sessions.reset", parsed("{\"key\":\"s\"}"), 1000, NULL, NULL));
    fake_world_settle(b.world);
    assert_string_equal(json_text(fake_gateway_last(other_end(&b), "sessions.reset"), "key"), "s");
    end(&b);
}

static void test_refused_tokens(void **state) {
    (void)state;
    refused_tokens *r = refused_tokens_create();
    secret *a = secret_create("a"), *b = secret_create("b");
    assert_false(refused_tokens_has(r, "ws://x", a));
    refused_tokens_note(r, "ws://x", a);
    refused_tokens_note(r, "ws://x", a);
    assert_true(refused_tokens_has(r, "ws://x", a));
    assert_false(refused_tokens_has(r, "ws://x", b));
    refused_tokens_forget(r, "ws://x", a);
    assert_false(refused_tokens_has(r, "ws://x", a));
    refused_tokens_note(r, "ws://x", a);
    for (int i = 0; i < REFUSED_TOKENS_MAX; i++) { // the oldest goes
        char url[32];
        (void)snprintf(url, sizeof url, "ws://%d", i);
        refused_tokens_note(r, url, b);
    }
    assert_false(refused_tokens_has(r, "ws://x", a));
    assert_true(refused_tokens_has(r, "ws://5", b));
    refused_tokens_note(NULL, "ws://x", a); // nobody keeps them
    assert_false(refused_tokens_has(NULL, "ws://x", a));
    secret_destroy(a);
    secret_destroy(b);
    refused_tokens_destroy(r);
}

int main(void) {
    log_set_level(LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_asks_for_an_administrators_rights),
        cmocka_unit_test(test_it_follows_the_main_connection),
        cmocka_unit_test(test_a_token_that_was_refused_is_not_tried),
        cmocka_unit_test(test_why_not),
        cmocka_unit_test(test_approvals_come_and_go),
        cmocka_unit_test(test_after_a_reconnect),
        cmocka_unit_test(test_deciding),
        cmocka_unit_test(test_what_cannot_be_shown_is_left_out),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_refused_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
