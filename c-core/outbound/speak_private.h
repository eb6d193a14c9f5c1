// SPDX-License-Identifier: Apache-2.0
// What speak.c (gateways, what was missed) and speak_talk.c (one session) share. Not for others.
#ifndef OC_OUTBOUND_SPEAK_PRIVATE_H
#define OC_OUTBOUND_SPEAK_PRIVATE_H

#include "outbound/speak.h"
#include "outbound/speak_find.h"
#include "outbound/spoken_store.h"

#include <uthash.h>

typedef struct talk talk;

typedef enum scan_state {
    SCAN_NONE,    // nothing to look for: it was, or the gateway is away
    SCAN_LOADING, // reading from the store what was dealt with
    SCAN_PAUSED,  // that, or the list, could not be read; tried again when the timer rings
    SCAN_LISTING, // asking the gateway for sessions that were used since then
    SCAN_TALKING, // these sessions are being looked at
} scan_state;

typedef struct source { // a gateway
    speak *owner;
    gateway *gateway;
    spoken_store *store;
    scan_state scan;
    bool again;        // more was heard than fits: it is looked for once more
    int64_t listed_ms; // of the gateway's clock, when the scan began; 0: never
    int64_t heard_ms;  // the same moment on the loop's clock
    int64_t
        active_ms; // of the gateway's clock: what was said from then on nobody else has posted. INT64_MAX: not known yet
    open_request *request;
    talk *talks; // by session key
    size_t at_work;
    loop_timer timer; // of SCAN_PAUSED, and of moving on
    struct source *next;
} source;

struct speak {
    speak_parts parts;
    speak_world world;
    source *sources;
    bool active;
};

// --- speak.c ---
void source_talk_ended(source *of);
bool speak_may(speak *s);

// --- speak_talk.c ---
// The session is to be looked at. final: what was heard of it, or NULL. False: too many are waiting.
bool talk_want(source *of, const char *session_key, const gateway_final *final);
void talks_go_on(source *of); // as many as may be at work
void talks_drop(source *of);  // all of them

#endif
