// SPDX-License-Identifier: Apache-2.0
// Questions and ends of foreign runs on the run connection, against the fake gateway in memory.
#include "beside_bench.h"
#include "gateway/gateway_parts.h"

typedef struct bench {
    fake_world *world;
    gateway *gateway;
    gateway_identity *identity;
    secret *token;
    script script;
    heard heard;
} bench;

#define OURS "agent:main:mattermost:direct:u1"
#define QUESTION(id, items)                                                                                  \
    "{\"id\":\"" id "\",\"questions\":[" items "],\"agentId\":\"main\",\"sessionKey\":\"" OURS "\","         \
    "\"runId\":\"mm-1\",\"createdAtMs\":1800001000000,\"expiresAtMs\":1800001900000,\"status\":\"pending\"}"
#define COLOR                                                                                                \
    "{\"questionId\":\"color\",\"header\":\"Color\",\"question\":\"Which?\",\"isOther\":true,"               \
    "\"options\":[{\"label\":\"Red\",\"description\":\"warm\"},{\"label\":\"Blue\"}]}"
#define MANY                                                                                                 \
    "{\"questionId\":\"many\",\"header\":\"M\",\"question\":\"Which ones?\",\"multiSelect\":true,"           \
    "\"options\":[{\"label\":\"A\"},{\"label\":\"B\"}]}"

static void on_status(void *ctx, const gateway_status *status) {
    (void)ctx, (void)status;
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    (void)ctx, (void)token, (void)url;
}

static void on_requested(void *ctx, const gateway_question *q) {
    hear(&((bench *)ctx)->heard, "asked %s: %s (%zu)%s%s", q->id, q->items[0].text, q->item_count,
         q->secret ? " secret" : "", q->listed ? " (listed)" : "");
}

static void on_closed(void *ctx, const gateway_question *q, question_end end, const cJSON *given) {
    static const char *const names[] = {"answered", "cancelled", "expired", "gone"};
    char *text = given != NULL ? cJSON_PrintUnformatted(given) : NULL;
    hear(&((bench *)ctx)->heard, "closed %s: %s %s", q->id, names[end], text != NULL ? text : "-");
    free(text);
}

static void on_listed(void *ctx) {
    hear(&((bench *)ctx)->heard, "listed");
}

static void on_ready(void *ctx) {
    hear(&((bench *)ctx)->heard, "ready");
}

static bool wants_session(void *ctx, bytes key) {
    (void)ctx;
    return bytes_is(key, OURS);
}

static void on_final(void *ctx, const gateway_final *f) {
    hear(&((bench *)ctx)->heard, "final %s in %s: %s%s", f->run_id, f->session_key, f->text,
         f->run_open ? " (a run is open)" : "");
}

static void on_done(void *ctx, const gateway_run_result *result) {
    (void)result;
    hear(&((bench *)ctx)->heard, "run done");
}

static void begin(bench *b) {
    static const uint8_t seed[IDENTITY_SEED_BYTES] = {1, 2, 3};
    static const gateway_events events = {
        .status = on_status,
        .device_token = on_device_token,
        .ready = on_ready,
        .questions = {.requested = on_requested, .closed = on_closed, .listed = on_listed},
        .wants_session = wants_session,
        .final = on_final};
    memset(b, 0, sizeof *b);
    b->world = fake_world_create();
    fake_gateway_settings *set = fake_gateway_set(fake_world_gateway(b->world));
    set->answer = script_answer;
    set->answer_ctx = &b->script;
    set->tick_ms = 600000; // no silence is noticed while time jumps
    script_set(&b->script, "question.list", "{\"questions\":[]}");
    transport t = fake_world_transport(b->world);
    b->identity = gateway_identity_from_seed(seed);
    b->token = secret_create("good-token");
    b->gateway = gateway_create_on(fake_world_loop(b->world), &t, &events, b);
}

