// SPDX-License-Identifier: Apache-2.0
#include "base/sanitise.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char REDACTED[] = "[redacted]";
enum { INPUT_MAX_BYTES = 16 << 10 }; // more is cut anyway: 300 units come of less

static void put(buf *out, const char *text, size_t length) {
    if (buf_append(out, text, length) != OC_OK)
        return; // what is beyond the maximum is cut off anyway
}

static bool is_word(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static bool is_value(char c) {
    return c != '\0' && strchr(" \t\r\n\v\f\"',;", c) == NULL;
}

static size_t value_length(const char *text) {
    size_t length = 0;
    while (is_value(text[length]))
        length++;
    return length;
}

static bool ends_with(const char *word, size_t length, const char *end) {
    size_t want = strlen(end);
    return length >= want && strncasecmp(word + length - want, end, want) == 0;
}

static bool is_secret_key(const char *word, size_t length) {
    static const char *const ends[] = {"token",   "secret",  "password", "passwd", "authorization",
                                       "api_key", "api-key", "apikey",   "cookie"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends_with(word, length, ends[i]))
            return true;
    }
    return false;
}

// How long the name and password in front of a host are, "u:p" of "u:p@h"; 0 when there are none.
static size_t userinfo_length(const char *text) {
    size_t length = strcspn(text, "@/?# \t\r\n\"'");
    return text[length] == '@' ? length : 0;
}

// "://u:p@" → "://redacted:redacted@". Returns what was taken of the text.
static size_t take_address(buf *out, const char *text) {
    if (strncmp(text, "://", 3) != 0)
        return 0;
    put(out, text, 3);
    size_t length = userinfo_length(text + 3);
    if (length > 0)
        put(out, "redacted:redacted", strlen("redacted:redacted"));
    return 3 + length;
}

// Blanks, and one of the signs of an assignment between them; a quotation mark may follow the key and come before the value.
static size_t assignment_length(const char *text) {
    size_t at = 0;
    at += text[at] == '"' || text[at] == '\'';
    at += strspn(text + at, " \t");
    if (text[at] != '=' && text[at] != ':')
        return 0;
    at++;
    at += strspn(text + at, " \t");
    at += text[at] == '"' || text[at] == '\'';
    return at;
}

// "token" in lower case is a word of sentences ("the token was refused").
static bool is_scheme(const char *word, size_t length) {
    return (length == 6 && strncasecmp(word, "bearer", length) == 0) ||
           (length == 5 && (strncmp(word, "Basic", length) == 0 || strncmp(word, "Token", length) == 0));
}

// What stands behind "Bearer ". Returns what was taken.
static size_t take_credential(buf *out, const char *text) {
    size_t blanks = strspn(text, " \t"), length = value_length(text + blanks);
    if (blanks == 0 || length == 0)
        return 0;
    put(out, " ", 1);
    put(out, REDACTED, strlen(REDACTED));
    return blanks + length;
}

static void put_gap(buf *out, const char *gap, size_t length) {
    for (size_t i = 0; i < length; i++)
        put(out, gap[i] == '\t' ? " " : gap + i, 1);
}

// A word, with the value that it names. Returns what was taken.
static size_t take_word(buf *out, const char *text) {
    size_t length = 0;
    while (is_word(text[length]))
        length++;
    put(out, text, length);
    size_t gap = assignment_length(text + length);
    if (gap > 0 && is_secret_key(text, length)) {
        const char *value = text + length + gap;
        size_t taken = value_length(value);
        put_gap(out, text + length, gap);
        if (taken > 0)
            put(out, REDACTED, strlen(REDACTED));
        if (is_scheme(value, taken)) // "authorization: Token abc"
            taken += take_credential(out, value + taken);
        return length + gap + taken;
    }
    return length + (is_scheme(text, length) ? take_credential(out, text + length) : 0);
}

static size_t take_blanks(buf *out, const char *text) {
    size_t length = 0;
    while (text[length] != '\0' &&
           (isspace((unsigned char)text[length]) || iscntrl((unsigned char)text[length])))
        length++;
    if (length > 0)
        put(out, " ", 1);
    return length;
}

static size_t take_one(buf *out, const char *text) {
    size_t taken = take_blanks(out, text);
    if (taken == 0)
        taken = take_address(out, text);
    if (taken == 0 && is_word(*text))
        taken = take_word(out, text);
    if (taken > 0)
        return taken;
    put(out, text, 1);
    return 1;
}

char *sanitise(const char *text) {
    buf out;
    buf_init(&out, INPUT_MAX_BYTES);
    for (size_t seen = 0; *text != '\0' && seen < INPUT_MAX_BYTES;) {
        size_t taken = take_one(&out, text);
        text += taken;
        seen += taken;
    }
    bytes all = utf8_trim(buf_bytes(&out));
    size_t kept = all.len > 0 ? utf16_prefix(all, SANITISED_MAX_UNITS) : 0;
    char *result = kept > 0 ? xstrndup((const char *)all.data, kept) : xstrdup("");
    buf_free(&out);
    return result;
}
