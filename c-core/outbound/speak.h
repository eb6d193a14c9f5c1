// SPDX-License-Identifier: Apache-2.0
// The agent speaks first: what agents say in our conversations without having been asked here (cron jobs, wakes, heartbeats that say something, turns that the gateway
// took up again, other clients) is posted there once, by the right bot, also when it was said while nobody was listening. A final that
// is heard, and each connect, lead to a look into the session's history; what was dealt with is kept (spoken.h), and each post's
// marker names its run. Works while this process is active only: of several nodes one is.
#ifndef OC_OUTBOUND_SPEAK_H
#define OC_OUTBOUND_SPEAK_H

#include "outbound/speak_post.h"

typedef struct speak speak;

enum { SPEAK_TALKS_MAX = 2000, SPEAK_TALKS_AT_ONCE = 8 };

typedef struct speak_parts { // borrowed, outlive it
    loop *loop;
    chat *chat;
    accounts *accounts;
    resolver *resolver;
    media *media;
    pairings *paired;
    participation *threads;
    void (*about_to)(void *ctx); // before something is looked at: is this process still the one? May be NULL
    bool (*may)(void *ctx);      // asked before each message; may be NULL
    void *ctx;
} speak_parts;

// Listens at the accounts' gateways (before the first accounts_apply).
speak *speak_create(const speak_parts *parts);
void speak_destroy(speak *s); // NULL-safe
void speak_set_post_limit(speak *s, size_t runes);
// Not active at the beginning. Without it nothing is looked at, and what was begun is left to whoever is active then.
void speak_set_active(speak *s, bool active);
void speak_flush(speak *s); // what was dealt with is written down now; nobody is told

#endif
