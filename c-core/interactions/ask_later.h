// SPDX-License-Identifier: Apache-2.0
// Questions and approvals that are looked at again a little later: another node waits for their run, or it is just being taken up
// again, and whoever waits for a run knows its place best.
#ifndef OC_INTERACTIONS_ASK_LATER_H
#define OC_INTERACTIONS_ASK_LATER_H

#include "base/loop.h"

#include <stdbool.h>

typedef struct ask_wait ask_wait;
typedef void ask_later_fn(void *ctx, void *source, const char *id);
typedef struct ask_laters {
    loop *loop;
    ask_later_fn *fn; // when the time has come
    void *ctx;
    ask_wait *waiting;
    size_t count;
} ask_laters;

// source: the connection that told of it. False: too many wait.
bool ask_later(ask_laters *l, void *source, const char *id);
void ask_later_forget(ask_laters *l, const void *source, const char *id); // id NULL: all of that source
void ask_laters_end(ask_laters *l);

#endif
