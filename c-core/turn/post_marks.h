// SPDX-License-Identifier: Apache-2.0
// Reactions by which a bot shows at a post how it stands with it: at most one at a time, taken off in the end. One call is
// open at a time, for the server carries out several in any order; what fails is tried again a few times.
#ifndef OC_TURN_POST_MARKS_H
#define OC_TURN_POST_MARKS_H

#include "chat/chat.h"

typedef struct loop loop;
typedef struct post_marks post_marks;
typedef struct post_mark post_mark;

typedef enum post_mark_kind {
    POST_MARK_QUEUED, // an earlier message comes first
    POST_MARK_AT_WORK,
    POST_MARK_KINDS,
    POST_MARK_NONE,
} post_mark_kind;

post_marks *post_marks_create(loop *l, chat *c);
void post_marks_destroy(post_marks *m); // what is shown stays; NULL-safe

typedef struct post_mark_request { // copied
    const char *bot_user_id, *post_id;
    const char *emoji[POST_MARK_KINDS]; // names without colons; "" for a kind that is not shown
    bool maybe_shown;                   // by an earlier process, any of them
} post_mark_request;
// Nothing is shown yet. To be ended or left.
post_mark *post_mark_begin(post_marks *m, const post_mark_request *request);
void post_mark_show(post_mark *k, post_mark_kind kind); // instead of what was shown; NULL-safe
void post_mark_end(
    post_mark *k); // takes off what is shown, soon, and what an earlier process may have; NULL-safe
void post_mark_leave(post_mark *k); // what is shown stays; NULL-safe

#endif
