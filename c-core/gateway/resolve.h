// SPDX-License-Identifier: Apache-2.0
// How an answer to something that waits at the gateway (an approval, a question) went.
#ifndef OC_GATEWAY_RESOLVE_H
#define OC_GATEWAY_RESOLVE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum resolve_outcome {
    RESOLVE_TAKEN,    // our answer counts
    RESOLVE_TOO_LATE, // somebody else was first, or it does not wait any more
    RESOLVE_REFUSED,  // the gateway does not take this answer: see the sentence
    RESOLVE_AWAY,     // no connection, or no answer in time: it may be tried again
} resolve_outcome;
// sentence: for people, marked text (words/words.h), "" for TAKEN; borrowed during the callback. Called exactly once, also when the gateway goes
// (RESOLVE_AWAY).
typedef void resolve_fn(void *ctx, resolve_outcome outcome, const char *sentence);

#endif
