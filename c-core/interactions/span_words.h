// SPDX-License-Identifier: Apache-2.0
// Spans of time for people, marked (words/words.h). The caller frees them.
#ifndef OC_INTERACTIONS_SPAN_WORDS_H
#define OC_INTERACTIONS_SPAN_WORDS_H

#include <stdint.h>

char *words_minutes(int64_t ms); // "a minute", "65 minutes"
char *words_span(int64_t ms);    // "15 minutes", "an hour", "2 hours"

#endif