static void go_ready(bench *b) {
    gateway_configure(b->gateway,
                      &(gateway_settings){.url = "ws://gateway:18789", .token = b->token, .version = "1"},
                      b->identity, NULL);
    fake_world_settle(b->world);
    assert_int_equal(gateway_get_status(b->gateway).state, GATEWAY_READY);
}

static void end(bench *b) {
    gateway_destroy(b->gateway);
    fake_world_destroy(b->world);
    gateway_identity_destroy(b->identity);
    secret_destroy(b->token);
}

static fake_gateway *other_end(bench *b) {
    return fake_world_gateway(b->world);
}

static void test_questions_come_and_go(void **state) {
    bench b;
    (void)state;
    begin(&b);
    script_set(&b.script, "question.list", "{\"questions\":[" QUESTION("q1", COLOR) "]}");
    go_ready(&b);
    assert_heard(&b.heard, "ready\nasked q1: Which? (1) (listed)\nlisted\n");
    event(b.world, "question.requested", QUESTION("q2", MANY "," COLOR));
    event(b.world, "question.requested", QUESTION("q2", MANY));
    event(
        b.world, "question.requested",
        QUESTION("q3", "{\"questionId\":\"s\",\"question\":\"Password?\",\"isSecret\":true,\"options\":[]}"));
    assert_heard(&b.heard, "asked q2: Which ones? (2)\nasked q3: Password? (1) secret\n");
    const gateway_question *q2 = questions_find(gateway_questions(b.gateway), "q2");
    assert_string_equal(q2->items[1].options[0].label, "Red");
    assert_string_equal(q2->items[1].options[0].description, "warm");
    assert_string_equal(q2->items[1].options[1].description, "");
    assert_int_equal(q2->items[1].option_count, 2);
    assert_true(q2->items[0].multi_select && !q2->items[0].other && q2->items[1].other);
    assert_string_equal(q2->run_id, "mm-1");
    assert_int_equal(q2->expires_in_ms, 900000);

    event(b.world, "question.resolved",
          "{\"id\":\"q1\",\"status\":\"answered\",\"answers\":{\"answers\":{\"color\":[\"Red\"]}}}");
    event(b.world, "question.resolved", "{\"id\":\"q2\",\"status\":\"cancelled\"}");
    event(b.world, "question.resolved", "{\"id\":\"q2\",\"status\":\"cancelled\"}");
    event(b.world, "question.resolved", "{\"id\":\"q3\",\"status\":\"expired\"}");
    assert_heard(&b.heard,
                 "closed q1: answered {\"color\":[\"Red\"]}\nclosed q2: cancelled -\nclosed q3: expired -\n");

    event(b.world, "question.requested", QUESTION("q4", COLOR));
    event(b.world, "question.requested", QUESTION("q5", COLOR));
    b.heard.text[0] = '\0';
    script_set(&b.script, "question.list", "{\"questions\":[" QUESTION("q5", COLOR) "]}");
    fake_world_cut(b.world, WEBSOCKET_CUT, 0);
    fake_world_advance(b.world, 2000);
    assert_heard(&b.heard, "ready\nclosed q4: gone -\nlisted\n");
    fake_world_advance(b.world, 910000);
    assert_heard(&b.heard, "closed q5: expired -\n");
    end(&b);
}

static void answer(bench *b, const char *id, const char *item, const char *first, const char *second) {
    const char *values[] = {first, second};
    const question_answer a = {.item_id = item, .values = values, .value_count = second != NULL ? 2 : 1};
    questions_answer(gateway_questions(b->gateway), id, &a, 1, "alice", on_resolved, &b->heard);
    fake_world_settle(b->world);
}

