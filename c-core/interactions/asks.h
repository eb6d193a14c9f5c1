// SPDX-License-Identifier: Apache-2.0
// The posts in which questions and approvals wait for people: made once among all nodes, also across a restart; found again;
// closed in every place when the matter is over. One decision at a time. What they say and who may decide is the caller's.
// Nothing here blocks.
#ifndef OC_INTERACTIONS_ASKS_H
#define OC_INTERACTIONS_ASKS_H

#include "interactions/buttons.h"
#include "store/open_asks.h"

typedef struct asks asks;

typedef struct asks_world { // copied; what it points to must outlive asks
    loop *loop;
    chat *chat;
    buttons *buttons;
    open_asks *store;
    const char *node;
    void (*shown)(void *ctx); // the posts of one stand and are noted. NULL: nobody wants to know
    void *ctx;
} asks_world;

asks *asks_create(const asks_world *w);
void asks_destroy(asks *a); // after the store; NULL-safe

typedef struct ask_place {
    const char *channel_id, *root_id; // "" and a user: the direct channel of the bot with them
    const char *user_id;
    const char *reader_id; // who alone reads it, so that it is in their language; "": the server's
    const char *text;      // Markdown, perhaps marked (words/words.h), as are the actions' labels
    const char *plain;     // what stands there instead when there can be no buttons; NULL: the same
    bool with_buttons;     // else it is a notice that is closed with the others
} ask_place;

typedef struct ask_request { // copied
    const char *kind, *id;   // a button kind that the caller has registered; the gateway's id
    const char *account_id, *bot_user_id;
    const ask_place *places;
    size_t place_count; // at most ASK_POSTS_MAX
    const button_action *actions;
    size_t action_count;
    int64_t lives_ms;
    bool earlier; // it waited already when we came: an earlier process may have posted it
} ask_request;
// Posts it, unless it stands or another node is at it. The buttons' data is {"id": id}.
void asks_open(asks *a, const ask_request *r);

// Closes it: text takes the place of the buttons in every post, everything else stays. fn is asked for the text once the ask was
// taken out of the store by this node: by is who decided here ("" for nobody), word what asks_decide was told. What it returns is freed;
// NULL: the posts stay as they are. It may be marked: each post is closed in the language that it is in.
typedef char *asks_closing_fn(void *ctx, const char *by, const char *word);
// ctx must stay valid until fn was called or free_ctx (may be NULL) is; exactly one close among all nodes finds the ask.
void asks_close(asks *a, const char *kind, const char *id, asks_closing_fn *fn, void (*free_ctx)(void *ctx),
                void *ctx);

// A person decides: from now on others are told to wait. OC_OK, OC_EBUSY: somebody else is at it, OC_ENOTFOUND: it is over; else the
// store's. fn comes exactly once, perhaps before this returns.
typedef void asks_decide_fn(void *ctx, oc_err err);
void asks_decide(asks *a, const char *kind, const char *id, const person *by, const char *word,
                 asks_decide_fn *fn, void *ctx);
void asks_undecide(asks *a, const char *kind, const char *id, const char *user_id); // nothing came of it
// The same for somebody who has written it: their post, which may decide again after a crash, and of which it stays known for an hour
// that it did (ASK_SAID).
void asks_decide_said(asks *a, const char *kind, const char *id, const person *by, const char *word,
                      const char *post_id, asks_decide_fn *fn, void *ctx);
void asks_unsay(asks *a, const char *post_id); // nothing came of it: the post is one like any other

// What is stored of a kind (NULL: of any) now: called once for each, then with NULL; err: the store could not be read (NULL at once).
typedef void asks_each_fn(void *ctx, oc_err err, const open_ask *ask);
void asks_each(asks *a, const char *kind, asks_each_fn *fn, void *ctx);

#endif
