// SPDX-License-Identifier: Apache-2.0
#include "reply/silence.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "reply/reasoning.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

const char SILENCE_GATEWAY_WORD[] = "NO_REPLY";
const char SILENCE_WORD[] = "STAY_SILENT";

static bytes behind(bytes text, size_t len) {
    return bytes_of(text.data + len, text.len - len);
}

static bool starts_with(bytes text, const char *word) {
    size_t len = strlen(word);
    return text.len >= len && strncasecmp((const char *)text.data, word, len) == 0;
}

static bool ends_with(bytes text, const char *word) {
    size_t len = strlen(word);
    return text.len >= len && strncasecmp((const char *)text.data + text.len - len, word, len) == 0;
}

// The word once or more, with white space around and between.
static bool only_words(bytes text, const char *word) {
    text = utf8_trim(text);
    bool any = false;
    while (starts_with(text, word)) {
        bytes rest = behind(text, strlen(word));
        text = utf8_trim_start(rest);
        if (text.len > 0 && text.data == rest.data)
            return false; // glued to something
        any = true;
    }
    return any && text.len == 0;
}

// Unicode's punctuation (not its symbols: a backtick makes code).
static bool is_punctuation(uint32_t rune) {
    static const struct range {
        uint32_t first, last;
    } ranges[] = {
        {0x00A7, 0x00A7}, {0x00AB, 0x00AB}, {0x00B6, 0x00B7}, {0x00BB, 0x00BB}, {0x00BF, 0x00BF},
        {0x00A1, 0x00A1}, {0x2010, 0x2027}, {0x2030, 0x2043}, {0x2045, 0x2051}, {0x2053, 0x205E},
        {0x2E00, 0x2E5D}, {0x3001, 0x3003}, {0x3008, 0x3011}, {0x3014, 0x301F}, {0x3030, 0x3030},
        {0x30FB, 0x30FB}, {0xFF01, 0xFF03}, {0xFF05, 0xFF0A}, {0xFF0C, 0xFF0F}, {0xFF1A, 0xFF1B},
        {0xFF1F, 0xFF20}, {0xFF3B, 0xFF3D}, {0xFF3F, 0xFF3F}, {0xFF5B, 0xFF5B}, {0xFF5D, 0xFF5D},
        {0xFF5F, 0xFF65},
    };
    if (rune < 0x80)
        return ispunct((int)rune) != 0 && strchr("$+<=>^`|~", (int)rune) == NULL;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (rune >= ranges[i].first && rune <= ranges[i].last)
            return true;
    }
    return false;
}

static bytes without_punctuation(bytes text) {
    size_t start = 0, end = 0;
    for (size_t at = 0, len; at < text.len; at += len) {
        uint32_t rune;
        len = utf8_next(behind(text, at), &rune);
        if (is_punctuation(rune)) {
            start = end == 0 ? at + len : start;
            continue;
        }
        end = at + len;
    }
    return end > start ? bytes_of(text.data + start, end - start) : bytes_of(text.data, 0);
}

static bool is_text(bytes text, const char *word) {
    return only_words(text, word) || only_words(without_punctuation(utf8_trim(text)), word);
}

bool silence_is_text(const char *text, const char *word) {
    return is_text(bytes_str(text), word);
}

// As JSON: "word" or {"action":"word"}, in exactly this case.
static bool is_json(bytes text, const char *word) {
    cJSON *value = NULL;
    text = utf8_trim(text);
    if (text.len == 0 || (text.data[0] != '"' && text.data[0] != '{') || json_parse(text, &value) != OC_OK)
        return false;
    const cJSON *said =
        cJSON_IsObject(value) && cJSON_GetArraySize(value) == 1 ? json_get(value, "action") : value;
    bool silent = cJSON_IsString(said) && bytes_is(utf8_trim(bytes_str(said->valuestring)), word);
    cJSON_Delete(value);
    return silent;
}

