// SPDX-License-Identifier: Apache-2.0
#include "inbound/mention.h"

#include "base/mem.h"
#include "inbound/code_mask.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_word(char c) {
    return isalnum((unsigned char)c) != 0 ? (unsigned char)c < 0x80 : c == '_';
}

// A name goes on behind dots, dashes and colons: "@bot.x" is somebody else.
static bool ends_name(const char *after) {
    if (is_word(*after))
        return false;
    size_t marks = strspn(after, ".:-");
    return marks == 0 || !is_word(after[marks]);
}

static bool mention_at(const char *text, size_t at, const char *username, size_t name_len) {
    if (text[at] != '@' || (at > 0 && is_word(text[at - 1])))
        return false;
    return strncasecmp(text + at + 1, username, name_len) == 0 && ends_name(text + at + 1 + name_len);
}

bool mention_has(const char *text, const char *username) {
    size_t name_len = strlen(username);
    bool found = false;
    if (name_len == 0 || strchr(text, '@') == NULL)
        return false;
    bool *code = code_mask(text);
    for (size_t at = 0; text[at] != '\0' && !found; at++)
        found = !code[at] && mention_at(text, at, username, name_len);
    free(code);
    return found;
}

static bool blank(char c) {
    return c == ' ' || c == '\t';
}

static size_t trim_end(const char *out, size_t len, size_t start) {
    while (len > start && blank(out[len - 1]))
        len--;
    return len;
}

// One line [at, end) into out behind len; returns the new length, and whether a mention went.
static size_t strip_line(const char *text, size_t at, size_t end, const bool *code, const char *username, char *out,
                         size_t len, bool *stripped) {
    size_t start = len, name_len = strlen(username);
    *stripped = false;
    while (at < end) {
        if (code[at] || !mention_at(text, at, username, name_len)) {
            out[len++] = text[at++];
            continue;
        }
        *stripped = true;
        at += 1 + name_len;
        // The blanks around it become one, or none at the line's ends.
        if (trim_end(out, len, start) == start || (len > start && blank(out[len - 1]))) {
            while (at < end && blank(text[at]))
                at++;
        }
    }
    return *stripped ? trim_end(out, len, start) : len;
}

char *mention_strip(const char *text, const char *username) {
    bool *code = code_mask(text);
    char *out = xmalloc(strlen(text) + 1);
    size_t len = 0, at = 0;
    bool leading = true;
    while (text[at] != '\0') {
        size_t end = at + strcspn(text + at, "\n"), before = len;
        bool stripped = false;
        len = strip_line(text, at, end, code, username, out, len, &stripped);
        bool only_mention = stripped && trim_end(out, len, before) == before;
        at = text[end] == '\n' ? end + 1 : end;
        if (leading && only_mention) {
            len = before;
            continue;
        }
        leading = leading && len == before;
        if (text[end] == '\n')
            out[len++] = '\n';
    }
    while (len > 0 && (out[len - 1] == '\n' || blank(out[len - 1])))
        len--;
    out[len] = '\0';
    free(code);
    return out;
}
