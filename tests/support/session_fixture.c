// SPDX-License-Identifier: Apache-2.0
#include "session_fixture.h"

#include "base/mem.h"
#include "schema/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void on_ended(void *ctx, int exit_code) {
    session_fixture *f = ctx;
    assert_false(f->ended);
    f->ended = true;
    f->exit_code = exit_code;
}

int session_fixture_setup(void **state) {
    session_fixture *f = xcalloc(1, sizeof *f);
    int fd = -1;
    const gob_value hooks = {.kind = GOB_STRING, .text = bytes_str("hooks")};
    scripted_core_reset();
    f->loop = loop_create(NULL);
    f->session = plugin_session_create(f->loop, NULL, on_ended, f);
    f->host = fake_host_create(f->loop, &fd);
    plugin_session_connect(f->session, fd);
    f->control = fake_host_open(f->host);
    f->out = fake_host_open(f->host);
    f->err = fake_host_open(f->host);
    (void)fake_host_call(f->host, f->control, "Dispenser.Dispense", &GOB_T_STRING, &hooks);
    netrpc_message m = fake_host_answer(f->host, f->control);
    assert_int_equal(m.body.kind, GOB_UINT);
    f->hooks = fake_host_dial(f->host, (uint32_t)m.body.uinteger);
    *state = f;
    return 0;
}

void session_fixture_begin_activation(session_fixture *f) {
    (void)session_fixture_hook(f, "OnActivate", "[1,2]");
    f->api = fake_host_accept(f->host, 1);
    f->driver = fake_host_accept(f->host, 2);
    session_fixture_turns(f, 3);
}

int session_fixture_setup_active(void **state) {
    session_fixture_setup(state);
    session_fixture *f = *state;
    core_script.ready = true;
    session_fixture_begin_activation(f);
    netrpc_message m = fake_host_answer(f->host, f->hooks);
    assert_int_equal(m.error.len, 0);
    assert_null(gob_get(&m.body, "A"));
    return 0;
}

int session_fixture_teardown(void **state) {
    session_fixture *f = *state;
    plugin_session_destroy(f->session);
    assert_true(core_script.destroyed);
    fake_host_destroy(f->host);
    loop_destroy(f->loop);
    free(f);
    scripted_core_reset();
    return 0;
}

uint64_t session_fixture_hook(session_fixture *f, const char *hook, const char *args_json) {
    const schema_call *call = schema_hook(hook);
    char method[64], error[256] = "";
    cJSON *params = cJSON_Parse(args_json);
    arena memory;
    gob_value args;
    arena_init(&memory, 1 << 20);
    assert_non_null(call);
    oc_err err = schema_args_from_json(call, params, bytes_of(NULL, 0), &memory, &args, error, sizeof error);
    if (err != OC_OK)
        fail_msg("%s", error);
    (void)snprintf(method, sizeof method, "Plugin.%s", hook);
    uint64_t seq = fake_host_call(f->host, f->hooks, method, call->args, &args);
    arena_free(&memory);
    cJSON_Delete(params);
    return seq;
}

uint64_t session_fixture_http(session_fixture *f, const char *request_json, bool without_body) {
    char *args = xasprintf("[10,%s,{\"request_id\":\"r1\"},%d]", request_json, without_body ? 0 : 11);
    uint64_t seq = session_fixture_hook(f, "ServeHTTP", args);
    free(args);
    return seq;
}

void session_fixture_turns(session_fixture *f, int rounds) {
    while (rounds-- > 0)
        fake_host_turn(f->host);
}
