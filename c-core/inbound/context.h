// SPDX-License-Identifier: Apache-2.0
// What was said in a channel or thread since the bot last had to do with it, for the agent to know when it is asked. Read from
// the server when it is needed; nothing is kept.
//
// Its bounds: historyLimit messages, CONTEXT_MAX_BYTES of text, CONTEXT_MAX_AGE_MS, back to the last post of ours or to the
// last one that was a question to us; only what the asker may read, and of it what contextVisibility lets through.
#ifndef OC_INBOUND_CONTEXT_H
#define OC_INBOUND_CONTEXT_H

#include "account/account.h"
#include "chat/chat.h"

enum {
    CONTEXT_MAX_BYTES = 16 << 10,
    CONTEXT_MESSAGE_MAX_BYTES = 4 << 10,
    CONTEXT_MESSAGES_MAX = 100,
    CONTEXT_MAX_AGE_MS = 24 * 3600 * 1000,
    CONTEXT_LIMIT_MS = 5000, // so long the asker waits for it; then it goes without
    CONTEXT_FILES_MAX = 10,  // whose names are asked for; others are "a file"
};

typedef struct context_message { // texts are as people see them (visible_text.h)
    char *post_id, *user_id;
    char *sender;   // user name on one line; "" when unknown
    char *text;     // and a line "[file name]" for each file
    bool bot, hook; // written by a bot, or by a webhook or another integration
    int64_t create_at_ms;
} context_message;

typedef struct context { // oldest first
    context_message items[CONTEXT_MESSAGES_MAX];
    size_t count;
    bool thread; // they stand in a thread
} context;
void context_free(context *c); // NULL-safe

typedef struct context_request { // borrowed until context_gather returns, the account until the end
    const account *account;
    const chat_post *post; // the question
    chat_kind kind;
} context_request;

typedef struct context_query context_query;
// The context is the callback's to keep (context_free); NULL: there is none, or it could not be found out in time.
typedef void context_fn(void *ctx, context *c);
// fn comes exactly once unless the query is forgotten, perhaps before this returns (then NULL is returned).
context_query *context_gather(loop *l, chat *c, const context_request *request, context_fn *fn, void *ctx);
void context_forget(context_query *q); // NULL-safe

#endif
