// SPDX-License-Identifier: Apache-2.0
// The posts of one answer: what is wanted, what stands in the channel, and which step brings the one nearer to the other.
// Pure.
#ifndef OC_DELIVERY_PARTS_H
#define OC_DELIVERY_PARTS_H

#include "delivery/pace.h"

#include <cJSON.h>
#include <stddef.h>

typedef struct part {      // wanted; borrowed
    const char *text;      // may be "" when there are files
    const cJSON *file_ids; // array, or NULL for none
} part;

typedef struct kept_part { // the same, ours
    char *text;
    cJSON *file_ids;
} kept_part;
kept_part part_keep(const part *p);
void part_free(kept_part *p);

typedef struct standing { // a post of ours in the channel; nothing stands where post_id is NULL
    char *post_id, *text;
    bool files_there;
} standing;

enum { PARTS_MAX = 40 }; // posts of one answer

typedef struct part_list {
    kept_part wanted[PARTS_MAX];
    size_t wanted_count;
    standing standing[PARTS_MAX]; // by part number
    bool final;                   // wanted is the end; until then it grows
    int edits_made;
    int64_t paced_ms; // when the last call for a growing answer was made; 0: none yet
} part_list;

typedef enum parts_step {
    PARTS_CREATE, // post part number
    PARTS_EDIT,   // give the post of part number its text and files
    PARTS_DELETE, // take the post of part number away
    PARTS_WAIT,   // nothing before until_ms
    PARTS_IDLE,   // nothing to do until something else is wanted
    PARTS_DONE,   // final, and all stands as it is wanted
} parts_step;

typedef struct parts_next {
    parts_step step;
    size_t number;
    int64_t until_ms; // of PARTS_WAIT
} parts_next;

void parts_want(part_list *p, const part *wanted, size_t count, bool final); // copies
void parts_stands(part_list *p, size_t number, const char *post_id, const char *text, bool files_there);
void parts_gone(part_list *p, size_t number); // the post is not there (any more)
void parts_free(part_list *p);
size_t parts_standing_count(const part_list *p);
bool parts_all_stand(const part_list *p); // every wanted one has a post, with whatever text

// When the next edit of a growing answer may be made; INT64_MAX: only its end is left.
int64_t parts_due_ms(const part_list *p, const pace_rules *rules);
// Parts are posted in order. A growing answer is edited by the pace, and keeps one edit for its end; the end needs no
// pace. What is too much is taken away only at the end, so that nothing flickers.
parts_next parts_choose(const part_list *p, const pace_rules *rules, int64_t now_ms);

#endif
