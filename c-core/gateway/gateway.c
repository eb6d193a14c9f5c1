// SPDX-License-Identifier: Apache-2.0
// Puts the parts of the gateway side together: connection, requests, sessions, runs.
#include "gateway/gateway_parts.h"

#include "base/json.h"
#include "base/mem.h"
#include "gateway/run.h"
#include "gateway/run_read.h"

#include <stdlib.h>
#include <strings.h>

struct gateway {
    gateway_events events;
    void *ctx;
    connection *connection;
    requests *requests;
    session_prepare *sessions;
    runs *runs;
    questions *questions;
    net *net; // NULL: without an HTTP side
    char *url, *ca_file, *ca_pem, *proxy;
    secret *token;
};

static void on_status(void *ctx, const gateway_status *status) {
    gateway *g = ctx;
    g->events.status(g->ctx, status);
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    gateway *g = ctx;
    g->events.device_token(g->ctx, token, url);
}

static void on_ready(void *ctx) {
    gateway *g = ctx;
    runs_on_ready(g->runs);
    questions_on_ready(g->questions);
    if (g->events.ready != NULL)
        g->events.ready(g->ctx);
}

static void on_lost(void *ctx) {
    gateway *g = ctx;
    requests_on_lost(g->requests);
    session_prepare_forget(g->sessions);
    runs_on_lost(g->runs);
}

static void on_response(void *ctx, const cJSON *frame) {
    gateway *g = ctx;
    requests_on_response(g->requests, frame);
}

// --- ends of runs that are not ours ---

static bool wants_session(const gateway *g, bytes session_key) {
    return g->events.wants_session != NULL && session_key.len > 0 &&
           g->events.wants_session(g->ctx, session_key);
}

static void on_chat(gateway *g, const cJSON *payload) {
    const char *run_id = json_text(payload, "runId"), *session_key = json_text(payload, "sessionKey");
    if (strcmp(json_text(payload, "state"), "final") != 0 || *run_id == '\0' || runs_own(g->runs, run_id) ||
        !wants_session(g, bytes_str(session_key)))
        return;
    const cJSON *message = json_get(payload, "message");
    char *text = run_message_text(message);
    gateway_final final = {.session_key = session_key,
                           .run_id = run_id,
                           .text = text,
                           .message = message,
                           .run_open = runs_open_in(g->runs, session_key)};
    if (text != NULL && *text != '\0')
        g->events.final(g->ctx, &final);
    free(text);
}

// --- frames ---

static const char HEARTBEAT[] = "heartbeat";

static bool wants(void *ctx, const frame_head *head) {
    gateway *g = ctx;
    return runs_wants(g->runs, head) || questions_wants(head->event) ||
           (bytes_is(head->event, HEARTBEAT) && g->events.heartbeat != NULL) ||
           (bytes_is(head->event, "chat") && wants_session(g, head->session_key));
}

static void on_event(void *ctx, const char *name, const cJSON *payload) {
    gateway *g = ctx;
    if (questions_wants(bytes_str(name))) {
        questions_on_event(g->questions, name, payload);
        return;
    }
    if (strcmp(name, HEARTBEAT) == 0 && g->events.heartbeat != NULL && *json_text(payload, "preview") != '\0')
        g->events.heartbeat(g->ctx);
    // Before the runs: one that takes this for its end is not open afterwards.
    if (strcmp(name, "chat") == 0)
        on_chat(g, payload);
    runs_on_event(g->runs, name, payload);
}

static oc_err send_request(void *ctx, const char *id, const char *method, const cJSON *params) {
    gateway *g = ctx;
    return connection_send(g->connection, id, method, params);
}

gateway *gateway_create_on(loop *l, const transport *t, const gateway_events *events, void *ctx) {
    static const connection_events wanted = {.status = on_status,
                                             .device_token = on_device_token,
                                             .ready = on_ready,
                                             .lost = on_lost,
                                             .response = on_response,
                                             .wants = wants,
                                             .event = on_event};
    gateway *g = xcalloc(1, sizeof *g);
    g->events = *events;
    g->ctx = ctx;
    g->connection = connection_create(l, t, &CONNECT_ROLE_RUN, &wanted, g);
    g->requests = requests_create(l, send_request, g);
    g->sessions = session_prepare_create(l, g->requests);
    g->questions = questions_create(l, g->requests, &events->questions, ctx);
    g->runs = runs_create(&(runs_parts){
        .loop = l, .connection = g->connection, .requests = g->requests, .sessions = g->sessions});
    return g;
}

