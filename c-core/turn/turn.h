// SPDX-License-Identifier: Apache-2.0
// One conversation turn, from a post to its outcome: a state machine. turns.h owns them and says when one may run.
#ifndef OC_TURN_TURN_H
#define OC_TURN_TURN_H

#include "delivery/journal.h"
#include "turn/turns.h"

typedef enum turn_state {
    TURN_REMEMBERING, // an earlier process may have handled the post: the journal is asked
    TURN_DECIDING,    // facts about the post are being gathered
    TURN_QUEUED,      // it will be answered, but an earlier message of its session comes first
    TURN_WAITING,     // its turn, but the gateway is away
    TURN_RUNNING,     // the agent works on it
    TURN_DELIVERING,  // the answer, or the sentence that there is none, is being posted
    TURN_REPORTING,   // the answer could not be posted: one sentence that says so is
    TURN_DONE,        // its outcome was told
} turn_state;
const char *turn_state_name(turn_state s);

typedef struct turn turn;

// What all turns share; owned by turns.c, read when needed, so that new settings count at once.
typedef struct turn_world {
    loop *loop;
    chat *chat;
    gateway *gateway;
    journal *journal;
    const config *config; // NULL: no valid settings
    char *bot_user_id, *bot_username;
    char **nodes; // whose journals are asked about posts of earlier processes; NULL: only this node's
    char *earlier_boot_id; // of the gateway that the process before this one talked to
    turn_counts counts;
} turn_world;

typedef struct turn_events {
    void (*admitted)(void *ctx, turn *t); // DECIDING → QUEUED: it has a session now
    void (*finished)(void *ctx, turn *t); // DONE: destroy it soon, but not from here
} turn_events;

// w is borrowed; post is copied; the ticket is taken over and may be NULL.
turn *turn_create(turn_world *w, const chat_post *post, chat_post_ticket *ticket, const turn_events *events,
                  void *ctx);
// Starts deciding. Callbacks may come before this returns; the turn must not be destroyed in them.
void turn_decide(turn *t);
void turn_destroy(
    turn *t); // what is open is given up; without an outcome the next core gets the post again. NULL-safe

turn_state turn_get_state(const turn *t);
// Where the conversation takes place: turns with the same place are answered one after another. Known once admitted.
const char *turn_place(const turn *t);
// QUEUED or WAITING → RUNNING when the gateway is ready, else WAITING. say_away: tell the person, once things stay so.
void turn_go(turn *t, bool say_away);
// QUEUED → DELIVERING: says the sentence instead of asking the agent (NULL: says nothing) and ends with the reason.
void turn_refuse(turn *t, const char *sentence, outcome_reason reason);
const char *turn_user_id(const turn *t);
const char *turn_channel_id(const turn *t);
int64_t turn_create_at_ms(const turn *t); // the post's, wall clock
bool turn_again(const turn *t);           // an earlier process may have handled it

#endif
