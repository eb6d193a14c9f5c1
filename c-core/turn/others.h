// SPDX-License-Identifier: Apache-2.0
// What other living nodes of a cluster have taken: a post that has a record of one of them is none of ours.
#ifndef OC_TURN_OTHERS_H
#define OC_TURN_OTHERS_H

#include "account/accounts.h"
#include "delivery/journal.h"

typedef struct others others;

// take: a post that no other living node has taken. All are borrowed.
others *others_create(loop *l, journal *j, const accounts *all,
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
