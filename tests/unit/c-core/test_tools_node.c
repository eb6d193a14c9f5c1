// SPDX-License-Identifier: Apache-2.0
// The tools over a node connection: what a gateway is offered, how its calls are answered, what becomes of calls that end early.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/tool_bench.h"

#include "outbound/tools_node.h"

// --- a node connection without any network ---

struct gateway_node {
    node_events events;
    void *ctx;
    char offered[1024]; // names, each with a blank behind it
    size_t with_schema;
};
struct node_call {
    void *context;
    char *code, *text, *image; // how it was answered
    int answers;
};
static struct gateway_node NODE;

gateway_node *node_create(loop *l, net *n, const node_events *events, void *ctx) {
    (void)l, (void)n;
    NODE = (struct gateway_node){.events = *events, .ctx = ctx};
    return &NODE;
}

void node_destroy(gateway_node *s) {
    (void)s;
}

void node_configure(gateway_node *s, const gateway_settings *settings, const gateway_identity *identity,
                    const char *device_token) {
    (void)s, (void)settings, (void)identity, (void)device_token;
}

void node_set_tools(gateway_node *s, const node_tool *list, size_t count) {
    s->offered[0] = '\0';
    s->with_schema = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t used = strlen(s->offered);
        snprintf(s->offered + used, sizeof s->offered - used, "%s ", list[i].command);
        s->with_schema += cJSON_IsObject(json_get(list[i].parameters, "properties")) &&
                          strlen(list[i].description) > 20 && tool_by_name(list[i].name) != NULL;
    }
    assert_int_equal(s->with_schema, count);
}

void node_set_active(gateway_node *s, bool active) {
    (void)s, (void)active;
}

void node_follow(gateway_node *s, bool main_ready) {
    (void)s, (void)main_ready;
}

node_status node_get_status(const gateway_node *s) {
    (void)s;
    return (node_status){.state = NODE_READY, .sentence = "", .command = "", .missing = ""};
}

const char *node_state_name(node_state s) {
    (void)s;
    return "ready";
}

static void answered(node_call *c, const char *code, const char *text, const char *image) {
    c->answers++;
    c->code = xstrdup(code);
    c->text = xstrdup(text);
    c->image = xstrdup(image);
}

void node_answer(node_call *c, const char *text) {
    answered(c, "", text, "");
}

void node_answer_image(node_call *c, const char *text, const char *image, const char *image_type) {
    assert_string_equal(image_type, "image/png");
    answered(c, "", text, image);
}

void node_refuse(node_call *c, const char *code, const char *message) {
    answered(c, code, message, "");
}

void node_call_set_context(node_call *c, void *data) {
    c->context = data;
}

void *node_call_context(const node_call *c) {
    return c->context;
}

// --- the bench ---

static tools_node *TOOLS_NODE;

static void with_node(const char *advanced) {
    char *all = xasprintf("gateway: {tools: true}\n%s", advanced);
    with_rules(all);
    TOOLS_NODE = tools_node_create(TOOLS, ACCOUNTS);
    tools_node_refresh(TOOLS_NODE);
    free(all);
}

static int end_node(void **state) {
    tools_node_destroy(TOOLS_NODE);
    TOOLS_NODE = NULL;
    return tear_down(state);
}

static void free_call(node_call *c) {
    free(c->code);
    free(c->text);
    free(c->image);
}

static void invoke(node_call *c, const char *command, const char *session, const char *params) {
    cJSON *parsed = cJSON_Parse(params);
    *c = (node_call){.answers = 0};
    NODE.events.invoked(NODE.ctx, c,
                        &(node_invocation){.id = "1",
                                           .command = command,
                                           .params = parsed,
                                           .session_key = session,
                                           .idempotency_key = "",
                                           .timeout_ms = 30000});
    cJSON_Delete(parsed);
}

static void wait_for(node_call *c) {
    for (int i = 0; i < 3; i++) {
        fake_clock_pass(LOOP, 100);
        fake_chat_answer_all();
    }
    assert_int_equal(c->answers, 1);
}

// --- the tests ---

