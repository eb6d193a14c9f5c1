// SPDX-License-Identifier: Apache-2.0
// What was asked, what became of it, and what the fakes saw: kept by them alone, never by the product's own counters.
// A question's text and its answer name it, so content decides.
#ifndef OC_RIG_LEDGER_H
#define OC_RIG_LEDGER_H

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum ask {
    ASK_ADDRESSED,
    ASK_REFUSED,
    ASK_ELSEWHERE
} ask; // to the bot; by a stranger; not to the bot

// A new question: its number, from 1. place: the conversation, in which order counts.
int ledger_ask(ask kind, const char *place);
void ledger_posted(int question, const char *post_id, const char *channel_id, const char *root_id,
                   int64_t create_at_ms);
void ledger_excuse(
    int64_t from_ms); // what was posted since then without a hook may be lost: its trace was destroyed
void ledger_hook_lost(const char *post_id);
void ledger_unaddressed(const char *post_id); // a post of the bot's own and the like: no story

void ledger_story(const char *post_id, const char *what);
void ledger_event(const char *what, const char *why); // concerns all stories
void ledger_ticket(const char *post_id, const char *outcome, const char *reason);

// --- the gateway's part; message is what the run was given ---
void ledger_run_taken(const char *message, const char *run_id, const char *session_key);
void ledger_run_begun(const char *message, const char *run_id, const char *session_key);
void ledger_run_interrupted(const char *message);
void ledger_run_aborted(const char *message);
void ledger_run_ended(const char *message, const char *run_id, bool with_answer);
int ledger_number_in(const char *message); // 0: it names no question
// The core can know the answer now: with its file, or by a way (history, agent.wait) that tells of words alone.
void ledger_answer_told(const char *message, bool with_file);
char *ledger_answer(const char *message, int lines); // the text to be answered; the caller frees it

// --- the server's part ---
void ledger_bot_post(
    const cJSON *post); // created; its words as they are at the end are read again by the check
void ledger_bot_edit(const cJSON *post);
void ledger_page(const char *value, int len); // a journal page as it is at the end
void ledger_page_destroyed(int64_t minute);

bool ledger_all_settled(void); // every addressed question has a ticket or a hook that was lost
// Prints ledger and failures; returns the number of invariants that do not hold.
int ledger_check(const cJSON *bot_posts, const char *replay, int thin_states, bool faults);
void ledger_end(void);

#endif
