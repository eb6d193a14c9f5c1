// SPDX-License-Identifier: Apache-2.0
// Hooks on their way to the core: sent to a ready one, kept for a while when there is none.
#include "base/mem.h"
#include "core_link_private.h"
#include "link/rpc.h"

#include <stdlib.h>
#include <utlist.h>

enum { WAITING_MAX = 1024, WAITING_MAX_BYTES = 16 << 20 };

static void drop_content(core_call *c) {
    free(c->method);
    free(c->params);
    free(c->tail);
    c->method = c->params = NULL;
    c->tail = NULL;
    c->params_len = c->tail_len = 0;
}

static void unlist(core_call *c) {
    core_link *k = c->k;
    loop_timer_cancel(&c->limit);
    if (c->sent) {
        DL_DELETE(k->open_calls, c);
        return;
    }
    DL_DELETE(k->waiting_calls, c);
    k->waiting_count--;
    k->waiting_bytes -= c->params_len + c->tail_len;
}

static void on_answer(void *ctx, const link_message *answer) {
    core_call *c = ctx;
    link_answer_fn *fn = c->on_answer;
    void *fn_ctx = c->ctx;
    unlist(c);
    drop_content(c);
    free(c);
    fn(fn_ctx, answer);
}

static void on_limit(void *ctx) {
    static const char *const texts[] = {"the core is not there", "no answer in time",
                                        "too much waits for the core"};
    core_call *c = ctx;
    int code = c->failure;
    link_message answer = {.error = rpc_new_error(code, texts[LINK_E_CLOSED - code], NULL)};
    cJSON *error = (cJSON *)answer.error;
    on_answer(c, &answer);
    cJSON_Delete(error);
}

// Into the list of those that wait; the failure is told when the delay is over, never from inside the caller's call.
static void enlist(core_call *c, int failure, int64_t delay_ms) {
    core_link *k = c->k;
    c->failure = failure;
    DL_APPEND(k->waiting_calls, c);
    k->waiting_count++;
    k->waiting_bytes += c->params_len + c->tail_len;
    loop_timer_set(k->l, &c->limit, delay_ms, on_limit, c);
}

// The code of the failure, 0 when it is on its way.
static int try_send(core_call *c, const char *method, bytes params, bytes tail) {
    oc_err err = link_call(c->k->link, method, params, tail, c->timeout_ms, on_answer, c, &c->link_id);
    if (err != OC_OK)
        return err == OC_ECLOSED ? LINK_E_CLOSED : LINK_E_BUSY;
    c->sent = true;
    DL_APPEND(c->k->open_calls, c);
    return 0;
}

static void send_waiting(core_call *c) {
    unlist(c);
    int failure = try_send(c, c->method, bytes_of(c->params, c->params_len), bytes_of(c->tail, c->tail_len));
    drop_content(c);
    if (failure != 0)
        enlist(c, failure, 0);
}

// Copies for a call that must wait; false when that is too much.
static bool keep_content(core_call *c, const char *method, bytes params, bytes tail) {
    const core_link *k = c->k;
    size_t len = params.len + tail.len;
    if (k->waiting_count >= WAITING_MAX || len > WAITING_MAX_BYTES ||
        k->waiting_bytes > WAITING_MAX_BYTES - len)
        return false;
    c->params = malloc(params.len + 1);
    c->tail = malloc(tail.len + 1);
    if (c->params == NULL || c->tail == NULL)
        return false;
    c->method = xstrdup(method);
    c->params_len = params.len;
    c->tail_len = tail.len;
    memcpy(c->params, params.data, params.len);
    if (tail.len > 0)
        memcpy(c->tail, tail.data, tail.len);
    return true;
}

core_call *core_link_call(core_link *k, const char *method, bytes params_json, bytes tail, int64_t wait_ms,
                          int64_t timeout_ms, link_answer_fn *fn, void *ctx) {
    core_call *c = xcalloc(1, sizeof *c);
    *c = (core_call){.k = k, .timeout_ms = timeout_ms, .on_answer = fn, .ctx = ctx};
    if (k->phase == CORE_READY) {
        int failure = try_send(c, method, params_json, tail);
        if (failure != 0)
            enlist(c, failure, 0);
    } else if (keep_content(c, method, params_json, tail)) {
        enlist(c, LINK_E_CLOSED, k->stopping ? 0 : wait_ms);
    } else {
        drop_content(c);
        enlist(c, LINK_E_BUSY, 0);
    }
    return c;
}

void core_link_forget(core_call *c) {
    if (c == NULL)
        return;
    if (c->sent && c->k->link != NULL)
        link_forget(c->k->link, c->link_id);
    unlist(c);
    drop_content(c);
    free(c);
}

// --- waiting for a ready core ---------------------------------------------------------------------------------

static void settle_wait(core_wait *w, bool ready) {
    core_wait_fn *fn = w->fn;
    void *ctx = w->ctx;
    core_link_forget_wait(w);
    fn(ctx, ready);
}

static void on_wait_over(void *ctx) {
    settle_wait(ctx, false);
}

core_wait *core_link_wait(core_link *k, int64_t wait_ms, core_wait_fn *fn, void *ctx) {
    if (k->phase == CORE_READY) {
        fn(ctx, true);
        return NULL;
    }
    core_wait *w = xcalloc(1, sizeof *w);
    *w = (core_wait){.k = k, .fn = fn, .ctx = ctx};
    DL_APPEND(k->waits, w);
    loop_timer_set(k->l, &w->limit, k->stopping ? 0 : wait_ms, on_wait_over, w);
    return w;
}

void core_link_forget_wait(core_wait *w) {
    if (w == NULL)
        return;
    DL_DELETE(w->k->waits, w);
    loop_timer_cancel(&w->limit);
    free(w);
}

// --- what happens to all of them ------------------------------------------------------------------------------

void core_calls_ready(core_link *k) {
    // Those that come while this runs find a ready core and are sent behind these.
    while (k->phase == CORE_READY && k->waits != NULL)
        settle_wait(k->waits, true);
    core_call *c = NULL, *next = NULL;
    DL_FOREACH_SAFE (k->waiting_calls, c, next) {
        if (k->phase == CORE_READY && c->method != NULL)
            send_waiting(c);
    }
}

void core_calls_fail_waiting(core_link *k) {
    core_call *c = NULL;
    core_wait *w = NULL;
    DL_FOREACH (k->waiting_calls, c) {
        loop_timer_set(k->l, &c->limit, 0, on_limit, c);
    }
    DL_FOREACH (k->waits, w) {
        loop_timer_set(k->l, &w->limit, 0, on_wait_over, w);
    }
}

void core_calls_free(core_link *k) {
    while (k->waiting_calls != NULL)
        core_link_forget(k->waiting_calls);
    while (k->open_calls != NULL)
        core_link_forget(k->open_calls);
    while (k->waits != NULL)
        core_link_forget_wait(k->waits);
}
