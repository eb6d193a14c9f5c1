// SPDX-License-Identifier: Apache-2.0
// The session between a scripted host (our own yamux and gob on the other side of a socketpair) and a scripted core.
#include "base/log.h"
#include "schema/schema.h"
#include "session_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const gob_value YES = {.kind = GOB_BOOL, .boolean = true};

// A field of a decoded struct as text; "" when absent.
static bytes text_field(const gob_value *v, const char *name) {
    const gob_value *field = gob_get(v, name);
    return field != NULL && field->kind == GOB_STRING ? field->text : bytes_of("", 0);
}

#define assert_text(b, wanted)                                                                               \
    do {                                                                                                     \
        bytes got_ = (b);                                                                                    \
        if (!bytes_is(got_, wanted))                                                                         \
            fail_msg("got %.*s instead of %s", (int)got_.len, (const char *)got_.data, wanted);              \
    } while (0)

static void test_control(void **state) {
    session_fixture *f = *state;
    const gob_value wrong = {.kind = GOB_STRING, .text = bytes_str("wrong")};
    (void)fake_host_call(f->host, f->control, "Control.Ping", &GOB_T_BOOL, &YES);
    netrpc_message m = fake_host_answer(f->host, f->control);
    assert_int_equal(m.error.len, 0);
    assert_int_equal(m.seq, 1);
    (void)fake_host_call(f->host, f->control, "Dispenser.Dispense", &GOB_T_STRING, &wrong);
    assert_true(fake_host_answer(f->host, f->control).error.len > 0);
    (void)fake_host_call(f->host, f->control, "Control.Dance", &GOB_T_BOOL, &YES);
    assert_true(fake_host_answer(f->host, f->control).error.len > 0);
    // An argument of a wrong kind is answered too.
    (void)fake_host_call(f->host, f->control, "Dispenser.Dispense", &GOB_T_BOOL, &YES);
    assert_true(fake_host_answer(f->host, f->control).error.len > 0);
}

static void test_implemented(void **state) {
    static const char *const hooks[] = {"OnActivate",
                                        "OnDeactivate",
                                        "OnConfigurationChange",
                                        "MessageHasBeenPosted",
                                        "MessageHasBeenUpdated",
                                        "MessageHasBeenDeleted",
                                        "ReactionHasBeenAdded",
                                        "ReactionHasBeenRemoved",
                                        "UserHasJoinedChannel",
                                        "UserHasLeftChannel",
                                        "UserHasLeftTeam",
                                        "ExecuteCommand",
                                        "GenerateSupportData",
                                        "ServeHTTP",
                                        "ServeMetrics"};
    session_fixture *f = *state;
    (void)fake_host_call(f->host, f->hooks, "Plugin.Implemented", NULL, NULL);
    netrpc_message m = fake_host_answer(f->host, f->hooks);
    assert_int_equal(m.body.kind, GOB_SLICE);
    assert_int_equal(m.body.list.count, sizeof hooks / sizeof hooks[0]);
    for (size_t i = 0; i < m.body.list.count; i++)
        assert_text(m.body.list.items[i].text, hooks[i]);
}

static void test_unknown_hook(void **state) {
    session_fixture *f = *state;
    (void)fake_host_call(f->host, f->hooks, "Plugin.MessageWillBePosted", NULL, NULL);
    assert_text(fake_host_answer(f->host, f->hooks).error,
                "rpc: can't find method Plugin.MessageWillBePosted");
    (void)fake_host_call(f->host, f->hooks, "Other.Implemented", NULL, NULL);
    assert_true(fake_host_answer(f->host, f->hooks).error.len > 0);
    (void)fake_host_call(f->host, f->hooks, "Plugin.Implemented", NULL, NULL);
    assert_int_equal(fake_host_answer(f->host, f->hooks).error.len, 0);
}

