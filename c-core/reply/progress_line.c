// SPDX-License-Identifier: Apache-2.0
#include "reply/progress_line.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>

static const char ELLIPSIS[] = "…", COMMAND_ICON[] = "🛠️";

static size_t rune_at(bytes text, size_t at, uint32_t *rune) {
    return utf8_next(bytes_of(text.data + at, text.len - at), rune);
}

// Bytes of the first count runes.
static size_t first_runes(bytes text, size_t count) {
    size_t at = 0;
    uint32_t rune;
    for (; count > 0 && at < text.len; count--)
        at += rune_at(text, at, &rune);
    return at;
}

// White space in a row becomes one blank. The caller frees it.
static char *one_blank(const char *text) {
    bytes rest = utf8_trim(bytes_str(text));
    char *out = xmalloc(rest.len + 1), *end = out;
    bool blank = false;
    for (size_t at = 0, len; at < rest.len; at += len) {
        uint32_t rune;
        len = rune_at(rest, at, &rune);
        if (utf8_is_space(rune)) {
            blank = true;
            continue;
        }
        if (blank)
            *end++ = ' ';
        blank = false;
        end = mempcpy(end, rest.data + at, len);
    }
    *end = '\0';
    return out;
}

// Where the last word begins that has a blank before it, counted from the blank; text.len without one.
static size_t last_word(bytes text) {
    const uint8_t *blank = text.len > 0 ? memrchr(text.data, ' ', text.len) : NULL;
    return blank != NULL && blank + 1 < text.data + text.len ? (size_t)(blank - text.data) : text.len;
}

static char *beginning(bytes text, size_t max_runes) {
    if (utf8_runes(text) <= max_runes)
        return xstrndup((const char *)text.data, text.len);
    if (max_runes <= 1)
        return xstrdup(ELLIPSIS);
    bytes head = utf8_trim(bytes_of(text.data, first_runes(text, max_runes - 1)));
    size_t word = last_word(head);
    // A word that ends shortly before the cut is a better end; 0.6 is the reference's number.
    if (word < head.len && utf16_units(bytes_of(head.data, word)) > max_runes * 6 / 10)
        head.len = word;
    return xasprintf("%.*s%s", (int)head.len, (const char *)head.data, ELLIPSIS);
}

// Both ends, with an ellipsis between.
static char *both_ends(bytes text, size_t max_runes) {
    size_t runes = utf8_runes(text), start = ((max_runes - 1) * 45 + 99) / 100, end = max_runes - start - 1;
    if (runes <= max_runes)
        return xstrndup((const char *)text.data, text.len);
    end = end > 0 ? end : 1;
    bytes head = utf8_trim(bytes_of(text.data, first_runes(text, start)));
    size_t word = last_word(head), behind = first_runes(text, runes - end);
    if (word < head.len && utf16_units(head) > 8)
        head.len = word;
    bytes tail = utf8_trim(bytes_of(text.data + behind, text.len - behind));
    return xasprintf("%.*s%s%.*s", (int)head.len, (const char *)head.data, ELLIPSIS, (int)tail.len,
                     (const char *)tail.data);
}

static size_t count_of(const char *text, char c) {
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += *text == c;
    return count;
}

// Marks that lost their other half would change what follows.
static void mend_marks(char *line) {
    bool quote = line[0] == '`';
    if (count_of(line, '`') % 2 != 0) {
        char *end = line;
        for (char *at = line; *at != '\0'; at++) {
            if (*at != '`')
                *end++ = *at;
            else if (quote)
                *end++ = '\'';
        }
        *end = '\0';
    }
    size_t len = strlen(line);
    if (line[0] == '_' && line[len - 1] != '_' && count_of(line, '_') % 2 != 0)
        memmove(line, line + 1, len);
}

// How much of the line is its title: up to ": ", or the icon of a command; 0 without one.
static size_t title_of(const char *line, bool command) {
    const char *colon = strstr(line, ": ");
    size_t icon = strlen(COMMAND_ICON);
    if (command)
        return strncmp(line, COMMAND_ICON, icon) == 0 && line[icon] == ' ' ? icon + 1 : 0;
    return colon != NULL && colon > line ? (size_t)(colon - line) + 2 : 0;
}

static char *with_title(const char *line, size_t title, size_t max_runes) {
    enum { DETAIL_MIN_RUNES = 8 };
    size_t taken = utf8_runes(bytes_of(line, title));
    if (title == 0 || taken + DETAIL_MIN_RUNES > max_runes)
        return NULL;
    char *detail = both_ends(bytes_str(line + title), max_runes - taken);
    char *out = xasprintf("%.*s%s", (int)title, line, detail);
    free(detail);
    return out;
}

char *progress_line(const char *text, size_t max_runes) {
    char *line = one_blank(text), *out = NULL;
    if (utf8_runes(bytes_str(line)) <= max_runes)
        return line;
    if (max_runes > 1)
        out = with_title(line, title_of(line, false), max_runes);
    if (out == NULL && max_runes > 1)
        out = with_title(line, title_of(line, true), max_runes);
    if (out == NULL)
        out = beginning(bytes_str(line), max_runes);
    free(line);
    mend_marks(out);
    return out;
}

char *progress_beginning(const char *text, size_t max_runes) {
    char *line = one_blank(text), *out = beginning(bytes_str(line), max_runes);
    free(line);
    return out;
}

char *progress_shorten(const char *text, size_t max_units) {
    enum { DOTS = 3 };
    bytes trimmed = utf8_trim(bytes_str(text));
    if (utf16_units(trimmed) <= max_units)
        return xstrndup((const char *)trimmed.data, trimmed.len);
    size_t room = max_units > DOTS ? max_units - DOTS : 0;
    bytes head = utf8_trim(bytes_of(trimmed.data, utf16_prefix(trimmed, room)));
    return xasprintf("%.*s...", (int)head.len, (const char *)head.data);
}
