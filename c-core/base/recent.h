// SPDX-License-Identifier: Apache-2.0
// The latest warnings and errors of this process, each once: what the status panel shows and support data holds. The
// process has one such memory, as it has one log; log.h fills it.
#ifndef OC_BASE_RECENT_H
#define OC_BASE_RECENT_H

#include "base/log.h"

#include <stdint.h>

enum { RECENT_MAX = 20, RECENT_DETAIL_MAX_BYTES = 600 };

typedef struct recent_problem {
    log_level level;
    char *message;             // as in the log: a constant sentence
    char *detail;              // its latest fields: "reason: …, account: …"; cut when long
    int64_t first_ms, last_ms; // wall clock
    uint64_t count;
} recent_problem;

// The latest first; NULL behind the last one. Borrowed until the next line of the log.
const recent_problem *recent_at(size_t index);
// Forgets all of them.
void recent_clear(void);

// Of log.h. The same message counts as the same problem, unless it is about another setting or account.
void recent_note(log_level level, const char *message, const log_field *fields, size_t count);

#endif
