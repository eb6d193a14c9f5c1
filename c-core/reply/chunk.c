// SPDX-License-Identifier: Apache-2.0
#include "reply/chunk.h"

#include "base/grapheme.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "reply/code_blocks.h"
#include "reply/paragraphs.h"

#include <stdlib.h>

static const size_t NONE = SIZE_MAX;

// Where a text is being cut. Places are bytes from its start.
typedef struct cutting {
    bytes text;
    size_t limit; // in units, of one chunk
    code_blocks blocks;
    size_t at;                  // where the next chunk begins
    const code_block *reopened; // the block that is open there
} cutting;

static bytes part(const cutting *c, size_t from, size_t to) {
    return bytes_of(c->text.data + from, to - from);
}

// The place that is units behind from, or as near before it as runes allow.
static size_t ahead(const cutting *c, size_t from, size_t units) {
    return from + utf16_prefix(part(c, from, c->text.len), units);
}

// The last boundary between graphemes in (at, place]; at itself when there is none.
static size_t boundary(const cutting *c, size_t place) {
    size_t end = c->at;
    while (end < place) {
        size_t next = end + grapheme_next(part(c, end, c->text.len));
        if (next > place)
            break;
        end = next;
    }
    return end;
}

// A cut between graphemes: at the wanted place where that is in (at, most], else at most. A grapheme that alone is longer
// is cut between runes.
static size_t whole(const cutting *c, size_t most, size_t wanted) {
    size_t place = wanted != NONE && wanted > c->at && wanted <= most ? wanted : most;
    size_t end = boundary(c, place);
    if (end == c->at && place < most)
        end = boundary(c, most);
    if (end > c->at)
        return end;
    uint32_t rune;
    return most > c->at ? most : c->at + utf8_next(part(c, c->at, c->text.len), &rune);
}

// The last line's end, else the last white space, before end and outside parentheses and code blocks.
static size_t soft_break(const cutting *c, size_t end) {
    size_t newline = NONE, space = NONE, depth = 0, block = code_blocks_behind(&c->blocks, c->at);
    for (size_t at = c->at, len; at < end; at += len) {
        uint32_t rune;
        while (block < c->blocks.count && c->blocks.items[block].end <= at)
            block++;
        if (block < c->blocks.count && at > c->blocks.items[block].start) {
            len = c->blocks.items[block].end - at;
            continue;
        }
        len = utf8_next(part(c, at, c->text.len), &rune);
        if (rune == '(')
            depth++;
        else if (rune == ')' && depth > 0)
            depth--;
        else if (depth == 0 && rune == '\n')
            newline = at;
        else if (depth == 0 && utf8_is_space(rune))
            space = at;
    }
    return newline != NONE && newline > c->at ? newline : space;
}

// The last line's end in block that leaves room for the closing line: behind a line break, in (first, last].
static size_t line_end_in(const cutting *c, const code_block *block, size_t first, size_t last) {
    for (size_t cut = last; cut > first && cut > c->at; cut--) {
        if (c->text.data[cut - 1] == '\n' && cut > block->start && cut < block->end)
            return cut;
    }
    return NONE;
}

// A cut inside a block. *closes: the block goes on behind it and has to be closed here.
static size_t cut_in_block(const cutting *c, const code_block *block, size_t room, bool *closes) {
    size_t closer = block->indent + block->marks, most = ahead(c, c->at, room);
    // A chunk shows more than the opening line; where the block was reopened, any line does.
    size_t head = c->reopened != NULL ? 0 : block->start - c->at + block->opener.len + 1;
    head = head < c->text.len - c->at ? head : c->text.len - c->at;
    size_t least_units = utf16_units(part(c, c->at, c->at + head)) + 1;
    size_t behind_line = ahead(c, c->at, room > closer ? room - closer : 0);
    size_t cut = line_end_in(c, block, c->at + head, behind_line);
    *closes = cut != NONE || least_units + closer < room;
    if (!*closes)
        return whole(c, most, NONE);
    if (cut == NONE) {
        size_t behind_word = ahead(c, c->at, room > closer + 1 ? room - closer - 1 : 1);
        cut = whole(c, behind_word, behind_word);
    } else {
        cut = whole(c, behind_line, cut);
    }
    *closes = code_blocks_at(&c->blocks, cut) == block;
    return cut;
}

