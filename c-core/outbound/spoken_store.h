// SPDX-License-Identifier: Apache-2.0
// The stored form of spoken.h for one gateway, shared by all nodes: read at the start, written behind by compare-and-set. Nothing
// here blocks.
#ifndef OC_OUTBOUND_SPOKEN_STORE_H
#define OC_OUTBOUND_SPOKEN_STORE_H

#include "base/loop.h"
#include "chat/chat.h"
#include "outbound/spoken.h"

typedef struct spoken_store spoken_store;

enum { SPOKEN_DELAY_MS = 1000 }; // of writing

// loop and chat are borrowed and must outlive it.
spoken_store *spoken_store_create(loop *l, chat *c, const char *gateway_url);
void spoken_store_destroy(spoken_store *s); // an open load is not answered; NULL-safe
// Reads what is stored now and merges it into what is known. fn comes exactly once, perhaps at once; readable: false when the store
// could not be read. One at a time.
typedef void spoken_loaded_fn(void *ctx, bool readable);
void spoken_store_load(spoken_store *s, spoken_loaded_fn *fn, void *ctx);
// To be read and changed; after a change comes spoken_store_save.
spoken *spoken_store_known(spoken_store *s);
void spoken_store_save(spoken_store *s);  // soon
void spoken_store_flush(spoken_store *s); // what is not written yet is written now; nobody is told

#endif
