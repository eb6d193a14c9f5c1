// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"
#include "base/mem.h"
#include "link/link_private.h"
#include "link/message.h"
#include "link/rpc.h"

#include <stdlib.h>

enum {
    RPC_METHOD_NOT_FOUND = -32601,
    ENVELOPE_BYTES = 512,          // method, id and braces around params
    QUEUE_RESERVE_BYTES = 1 << 20, // kept for answers that say why there is no answer
};

// --- life -----------------------------------------------------------------------------------------------------

// A callback may destroy the link: between enter and leave its memory stays.
static void enter(link_t *k) {
    k->depth++;
}

static void leave(link_t *k) {
    k->depth--;
    if (k->depth == 0 && k->destroyed)
        free(k);
}

static void answer_locally(link_call_t *call, int code, const char *message) {
    cJSON *error = rpc_new_error(code, message, NULL);
    link_message answer = {.error = error};
    link_answer_fn *fn = call->on_answer;
    void *ctx = call->ctx;
    HASH_DEL(call->k->calls, call);
    loop_timer_cancel(&call->timeout);
    free(call);
    fn(ctx, &answer);
    cJSON_Delete(error);
}

// Closes the socket first: what the callbacks below send fails at once.
static void shut(link_t *k) {
    pair *p = k->pair;
    k->pair = NULL;
    pair_destroy(p);
    while (k->calls != NULL)
        answer_locally(k->calls, LINK_E_CLOSED, "the other process is gone");
    link_body_cancel_all(k);
}

static void go_down(link_t *k) {
    if (k->pair == NULL)
        return;
    shut(k);
    if (k->on_down != NULL && !k->destroyed)
        k->on_down(k->down_ctx);
}

void link_malformed(link_t *k, const char *what) {
    if (k->pair == NULL)
        return;
    log_error("The link's other side broke the rules; the link is closed", "what", what);
    go_down(k);
}

static void on_pair_message(void *ctx, bytes message) {
    link_t *k = ctx;
    message_frame frame = {0};
    enter(k);
    while (message.len > 0 && k->pair != NULL) {
        if (message_next(&message, &frame) == OC_OK)
            link_dispatch(k, frame.json, frame.tail);
        else
            link_malformed(k, "a frame's lengths do not fit its message");
    }
    leave(k);
}

static void on_pair_down(void *ctx, const char *reason) {
    link_t *k = ctx;
    enter(k);
    log_debug("The link is down", "reason", reason);
    go_down(k);
    leave(k);
}

typedef oc_err open_fn(loop *l, const char *url, const pair_limits *limits, const pair_events *events,
                       void *ctx, pair **out);

static oc_err open_link(loop *l, const char *url, open_fn *fn, link_t **out) {
    static const pair_events events = {.message = on_pair_message, .down = on_pair_down};
    static const pair_limits limits = {.message_bytes = LINK_MESSAGE_MAX_BYTES,
                                       .first_queue_bytes = LINK_QUEUE_MAX_BYTES + QUEUE_RESERVE_BYTES,
                                       .join_ms = LINK_JOIN_MS};
    link_t *k = xcalloc(1, sizeof *k);
    *k = (link_t){.l = l, .next_call = 1, .next_body = 1};
    oc_err err = fn(l, url, &limits, &events, k, &k->pair);
    if (err != OC_OK)
        free(k);
    else
        *out = k;
    return err;
}

oc_err link_listen(loop *l, const char *url, link_t **out) {
    return open_link(l, url, pair_listen, out);
}

oc_err link_dial(loop *l, const char *url, link_t **out) {
    return open_link(l, url, pair_dial, out);
}

void link_expect_peer(link_t *k, int pid) {
    if (k->pair != NULL)
        pair_expect_peer(k->pair, pid);
}

void link_on_call(link_t *k, link_call_fn *fn, void *ctx) {
    k->on_call = fn;
    k->call_ctx = ctx;
}

void link_on_down(link_t *k, link_down_fn *fn, void *ctx) {
    k->on_down = fn;
    k->down_ctx = ctx;
}

void link_destroy(link_t *k) {
    if (k == NULL || k->destroyed)
        return;
    enter(k);
    k->destroyed = true;
    if (k->pair != NULL)
        shut(k);
    leave(k);
}

// --- calling --------------------------------------------------------------------------------------------------

oc_err link_send_frame(link_t *k, bytes json, bytes tail, bool names_body) {
    if (k->pair == NULL)
        return OC_ECLOSED;
    if (message_frame_bytes(json, tail) <= LINK_MESSAGE_MAX_BYTES)
        return pair_send(k->pair, PAIR_FIRST, json, tail);
    return names_body ? OC_ELIMIT : link_large_send(k, json, tail);
}

// Long texts are rare: only they are looked into.
static bool long_one_names_body(bytes json, bytes tail) {
    cJSON *value = NULL;
    if (message_frame_bytes(json, tail) + ENVELOPE_BYTES <= LINK_MESSAGE_MAX_BYTES)
        return false;
    bool named = json_parse(json, &value) == OC_OK && link_body_named(value) != 0;
    cJSON_Delete(value);
    return named;
}

static void on_timeout(void *ctx) {
    link_call_t *call = ctx;
    link_t *k = call->k;
    enter(k);
    answer_locally(call, LINK_E_TIMEOUT, "no answer in time");
    leave(k);
}

