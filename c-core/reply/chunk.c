// SPDX-License-Identifier: Apache-2.0
#include "reply/chunk.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/fence.h"

#include <stdlib.h>

// Where a chunk can end, best first.
typedef enum break_kind {
    BREAK_PARAGRAPH,
    BREAK_LINE,
    BREAK_SENTENCE,
    BREAK_SPACE,
    BREAK_GRAPHEME,
    BREAK_KINDS
} break_kind;

// The last place of each kind that was seen, in bytes from the start; 0 = none.
typedef struct breaks {
    size_t at[BREAK_KINDS];
    size_t runes[BREAK_KINDS];
} breaks;

static void note(breaks *b, break_kind kind, size_t at, size_t runes) {
    b->at[kind] = at;
    b->runes[kind] = runes;
}

static bool ends_sentence(uint32_t rune) {
    return rune == '.' || rune == '!' || rune == '?' || rune == 0x3002 || rune == 0xFF01 || rune == 0xFF1F;
}

// Walks up to max_runes of text and notes the breaks. Returns the bytes walked.
static size_t find_breaks(bytes text, size_t max_runes, bool in_fence, breaks *b) {
    size_t at = 0, runes = 0;
    uint32_t before = 0, rune = 0;
    *b = (breaks){.at = {0}};
    while (at < text.len) {
        size_t len = utf8_next(bytes_of(text.data + at, text.len - at), &rune);
        if (at > 0 && !utf8_joins_previous(rune) && before != 0x200D)
            note(b, BREAK_GRAPHEME, at, runes);
        if (runes == max_runes)
            break;
        if (rune == '\n' && at > 0)
            note(b, before == '\n' && !in_fence ? BREAK_PARAGRAPH : BREAK_LINE, at, runes);
        else if ((rune == ' ' || rune == '\t') && at > 0)
            note(b, ends_sentence(before) ? BREAK_SENTENCE : BREAK_SPACE, at, runes);
        at += len;
        runes++;
        before = rune;
    }
    return at;
}

static size_t choose_break(const breaks *b, size_t max_runes) {
    for (int kind = 0; kind < BREAK_KINDS; kind++) {
        if (b->at[kind] > 0 && b->runes[kind] >= max_runes / 2)
            return b->at[kind];
    }
    // Only white space far ahead of the limit: still better than a cut inside a word, but a chunk must not be tiny.
    return b->at[BREAK_GRAPHEME];
}

static fence fence_at_end(bytes text, fence state) {
    size_t start = 0;
    while (start < text.len) {
        const uint8_t *end = memchr(text.data + start, '\n', text.len - start);
        size_t len = end != NULL ? (size_t)(end - text.data) - start : text.len - start;
        state = fence_after_line(state, bytes_of(text.data + start, len));
        start += len + 1;
    }
    return state;
}

static void push(chunks *c, char *text) {
    c->items = xrealloc(c->items, (c->count + 1) * sizeof *c->items);
    c->items[c->count++] = text;
}

enum { CLOSER_RUNES = FENCE_MARKS_MAX + 1 }; // a line break and the marks

// One chunk: the fence that is open before it, the piece, and what closes the fence that is open behind it.
static void add_chunk(chunks *c, fence open, bytes piece, fence after) {
    char closer[FENCE_MARKS_MAX + 1];
    while (piece.len > 0 && after.mark == 0 &&
           (piece.data[piece.len - 1] == ' ' || piece.data[piece.len - 1] == '\n'))
        piece.len--;
    if (!utf8_has_visible(piece))
        return;
    memset(closer, after.mark, after.len);
    closer[after.len] = '\0';
    char *opener = xstrndup((const char *)open.opener.data, open.mark != 0 ? open.opener.len : 0);
    bool ends_line = piece.data[piece.len - 1] == '\n';
    push(c, xasprintf("%s%s%.*s%s%s", opener, open.mark != 0 ? "\n" : "", (int)piece.len,
                      (const char *)piece.data, after.mark != 0 && !ends_line ? "\n" : "", closer));
    free(opener);
}

// Behind a break: blank lines and blanks go, but not the indentation of the line that follows. Inside a code block
// only the line's own end goes.
static bytes skip_break(bytes text, bool in_fence) {
    size_t at = 0, line = 0;
    if (in_fence) {
        at = text.len > 0 && text.data[0] == '\n' ? 1 : 0;
        return bytes_of(text.data + at, text.len - at);
    }
    for (; at < text.len && (text.data[at] == ' ' || text.data[at] == '\n' || text.data[at] == '\t'); at++) {
        if (text.data[at] == '\n')
            line = at + 1;
    }
    at = line > 0 ? line : at;
    return bytes_of(text.data + at, text.len - at);
}

// The opening line that is repeated in the next chunk. An absurdly long one is cut to its marks.
static fence shorten(fence open, size_t limit) {
    if (open.mark != 0 && utf8_runes(open.opener) > limit / 4)
        open.opener = bytes_of(memchr(open.opener.data, open.mark, open.opener.len), open.len);
    return open;
}

chunks chunk_split(const char *text, size_t max_runes) {
    chunks out = {.items = NULL, .count = 0};
    size_t limit = max_runes < CHUNK_MIN_RUNES ? CHUNK_MIN_RUNES : max_runes;
    fence open = {.mark = 0};
    bytes rest = bytes_str(text);
    size_t rest_runes = utf8_runes(rest);
    while (rest.len > 0) {
        breaks b;
        open = shorten(open, limit);
        size_t opener_runes = open.mark != 0 ? utf8_runes(open.opener) + 1 : 0;
        if (opener_runes + rest_runes + (open.mark != 0 ? CLOSER_RUNES : 0) <= limit) {
            add_chunk(&out, open, rest, open.mark != 0 ? fence_at_end(rest, open) : open);
            break;
        }
        size_t budget = limit - opener_runes - CLOSER_RUNES;
        size_t walked = find_breaks(rest, budget, open.mark != 0, &b);
        size_t cut = choose_break(&b, budget);
        cut = cut > 0 ? cut : walked; // one grapheme as long as a chunk: cut it all the same
        fence after = fence_at_end(bytes_of(rest.data, cut), open);
        add_chunk(&out, open, bytes_of(rest.data, cut), after);
        bytes next = skip_break(bytes_of(rest.data + cut, rest.len - cut), after.mark != 0);
        rest_runes -= utf8_runes(bytes_of(rest.data, rest.len - next.len));
        rest = next;
        open = after;
    }
    return out;
}

void chunks_free(chunks *c) {
    for (size_t i = 0; i < c->count; i++)
        free(c->items[i]);
    free(c->items);
    *c = (chunks){.items = NULL, .count = 0};
}