// Behind a cut outside blocks one white space goes, and the line breaks that follow it.
static size_t skip_break(const cutting *c, size_t at) {
    uint32_t rune;
    if (at == c->text.len)
        return at;
    bytes first = part(c, at, at + grapheme_next(part(c, at, c->text.len)));
    size_t len = utf8_next(first, &rune);
    bool space = utf8_is_space(rune) && (len == first.len || bytes_is(first, "\r\n"));
    at += space ? first.len : 0;
    while (at < c->text.len && c->text.data[at] == '\n')
        at++;
    return at;
}

static void push(chunks *out, char *text) {
    if (!utf8_has_visible(bytes_str(text))) {
        free(text);
        return;
    }
    out->items = xrealloc(out->items, (out->count + 1) * sizeof *out->items);
    out->items[out->count++] = text;
}

// The opening line of the reopened block, the piece, the closing line of the block that goes on.
static char *put_together(bytes opening, bytes piece, bytes closing) {
    bool line_goes_on = closing.len > 0 && (piece.len == 0 || piece.data[piece.len - 1] != '\n');
    return xasprintf("%.*s%s%.*s%s%.*s", (int)opening.len, (const char *)opening.data,
                     opening.len > 0 ? "\n" : "", (int)piece.len, (const char *)piece.data,
                     line_goes_on ? "\n" : "", (int)closing.len, (const char *)closing.data);
}

// One chunk that is not the last.
static void cut_one(cutting *c, bytes opening, size_t room, chunks *out) {
    size_t most = ahead(c, c->at, room), cut = whole(c, most, soft_break(c, most));
    const code_block *block = code_blocks_at(&c->blocks, cut);
    bool closes = false;
    const code_block *goes_on = NULL;
    if (block != NULL && code_block_opening(block, c->limit).len == 0) {
        cut = whole(c, most, NONE);
    } else if (block != NULL) {
        // Where there was no room to close it, it goes on unclosed, unless its end was reached.
        cut = cut_in_block(c, block, room, &closes);
        goes_on = closes || code_blocks_at(&c->blocks, cut) == block ? block : NULL;
    }
    push(out, put_together(opening, part(c, c->at, cut), closes ? code_block_closing(block) : bytes_str("")));
    c->at = block == NULL ? skip_break(c, cut) : cut;
    c->reopened = goes_on;
}

static void split_by_length(bytes text, size_t limit, chunks *out) {
    cutting c = {.text = text, .limit = limit, .reopened = NULL};
    if (utf16_units(text) <= limit) {
        push(out, xstrndup((const char *)text.data, text.len));
        return;
    }
    code_blocks_find(text, &c.blocks);
    size_t rest_units = utf16_units(text);
    while (c.at < text.len) {
        size_t before = c.at;
        bytes opening = c.reopened != NULL ? code_block_opening(c.reopened, limit) : bytes_str("");
        size_t head = opening.len > 0 ? utf16_units(opening) + 1 : 0;
        size_t room = head < limit ? limit - head : 1;
        if (rest_units <= room) {
            push(out, put_together(opening, part(&c, c.at, text.len), bytes_str("")));
            break;
        }
        cut_one(&c, opening, room, out);
        rest_units -= utf16_units(part(&c, before, c.at));
    }
    code_blocks_free(&c.blocks);
}

typedef struct packing {
    size_t limit;
    chunks *out;
} packing;

static void take_packed(void *user, bytes packed) {
    packing *p = user;
    split_by_length(packed, p->limit, p->out);
}

chunks chunk_split(const char *text, size_t limit, chunk_mode mode) {
    chunks out = {.items = NULL, .count = 0};
    packing p = {.limit = limit > 0 ? limit : 1, .out = &out};
    if (mode == CHUNK_NEWLINE)
        paragraphs_pack(text, p.limit, take_packed, &p);
    else
        split_by_length(bytes_str(text), p.limit, &out);
    return out;
}

void chunks_free(chunks *c) {
    for (size_t i = 0; i < c->count; i++)
        free(c->items[i]);
    free(c->items);
    *c = (chunks){.items = NULL, .count = 0};
}
