// SPDX-License-Identifier: Apache-2.0
#include "gateway/node_calls.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum {
    ID_MAX_BYTES = 512,
    WAITERS_MAX = 8, // repeats of one call
    TIMEOUT_MS = 30000,
    TIMEOUT_MIN_MS = 1000,
    TIMEOUT_MAX_MS = 10 * 60 * 1000,
};

typedef struct waiter { // who is told the answer: the call's own id, and those of its repeats
    char *id, *node_id;
    struct waiter *next;
} waiter;

struct node_call {
    node_invocation call; // its texts are ours
    node_calls *owner;
    waiter *waiters;
    void *context;
    loop_timer over;
    node_call *prev, *next;
};

struct node_calls {
    loop *loop;
    node_calls_events events;
    void *ctx;
    node_call *all;
    size_t count;
};

node_calls *node_calls_create(loop *l, const node_calls_events *events, void *ctx) {
    node_calls *s = xcalloc(1, sizeof *s);
    *s = (node_calls){.loop = l, .events = *events, .ctx = ctx};
    return s;
}

void node_call_set_context(node_call *c, void *data) {
    c->context = data;
}

void *node_call_context(const node_call *c) {
    return c->context;
}

// --- the end of a call ---

static void free_call(node_call *c) {
    waiter *w = NULL, *next = NULL;
    LL_FOREACH_SAFE (c->waiters, w, next) {
        free(w->id);
        free(w->node_id);
        free(w);
    }
    loop_timer_cancel(&c->over);
    free((char *)c->call.id);
    free((char *)c->call.command);
    free((char *)c->call.session_key);
    free((char *)c->call.idempotency_key);
    cJSON_Delete((cJSON *)c->call.params);
    free(c);
}

static void take_out(node_call *c) {
    DL_DELETE(c->owner->all, c);
    c->owner->count--;
    loop_timer_cancel(&c->over);
}

static void cancel(node_call *c) {
    take_out(c);
    c->owner->events.cancelled(c->owner->ctx, c);
    free_call(c);
}

static void on_over(void *ctx) {
    cancel(ctx);
}

void node_calls_on_lost(node_calls *s) {
    while (s->all != NULL)
        cancel(s->all);
}

void node_calls_destroy(node_calls *s) {
    if (s == NULL)
        return;
    node_calls_on_lost(s);
    free(s);
}

size_t node_calls_open(const node_calls *s) {
    return s->count;
}

// --- answers ---

static cJSON *result_for(const char *id, const char *node_id, bool ok) {
    cJSON *result = json_new_object();
    json_add_string(result, "id", id);
    json_add_string(result, "nodeId", node_id);
    json_add_bool(result, "ok", ok);
    return result;
}

static void send_error(node_calls *s, const char *id, const char *node_id, const char *code,
                       const char *message) {
    cJSON *result = result_for(id, node_id, false), *error = json_add_object(result, "error");
    json_add_string(error, "code", code);
    json_add_string(error, "message", message);
    s->events.send(s->ctx, result);
}

// {"content":[{"type":"text","text":…}]}, as a text; the caller's. An image (base64, NULL for none) comes behind it.
static char *payload_text(const char *text, const char *image, const char *image_type) {
    cJSON *payload = json_new_object(), *part = json_new_object();
    cJSON *content = json_add_array(payload, "content");
    size_t n = strnlen(text, NODE_ANSWER_MAX_BYTES + 1);
    if (n > NODE_ANSWER_MAX_BYTES) {
        n = NODE_ANSWER_MAX_BYTES;
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--; // not in the middle of a character
    }
    json_add_string(part, "type", "text");
    json_add(part, "text", json_new_string_n(text, n));
    json_push(content, part);
    if (image != NULL) {
        cJSON *picture = json_new_object();
        json_add_string(picture, "type", "image");
        json_add_string(picture, "data", image);
        json_add_string(picture, "mimeType", image_type);
        json_push(content, picture);
    }
    char *out = cJSON_PrintUnformatted(payload);
    cJSON_Delete(payload);
    return out;
}

void node_answer_image(node_call *c, const char *text, const char *image, const char *image_type) {
    node_calls *s = c->owner;
    const waiter *w = NULL;
    char *payload = payload_text(text, image, image_type);
    take_out(c);
    LL_FOREACH (c->waiters, w) {
        cJSON *result = result_for(w->id, w->node_id, true);
        json_add_string(result, "payloadJSON", payload);
        s->events.send(s->ctx, result);
    }
    free_call(c);
    cJSON_free(payload);
}

void node_answer(node_call *c, const char *text) {
    node_answer_image(c, text, NULL, NULL);
}

void node_refuse(node_call *c, const char *code, const char *message) {
    node_calls *s = c->owner;
    const waiter *w = NULL;
    take_out(c);
    LL_FOREACH (c->waiters, w)
        send_error(s, w->id, w->node_id, code, message);
    free_call(c);
}

// --- calls ---

