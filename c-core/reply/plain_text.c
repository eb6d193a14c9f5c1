// SPDX-License-Identifier: Apache-2.0
#include "reply/plain_text.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "reply/entities.h"
#include "reply/link_syntax.h"

#include <ctype.h>
#include <stdlib.h>

enum { RUNS_MAX = 256, BRACKETS_MAX = 16 }; // what is more stays as it is written

// A run of emphasis marks in the output.
typedef struct run {
    char mark;
    size_t start, count, length; // count: marks that are not used yet; length as written
    bool opens, closes;
} run;

typedef struct reading {
    char *out;
    bool *used; // marks that are not shown
    size_t len;
    run runs[RUNS_MAX];
    size_t run_count;
} reading;

static void put(reading *r, const void *data, size_t len) {
    memcpy(r->out + r->len, data, len);
    r->len += len;
}

static size_t run_of(bytes text, size_t at, char c) {
    size_t len = 0;
    while (at + len < text.len && text.data[at + len] == (uint8_t)c)
        len++;
    return len;
}

// Whether emphasis may begin or end beside it.
typedef enum neighbour { NEIGHBOUR_SPACE, NEIGHBOUR_PUNCTUATION, NEIGHBOUR_WORD } neighbour;

static neighbour neighbour_of(uint32_t rune) {
    bool punctuation = rune < 0x80
                           ? ispunct((int)rune) != 0
                           : (rune >= 0xA1 && rune <= 0xBF) || (rune >= 0x2010 && rune <= 0x206F) ||
                                 (rune >= 0x20A0 && rune <= 0x2BFF) || (rune >= 0x3001 && rune <= 0x3030) ||
                                 (rune >= 0xFF01 && rune <= 0xFF0F);
    return utf8_is_space(rune) ? NEIGHBOUR_SPACE : punctuation ? NEIGHBOUR_PUNCTUATION : NEIGHBOUR_WORD;
}

static neighbour before(bytes text, size_t at) {
    uint32_t rune;
    size_t start = at;
    if (at == 0)
        return NEIGHBOUR_SPACE;
    do {
        start--;
    } while (start > 0 && at - start < 4 && (text.data[start] & 0xC0) == 0x80);
    utf8_next(bytes_of(text.data + start, at - start), &rune);
    return neighbour_of(rune);
}

static neighbour behind(bytes text, size_t at) {
    uint32_t rune;
    if (at == text.len)
        return NEIGHBOUR_SPACE;
    utf8_next(bytes_of(text.data + at, text.len - at), &rune);
    return neighbour_of(rune);
}

// Notes a run of emphasis marks (CommonMark 6.2, "left-flanking" and "right-flanking").
static size_t read_marks(reading *r, bytes text, size_t at) {
    char mark = (char)text.data[at];
    size_t len = run_of(text, at, mark);
    neighbour left = before(text, at), right = behind(text, at + len);
    bool opens = right != NEIGHBOUR_SPACE && (right == NEIGHBOUR_WORD || left != NEIGHBOUR_WORD);
    bool closes = left != NEIGHBOUR_SPACE && (left == NEIGHBOUR_WORD || right != NEIGHBOUR_WORD);
    if (mark == '_' && opens && closes) {
        opens = left == NEIGHBOUR_PUNCTUATION;
        closes = right == NEIGHBOUR_PUNCTUATION;
    }
    if (r->run_count < RUNS_MAX)
        r->runs[r->run_count++] = (run){
            .mark = mark, .start = r->len, .count = len, .length = len, .opens = opens, .closes = closes};
    put(r, text.data + at, len);
    return at + len;
}

static bool match(const run *opener, const run *closer) {
    size_t least = closer->mark == '~' ? 2 : 1;
    if (opener->mark != closer->mark || !opener->opens || opener->count < least)
        return false;
    // "Rule of three": a run that both opens and closes does not pair up with one that adds up to a multiple of three.
    bool both = (opener->opens && opener->closes) || (closer->opens && closer->closes);
    return closer->mark == '~' || !both || (opener->length + closer->length) % 3 != 0 ||
           opener->length % 3 == 0;
}

