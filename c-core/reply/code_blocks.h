// SPDX-License-Identifier: Apache-2.0
// The fenced code blocks of a text, for cutting it. Pure.
#ifndef OC_REPLY_CODE_BLOCKS_H
#define OC_REPLY_CODE_BLOCKS_H

#include "base/bytes.h"

typedef struct code_block {
    size_t start, end;    // bytes: of the opening line, and behind the closing line (without its line break)
    bytes opener;         // the opening line, borrowed from the text
    size_t indent, marks; // blanks before the marks, and the marks, at its front
} code_block;

typedef struct code_blocks {
    code_block *items; // in order
    size_t count;
} code_blocks;

// One that is never closed reaches to the end. Free with code_blocks_free; the blocks borrow from text.
void code_blocks_find(bytes text, code_blocks *out);
void code_blocks_free(code_blocks *b);
// The index of the first block that ends behind place; count when there is none.
size_t code_blocks_behind(const code_blocks *b, size_t place);
// The block that place is inside of (not at its start or end), or NULL.
const code_block *code_blocks_at(const code_blocks *b, size_t place);

// The line that opens the block again in chunks of limit UTF-16 units: its own, or only its marks when that is too long; empty
// when even those are.
bytes code_block_opening(const code_block *b, size_t limit);
bytes code_block_closing(const code_block *b);

#endif
