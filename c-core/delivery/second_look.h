// SPDX-License-Identifier: Apache-2.0
// Answers that an earlier process had begun to show, or of which an edit's end is not known: the server may still carry out that
// older edit after ours, and would leave a preview in place of the answer. So the posts are looked at twice more, and put right.
// What is not looked at because the process ends is lost: a process that dies twice within a minute.
#ifndef OC_DELIVERY_SECOND_LOOK_H
#define OC_DELIVERY_SECOND_LOOK_H

#include "base/loop.h"
#include "chat/chat.h"

struct part; // delivery/parts.h

typedef struct second_looks second_looks;

// An edit that was asked for is carried out within a minute or never: the server's statements end after 30 s by themselves.
enum { SECOND_LOOKS_MAX = 500, SECOND_LOOK_MS = 15 * 1000, LAST_LOOK_MS = 60 * 1000 };

// Both are borrowed and must outlive it.
second_looks *second_looks_create(loop *l, chat *c);
void second_looks_destroy(second_looks *s); // NULL-safe
// The post has this text and these files now, and keeps them. Does not block; above the maximum nothing is looked at.
void second_looks_add(second_looks *s, const char *post_id, const struct part *what);
// Somebody means the post to be another one from now on. s may be NULL.
void second_looks_forget(second_looks *s, const char *post_id);

#endif
