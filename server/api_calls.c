// SPDX-License-Identifier: Apache-2.0
// The core's API calls: JSON to gob by the schema, over the API stream, and the reply back. All by table; nothing here
// knows a single call.
#include "base/log.h"
#include "base/mem.h"
#include "plugin_session_internal.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    API_CALLS_MAX = 2048, // open at once; the log's come on top
    METHOD_BYTES = 96,
    ERROR_BYTES = 512,
    E_METHOD_NOT_FOUND = -32601, // JSON-RPC's own codes
    E_INVALID_PARAMS = -32602,
    E_INTERNAL = -32603,
};

typedef struct pending_call {
    plugin_session *session;
    const schema_call *call;
    uint64_t id; // the core's
} pending_call;

static void answer_reply(plugin_session *s, const pending_call *p, const gob_value *reply) {
    cJSON *error = NULL;
    oc_err err = schema_reply_to_json(p->call, reply, &s->json, &s->tail, &error);
    if (err != OC_OK)
        core_link_answer_error(s->core, p->id, E_INTERNAL, oc_err_text(err), NULL);
    else if (error != NULL)
        core_link_answer_error(s->core, p->id, (int)cJSON_GetNumberValue(cJSON_GetObjectItem(error, "code")),
                               cJSON_GetStringValue(cJSON_GetObjectItem(error, "message")),
                               cJSON_GetObjectItem(error, "data"));
    else
        core_link_answer(s->core, p->id, buf_bytes(&s->json), buf_bytes(&s->tail));
    cJSON_Delete(error);
    buf_clear(&s->json);
    buf_clear(&s->tail);
}

// An error of net/rpc itself. An older server does not know the method; the core can do without it.
static void answer_failure(plugin_session *s, const pending_call *p, const rpc_answer *answer) {
    static const char unknown[] = "rpc: can't find ";
    char text[ERROR_BYTES];
    int code = E_INTERNAL;
    (void)snprintf(text, sizeof text, "%s: %.*s", p->call->name,
                   (int)(answer->error.len < 400 ? answer->error.len : 400),
                   answer->error.data != NULL ? (const char *)answer->error.data : "");
    if (answer->err == OC_ECLOSED)
        code = LINK_E_CLOSED;
    else if (answer->error.len >= sizeof unknown - 1 &&
             memcmp(answer->error.data, unknown, sizeof unknown - 1) == 0)
        code = E_METHOD_NOT_FOUND;
    core_link_answer_error(s->core, p->id, code, text, NULL);
}

static void on_answer(void *ctx, const rpc_answer *answer) {
    pending_call *p = ctx;
    plugin_session *s = p->session;
    s->open_api_calls--;
    if (s->core == NULL) {
        // The session is being taken down, and the core with it.
    } else if (answer->err == OC_OK) {
        answer_reply(s, p, answer->body);
    } else {
        answer_failure(s, p, answer);
    }
    free(p);
}

static oc_err send(plugin_session *s, const pending_call *wanted, const gob_value *args) {
    char method[METHOD_BYTES];
    pending_call *p = xmalloc(sizeof *p);
    *p = *wanted;
    (void)snprintf(method, sizeof method, "Plugin.%s", p->call->name);
    oc_err err = rpc_call(s->api, method, p->call->args, args, on_answer, p);
    if (err == OC_OK)
        s->open_api_calls++;
    else
        free(p);
    return err;
}

void api_call(plugin_session *s, uint64_t id, const char *method, const link_message *message) {
    const pending_call wanted = {s, schema_api(method), id};
    char text[ERROR_BYTES] = "";
    gob_value args;
    if (wanted.call == NULL) {
        core_link_answer_error(s->core, id, E_METHOD_NOT_FOUND, "the shim's tables have no such API call",
                               NULL);
        return;
    }
    if (s->api == NULL || s->open_api_calls >= API_CALLS_MAX) {
        core_link_answer_error(
            s->core, id, s->api == NULL ? LINK_E_CLOSED : LINK_E_BUSY,
            s->api == NULL ? "the server's API is not there" : "too many API calls are open", NULL);
        return;
    }
    oc_err err = schema_args_from_json(wanted.call, message->json, message->tail, &s->writing, &args, text,
                                       sizeof text);
    if (err != OC_OK) {
        core_link_answer_error(s->core, id, E_INVALID_PARAMS, text[0] != '\0' ? text : oc_err_text(err),
                               NULL);
    } else {
        err = send(s, &wanted, &args);
        if (err != OC_OK)
            core_link_answer_error(s->core, id, err == OC_EBUSY ? LINK_E_BUSY : E_INTERNAL, oc_err_text(err),
                                   NULL);
    }
    arena_reset(&s->writing);
}
