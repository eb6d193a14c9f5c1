// SPDX-License-Identifier: Apache-2.0
// Who hears of what happens at the gateways, and passing it on: one function for each member of account_listener.
#ifndef OC_ACCOUNT_LISTENERS_H
#define OC_ACCOUNT_LISTENERS_H

#include "account/listener.h"

enum { ACCOUNT_LISTENERS_MAX = 8 };

typedef struct listeners { // starts zeroed
    account_listener all[ACCOUNT_LISTENERS_MAX];
    void *ctxs[ACCOUNT_LISTENERS_MAX];
    size_t count;
} listeners;

void listeners_add(listeners *s, const account_listener *l, void *ctx);

void tell_ready(const listeners *s, gateway *g);
void tell_question_requested(const listeners *s, gateway *g, const gateway_question *q);
void tell_question_closed(const listeners *s, gateway *g, const gateway_question *q, question_end end,
                          const cJSON *answers);
void tell_questions_listed(const listeners *s, gateway *g);
bool ask_wants_session(const listeners *s, const gateway *g, bytes session_key); // one of them does
void tell_heartbeat(const listeners *s, gateway *g);
void tell_final(const listeners *s, gateway *g, const gateway_final *final); // those that want its session
void tell_control_status(const listeners *s, gateway_control *c, const gateway_status *status);
void tell_approval_requested(const listeners *s, gateway_control *c, const gateway_approval *a);
void tell_approval_closed(const listeners *s, gateway_control *c, const gateway_approval *a, approval_end end,
                          const char *by);
void tell_approvals_listed(const listeners *s, gateway_control *c);
void tell_node_added(const listeners *s, gateway_node *n);
void tell_node_status(const listeners *s, gateway_node *n, const node_status *status);
void tell_invoked(const listeners *s, gateway_node *n, node_call *c,
                  const node_invocation *call); // the first one that answers calls
void tell_cancelled(const listeners *s, gateway_node *n, node_call *c);
void tell_gone(const listeners *s, gateway *g, gateway_control *c, gateway_node *n);

#endif
