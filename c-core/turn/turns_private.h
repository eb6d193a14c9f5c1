// SPDX-License-Identifier: Apache-2.0
// What turns.c (posts, queues, outcomes) and turns_changes.c (edits, deletions) share. Not for others.
#ifndef OC_TURN_TURNS_PRIVATE_H
#define OC_TURN_TURNS_PRIVATE_H

#include "turn/joined.h"
#include "turn/limits.h"
#include "turn/lately.h"
#include "turn/turns.h"

#include <uthash.h>

typedef struct reaction_query reaction_query;
typedef struct hearing hearing;
typedef struct place place;
typedef struct entry { // one turn in its queue
    turns *owner;
    turn *turn;           // NULL while it is not known which accounts the post concerns …
    concern_query *query; // … which is being asked
    chat_post post;       // its strings and JSON are ours
    joined *joined;       // NULL once the outcome was told
    place *place;         // NULL until it stands in a queue
    bool decided;         // it is to be answered, but an earlier post of its channel may still be undecided
    bool entered;         // it was given a place in a queue, or refused
    bool missed;          // nobody handed it to us: it was looked for
    bool released;        // an account had turned it down before
    bool pausing;         // it waits whether its author goes on writing
    hearing *hearing;     // whether it answers a question is being found out; NULL: it is not
    bool perhaps;         // that could not be told yet: it must not go on
    int burst;            // posts of the burst that ends with it
    int64_t burst_until_ms;
    loop_timer pause;
    struct entry *follows; // the next post of the burst, with which it is answered; NULL: none
    struct entry *prev, *next;
} entry;

struct place { // one conversation
    char *name;
    entry *queue;        // the first one is being answered
    const gateway *told; // people were told that this one is away, once for each outage; not to be followed
    bool told_old;       // that something was found too late, once
    bool running;        // the first one has a slot
    bool in_line;        // it waits for a slot
    place *prev, *next;  // in that line
    UT_hash_handle hh;
};

struct turns {
    turn_world world;
    const accounts *accounts;
    concern *concern;
    lately *seen; // ids of turns that were begun, against duplicates
    place *places;
    place *line; // who waits for a slot: first come, first served, so that no session crowds out the others
    int running, told_old;
    limits *limits;
    entry *outside;  // turns that are in no queue: being decided, or refused because the queue is full
    entry *finished; // destroyed in the next round of the loop
    size_t open;
    loop_timer sweep, hold_limit;
    bool holding; // missed posts are being looked for
    void (*hear)(void *ctx, const question_said *said, question_heard_fn *fn,
                 void *fn_ctx); // as in turns_parts
    void *hear_ctx;
    size_t missed_open;
    reaction_query *reactions; // whose posts are being read
    size_t reactions_open;
    unsigned reaction_number;
};

// In the outside list's or a place's stead it goes to the finished ones; it stays valid until the next round of the loop.
void turns_finish(entry *e, outcome_reason reason);
// Takes the ticket's share; the entry stands in no list yet.
entry *turns_open_entry(turns *t, const chat_post *post, joined *ticket);
void turns_ask_concern(entry *e); // which accounts the entry's post concerns

// The oldest posts of the channel that are decided enter their queues.
void turns_enter_in_order(turns *t, const char *channel_id);
// It is to be answered. Returns whether it waits for its author to go on; what they wrote before goes along or first.
bool turns_debounce(entry *e);
// It has its outcome: so have those that go along with it.
void turns_end_burst(entry *e, outcome_reason reason);
// Whether two posts are said by the same person in the same conversation, and whether one may be joined with others at all.
bool turns_same_burst(const entry *a, const entry *b);
bool turns_may_join(const entry *e);
// What was set for the conversation (turns_queue.c): whether it may enter its queue behind others; it has entered.
bool turns_queue_takes(turns *t, const place *p, const entry *e);
void turns_queue_entered(turns *t, place *p, entry *e);
void turns_forget_reactions(turns *t); // what the server answers finds nobody

// Finds out whether it answers a question of the agent (turns_hear.c): then it ends; else it goes on, perhaps before this returns.
void turns_hear(entry *e);
void turns_forget_hearing(entry *e); // what is found out finds nobody
void turns_admitted(entry *e);       // it answers none
void turns_go_on(entry *e);          // it stands in a queue, and may go on now
void turns_leave_queue(entry *e);    // nobody waits for it any more

// What a turn that says stop stops (turn_events.stop).
size_t turns_stop(entry *by);

// A further turn of a post that an account had turned down: "<turn id>.<suffix>". Once.
typedef struct release {
    account *account;
    const chat_post *post;
    const char *suffix;
    access_event event;
    bool quiet;     // the agent is told with the next message of the conversation, not asked
    joined *ticket; // a share, which is taken
} release;
void turns_release(turns *t, const release *r);

#endif
