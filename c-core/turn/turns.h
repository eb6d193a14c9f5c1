// SPDX-License-Identifier: Apache-2.0
// Conversation turns: every post that the chat server hands us goes in here and comes out with exactly one outcome.
// Owns the queue of each session and the turns that are open.
#ifndef OC_TURN_TURNS_H
#define OC_TURN_TURNS_H

#include "base/loop.h"
#include "chat/chat.h"
#include "config/config.h"
#include "gateway/gateway.h"

typedef struct turns turns;

// chat and gateway are borrowed and must outlive the turns.
turns *turns_create(loop *l, chat *c, gateway *g);
void turns_destroy(turns *t); // open tickets stay unanswered: whoever comes next is handed those posts again; NULL-safe

// The rules from now on. They are borrowed until the next call; NULL = settings are invalid and none was ever good:
// every post is refused.
void turns_configure(turns *t, const config *rules, const char *bot_user_id, const char *bot_username);
// The gateway's state changed (gateway_events.status).
void turns_gateway_status(turns *t, const gateway_status *status);
void turns_take(turns *t, const chat_post *post, chat_post_ticket *ticket);
size_t turns_open(const turns *t); // not finished yet

#endif
