// SPDX-License-Identifier: Apache-2.0
// The core's API calls: JSON to gob by the schema, over the API stream, and the reply back. All by table; nothing here
// knows a single call. Calls with a key are carried out once (api_memory.h), notifications without an answer.
#include "api_memory.h"
#include "api_order.h"
#include "base/json.h"
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
    uint64_t id;              // the core's; 0 for a notification
    api_remembered *remember; // of a call with a key: who else waits for it; else NULL
    api_place place;          // of a call in an order
} pending_call;

// Who is to be answered.
static const uint64_t *askers(const pending_call *p, size_t *count) {
    if (p->remember != NULL)
        return api_memory_askers(p->remember, count);
    *count = 1;
    return &p->id;
}

// It came to nothing that is worth keeping.
static void fail(const pending_call *p, int code, const char *text) {
    plugin_session *s = p->session;
    size_t count = 0;
    const uint64_t *ids = askers(p, &count);
    for (size_t i = 0; i < count; i++)
        core_link_answer_error(s->core, ids[i], code, text, NULL);
    if (p->id == 0) // nobody else says so
        log_debug("an API call without an answer failed", "call", p->call->name, "error", text);
    if (p->remember != NULL)
        api_memory_forget(s->remembered, p->remember);
}

static void answer_one(plugin_session *s, uint64_t id, const api_result *result, const cJSON *error) {
    if (result->refused)
        core_link_answer_error(s->core, id, (int)json_int(error, "code", E_INTERNAL),
                               json_text(error, "message"), json_get(error, "data"));
    else
        core_link_answer(s->core, id, result->json, result->tail);
}

static void give(const pending_call *p, const api_result *result, const cJSON *error) {
    plugin_session *s = p->session;
    size_t count = 0;
    const uint64_t *ids = askers(p, &count);
    for (size_t i = 0; i < count; i++)
        answer_one(s, ids[i], result, error);
    if (p->id == 0 && result->refused)
        log_debug("an API call without an answer failed", "call", p->call->name, "error",
                  json_text(error, "message"));
    if (p->remember != NULL)
        (void)api_memory_keep(s->remembered, p->remember, result, loop_now_ms(s->loop));
}

static void answer_reply(const pending_call *p, const gob_value *reply) {
    plugin_session *s = p->session;
    cJSON *error = NULL;
    oc_err err = schema_reply_to_json(p->call, reply, &s->json, &s->tail, &error);
    if (err == OC_OK && error != NULL)
        err = json_print(error, &s->json);
    if (err == OC_OK) {
        const api_result result = {error != NULL, buf_bytes(&s->json), buf_bytes(&s->tail)};
        give(p, &result, error);
    } else {
        fail(p, E_INTERNAL, oc_err_text(err));
    }
    cJSON_Delete(error);
    session_clear_scratch(s);
}

// An error of net/rpc itself. An older server does not know the method; the core can do without it.
int api_failure(const schema_call *call, const rpc_answer *answer, char *text, size_t size) {
    static const char unknown[] = "rpc: can't find ";
    int code = E_INTERNAL;
    (void)snprintf(text, size, "%s: %.*s", call->name,
                   (int)(answer->error.len < 400 ? answer->error.len : 400),
                   answer->error.data != NULL ? (const char *)answer->error.data : "");
    if (answer->err == OC_ECLOSED)
        code = LINK_E_CLOSED;
    else if (answer->error.len >= sizeof unknown - 1 &&
             memcmp(answer->error.data, unknown, sizeof unknown - 1) == 0)
        code = E_METHOD_NOT_FOUND;
    return code;
}

static void answer_failure(const pending_call *p, const rpc_answer *answer) {
    char text[ERROR_BYTES];
    fail(p, api_failure(p->call, answer, text, sizeof text), text);
}

static void carry_out(const pending_call *wanted, const cJSON *params, bytes tail);

static void go_next(plugin_session *s, api_waiting *next, api_place place) {
    if (next == NULL)
        return;
    pending_call wanted = {.session = s, .call = schema_api(next->method), .id = next->id, .place = place};
    carry_out(&wanted, next->params, bytes_of(next->tail, next->tail_len));
    api_waiting_free(next);
}

// A call in an order has come back, or could not be sent: the next one goes.
static void let_next(plugin_session *s, api_place place) {
    api_place then = {0};
    api_waiting *next = api_order_end(s->ordered, place, loop_now_ms(s->loop), &then);
    go_next(s, next, then);
}

static void on_overdue(void *ctx) {
    plugin_session *s = ctx;
    api_place then = {0};
    int64_t now_ms = loop_now_ms(s->loop);
    for (api_waiting *next = api_order_overdue(s->ordered, now_ms, &then); next != NULL;
         next = api_order_overdue(s->ordered, now_ms, &then))
        go_next(s, next, then);
    if (api_order_waiting(s->ordered) > 0)
        loop_timer_set(s->loop, &s->overdue, API_ORDER_HOLD_MS / 4, on_overdue, s);
}

