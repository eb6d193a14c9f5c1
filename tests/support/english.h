// SPDX-License-Identifier: Apache-2.0
// Marked text (words/words.h) as somebody who reads English sees it.
#ifndef OC_SUPPORT_ENGLISH_H
#define OC_SUPPORT_ENGLISH_H

#include "words/words.h"

#include <stdio.h>
#include <stdlib.h>

// marked is taken; the caller frees the result.
static inline char *english(char *marked) {
    char *text = words_in(WORDS_EN, marked);
    free(marked);
    return text;
}

// Of a short text; good until the next call.
static inline const char *english_of(const char *marked) {
    static char kept[4000];
    char *text = words_in(WORDS_EN, marked);
    snprintf(kept, sizeof kept, "%s", text);
    free(text);
    return kept;
}

#endif
