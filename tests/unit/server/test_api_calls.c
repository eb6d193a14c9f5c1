// SPDX-License-Identifier: Apache-2.0
// API calls with a key, and notifications, between a scripted core and a scripted host.
#include "session_fixture.h"

#include "api_memory.h"
#include "api_order.h"
#include "base/mem.h"
#include "schema/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 5 };

// As core_link makes them.
static uint64_t id_of(uint64_t incarnation, uint64_t id) {
    return incarnation << CORE_LINK_ID_BITS | id;
}

static void create_post(uint64_t id, const char *key) {
    char *params = xasprintf("[{\"channel_id\":\"c1\",\"message\":\"hello\"},{\"key\":\"%s\"}]", key);
    scripted_core_calls(id, "CreatePost", params, "");
    free(params);
}

// The request that reached the host.
static uint64_t expect_request(session_fixture *f) {
    netrpc_message m = fake_host_request(f->host, f->api);
    assert_true(bytes_is(m.method, "Plugin.CreatePost"));
    const gob_value *post = gob_get(&m.body, "A");
    assert_non_null(post);
    assert_true(bytes_is(gob_get(post, "Message")->text, "hello"));
    assert_null(gob_get(&m.body, "B"));
    return m.seq;
}

static void expect_no_request(session_fixture *f) {
    netrpc_message m;
    session_fixture_turns(f, ROUNDS);
    if (fake_host_received(f->host, f->api).len > 0 || fake_host_has_answer(f->host, f->api, &m))
        fail_msg("the host was asked");
}

// The host answers with a post of that id, or with an error when code is set.
static void host_answers(session_fixture *f, uint64_t seq, const char *post_id, int code) {
    const schema_call *call = schema_api("CreatePost");
    char *text =
        xasprintf(code == 0 ? "{\"id\":\"%s\"}" : "{\"code\":%2$d,\"message\":\"%1$s\"}", post_id, code);
    cJSON *value = cJSON_Parse(text);
    arena memory;
    gob_value reply;
    arena_init(&memory, 1 << 20);
    assert_int_equal(schema_reply_from_json(call, code == 0 ? value : NULL, code == 0 ? NULL : value,
                                            bytes_of(NULL, 0), &memory, &reply, NULL, 0),
                     OC_OK);
    fake_host_reply(f->host, f->api, seq, NULL, call->reply, &reply);
    session_fixture_turns(f, ROUNDS);
    arena_free(&memory);
    cJSON_Delete(value);
    free(text);
}

static void expect_answer(uint64_t id, size_t count, int code, const char *word) {
    assert_int_equal(core_script.answer_count, count);
    assert_int_equal(core_script.answered_id, id);
    assert_int_equal(core_script.answer_code, code);
    if (strstr(core_script.answer, word) == NULL)
        fail_msg("\"%s\" is not in %s", word, core_script.answer);
}

static void test_a_late_answer_is_joined(void **state) {
    session_fixture *f = *state;
    create_post(id_of(1, 5), "turn/1");
    uint64_t seq = expect_request(f);
    create_post(id_of(2, 1), "turn/1"); // the next core
    expect_no_request(f);
    host_answers(f, seq, "p1", 0);
    expect_answer(id_of(2, 1), 1, 0, "\"id\":\"p1\"");
}

static void test_all_who_wait_are_answered(void **state) {
    session_fixture *f = *state;
    create_post(id_of(1, 5), "turn/1");
    uint64_t seq = expect_request(f);
    for (uint64_t i = 1; i < API_MEMORY_ASKERS_MAX; i++)
        create_post(id_of(1, 5 + i), "turn/1");
    create_post(id_of(1, 99), "turn/1");
    expect_answer(id_of(1, 99), 1, LINK_E_BUSY, "too many");
    expect_no_request(f);
    host_answers(f, seq, "p1", 0);
    expect_answer(id_of(1, 4 + API_MEMORY_ASKERS_MAX), 1 + API_MEMORY_ASKERS_MAX, 0, "\"id\":\"p1\"");
}

