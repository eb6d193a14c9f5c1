// SPDX-License-Identifier: Apache-2.0
// OnActivate: dial the API and driver streams, let the core get ready, answer. It succeeds whatever the settings are;
// it fails when this process cannot do its work. OnDeactivate: the core's last chance, then its end.
// Source: plugin-rpc notes (c) "Activation, in order", (f).
#include "base/log.h"
#include "base/mem.h"
#include "plugin_session_internal.h"

#include <stdlib.h>

static const char ACTIVATE[] = "Plugin.OnActivate";
static const char DEACTIVATE[] = "Plugin.OnDeactivate";

// The reply {A error} of a hook with an error of ours.
static void answer_error(plugin_session *s, const char *method, const char *hook, uint64_t seq,
                         const char *message) {
    const schema_call *call = schema_hook(hook);
    gob_value reply;
    cJSON *error = cJSON_CreateObject();
    cJSON_AddStringToObject(error, "message", message);
    oc_err err = schema_reply_from_json(call, NULL, error, bytes_of(NULL, 0), &s->writing, &reply, NULL, 0);
    if (err == OC_OK)
        rpc_reply(s->hooks, bytes_str(method), seq, NULL, call->reply, &reply);
    else
        rpc_reply(s->hooks, bytes_str(method), seq, message, NULL, NULL);
    arena_reset(&s->writing);
    cJSON_Delete(error);
}

static void fail(plugin_session *s, const char *message) {
    if (!session_move(s, SESSION_FAILED))
        return;
    core_link_forget_wait(s->activate_wait);
    s->activate_wait = NULL;
    log_error("activation failed", "why", message);
    if (s->hooks != NULL)
        answer_error(s, ACTIVATE, "OnActivate", s->activate_seq, message);
}

static void succeed(plugin_session *s) {
    if (session_move(s, SESSION_UP))
        hook_answer_nothing(s, ACTIVATE, s->activate_seq);
}

static void on_core_wait(void *ctx, bool ready) {
    plugin_session *s = ctx;
    const char *problem = core_link_problem(s->core);
    s->activate_wait = NULL;
    if (!ready && problem != NULL) {
        fail(s, problem);
    } else {
        if (!ready)
            log_warn("the core is not ready yet; messages wait for it");
        succeed(s);
    }
    session_flush(s);
}

static void on_api_closed(void *ctx, const char *why) {
    plugin_session *s = ctx;
    s->api = NULL;
    api_take_own_log(s, false);
    if (s->state < SESSION_DEACTIVATED)
        session_fail(s, why != NULL ? why : "it closed the API stream");
}

static void all_dialled(plugin_session *s) {
    if (s->api == NULL) {
        fail(s, "the Mattermost server did not accept the plugin's API stream");
        return;
    }
    const char *problem = core_link_problem(s->core);
    if (problem != NULL) {
        fail(s, problem);
        return;
    }
    core_link_activate(s->core);
    s->activate_wait = core_link_wait(s->core, CORE_WAIT_MS, on_core_wait, s);
}

static void dialled(plugin_session *s) {
    if (--s->dials == 0 && s->state == SESSION_ACTIVATING)
        all_dialled(s);
}

static void on_api_stream(void *ctx, yamux_stream *stream) {
    plugin_session *s = ctx;
    if (stream != NULL) {
        s->api = rpc_connect(stream, &s->memory, on_api_closed, s);
        api_take_own_log(s, true);
    }
    dialled(s);
}

// Nobody needs the database driver, but a server whose offer nobody takes waits 5 s for it, also when it restarts us.
static void on_driver_stream(void *ctx, yamux_stream *stream) {
    if (stream != NULL)
        session_hold(stream);
    dialled(ctx);
}

static uint32_t broker_id(const netrpc_message *m, const char *field) {
    const gob_value *v = gob_get(&m->body, field);
    return v != NULL && v->kind == GOB_UINT && v->uinteger <= UINT32_MAX ? (uint32_t)v->uinteger : 0;
}

void hook_activate(plugin_session *s, const netrpc_message *m) {
    if (s->api != NULL || !session_move(s, SESSION_ACTIVATE)) {
        rpc_reply(s->hooks, m->method, m->seq, "the plugin is active already", NULL, NULL);
        return;
    }
    s->activate_seq = m->seq;
    s->dials = 2;
    broker_dial(s->broker, broker_id(m, "APIMuxId"), on_api_stream, s);
    broker_dial(s->broker, broker_id(m, "DriverMuxId"), on_driver_stream, s);
    session_wants_ticks(s);
}

void hook_forget_activation(plugin_session *s) {
    core_link_forget_wait(s->activate_wait);
    s->activate_wait = NULL;
}

static void on_core_stopped(void *ctx) {
    plugin_session *s = ctx;
    if (session_move(s, SESSION_CORE_GONE))
        hook_answer_nothing(s, DEACTIVATE, s->deactivate_seq);
    session_flush(s);
}

void hook_deactivate(plugin_session *s, const netrpc_message *m) {
    if (!session_move(s, SESSION_DEACTIVATE)) {
        rpc_reply(s->hooks, m->method, m->seq, NULL, NULL, NULL);
        return;
    }
    hook_forget_activation(s);
    s->deactivate_seq = m->seq;
    core_link_stop(s->core, true, on_core_stopped, s);
}