static void on_answer(void *ctx, const rpc_answer *answer) {
    pending_call *p = ctx;
    plugin_session *s = p->session;
    s->open_api_calls--;
    if (s->core == NULL) {
        // The session is being taken down, and the core and what is remembered with it.
    } else if (answer->err == OC_OK) {
        answer_reply(p, answer->body);
    } else {
        answer_failure(p, answer);
    }
    if (s->core != NULL && p->place.line != NULL)
        let_next(s, p->place);
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

static void refuse(const pending_call *wanted, int code, const char *text) {
    fail(wanted, code, text);
    if (wanted->place.line != NULL)
        let_next(wanted->session, wanted->place);
}

static void carry_out(const pending_call *wanted, const cJSON *params, bytes tail) {
    plugin_session *s = wanted->session;
    char text[ERROR_BYTES] = "";
    gob_value args;
    if (s->api == NULL || s->open_api_calls >= API_CALLS_MAX) {
        refuse(wanted, s->api == NULL ? LINK_E_CLOSED : LINK_E_BUSY,
               s->api == NULL ? "the server's API is not there" : "too many API calls are open");
        return;
    }
    oc_err err = schema_args_from_json(wanted->call, params, tail, &s->writing, &args, text, sizeof text);
    int code = E_INVALID_PARAMS;
    if (err == OC_OK) {
        err = send(s, wanted, &args);
        code = err == OC_EBUSY ? LINK_E_BUSY : E_INTERNAL;
    }
    arena_reset(&s->writing);
    if (err != OC_OK)
        refuse(wanted, code, text[0] != '\0' ? text : oc_err_text(err));
}

// The object behind the method's own params, when there is just this one; else NULL.
static const cJSON *element_behind(const schema_call *call, const cJSON *params) {
    size_t own = call->args->field_count;
    if (!cJSON_IsArray(params) || (size_t)cJSON_GetArraySize(params) != own + 1)
        return NULL;
    const cJSON *last = cJSON_GetArrayItem(params, (int)own);
    return cJSON_IsObject(last) ? last : NULL;
}

// The text of {"<name>":"…"} with nothing else in it, of 1 to max_bytes bytes; NULL for what breaks that.
static const char *only_text(const cJSON *element, const char *name, size_t max_bytes) {
    const char *text = json_string(element, name);
    size_t len = text != NULL ? strlen(text) : 0;
    return cJSON_GetArraySize(element) == 1 && len > 0 && len <= max_bytes ? text : NULL;
}

// The params that the schema knows. What is in it stays the link's.
static cJSON *own_params(const schema_call *call, const cJSON *params) {
    cJSON *own = json_new_array();
    for (size_t i = 0; i < call->args->field_count; i++) {
        if (!cJSON_AddItemReferenceToArray(own, cJSON_GetArrayItem(params, (int)i)))
            abort(); // out of memory, as everywhere else
    }
    return own;
}

static void give_remembered(const pending_call *wanted) {
    plugin_session *s = wanted->session;
    const api_result result = api_memory_result(wanted->remember);
    cJSON *error = NULL;
    oc_err err = result.refused ? json_parse(result.json, &error) : OC_OK;
    if (err == OC_OK)
        answer_one(s, wanted->id, &result, error);
    else
        core_link_answer_error(s->core, wanted->id, E_INTERNAL, oc_err_text(err), NULL);
    cJSON_Delete(error);
}

// False: the host need not be asked.
static bool is_to_be_sent(pending_call *wanted, const char *key) {
    plugin_session *s = wanted->session;
    switch (api_memory_ask(s->remembered, wanted->call->name, key, wanted->id,
                           wanted->id >> CORE_LINK_ID_BITS, loop_now_ms(s->loop), &wanted->remember)) {
    case API_SEND:
        return true;
    case API_JOIN:
        break;
    case API_KNOWN:
        give_remembered(wanted);
        break;
    case API_BUSY:
        core_link_answer_error(s->core, wanted->id, LINK_E_BUSY, "too many wait for the call with this key",
                               NULL);
        break;
    }
    return false;
}

static void carry_out_in_order(pending_call *wanted, const char *order, const cJSON *params, bytes tail) {
    plugin_session *s = wanted->session;
    if (api_order_begin(s->ordered, order, loop_now_ms(s->loop), &wanted->place)) {
        carry_out(wanted, params, tail);
    } else if (!api_order_wait(s->ordered, order, wanted->call->name, wanted->id, params, tail)) {
        fail(wanted, LINK_E_BUSY, "too many calls wait for others of their order");
    } else if (!loop_timer_armed(&s->overdue)) {
        loop_timer_set(s->loop, &s->overdue, API_ORDER_HOLD_MS / 4, on_overdue, s);
    }
}

// Those that have a way of their own.
static const struct {
    const char *method;
    void (*carry_out)(plugin_session *s, uint64_t id, const link_message *message);
} SPECIAL[] = {{"GetFile", api_get_file}, {"UploadData", api_upload_data}};

void api_call(plugin_session *s, uint64_t id, const char *method, const link_message *message) {
    for (size_t i = 0; i < sizeof SPECIAL / sizeof SPECIAL[0]; i++) {
        if (strcmp(SPECIAL[i].method, method) == 0) {
            SPECIAL[i].carry_out(s, id, message);
            return;
        }
    }
    pending_call wanted = {.session = s, .call = schema_api(method), .id = id};
    if (wanted.call == NULL) {
        core_link_answer_error(s->core, id, E_METHOD_NOT_FOUND, "the shim's tables have no such API call",
                               NULL);
        return;
    }
    const cJSON *element = element_behind(wanted.call, message->json);
    if (element == NULL) {
        carry_out(&wanted, message->json, message->tail);
        return;
    }
    const char *key = only_text(element, "key", API_KEY_MAX_BYTES),
               *order = only_text(element, "order", API_ORDER_MAX_BYTES);
    cJSON *own = own_params(wanted.call, message->json);
    if (order != NULL)
        carry_out_in_order(&wanted, order, own, message->tail);
    else if (key == NULL)
        fail(&wanted, E_INVALID_PARAMS,
             "{\"key\":\"…\"} or {\"order\":\"…\"} with a text of 1 to 200 bytes is expected behind the "
             "params");
    else if (id == 0 || is_to_be_sent(&wanted, key)) // a notification has nobody who would repeat it
        carry_out(&wanted, own, message->tail);
    cJSON_Delete(own);
}