static void test_activation_waits_for_the_core(void **state) {
    session_fixture *f = *state;
    netrpc_message m;
    session_fixture_begin_activation(f);
    assert_true(core_script.activated);
    assert_non_null(core_script.waiting);
    assert_false(fake_host_has_answer(f->host, f->hooks, &m));
    scripted_core_wait_over(true);
    m = fake_host_answer(f->host, f->hooks);
    assert_null(gob_get(&m.body, "A"));
    assert_false(fake_host_saw_fin(f->host, f->driver));
}

static void test_activation_with_a_slow_core_succeeds(void **state) {
    session_fixture *f = *state;
    session_fixture_begin_activation(f);
    scripted_core_wait_over(false);
    netrpc_message m = fake_host_answer(f->host, f->hooks);
    assert_int_equal(m.error.len, 0);
    assert_null(gob_get(&m.body, "A"));
}

static void expect_activation_error(session_fixture *f, const char *text) {
    netrpc_message m = fake_host_answer(f->host, f->hooks);
    const gob_value *error = gob_get(&m.body, "A");
    assert_non_null(error);
    assert_int_equal(error->kind, GOB_INTERFACE);
    assert_string_equal(error->list.name, "*plugin.ErrorString");
    assert_text(text_field(&error->list.items[0], "Err"), text);
}

static void test_activation_without_an_executable(void **state) {
    session_fixture *f = *state;
    core_script.problem = "/plugins/openclaw-core: no such file";
    session_fixture_begin_activation(f);
    expect_activation_error(f, core_script.problem);
    assert_false(core_script.activated);
}

static void test_activation_when_the_core_turns_out_not_to_start(void **state) {
    session_fixture *f = *state;
    session_fixture_begin_activation(f);
    core_script.problem = "/plugins/openclaw-core: permission denied";
    scripted_core_wait_over(false);
    expect_activation_error(f, core_script.problem);
}

static void test_a_post_is_taken_at_once(void **state) {
    session_fixture *f = *state;
    (void)session_fixture_hook(
        f, "MessageHasBeenPosted",
        "[{\"session_id\":\"s1\"},{\"id\":\"p1\",\"channel_id\":\"c1\",\"message\":\"hi\"}]");
    netrpc_message m = fake_host_answer(f->host, f->hooks);
    assert_int_equal(m.error.len, 0);
    assert_int_equal(core_script.post_count, 1);
    cJSON *params = cJSON_Parse(core_script.post);
    assert_string_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(params, 0), "session_id")->valuestring, "s1");
    assert_string_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(params, 1), "message")->valuestring, "hi");
    cJSON_Delete(params);
}

static void test_posts_of_no_interest_stay_here(void **state) {
    session_fixture *f = *state;
    cJSON *words = cJSON_Parse("{\"own_user_ids\":[\"bot\"],\"names\":[\"openclaw\"]}");
    cJSON *channels = cJSON_Parse("{\"c1\":\"named\"}");
    core_script.events.interest_set(core_script.ctx, words);
    core_script.events.interest_channels(core_script.ctx, channels);
    (void)session_fixture_hook(f, "MessageHasBeenPosted", "[{},{\"channel_id\":\"c1\",\"message\":\"hi\"}]");
    (void)session_fixture_hook(f, "MessageHasBeenPosted", "[{},{\"channel_id\":\"c2\",\"user_id\":\"bot\"}]");
    (void)fake_host_answer(f->host, f->hooks);
    (void)fake_host_answer(f->host, f->hooks);
    assert_int_equal(core_script.post_count, 0);
    (void)session_fixture_hook(f, "MessageHasBeenPosted",
                               "[{},{\"channel_id\":\"c1\",\"message\":\"hi OpenClaw\"}]");
    (void)fake_host_answer(f->host, f->hooks);
    assert_int_equal(core_script.post_count, 1);
    // Another core has another filter: until it has told, everything is for it.
    core_script.events.lost(core_script.ctx);
    (void)session_fixture_hook(f, "MessageHasBeenPosted", "[{},{\"channel_id\":\"c1\",\"message\":\"hi\"}]");
    (void)fake_host_answer(f->host, f->hooks);
    assert_int_equal(core_script.post_count, 2);
    cJSON_Delete(words);
    cJSON_Delete(channels);
}

