// SPDX-License-Identifier: Apache-2.0
#include "reply/paragraphs.h"

#include "base/grapheme.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "reply/code_blocks.h"

#include <stdlib.h>

static const uint32_t LINE_SEPARATOR = 0x2028, PARAGRAPH_SEPARATOR = 0x2029;

// Every kind of line end as "\n"; never longer than the text. The caller frees it.
static char *with_plain_line_ends(const char *text, size_t *out_len) {
    bytes rest = bytes_str(text);
    char *out = xmalloc(rest.len + 1);
    size_t len = 0;
    while (rest.len > 0) {
        uint32_t rune;
        size_t step = utf8_next(rest, &rune);
        if (rune == '\r' && rest.len > 1 && rest.data[1] == '\n')
            step = 2;
        if (rune == PARAGRAPH_SEPARATOR)
            out[len++] = '\n';
        if (rune == '\r' || rune == LINE_SEPARATOR || rune == PARAGRAPH_SEPARATOR) {
            out[len++] = '\n';
        } else {
            memcpy(out + len, rest.data, step);
            len += step;
        }
        rest = bytes_of(rest.data + step, rest.len - step);
    }
    *out_len = len;
    return out;
}

// Four columns of blanks make a line code, where it does not go on with a paragraph or a list item.
static bool is_indented(bytes line) {
    size_t columns = 0;
    for (size_t at = 0; at < line.len && columns < 4; at++) {
        if (line.data[at] != ' ' && line.data[at] != '\t')
            return false;
        columns = line.data[at] == '\t' ? 4 : columns + 1;
    }
    return columns >= 4 && utf8_trim(line).len > 0;
}

// How long the mark of a list item at the front of text is: a bullet, or a number with a dot or parenthesis. 0 without one.
static size_t list_mark(bytes text) {
    size_t digits = 0;
    if (text.len > 0 && memchr("-*+", text.data[0], 3) != NULL)
        return 1;
    while (digits < text.len && text.data[digits] >= '0' && text.data[digits] <= '9')
        digits++;
    bool ends = digits < text.len && (text.data[digits] == '.' || text.data[digits] == ')');
    return digits > 0 && ends ? digits + 1 : 0;
}

static bool is_list_item(bytes line) {
    bytes text = utf8_trim(line);
    size_t mark = list_mark(text);
    return mark > 0 && (mark == text.len || text.data[mark] == ' ' || text.data[mark] == '\t');
}

static bytes line_at(bytes text, size_t at) {
    const uint8_t *end = memchr(text.data + at, '\n', text.len - at);
    return bytes_of(text.data + at, end != NULL ? (size_t)(end - text.data) - at : text.len - at);
}

// Follows the lines of a text: whether a gap behind one would part a block of indented code.
typedef struct indentation {
    bool in_list; // the last line that is not indented belongs to a list
    bool in_code; // the last line is indented code
} indentation;

// The lines of text[from, to), which no gap parts.
static void follow(indentation *i, bytes text, size_t from, size_t to) {
    for (size_t at = from; at < to;) {
        bytes line = line_at(bytes_of(text.data, to), at);
        bool indented = is_indented(line), first = at == from;
        bool blank = utf8_trim(line).len == 0;
        i->in_code = blank ? i->in_code : indented && !i->in_list && (first || i->in_code);
        if (!indented && !blank)
            i->in_list = is_list_item(line) || (i->in_list && !first);
        at += line.len + 1;
    }
}

// The next blank line at or behind from: the line break before it up to the last line break behind it.
static bool next_gap(bytes text, size_t from, size_t *start, size_t *end) {
    for (size_t at = from; at < text.len; at++) {
        size_t next = at + 1;
        if (text.data[at] != '\n')
            continue;
        while (next < text.len && (text.data[next] == ' ' || text.data[next] == '\t'))
            next++;
        if (next == text.len || text.data[next] != '\n')
            continue;
        while (next < text.len && text.data[next] == '\n')
            next++;
        *start = at;
        *end = next;
        return true;
    }
    return false;
}

// Without the white space at its end. White space that carries a mark is a character of its own.
static bytes trimmed_end(bytes text) {
    size_t kept = 0, at = 0;
    while (at < text.len) {
        uint32_t rune;
        bytes rest = bytes_of(text.data + at, text.len - at);
        size_t len = utf8_next(rest, &rune), grapheme = grapheme_next(rest);
        at += grapheme;
        if (!utf8_is_space(rune) || len != grapheme)
            kept = at;
    }
    return bytes_of(text.data, kept);
}

typedef struct pack {
    char *text; // as large as all paragraphs together
    size_t len, units;
    size_t limit;
    void (*take)(void *user, bytes packed);
    void *user;
} pack;

static void flush(pack *p) {
    if (p->len > 0)
        p->take(p->user, bytes_of(p->text, p->len));
    p->len = p->units = 0;
}

static void append(pack *p, bytes piece, size_t units) {
    if (piece.len > 0)
        memcpy(p->text + p->len, piece.data, piece.len);
    p->len += piece.len;
    p->units += units;
}

// gap stands before the paragraph.
static void add(pack *p, bytes gap, bytes paragraph) {
    bytes text = trimmed_end(paragraph);
    size_t units = utf16_units(text);
    if (text.len == 0)
        return;
    if (p->len > 0 && p->units + gap.len + units > p->limit)
        flush(p);
    if (p->len > 0)
        append(p, gap, gap.len);
    append(p, text, units);
    if (p->units > p->limit)
        flush(p);
}

void paragraphs_pack(const char *text, size_t limit, void (*take)(void *user, bytes packed), void *user) {
    pack p = {.limit = limit, .take = take, .user = user};
    bytes all, gap = {.data = NULL};
    code_blocks blocks;
    size_t start, end, paragraph = 0;
    indentation before = {.in_list = false};
    char *plain = with_plain_line_ends(text, &all.len);
    all.data = (const uint8_t *)plain;
    code_blocks_find(all, &blocks);
    p.text = xmalloc(all.len + 1);
    if (!next_gap(all, 0, &start, &end) && all.len > 0)
        take(user, all);
    else {
        for (size_t from = 0; next_gap(all, from, &start, &end); from = end) {
            follow(&before, all, from, start);
            if (code_blocks_at(&blocks, start) != NULL || (before.in_code && is_indented(line_at(all, end))))
                continue;
            add(&p, gap, bytes_of(all.data + paragraph, start - paragraph));
            gap = bytes_of(all.data + start, end - start);
            paragraph = end;
        }
        add(&p, gap, bytes_of(all.data + paragraph, all.len - paragraph));
        flush(&p);
    }
    code_blocks_free(&blocks);
    free(p.text);
    free(plain);
}
