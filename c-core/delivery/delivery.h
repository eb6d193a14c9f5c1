// SPDX-License-Identifier: Apache-2.0
// Posts the parts of an answer, in order, each once. A part counts as delivered when the server has answered. A failure
// that cannot have left a post is tried again; after one that may have, the channel is searched for the part's marker
// first.
#ifndef OC_DELIVERY_DELIVERY_H
#define OC_DELIVERY_DELIVERY_H

#include "base/loop.h"
#include "chat/chat.h"

typedef struct delivery delivery;

typedef struct delivery_request { // copied
    const char *turn;             // names the answer in the markers: the asking post's id
    const char *bot_user_id, *channel_id, *root_id;
    char *const *parts;
    size_t count;
    int first_part;              // the number of the first one in its marker: 0 for an answer
    bool maybe_posted;           // an earlier core may have posted some of it: look before posting …
    int64_t remembered_until_ms; // … but not before then: posting with the same key does it once (chat.h)
} delivery_request;

// error NULL: every part stands in the channel. Otherwise it says why not, for the log, and posted how many do.
typedef void delivery_fn(void *ctx, const char *error, size_t posted);

// fn comes exactly once, never from inside this call.
delivery *delivery_start(loop *l, chat *c, const delivery_request *request, delivery_fn *fn, void *ctx);
void delivery_cancel(delivery *d); // fn is not called; a part that is on its way may still arrive. NULL-safe

#endif