static void test_a_post_that_finds_no_room(void **state) {
    session_fixture *f = *state;
    core_script.post_err = OC_EBUSY;
    (void)session_fixture_hook(f, "MessageHasBeenPosted", "[{},{\"message\":\"hi\"}]");
    assert_int_equal(fake_host_answer(f->host, f->hooks).error.len, 0);
    assert_int_equal(core_script.post_count, 0);
}

static void test_configuration_change(void **state) {
    session_fixture *f = *state;
    (void)session_fixture_hook(f, "OnConfigurationChange", "[]");
    netrpc_message m = fake_host_answer(f->host, f->hooks);
    assert_null(gob_get(&m.body, "A"));
    assert_int_equal(core_script.configuration_changes, 1);
}

// Two commands are open at once, the second is answered first, and the health check in between.
static void test_hooks_are_answered_out_of_order(void **state) {
    session_fixture *f = *state;
    uint64_t first = session_fixture_hook(f, "ExecuteCommand", "[{},{\"command\":\"/openclaw one\"}]");
    uint64_t second = session_fixture_hook(f, "ExecuteCommand", "[{},{\"command\":\"/openclaw two\"}]");
    (void)fake_host_call(f->host, f->control, "Control.Ping", &GOB_T_BOOL, &YES);
    assert_int_equal(fake_host_answer(f->host, f->control).error.len, 0);
    assert_int_equal(core_script.call_count, 2);
    assert_string_equal(core_script.calls[1].method, "ExecuteCommand");
    assert_non_null(strstr(core_script.calls[1].params, "/openclaw two"));
    scripted_core_answer(1, "{\"text\":\"two\"}", "", NULL);
    scripted_core_answer(0, "{\"text\":\"one\",\"response_type\":\"ephemeral\"}", "", NULL);
    netrpc_message m = fake_host_answer(f->host, f->hooks);
    assert_int_equal(m.seq, second);
    assert_text(text_field(gob_get(&m.body, "A"), "Text"), "two");
    m = fake_host_answer(f->host, f->hooks);
    assert_int_equal(m.seq, first);
    assert_text(text_field(gob_get(&m.body, "A"), "ResponseType"), "ephemeral");
}

static void test_commands_without_a_core_get_a_polite_answer(void **state) {
    static const int codes[] = {LINK_E_CLOSED, LINK_E_TIMEOUT, LINK_E_BUSY, 500};
    session_fixture *f = *state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        (void)session_fixture_hook(f, "ExecuteCommand", "[{},{\"command\":\"/openclaw\"}]");
        session_fixture_turns(f, 2);
        scripted_core_fail(i, codes[i]);
        netrpc_message m = fake_host_answer(f->host, f->hooks);
        assert_int_equal(m.error.len, 0);
        assert_text(text_field(gob_get(&m.body, "A"), "ResponseType"), "ephemeral");
        assert_true(text_field(gob_get(&m.body, "A"), "Text").len > 20);
    }
}

static void test_support_data(void **state) {
    session_fixture *f = *state;
    (void)session_fixture_hook(f, "GenerateSupportData", "[{}]");
    session_fixture_turns(f, 2);
    scripted_core_answer(0, "[{\"filename\":\"openclaw/support.json\",\"body\":\"{}\"}]", "", NULL);
    netrpc_message m = fake_host_answer(f->host, f->hooks);
    const gob_value *files = gob_get(&m.body, "A");
    assert_int_equal(files->list.count, 1);
    assert_text(text_field(&files->list.items[0], "Filename"), "openclaw/support.json");
    assert_null(gob_get(&m.body, "B"));
    // Without a core the server is told so: it puts the error into the packet.
    (void)session_fixture_hook(f, "GenerateSupportData", "[{}]");
    session_fixture_turns(f, 2);
    scripted_core_fail(1, LINK_E_CLOSED);
    m = fake_host_answer(f->host, f->hooks);
    assert_int_equal(m.error.len, 0);
    assert_null(gob_get(&m.body, "A"));
    assert_non_null(gob_get(&m.body, "B"));
}

