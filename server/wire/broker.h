// SPDX-License-Identifier: Apache-2.0
// The broker pairs up side streams: who offered an id in a call accepts, who got it dials; the id goes over the new
// stream and comes back. Every wait ends after 5 s. Time is handed in by broker_tick. Source: plugin-rpc notes (c).
#ifndef OC_WIRE_BROKER_H
#define OC_WIRE_BROKER_H

#include "wire/yamux.h"

enum {
    BROKER_WAIT_MS = 5000,
    BROKER_WAITS_MAX = 4096, // dials, offers and unknown streams under way
};

typedef struct broker broker;
typedef struct broker_wait broker_wait;

// The side stream stands and is the caller's (yamux_handle it at once: bytes may lie in it already), or NULL: nobody
// came, the stream ended, or another id came back. Called once; from inside broker_dial only when it cannot begin.
typedef void broker_ready_fn(void *ctx, yamux_stream *s);

broker *broker_create(yamux *y);
void broker_destroy(broker *b); // before the session; waits are dropped without a call; NULL-safe

// Opens a stream for an id that the peer offered; where too many opens are unacknowledged, as soon as that is allowed.
broker_wait *broker_dial(broker *b, uint32_t id, broker_ready_fn *ready, void *ctx);
// A fresh id for the peer to dial: 1, 2, 3 …; 0 when too many waits are under way.
uint32_t broker_offer(broker *b, broker_ready_fn *ready, void *ctx);
// Gives a dial up: its stream is reset, ready is not called. NULL-safe.
void broker_forget(broker_wait *w);

// A stream that the peer opened, after the fixed ones.
void broker_take(broker *b, yamux_stream *s);

bool broker_waiting(const broker *b); // is there any need for ticks?
void broker_tick(broker *b, int64_t now_ms);

#endif
