// SPDX-License-Identifier: Apache-2.0
// What became of every post that concerned a bot: one record each, in pages per node and minute of the post's time,
// written behind (every 200 ms at most) and kept for seven days. Nobody waits for a write.
#ifndef OC_DELIVERY_JOURNAL_H
#define OC_DELIVERY_JOURNAL_H

#include "base/loop.h"
#include "chat/chat.h"
#include "delivery/page.h"

typedef struct journal journal;

// node names this process among several that share the store: letters and digits. Copied.
journal *journal_create(loop *l, chat *c, const char *node);
void journal_destroy(journal *j); // what is not written is lost: flush first; NULL-safe

// Notes how far a post has come. A state before the one that is known is ignored, and so is anything after CLOSED: a
// post has one outcome.
void journal_note(journal *j, const char *post_id, int64_t create_at_ms, const record *r);

// Calls fn once what was noted for posts of this time is written (written: true), or when the store has refused it for
// long (true as well: nobody shall wait for ever), or when the journal ends before (false). Perhaps before this returns.
typedef void journal_written_fn(void *ctx, bool written);
void journal_when_written(journal *j, int64_t create_at_ms, journal_written_fn *fn, void *ctx);

// Looks a post up in the pages of these nodes (NULL-terminated; NULL: this node only). fn comes exactly once, perhaps
// before this returns; r is NULL when nothing is known, and then readable says whether the pages could be read at all.
typedef void journal_found_fn(void *ctx, const record *r, bool readable);
void journal_find(journal *j, const char *const *nodes, const char *post_id, int64_t create_at_ms,
                  journal_found_fn *fn, void *ctx);

// Up to when what was noted about posts is written (their time of creation); INT64_MAX when all is.
int64_t journal_safe_until_ms(const journal *j);

// Calls fn once everything noted so far is written, or has failed for limit_ms.
void journal_flush(journal *j, int64_t limit_ms, void (*fn)(void *ctx), void *ctx);
// For status and metrics.
typedef struct journal_counts {
    int64_t closed[REASON_COUNT]; // outcomes since the start
    int64_t writes, failed_writes, not_recorded;
} journal_counts;
const journal_counts *journal_get_counts(const journal *j);

#endif
