// SPDX-License-Identifier: Apache-2.0
// The stored questions and approvals that wait (open_asks_state.h), shared by all nodes and changed by compare-and-set. Nothing
// here blocks.
#ifndef OC_STORE_OPEN_ASKS_H
#define OC_STORE_OPEN_ASKS_H

#include "base/loop.h"
#include "chat/chat.h"
#include "store/open_asks_state.h"

typedef struct open_asks open_asks;

enum { OPEN_ASKS_WAITING_MAX = 500 };

// Both are borrowed and must outlive it.
open_asks *open_asks_create(loop *l, chat *c);
void open_asks_destroy(open_asks *s); // NULL-safe; what waits ends with OC_ECLOSED

// Alters the state; returns whether it has to be written. Must not do anything else: it is called again, on a newer state, when
// somebody else was faster or when it is not known whether a write arrived.
typedef bool open_asks_change_fn(void *ctx, open_asks_state *s, int64_t now_ms);
// state: as it is stored now, borrowed. err: nothing was changed, as far as is known, and state is NULL: OC_EBUSY (too much waits),
// OC_ECONFLICT, else the store's.
typedef void open_asks_done_fn(void *ctx, oc_err err, const open_asks_state *state);
// One change after the other. change NULL: only reads. done comes exactly once, perhaps before this returns.
void open_asks_change(open_asks *s, open_asks_change_fn *change, open_asks_done_fn *done, void *ctx);

#endif
