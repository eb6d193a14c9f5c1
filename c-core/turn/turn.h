// SPDX-License-Identifier: Apache-2.0
// One conversation turn, from a post to the outcome that an account gives it: a state machine. turns.h owns them and says
// when one may run.
#ifndef OC_TURN_TURN_H
#define OC_TURN_TURN_H

#include "interactions/ask_spot.h"
#include "account/account.h"
#include "chat/chat.h"
#include "delivery/boots.h"
#include "delivery/journal.h"
#include "delivery/pace.h"
#include "delivery/second_look.h"
#include "inbound/access.h"
#include "interactions/buttons.h"
#include "interactions/commands.h"
#include "interactions/pairing.h"
#include "interactions/question_desk.h"
#include "reply/media.h"
#include "store/participation.h"
#include "store/talk_settings.h"
#include "turn/lately.h"
#include "turn/pending_lines.h"
#include "turn/post_marks.h"

typedef enum turn_state {
    TURN_REMEMBERING, // an earlier process may have handled the post: the journal is asked
    TURN_DECIDING,    // facts about the post are being gathered
    TURN_QUEUED,      // it will be answered, but an earlier message of its session comes first
    TURN_WAITING,     // its turn, but the gateway is away
    TURN_READING,     // its turn: the post's files are being read
    TURN_RUNNING,     // the agent works on it
    TURN_ATTACHING,   // its answer's files are being uploaded
    TURN_DELIVERING,  // the answer, or the sentence that there is none, is being posted
    TURN_OFFERING,    // it stands there, and gets the buttons and menus that the agent has attached
    TURN_REPORTING,   // the answer could not be posted: one sentence that says so is
    TURN_DONE,        // it has its outcome
} turn_state;
const char *turn_state_name(turn_state s);

typedef struct turn turn;

// Answers that the agent gave: produced = posted + reported lost + still being posted.
typedef struct turn_counts {
    int64_t produced, posted, reported_lost;
} turn_counts;

// What all turns share; owned by turns.c, read when needed, so that what is new counts at once.
typedef struct turn_world {
    loop *loop;
    chat *chat;
    journal *journal;
    const command_world *commands; // for commands typed as text; NULL: there are none
    pairings *paired;              // who was let in; NULL: nobody
    participation *threads;        // in which the bots have answered; NULL: in none
    pending_lines *pending;        // what the agent is told with the next message
    post_marks *marks;             // reactions of the bots at the posts that they work on
    lately *hints;                 // who was told how to invite the bot
    pairing_desk *pairing;         // whom strangers are sent to; NULL: nobody
    char **nodes;        // whose journals are asked about posts of earlier processes; NULL: only this node's
    char *earlier_boots; // boot ids of the gateways that earlier processes of this node talked to (boots.h)
    boots_seen boots;    // of those that this one talks to
    media *media;        // NULL: answers have no files
    talk_settings *talk; // what people have set for conversations; NULL: nothing
    buttons *buttons;    // NULL: answers have none
    // The run waits for a person, so it is not dead. NULL: none ever does.
    bool (*waits)(void *ctx, const char *run_id);
    void *waits_ctx;
    size_t post_max_runes; // of the server's posts; 0: not known
    pace_bucket edits;     // of all growing answers
    second_looks *looks;   // at answers that an older edit may overwrite; NULL: nobody looks
    turn_counts counts;
} turn_world;

typedef struct turn_events {
    void (*admitted)(void *ctx, turn *t); // DECIDING → QUEUED: it has a session now
    // Its post says that the agent shall stop: what is open in its conversation is dropped. Returns how many turns were.
    size_t (*stop)(void *ctx, turn *t);
    void (*finished)(void *ctx, turn *t); // DONE: destroy it soon, but not from here
} turn_events;

typedef struct turn_request { // copied
    account *account;         // who is asked; held
    const char *id;           // account_turn_id, perhaps with a suffix
    access_event event;       // what is decided about: a post or an edit
    const chat_post *post;
    bool
        quiet; // what the post says is remembered for the next turn of its conversation, the agent is not asked
} turn_request;

// w is borrowed.
turn *turn_create(turn_world *w, const turn_request *request, const turn_events *events, void *ctx);
// Starts deciding. Callbacks may come before this returns; the turn must not be destroyed in them.
void turn_decide(turn *t);
void turn_destroy(turn *t); // what is open is given up. NULL-safe

turn_state turn_get_state(const turn *t);
outcome_reason turn_outcome(const turn *t); // when DONE
// Where the conversation takes place: turns with the same place are answered one after another. Known once admitted.
const char *turn_place(const turn *t);
// Both QUEUED: what t says goes in front of what the later one says, as one message, until it is unfollowed.
void turn_follow(turn *t, turn *later);
void turn_unfollow(turn *t, turn *later);
// QUEUED, with what was said in front of it: whether it may answer a question of the agent; out is borrowed from it until it changes,
// text is the caller's to free. run_id stays "", again is the post's.
bool turn_says(const turn *t, question_said *out, char **text);
// QUEUED → DELIVERING or DONE: it goes to nobody else. sentence: for who wrote it, marked (words/words.h); "" for none.
void turn_heard(turn *t, const char *sentence, outcome_reason reason);
// What the gateway calls the run of a turn; the caller frees it.
char *turn_run_id(const turn *t);
// QUEUED: others come first, which the person is shown.
void turn_stand_in_line(turn *t);
// QUEUED or WAITING → RUNNING when the gateway is ready, else WAITING. say_away: tell the person, once things stay so.
void turn_go(turn *t, bool say_away);
// QUEUED → DELIVERING: says the sentence instead of asking the agent (NULL: says nothing) and ends with the reason.
void turn_refuse(turn *t, const char *sentence, outcome_reason reason);
account *turn_account(const turn *t);
// RUNNING: what the gateway calls its run is this, and out says where it takes place.
bool turn_runs(const turn *t, const char *run_id, ask_spot *out);
// Of what it says where its conversation takes place: the person's in a direct message, else the server's. Known once
// admitted.
words_lang turn_lang(const turn *t);
// What its posts stand under, "" for none; known once admitted.
const char *turn_reply_root(const turn *t);
// The post says something else now. Before RUNNING it is decided anew by that, later nothing changes.
void turn_revise(turn *t, const chat_post *now);
// Before DELIVERING: ends without an answer; a run is aborted, what was shown is taken away. Later nothing changes.
void turn_drop(turn *t, outcome_reason reason);

#endif
