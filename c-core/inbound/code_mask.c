// SPDX-License-Identifier: Apache-2.0
#include "inbound/code_mask.h"

#include "base/fence.h"
#include "base/mem.h"

#include <stddef.h>
#include <string.h>

static size_t run_of(const char *at, char c) {
    size_t len = 0;
    while (at[len] == c)
        len++;
    return len;
}

// A span opened by a run of n backticks ends at the next run of exactly n.
static size_t mark_span(const char *text, size_t at, size_t limit, bool *mask) {
    size_t open = run_of(text + at, '`');
    size_t end = at + open;
    while (end < limit) {
        end += strcspn(text + end, "`");
        size_t close = run_of(text + end, '`');
        if (close == open && end + close <= limit) {
            memset(mask + at, true, end + close - at);
            return end + close;
        }
        end += close > 0 ? close : 1;
    }
    return at + open;
}

// Spans in text outside blocks, [at, end).
static void mark_spans(const char *text, size_t at, size_t end, bool *mask) {
    while (at < end) {
        at += strcspn(text + at, "`");
        if (at < end)
            at = mark_span(text, at, end, mask);
    }
}

bool *code_mask(const char *text) {
    bool *mask = xcalloc(strlen(text) + 1, sizeof *mask);
    fence state = {.mark = 0};
    size_t prose = 0, at = 0; // prose: where the text outside blocks began
    while (text[at] != '\0') {
        size_t end = at + strcspn(text + at, "\n");
        fence after = fence_after_line(state, bytes_of(text + at, end - at));
        bool in_block = state.mark != 0 || after.mark != 0;
        if (in_block) {
            mark_spans(text, prose, at, mask);
            memset(mask + at, true, end - at);
            prose = end;
        }
        state = after;
        at = text[end] == '\n' ? end + 1 : end;
    }
    mark_spans(text, prose, at, mask);
    return mask;
}
