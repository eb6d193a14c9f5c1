// SPDX-License-Identifier: Apache-2.0
#include "fakes/fake_gateway_runs.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

fake_runs RUNS;

void fake_runs_create(gateway_state state) {
    memset(&RUNS, 0, sizeof RUNS);
    RUNS.status = (gateway_status){.state = state,
                                   .code = "",
                                   .sentence = "",
                                   .command = "",
                                   .server_version = "1",
                                   .boot_id = "boot-2",
                                   .default_agent = "main"};
}

void fake_runs_destroy(void) {
    for (size_t i = 0; i < RUNS.count; i++) {
        free(RUNS.runs[i].idempotency_key);
        free(RUNS.runs[i].session_key);
        free(RUNS.runs[i].message);
        free(RUNS.runs[i].system_prompt);
        free(RUNS.runs[i].permission_mode);
        free(RUNS.runs[i].earlier_boot_id);
        cJSON_Delete(RUNS.runs[i].attachments);
    }
    for (size_t i = 0; i < RUNS.call_count; i++) {
        free(RUNS.calls[i].method);
        cJSON_Delete(RUNS.calls[i].params);
    }
    for (size_t i = 0; i < RUNS.gateway_count; i++)
        free(RUNS.gateways[i].url);
    free(RUNS.url);
    free(RUNS.token);
    free(RUNS.device_token);
}

void fake_run_end(size_t index, gateway_run_outcome outcome, const char *text, const char *sentence) {
    struct gateway_run *r = &RUNS.runs[index];
    gateway_run_result result = {.outcome = outcome, .text = text, .sentence = sentence};
    r->open = false;
    r->events.done(r->ctx, &result);
}

gateway_run *gateway_run_start(gateway *g, const gateway_run_request *request,
                               const gateway_run_events *events, void *ctx) {
    if (RUNS.full || RUNS.count == FAKE_RUNS_MAX) {
        cJSON_Delete(request->attachments);
        return NULL;
    }
    struct gateway_run *r = &RUNS.runs[RUNS.count++];
    *r = (struct gateway_run){.open = true, .gateway = g, .events = *events, .ctx = ctx};
    r->idempotency_key = xstrdup(request->idempotency_key);
    r->session_key = xstrdup(request->session_key);
    r->message = xstrdup(request->message);
    r->system_prompt = xstrdup(request->extra_system_prompt);
    r->permission_mode = xstrdup(request->permission_mode);
    r->earlier_boot_id = request->earlier_boot_id != NULL ? xstrdup(request->earlier_boot_id) : NULL;
    r->attachments = request->attachments;
    return r;
}

void gateway_run_cancel(gateway_run *r, bool abort) {
    r->open = false;
    r->cancelled = true;
    r->aborted = abort;
}

gateway_status gateway_get_status(const gateway *g) {
    gateway_status s = RUNS.status;
    if (g->own_state)
        s.state = g->state;
    return s;
}

size_t gateway_open_runs(const gateway *g) {
    size_t open = 0;
    for (size_t i = 0; i < RUNS.count; i++)
        open += RUNS.runs[i].gateway == g && RUNS.runs[i].open;
    return open;
}

const char *gateway_state_name(gateway_state s) {
    static const char *const names[] = {"idle",  "connecting", "wait_challenge", "wait_hello",
                                        "ready", "backoff",    "pairing",        "halted"};
    return names[s];
}

gateway *gateway_create(loop *l, net *n, const gateway_events *events, void *ctx) {
    (void)l, (void)n;
    RUNS.events = *events;
    RUNS.ctx = ctx;
    assert_true(RUNS.gateway_count < FAKE_GATEWAYS_MAX);
    return &RUNS.gateways[RUNS.gateway_count++];
}

void gateway_destroy(gateway *g) {
    g->destroyed = true;
}

void gateway_configure(gateway *g, const gateway_settings *settings, const gateway_identity *identity,
                       const char *device_token) {
    (void)identity;
    free(g->url);
    g->url = xstrdup(settings->url);
    free(RUNS.url);
    free(RUNS.token);
    free(RUNS.device_token);
    RUNS.url = xstrdup(settings->url);
    RUNS.token = xstrdup(secret_reveal(settings->token));
    RUNS.device_token = xstrdup(device_token);
    RUNS.configured++;
}

void gateway_retry(gateway *g) {
    (void)g;
}

void fake_call_end(oc_err err, cJSON *payload, cJSON *error) {
    assert_true(RUNS.call_count > 0);
    fake_call *c = &RUNS.calls[RUNS.call_count - 1];
    assert_true(c->open);
    c->open = false;
    c->fn(c->ctx, &(request_reply){.err = err, .payload = payload, .error = error});
    cJSON_Delete(payload);
    cJSON_Delete(error);
}

open_request *gateway_call(gateway *g, const char *method, cJSON *params, int64_t timeout_ms, request_fn *fn,
                           void *ctx) {
    (void)g;
    if (RUNS.requests != NULL)
        return requests_start(
            RUNS.requests,
            &(request_options){
                .method = method, .params = params, .timeout_ms = timeout_ms, .fn = fn, .ctx = ctx});
    if (!RUNS.takes_calls || RUNS.call_count == FAKE_CALLS_MAX) {
        cJSON_Delete(params);
        return NULL;
    }
    fake_call *c = &RUNS.calls[RUNS.call_count++];
    *c = (fake_call){.open = true, .method = xstrdup(method), .params = params, .fn = fn, .ctx = ctx};
    return (open_request *)c; // nobody looks into it
}

bool gateway_get_web(const gateway *g, gateway_web *out) {
    (void)g, (void)out;
    return false;
}
