// SPDX-License-Identifier: Apache-2.0
#include "scripted_core.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

scripted_core core_script;

void scripted_core_reset(void) {
    scripted_core *k = &core_script;
    for (size_t i = 0; i < k->call_count; i++) {
        free(k->calls[i].method);
        free(k->calls[i].params);
        buf_free(&k->calls[i].tail);
    }
    for (size_t i = 0; i < k->body_count; i++)
        buf_free(&k->bodies[i].written);
    free(k->post);
    free(k->answer);
    free(k->answer_tail);
    *k = (scripted_core){0};
}

static char *text_of(bytes b) {
    return xstrndup((const char *)b.data, b.len);
}

// --- what the session calls ---

core_link *core_link_create(loop *l, const char *core_path, const core_link_events *events, void *ctx) {
    (void)l;
    (void)core_path;
    core_script.created = true;
    core_script.events = *events;
    core_script.ctx = ctx;
    return (core_link *)&core_script;
}

void core_link_destroy(core_link *k) {
    (void)k;
    core_script.destroyed = true;
    // As the real one: open hooks are answered before it is gone.
    for (size_t i = 0; i < core_script.call_count; i++) {
        if (core_script.calls[i].answer != NULL)
            scripted_core_fail(i, LINK_E_CLOSED);
    }
}

void core_link_activate(core_link *k) {
    (void)k;
    core_script.activated = true;
}

bool core_link_ready(const core_link *k) {
    (void)k;
    return core_script.ready;
}

const char *core_link_problem(const core_link *k) {
    (void)k;
    return core_script.problem;
}

core_call *core_link_call(core_link *k, const char *method, bytes params_json, bytes tail, int64_t wait_ms,
                          int64_t timeout_ms, link_answer_fn *on_answer, void *ctx) {
    (void)k;
    (void)wait_ms;
    (void)timeout_ms;
    assert_true(core_script.call_count < SCRIPTED_CALLS_MAX);
    scripted_call *c = &core_script.calls[core_script.call_count++];
    c->method = xstrdup(method);
    c->params = text_of(params_json);
    buf_init(&c->tail, 1 << 20);
    assert_int_equal(buf_append(&c->tail, tail.data, tail.len), OC_OK);
    c->answer = on_answer;
    c->ctx = ctx;
    return (core_call *)c;
}

void core_link_forget(core_call *call) {
    scripted_call *c = (scripted_call *)call;
    if (c == NULL)
        return;
    assert_non_null(c->answer);
    c->answer = NULL;
    c->forgotten = true;
}

link_body *core_link_body(core_link *k) {
    (void)k;
    return core_script.ready ? scripted_core_body() : NULL;
}

link_body *core_link_answer_body(core_link *k, uint64_t id) {
    (void)id;
    return core_link_body(k);
}

core_wait *core_link_wait(core_link *k, int64_t wait_ms, core_wait_fn *fn, void *ctx) {
    (void)k;
    assert_int_equal(wait_ms, CORE_WAIT_MS);
    if (core_script.ready) {
        fn(ctx, true);
        return NULL;
    }
    core_script.waiting = fn;
    core_script.waiting_ctx = ctx;
    return (core_wait *)&core_script;
}

void core_link_forget_wait(core_wait *w) {
    if (w != NULL)
        core_script.waiting = NULL;
}

oc_err core_link_post(core_link *k, const char *hook, bytes params_json, bytes tail) {
    (void)k;
    (void)tail;
    if (core_script.post_err != OC_OK)
        return core_script.post_err;
    core_script.post_count++;
    free(core_script.post);
    core_script.post = text_of(params_json);
    core_script.post_hook = hook;
    return OC_OK;
}

void core_link_configuration_changed(core_link *k) {
    (void)k;
    core_script.configuration_changes++;
}

static void record_answer(uint64_t id, int code, char *text, char *tail) {
    free(core_script.answer);
    free(core_script.answer_tail);
    core_script.answered_id = id;
    core_script.answer_code = code;
    core_script.answer = text;
    core_script.answer_tail = tail;
    core_script.answer_count++;
}

