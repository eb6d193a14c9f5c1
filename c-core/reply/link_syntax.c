// SPDX-License-Identifier: Apache-2.0
#include "reply/link_syntax.h"

#include <ctype.h>

enum {
    LINK_MAX_BYTES = 4096
}; // a longer one is text: brackets without end must not cost time again and again

static bool at_is(bytes text, size_t at, char c) {
    return at < text.len && text.data[at] == (uint8_t)c;
}

// Behind the code span that begins at `at`, or behind its marks when it has no end.
static size_t behind_code(bytes text, size_t at) {
    size_t marks = 0;
    while (at_is(text, at + marks, '`'))
        marks++;
    for (size_t end = at + marks; end < text.len;) {
        size_t len = 0;
        while (at_is(text, end + len, '`'))
            len++;
        if (len == marks)
            return end + marks;
        end += len > 0 ? len : 1;
    }
    return at + marks;
}

static size_t closing_bracket(bytes text, size_t open) {
    size_t depth = 0;
    for (size_t at = open; at < text.len;) {
        uint8_t c = text.data[at];
        if (c == '`') {
            at = behind_code(text, at);
            continue;
        }
        depth += c == '[' ? 1 : 0;
        depth -= c == ']' ? 1 : 0;
        if (depth == 0)
            return at;
        at += c == '\\' ? 2 : 1;
    }
    return text.len;
}

static size_t skip_space(bytes text, size_t at) {
    while (at_is(text, at, ' ') || at_is(text, at, '\t') || at_is(text, at, '\n'))
        at++;
    return at;
}

static size_t behind_address_in_angles(bytes text, size_t at) {
    while (at < text.len && text.data[at] != '>' && text.data[at] != '\n')
        at += text.data[at] == '\\' ? 2 : 1;
    return at_is(text, at, '>') ? at + 1 : text.len;
}

// Behind the address: "<…>", or without blanks and with balanced parentheses.
static size_t behind_address(bytes text, size_t at) {
    size_t depth = 0;
    if (at_is(text, at, '<'))
        return behind_address_in_angles(text, at);
    for (; at < text.len && text.data[at] > ' '; at++) {
        bool escapes = text.data[at] == '\\' && at + 1 < text.len && ispunct(text.data[at + 1]) != 0;
        if (at_is(text, at, ')') && depth == 0)
            break;
        depth += at_is(text, at, '(') ? 1 : 0;
        depth -= at_is(text, at, ')') ? 1 : 0;
        at += escapes ? 1 : 0;
    }
    return at;
}

static size_t behind_title(bytes text, size_t at) {
    char end = at_is(text, at, '(') ? ')' : '"';
    if (at_is(text, at, '\''))
        end = '\'';
    if (!at_is(text, at, '"') && !at_is(text, at, '\'') && !at_is(text, at, '('))
        return at;
    for (at++; at < text.len && text.data[at] != (uint8_t)end; at++)
        at += text.data[at] == '\\' ? 1 : 0;
    return at + 1;
}

size_t link_end(bytes text, size_t open, bytes *label) {
    text.len = text.len - open > LINK_MAX_BYTES ? open + LINK_MAX_BYTES : text.len;
    size_t close = closing_bracket(text, open);
    if (!at_is(text, close + 1, '('))
        return 0;
    *label = bytes_of(text.data + open + 1, close - open - 1);
    size_t at = behind_address(text, skip_space(text, close + 2));
    size_t title = skip_space(text, at);
    if (title > at)
        at = skip_space(text, behind_title(text, title));
    return at_is(text, at, ')') ? at + 1 : 0;
}