static void test_a_lost_answer_is_given_again(void **state) {
    session_fixture *f = *state;
    create_post(id_of(1, 5), "turn/1");
    host_answers(f, expect_request(f), "p1", 0);
    expect_answer(id_of(1, 5), 1, 0, "\"id\":\"p1\"");
    for (uint64_t incarnation = 1; incarnation < 4; incarnation++) {
        create_post(id_of(incarnation, 9), "turn/1");
        expect_no_request(f);
        expect_answer(id_of(incarnation, 9), 1 + incarnation, 0, "\"id\":\"p1\"");
    }
    create_post(id_of(4, 1), "turn/2"); // another key
    host_answers(f, expect_request(f), "p2", 0);
    expect_answer(id_of(4, 1), 5, 0, "\"id\":\"p2\"");
}

static void test_errors(void **state) {
    session_fixture *f = *state;
    create_post(id_of(1, 1), "turn/1");
    host_answers(f, expect_request(f), "not now", 503);
    expect_answer(id_of(1, 1), 1, 503, "not now");
    create_post(id_of(1, 2), "turn/1"); // the core's own retry
    host_answers(f, expect_request(f), "forbidden", 403);
    expect_answer(id_of(1, 2), 2, 403, "forbidden");
    create_post(id_of(2, 1), "turn/1"); // the next core hears what the last one may have missed
    expect_no_request(f);
    expect_answer(id_of(2, 1), 3, 403, "forbidden");
    create_post(id_of(2, 2), "turn/1");
    host_answers(f, expect_request(f), "p1", 0);
    expect_answer(id_of(2, 2), 4, 0, "\"id\":\"p1\"");
}

// Failures of net/rpc say nothing about whether the host carried the call out: nothing is kept.
static void test_failures_are_not_kept(void **state) {
    session_fixture *f = *state;
    for (uint64_t i = 1; i < 4; i++) {
        create_post(id_of(i, 1), "turn/1");
        fake_host_reply(f->host, f->api, expect_request(f), "rpc: something", NULL, NULL);
        session_fixture_turns(f, ROUNDS);
        expect_answer(id_of(i, 1), i, -32603, "rpc: something");
    }
}

static void test_the_host_goes(void **state) {
    session_fixture *f = *state;
    create_post(id_of(1, 1), "turn/1");
    (void)expect_request(f);
    create_post(id_of(1, 2), "turn/1");
    fake_host_reset(f->host, f->api);
    session_fixture_turns(f, ROUNDS);
    expect_answer(id_of(1, 2), 2, LINK_E_CLOSED, "");
    create_post(id_of(1, 3), "turn/1");
    expect_answer(id_of(1, 3), 3, LINK_E_CLOSED, "");
}

static void test_what_the_shim_refuses_is_not_kept(void **state) {
    session_fixture *f = *state;
    scripted_core_calls(id_of(1, 1), "CreatePost", "[{\"mesage\":\"typo\"},{\"key\":\"turn/1\"}]", "");
    expect_answer(id_of(1, 1), 1, -32602, "mesage");
    create_post(id_of(1, 2), "turn/1");
    host_answers(f, expect_request(f), "p1", 0);
    expect_answer(id_of(1, 2), 2, 0, "\"id\":\"p1\"");
}