static void test_an_answer_that_makes_no_sense(void **state) {
    session_fixture *f = *state;
    (void)session_fixture_hook(f, "ExecuteCommand", "[{},{\"command\":\"/openclaw\"}]");
    session_fixture_turns(f, 2);
    scripted_core_answer(0, "{\"texxt\":7}", "", NULL);
    (void)fake_host_request(f->host, f->api); // the log line
    netrpc_message m = fake_host_answer(f->host, f->hooks);
    assert_text(text_field(gob_get(&m.body, "A"), "ResponseType"), "ephemeral");
}

// --- API calls ---

static void test_api_call(void **state) {
    session_fixture *f = *state;
    scripted_core_calls(77, "GetUser", "[\"u1\"]", "");
    netrpc_message m = fake_host_request(f->host, f->api);
    assert_text(m.method, "Plugin.GetUser");
    assert_text(text_field(&m.body, "A"), "u1");
    cJSON *result = cJSON_Parse("{\"id\":\"u1\",\"username\":\"alice\"}");
    arena memory;
    gob_value reply;
    arena_init(&memory, 1 << 20);
    const schema_call *call = schema_api("GetUser");
    assert_int_equal(schema_reply_from_json(call, result, NULL, bytes_of(NULL, 0), &memory, &reply, NULL, 0),
                     OC_OK);
    fake_host_reply(f->host, f->api, m.seq, NULL, call->reply, &reply);
    session_fixture_turns(f, 3);
    assert_int_equal(core_script.answered_id, 77);
    assert_int_equal(core_script.answer_code, 0);
    assert_non_null(strstr(core_script.answer, "\"username\":\"alice\""));
    arena_free(&memory);
    cJSON_Delete(result);
}

static void test_api_calls_are_answered_by_number(void **state) {
    session_fixture *f = *state;
    const gob_value *nothing = NULL;
    scripted_core_calls(1, "KVDelete", "[\"a\"]", "");
    scripted_core_calls(2, "KVDelete", "[\"b\"]", "");
    netrpc_message a = fake_host_request(f->host, f->api), b = fake_host_request(f->host, f->api);
    fake_host_reply(f->host, f->api, b.seq, NULL, NULL, nothing);
    session_fixture_turns(f, 3);
    assert_int_equal(core_script.answered_id, 2);
    fake_host_reply(f->host, f->api, a.seq, NULL, NULL, nothing);
    fake_host_reply(f->host, f->api, a.seq, NULL, NULL, nothing); // once more: nobody waits for it
    session_fixture_turns(f, 3);
    assert_int_equal(core_script.answered_id, 1);
    assert_int_equal(core_script.answer_count, 2);
}

static void test_api_errors(void **state) {
    static const struct {
        const char *method, *params;
        int code;
    } refused[] = {
        {"GetUsr", "[]", -32601},
        {"GetUser", "[7]", -32602},
        {"GetUser", "{}", -32602},
        {"GetUser", "[\"a\",\"b\"]", -32602},
        {"CreatePost", "[{\"mesage\":\"typo\"}]", -32602},
    };
    static const struct {
        const char *error;
        int code;
    } failed[] = {
        {"rpc: can't find method Plugin.KVDelete", -32601},
        {"gob: something", -32603},
    };
    session_fixture *f = *state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        scripted_core_calls(i + 1, refused[i].method, refused[i].params, "");
        assert_int_equal(core_script.answered_id, i + 1);
        assert_int_equal(core_script.answer_code, refused[i].code);
    }
    for (size_t i = 0; i < sizeof failed / sizeof failed[0]; i++) {
        scripted_core_calls(100 + i, "KVDelete", "[\"k\"]", "");
        netrpc_message m = fake_host_request(f->host, f->api);
        fake_host_reply(f->host, f->api, m.seq, failed[i].error, NULL, NULL);
        session_fixture_turns(f, 3);
        assert_int_equal(core_script.answered_id, 100 + i);
        assert_int_equal(core_script.answer_code, failed[i].code);
        assert_non_null(strstr(core_script.answer, "KVDelete: "));
    }
}

