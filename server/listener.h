// SPDX-License-Identifier: Apache-2.0
// The unix socket on which the Mattermost server reaches us: made, announced, used once.
#ifndef OC_LISTENER_H
#define OC_LISTENER_H

#include "base/loop.h"
#include "wire/handshake.h"

enum { LISTENER_WAIT_MS = 60000 }; // the server connects at once; nobody after this long: it is gone

typedef struct listener listener;

// The connection, non-blocking and close-on-exec, the caller's from now on; or -1: nobody came, errno says why. The
// listener is gone before this is called.
typedef void listener_accepted_fn(void *ctx, int fd);

// Binds and listens at the first address that can be used. errno says why none could.
oc_err listener_create(loop *l, const handshake_addresses *addresses, const char *group,
                       listener_accepted_fn *accepted, void *ctx, listener **out) OC_MUST_CHECK;
const char *listener_address(const listener *l);
// Unlinks and closes; NULL-safe.
void listener_destroy(listener *l);

#endif
