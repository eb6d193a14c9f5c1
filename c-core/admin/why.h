// SPDX-License-Identifier: Apache-2.0
// /openclaw why: what became of a post, which rule and which setting decided, and what to change. What the journal knows
// is told; a post without a record is decided again, without effects. Takes well under a second.
#ifndef OC_ADMIN_WHY_H
#define OC_ADMIN_WHY_H

#include "account/account.h"
#include "delivery/journal.h"
#include "inbound/access.h"
#include "store/pairings.h"
#include "store/participation.h"

#include <stdbool.h>

typedef struct why_world { // copied; what it points to must outlive every question
    chat *chat;
    journal *journal;
    pairings *paired;                             // as in inbound.h
    participation *threads;                       // as in inbound.h
    access_command (*command)(const char *text);  // as in inbound.h
    account *(*account)(void *ctx, size_t index); // those at work; NULL beyond the last one
    account *(*hold)(account *a);                 // account.h
    void (*release)(account *a);
    void *ctx;
} why_world;

// what: a post's id or permalink, as typed. text is Markdown, marked text (words/words.h; borrowed). Whether the asker may know was checked. fn comes
// exactly once, perhaps before this returns.
typedef void why_fn(void *ctx, const char *text);
void why_explain(const why_world *w, const char *what, why_fn *fn, void *ctx);

enum { WHY_POST_ID_BYTES = 27 };
// The post id in an id or a permalink ("https://…/pl/<id>"). Pure.
bool why_post_id(const char *what, char out[WHY_POST_ID_BYTES]);

#endif