static uint64_t remember_call(link_t *k, int64_t timeout_ms, link_answer_fn *on_answer, void *ctx) {
    link_call_t *call = xcalloc(1, sizeof *call);
    *call = (link_call_t){.id = k->next_call++, .k = k, .on_answer = on_answer, .ctx = ctx};
    HASH_ADD(hh, k->calls, id, sizeof call->id, call);
    if (timeout_ms > 0)
        loop_timer_set(k->l, &call->timeout, timeout_ms, on_timeout, call);
    return call->id;
}

oc_err link_call(link_t *k, const char *method, bytes params_json, bytes tail, int64_t timeout_ms,
                 link_answer_fn *on_answer, void *ctx, uint64_t *id_out) {
    uint64_t id = on_answer != NULL ? k->next_call : 0;
    buf text;
    if (k->pair == NULL)
        return OC_ECLOSED;
    if (on_answer != NULL && HASH_COUNT(k->calls) >= LINK_CALLS_MAX)
        return OC_EBUSY;
    buf_init(&text, LINK_LARGE_MAX_BYTES);
    oc_err err = rpc_put_call(&text, id, method, params_json);
    if (err == OC_OK)
        err = link_send_frame(k, buf_bytes(&text), tail, long_one_names_body(params_json, tail));
    if (err == OC_OK && on_answer != NULL)
        (void)remember_call(k, timeout_ms, on_answer, ctx);
    if (err == OC_OK && id_out != NULL)
        *id_out = id;
    buf_free(&text);
    return err;
}

static link_call_t *find_call(link_t *k, uint64_t id) {
    link_call_t *call = NULL;
    HASH_FIND(hh, k->calls, &id, sizeof id, call);
    return call;
}

void link_forget(link_t *k, uint64_t id) {
    link_call_t *call = find_call(k, id);
    if (call == NULL)
        return;
    HASH_DEL(k->calls, call);
    loop_timer_cancel(&call->timeout);
    free(call);
}

static void send_error(link_t *k, uint64_t id, int code, const char *message, const cJSON *data) {
    buf text;
    buf_init(&text, LINK_LARGE_MAX_BYTES);
    oc_err err = rpc_put_error(&text, id, code, message, data);
    if (err == OC_OK)
        err = link_send_frame(k, buf_bytes(&text), bytes_of(NULL, 0), false);
    buf_free(&text);
    if (err == OC_OK || err == OC_ECLOSED)
        return;
    if (data != NULL) // the peer must not wait for ever: say less
        send_error(k, id, code, message, NULL);
    else
        log_error("An answer was lost: the link's queue is full", "reason", oc_err_text(err));
}

static void settle(link_t *k, uint64_t id) {
    if (id != 0 && k->open_incoming > 0)
        k->open_incoming--;
}

void link_answer(link_t *k, uint64_t id, bytes result_json, bytes tail) {
    buf text;
    if (k->pair == NULL || id == 0)
        return;
    settle(k, id);
    buf_init(&text, LINK_LARGE_MAX_BYTES);
    oc_err err = rpc_put_result(&text, id, result_json);
    if (err == OC_OK)
        err = link_send_frame(k, buf_bytes(&text), tail, long_one_names_body(result_json, tail));
    buf_free(&text);
    if (err != OC_OK && err != OC_ECLOSED)
        send_error(k, id, LINK_E_BUSY, err == OC_ELIMIT ? "the answer is too long" : "the link is busy",
                   NULL);
}

void link_answer_error(link_t *k, uint64_t id, int code, const char *message, const cJSON *data) {
    if (k->pair == NULL || id == 0)
        return;
    settle(k, id);
    send_error(k, id, code, message, data);
}

// --- what comes in --------------------------------------------------------------------------------------------

static void dispatch_call(link_t *k, const rpc_envelope *e, const link_message *message) {
    if (e->kind == RPC_NOTIFICATION && e->method[0] == '$') {
        if (!link_body_notified(k, e->method, e->value, message->tail))
            link_malformed(k, e->method);
        return;
    }
    if (e->kind == RPC_CALL && ++k->open_incoming > LINK_CALLS_MAX) {
        link_malformed(k, "too many open calls");
        return;
    }
    if (k->on_call != NULL)
        k->on_call(k->call_ctx, e->id, e->method, message);
    else
        link_answer_error(k, e->id, RPC_METHOD_NOT_FOUND, "nobody takes calls here", NULL);
}

static void dispatch_answer(link_t *k, const rpc_envelope *e, const link_message *message) {
    link_call_t *call = find_call(k, e->id);
    if (call == NULL) // forgotten, or its time limit ran out
        return;
    link_answer_fn *fn = call->on_answer;
    void *ctx = call->ctx;
    link_forget(k, e->id);
    fn(ctx, message);
}

void link_dispatch(link_t *k, bytes json, bytes tail) {
    rpc_envelope e = {0};
    if (rpc_parse(json, &e) != OC_OK) {
        link_malformed(k, "no JSON-RPC 2.0");
        return;
    }
    uint64_t body_id = link_body_named(e.value);
    link_message message = {.json = e.value, .error = e.error, .tail = tail};
    if (body_id != 0)
        message.body = link_body_announced(k, body_id);
    if (e.method != NULL)
        dispatch_call(k, &e, &message);
    else
        dispatch_answer(k, &e, &message);
    // The callback may have ended the body: it is looked up anew. Nobody's body is refused.
    if (message.body != NULL) {
        link_body *b = NULL;
        HASH_FIND(hh, k->incoming, &body_id, sizeof body_id, b);
        if (b == message.body && !b->claimed)
            link_body_cancel(b);
    }
    rpc_free(&e);
}