static void test_app_error(void **state) {
    session_fixture *f = *state;
    const schema_call *call = schema_api("KVDelete");
    cJSON *error =
        cJSON_Parse("{\"code\":403,\"message\":\"no\",\"data\":{\"message\":\"no\",\"status_code\":403}}");
    arena memory;
    gob_value reply;
    arena_init(&memory, 1 << 20);
    scripted_core_calls(5, "KVDelete", "[\"k\"]", "");
    netrpc_message m = fake_host_request(f->host, f->api);
    assert_int_equal(schema_reply_from_json(call, NULL, error, bytes_of(NULL, 0), &memory, &reply, NULL, 0),
                     OC_OK);
    fake_host_reply(f->host, f->api, m.seq, NULL, call->reply, &reply);
    session_fixture_turns(f, 3);
    assert_int_equal(core_script.answer_code, 403);
    assert_string_equal(core_script.answer, "no");
    arena_free(&memory);
    cJSON_Delete(error);
}

// 300 KB: more than a window, so the answer is gathered outside of it.
static void test_a_reply_larger_than_the_window(void **state) {
    enum { SIZE = 300000 };
    session_fixture *f = *state;
    const schema_call *call = schema_api("KVGet");
    char *value = malloc(SIZE + 1);
    memset(value, 'x', SIZE);
    value[SIZE] = '\0';
    const gob_value bytes_value = {.kind = GOB_BYTES, .text = bytes_of(value, SIZE)};
    gob_value reply = {.kind = GOB_STRUCT};
    reply.list.names = (const char *[]){"A"};
    reply.list.items = (gob_value *)(uintptr_t)&bytes_value;
    reply.list.count = 1;
    scripted_core_calls(9, "KVGet", "[\"k\"]", "");
    netrpc_message m = fake_host_request(f->host, f->api);
    // The host writes beyond the window at its own risk: it has to wait for credit, as yamux does.
    netrpc_writer *w = netrpc_writer_create();
    buf wire;
    buf_init(&wire, 1 << 20);
    assert_int_equal(netrpc_write_response(w, m.method, m.seq, NULL, call->reply, &reply, &wire), OC_OK);
    bytes all = buf_bytes(&wire);
    size_t window = 262144;
    uint64_t seen = fake_host_credit_seen(f->host, f->api);
    for (size_t sent = 0; sent < all.len;) {
        window += fake_host_credit_seen(f->host, f->api) - seen;
        seen = fake_host_credit_seen(f->host, f->api);
        size_t len = all.len - sent < 30000 ? all.len - sent : 30000;
        if (len <= window) {
            fake_host_send(f->host, f->api, bytes_of(all.data + sent, len));
            sent += len;
            window -= len;
        }
        fake_host_turn(f->host);
    }
    session_fixture_turns(f, 5);
    assert_int_equal(core_script.answered_id, 9);
    assert_int_equal(strlen(core_script.answer_tail), SIZE);
    buf_free(&wire);
    netrpc_writer_destroy(w);
    free(value);
}

// A server that does not read gets no heap of calls, and the session lives on.
static void test_a_server_that_does_not_read(void **state) {
    enum { VALUE_BYTES = 1 << 20, CALLS = 40 };
    session_fixture *f = *state;
    char *value = malloc(VALUE_BYTES + 1);
    memset(value, 'v', VALUE_BYTES);
    value[VALUE_BYTES] = '\0';
    for (uint64_t i = 0; i < CALLS && core_script.answer_count == 0; i++)
        scripted_core_calls(i + 1, "KVSet", "[\"k\",{\"$tail\":[0,1048576]}]", value);
    assert_int_equal(core_script.answer_code, LINK_E_BUSY);
    assert_true(core_script.answered_id > 16);
    (void)fake_host_call(f->host, f->control, "Control.Ping", &GOB_T_BOOL, &YES);
    assert_int_equal(fake_host_answer(f->host, f->control).error.len, 0);
    free(value);
}

