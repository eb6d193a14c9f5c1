// SPDX-License-Identifier: Apache-2.0
// Until when every post was seen: one time for each node, kept in one stored value and moved on at most every five
// seconds. What came later and has no outcome must be looked for after a start (catch_up.h). Beside it stands the boot
// id of the gateway that this node talked to last.
#ifndef OC_DELIVERY_WATERMARK_H
#define OC_DELIVERY_WATERMARK_H

#include "base/loop.h"
#include "chat/chat.h"

typedef struct watermark watermark;

#define WATERMARKS_KEY "watermarks" // whose value names the nodes (marks.h)
enum { WATERMARK_NODES_MAX = 32 };
typedef struct watermark_facts { // borrowed during the callback
    bool readable;               // else nothing is known: ask again later
    bool known;                  // some node has left a mark; else this is the first start
    int64_t since_ms;            // the earliest mark of a node that may have missed something
    const char *const *nodes;    // all that have left one and this one, NULL-terminated
    const int64_t *beats;        // of each of them: changes every few seconds while the node lives
    const char *boot_id;         // of the gateway this node talked to, "" when unknown
} watermark_facts;

// safe_until is asked before each write: up to when everything has its outcome (wall clock).
watermark *watermark_create(loop *l, chat *c, const char *node, int64_t (*safe_until_ms)(void *ctx),
                            void *ctx);
void watermark_destroy(watermark *w); // NULL-safe

// Reads the marks; fn comes exactly once. A value that makes no sense counts as "not known" (and is logged).
void watermark_load(watermark *w, void (*fn)(void *ctx, const watermark_facts *facts), void *ctx);
// After a load: other nodes see from now on that this one lives, while its mark stays where it is. Nothing happens where this node has
// left none yet.
void watermark_show_life(watermark *w);
// Begins to move the mark on. Before that the old one stays, so that a catch-up that is cut short begins again.
void watermark_start(watermark *w);
void watermark_set_boot_id(watermark *w, const char *boot_id); // a new one is written at once
const char *watermark_boot_id(const watermark *w);             // of this or the last process on this node
// Writes once more, at once; fn when it is through or has failed. For the orderly end.
void watermark_write_last(watermark *w, void (*fn)(void *ctx), void *ctx);

#endif