// Takes the matching marks out of both; the runs between them stay as written.
static void pair_up(reading *r, run *opener, run *closer) {
    size_t use = opener->count >= 2 && closer->count >= 2 ? 2 : 1;
    for (size_t i = 0; i < use; i++) {
        r->used[opener->start + opener->count - 1 - i] = true;
        r->used[closer->start + i] = true;
    }
    opener->count -= use;
    closer->start += use;
    closer->count -= use;
    for (run *between = opener + 1; between < closer; between++)
        between->opens = between->closes = false;
}

static void match_runs(reading *r, size_t first) {
    for (size_t i = first; i < r->run_count; i++) {
        run *closer = &r->runs[i];
        size_t least = closer->mark == '~' ? 2 : 1;
        for (size_t k = i; closer->closes && closer->count >= least && k > first;) {
            k--;
            if (!match(&r->runs[k], closer))
                continue;
            pair_up(r, &r->runs[k], closer);
            k = i; // what is left of it may close another
        }
    }
}

static size_t read_code(reading *r, bytes text, size_t at) {
    size_t marks = run_of(text, at, '`');
    for (size_t end = at + marks; end < text.len;) {
        size_t len = run_of(text, end, '`');
        if (len != marks) {
            end += len > 0 ? len : 1;
            continue;
        }
        size_t start = at + marks, stop = end;
        bytes code = bytes_of(text.data + start, stop - start);
        bool padded =
            code.len >= 2 && code.data[0] == ' ' && code.data[code.len - 1] == ' ' && utf8_trim(code).len > 0;
        put(r, code.data + (padded ? 1 : 0), code.len - (padded ? 2 : 0));
        return end + marks;
    }
    put(r, text.data + at, marks);
    return at + marks;
}

static void read_all(reading *r, bytes text, size_t depth);

// A link or a picture: only its text is read.
static size_t read_bracket(reading *r, bytes text, size_t at, size_t depth) {
    size_t open = at + (text.data[at] == '!' ? 1 : 0);
    bytes label;
    size_t end =
        depth < BRACKETS_MAX && open < text.len && text.data[open] == '[' ? link_end(text, open, &label) : 0;
    if (end == 0) {
        put(r, text.data + at, 1);
        return at + 1;
    }
    read_all(r, label, depth + 1);
    return end;
}

static size_t read_one(reading *r, bytes text, size_t at, size_t depth) {
    uint8_t c = text.data[at];
    char decoded[4];
    size_t len = 0, taken = 0;
    switch (c) {
    case '\\':
        if (at + 1 < text.len && ispunct(text.data[at + 1]) != 0 && text.data[at + 1] < 0x80)
            at++;
        break;
    case '`':
        return read_code(r, text, at);
    case '*':
    case '_':
    case '~':
        return read_marks(r, text, at);
    case '[':
    case '!':
        return read_bracket(r, text, at, depth);
    case '&':
        taken = entity_decode(bytes_of(text.data + at, text.len - at), decoded, &len);
        if (taken == 0)
            break;
        put(r, decoded, len);
        return at + taken;
    default:
        break;
    }
    put(r, text.data + at, 1);
    return at + 1;
}

static void read_all(reading *r, bytes text, size_t depth) {
    size_t first = r->run_count;
    for (size_t at = 0; at < text.len;)
        at = read_one(r, text, at, depth);
    match_runs(r, first);
    r->run_count = first; // emphasis does not reach over a link's end
}

char *plain_text(bytes markdown) {
    reading *r = xcalloc(1, sizeof *r);
    r->out = xmalloc(markdown.len + 1);
    r->used = xcalloc(markdown.len + 1, sizeof *r->used);
    read_all(r, markdown, 0);
    size_t len = 0;
    for (size_t i = 0; i < r->len; i++) {
        if (!r->used[i])
            r->out[len++] = r->out[i];
    }
    r->out[len] = '\0';
    char *out = r->out;
    free(r->used);
    free(r);
    return out;
}