// The word at the end, behind white space, an asterisk or a dot, is taken away; false when it does not end so.
static bool take_last_word(bytes *text, const char *word) {
    bytes rest = utf8_trim(*text);
    if (!ends_with(rest, word))
        return false;
    rest.len -= strlen(word);
    if (rest.len > 0 && strchr("*.", rest.data[rest.len - 1]) != NULL)
        rest.len--;
    else if (rest.len > 0 && utf8_trim(rest).data + utf8_trim(rest).len == rest.data + rest.len)
        return false; // glued to something
    *text = utf8_trim(rest);
    return true;
}

// The word behind reasoning: alone, or behind a sentence that only says that nothing will be said.
static bool is_behind_reasoning(bytes text, const char *word) {
    bytes rest = utf8_trim(text);
    reasoning_lead lead = reasoning_skip_lead(&rest);
    if (lead == REASONING_NONE)
        return false;
    if (is_text(rest, word))
        return true;
    if (!take_last_word(&rest, word))
        return false;
    return rest.len == 0 || reasoning_ends_in_silence(rest, lead);
}

bool silence_is_answer(const char *text, const char *word) {
    bytes all = bytes_str(text);
    return is_text(all, word) || is_json(all, word) || is_behind_reasoning(all, word);
}

// Words at the front that are glued to what follows, or stand on lines of their own. In front of a sentence that goes on in
// the same line the word may be meant.
static bytes without_leading(bytes text, const char *word) {
    bytes rest = utf8_trim(text), spaced = rest;
    bool any = false;
    while (starts_with(rest, word)) {
        spaced = behind(rest, strlen(word));
        rest = utf8_trim_start(spaced);
        any = true;
    }
    size_t gap = (size_t)(rest.data - spaced.data);
    bool glued = gap == 0 && rest.len > 0 && (isalnum(rest.data[0]) != 0 || rest.data[0] >= 0x80);
    bool apart = gap > 0 && memchr(spaced.data, '\n', gap) != NULL;
    return any && (rest.len == 0 || glued || apart) ? rest : text;
}

// Words at the end, behind white space or the marks of bold text.
static bytes without_trailing(bytes text, const char *word) {
    bytes rest = utf8_trim(text);
    while (ends_with(rest, word)) {
        bytes shorter = bytes_of(rest.data, rest.len - strlen(word));
        bytes trimmed = utf8_trim_end(shorter);
        bool marked = trimmed.len > 0 && trimmed.data[trimmed.len - 1] == '*';
        bool spaced = trimmed.len == 0 || trimmed.data + trimmed.len < shorter.data + shorter.len;
        if (!marked && !spaced)
            break;
        while (!spaced && trimmed.len > 0 && trimmed.data[trimmed.len - 1] == '*')
            trimmed.len--;
        rest = utf8_trim_end(trimmed);
    }
    return rest;
}

char *silence_strip(const char *text, const char *word) {
    bytes rest = utf8_trim(without_trailing(without_leading(bytes_str(text), word), word));
    return xstrndup((const char *)rest.data, rest.len);
}

bool silence_may_follow(const char *so_far, const char *word) {
    bytes text = without_punctuation(utf8_trim(bytes_str(so_far)));
    return text.len == 0 ||
           (text.len <= strlen(word) && strncasecmp((const char *)text.data, word, text.len) == 0) ||
           is_text(text, word);
}

bool silence_chosen(const char *answer) {
    return silence_is_answer(answer, SILENCE_WORD) || silence_is_answer(answer, SILENCE_GATEWAY_WORD);
}

bool silence_possible(const char *so_far) {
    return silence_may_follow(so_far, SILENCE_WORD) || silence_may_follow(so_far, SILENCE_GATEWAY_WORD);
}

char *silence_cut(const char *text) {
    char *ours = silence_strip(text, SILENCE_WORD), *out = silence_strip(ours, SILENCE_GATEWAY_WORD);
    free(ours);
    return out;
}

bool silence_is_reasoning(const char *text) {
    return reasoning_is_told(bytes_str(text));
}
