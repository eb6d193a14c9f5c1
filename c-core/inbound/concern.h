// SPDX-License-Identifier: Apache-2.0
// Which accounts a post may concern, and what the chat server is told of interest: a first, coarse look that lets pass too
// much rather than too little. inbound.h decides for each account.
#ifndef OC_INBOUND_CONCERN_H
#define OC_INBOUND_CONCERN_H

#include "account/accounts.h"

typedef struct concern concern;
typedef struct concern_query concern_query;

// Both are borrowed and must outlive it.
concern *concern_create(chat *c, const accounts *accounts);
void concern_destroy(concern *n); // NULL-safe; no query is open

// Tells the server what all accounts together want to hear of. To be called when an account got its bot user, was removed or
// has other rules.
void concern_announce(concern *n);
// One of our bots joined or left the channel ("": any): what was told of it no longer holds.
void concern_membership(concern *n, const char *channel_id);

// accounts: those that the post may concern, borrowed. reason: why there are none.
typedef void concern_fn(void *ctx, account *const *accounts, size_t count, outcome_reason reason);
// Looks the channel up (cached). fn comes exactly once unless the query is forgotten, perhaps before this returns (then NULL is
// returned). When the channel cannot be looked up everybody is named whom it may concern in any.
concern_query *concern_ask(concern *n, const chat_post *post, concern_fn *fn, void *ctx);
void concern_forget(concern_query *q); // NULL-safe

// The same without a look-up, for posts that were found after a start: whether anybody may be concerned.
bool concern_wants(const concern *n, char channel_type, const chat_post *post);

// Pure: whether an account may have to do with a post in a channel (not a direct one).
bool concern_may_trigger(const account *a, const chat_post *post);

#endif
