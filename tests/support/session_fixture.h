// SPDX-License-Identifier: Apache-2.0
// A plugin session between a scripted host and a scripted core, brought to where a test begins.
#ifndef OC_TESTS_SESSION_FIXTURE_H
#define OC_TESTS_SESSION_FIXTURE_H

#include "fake_host.h"
#include "plugin_session.h"
#include "scripted_core.h"

typedef struct session_fixture {
    loop *loop;
    plugin_session *session;
    fake_host *host;
    uint32_t control, out, err, hooks, api, driver; // streams
    bool ended;
    int exit_code;
} session_fixture;

// cmocka's: connected, hooks stream open, not activated.
int session_fixture_setup(void **state);
// The same, and activated with a core that is ready.
int session_fixture_setup_active(void **state);
int session_fixture_teardown(void **state);

// Calls OnActivate and accepts the streams; its answer is still to come.
void session_fixture_begin_activation(session_fixture *f);
// Calls a hook whose arguments are the JSON array (as schema.h); returns its number.
uint64_t session_fixture_hook(session_fixture *f, const char *hook, const char *args_json);
// ServeHTTP with broker ids 10 (answer) and 11 (body, unless without_body).
uint64_t session_fixture_http(session_fixture *f, const char *request_json, bool without_body);
void session_fixture_turns(session_fixture *f, int rounds);

#endif
