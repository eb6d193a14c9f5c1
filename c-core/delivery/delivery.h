// SPDX-License-Identifier: Apache-2.0
// The posts of one answer, each made once: shown while the answer grows, complete in the end. A part counts as delivered
// when the server has answered. A failure that cannot have left a post is tried again; after one that may have, the place
// is searched for the part's marker first.
#ifndef OC_DELIVERY_DELIVERY_H
#define OC_DELIVERY_DELIVERY_H

#include "base/loop.h"
#include "chat/chat.h"
#include "delivery/parts.h"
#include "delivery/second_look.h"

typedef struct delivery delivery;

typedef struct delivery_request { // copied
    const char *turn; // names the answer in the markers: the asking post's id, or what stands for it
    const char *bot_user_id, *channel_id, *root_id;
    int first_part;              // the number of the first one in its marker: 0 for an answer
    const cJSON *props;          // further props of every post, or NULL
    bool maybe_posted;           // an earlier core may have posted some of it: look before posting …
    int64_t remembered_until_ms; // … but not before then: posting with the same key does it once (chat.h)
    pace_rules pace;             // of a growing answer
    pace_bucket *bucket;         // shared by all answers, borrowed; NULL: none
    second_looks
        *looks; // at what an older edit may overwrite; borrowed, outlives the delivery; NULL: nobody looks
} delivery_request;

// How it ended. error NULL: every part stands in the channel and nothing else of this answer does. Otherwise it says why not,
// for the log. posted: parts that stand there.
typedef void delivery_fn(void *ctx, const char *error, size_t posted);

delivery *delivery_create(loop *l, chat *c, const delivery_request *request);
// The answer so far, instead of what was wanted before: posted at once, then edited at the pace. When the server refuses it,
// nothing more is shown before the end.
void delivery_show(delivery *d, const part *parts, size_t count);
// The answer in its end; count 0 takes everything away. fn comes exactly once, never from inside this call, and d is gone
// then.
void delivery_finish(delivery *d, const part *parts, size_t count, delivery_fn *fn, void *ctx);
// The post of part number that stands, NULL for none. Borrowed; also for use in fn.
const char *delivery_post_id(const delivery *d, size_t number);
// When the next edit of a growing answer may be made, on the loop's clock; DELIVERY_NEVER: none any more before the end.
#define DELIVERY_NEVER INT64_MAX
int64_t delivery_due_ms(const delivery *d);
// fn is not called; a part that is on its way may still arrive. NULL-safe.
void delivery_cancel(delivery *d);

#endif
