// SPDX-License-Identifier: Apache-2.0
// The hooks that we use, and the way that each of them takes to the core.
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "http_exchange.h"
#include "plugin_session_internal.h"
#include "schema/writer.h"

#include <stdlib.h>

enum {
    COMMAND_LIMIT_MS = 30000, // the core's time for a slash command; somebody looks at a screen
    SUPPORT_LIMIT_MS = 15000, // for support data, which the doctor takes five seconds of
};
static const char PREFIX[] = "Plugin.";

// --- hooks that are answered at once ---

void hook_answer_nothing(plugin_session *s, const char *method, uint64_t seq) {
    if (s->hooks != NULL)
        rpc_reply(s->hooks, bytes_str(method), seq, NULL, NULL, NULL);
}

static void on_configuration_change(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    (void)call;
    core_link_configuration_changed(s->core);
    rpc_reply(s->hooks, m->method, m->seq, NULL, NULL, NULL);
}

// --- hooks that the core answers ---

typedef struct pending_hook {
    plugin_session *session;
    const schema_call *call;
    uint64_t seq;
    const char *method;                         // of the wire
    const char *(*without)(const cJSON *error); // the result, as JSON, when the core has none; NULL: an error
} pending_hook;

static bool answer_from_json(const pending_hook *p, const cJSON *result, const cJSON *error, bytes tail) {
    plugin_session *s = p->session;
    char text[256] = "";
    gob_value reply;
    oc_err err = schema_reply_from_json(p->call, result, error, tail, &s->writing, &reply, text, sizeof text);
    if (err == OC_OK)
        rpc_reply(s->hooks, bytes_str(p->method), p->seq, NULL, p->call->reply, &reply);
    else
        log_error("the core's answer cannot be used", "hook", p->call->name, "error", text);
    arena_reset(&s->writing);
    return err == OC_OK;
}

static void answer_without_core(const pending_hook *p, const cJSON *error) {
    cJSON *result = p->without != NULL ? cJSON_Parse(p->without(error)) : NULL;
    if (!answer_from_json(p, result, p->without == NULL ? error : NULL, bytes_of(NULL, 0)))
        rpc_reply(p->session->hooks, bytes_str(p->method), p->seq, "the plugin has no answer", NULL, NULL);
    cJSON_Delete(result);
}

static void on_hook_answer(void *ctx, const link_message *answer) {
    pending_hook *p = ctx;
    if (p->session->hooks != NULL) {
        if (answer->error != NULL || !answer_from_json(p, answer->json, NULL, answer->tail))
            answer_without_core(p, answer->error);
        session_flush(p->session);
    }
    free(p);
}

static const char *command_without_core(const cJSON *error) {
    int64_t code = json_int(error, "code", 0);
    if (code == LINK_E_CLOSED || code == LINK_E_BUSY)
        return "{\"response_type\":\"ephemeral\",\"text\":\"OpenClaw is just starting again. Please repeat "
               "the command in a "
               "few seconds.\"}";
    if (code == LINK_E_TIMEOUT)
        return "{\"response_type\":\"ephemeral\",\"text\":\"OpenClaw took too long with this command. Please "
               "try again.\"}";
    return "{\"response_type\":\"ephemeral\",\"text\":\"OpenClaw could not carry out this command. The "
           "System Console's log "
           "says why.\"}";
}

static void ask_core(plugin_session *s, const schema_call *call, const netrpc_message *m,
                     const pending_hook *like, int64_t limit_ms) {
    oc_err err = schema_args_to_json(call, &m->body, &s->json, &s->tail);
    if (err == OC_OK) {
        pending_hook *p = xcalloc(1, sizeof *p);
        *p = (pending_hook){s, call, m->seq, like->method, like->without};
        (void)core_link_call(s->core, call->name, buf_bytes(&s->json), buf_bytes(&s->tail), CORE_WAIT_MS,
                             limit_ms, on_hook_answer, p);
    } else {
        rpc_reply(s->hooks, m->method, m->seq, oc_err_text(err), NULL, NULL);
    }
    session_clear_scratch(s);
}

