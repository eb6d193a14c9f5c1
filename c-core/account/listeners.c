// SPDX-License-Identifier: Apache-2.0
#include "account/listeners.h"

#include <assert.h>

void listeners_add(listeners *s, const account_listener *l, void *ctx) {
    assert(s->count < ACCOUNT_LISTENERS_MAX); // they are named in app.c
    s->all[s->count] = *l;
    s->ctxs[s->count++] = ctx;
}

// Calls a member of each listener that has it.
#define TELL(member, ...)                                                                                    \
    for (size_t i = 0; i < s->count; i++) {                                                                  \
        if (s->all[i].member != NULL)                                                                        \
            s->all[i].member(s->ctxs[i], __VA_ARGS__);                                                       \
    }

void tell_ready(const listeners *s, gateway *g) {
    TELL(ready, g)
}

void tell_question_requested(const listeners *s, gateway *g, const gateway_question *q) {
    TELL(question_requested, g, q)
}

void tell_question_closed(const listeners *s, gateway *g, const gateway_question *q, question_end end,
                          const cJSON *answers) {
    TELL(question_closed, g, q, end, answers)
}

void tell_questions_listed(const listeners *s, gateway *g) {
    TELL(questions_listed, g)
}

void tell_control_status(const listeners *s, gateway_control *c, const gateway_status *status) {
    TELL(control_status, c, status)
}

void tell_approval_requested(const listeners *s, gateway_control *c, const gateway_approval *a) {
    TELL(approval_requested, c, a)
}

void tell_approval_closed(const listeners *s, gateway_control *c, const gateway_approval *a, approval_end end,
                          const char *by) {
    TELL(approval_closed, c, a, end, by)
}

void tell_approvals_listed(const listeners *s, gateway_control *c) {
    TELL(approvals_listed, c)
}

void tell_node_added(const listeners *s, gateway_node *n) {
    TELL(node_added, n)
}

void tell_node_status(const listeners *s, gateway_node *n, const node_status *status) {
    TELL(node_status, n, status)
}

void tell_cancelled(const listeners *s, gateway_node *n, node_call *c) {
    TELL(cancelled, n, c)
}

void tell_gone(const listeners *s, gateway *g, gateway_control *c, gateway_node *n) {
    TELL(gone, g, c, n)
}

bool ask_wants_session(const listeners *s, const gateway *g, bytes session_key) {
    for (size_t i = 0; i < s->count; i++) {
        if (s->all[i].wants_session != NULL && s->all[i].wants_session(s->ctxs[i], g, session_key))
            return true;
    }
    return false;
}

void tell_final(const listeners *s, gateway *g, const gateway_final *final) {
    bytes key = bytes_str(final->session_key);
    for (size_t i = 0; i < s->count; i++) {
        const account_listener *l = &s->all[i];
        if (l->final != NULL && l->wants_session != NULL && l->wants_session(s->ctxs[i], g, key))
            l->final(s->ctxs[i], g, final);
    }
}

void tell_heartbeat(const listeners *s, gateway *g) {
    TELL(heartbeat, g)
}

void tell_invoked(const listeners *s, gateway_node *n, node_call *c, const node_invocation *call) {
    for (size_t i = 0; i < s->count; i++) {
        if (s->all[i].invoked != NULL) {
            s->all[i].invoked(s->ctxs[i], n, c, call);
            return;
        }
    }
    node_refuse(c, "UNAVAILABLE", "Mattermost offers no tools.");
}
