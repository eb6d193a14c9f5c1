// SPDX-License-Identifier: Apache-2.0
// The node connection: offering tools, comparing what is taken, answering calls; against the fake gateway in memory.
#include "beside_bench.h"
#include "gateway/node_parts.h"

typedef struct bench {
    fake_world *world;
    gateway_node *node;
    gateway_identity *identity;
    secret *token;
    cJSON *schema;
    script script;
    heard heard;
    node_call *last;
    bool answers; // each call at once
} bench;

static void on_status(void *ctx, const node_status *s) {
    hear(&((bench *)ctx)->heard, "%s %zu/%zu %s", node_state_name(s->state), s->taken, s->offered,
         s->missing);
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    (void)url;
    hear(&((bench *)ctx)->heard, "token %s", token != NULL ? token : "(forget)");
}

static void on_invoked(void *ctx, node_call *c, const node_invocation *call) {
    bench *b = ctx;
    char *params = cJSON_PrintUnformatted(call->params);
    hear(&b->heard, "%s %s in “%s” key “%s” %lld", call->command, params, call->session_key,
         call->idempotency_key, (long long)call->timeout_ms);
    free(params);
    b->last = c;
    if (b->answers)
        node_answer(c, "at once");
}

static void on_cancelled(void *ctx, node_call *c) {
    bench *b = ctx;
    hear(&b->heard, "cancelled%s", node_call_context(c) == b ? " (known)" : "");
    b->last = NULL;
}

#define TOOL(name) "{\"pluginId\":\"mattermost\",\"name\":\"mattermost_" name "\"}"

static void begin(bench *b) {
    static const uint8_t seed[IDENTITY_SEED_BYTES] = {1, 2, 3};
    static const node_events events = {.status = on_status,
                                       .device_token = on_device_token,
                                       .invoked = on_invoked,
                                       .cancelled = on_cancelled};
    memset(b, 0, sizeof *b);
    b->world = fake_world_create();
    fake_gateway_settings *set = fake_gateway_set(fake_world_gateway(b->world));
    set->answer = script_answer;
    set->answer_ctx = &b->script;
    set->tick_ms = 600000; // no silence is noticed while time jumps
    script_set(&b->script, "node.pluginTools.update", "{\"tools\":[" TOOL("send") "," TOOL("read") "]}");
    script_set(&b->script, "node.invoke.result", "{\"ok\":true}");
    transport t = fake_world_transport(b->world);
    b->identity = gateway_identity_from_seed(seed);
    b->token = secret_create("good-token");
    b->schema = parsed("{\"type\":\"object\"}");
    b->node = node_create_on(fake_world_loop(b->world), &t, &events, b);
}

static void set_tools(bench *b, size_t count) {
    const node_tool tools[] = {{.name = "mattermost_send",
                                .command = "mattermost.send",
                                .description = "Posts",
                                .parameters = b->schema},
                               {.name = "mattermost_read",
                                .command = "mattermost.read",
                                .description = "Reads",
                                .parameters = b->schema},
                               {.name = "mattermost_pin",
                                .command = "mattermost.pin",
                                .description = "Pins",
                                .parameters = b->schema}};
    node_set_tools(b->node, tools, count);
    fake_world_settle(b->world);
}

static void configure(bench *b) {
    node_configure(b->node,
                   &(gateway_settings){.url = "ws://gateway:18789", .token = b->token, .version = "1"},
                   b->identity, NULL);
    fake_world_settle(b->world);
}

static void go_ready(bench *b) {
    set_tools(b, 2);
    node_follow(b->node, true);
    configure(b);
    assert_int_equal(node_get_status(b->node).state, NODE_READY);
    b->heard.text[0] = '\0';
}

static void end(bench *b) {
    node_destroy(b->node);
    fake_world_destroy(b->world);
    gateway_identity_destroy(b->identity);
    secret_destroy(b->token);
    cJSON_Delete(b->schema);
}

static fake_gateway *other_end(bench *b) {
    return fake_world_gateway(b->world);
}

static void assert_sent(bench *b, const char *method, const char *wanted) {
    char *params = cJSON_PrintUnformatted(fake_gateway_last(other_end(b), method));
    assert_string_equal(params, wanted);
    free(params);
}

