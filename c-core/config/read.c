// SPDX-License-Identifier: Apache-2.0
#include "config/read.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "config/read_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

// --- what the readers share -----------------------------------------------------------------------------------

bool reading_fail(reading *r, int line, const char *format, ...) {
    va_list args;
    if (r->problem.sentence != NULL)
        return false;
    va_start(args, format);
    if (vasprintf(&r->problem.sentence, format, args) < 0)
        r->problem.sentence = xstrdup("out of memory.");
    va_end(args);
    r->problem.line = line;
    return false;
}

bool reading_allows_node(reading *r, int line) {
    if (++r->nodes <= CONF_NODES_MAX)
        return true;
    return reading_fail(r, line, "more than %d values; a configuration has fewer.", CONF_NODES_MAX);
}

bool reading_allows_depth(reading *r, size_t depth, int line) {
    if (depth <= CONF_DEPTH_MAX)
        return true;
    return reading_fail(r, line, "nested more than %d levels deep; a configuration needs far fewer.",
                        CONF_DEPTH_MAX);
}

bool reading_allows_scalar(reading *r, bytes text, int line) {
    if (text.len > CONF_SCALAR_MAX_BYTES)
        return reading_fail(r, line, "a single value is longer than %d KiB.", CONF_SCALAR_MAX_BYTES / 1024);
    if (text.len > 0 && memchr(text.data, 0, text.len) != NULL)
        return reading_fail(r, line, "a value holds the character NUL, which is not allowed.");
    return true;
}

bool reading_allows_key(reading *r, const conf_node *map, bytes key, int line) {
    size_t before;
    if (!reading_allows_scalar(r, key, line))
        return false;
    char *text = xstrndup(key.len > 0 ? (const char *)key.data : "", key.len);
    char *shown = conf_quote_key(text);
    if (conf_find(map, text, &before))
        reading_fail(r, line, "the key %s stands here and in line %d: keep one of the two.", shown,
                     conf_key_line(map, before));
    free(shown);
    free(text);
    return r->problem.sentence == NULL;
}

// --- the text as a whole --------------------------------------------------------------------------------------

// Notes what forbids any reading: bytes that are no text.
static bool check_bytes(reading *r, bytes text) {
    int line = 1;
    while (text.len > 0) {
        uint32_t rune;
        size_t len = utf8_next(text, &rune);
        if (rune == 0)
            return reading_fail(r, line, "holds a NUL byte; a configuration is text, stored as UTF-8.");
        if (len == 1 && text.data[0] >= 0x80)
            return reading_fail(r, line, "is not valid UTF-8; store the text as UTF-8.");
        bool pair = rune == '\r' && text.len > 1 && text.data[1] == '\n';
        if (rune == '\n' || (rune == '\r' && !pair))
            line++;
        text = bytes_of(text.data + len, text.len - len);
    }
    return true;
}

static bool looks_like_json5(bytes text) {
    size_t i = 0;
    while (i < text.len && memchr(" \t\r\n", text.data[i], 4) != NULL)
        i++;
    size_t left = text.len - i;
    return left > 0 && (text.data[i] == '{' || (left > 1 && text.data[i] == '/' &&
                                                (text.data[i + 1] == '/' || text.data[i + 1] == '*')));
}

conf_node *conf_read(bytes text, conf_problem *problem) {
    static const char mark[] =
        "\xEF\xBB\xBF"; // YAML 1.2 allows a byte order mark; editors write it for JSON too
    reading r = {0};
    conf_node *tree = NULL;
    if (text.len >= 3 && memcmp(text.data, mark, 3) == 0)
        text = bytes_of(text.data + 3, text.len - 3);
    if (text.len > CONF_TEXT_MAX_BYTES)
        reading_fail(&r, 0, "is larger than %d KiB; a configuration is smaller.", CONF_TEXT_MAX_BYTES / 1024);
    else if (check_bytes(&r, text))
        tree = looks_like_json5(text) ? read_json5(&r, text) : read_yaml(&r, text);
    *problem = r.problem;
    return tree;
}

void conf_problem_free(conf_problem *problem) {
    free(problem->sentence);
    *problem = (conf_problem){0};
}
