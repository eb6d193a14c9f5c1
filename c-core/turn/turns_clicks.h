// SPDX-License-Identifier: Apache-2.0
// Clicks on buttons and menus of the agent's answers: each becomes a turn, as if the person had written what they chose.
#ifndef OC_TURN_TURNS_CLICKS_H
#define OC_TURN_TURNS_CLICKS_H

#include "interactions/place.h"
#include "turn/turns.h"

#define CLICKS_KIND "turn"

typedef struct clicks clicks;

// Registers the kind with b. All are borrowed and must outlive it, and it must outlive b.
clicks *clicks_create(buttons *b, turns *t, const place_world *places);
void clicks_destroy(clicks *c); // NULL-safe

// What the agent is given of a click; the caller frees it. Pure.
char *clicks_text(const char *label, const char *value, const char *post_id);

#endif
