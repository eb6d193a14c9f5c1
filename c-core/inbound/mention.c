// SPDX-License-Identifier: Apache-2.0
#include "inbound/mention.h"

#include "base/mem.h"
#include "inbound/code_mask.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// As OpenClaw's rule has it: ASCII only. (Our processes stay in the "C" locale.)
static bool is_word(char c) {
    return isalnum((unsigned char)c) != 0 || c == '_';
}

// A name goes on behind dots, dashes and colons: "@bot.x" is somebody else.
static bool ends_name(const char *after) {
    return !is_word(after[strspn(after, ".:-")]);
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

static size_t skip_blanks(const char *text, size_t at, size_t end) {
    while (at < end && blank(text[at]))
        at++;
    return at;
}

// Runs of blanks behind something visible become one space. Works in place; returns the new length.
static size_t collapse(char *line, size_t len) {
    size_t at = skip_blanks(line, 0, len), out = at;
    while (at < len) {
        size_t next = skip_blanks(line, at, len);
        if (next - at >= 2)
            line[out++] = ' ';
        else if (next > at)
            line[out++] = line[at];
        at = next;
        if (at < len)
            line[out++] = line[at++];
    }
    return out;
}

typedef struct stripping {
    const char *text, *username;
    const bool *code;
    size_t name_len;
} stripping;

static bool mention_here(const stripping *s, size_t at) {
    return !s->code[at] && mention_at(s->text, at, s->username, s->name_len);
}

// A line that has a mention, [at, end), to out; returns its length there. The mention at the start goes with the blanks
// behind it, the one at the end with the blanks before it, others leave what is around them.
static size_t strip_line(const stripping *s, size_t at, size_t end, char *out) {
    size_t len = 0, first = skip_blanks(s->text, at, end);
    memcpy(out, s->text + at, first - at);
    len = first - at;
    at = first < end && mention_here(s, first) ? skip_blanks(s->text, first + 1 + s->name_len, end) : first;
    while (at < end) {
        if (!mention_here(s, at)) {
            out[len++] = s->text[at++];
            continue;
        }
        at += 1 + s->name_len;
        if (skip_blanks(s->text, at, end) == end) {
            at = end;
            while (len > 0 && blank(out[len - 1]))
                len--;
        }
    }
    return collapse(out, len);
}

static bool line_mentions(const stripping *s, size_t at, size_t end) {
    for (; at < end; at++) {
        if (mention_here(s, at))
            return true;
    }
    return false;
}

static bool only_blanks(const char *text, size_t len) {
    return skip_blanks(text, 0, len) == len;
}

char *mention_strip(const char *text, const char *username) {
    bool *code = code_mask(text);
    char *out = xmalloc(strlen(text) + 1);
    stripping s = {.text = text, .username = username, .code = code, .name_len = strlen(username)};
    size_t len = 0, at = 0;
    bool leading = s.name_len > 0;
    while (text[at] != '\0') {
        size_t end = at + strcspn(text + at, "\n"), line = end - at;
        bool mentions = s.name_len > 0 && line_mentions(&s, at, end);
        if (mentions)
            line = strip_line(&s, at, end, out + len);
        else
            memcpy(out + len, text + at, line);
        at = text[end] == '\n' ? end + 1 : end;
        leading = leading && mentions && only_blanks(out + len, line);
        if (leading)
            continue; // it held nothing but the mention
        len += line;
        if (text[end] == '\n')
            out[len++] = '\n';
    }
    while (len > 0 && (out[len - 1] == '\n' || blank(out[len - 1])))
        len--;
    out[len] = '\0';
    free(code);
    return out;
}
