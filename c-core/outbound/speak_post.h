// SPDX-License-Identifier: Apache-2.0
// One message that an agent begins, on its way into its conversation: the place is found and may be written to, its files are
// fetched, its posts are made once (delivery.h; the marker names the run).
#ifndef OC_OUTBOUND_SPEAK_POST_H
#define OC_OUTBOUND_SPEAK_POST_H

#include "account/accounts.h"
#include "outbound/flood.h"
#include "outbound/resolve.h"
#include "reply/media.h"
#include "session/session_of_key.h"
#include "store/pairings.h"
#include "store/participation.h"

typedef struct speak_world { // borrowed, outlives every post
    loop *loop;
    chat *chat;
    resolver *resolver;
    media *media;
    pairings *paired;
    participation *threads;
    flood *flood;
    size_t post_limit; // of the server, in runes
} speak_world;

typedef struct speak_message { // borrowed for the call
    account *account;
    const session_of *place;
    const char *session_key, *id; // id: spoken.h, names it in the markers
    const char *text;             // with its MEDIA: lines
    bool maybe_posted;            // an earlier process, or another node, may have posted it
} speak_message;

typedef enum speak_end {
    SPEAK_POSTED,
    SPEAK_NOTHING, // silence, held back by the limit, or there is no such place for it: it is dealt with
    SPEAK_FAILED,  // it may be tried again
} speak_end;
typedef void speak_post_fn(void *ctx, speak_end end);

typedef struct speak_post speak_post;
// Calls back exactly once, never from inside, and is gone then.
speak_post *speak_post_start(speak_world *w, const speak_message *m, speak_post_fn *fn, void *ctx);
void speak_post_cancel(speak_post *p); // no callback; a call that is under way may still arrive. NULL-safe

#endif