static void add_waiter(node_call *c, const char *id, const char *node_id) {
    waiter *w = xcalloc(1, sizeof *w);
    w->id = xstrdup(id);
    w->node_id = xstrdup(node_id);
    LL_PREPEND(c->waiters, w);
}

static size_t waiter_count(const node_call *c) {
    size_t count = 0;
    for (const waiter *w = c->waiters; w != NULL; w = w->next)
        count++;
    return count;
}

static node_call *call_with_id(const node_calls *s, const char *id) {
    node_call *c = NULL;
    DL_FOREACH (s->all, c) {
        const waiter *w = NULL;
        LL_FOREACH (c->waiters, w) {
            if (strcmp(w->id, id) == 0)
                return c;
        }
    }
    return NULL;
}

// The same call again: same key, session and tool.
static node_call *repeated(const node_calls *s, const node_invocation *call) {
    node_call *c = NULL;
    DL_FOREACH (s->all, c) {
        if (*call->idempotency_key != '\0' && strcmp(c->call.idempotency_key, call->idempotency_key) == 0 &&
            strcmp(c->call.session_key, call->session_key) == 0 &&
            strcmp(c->call.command, call->command) == 0)
            return c;
    }
    return NULL;
}

// An object, or an error word in *why.
static cJSON *read_params(const cJSON *payload, const char **why) {
    const char *text = json_text(payload, "paramsJSON");
    cJSON *params = NULL;
    *why = NULL;
    if (*text == '\0' || strcmp(text, "null") == 0)
        return json_new_object();
    if (strlen(text) > NODE_PARAMS_MAX_BYTES)
        *why = "The arguments are too long: at most 1 MiB is taken.";
    else if (json_parse(bytes_str(text), &params) != OC_OK || !cJSON_IsObject(params))
        *why = "The arguments are not a JSON object.";
    if (*why == NULL)
        return params;
    cJSON_Delete(params);
    return NULL;
}

static bool is_sane(const node_invocation *call, const char *node_id) {
    return *call->id != '\0' && strlen(call->id) <= ID_MAX_BYTES && strlen(node_id) <= ID_MAX_BYTES &&
           strlen(call->session_key) <= ID_MAX_BYTES && strlen(call->idempotency_key) <= ID_MAX_BYTES;
}

static void take(node_calls *s, const node_invocation *call, const char *node_id, cJSON *params) {
    node_call *c = xcalloc(1, sizeof *c);
    c->owner = s;
    c->call = (node_invocation){.id = xstrdup(call->id),
                                .command = xstrdup(call->command),
                                .params = params,
                                .session_key = xstrdup(call->session_key),
                                .idempotency_key = xstrdup(call->idempotency_key),
                                .timeout_ms = call->timeout_ms};
    add_waiter(c, call->id, node_id);
    DL_APPEND(s->all, c);
    s->count++;
    loop_timer_set(s->loop, &c->over, call->timeout_ms, on_over, c);
    s->events.invoked(s->ctx, c, &c->call); // may answer at once
}

void node_calls_on_request(node_calls *s, const cJSON *payload) {
    const char *node_id = json_text(payload, "nodeId"), *why = NULL;
    node_invocation call = {.id = json_text(payload, "id"),
                            .command = json_text(payload, "command"),
                            .session_key = json_text(payload, "sessionKey"),
                            .idempotency_key = json_text(payload, "idempotencyKey"),
                            .timeout_ms = json_int(payload, "timeoutMs", TIMEOUT_MS)};
    if (!is_sane(&call, node_id)) {
        log_warn("a call of the gateway cannot be read");
        return;
    }
    if (call_with_id(s, call.id) != NULL)
        return;
    call.timeout_ms = call.timeout_ms < TIMEOUT_MIN_MS   ? TIMEOUT_MIN_MS
                      : call.timeout_ms > TIMEOUT_MAX_MS ? TIMEOUT_MAX_MS
                                                         : call.timeout_ms;
    node_call *same = repeated(s, &call);
    if (same != NULL && waiter_count(same) < WAITERS_MAX) {
        add_waiter(same, call.id, node_id);
        return;
    }
    if (!s->events.knows(s->ctx, call.command)) {
        send_error(s, call.id, node_id, "UNKNOWN_COMMAND", "Mattermost offers no such tool now.");
        return;
    }
    if (s->count >= NODE_CALLS_MAX || same != NULL) {
        send_error(s, call.id, node_id, "BUSY", "Too many calls are open. Try again in a moment.");
        return;
    }
    cJSON *params = read_params(payload, &why);
    if (params == NULL) {
        send_error(s, call.id, node_id, "INVALID_PARAMS", why);
        return;
    }
    take(s, &call, node_id, params);
}

void node_calls_on_cancel(node_calls *s, const cJSON *payload) {
    const char *id = json_text(payload, "invokeId");
    node_call *c = *id != '\0' ? call_with_id(s, id) : NULL;
    if (c != NULL && waiter_count(c) == 1)
        cancel(c);
}