static void execute_command(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    ask_core(s, call, m, &(pending_hook){.method = "Plugin.ExecuteCommand", .without = command_without_core},
             COMMAND_LIMIT_MS);
}

// Without a core the server notes the error in the packet.
static void support_data(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    ask_core(s, call, m, &(pending_hook){.method = "Plugin.GenerateSupportData"}, SUPPORT_LIMIT_MS);
}

// --- the rest ---

static void serve_http(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    http_exchange_begin(s, call->name, m);
}

static void activate(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    (void)call;
    hook_activate(s, m);
}

static void deactivate(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    (void)call;
    hook_deactivate(s, m);
}

static void implemented(plugin_session *s, const schema_call *call, const netrpc_message *m);

// What Implemented names is called by the server for every event of its kind: only what the core uses stands here, and
// never a …WillBe… hook, which would hold people's posts up.
static const struct hook {
    const char *name;
    bool named;
    void (*serve)(plugin_session *s, const schema_call *call, const netrpc_message *m);
} HOOKS[] = {
    {"Implemented", false, implemented},
    {"OnActivate", true, activate},
    {"OnDeactivate", true, deactivate},
    {"OnConfigurationChange", true, on_configuration_change},
    {"MessageHasBeenPosted", true, hook_message_posted},
    {"MessageHasBeenUpdated", true, hook_message_updated},
    {"MessageHasBeenDeleted", true, hook_message_deleted},
    {"ReactionHasBeenAdded", true, hook_reaction},
    {"ReactionHasBeenRemoved", true, hook_reaction},
    {"UserHasJoinedChannel", true, hook_membership},
    {"UserHasLeftChannel", true, hook_membership},
    {"UserHasLeftTeam", true, hook_membership},
    {"ExecuteCommand", true, execute_command},
    {"GenerateSupportData", true, support_data},
    {"ServeHTTP", true, serve_http},
    {"ServeMetrics", true, serve_http},
};

enum { HOOK_COUNT = sizeof HOOKS / sizeof HOOKS[0] };

static void implemented(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    gob_value names[HOOK_COUNT];
    gob_value list = {.kind = GOB_SLICE, .list.items = names};
    (void)call;
    for (size_t i = 0; i < HOOK_COUNT; i++) {
        if (HOOKS[i].named)
            names[list.list.count++] = (gob_value){.kind = GOB_STRING, .text = bytes_str(HOOKS[i].name)};
    }
    rpc_reply(s->hooks, m->method, m->seq, NULL, &SCHEMA_LIST_STRING, &list);
}

static void on_request(void *ctx, rpc_stream *r, const netrpc_message *m) {
    plugin_session *s = ctx;
    size_t prefix = sizeof PREFIX - 1;
    bool ours = m->method.len > prefix && memcmp(m->method.data, PREFIX, prefix) == 0;
    bytes name = ours ? bytes_of(m->method.data + prefix, m->method.len - prefix) : bytes_of(NULL, 0);
    for (size_t i = 0; i < HOOK_COUNT; i++) {
        if (bytes_is(name, HOOKS[i].name)) {
            HOOKS[i].serve(s, schema_hook(HOOKS[i].name), m);
            return;
        }
    }
    char *error = xasprintf("rpc: can't find method %.*s", (int)(m->method.len < 256 ? m->method.len : 256),
                            (const char *)m->method.data);
    rpc_reply(r, m->method, m->seq, error, NULL, NULL);
    free(error);
}

static void on_closed(void *ctx, const char *why) {
    plugin_session *s = ctx;
    s->hooks = NULL;
    hook_forget_activation(s);
    if (why != NULL)
        session_fail(s, why);
}

void hooks_serve(plugin_session *s, yamux_stream *stream) {
    if (s->hooks != NULL) {
        yamux_reset(stream);
        return;
    }
    s->hooks = rpc_serve(stream, &s->memory, on_request, on_closed, s);
    rpc_read(s->hooks);
}