static void test_wrong_keys(void **state) {
    static const char long_key[] = "0123456789012345678901234567890123456789012345678901234567890123456789"
                                   "0123456789012345678901234567890123456789012345678901234567890123456789"
                                   "0123456789012345678901234567890123456789012345678901234567890";
    static const struct {
        const char *method, *params; // %s: a key of 201 bytes
    } wrong[] = {
        {"CreatePost", "[{\"message\":\"a\"},{\"key\":\"%s\"}]"},
        {"CreatePost", "[{\"message\":\"a\"},{\"key\":\"\"}]"},
        {"CreatePost", "[{\"message\":\"a\"},{\"key\":7}]"},
        {"CreatePost", "[{\"message\":\"a\"},{\"key\":null}]"},
        {"CreatePost", "[{\"message\":\"a\"},{}]"},
        {"CreatePost", "[{\"message\":\"a\"},{\"Key\":\"k\"}]"},
        {"CreatePost", "[{\"message\":\"a\"},{\"key\":\"k\",\"again\":true}]"},
        {"CreatePost", "[{\"message\":\"a\"},\"k\"]"},
        {"CreatePost", "[{\"message\":\"a\"},{\"key\":\"k\"},{\"key\":\"k\"}]"},
        {"CreatePost", "[{\"key\":\"k\"}]"}, // in the post's place
        {"KVGet", "[{\"key\":\"k\"}]"},
        {"KVGet", "{\"key\":\"k\"}"},
    };
    session_fixture *f = *state;
    assert_int_equal(strlen(long_key), API_KEY_MAX_BYTES + 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *gap = strstr(wrong[i].params, "%s");
        char *params = gap == NULL ? xstrdup(wrong[i].params)
                                   : xasprintf("%.*s%s%s", (int)(gap - wrong[i].params), wrong[i].params,
                                               long_key, gap + 2);
        scripted_core_calls(id_of(1, i + 1), wrong[i].method, params, "");
        expect_answer(id_of(1, i + 1), i + 1, -32602, "");
        free(params);
    }
    expect_no_request(f);
    char *fits = xstrndup(long_key, API_KEY_MAX_BYTES);
    create_post(id_of(1, 100), fits);
    (void)expect_request(f);
    free(fits);
}

// --- calls in order ---

static void edit(uint64_t id, const char *order) {
    char *params = xasprintf("[{\"id\":\"p\",\"message\":\"hello\"},{\"order\":\"%s\"}]", order);
    scripted_core_calls(id, "UpdatePost", params, "");
    free(params);
}

static uint64_t expect_edit(session_fixture *f) {
    netrpc_message m = fake_host_request(f->host, f->api);
    assert_true(bytes_is(m.method, "Plugin.UpdatePost"));
    return m.seq;
}

static void test_edits_do_not_overtake_each_other(void **state) {
    session_fixture *f = *state;
    edit(id_of(1, 5), "p");
    uint64_t first = expect_edit(f);
    edit(id_of(2, 1), "p"); // the next core
    expect_no_request(f);
    edit(id_of(2, 2), "other");
    uint64_t other = expect_edit(f);
    host_answers(f, first, "p", 0);
    uint64_t second = expect_edit(f);
    expect_no_request(f);
    host_answers(f, other, "q", 0);
    expect_answer(id_of(2, 2), 2, 0, "\"q\"");
    host_answers(f, second, "p", 0);
    expect_answer(id_of(2, 1), 3, 0, "\"p\"");
    edit(id_of(2, 3), "p"); // nothing is under way any more
    host_answers(f, expect_edit(f), "p", 0);
    expect_answer(id_of(2, 3), 4, 0, "\"p\"");
}

static void test_a_refused_edit_lets_the_next_one_go(void **state) {
    session_fixture *f = *state;
    edit(id_of(1, 1), "p");
    uint64_t first = expect_edit(f);
    scripted_core_calls(id_of(1, 2), "UpdatePost", "[{\"mesage\":\"typo\"},{\"order\":\"p\"}]", "");
    edit(id_of(1, 3), "p");
    host_answers(f, first, "", 500);
    expect_answer(id_of(1, 2), 2, -32602, "mesage"); // it waited, and could not be sent
    host_answers(f, expect_edit(f), "p", 0);
    expect_answer(id_of(1, 3), 3, 0, "\"p\"");
}

static void test_an_order_holds_only_so_many(void **state) {
    session_fixture *f = *state;
    edit(id_of(1, 1), "p");
    (void)expect_edit(f);
    for (uint64_t i = 0; i < API_ORDER_WAITING_MAX; i++)
        edit(id_of(1, 10 + i), "p");
    expect_no_request(f);
    edit(id_of(1, 2), "p");
    expect_answer(id_of(1, 2), 1, LINK_E_BUSY, "order");
}

