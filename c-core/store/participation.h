// SPDX-License-Identifier: Apache-2.0
// In which threads the bots have answered lately (implicitMentions.threadParticipation): kept for seven days from the last
// answer, across restarts and shared by all nodes. Written behind by compare-and-set; nothing here blocks.
#ifndef OC_STORE_PARTICIPATION_H
#define OC_STORE_PARTICIPATION_H

#include "base/loop.h"
#include "chat/chat.h"

typedef struct participation participation;

enum {
    PARTICIPATION_MAX = 1000, // threads of one account: the newest
    PARTICIPATION_FRESH_MS = 30 * 1000,
    PARTICIPATION_DELAY_MS = 1000, // of writing
    PARTICIPATION_VALUE_MAX_BYTES = 256 << 10,
};
#define PARTICIPATION_MS (7 * 24 * 3600 * INT64_C(1000))

// Both are borrowed and must outlive it.
participation *participation_create(loop *l, chat *c);
void participation_destroy(participation *p); // questions that are open end first; NULL-safe

// The account's bot has answered in the thread, now.
void participation_note(participation *p, const char *account_id, const char *root_id);
// What is not written yet is written now. fn comes exactly once, never from inside this call: when the store has all, or
// when the limit passes.
void participation_flush(participation *p, int64_t limit_ms, void (*fn)(void *ctx), void *ctx);

// Whether it has within seven days: as this node did, or as known from the store at most 30 s ago. readable: false when the
// store could not be read and nothing else is known. fn comes exactly once, perhaps before this returns.
typedef void participation_fn(void *ctx, bool takes_part, bool readable);
void participation_ask(participation *p, const char *account_id, const char *root_id, participation_fn *fn,
                       void *ctx);

#endif
