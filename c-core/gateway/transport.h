// SPDX-License-Identifier: Apache-2.0
// How the gateway's connection reaches the network: a seam, so that tests can stand in for WebSocket and time.
#ifndef OC_GATEWAY_TRANSPORT_H
#define OC_GATEWAY_TRANSPORT_H

#include "net/websocket.h"

typedef struct transport { // the functions are websocket.h's, with the handle untyped
    void *(*open)(void *ctx, const websocket_options *options, const websocket_events *events,
                  void *events_ctx);
    oc_err (*send)(void *handle, bytes text);
    void (*close)(void *handle, unsigned code);
    int64_t (*heard_ms)(const void *handle);
    void *ctx;
} transport;

// The real one.
transport transport_websocket(net *n);

#endif