void core_link_answer(core_link *k, uint64_t id, bytes result_json, bytes tail) {
    (void)k;
    record_answer(id, 0, text_of(result_json), text_of(tail));
}

void core_link_answer_error(core_link *k, uint64_t id, int code, const char *message, const cJSON *data) {
    (void)k;
    (void)data;
    record_answer(id, code, xstrdup(message), NULL);
}

void core_link_stop(core_link *k, bool say_goodbye, void (*ended)(void *ctx), void *ctx) {
    (void)k;
    core_script.stopping = true;
    core_script.goodbye |= say_goodbye;
    core_script.stopped = ended;
    core_script.stopped_ctx = ctx;
}

// --- what the core does ---

void scripted_core_wait_over(bool ready) {
    core_wait_fn *fn = core_script.waiting;
    assert_non_null(fn);
    core_script.waiting = NULL;
    core_script.ready = ready;
    fn(core_script.waiting_ctx, ready);
}

static void answer(size_t call, const link_message *m) {
    scripted_call *c = &core_script.calls[call];
    link_answer_fn *fn = c->answer;
    assert_non_null(fn);
    c->answer = NULL;
    fn(c->ctx, m);
}

void scripted_core_answer(size_t call, const char *result_json, const char *tail, link_body *body) {
    cJSON *result = cJSON_Parse(result_json);
    answer(call, &(link_message){.json = result, .tail = bytes_str(tail), .body = body});
    cJSON_Delete(result);
}

void scripted_core_fail(size_t call, int code) {
    cJSON *error = cJSON_CreateObject();
    cJSON_AddNumberToObject(error, "code", code);
    cJSON_AddStringToObject(error, "message", "scripted");
    answer(call, &(link_message){.error = error});
    cJSON_Delete(error);
}

void scripted_core_calls_with_body(uint64_t id, const char *method, const char *params_json,
                                   link_body *body) {
    cJSON *params = cJSON_Parse(params_json);
    core_script.events.api_call(core_script.ctx, id, method, &(link_message){.json = params, .body = body});
    cJSON_Delete(params);
}

void scripted_core_calls(uint64_t id, const char *method, const char *params_json, const char *tail) {
    cJSON *params = cJSON_Parse(params_json);
    core_script.events.api_call(core_script.ctx, id, method,
                                &(link_message){.json = params, .tail = bytes_str(tail)});
    cJSON_Delete(params);
}

void scripted_core_stopped(void) {
    void (*fn)(void *ctx) = core_script.stopped;
    assert_non_null(fn);
    core_script.stopped = NULL;
    fn(core_script.stopped_ctx);
}

// --- bodies ---

link_body *scripted_core_body(void) {
    assert_true(core_script.body_count < SCRIPTED_BODIES_MAX);
    link_body *b = &core_script.bodies[core_script.body_count++];
    *b = (link_body){.id = core_script.body_count};
    buf_init(&b->written, 64 << 20);
    return b;
}

uint64_t link_body_id(const link_body *b) {
    return b->id;
}

size_t link_body_room_bytes(const link_body *b) {
    return b->room;
}

oc_err link_body_write(link_body *b, bytes piece) {
    assert_true(piece.len <= b->room && piece.len <= LINK_PIECE_BYTES);
    assert_false(b->ended || b->cancelled);
    b->room -= piece.len;
    return buf_append(&b->written, piece.data, piece.len);
}

void link_body_end(link_body *b) {
    assert_false(b->ended || b->cancelled);
    b->ended = true;
}

void link_body_on(link_body *b, const link_body_events *events, void *ctx) {
    b->events = *events;
    b->ctx = ctx;
}

void link_body_consumed(link_body *b, size_t len) {
    b->consumed += len;
}

void link_body_cancel(link_body *b) {
    if (b == NULL)
        return;
    assert_false(b->ended || b->cancelled);
    b->cancelled = true;
}