static void test_answering(void **state) {
    bench b;
    (void)state;
    begin(&b);
    go_ready(&b);
    event(b.world, "question.requested", QUESTION("q1", COLOR "," MANY));
    b.heard.text[0] = '\0';
    script_set(&b.script, "question.resolve", "{\"status\":\"answered\",\"answers\":{}}");
    answer(&b, "q1", "color", "my own", NULL);
    char *params = cJSON_PrintUnformatted(fake_gateway_last(other_end(&b), "question.resolve"));
    assert_string_equal(params, "{\"id\":\"q1\",\"answers\":{\"answers\":{\"color\":[\"my own\"]}},"
                                "\"resolvedBy\":\"alice\"}");
    free(params);
    answer(&b, "q1", "many", "A", "B");
    assert_heard(&b.heard, "taken\ntaken\n");
    int sent = fake_gateway_count(other_end(&b), "question.resolve");
    answer(&b, "q1", "color", "Red", "Blue"); // only one may be chosen
    answer(&b, "q1", "size", "Red", NULL);
    answer(&b, "q9", "color", "Red", NULL);
    questions_answer(gateway_questions(b.gateway), "q1", NULL, 0, "", on_resolved, &b.heard);
    fake_world_settle(b.world);
    assert_heard(&b.heard, "refused\nrefused\ntoo late\nrefused\n");
    assert_int_equal(fake_gateway_count(other_end(&b), "question.resolve"), sent);

    script_set(&b.script, "question.resolve",
               "!{\"code\":\"INVALID_REQUEST\",\"details\":{\"reason\":\"QUESTION_ALREADY_TERMINAL\"}}");
    answer(&b, "q1", "color", "Red", NULL);
    script_set(&b.script, "question.resolve",
               "!{\"code\":\"INVALID_REQUEST\",\"message\":\"no\",\"details\":{\"reason\":\"QUESTION_INVALID_"
               "ANSWER\"}}");
    answer(&b, "q1", "color", "Red", NULL);
    script_set(&b.script, "question.resolve", "{\"status\":\"cancelled\"}");
    questions_cancel(gateway_questions(b.gateway), "q1", on_resolved, &b.heard);
    questions_cancel(gateway_questions(b.gateway), "q9", on_resolved, &b.heard);
    fake_world_settle(b.world);
    assert_heard(&b.heard, "too late\nrefused\ntaken\ntoo late\n");
    params = cJSON_PrintUnformatted(fake_gateway_last(other_end(&b), "question.resolve"));
    assert_string_equal(params, "{\"id\":\"q1\",\"cancel\":true}");
    free(params);

    fake_gateway_set(other_end(&b))->mute_requests = true; // the end comes first
    answer(&b, "q1", "color", "Red", NULL);
    gateway_destroy(b.gateway);
    b.gateway = NULL;
    assert_heard(&b.heard, "away\n");
    end(&b);
}

static const char *const hostile[] = {
    "{}",
    "[]",
    "{\"id\":\"q\"}",
    "{\"id\":\"q\",\"questions\":[]}",
    "{\"id\":\"q\",\"questions\":{}}",
    "{\"id\":\"q\",\"questions\":[1]}",
    "{\"id\":\"q\",\"questions\":[{\"questionId\":\"\",\"question\":\"x\"}]}",
    "{\"id\":\"q\",\"questions\":[{\"questionId\":\"x\",\"question\":\"\"}]}",
    "{\"questions\":[{\"questionId\":\"x\",\"question\":\"x\"}]}",
    "{\"id\":\"q\",\"status\":\"answered\",\"questions\":[{\"questionId\":\"x\",\"question\":\"x\"}]}",
};

