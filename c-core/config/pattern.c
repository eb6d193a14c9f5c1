// SPDX-License-Identifier: Apache-2.0
#include "config/pattern.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#define PCRE2_STATIC
#include <pcre2.h>

enum {
    TEXT_MAX_BYTES = 16384,
    // Steps that all places of a text may cost together, and the least for one place: about a tenth of a second at worst.
    STEPS_MAX = 10000000,
    STEPS_MIN = 1000,
    DEPTH_MAX = 10000,
    HEAP_MAX_KIB = 4096,
};

// What JavaScript has and PCRE2 does otherwise by default: \u1234, "$" at the very end only, references to groups that
// matched nothing. Text that is no UTF-8 does not match where it is none.
static const uint32_t OPTIONS = PCRE2_CASELESS | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_ALT_BSUX |
                                PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C;

static pcre2_code *compile(const char *pattern, int *error, size_t *at) {
    return pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, OPTIONS, error, at, NULL);
}

char *pattern_problem(const char *pattern) {
    int error = 0;
    size_t at = 0;
    PCRE2_UCHAR words[256] = "";
    if (strlen(pattern) > PATTERN_MAX_BYTES)
        return xasprintf("is longer than %d characters.", PATTERN_MAX_BYTES);
    pcre2_code *code = compile(pattern, &error, &at);
    if (code != NULL) {
        pcre2_code_free(code);
        return NULL;
    }
    pcre2_get_error_message(error, words, sizeof words);
    return xasprintf("is no regular expression: %s (at character %zu).", (const char *)words, at + 1);
}

// Characters that nobody sees and that would part a name.
static bool is_hidden(uint32_t rune) {
    return (rune >= 0x200B && rune <= 0x200F) || (rune >= 0x202A && rune <= 0x202E) ||
           (rune >= 0x2060 && rune <= 0x206F);
}

static char *without_hidden(const char *text, size_t *len) {
    bytes rest = bytes_of(text, strnlen(text, TEXT_MAX_BYTES));
    char *out = xmalloc(rest.len + 1);
    uint32_t rune;
    *len = 0;
    while (rest.len > 0) {
        size_t size = utf8_next(rest, &rune);
        if (!is_hidden(rune)) {
            memcpy(out + *len, rest.data, size);
            *len += size;
        }
        rest = bytes_of(rest.data + size, rest.len - size);
    }
    out[*len] = '\0';
    return out;
}

static bool matches(const char *pattern, const char *text, size_t len, pcre2_match_context *limits) {
    int error = 0;
    size_t at = 0;
    pcre2_code *code = compile(pattern, &error, &at);
    if (code == NULL)
        return false;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int found =
        data != NULL ? pcre2_match(code, (PCRE2_SPTR)text, len, 0, 0, data, limits) : PCRE2_ERROR_NOMEMORY;
    if (found < 0 && found != PCRE2_ERROR_NOMATCH)
        log_warn("a regular expression of mentionPatterns takes too long", "pattern", pattern);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return found >= 0;
}

bool pattern_any_matches(char *const *patterns, const char *text) {
    bool found = false;
    size_t len = 0;
    if (patterns == NULL || *patterns == NULL)
        return false;
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    if (limits == NULL)
        return false;
    char *seen = without_hidden(text, &len);
    pcre2_set_match_limit(limits, (uint32_t)(STEPS_MAX / (len + 1)) + STEPS_MIN);
    pcre2_set_depth_limit(limits, DEPTH_MAX);
    pcre2_set_heap_limit(limits, HEAP_MAX_KIB);
    for (; *patterns != NULL && !found; patterns++)
        found = matches(*patterns, seen, len, limits);
    pcre2_match_context_free(limits);
    free(seen);
    return found;
}
