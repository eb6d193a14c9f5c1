// SPDX-License-Identifier: Apache-2.0
// Calls of a node connection that wait for their answer: read, checked, answered once, ended by their own time.
#ifndef OC_GATEWAY_NODE_CALLS_H
#define OC_GATEWAY_NODE_CALLS_H

#include "gateway/node.h"

typedef struct node_calls node_calls;

typedef struct node_calls_events {
    void (*invoked)(void *ctx, node_call *c, const node_invocation *call);
    void (*cancelled)(void *ctx, node_call *c);
    bool (*knows)(void *ctx, const char *command); // whether we offer it
    void (*send)(void *ctx, cJSON *result);        // params of node.invoke.result; taken
} node_calls_events;

node_calls *node_calls_create(loop *l, const node_calls_events *events, void *ctx);
void node_calls_destroy(node_calls *s); // those that wait are cancelled; NULL-safe
void node_calls_on_request(node_calls *s, const cJSON *payload);
void node_calls_on_cancel(node_calls *s, const cJSON *payload); // nobody waits for this one any more
void node_calls_on_lost(node_calls *s);                         // all are cancelled
size_t node_calls_open(const node_calls *s);

#endif