static void test_what_cannot_be_shown_is_left_out(void **state) {
    bench b;
    (void)state;
    begin(&b);
    go_ready(&b);
    b.heard.text[0] = '\0';
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++)
        event(b.world, "question.requested", hostile[i]);
    cJSON *record =
        parsed("{\"id\":\"q\",\"questions\":[{\"questionId\":\"x\",\"question\":\"x\",\"options\":[]}]}");
    cJSON *options = cJSON_GetObjectItem(cJSON_GetObjectItem(record, "questions")->child, "options");
    for (int i = 0; i <= QUESTION_OPTIONS_MAX; i++)
        json_push(options, parsed("{\"label\":\"o\"}"));
    fake_gateway_event(other_end(&b), "question.requested", record);
    fake_world_settle(b.world);
    assert_heard(&b.heard, "");
    script_set(&b.script, "question.list", "!{\"code\":\"FORBIDDEN\"}");
    fake_world_cut(b.world, WEBSOCKET_CUT, 0);
    fake_world_advance(b.world, 2000);
    assert_heard(&b.heard, "ready\nlisted\n");
    end(&b);
}

// --- ends of runs ---

#define CHAT(run, key, chat_state, content)                                                                  \
    "{\"runId\":\"" run "\",\"sessionKey\":\"" key "\",\"state\":\"" chat_state                              \
    "\",\"message\":{\"role\":\"assistant\",\"content\":" content "}}"
#define TEXT(text) "[{\"type\":\"text\",\"text\":\"" text "\"}]"

static const struct {
    const char *payload, *wanted;
} finals[] = {
    {CHAT("cron-1", OURS, "final", TEXT("hello")), "final cron-1 in " OURS ": hello\n"},
    {CHAT("cron-1", OURS, "delta", TEXT("hel")), ""},
    {CHAT("cron-1", OURS, "aborted", TEXT("hel")), ""},
    {CHAT("cron-1", OURS, "final", TEXT("")), ""},
    {CHAT("cron-1", OURS, "final", "[]"), ""},
    {CHAT("cron-1", "agent:main:main", "final", TEXT("hello")), ""},
    {CHAT("mm-p9", OURS, "final", TEXT("another node's")), ""},
    {CHAT("", OURS, "final", TEXT("nobody's")), ""},
    {"{\"state\":\"final\",\"message\":{\"content\":\"x\"},\"runId\":\"r2\",\"sessionKey\":\"" OURS "\"}",
     "final r2 in " OURS ": x\n"},
    {CHAT("r\\u0031", OURS, "final", TEXT("x")), "final r1 in " OURS ": x\n"},
    {"{\"state\":\"final\",\"runId\":\"r2\",\"sessionKey\":\"" OURS "\"}", ""},
};

static void test_finals_of_foreign_runs(void **state) {
    static const gateway_run_events events = {.done = on_done};
    bench b;
    (void)state;
    begin(&b);
    go_ready(&b);
    b.heard.text[0] = '\0';
    for (size_t i = 0; i < sizeof finals / sizeof finals[0]; i++) {
        event(b.world, "chat", finals[i].payload);
        assert_heard(&b.heard, finals[i].wanted);
    }
    fake_gateway_set(other_end(&b))->manual = true;
    const gateway_run_request request = {.idempotency_key = "mm-1",
                                         .session_key = OURS,
                                         .message = "hi",
                                         .extra_system_prompt = "",
                                         .permission_mode = "guarded"};
    assert_non_null(gateway_run_start(b.gateway, &request, &events, &b));
    fake_world_settle(b.world);
    fake_run_accept(other_end(&b), "mm-1");
    fake_world_settle(b.world);
    event(b.world, "chat", CHAT("cron-2", OURS, "final", TEXT("meanwhile")));
    assert_heard(&b.heard, "final cron-2 in " OURS ": meanwhile (a run is open)\n");
    fake_run_end(other_end(&b), "mm-1", "our own");
    fake_world_settle(b.world);
    assert_heard(&b.heard, "run done\n");
    event(b.world, "chat", CHAT("mm-1", OURS, "final", TEXT("our own"))); // once more, behind
    assert_heard(&b.heard, "");
    end(&b);
}

int main(void) {
    log_set_level(LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions_come_and_go),
        cmocka_unit_test(test_answering),
        cmocka_unit_test(test_what_cannot_be_shown_is_left_out),
        cmocka_unit_test(test_finals_of_foreign_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
