// SPDX-License-Identifier: Apache-2.0
// As what we connect to a gateway: each kind of connection with its name, its rights and its capabilities. All have one
// device identity (gateway-protocol notes §3, §12, §13).
#ifndef OC_GATEWAY_CONNECT_ROLE_H
#define OC_GATEWAY_CONNECT_ROLE_H

#include "words/words.h"

typedef struct connect_role {            // lists end with NULL
    const char *name;                    // for logs and stored tokens: "run", "control", "node"
    const char *client_id, *client_mode; // of the gateway's closed lists
    const char *role;                    // "operator", "node"
    const char *const *scopes;           // asked for, in this order
    const char *const *needed;           // without one of them the connection is of no use
    const char *const *caps;
    words_key missing; // what to tell people when a needed scope is not granted
} connect_role;

// Users' messages: without operator.admin, so that its runs are never an owner's.
extern const connect_role CONNECT_ROLE_RUN;
// What an administrator may: sessions' resets, approvals, pairing.
extern const connect_role CONNECT_ROLE_CONTROL;
// Gives the agents tools.
extern const connect_role CONNECT_ROLE_NODE;

#endif
