// SPDX-License-Identifier: Apache-2.0
#include "chat/outcome.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *outcome, *name, *setting;
    words_key sentence;
} TABLE[REASON_COUNT] = {
#define X(reason, outcome, name, setting, sentence) [reason] = {outcome, name, setting, sentence},
    OUTCOME_TABLE(X)
#undef X
};

const char *outcome_of(outcome_reason r) {
    return TABLE[r].outcome;
}

const char *outcome_reason_name(outcome_reason r) {
    return TABLE[r].name;
}

words_key outcome_sentence(outcome_reason r) {
    return TABLE[r].sentence;
}

const char *outcome_setting(outcome_reason r) {
    return TABLE[r].setting;
}

bool outcome_concerns(outcome_reason r) {
    return strcmp(TABLE[r].outcome, "ignored") != 0 && strcmp(TABLE[r].outcome, "duplicate") != 0;
}

static int weight(outcome_reason r) {
    static const char *const lightest_first[] = {"ignored", "duplicate", "expired", "failed", "refused"};
    int count = sizeof lightest_first / sizeof *lightest_first;
    for (int i = 0; i < count; i++) {
        if (strcmp(TABLE[r].outcome, lightest_first[i]) == 0)
            return i;
    }
    return count; // answered
}

outcome_reason outcome_weightier(outcome_reason a, outcome_reason b) {
    return weight(b) > weight(a) ? b : a;
}

int outcome_reason_find(const char *name) {
    for (int r = 0; r < REASON_COUNT; r++) {
        if (name != NULL && strcmp(TABLE[r].name, name) == 0)
            return r;
    }
    return -1;
}
