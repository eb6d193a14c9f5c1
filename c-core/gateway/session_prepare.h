// SPDX-License-Identifier: Apache-2.0
// Before a session's first run on a connection its permission mode is set at the gateway and read back: a run of a
// session that may do more than the administrator allows must not start (design §5, gateway-protocol notes §15).
#ifndef OC_GATEWAY_SESSION_PREPARE_H
#define OC_GATEWAY_SESSION_PREPARE_H

#include "gateway/requests.h"

typedef struct session_prepare session_prepare; // all sessions of a connection
typedef struct session_wait session_wait;       // one run that waits for its session

enum { SESSIONS_PREPARED_MAX = 2000, SESSION_WAITS_MAX = 2000 };

session_prepare *session_prepare_create(loop *l, requests *r);
void session_prepare_destroy(session_prepare *p); // waits are forgotten; NULL-safe

typedef struct session_verdict { // borrowed during the callback
    oc_err
        err; // OC_OK: the run may start. OC_EDENIED: it must not. OC_ECLOSED: the connection is gone, ask anew
    const char *reason; // on OC_EDENIED, for people
} session_verdict;
typedef void session_prepare_fn(void *ctx, const session_verdict *verdict);

// Once for each session key and mode on a connection; whoever asks meanwhile waits with the first. Calls back once, from
// the loop. NULL when too many wait.
session_wait *session_prepare_start(session_prepare *p, const char *session_key, const char *mode,
                                    session_prepare_fn *fn, void *ctx);
void session_wait_cancel(session_wait *w); // NULL-safe
// A new connection: nothing is known any more. Waits were ended by the requests.
void session_prepare_forget(session_prepare *p);

// Whether a session in mode actual (NULL: none set) may do no more than allowed. Unknown modes are never narrow enough
// unless both are the same. Pure.
bool session_mode_within(const char *actual, const char *allowed);

#endif
