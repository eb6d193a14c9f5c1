// SPDX-License-Identifier: Apache-2.0
// Other ids under which the gateway went on with runs of ours that have ended since: the last FOLLOWED_MAX of them, so that
// their end is not taken for that of a run that nobody here started.
#ifndef OC_GATEWAY_FOLLOWED_H
#define OC_GATEWAY_FOLLOWED_H

#include <stdbool.h>
#include <stddef.h>

enum { FOLLOWED_MAX = 64 };

typedef struct followed { // starts zeroed
    char *ids[FOLLOWED_MAX];
    size_t next;
} followed;

void followed_add(followed *f, const char *run_id);
bool followed_has(const followed *f, const char *run_id);
void followed_clear(followed *f);

#endif