static void test_it_is_open_when_it_is_wanted(void **state) {
    bench b;
    (void)state;
    begin(&b);
    node_follow(b.node, true);
    configure(&b);
    assert_int_equal(fake_world_tries(b.world), 0); // no tools
    assert_int_equal(node_get_status(b.node).state, NODE_OFF);
    set_tools(&b, 2);
    assert_int_equal(node_get_status(b.node).state, NODE_READY);
    const cJSON *connect = fake_gateway_last(other_end(&b), "connect");
    assert_string_equal(json_text(connect, "role"), "node");
    assert_string_equal(json_text(json_get(connect, "client"), "id"), "node-host");
    assert_string_equal(json_text(json_get(connect, "client"), "mode"), "node");
    assert_int_equal(cJSON_GetArraySize(json_array(connect, "scopes")), 0);
    char *commands = cJSON_PrintUnformatted(json_array(connect, "commands"));
    assert_string_equal(commands, "[\"mattermost.send\",\"mattermost.read\"]");
    free(commands);
    assert_sent(
        &b, "node.pluginTools.update",
        "{\"tools\":[{\"pluginId\":\"mattermost\",\"name\":\"mattermost_send\",\"description\":\"Posts\","
        "\"command\":\"mattermost.send\",\"parameters\":{\"type\":\"object\"}},"
        "{\"pluginId\":\"mattermost\",\"name\":\"mattermost_read\",\"description\":\"Reads\","
        "\"command\":\"mattermost.read\",\"parameters\":{\"type\":\"object\"}}]}");
    assert_heard(&b.heard, "connecting 0/2 \nready 2/2 \n");
    node_set_active(b.node, false); // another plugin node holds it
    fake_world_settle(b.world);
    assert_false(fake_world_connected(b.world));
    assert_heard(&b.heard, "off 0/2 \n");
    fake_world_advance(b.world, 120000);
    assert_int_equal(fake_world_tries(b.world), 1);
    node_set_active(b.node, true);
    fake_world_settle(b.world);
    assert_heard(&b.heard, "connecting 0/2 \nready 2/2 \n");
    set_tools(&b, 0);
    assert_false(fake_world_connected(b.world));
    end(&b);
}

static void test_tools_that_are_not_taken(void **state) {
    bench b;
    (void)state;
    begin(&b);
    script_set(&b.script, "node.pluginTools.update", "{\"tools\":[" TOOL("read") "]}");
    set_tools(&b, 2);
    node_follow(b.node, true);
    configure(&b);
    node_status status = node_get_status(b.node);
    assert_int_equal(status.state, NODE_UNAPPROVED);
    assert_string_equal(status.missing, "mattermost.send");
    assert_non_null(strstr(status.sentence, "gateway.nodes.commands.allow"));
    assert_non_null(strstr(status.sentence, "openclaw nodes approve"));
    assert_string_equal(status.command, "openclaw nodes pending");
    b.heard.text[0] = '\0';
    // They are offered again: after a while, at once when somebody approved, and on a new connection now and then.
    int offered = fake_gateway_count(other_end(&b), "node.pluginTools.update");
    fake_world_advance(b.world, 31000);
    assert_int_equal(fake_gateway_count(other_end(&b), "node.pluginTools.update"), offered + 1);
    fake_world_advance(b.world, 120000);
    assert_int_equal(fake_world_tries(b.world), 2);
    assert_heard(&b.heard,
                 "connecting 0/2 mattermost.send\nwaiting for approval of its tools 1/2 mattermost.send\n");
    script_set(&b.script, "node.pluginTools.update", "{\"tools\":[" TOOL("send") "," TOOL("read") "]}");
    event(b.world, "node.pair.resolved", "{\"decision\":\"approved\"}");
    assert_heard(&b.heard, "ready 2/2 \n");
    fake_world_advance(b.world, 300000); // then no more
    int now = fake_gateway_count(other_end(&b), "node.pluginTools.update");
    fake_world_advance(b.world, 300000);
    assert_int_equal(fake_gateway_count(other_end(&b), "node.pluginTools.update"), now);
    end(&b);
}

