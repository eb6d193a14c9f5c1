// SPDX-License-Identifier: Apache-2.0
// Questions that agents ask people (ask_user), in the run's own place: posted, answered by who may talk to the agent there, and
// ended visibly however they end. Nothing here blocks. What they look like: question_form.h, question_words.h.
#ifndef OC_INTERACTIONS_QUESTION_DESK_H
#define OC_INTERACTIONS_QUESTION_DESK_H

#include "interactions/ask_spot.h"
#include "interactions/asks.h"
#include "interactions/place.h"

typedef struct question_desk question_desk;

typedef struct question_world { // copied; what it points to must outlive the desk
    loop *loop;
    asks *asks;
    buttons *buttons;
    accounts *accounts; // the desk listens to them
    ask_spots spots;
    const place_world *place;
} question_world;

question_desk *question_desk_create(const question_world *w);
void question_desk_destroy(question_desk *d); // NULL-safe

// A question of this run waits for somebody: the run is not dead.
bool question_desk_waits(const question_desk *d, const char *run_id);

#endif
