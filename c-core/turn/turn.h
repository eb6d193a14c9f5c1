// SPDX-License-Identifier: Apache-2.0
// One conversation turn, from a post to its outcome: a state machine. turns.h owns them and says when one may run.
#ifndef OC_TURN_TURN_H
#define OC_TURN_TURN_H

#include "turn/turns.h"

typedef enum turn_state {
    TURN_DECIDING,   // facts about the post are being gathered
    TURN_QUEUED,     // it will be answered, but an earlier message of its session comes first
    TURN_WAITING,    // its turn, but the gateway is away
    TURN_RUNNING,    // the agent works on it
    TURN_DELIVERING, // the answer, or the sentence that there is none, is being posted
    TURN_DONE,       // its outcome was told
} turn_state;
const char *turn_state_name(turn_state s);

typedef struct turn turn;

// What all turns share; owned by turns.c, read when needed, so that new settings count at once.
typedef struct turn_world {
    loop *loop;
    chat *chat;
    gateway *gateway;
    const config *config; // NULL: no valid settings
    char *bot_user_id, *bot_username;
} turn_world;

typedef struct turn_events {
    void (*admitted)(void *ctx, turn *t); // DECIDING → QUEUED: it has a session now
    void (*finished)(void *ctx, turn *t); // DONE: destroy it soon, but not from here
} turn_events;

// w is borrowed; post is copied; the ticket is taken over.
turn *turn_create(const turn_world *w, const chat_post *post, chat_post_ticket *ticket, const turn_events *events,
                  void *ctx);
// Starts deciding about the same post. Callbacks may come before this returns; the turn must not be destroyed in them.
void turn_decide(turn *t, const chat_post *post);
void turn_destroy(turn *t); // what is open is given up; without an outcome the next core gets the post again. NULL-safe

turn_state turn_get_state(const turn *t);
// Where the conversation takes place: turns with the same place are answered one after another. Known once admitted.
const char *turn_place(const turn *t);
// QUEUED or WAITING → RUNNING when the gateway is ready, else WAITING. say_away: tell the person, once things stay so.
void turn_go(turn *t, bool say_away);
// QUEUED → DELIVERING: the queue is full.
void turn_refuse(turn *t);

#endif
