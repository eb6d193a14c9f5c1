// SPDX-License-Identifier: Apache-2.0
#include "gateway/transport.h"

static void *open_websocket(void *ctx, const websocket_options *options, const websocket_events *events,
                            void *events_ctx) {
    return websocket_open(ctx, options, events, events_ctx);
}

static oc_err send_websocket(void *handle, bytes text) {
    return websocket_send(handle, text);
}

static void close_websocket(void *handle, unsigned code) {
    websocket_close(handle, code);
}

static int64_t heard_websocket(const void *handle) {
    return websocket_heard_ms(handle);
}

transport transport_websocket(net *n) {
    return (transport){.open = open_websocket,
                       .send = send_websocket,
                       .close = close_websocket,
                       .heard_ms = heard_websocket,
                       .ctx = n};
}