static void test_api_before_activation(void **state) {
    (void)state;
    scripted_core_calls(3, "GetUser", "[\"u1\"]", "");
    assert_int_equal(core_script.answer_code, LINK_E_CLOSED);
}

static void expect_pair(const netrpc_message *m, size_t at, const char *key, const char *value) {
    const gob_value *list = gob_get(&m->body, "B");
    assert_non_null(list);
    assert_true(list->list.count > at + 1);
    assert_string_equal(list->list.items[at].list.name, "string");
    assert_text(list->list.items[at].list.items[0].text, key);
    assert_text(list->list.items[at + 1].list.items[0].text, value);
}

static void test_log_lines_reach_the_server(void **state) {
    session_fixture *f = *state;
    cJSON *fields = cJSON_Parse("{\"state\":\"ready\",\"count\":3,\"fine\":true}");
    core_script.events.log(core_script.ctx, "warn", "the core says", fields);
    netrpc_message m = fake_host_request(f->host, f->api);
    assert_text(m.method, "Plugin.LogWarn");
    assert_text(text_field(&m.body, "A"), "the core says");
    expect_pair(&m, 0, "state", "ready");
    expect_pair(&m, 2, "count", "3");
    expect_pair(&m, 4, "fine", "true");
    fake_host_reply(f->host, f->api, m.seq, NULL, NULL, NULL);
    log_error("the shim says", "what", "this");
    m = fake_host_request(f->host, f->api);
    assert_text(m.method, "Plugin.LogError");
    expect_pair(&m, 0, "what", "this");
    cJSON_Delete(fields);
}

// A core that logs without end fills no memory, and it is told how much was lost.
static void test_too_many_log_lines(void **state) {
    session_fixture *f = *state;
    uint64_t open[512];
    size_t count = 0;
    for (int i = 0; i < 400; i++)
        core_script.events.log(core_script.ctx, "info", "line", NULL);
    for (; count < 256; count++)
        open[count] = fake_host_request(f->host, f->api).seq;
    for (size_t i = 0; i < count; i++)
        fake_host_reply(f->host, f->api, open[i], NULL, NULL, NULL);
    netrpc_message m = fake_host_request(f->host, f->api);
    assert_text(m.method, "Plugin.LogWarn");
    expect_pair(&m, 0, "count", "144");
}

// --- the end ---

static void test_deactivate_and_quit(void **state) {
    session_fixture *f = *state;
    netrpc_message m;
    (void)session_fixture_hook(f, "OnDeactivate", "[]");
    session_fixture_turns(f, 3);
    assert_true(core_script.stopping && core_script.goodbye);
    assert_false(fake_host_has_answer(f->host, f->hooks, &m));
    // The core's goodbye may still use the API.
    scripted_core_calls(4, "KVDelete", "[\"k\"]", "");
    m = fake_host_request(f->host, f->api);
    fake_host_reply(f->host, f->api, m.seq, NULL, NULL, NULL);
    session_fixture_turns(f, 3);
    assert_int_equal(core_script.answered_id, 4);
    scripted_core_stopped();
    m = fake_host_answer(f->host, f->hooks);
    assert_null(gob_get(&m.body, "A"));
    (void)fake_host_call(f->host, f->control, "Control.Quit", &GOB_T_BOOL, &YES);
    assert_int_equal(fake_host_answer(f->host, f->control).error.len, 0);
    assert_false(f->ended);
    scripted_core_stopped();
    assert_true(f->ended);
    assert_int_equal(f->exit_code, 0);
}

static void test_quit_without_deactivate(void **state) {
    session_fixture *f = *state;
    (void)fake_host_call(f->host, f->control, "Control.Quit", &GOB_T_BOOL, &YES);
    assert_int_equal(fake_host_answer(f->host, f->control).error.len, 0);
    assert_true(core_script.stopping);
    assert_false(core_script.goodbye);
    fake_host_hang_up(f->host);
    session_fixture_turns(f, 2);
    scripted_core_stopped();
    assert_int_equal(f->exit_code, 0);
}

