// SPDX-License-Identifier: Apache-2.0
// Approvals that wait at a gateway: commands and plugin actions that an agent may not do without somebody's word. Known by
// events and by a list after each connect; bounded; closed when decided, expired or gone. Heard on a control connection
// only (gateway-protocol notes §12). Deciding who may answer is the caller's.
#ifndef OC_GATEWAY_APPROVALS_H
#define OC_GATEWAY_APPROVALS_H

#include "base/bytes.h"
#include "gateway/resolve.h"

#include <cJSON.h>

typedef struct approvals approvals;

enum { APPROVALS_MAX = 200 }; // known at once; what is more is left to others and logged

typedef enum approval_kind { APPROVAL_EXEC, APPROVAL_PLUGIN, APPROVAL_KINDS } approval_kind;
const char *approval_kind_name(approval_kind k); // the gateway's word: "exec", "plugin"

typedef enum approval_decision {
    APPROVAL_ALLOW_ONCE,
    APPROVAL_ALLOW_ALWAYS,
    APPROVAL_DENY,
    APPROVAL_DECISIONS
} approval_decision;
const char *approval_decision_name(approval_decision d); // "allow-once", "allow-always", "deny"

typedef struct
    approval { // texts are never NULL, "" when absent; all of them are the agent's or the gateway's: data
    const char *id;
    approval_kind kind;
    const char *command;          // EXEC: the command line; PLUGIN: the title
    const char *description;      // PLUGIN; "" for EXEC
    const char *cwd, *host;       // EXEC: where it would run: "gateway", "node", "sandbox"
    const char *node_id;          // EXEC on a node
    const char *warning;          // the gateway's own warning
    const char *plugin_id, *tool; // PLUGIN
    const char *severity;         // PLUGIN: "info", "warning", "critical"
    const char *agent_id, *session_key, *run_id;
    bool allowed[APPROVAL_DECISIONS];
    int64_t created_ms, expires_ms; // wall clock, as the gateway says
    int64_t expires_in_ms;          // left now by our clock, at most expires_ms - created_ms; 0: over
    bool listed; // it was waiting already when we connected: an earlier process may have shown it
} gateway_approval;

typedef enum approval_end {
    APPROVAL_ALLOWED_ONCE,
    APPROVAL_ALLOWED_ALWAYS,
    APPROVAL_DENIED,
    APPROVAL_EXPIRED, // nobody decided in time
    APPROVAL_GONE, // not there any more when we connected anew, or the gateway is another: how it ended is not known
} approval_end;

typedef struct approvals_events {
    void (*requested)(void *ctx, const gateway_approval *a); // once for each id
    // Once for each that was requested; by is who decided as the gateway names it, "" when not known. a is freed afterwards.
    void (*closed)(void *ctx, const gateway_approval *a, approval_end end, const char *by);
    void (*listed)(
        void
            *ctx); // after each connect: requested was called for all that wait, closed for all that are gone
} approvals_events;

// Borrowed until it is closed; NULL when it does not wait (any more).
const gateway_approval *approvals_find(const approvals *s, const char *id);
const gateway_approval *approvals_at(const approvals *s,
                                     size_t index); // in the order of their coming; NULL behind the last
// What waits is known: after a connect only when the gateway has listed it. Before, one that is not found may wait all the same.
bool approvals_known(const approvals *s);
// Sends a decision. fn is called exactly once, never from inside; closed is called on its own, before or after.
// A decision that is not allowed ends with RESOLVE_REFUSED without asking the gateway.
void approvals_decide(approvals *s, const char *id, approval_decision d, resolve_fn *fn, void *ctx);

// --- for control.c ---
typedef struct loop loop;
typedef struct requests requests;
approvals *approvals_create(loop *l, requests *r, const approvals_events *events, void *ctx);
void approvals_destroy(
    approvals *s); // no closed comes any more; open decisions end with RESOLVE_AWAY; NULL-safe
void approvals_on_ready(approvals *s); // asks for what waits
bool approvals_wants(bytes event_name);
void approvals_on_event(approvals *s, const char *name, const cJSON *payload);

#endif
