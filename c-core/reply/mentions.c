// SPDX-License-Identifier: Apache-2.0
#include "reply/mentions.h"

#include "base/mem.h"
#include "reply/containers.h"
#include "reply/entities.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char ZERO_WIDTH_SPACE[] = "\u200b";

static size_t run_of(const char *text, size_t at, size_t end) {
    size_t len = 0;
    while (at + len < end && text[at + len] == '`')
        len++;
    return len;
}

// Counts one up in marks for each byte of a code span in text[start, end).
static void mark_spans(const char *text, size_t start, size_t end, char *marks) {
    for (size_t at = start; at < end;) {
        if (text[at] != '`') {
            at += text[at] == '\\' ? 2 : 1;
            continue;
        }
        size_t open = run_of(text, at, end), close = 0, stop = at + open;
        while (stop < end && close != open) {
            stop += close;
            const char *next = memchr(text + stop, '`', end - stop);
            stop = next != NULL ? (size_t)(next - text) : end;
            close = run_of(text, stop, end);
        }
        for (size_t i = at; close == open && i < stop + close; i++)
            marks[i]++;
        at = close == open ? stop + close : at + open;
    }
}

enum { SPAN = 2 }; // marks of a byte that is in a span, seen by its line as well as by its paragraph

// What is code beyond doubt: blocks, and spans within one line. A mention that is taken for code by mistake calls everybody; a
// mark too much in code is not seen.
static char *certain_code(const char *text) {
    char *marks = xcalloc(strlen(text) + 1, 1);
    containers state = {.quotes = 0};
    size_t paragraph = 0, at = 0;
    while (text[at] != '\0') {
        size_t len = strcspn(text + at, "\n"), next = at + len + (text[at + len] == '\n' ? 1 : 0);
        bool before = state.code.mark != 0;
        containers_next(&state, bytes_of(text + at, len));
        bool block = before && state.code.mark != 0;
        if (block)
            memset(marks + at, SPAN, len);
        else
            mark_spans(text, at, at + len, marks);
        if (block || len == strspn(text + at, " \t\r")) {
            mark_spans(text, paragraph, at, marks);
            paragraph = next;
        }
        at = next;
    }
    mark_spans(text, paragraph, at, marks);
    return marks;
}

// The length of a sign "@" at text, also as a character reference; 0 for something else.
static size_t sign_at(const char *text) {
    char decoded[4];
    size_t len = 0, taken;
    if (*text == '@')
        return 1;
    if (strncmp(text, "&commat;", 8) == 0)
        return 8;
    if (*text != '&')
        return 0;
    taken = entity_decode(bytes_of(text, strnlen(text, 16)), decoded, &len);
    return taken > 0 && len == 1 && decoded[0] == '@' ? taken : 0;
}

// Behind an "@": a name that calls everybody, or one that may turn out to be it once its character references are read.
static bool calls_everybody(const char *name) {
    static const char *const names[] = {"all", "channel", "here"};
    size_t letters = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (name[letters] == '&')
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i]) == letters && strncasecmp(name, names[i], letters) == 0)
            return isdigit((unsigned char)name[letters]) == 0;
    }
    return false;
}

static bool in_address(const char *text, size_t at) {
    size_t start = at;
    while (start > 0 && isspace((unsigned char)text[start - 1]) == 0 &&
           strchr("<>\"", text[start - 1]) == NULL)
        start--;
    return memmem(text + start, at - start, "://", 3) != NULL;
}

char *mentions_defuse(const char *text) {
    enum { GROWTH = 3 }; // an "@" and what comes behind it
    if (strchr(text, '@') == NULL && strchr(text, '&') == NULL)
        return xstrdup(text);
    char *code = certain_code(text), *out = xmalloc(strlen(text) * (1 + GROWTH) + 1), *end = out;
    for (size_t at = 0, len; text[at] != '\0'; at += len) {
        size_t sign = code[at] < SPAN ? sign_at(text + at) : 0;
        bool inside_word = at > 0 && isalnum((unsigned char)text[at - 1]) != 0;
        len = sign > 0 ? sign : 1;
        if (sign > 0 && !inside_word && calls_everybody(text + at + sign)) {
            bool address = in_address(text, at);
            if (!address)
                end = mempcpy(end, text + at, sign);
            end = mempcpy(end, address ? "%40" : ZERO_WIDTH_SPACE, 3);
        } else {
            end = mempcpy(end, text + at, len);
        }
    }
    *end = '\0';
    free(code);
    return out;
}
