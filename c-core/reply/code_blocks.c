// SPDX-License-Identifier: Apache-2.0
#include "reply/code_blocks.h"

#include "base/fence.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>

static code_block *add(code_blocks *b) {
    bool full = (b->count & (b->count - 1)) == 0; // room for a power of two
    if (full)
        b->items = xrealloc(b->items, (b->count > 0 ? b->count * 2 : 1) * sizeof *b->items);
    return &b->items[b->count++];
}

void code_blocks_find(bytes text, code_blocks *out) {
    fence state = {.mark = 0};
    *out = (code_blocks){.items = NULL, .count = 0};
    for (size_t start = 0; start < text.len;) {
        const uint8_t *found = memchr(text.data + start, '\n', text.len - start);
        size_t end = found != NULL ? (size_t)(found - text.data) : text.len;
        fence after = fence_after_line(state, bytes_of(text.data + start, end - start));
        if (state.mark == 0 && after.mark != 0) {
            bytes opener = after.opener;
            opener.len -= opener.data[opener.len - 1] == '\r' ? 1 : 0;
            size_t indent =
                (size_t)((const uint8_t *)memchr(opener.data, after.mark, opener.len) - opener.data);
            *add(out) = (code_block){
                .start = start, .end = text.len, .opener = opener, .indent = indent, .marks = after.len};
        } else if (state.mark != 0 && after.mark == 0) {
            out->items[out->count - 1].end = end;
        }
        state = after;
        start = end + 1;
    }
}

void code_blocks_free(code_blocks *b) {
    free(b->items);
    *b = (code_blocks){.items = NULL, .count = 0};
}

size_t code_blocks_behind(const code_blocks *b, size_t place) {
    size_t low = 0, high = b->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (b->items[middle].end <= place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const code_block *code_blocks_at(const code_blocks *b, size_t place) {
    size_t i = code_blocks_behind(b, place);
    return i < b->count && b->items[i].start < place ? &b->items[i] : NULL;
}

bytes code_block_opening(const code_block *b, size_t limit) {
    enum { LINE_BREAKS_AND_ONE = 3 }; // behind the opening, before the closing, and something between
    size_t marks = b->indent + b->marks;
    if (utf16_units(b->opener) + marks + LINE_BREAKS_AND_ONE <= limit)
        return b->opener;
    return marks * 2 + LINE_BREAKS_AND_ONE <= limit ? code_block_closing(b) : bytes_of(NULL, 0);
}

bytes code_block_closing(const code_block *b) {
    return bytes_of(b->opener.data, b->indent + b->marks);
}
