// SPDX-License-Identifier: Apache-2.0
// What the files of a turn share: turn.c (its life), turn_decide.c, turn_run.c, turn_deliver.c, one for the states of each.
// Not for others.
#ifndef OC_TURN_TURN_PRIVATE_H
#define OC_TURN_TURN_PRIVATE_H

#include "delivery/delivery.h"
#include "inbound/context.h"
#include "inbound/attachments_read.h"
#include "inbound/inbound.h"
#include "reply/presentation.h"
#include "reply/preview.h"
#include "session/session_key.h"
#include "turn/turn.h"

enum { // parts of a turn that are no parts of the answer; part numbers of an answer count from 0
    NOTICE_PART = -1,
    REPORT_PART = -2,
};

#define TURN_RUN_PREFIX "mm-" // before its id: what the gateway calls its run

typedef struct remembering remembering;
// The desk, or a command, cannot be told that nobody waits any more: the turn is found again, or not, through this.
typedef struct asking {
    turn *turn; // NULL: it was destroyed, or has ended, meanwhile
} asking;

struct turn {
    turn_world *world;
    account *account; // held
    char *id;         // in the journal, the markers and the run's key
    turn_events events;
    void *ctx;
    turn_state state;
    int64_t since_ms; // it has this state
    chat_post post;   // its strings and JSON are ours
    access_event event;
    bool quiet;    // as requested
    turn *earlier; // what it says goes in front of what this one says; NULL: nothing does
    char *place, *channel_name, *text;
    char *username;        // of who wrote it; "" when unknown
    bool by_person;        // no bot wrote it
    char *sender;          // what the agent is told of them: a name …
    cJSON *sender_profile; // … and what else is to be told, or NULL
    context *context;      // NULL: none
    char channel_type;
    chat_kind kind;
    reply_mode reply_mode; // of the rules when the post was admitted
    outcome_reason reason; // what the outcome will be once the delivery is through; the outcome when DONE
    int posted;            // parts of the answer
    int facts_tries;       // that failed for now
    bool let_in;           // by pairing, while it was being decided
    remembering *remembering;
    asking *asking;
    inbound *inbound;
    context_query *context_query;
    gateway_run *run;
    post_mark *mark;    // at the post; NULL: none
    preview *preview;   // of the answer while the agent works; NULL before
    delivery *delivery; // of the answer; NULL before there is something to post
    attachments_read *reading;
    bool files_read;
    char *files_text;      // what the message says of the post's files; NULL before they are read
    cJSON *images;         // that go with the run; NULL: none
    media_job *media;      // of the answer's files
    char *answer;          // while they are on their way
    cJSON *files;          // arrays of file ids, each for one post; NULL: none
    char *offered_post;    // that gets them
    presentation *choices; // that the answer offers; NULL: none
    bool showed;           // some of the answer, before its end
    int64_t run_at_ms;     // the agent was asked then
    bool heard;            // it has begun to answer
    bool begun;            // an earlier process had begun with it
    bool noted;            // the journal knows of it from us
    loop_timer typing, limit, away, show;
};

// --- turn.c ---
// The one place where a turn changes its state. What belongs to the state that is left ends here.
void turn_move(turn *t, turn_state to);
void turn_note(turn *t, record_state state, int parts);   // in the journal
void turn_takes_part(const turn *t);                      // in its thread: an answer becomes visible there
void turn_finish(turn *t, outcome_reason reason);         // → DONE
char *turn_session_key(const turn *t, const char *agent); // the caller frees it
void turn_show_typing(void *ctx);

// --- turn_mark.c ---
void turn_mark(turn *t, post_mark_kind kind); // by a reaction of the bot
void turn_unmark(turn *t);                    // also what an earlier process may have left

// --- turn_decide.c ---
void turn_forget_questions(turn *t); // what the journal and the pairing desk answer finds nobody

// --- turn_command.c ---
access_command turn_command_class(const char *text); // commands_class, and words that stop the agent
// → DELIVERING or DONE. What is answered must have a place (turn_place) when it says stop.
void turn_run_command(turn *t, const char *text);
void turn_run_stop(turn *t, bool addressed);
// → DELIVERING or DONE: tells who wrote it, and them alone, without asking the agent.
void turn_tell(turn *t, const char *text, const cJSON *props, outcome_reason reason);

// --- turn_prompt.c ---
// What the agent is given; the caller frees them.
char *turn_message(const turn *t);
char *turn_system_prompt(const turn *t);
// Of the channel; NULL in a direct message.
const group_config *turn_group(const turn *t);

// --- turn_run.c ---
// The agent that answers there; "" for the gateway's default.
const char *turn_agent(const turn *t);

// --- turn_attach.c ---
// RUNNING → ATTACHING when the answer has files, else → DELIVERING.
void turn_answered(turn *t, const gateway_run_result *result);

// --- turn_offer.c ---
// The answer's text with what its presentations say; what can be clicked is kept for turn_offer. The caller frees it.
char *turn_read_choices(turn *t, const gateway_run_result *result);
// DELIVERING → OFFERING → DONE: under the post.
void turn_offer(turn *t, const char *post_id);

// --- turn_show.c ---
// In UTF-16 units: the account's limit or the server's.
size_t turn_post_limit(const turn *t);
// What shows the answer: by the account's rules and what was set for the conversation. The account has rules.
preview *turn_new_preview(const turn *t);
void turn_show_text(turn *t, const char *so_far);
void turn_show_activity(turn *t, const gateway_activity *activity);
// The posts of the answer, begun when they are first asked for.
delivery *turn_posts(turn *t);
// The texts as parts, which borrow them; what is too much becomes a word about it. Returns their number.
size_t turn_parts_of(const turn *t, chunks *c, part out[PARTS_MAX]);

// --- turn_deliver.c ---
// → DELIVERING: the answer, or the sentence that there is none, becomes what stands in the channel.
void turn_deliver(turn *t, const char *text, outcome_reason reason);
// → DELIVERING when something may have been shown, which is taken away; else → DONE.
void turn_end_silently(turn *t, outcome_reason reason);

#endif
