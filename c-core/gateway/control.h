// SPDX-License-Identifier: Apache-2.0
// The control connection to a gateway: scope operator.admin, for what users' messages must never be able to do: resetting
// sessions, approvals, pairing of devices and nodes. Opened only where the setting gateway.control grants it, and only while
// the gateway's run connection stands, so that a wrong token is tried once (gateway-protocol notes §0, §10, §12).
#ifndef OC_GATEWAY_CONTROL_H
#define OC_GATEWAY_CONTROL_H

#include "gateway/approvals.h"
#include "gateway/gateway.h"

typedef struct gateway_control gateway_control;

typedef struct control_events {
    void (*status)(void *ctx, const gateway_status *status);             // at each change
    void (*device_token)(void *ctx, const char *token, const char *url); // as gateway_events
    approvals_events approvals;
} control_events;

gateway_control *control_create(loop *l, net *n, const control_events *events, void *ctx);
void control_destroy(gateway_control *c); // NULL-safe
void control_configure(gateway_control *c, const gateway_settings *settings, const gateway_identity *identity,
                       const char *device_token);
// New connections are tried only while the gateway's main connection stands; what stands goes on. False from the beginning.
void control_follow(gateway_control *c, bool main_ready);
void control_retry(gateway_control *c); // leaves BACKOFF, PAIRING or HALTED at once
gateway_status control_get_status(const gateway_control *c);
approvals *control_approvals(gateway_control *c);

// What to tell people who want something that needs it: NULL when it is ready, else one or two sentences that say what is
// missing and what to do. c NULL: the configuration does not grant it. The caller frees it.
char *control_why_not(const gateway_control *c);

// As gateway_call, with the rights of an administrator: whether the person may is the caller's to decide.
// NULL: c is NULL or too many are open (params are freed).
open_request *control_call(gateway_control *c, const char *method, cJSON *params, int64_t timeout_ms,
                           request_fn *fn, void *ctx);

#endif
