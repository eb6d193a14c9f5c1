// SPDX-License-Identifier: Apache-2.0
#include "chat/outcome.h"

static const struct {
    const char *outcome, *name, *sentence;
} TABLE[REASON_COUNT] = {
#define X(reason, outcome, name, sentence) [reason] = {outcome, name, sentence},
    OUTCOME_TABLE(X)
#undef X
};

const char *outcome_of(outcome_reason r) {
    return TABLE[r].outcome;
}

const char *outcome_reason_name(outcome_reason r) {
    return TABLE[r].name;
}

const char *outcome_sentence(outcome_reason r) {
    return TABLE[r].sentence;
}