static void test_offers_that_are_refused(void **state) {
    bench b;
    (void)state;
    begin(&b);
    script_set(&b.script, "node.pluginTools.update",
               "!{\"code\":\"INVALID_REQUEST\",\"message\":\"at /tools/0\"}");
    set_tools(&b, 2);
    node_follow(b.node, true);
    configure(&b);
    assert_int_equal(node_get_status(b.node).state, NODE_UNAPPROVED);
    assert_non_null(strstr(node_get_status(b.node).sentence, "at /tools/0"));
    end(&b);

    begin(&b);
    fake_gateway_set(other_end(&b))->remote = true;
    set_tools(&b, 2);
    node_follow(b.node, true);
    configure(&b);
    assert_int_equal(node_get_status(b.node).state, NODE_UNPAIRED);
    assert_non_null(strstr(node_get_status(b.node).command, "openclaw devices approve"));
    fake_gateway_set(other_end(&b))->approved = true;
    fake_gateway_set(other_end(&b))->device_token = "node-token";
    fake_world_advance(b.world, 16000);
    assert_int_equal(node_get_status(b.node).state, NODE_READY);
    assert_non_null(strstr(b.heard.text, "token node-token\n"));
    end(&b);
}

static void test_other_tools(void **state) {
    bench b;
    (void)state;
    begin(&b);
    go_ready(&b);
    set_tools(&b, 2); // the same
    assert_int_equal(fake_gateway_count(other_end(&b), "node.pluginTools.update"), 1);
    set_tools(&b, 3); // commands are declared when connecting
    assert_int_equal(fake_world_tries(b.world), 2);
    assert_int_equal(node_get_status(b.node).state, NODE_UNAPPROVED);
    assert_string_equal(node_get_status(b.node).missing, "mattermost.pin");
    end(&b);
}

#define CALL(id, more) "{\"id\":\"" id "\",\"nodeId\":\"n\",\"command\":\"mattermost.send\"" more "}"

static void test_calls(void **state) {
    bench b;
    (void)state;
    begin(&b);
    go_ready(&b);
    event(b.world, "node.invoke.request",
          CALL("i1", ",\"paramsJSON\":\"{\\\"a\\\":1}\",\"timeoutMs\":5000,\"idempotencyKey\":\"k\","
                     "\"sessionKey\":\"s\""));
    assert_heard(&b.heard, "mattermost.send {\"a\":1} in “s” key “k” 5000\n");
    node_answer(b.last, "posted “x”");
    fake_world_settle(b.world);
    assert_sent(&b, "node.invoke.result",
                "{\"id\":\"i1\",\"nodeId\":\"n\",\"ok\":true,\"payloadJSON\":"
                "\"{\\\"content\\\":[{\\\"type\\\":\\\"text\\\",\\\"text\\\":\\\"posted “x”\\\"}]}\"}");
    event(b.world, "node.invoke.request", CALL("i2", ""));
    assert_heard(&b.heard, "mattermost.send {} in “” key “” 30000\n");
    node_refuse(b.last, "NOT_ALLOWED", "no");
    fake_world_settle(b.world);
    assert_sent(&b, "node.invoke.result",
                "{\"id\":\"i2\",\"nodeId\":\"n\",\"ok\":false,\"error\":{\"code\":\"NOT_ALLOWED\","
                "\"message\":\"no\"}}");
    b.answers = true;
    event(b.world, "node.invoke.request", CALL("i3", ""));
    fake_world_settle(b.world);
    assert_string_equal(json_text(fake_gateway_last(other_end(&b), "node.invoke.result"), "id"), "i3");
    end(&b);
}

static void test_calls_that_nobody_waits_for(void **state) {
    bench b;
    (void)state;
    begin(&b);
    go_ready(&b);
    event(b.world, "node.invoke.request", CALL("i1", ",\"timeoutMs\":5000"));
    node_call_set_context(b.last, &b);
    b.heard.text[0] = '\0';
    fake_world_advance(b.world, 4999);
    assert_heard(&b.heard, "");
    fake_world_advance(b.world, 1);
    assert_heard(&b.heard, "cancelled (known)\n");
    event(b.world, "node.invoke.request", CALL("i2", ""));
    event(b.world, "node.invoke.cancel", "{\"invokeId\":\"i9\"}");
    event(b.world, "node.invoke.cancel", "{\"invokeId\":\"i2\"}");
    assert_heard(&b.heard, "mattermost.send {} in “” key “” 30000\ncancelled\n");
    event(b.world, "node.invoke.request", CALL("i3", ""));
    b.heard.text[0] = '\0';
    fake_world_cut(b.world, WEBSOCKET_CUT, 0);
    fake_world_advance(b.world, 2000);
    assert_heard(&b.heard,
                 "cancelled\nconnecting 0/2 \nconnecting 0/2 \nready 2/2 \n"); // with and without a reason
    event(b.world, "node.invoke.request", CALL("i4", ""));
    b.heard.text[0] = '\0';
    node_destroy(b.node);
    b.node = NULL;
    assert_heard(&b.heard, "cancelled\n");
    end(&b);
}

