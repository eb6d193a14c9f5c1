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
    void (*changed)(void *ctx); // what was QUESTION_PERHAPS can be told now. NULL: nobody wants to know
    void *ctx;
} question_world;

question_desk *question_desk_create(const question_world *w);
void question_desk_destroy(question_desk *d); // NULL-safe

// A question of this run waits for somebody: the run is not dead.
bool question_desk_waits(const question_desk *d, const char *run_id);

// --- answers that people write (question_heard.c), where a question's post has no buttons ---

typedef struct question_said { // a message that would go to the agent; copied
    const account *account;
    const char *place;  // the session's key, with "main" for an agent that is not configured (turn_place)
    const char *run_id; // of the run that the conversation waits for; "" for none
    const char *channel_id, *post_id;
    const char *user_id, *username;
    const char *text; // without the bot's mention
    bool with_files;
    bool again;    // an earlier process may have taken it
    int64_t at_ms; // of the server's clock
} question_said;

typedef enum question_heard {
    QUESTION_NOT_MEANT, // the agent is asked, or the message waits
    QUESTION_PERHAPS, // it must wait: what is open is not known now. question_world.changed says when to ask again
    QUESTION_ANSWERED_BY_IT,
    QUESTION_MISSED, // it is no answer, which the sentence says; the question stays open
} question_heard;
// sentence: marked (words/words.h), for who wrote it; "" for none. Exactly once, perhaps before question_desk_hear returns.
typedef void question_heard_fn(void *ctx, question_heard heard, const char *sentence);
// Whether the message answers a question of its conversation: one whose post stands in that channel without buttons and is older.
// One that does is on its way to the gateway once only, whoever dies meanwhile: it is noted with the question before it is sent.
void question_desk_hear(question_desk *d, const question_said *said, question_heard_fn *fn, void *ctx);

#endif
