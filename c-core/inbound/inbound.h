// SPDX-License-Identifier: Apache-2.0
// A post and what there is to know about it: gathers the facts (cached where the chat interface caches them), asks
// access.h and says what came out.
#ifndef OC_INBOUND_INBOUND_H
#define OC_INBOUND_INBOUND_H

#include "chat/chat.h"
#include "config/config.h"

typedef struct inbound inbound;

typedef struct inbound_result { // borrowed during the callback
    bool answer;
    outcome_reason reason;                  // when it is not to be answered
    bool passing;                           // a look-up failed for now: deciding again may help
    char channel_type;                      // 'O', 'P', 'D', 'G', or 0
    const char *channel_name, *sender_name; // "" when unknown; user-chosen text of a restricted alphabet
    const char *text;                       // the message without the bot's mention
} inbound_result;

typedef void inbound_fn(void *ctx, const inbound_result *result);

// Decides about one post. rules (may be NULL: no valid settings) is borrowed for the call only; its lists are read
// at once. fn comes exactly once unless inbound_forget is called before, perhaps before this returns (then NULL is
// returned). post is copied as needed. Tells the chat server what of the channel concerns us.
inbound *inbound_decide(chat *c, const config *rules, const char *bot_user_id, const char *bot_username,
                        const chat_post *post, inbound_fn *fn, void *ctx);
void inbound_forget(inbound *i); // fn is not called any more; NULL-safe

#endif