static void test_host_dies(void **state) {
    session_fixture *f = *state;
    scripted_core_calls(6, "KVDelete", "[\"k\"]", "");
    fake_host_hang_up(f->host);
    session_fixture_turns(f, 2);
    assert_true(core_script.stopping);
    scripted_core_stopped();
    assert_true(f->ended);
    assert_int_equal(f->exit_code, 1);
}

static void test_terminate(void **state) {
    session_fixture *f = *state;
    plugin_session_stop(f->session, 0);
    plugin_session_stop(f->session, 1);
    assert_true(core_script.goodbye);
    scripted_core_stopped();
    assert_true(f->ended);
    assert_int_equal(f->exit_code, 0);
}

static void test_garbage_ends_the_session(void **state) {
    session_fixture *f = *state;
    fake_host_send_raw(f->host, bytes_str("GET / HTTP/1.1\r\n\r\n"));
    session_fixture_turns(f, 3);
    assert_false(fake_host_is_connected(f->host));
    scripted_core_stopped();
    assert_int_equal(f->exit_code, 1);
}

static void test_garbage_on_the_hooks_stream_ends_the_session(void **state) {
    session_fixture *f = *state;
    fake_host_send(f->host, f->hooks, bytes_of("\xf7\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10));
    session_fixture_turns(f, 3);
    assert_true(fake_host_saw_rst(f->host, f->hooks));
    assert_false(fake_host_is_connected(f->host));
    scripted_core_stopped();
    assert_int_equal(f->exit_code, 1);
}

static void test_the_end_with_everything_open(void **state) {
    session_fixture *f = *state;
    (void)session_fixture_hook(f, "ExecuteCommand", "[{},{\"command\":\"/openclaw\"}]");
    (void)session_fixture_http(f, "{\"method\":\"GET\",\"url\":\"/\"}", false);
    scripted_core_calls(6, "KVDelete", "[\"k\"]", "");
    core_script.events.log(core_script.ctx, "info", "line", NULL);
    session_fixture_turns(f, 3);
    assert_int_equal(core_script.call_count, 2);
    // teardown ends it: nothing leaks, nobody is called afterwards
}

int main(void) {
#define CONNECTED(name) cmocka_unit_test_setup_teardown(name, session_fixture_setup, session_fixture_teardown)
#define ACTIVE(name)                                                                                         \
    cmocka_unit_test_setup_teardown(name, session_fixture_setup_active, session_fixture_teardown)
    const struct CMUnitTest tests[] = {
        CONNECTED(test_control),
        CONNECTED(test_implemented),
        CONNECTED(test_unknown_hook),
        CONNECTED(test_activation_waits_for_the_core),
        CONNECTED(test_activation_with_a_slow_core_succeeds),
        CONNECTED(test_activation_without_an_executable),
        CONNECTED(test_activation_when_the_core_turns_out_not_to_start),
        CONNECTED(test_api_before_activation),
        ACTIVE(test_a_post_is_taken_at_once),
        ACTIVE(test_posts_of_no_interest_stay_here),
        ACTIVE(test_a_post_that_finds_no_room),
        ACTIVE(test_configuration_change),
        ACTIVE(test_hooks_are_answered_out_of_order),
        ACTIVE(test_commands_without_a_core_get_a_polite_answer),
        ACTIVE(test_support_data),
        ACTIVE(test_an_answer_that_makes_no_sense),
        ACTIVE(test_api_call),
        ACTIVE(test_api_calls_are_answered_by_number),
        ACTIVE(test_api_errors),
        ACTIVE(test_app_error),
        ACTIVE(test_a_reply_larger_than_the_window),
        ACTIVE(test_a_server_that_does_not_read),
        ACTIVE(test_log_lines_reach_the_server),
        ACTIVE(test_too_many_log_lines),
        ACTIVE(test_deactivate_and_quit),
        ACTIVE(test_quit_without_deactivate),
        ACTIVE(test_host_dies),
        ACTIVE(test_terminate),
        ACTIVE(test_garbage_ends_the_session),
        ACTIVE(test_garbage_on_the_hooks_stream_ends_the_session),
        ACTIVE(test_the_end_with_everything_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
