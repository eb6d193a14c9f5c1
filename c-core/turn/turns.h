// SPDX-License-Identifier: Apache-2.0
// Conversation turns: every post that the chat server hands us goes in here and comes out with exactly one outcome.
// Owns the queue of each session and the turns that are open.
#ifndef OC_TURN_TURNS_H
#define OC_TURN_TURNS_H

#include "account/accounts.h"
#include "delivery/journal.h"
#include "delivery/second_look.h"
#include "inbound/concern.h"
#include "interactions/place.h"
#include "turn/turn.h"

typedef struct turns turns;

typedef struct turns_parts { // borrowed, must outlive the turns
    loop *loop;
    chat *chat;
    const accounts *accounts;
    concern *concern;
    journal *journal;
    const command_world *commands; // NULL: commands typed as text are none
    pairings *paired;              // NULL: nobody is let in by pairing
    participation *threads;        // NULL: nobody remembers where the bots have answered
    pairing_desk *pairing;         // NULL: nobody can ask for it
    media *media;                  // NULL: answers have no files
    talk_settings *talk;           // NULL: nothing is set for conversations
    buttons *buttons;              // NULL: answers have none
    second_looks *looks;           // NULL: nobody looks at answers that an older edit may overwrite
    // A run waits for a person (an approval, a question): it is not ended for taking long. May be NULL.
    bool (*waits)(void *ctx, const char *run_id);
    // Whether a message answers a question of the agent (question_desk_hear). NULL: none does.
    void (*hear)(void *ctx, const question_said *said, question_heard_fn *fn, void *fn_ctx);
    void *ctx;
} turns_parts;

turns *turns_create(const turns_parts *parts);
void turns_destroy(
    turns *t); // open tickets stay unanswered: whoever comes next is handed those posts again; NULL-safe

// What a post of the server may hold; until it is told: Mattermost's own limit.
void turns_set_post_limit(turns *t, size_t max_runes);
// Accounts were added, changed or removed: what waits for one looks at it anew.
void turns_accounts_changed(turns *t);
// A gateway's state changed (accounts_events.status).
void turns_gateway_status(turns *t, const gateway *g, const gateway_status *status);
// Every account that the post may concern decides about it; the ticket gets one outcome when all have.
void turns_take(turns *t, const chat_post *post, chat_post_ticket *ticket);

// What earlier processes left: the nodes whose journals know of posts, and the gateways' boot ids (boots.h).
void turns_set_earlier(turns *t, const char *const *nodes, const char *boots);
// A post that nobody handed to us and that was found after a start. Its outcome goes to the journal alone.
void turns_take_missed(turns *t, const chat_post *post);
// A post that an account had turned down and now may answer (its sender was let in, an edit added a mention). suffix makes a
// new turn of it, "<turn id>.<suffix>". Nobody holds it for us: its outcome goes to the journal alone, and whoever stored
// that it is owed hands it in again after a start, with post->again. False: there is no such account at work.
bool turns_take_released(turns *t, const chat_post *post, const char *account_id, const char *suffix);
// Somebody clicked under an answer of the account (turns_clicks.h): said stands for what they would have written there.
bool turns_take_click(turns *t, const chat_post *said, const char *account_id, const char *suffix);
// A post was changed by its author or an integration. Turns of it that have not asked the agent yet go on with what it says
// now; an account that the change calls for the first time (edit_wakes.h) gets a turn "<turn id>.edit", once, unless it had
// answered or refused the post.
void turns_post_edited(turns *t, const chat_post *now, const chat_post *before, chat_post_ticket *ticket);
// A post was deleted: what was not answered yet is dropped, a run is aborted, what was shown of an answer is taken away.
void turns_post_deleted(turns *t, const char *post_id);
// A reaction to a post was added or taken off. When the post is one of our bots', the agent is told, if the rules let its
// sender talk to it: at once where wakeOnReaction says so, else with the next message of that conversation.
void turns_reaction(turns *t, const chat_reaction *reaction, bool added);
// Somebody who may talk to the agent there commands it to stop: what it does in that place is aborted, what the person has
// waiting there is dropped. Returns how many turns that were.
size_t turns_stop_place(turns *t, const bot_place *p);
// While posts that were missed are looked for, live ones wait, so that each conversation goes on in its order; for half a
// minute at most.
void turns_hold(turns *t, bool hold);
// What questions are open has become known, or can be answered by writing now: messages that wait are heard again.
void turns_hear_again(turns *t);
bool turns_has_room(const turns *t); // for missed posts: live ones come first

// The turn that waits for a run of the gateway's, and where it takes place.
bool turns_find_run(const turns *t, const char *run_id, ask_spot *out);
size_t turns_open(const turns *t);           // not finished yet
int64_t turns_safe_until_ms(const turns *t); // wall clock: every post before it has its outcome
const turn_counts *turns_get_counts(const turns *t);

#endif
