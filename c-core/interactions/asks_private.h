// SPDX-License-Identifier: Apache-2.0
// What asks.c (posting), asks_find.c (what an earlier process left) and asks_close.c (deciding, closing) share. Not for others.
#ifndef OC_INTERACTIONS_ASKS_PRIVATE_H
#define OC_INTERACTIONS_ASKS_PRIVATE_H

#include "interactions/asks.h"

typedef struct kept_place {                                          // of a request, ours
    char *channel_id, *root_id, *user_id, *reader_id, *text, *plain; // plain may be NULL
    bool with_buttons;
} kept_place;

typedef enum opening_state {
    OPENING_CLAIMING, // whether this node posts it is being decided
    OPENING_LEFT,     // another node is at it; looked at again when that may have died
    OPENING_POSTING,  // one place after the other
    OPENING_NOTING,   // what stands is being stored
} opening_state;

typedef struct closing closing;

// One ask on its way into its posts.
typedef struct opening {
    asks *owner;
    opening_state state;
    open_ask ask; // as it is to be stored
    char *bot_user_id;
    kept_place *places;
    size_t place_count, at; // at: the one that is being posted
    button_action *actions;
    size_t action_count;
    cJSON *texts; // of the actions, owned
    int64_t lives_ms;
    bool earlier, look; // look: some of it may stand already
    ask_claim claim;
    char nonce[ASK_NAME_BYTES]; // of the set that the present place gets
    cJSON *props;               // of its post
    int tries;
    closing *close; // the matter is over: closed as soon as what stands is known; NULL: not yet
    loop_timer again;
    struct opening *prev, *next;
} opening;

struct asks {
    asks_world world;
    opening *openings;
    closing *closings;
};

// asks.c
opening *asks_opening(const asks *a, const char *kind, const char *id);
void asks_opening_end(opening *o); // it is not under way any more
// post: its id, channel and time; NULL: the place gets none.
void asks_place_done(opening *o, const chat_post *post, const char *nonce);

// The language of the place that is being posted.
words_lang asks_place_lang(const opening *o);

// asks_find.c: ends in asks_place_done when the post stands already, else in asks_post_place.
void asks_find_place(opening *o);
void asks_post_place(opening *o);
cJSON *asks_marker(const opening *o); // new props
const char *asks_marker_nonce(const cJSON *props);

// asks_close.c
void asks_close_begin(closing *c);  // owns c
void asks_closing_drop(closing *c); // not begun; NULL-safe
void asks_closings_end(asks *a);
// Without words of the caller: it was over before its posts were noted.
void asks_close_posts(asks *a, const open_ask *ask, const char *text);

#endif
