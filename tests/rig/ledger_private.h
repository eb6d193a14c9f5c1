// SPDX-License-Identifier: Apache-2.0
// What keeping and checking the ledger share.
#ifndef OC_RIG_LEDGER_PRIVATE_H
#define OC_RIG_LEDGER_PRIVATE_H

#include "ledger.h"

#include <uthash.h>
#include <utlist.h>

enum { QUESTION_DIGITS = 6 };

typedef struct line { // of a story; the newest first
    int64_t at_ms;
    char *text;
    struct line *next;
} line;

typedef struct question {
    int number;
    ask kind;
    char *place, *channel_id, *root_id;
    const char *post_id; // of its by_post
    int64_t create_at_ms;
    bool hook_lost;      // the plugin was not running when it was posted
    bool excused;        // the rig destroyed what would have led to it
    bool page_destroyed; // the rig destroyed the page of its record
    // the core's word
    int tickets;
    char *ticket_reason; // NULL: none but "duplicate"
    bool tickets_differ;
    int records, closed;
    char *record_reason;
    // the gateway's
    int begun, produced, lines, begin_order;
    int64_t began_ms;
    bool aborted, file_told; // told: the last way in which the core could learn of the answer named its file
    // what stands in the channel at the end
    int *seen; // of each line
    int sentences, notices;
    int files, wrong_files,
        file_lines;      // wrong: another question's, another channel's, broken, or on a second post
    int64_t answered_ms; // create_at of the first post of its answer
    bool misplaced;
    int leftovers; // posts that hold what only a preview may
    line *story;
} question;

typedef struct by_post {
    char *post_id;
    int number;
    UT_hash_handle hh;
} by_post;

typedef struct ledger_book {
    question *questions;
    int count, room, settled, event_count, begins;
    by_post *posts;
    line *events;
} ledger_book;

extern ledger_book BOOK;

question *ledger_question(const char *post_id); // NULL when there is none

#endif