static void test_offer(void **state) {
    (void)state;
    with_node("");
    assert_string_equal(NODE.offered, "mattermost.send mattermost.react mattermost.edit mattermost.delete "
                                      "mattermost.pin mattermost.file mattermost.directory ");
    config *more = rules_of("gateway: {tools: true}\n" ALL "accounts: {work: {botUsername: work}}\n");
    accounts_apply(ACCOUNTS, more);
    config_destroy(RULES);
    RULES = more;
    fake_clock_pass(LOOP, 100);
    tools_node_refresh(TOOLS_NODE);
    assert_non_null(strstr(NODE.offered, "mattermost.read mattermost.search "));
}

static void test_commands(void **state) {
    (void)state;
    char *commands = tools_node_commands();
    cJSON *list = cJSON_Parse(commands);
    assert_int_equal(cJSON_GetArraySize(list), TOOL_COUNT);
    assert_string_equal(cJSON_GetArrayItem(list, 0)->valuestring, "mattermost.send");
    cJSON_Delete(list);
    free(commands);
}

static void test_calls(void **state) {
    node_call c;
    (void)state;
    with_node(ALL);
    invoke(&c, "mattermost.send", DIRECT, "{\"text\":\"hello\"}");
    wait_for(&c);
    assert_string_equal(c.code, "");
    assert_non_null(strstr(c.text, "\"postIds\""));
    free_call(&c);
    invoke(&c, "mattermost.send", "", "{\"text\":\"hello\"}"); // an operator's
    wait_for(&c);
    assert_string_equal(c.code, "NO_SESSION");
    free_call(&c);
    invoke(&c, "mattermost.send", DIRECT, "null");
    wait_for(&c);
    assert_string_equal(c.code, "INVALID_ARGUMENTS");
    free_call(&c);
    invoke(&c, "mattermost.sell", DIRECT, "{}");
    wait_for(&c);
    assert_string_equal(c.code, "UNKNOWN_TOOL");
    free_call(&c);
    fake_chat_add_file("imageimageimageimageimagei", "x.png", "image/png", bytes_of("\x89PNG", 4));
    cJSON_ReplaceItemInArray(fake_chat_post(POST_DM)->file_ids, 0,
                             json_new_string("imageimageimageimageimagei"));
    invoke(&c, "mattermost.file", DIRECT, F("imageimageimageimageimagei"));
    wait_for(&c);
    assert_string_equal(c.image, "iVBORw==");
    free_call(&c);
}

// A gateway that gave up is not answered, and nothing is done behind its back.
static void test_cancelled(void **state) {
    node_call c;
    (void)state;
    with_node("");
    const size_t posts = FAKE.post_count;
    invoke(&c, "mattermost.send", DIRECT, "{\"text\":\"too late\"}");
    NODE.events.cancelled(NODE.ctx, &c);
    fake_clock_pass(LOOP, 300);
    assert_int_equal(c.answers, 0);
    assert_int_equal(FAKE.post_count, posts);
    invoke(&c, "mattermost.sell", DIRECT, "{}");
    free_call(&c);
    c.context = NULL;
    NODE.events.cancelled(NODE.ctx, &c); // of a call that was never begun
}

// The process ends with a call open: its end finds nobody.
static void test_end(void **state) {
    node_call c;
    (void)state;
    with_node("");
    invoke(&c, "mattermost.send", DIRECT, "{\"text\":\"too late\"}");
    tools_node_destroy(TOOLS_NODE);
    TOOLS_NODE = NULL;
    NODE.events.cancelled(NODE.ctx, &c);
    fake_clock_pass(LOOP, 300);
    assert_int_equal(c.answers, 0);
}

static void test_too_many(void **state) {
    static node_call calls[TOOLS_RUNS_MAX + 1];
    (void)state;
    with_node("actions: {perMinute: 0}\n");
    for (int i = 0; i <= TOOLS_RUNS_MAX; i++)
        invoke(&calls[i], "mattermost.directory", DIRECT, "{\"kind\":\"teams\"}");
    assert_string_equal(calls[TOOLS_RUNS_MAX].code, "BUSY");
    fake_clock_pass(LOOP, 300);
    for (int i = 0; i <= TOOLS_RUNS_MAX; i++) {
        assert_int_equal(calls[i].answers, 1);
        free_call(&calls[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_offer, set_up, end_node),
        cmocka_unit_test(test_commands),
        cmocka_unit_test_setup_teardown(test_calls, set_up, end_node),
        cmocka_unit_test_setup_teardown(test_cancelled, set_up, end_node),
        cmocka_unit_test_setup_teardown(test_end, set_up, end_node),
        cmocka_unit_test_setup_teardown(test_too_many, set_up, end_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
