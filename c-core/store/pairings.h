// SPDX-License-Identifier: Apache-2.0
// The stored pairings of every account (pairing_state.h), shared by all nodes: whoever changes them does so by
// compare-and-set, so of two who decide at once one wins and the other is told. Nothing here blocks.
#ifndef OC_STORE_PAIRINGS_H
#define OC_STORE_PAIRINGS_H

#include "base/loop.h"
#include "chat/chat.h"
#include "store/pairing_state.h"

typedef struct pairings pairings;

enum { PAIRINGS_FRESH_MS = 30 * 1000, PAIRINGS_WAITING_MAX = 500 };

// Both are borrowed and must outlive the pairings.
pairings *pairings_create(loop *l, chat *c);
void pairings_destroy(pairings *p); // NULL-safe; what waits ends with OC_ECLOSED

// Whether the user was let in to the account, as known at most 30 s ago. err: the store could not be read, and approved is
// false. fn comes exactly once, perhaps before this returns.
typedef void pairings_flag_fn(void *ctx, oc_err err, bool approved);
void pairings_is_approved(pairings *p, const char *account_id, const char *user_id, pairings_flag_fn *fn,
                          void *ctx);

// Whether an approved request was made by this post, as known since pairings_is_approved was asked last.
bool pairings_let_in_by(const pairings *p, const char *account_id, const char *post_id);

// Alters the state; returns whether it has to be written. Must not do anything else: it is called again, on a newer
// state, when somebody else was faster or when it is not known whether a write arrived.
typedef bool pairings_change_fn(void *ctx, pairing_state *s, int64_t now_ms);
// s: the state as it is stored now, borrowed during the callback. err: nothing was changed, s is NULL. OC_EBUSY: too much
// waits; OC_ECONFLICT: others were faster each time; else the store's.
typedef void pairings_done_fn(void *ctx, oc_err err, const pairing_state *s);
// One change after the other. change NULL: only reads, always from the store. now_ms of one change stays the same.
void pairings_change(pairings *p, const char *account_id, pairings_change_fn *change, pairings_done_fn *done,
                     void *ctx);

#endif
