// SPDX-License-Identifier: Apache-2.0
// What other nodes of a cluster have taken: a post that has a record of a living one is none of ours. Of nodes that look for the
// same posts at the same time, as after a start of the whole cluster, one takes each: whoever has stored "claim.<post id>". A node
// that dies over its claim finds it again when it starts, and takes the post then.
#ifndef OC_TURN_OTHERS_H
#define OC_TURN_OTHERS_H

#include "account/accounts.h"
#include "delivery/journal.h"

typedef struct others others;

// take: a post that no other node has taken. All are borrowed.
others *others_create(loop *l, chat *c, journal *j, const accounts *all,
                      void (*take)(void *ctx, const chat_post *post), void *ctx);
void others_destroy(others *o); // answers that are still to come find nobody; NULL-safe

// Nodes and their beats (watermark.h), the first of which is this one. False the first time; the second time it is known who lives.
bool others_heard(others *o, const char *const *nodes, const int64_t *beats);
// Keeps the post (copied) until others_settle, or until too many are kept; then it is given to take unless it is another one's.
void others_ask(others *o, const chat_post *post);
// Decides what is kept, once what others have taken until now is recorded and no copy of the store is behind that; then fn, perhaps at
// once. One at a time.
void others_settle(others *o, void (*fn)(void *ctx), void *ctx);

#endif
