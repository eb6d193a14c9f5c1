// SPDX-License-Identifier: Apache-2.0
#include "interactions/span_words.h"

#include "words/words.h"

#include <stddef.h>

enum { MINUTE_MS = 60000, HOUR_MINUTES = 60 };

static int64_t minutes_of(int64_t ms) {
    return ms < MINUTE_MS ? 1 : (ms + MINUTE_MS / 2) / MINUTE_MS;
}

char *words_minutes(int64_t ms) {
    int64_t minutes = minutes_of(ms);
    return minutes == 1 ? words_mark(WORD_SPAN_MINUTE, NULL)
                        : words_mark(WORD_SPAN_MINUTES, "count", WORDS_NUMBER(minutes), NULL);
}

char *words_span(int64_t ms) {
    int64_t minutes = minutes_of(ms);
    if (minutes % HOUR_MINUTES != 0)
        return words_minutes(ms);
    return minutes == HOUR_MINUTES
               ? words_mark(WORD_SPAN_HOUR, NULL)
               : words_mark(WORD_SPAN_HOURS, "count", WORDS_NUMBER(minutes / HOUR_MINUTES), NULL);
}
