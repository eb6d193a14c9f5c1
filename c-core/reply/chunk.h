// SPDX-License-Identifier: Apache-2.0
// Splits a long answer into posts at sensible places. Pure.
#ifndef OC_REPLY_CHUNK_H
#define OC_REPLY_CHUNK_H

#include <stddef.h>

// What a Mattermost post may hold, in runes (PostMessageMaxRunesV2 of the server's model package).
enum { POST_MAX_RUNES = 16383 };
enum {
    CHUNK_MIN_RUNES = 128
}; // a smaller limit counts as this one: a fence's opening and closing lines must fit

typedef struct chunks {
    char **items; // each not empty, at most max_runes long
    size_t count;
} chunks;

// Breaks at a blank line, else at a line's end, a sentence's end, a space, else between two graphemes. A code block that
// is cut is closed and opened again. Nothing of the text but white space at the breaks is lost. Text without anything
// visible gives no chunk.
chunks chunk_split(const char *text, size_t max_runes);
void chunks_free(chunks *c);

#endif
