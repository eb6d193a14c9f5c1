// SPDX-License-Identifier: Apache-2.0
// Where somebody commands or clicks, as the account that answers there sees it: which bot, which conversation of the agent,
// and whether they may talk to it. The same rules as for a message that they would write there now.
//
// With several bots: the one that is named; in a direct channel its own; in a thread the one that has answered there; else
// the default account, when its bot is a member; else the first account whose bot is.
#ifndef OC_INTERACTIONS_PLACE_H
#define OC_INTERACTIONS_PLACE_H

#include "account/account.h"
#include "chat/chat.h"
#include "store/pairings.h"
#include "store/participation.h"

typedef struct place_world { // borrowed, must outlive every question
    chat *chat;
    pairings *paired;                             // NULL: nobody was let in by pairing
    participation *threads;                       // NULL: nobody knows where the bots have answered
    account *(*account)(void *ctx, size_t index); // those at work; NULL beyond the last one
    const char *(*default_account)(void *ctx);    // its id; NULL: there is none
    void *ctx;
} place_world;

typedef struct place_request { // copied
    const char *user_id, *channel_id;
    const char *root_id; // of the thread, "" for none
    const char *bot;     // the account asked for, by its bot's user name or its id; "" or NULL: as said above
} place_request;

typedef struct bot_place {
    account *account; // held; its config is NULL once it was removed
    chat_kind kind;
    char channel_type; // 'O', 'P', 'D', 'G'
    char *user_id, *channel_id, *root_id, *channel_name;
    bool
        allowed; // they may talk to the bot there, and may run ordinary commands; asked of the server just now
    bool owner;  // allowed, and an owner of the account
    outcome_reason reason; // why they may not
} bot_place;
void place_free(bot_place *p); // NULL-safe

// The agent that answers there; "" for the gateway's default. Borrowed.
const char *place_agent(const bot_place *p);
// The same with the gateway's default agent by name, where it is known; else "". Borrowed until the gateway's next change.
const char *place_named_agent(const bot_place *p);
// The gateway's session: with the gateway's default agent where none is configured, "main" while that is not known. The
// caller frees it.
char *place_session_key(const bot_place *p);
// What turns of that place call it (turn_place): the same with "main" for an agent that is not configured. Settings of ours that
// belong to a conversation are kept under it. The caller frees it.
char *place_conversation(const bot_place *p);

typedef enum place_verdict {
    PLACE_FOUND,       // perhaps not allowed
    PLACE_NO_BOT,      // no bot of ours is a member there
    PLACE_NO_SUCH_BOT, // the one asked for does not exist
    PLACE_NOT_READY,   // no account is at work
    PLACE_FAILED,      // the server did not say what must be known
} place_verdict;
// p is the caller's (place_free), NULL unless FOUND. fn comes exactly once, perhaps before this returns.
typedef void place_fn(void *ctx, place_verdict verdict, bot_place *p);
void place_find(const place_world *w, const place_request *request, place_fn *fn, void *ctx);
// For people; "" when FOUND and allowed. p may be NULL. Static.
const char *place_sentence(words_lang lang, place_verdict verdict, const bot_place *p);

#endif
