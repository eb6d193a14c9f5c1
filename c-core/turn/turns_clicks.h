// SPDX-License-Identifier: Apache-2.0
// Clicks on buttons and menus of the agent's answers: each becomes a turn, as if the person had written what they chose. A choice
// that was taken is owed an answer: it is kept in the store until the journal knows its outcome, and taken up after a restart.
#ifndef OC_TURN_TURNS_CLICKS_H
#define OC_TURN_TURNS_CLICKS_H

#include "interactions/place.h"
#include "turn/turns.h"

#define CLICKS_KIND "turn"

typedef struct clicks clicks;

typedef struct clicks_world { // copied; what it points to must outlive them
    loop *loop;
    chat *chat;
    buttons *buttons;
    turns *turns;
    journal *journal;
    const char *node; // whose core this is
    place_world places;
} clicks_world;

// Registers the kind with the buttons, which must end first.
clicks *clicks_create(const clicks_world *w);
// There are accounts: what an earlier process of this node left is done. Once.
void clicks_resume(clicks *c);
void clicks_destroy(clicks *c); // NULL-safe

// What the agent is given of a click; the caller frees it. Pure.
char *clicks_text(const char *label, const char *value, const char *post_id);

#endif
