// SPDX-License-Identifier: Apache-2.0
// What happens at the accounts' gateways besides our own runs, for the modules that deal with it. Each registers once with
// accounts_listen and hears of every gateway; NULL members are left out. Whose account or session it is the listener decides.
#ifndef OC_ACCOUNT_LISTENER_H
#define OC_ACCOUNT_LISTENER_H

#include "gateway/control.h"
#include "gateway/gateway.h"
#include "gateway/node.h"

typedef struct account_listener {
    // --- the run connection: questions.h, gateway_final in gateway.h ---
    void (*ready)(void *ctx, gateway *g); // connected (anew)
    void (*question_requested)(void *ctx, gateway *g, const gateway_question *q);
    void (*question_closed)(void *ctx, gateway *g, const gateway_question *q, question_end end,
                            const cJSON *answers);
    void (*questions_listed)(void *ctx, gateway *g);
    bool (*wants_session)(void *ctx, const gateway *g,
                          bytes session_key); // cheap: asked for frames of other people's runs
    void (*final)(void *ctx, gateway *g, const gateway_final *final);
    void (*heartbeat)(void *ctx, gateway *g); // one has said something, in some session

    // --- the control connection: approvals.h ---
    void (*control_status)(void *ctx, gateway_control *c, const gateway_status *status);
    void (*approval_requested)(void *ctx, gateway_control *c, const gateway_approval *a);
    void (*approval_closed)(void *ctx, gateway_control *c, const gateway_approval *a, approval_end end,
                            const char *by);
    void (*approvals_listed)(void *ctx, gateway_control *c);

    // --- the node connection: node.h. One listener answers the calls. ---
    void (*node_added)(void *ctx, gateway_node *n); // give it its tools
    void (*node_status)(void *ctx, gateway_node *n, const node_status *status);
    void (*invoked)(void *ctx, gateway_node *n, node_call *c, const node_invocation *call);
    void (*cancelled)(void *ctx, gateway_node *n, node_call *c);

    // These are freed after this, forget them; each may be NULL. g comes with its control and node; those may also go alone,
    // when the settings grant them no longer.
    void (*gone)(void *ctx, gateway *g, gateway_control *c, gateway_node *n);
} account_listener;

#endif
