// SPDX-License-Identifier: Apache-2.0
#include "gateway/control_parts.h"

#include "base/mem.h"
#include "gateway/connection.h"

#include <stdlib.h>
#include <string.h>

struct gateway_control {
    control_events events;
    void *ctx;
    connection *connection;
    requests *requests;
    approvals *approvals;
};

static void on_status(void *ctx, const gateway_status *status) {
    gateway_control *c = ctx;
    c->events.status(c->ctx, status);
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    gateway_control *c = ctx;
    c->events.device_token(c->ctx, token, url);
}

static void on_ready(void *ctx) {
    gateway_control *c = ctx;
    approvals_on_ready(c->approvals);
}

static void on_lost(void *ctx) {
    gateway_control *c = ctx;
    requests_on_lost(c->requests);
}

static void on_response(void *ctx, const cJSON *frame) {
    gateway_control *c = ctx;
    requests_on_response(c->requests, frame);
}

static bool wants(void *ctx, const frame_head *head) {
    (void)ctx;
    return approvals_wants(head->event);
}

static void on_event(void *ctx, const char *name, const cJSON *payload) {
    gateway_control *c = ctx;
    approvals_on_event(c->approvals, name, payload);
}

static oc_err send_request(void *ctx, const char *id, const char *method, const cJSON *params) {
    gateway_control *c = ctx;
    return connection_send(c->connection, id, method, params);
}

gateway_control *control_create_on(loop *l, const transport *t, const control_events *events, void *ctx) {
    static const connection_events wanted = {.status = on_status,
                                             .device_token = on_device_token,
                                             .ready = on_ready,
                                             .lost = on_lost,
                                             .response = on_response,
                                             .wants = wants,
                                             .event = on_event};
    gateway_control *c = xcalloc(1, sizeof *c);
    c->events = *events;
    c->ctx = ctx;
    c->connection = connection_create(l, t, &CONNECT_ROLE_CONTROL, &wanted, c);
    connection_hold(c->connection, true);
    c->requests = requests_create(l, send_request, c);
    c->approvals = approvals_create(l, c->requests, &events->approvals, ctx);
    return c;
}

gateway_control *control_create(loop *l, net *n, const control_events *events, void *ctx) {
    transport t = transport_websocket(n);
    return control_create_on(l, &t, events, ctx);
}

void control_destroy(gateway_control *c) {
    if (c == NULL)
        return;
    approvals_destroy(c->approvals);
    requests_destroy(c->requests);
    connection_destroy(c->connection);
    free(c);
}

void control_configure(gateway_control *c, const gateway_settings *settings, const gateway_identity *identity,
                       const char *device_token) {
    (void)connection_configure(c->connection, settings, identity, device_token);
}

void control_follow(gateway_control *c, bool main_ready) {
    connection_hold(c->connection, !main_ready);
}

void control_retry(gateway_control *c) {
    gateway_state state = control_get_status(c).state;
    if (state == GATEWAY_BACKOFF || state == GATEWAY_PAIRING || state == GATEWAY_HALTED)
        connection_retry(c->connection);
}

gateway_status control_get_status(const gateway_control *c) {
    return connection_status(c->connection);
}

approvals *control_approvals(gateway_control *c) {
    return c->approvals;
}

void control_on_frame(gateway_control *c, bytes text) {
    connection_on_frame(c->connection, text);
}

char *control_why_not(const gateway_control *c) {
    if (c == NULL)
        return xstrdup("This needs the rights of an administrator of the OpenClaw gateway, which this bot's "
                       "configuration does not grant it. An administrator of Mattermost can turn on the "
                       "setting gateway.control.");
    gateway_status s = control_get_status(c);
    if (s.state == GATEWAY_READY)
        return NULL;
    if (s.state == GATEWAY_PAIRING || s.state == GATEWAY_HALTED)
        return xasprintf("The control connection to the OpenClaw gateway is not open. %s", s.sentence);
    return xstrdup("The control connection to the OpenClaw gateway is not open at the moment. Try again in a "
                   "minute; an administrator finds the reason in the plugin's status.");
}

open_request *control_call(gateway_control *c, const char *method, cJSON *params, int64_t timeout_ms,
                           request_fn *fn, void *ctx) {
    if (c == NULL) {
        cJSON_Delete(params);
        return NULL;
    }
    return requests_start(
        c->requests, &(request_options){
                         .method = method, .params = params, .timeout_ms = timeout_ms, .fn = fn, .ctx = ctx});
}