// The same key, session and tool: one call, and everybody gets its answer.
static void test_repeated_calls(void **state) {
    bench b;
    (void)state;
    begin(&b);
    go_ready(&b);
    event(b.world, "node.invoke.request", CALL("i1", ",\"idempotencyKey\":\"k\",\"sessionKey\":\"s\""));
    event(b.world, "node.invoke.request", CALL("i1", ",\"idempotencyKey\":\"k\",\"sessionKey\":\"s\""));
    event(b.world, "node.invoke.request", CALL("i2", ",\"idempotencyKey\":\"k\",\"sessionKey\":\"s\""));
    node_call *first = b.last;
    event(b.world, "node.invoke.request", CALL("i3", ",\"idempotencyKey\":\"k\",\"sessionKey\":\"t\""));
    assert_heard(&b.heard,
                 "mattermost.send {} in “s” key “k” 30000\nmattermost.send {} in “t” key “k” 30000\n");
    node_answer(first, "x");
    fake_world_settle(b.world);
    assert_int_equal(fake_gateway_count(other_end(&b), "node.invoke.result"), 2);
    end(&b);
}

static const struct {
    const char *call, *code; // "" for no answer at all
} hostile[] = {
    {"{}", ""},
    {"[]", ""},
    {"{\"id\":7,\"command\":\"mattermost.send\"}", ""},
    {CALL("h", ",\"paramsJSON\":\"[1]\""), "INVALID_PARAMS"},
    {CALL("h", ",\"paramsJSON\":\"{\""), "INVALID_PARAMS"},
    {CALL("h", ",\"paramsJSON\":\"7\""), "INVALID_PARAMS"},
    {"{\"id\":\"h\",\"nodeId\":\"n\",\"command\":\"system.run\"}", "UNKNOWN_COMMAND"},
    {"{\"id\":\"h\",\"nodeId\":\"n\"}", "UNKNOWN_COMMAND"},
};

static void test_hostile_calls(void **state) {
    bench b;
    (void)state;
    begin(&b);
    go_ready(&b);
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        int before = fake_gateway_count(other_end(&b), "node.invoke.result");
        event(b.world, "node.invoke.request", hostile[i].call);
        assert_heard(&b.heard, "");
        bool answered = fake_gateway_count(other_end(&b), "node.invoke.result") > before;
        assert_int_equal(answered, *hostile[i].code != '\0');
        const cJSON *last = fake_gateway_last(other_end(&b), "node.invoke.result");
        if (answered)
            assert_string_equal(json_text(json_get(last, "error"), "code"), hostile[i].code);
    }
    for (int i = 0; i <= NODE_CALLS_MAX; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "{\"id\":\"n%d\",\"nodeId\":\"n\",\"command\":\"mattermost.send\"}",
                       i);
        b.heard.text[0] = '\0';
        event(b.world, "node.invoke.request", text);
    }
    const cJSON *last = fake_gateway_last(other_end(&b), "node.invoke.result");
    assert_string_equal(json_text(json_get(last, "error"), "code"), "BUSY");
    b.heard.text[0] = '\0';
    end(&b);
}

int main(void) {
    log_set_level(LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_open_when_it_is_wanted),
        cmocka_unit_test(test_tools_that_are_not_taken),
        cmocka_unit_test(test_offers_that_are_refused),
        cmocka_unit_test(test_other_tools),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_calls_that_nobody_waits_for),
        cmocka_unit_test(test_repeated_calls),
        cmocka_unit_test(test_hostile_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