// The key goes behind all params, also where the last of them is an object, or there is none.
static void test_the_place_of_the_key(void **state) {
    static const struct {
        const char *method, *params;
    } calls[] = {
        {"GetUsers", "[{\"role\":\"system_admin\"},{\"key\":\"k\"}]"},
        {"GetUsers", "[{\"role\":\"system_admin\"}]"},
        {"SendEphemeralPost", "[\"u1\",{\"message\":\"a\"},{\"key\":\"k\"}]"},
        {"GetServerVersion", "[{\"key\":\"k\"}]"},
        {"KVSet", "[\"name\",{\"$tail\":[0,5]},{\"key\":\"k\"}]"},
    };
    session_fixture *f = *state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        char *method = xasprintf("Plugin.%s", calls[i].method);
        scripted_core_calls(id_of(1, i + 1), calls[i].method, calls[i].params, "value");
        assert_true(bytes_is(fake_host_request(f->host, f->api).method, method));
        free(method);
    }
    assert_int_equal(core_script.answer_count, 0);
}

static void test_tails_are_remembered(void **state) {
    session_fixture *f = *state;
    const schema_call *call = schema_api("KVGet");
    const gob_value value = {.kind = GOB_BYTES, .text = bytes_str("bytes")};
    gob_value reply = {.kind = GOB_STRUCT};
    reply.list.names = (const char *[]){"A"};
    reply.list.items = (gob_value *)(uintptr_t)&value;
    reply.list.count = 1;
    scripted_core_calls(id_of(1, 1), "KVGet", "[\"name\",{\"key\":\"k\"}]", "");
    netrpc_message m = fake_host_request(f->host, f->api);
    fake_host_reply(f->host, f->api, m.seq, NULL, call->reply, &reply);
    session_fixture_turns(f, ROUNDS);
    for (uint64_t incarnation = 1; incarnation < 3; incarnation++) {
        expect_answer(id_of(incarnation, 1), incarnation, 0, "\"$tail\":[0,5]");
        assert_string_equal(core_script.answer_tail, "bytes");
        scripted_core_calls(id_of(incarnation + 1, 1), "KVGet", "[\"name\",{\"key\":\"k\"}]", "");
    }
    expect_no_request(f);
}

static void test_notifications(void **state) {
    static const struct {
        const char *method, *params;
    } calls[] = {
        {"PublishUserTyping", "[\"u1\",\"c1\",\"\"]"},
        {"SendEphemeralPost", "[\"u1\",{\"channel_id\":\"c1\",\"message\":\"only you\"}]"},
        {"DeletePost", "[\"p1\"]"},
        {"DeletePost", "[\"p1\",{\"key\":\"k\"}]"},
        {"DeletePost", "[\"p1\",{\"key\":\"k\"}]"}, // a key makes no difference
    };
    session_fixture *f = *state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        char *method = xasprintf("Plugin.%s", calls[i].method);
        scripted_core_calls(0, calls[i].method, calls[i].params, "");
        netrpc_message m = fake_host_request(f->host, f->api);
        assert_true(bytes_is(m.method, method));
        fake_host_reply(f->host, f->api, m.seq, i == 2 ? "rpc: something" : NULL, NULL, NULL);
        session_fixture_turns(f, ROUNDS);
        free(method);
    }
    // Whatever the session says about a notification goes to id 0, which core_link drops.
    if (core_script.answer_count > 0)
        assert_int_equal(core_script.answered_id, 0);
}

// Nothing leaks when the session ends with calls under way and results kept.
static void test_the_end(void **state) {
    session_fixture *f = *state;
    create_post(id_of(1, 1), "turn/1");
    host_answers(f, expect_request(f), "p1", 0);
    create_post(id_of(1, 2), "turn/2");
    (void)expect_request(f);
    create_post(id_of(1, 3), "turn/2");
}

#define active(test)                                                                                         \
    cmocka_unit_test_setup_teardown(test, session_fixture_setup_active, session_fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        active(test_a_late_answer_is_joined),
        active(test_all_who_wait_are_answered),
        active(test_a_lost_answer_is_given_again),
        active(test_errors),
        active(test_failures_are_not_kept),
        active(test_the_host_goes),
        active(test_what_the_shim_refuses_is_not_kept),
        active(test_wrong_keys),
        active(test_edits_do_not_overtake_each_other),
        active(test_a_refused_edit_lets_the_next_one_go),
        active(test_an_order_holds_only_so_many),
        active(test_the_place_of_the_key),
        active(test_tails_are_remembered),
        active(test_notifications),
        active(test_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
