// SPDX-License-Identifier: Apache-2.0
// Which of several nodes does what belongs to nobody's request: a stored value that its holder renews by compare-and-set. Others watch
// it, and take it over when it has not changed for LEASE_LIVES_MS by their own clock: no clock is compared with another's, and a read
// that is behind only makes a take-over fail. A holder that could not renew for LEASE_HOLDS_MS stops by itself; what it sent until
// then has ended (every call within 10 s) before another may begin.
//
// Where the server has no cluster there are no others to wait for: the lease is taken at once, and looked at only by lease_check.
// A process on the same node is the successor of the holder, which is dead. Nothing here blocks.
#ifndef OC_STORE_LEASE_H
#define OC_STORE_LEASE_H

#include "base/loop.h"
#include "chat/chat.h"

typedef struct lease lease;

#define LEASE_KEY "lease"
enum {
    LEASE_RENEW_MS = 10 * 1000,
    LEASE_HOLDS_MS = 25 * 1000,
    LEASE_LIVES_MS = 45 * 1000,
    LEASE_WATCH_MS = 5 * 1000,
    LEASE_VALUE_MAX_BYTES = 1024,
};

typedef struct lease_events {
    void (*held)(void *ctx); // this process does the work from now on
    void (*lost)(void *ctx); // not any more: stop at once
} lease_events;

// All are borrowed but node and events. node: this host's name (delivery/node.h).
lease *lease_create(loop *l, chat *c, const char *node, const lease_events *events, void *ctx);
void lease_destroy(lease *s); // tells nobody; the others take over when its time is over. NULL-safe
// Begins to want it. clustered: the server says that it is one of several; may change.
void lease_start(lease *s, bool clustered);
bool lease_held(const lease *s); // at this moment, by the loop's clock as well
// Without a cluster: reads whether another process has taken it meanwhile (then lost is told, and this one does not take it back).
void lease_check(lease *s);
// The orderly end: others need not wait. Nobody is told whether that arrived.
void lease_release(lease *s);

#endif
