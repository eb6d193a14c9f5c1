// SPDX-License-Identifier: Apache-2.0
// Conversation turns: every post that the chat server hands us goes in here and comes out with exactly one outcome.
// Owns the queue of each session and the turns that are open.
#ifndef OC_TURN_TURNS_H
#define OC_TURN_TURNS_H

#include "base/loop.h"
#include "chat/chat.h"
#include "config/config.h"
#include "delivery/journal.h"
#include "gateway/gateway.h"

typedef struct turns turns;

// Answers that the agent gave: produced = posted + reported lost + still being posted.
typedef struct turn_counts {
    int64_t produced, posted, reported_lost;
} turn_counts;

// All are borrowed and must outlive the turns.
turns *turns_create(loop *l, chat *c, gateway *g, journal *j);
void turns_destroy(
    turns *t); // open tickets stay unanswered: whoever comes next is handed those posts again; NULL-safe

// The rules from now on. They are borrowed until the next call; NULL = settings are invalid and none was ever good:
// every post is refused.
void turns_configure(turns *t, const config *rules, const char *bot_user_id, const char *bot_username);
// The gateway's state changed (gateway_events.status).
void turns_gateway_status(turns *t, const gateway_status *status);
void turns_take(turns *t, const chat_post *post, chat_post_ticket *ticket);

// What earlier processes left: the nodes whose journals know of posts, and the boot id of the gateway they talked to.
void turns_set_earlier(turns *t, const char *const *nodes, const char *boot_id);
// A post that nobody handed to us and that was found after a start. Its outcome goes to the journal alone.
void turns_take_missed(turns *t, const chat_post *post);
// While posts that were missed are looked for, live ones wait, so that each conversation goes on in its order; for half a
// minute at most.
void turns_hold(turns *t, bool hold);
bool turns_has_room(const turns *t); // for missed posts: live ones come first

size_t turns_open(const turns *t);           // not finished yet
int64_t turns_safe_until_ms(const turns *t); // wall clock: every post before it has its outcome
const turn_counts *turns_get_counts(const turns *t);

#endif
