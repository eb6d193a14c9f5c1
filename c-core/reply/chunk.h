// SPDX-License-Identifier: Apache-2.0
// Splits a long answer into posts. Pure. The rules are those of OpenClaw's own channel (reference-behaviour notes §6.3), which
// counts in UTF-16 units; a text of n units has at most n runes, which is what Mattermost counts.
#ifndef OC_REPLY_CHUNK_H
#define OC_REPLY_CHUNK_H

#include "config/streaming.h"

#include <stddef.h>

// What a Mattermost post may hold, in runes (PostMessageMaxRunesV2 of the server's model package).
enum { POST_MAX_RUNES = 16383 };

typedef struct chunks {
    char **items; // each shows something
    size_t count;
} chunks;

// A text of at most limit units stays as it is. Otherwise CHUNK_LENGTH ends a chunk at the last line's end, else at the last
// white space, both outside parentheses and code blocks, else between two graphemes; one white space and line breaks at the
// cut go. CHUNK_NEWLINE packs whole paragraphs as long as they fit, and cuts only longer ones. A code block that is cut is
// closed and opened again. No item is longer than limit, but for a single rune that is; limit 0 counts as 1. Chunks that show
// nothing are left out.
chunks chunk_split(const char *text, size_t limit, chunk_mode mode);
void chunks_free(chunks *c);

#endif
