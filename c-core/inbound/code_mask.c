// SPDX-License-Identifier: Apache-2.0
#include "inbound/code_mask.h"

#include "base/mem.h"

#include <stddef.h>
#include <string.h>

static size_t run_of(const char *at, char c) {
    size_t len = 0;
    while (at[len] == c)
        len++;
    return len;
}

// The length of a fence that starts this line, or 0.
static size_t fence_at(const char *line, char *mark) {
    size_t indent = run_of(line, ' ');
    char c = line[indent];
    size_t len = c == '`' || c == '~' ? run_of(line + indent, c) : 0;
    *mark = c;
    return indent <= 3 && len >= 3 ? len : 0;
}

static const char *line_end(const char *line) {
    const char *end = strchr(line, '\n');
    return end != NULL ? end + 1 : line + strlen(line);
}

// Marks a fenced block that starts at line; returns where it ends, or line itself when there is none.
static const char *mark_fence(const char *text, const char *line, bool *mask) {
    char mark, other;
    size_t len = fence_at(line, &mark);
    if (len == 0)
        return line;
    const char *at = line_end(line);
    while (*at != '\0') {
        const char *next = line_end(at);
        bool closes = fence_at(at, &other) >= len && other == mark;
        at = next;
        if (closes)
            break;
    }
    memset(mask + (line - text), true, (size_t)(at - line));
    return at;
}

// A span opened by a run of n backticks ends at the next run of exactly n.
static size_t mark_span(const char *text, size_t at, bool *mask) {
    size_t open = run_of(text + at, '`');
    size_t end = at + open;
    while (text[end] != '\0') {
        end += strcspn(text + end, "`");
        size_t close = run_of(text + end, '`');
        if (close == open) {
            memset(mask + at, true, end + close - at);
            return end + close;
        }
        end += close;
    }
    return at + open;
}

bool *code_mask(const char *text) {
    bool *mask = xcalloc(strlen(text) + 1, sizeof *mask);
    size_t at = 0;
    bool line_start = true;
    while (text[at] != '\0') {
        if (line_start) {
            size_t end = (size_t)(mark_fence(text, text + at, mask) - text);
            line_start = false;
            if (end != at) {
                at = end;
                line_start = true;
                continue;
            }
        }
        if (text[at] == '`') {
            at = mark_span(text, at, mask);
            continue;
        }
        line_start = text[at] == '\n';
        at++;
    }
    return mask;
}
