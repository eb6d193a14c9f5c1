// SPDX-License-Identifier: Apache-2.0
// Removing what the plugin keeps in the server: everything in its key-value store, after which the plugin turns itself off. What
// stays (settings, bots and their posts, the gateway's device) docs/upgrade.md lists. Asked for with a code that is good for one
// administrator, once and for five minutes.
#ifndef OC_ADMIN_PURGE_H
#define OC_ADMIN_PURGE_H

#include "base/loop.h"
#include "chat/chat.h"
#include "words/words.h"

#include <stdbool.h>

typedef struct purge purge;

// Both are borrowed and must outlive it.
purge *purge_create(loop *l, chat *c);
void purge_destroy(purge *p); // NULL-safe

// text: Markdown for the administrator, borrowed. fn comes exactly once, perhaps before this returns.
typedef void purge_text_fn(void *ctx, const char *text);
// code "": gives one; else the code is looked at, and when it is right everything is removed. Who may is the caller's to know.
// One at a time: while one is at work another is told so.
void purge_command(purge *p, const char *user_id, const char *code, words_lang lang, purge_text_fn *fn,
                   void *ctx);
// The process ends and is about to write for the last time. In a cluster another node may have purged: then nothing is written
// any more. fn comes exactly once, within a second.
void purge_before_last_writes(purge *p, void (*fn)(void *ctx), void *ctx);

#endif