const char *gateway_run_outcome_name(gateway_run_outcome o) {
    static const char *const names[] = {"ok", "silent", "error", "aborted", "refused", "lost"};
    return names[o];
}

gateway *gateway_create(loop *l, net *n, const gateway_events *events, void *ctx) {
    transport t = transport_websocket(n);
    gateway *g = gateway_create_on(l, &t, events, ctx);
    g->net = n;
    return g;
}

static void forget_settings(gateway *g) {
    free(g->url);
    free(g->ca_file);
    free(g->ca_pem);
    free(g->proxy);
    secret_destroy(g->token);
}

static void keep_settings(gateway *g, const gateway_settings *s) {
    forget_settings(g);
    g->url = xstrdup(s->url);
    g->ca_file = xstrdup(s->ca_file);
    g->ca_pem = xstrdup(s->ca_pem);
    g->proxy = xstrdup(s->proxy);
    g->token = secret_dup(s->token);
}

void gateway_destroy(gateway *g) {
    if (g == NULL)
        return;
    runs_destroy(g->runs);
    questions_destroy(g->questions);
    session_prepare_destroy(g->sessions);
    requests_destroy(g->requests);
    connection_destroy(g->connection);
    forget_settings(g);
    free(g);
}

void gateway_configure(gateway *g, const gateway_settings *settings, const gateway_identity *identity,
                       const char *device_token) {
    keep_settings(g, settings);
    if (connection_configure(g->connection, settings, identity, device_token))
        runs_on_other_gateway(g->runs);
}

void gateway_retry(gateway *g) {
    gateway_state state = gateway_get_status(g).state;
    if (state == GATEWAY_BACKOFF || state == GATEWAY_PAIRING || state == GATEWAY_HALTED)
        connection_retry(g->connection);
}

gateway_status gateway_get_status(const gateway *g) {
    return connection_status(g->connection);
}

questions *gateway_questions(gateway *g) {
    return g->questions;
}

void gateway_on_frame(gateway *g, bytes text) {
    connection_on_frame(g->connection, text);
}

gateway_run *gateway_run_start(gateway *g, const gateway_run_request *request,
                               const gateway_run_events *events, void *ctx) {
    return runs_start(g->runs, request, events, ctx);
}

size_t gateway_open_runs(const gateway *g) {
    return runs_open(g->runs);
}

open_request *gateway_call(gateway *g, const char *method, cJSON *params, int64_t timeout_ms, request_fn *fn,
                           void *ctx) {
    return requests_start(
        g->requests, &(request_options){
                         .method = method, .params = params, .timeout_ms = timeout_ms, .fn = fn, .ctx = ctx});
}

bool gateway_get_web(const gateway *g, gateway_web *out) {
    const char *rest = g->url != NULL ? strstr(g->url, "://") : NULL;
    if (g->net == NULL || rest == NULL)
        return false;
    size_t len = strlen(rest);
    while (len > 3 && rest[len - 1] == '/')
        len--;
    *out = (gateway_web){
        .net = g->net,
        .url = xasprintf("http%s%.*s", strncasecmp(g->url, "wss", 3) == 0 ? "s" : "", (int)len, rest),
        .token = g->token,
        .ca_file = g->ca_file,
        .ca_pem = g->ca_pem,
        .proxy = g->proxy};
    return true;
}

const char *gateway_state_name(gateway_state s) {
    static const char *const names[] = {
        [GATEWAY_IDLE] = "idle",
        [GATEWAY_CONNECTING] = "connecting",
        [GATEWAY_WAIT_CHALLENGE] = "waiting for the challenge",
        [GATEWAY_WAIT_HELLO] = "waiting for the hello",
        [GATEWAY_READY] = "ready",
        [GATEWAY_BACKOFF] = "backing off",
        [GATEWAY_PAIRING] = "waiting for pairing",
        [GATEWAY_HALTED] = "halted",
    };
    return (size_t)s < sizeof names / sizeof names[0] ? names[s] : "unknown";
}
