// SPDX-License-Identifier: Apache-2.0
// One nng pair socket for one peer, watched by the loop: whole messages in and out, a bounded queue with two
// priorities, and a notice when the peer is gone. It knows no JSON.
//
// What nng 1.5.2's pair does by itself and we do not want: it buffers for a peer that died, hands what was buffered to
// the next one, and reconnects. So: send buffer 0 and our own queue, one peer in a socket's life, then it is over.
#ifndef OC_LINK_PAIR_H
#define OC_LINK_PAIR_H

#include "base/buf.h"
#include "base/loop.h"

typedef struct pair pair;

typedef enum pair_priority {
    PAIR_FIRST, // calls, answers, credit, pings
    PAIR_BULK,  // pieces of bodies: only when nothing of the first kind waits
} pair_priority;

typedef struct pair_events {
    void (*message)(void *ctx, bytes message); // borrowed for the callback
    // The peer is gone or never came; what had arrived before was delivered before. Called once, reason for the log.
    void (*down)(void *ctx, const char *reason);
} pair_events;

typedef struct pair_limits {
    size_t message_bytes;     // the longest message, in and out
    size_t first_queue_bytes; // waiting with PAIR_FIRST
    int64_t join_ms;          // the peer must have joined by then; 0: no limit
} pair_limits;

// url is "ipc:///path" or "abstract://name". events is copied. OC_ESYS, OC_EINVAL; nothing blocks.
oc_err pair_listen(loop *l, const char *url, const pair_limits *limits, const pair_events *events, void *ctx,
                   pair **out) OC_MUST_CHECK;
oc_err pair_dial(loop *l, const char *url, const pair_limits *limits, const pair_events *events, void *ctx,
                 pair **out) OC_MUST_CHECK;
// Until this is said a listening socket lets nobody in, then only this process, only with our uid, only once.
void pair_expect_peer(pair *p, int pid);
// Waits a moment for nng's own threads. No callback is called any more. NULL-safe.
void pair_destroy(pair *p);

// Sends a frame or queues it (copied). OC_EBUSY when the queue is full, OC_ELIMIT when the frame is too long,
// OC_ECLOSED when the peer is gone, OC_ENOMEM. Never calls back.
oc_err pair_send(pair *p, pair_priority priority, bytes json, bytes tail) OC_MUST_CHECK;

#endif
