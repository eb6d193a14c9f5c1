// SPDX-License-Identifier: Apache-2.0
// A post and what there is to know about it: gathers the facts (cached where the chat interface caches them), asks
// access.h and says what came out. Nothing is changed or told: who wants to know why a post was not answered asks the same.
#ifndef OC_INBOUND_INBOUND_H
#define OC_INBOUND_INBOUND_H

#include "account/account.h"
#include "chat/chat.h"
#include "inbound/access.h"
#include "store/pairings.h"
#include "store/participation.h"

typedef struct inbound inbound;

typedef struct inbound_sources { // where facts come from; borrowed
    chat *chat;
    pairings *paired;                            // who was let in by pairing; NULL: nobody
    participation *threads;                      // where the bots have answered; NULL: nowhere
    bool found_addressed;                        // an earlier process has found the post to be for the bot
    access_command (*command)(const char *text); // what kind of command a text is; NULL: there are none
} inbound_sources;

typedef struct inbound_result { // borrowed during the callback
    const access_decision *decision;
    bool passing;                           // a look-up failed for now: deciding again may help
    char channel_type;                      // 'O', 'P', 'D', 'G', or 0
    const char *channel_name, *sender_name; // "" when unknown; user-chosen text of a restricted alphabet
    const chat_user *sender;                // NULL when unknown
    access_command command;                 // the text is one, and text commands are on
    bool
        addressed; // it is for the bot: in a direct message, by name, pattern or prefix, or where nobody need call it
    const char *text; // what the post says (post_text.h), without the bot's mention or prefix
} inbound_result;

typedef void inbound_fn(void *ctx, const inbound_result *result);

// Decides what an account does about one post, by its rules of then. The account is borrowed until the end. fn comes exactly
// once unless inbound_forget is called before, perhaps before this returns (then NULL is returned). post is copied.
inbound *inbound_decide(const inbound_sources *s, const account *a, const chat_post *post, access_event event,
                        inbound_fn *fn, void *ctx);
void inbound_forget(inbound *i); // fn is not called any more, the account may go; NULL-safe

#endif
