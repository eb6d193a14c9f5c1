// SPDX-License-Identifier: Apache-2.0
#include "reply/reasoning.h"

#include "base/utf8.h"

#include <ctype.h>
#include <strings.h>

static bytes behind(bytes text, size_t len) {
    return bytes_of(text.data + len, text.len - len);
}

// The word at the front, in any case, is taken off; a longer word that begins so is another.
static bool take_word(bytes *text, const char *word) {
    size_t len = strlen(word);
    if (text->len < len || strncasecmp((const char *)text->data, word, len) != 0)
        return false;
    if (text->len > len && (isalnum(text->data[len]) != 0 || text->data[len] == '_'))
        return false;
    *text = behind(*text, len);
    return true;
}

static bool take_any(bytes *text, const char *const *words) {
    for (; *words != NULL; words++) {
        if (take_word(text, *words))
            return true;
    }
    return false;
}

static bool take_char(bytes *text, char c) {
    bytes rest = utf8_trim_start(*text);
    if (rest.len == 0 || rest.data[0] != (uint8_t)c)
        return false;
    *text = behind(rest, 1);
    return true;
}

static bytes without_prefix(bytes text, const char *prefix) {
    size_t len = strlen(prefix);
    return text.len >= len && strncasecmp((const char *)text.data, prefix, len) == 0 ? behind(text, len)
                                                                                     : text;
}

// "<think …>" or, closing, "</think>"; also with the name spaces that models use.
static bool take_tag(bytes *text, bool closing) {
    static const char *const names[] = {"thinking", "think", "thought", "antthinking", NULL};
    bytes rest = *text;
    if (!take_char(&rest, '<') || (closing && !take_char(&rest, '/')))
        return false;
    rest = without_prefix(without_prefix(utf8_trim_start(rest), "antml:"), "mm:");
    if (!take_any(&rest, names))
        return false;
    while (rest.len > 0 && rest.data[0] != '>' && rest.data[0] != '<' &&
           (!closing || isspace(rest.data[0]) != 0))
        rest = behind(rest, 1);
    if (rest.len == 0 || rest.data[0] != '>')
        return false;
    *text = behind(rest, 1);
    return true;
}

static bool take_closed_block(bytes *text) {
    bytes rest = *text;
    if (!take_tag(&rest, false))
        return false;
    while (rest.len > 0) {
        const uint8_t *next = memchr(rest.data, '<', rest.len);
        if (next == NULL)
            return false;
        rest = behind(rest, (size_t)(next - rest.data));
        if (take_tag(&rest, true)) {
            *text = utf8_trim_start(rest);
            return true;
        }
        rest = behind(rest, 1);
    }
    return false;
}

// A line of its own that only names what follows.
static bool take_title(bytes *text) {
    static const char *const titles[] = {"thinking", "think", "thought", "analysis", "reasoning", NULL};
    bytes rest = utf8_trim_start(*text);
    if (!take_any(&rest, titles))
        return false;
    take_char(&rest, ':');
    bytes next = utf8_trim_start(rest);
    if (memchr(rest.data, '\n', (size_t)(next.data - rest.data)) == NULL)
        return false;
    *text = next;
    return true;
}

reasoning_lead reasoning_skip_lead(bytes *text) {
    bool closed = false;
    while (take_closed_block(text))
        closed = true;
    if (closed)
        return REASONING_CLOSED;
    if (take_tag(text, false))
        return REASONING_OPEN;
    return take_title(text) ? REASONING_TITLED : REASONING_NONE;
}

// Words one after the other, with white space between.
static bool take_words(bytes *text, const char *const *words) {
    bytes rest = *text;
    for (; *words != NULL; words++) {
        rest = utf8_trim_start(rest);
        if (!take_word(&rest, *words))
            return false;
    }
    *text = rest;
    return true;
}

enum { PHRASE_WORDS = 4 };

static bool take_phrase(bytes *text, const char *const (*phrases)[PHRASE_WORDS], size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (take_words(text, phrases[i]))
            return true;
    }
    return false;
}

static bool at_end(bytes text) {
    text = utf8_trim(text);
    while (text.len > 0 && strchr(".!?", text.data[text.len - 1]) != NULL)
        text.len--;
    return utf8_trim(text).len == 0;
}

// Nothing, or where and when the silence holds.
static bool ends_sentence(bytes text) {
    static const char *const places[][PHRASE_WORDS] = {
        {"here"},
        {"for", "now"},
        {"on", "this"},
        {"in", "this", "chat"},
        {"in", "this", "thread"},
        {"in", "this", "channel"},
        {"in", "this", "conversation"},
    };
    bytes rest = text;
    return at_end(text) || (take_phrase(&rest, places, sizeof places / sizeof *places) && at_end(rest));
}

// "will stay silent", "won't reply", "have nothing to add".
static bool says_nothing_follows(bytes text) {
    static const char *const kept[] = {"stay", "remain", "keep", "be", NULL};
    static const char *const silent[] = {"quiet", "silent", NULL};
    static const char *const refusals[][PHRASE_WORDS] = {
        {"do", "not"}, {"don't"}, {"dont"}, {"will", "not"}, {"won't"}, {"would", "not"}, {"should", "not"},
    };
    static const char *const answered[] = {"reply", "respond", NULL};
    static const char *const nothing[][PHRASE_WORDS] = {
        {"have", "nothing", "to"},
        {"has", "nothing", "to"},
        {"have", "nothing", "for"},
        {"has", "nothing", "for"},
    };
    static const char *const said[] = {"say", "add", "reply", "respond", NULL};
    bytes rest = utf8_trim_start(text);
    take_word(&rest, "will");
    rest = utf8_trim_start(rest);
    if (take_any(&rest, kept)) {
        rest = utf8_trim_start(rest);
        return take_any(&rest, silent) && ends_sentence(rest);
    }
    rest = text;
    if (take_phrase(&rest, refusals, sizeof refusals / sizeof *refusals)) {
        rest = utf8_trim_start(rest);
        return take_any(&rest, answered) && ends_sentence(rest);
    }
    rest = text;
    if (!take_phrase(&rest, nothing, sizeof nothing / sizeof *nothing))
        return false;
    rest = utf8_trim_start(rest);
    return take_any(&rest, said) && at_end(rest);
}

static bool announces_silence(bytes text) {
    static const char *const who[][PHRASE_WORDS] = {
        {"i"},        {"i'll"},       {"i", "will"},        {"i'm"},       {"i", "am"},    {"we"},
        {"we'll"},    {"we", "will"}, {"the", "assistant"}, {"assistant"}, {"the", "bot"}, {"bot"},
        {"openclaw"},
    };
    for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
        bytes rest = utf8_trim_start(text);
        if (take_words(&rest, who[i]) && says_nothing_follows(rest))
            return true;
    }
    return false;
}

// Something in it may be meant for people.
static bool holds_answer(bytes text) {
    static const char *const cues[][PHRASE_WORDS] = {
        {"answer"},     {"here's"},       {"here", "is"},  {"tell", "them"},  {"you", "should"},
        {"you", "can"}, {"you", "could"}, {"you", "need"}, {"you", "must"},   {"please"},
        {"try"},        {"use"},          {"send"},        {"service", "is"}, {"resolved"},
        {"retry"},      {"yes"},          {"no,"},         {"sure"},
    };
    for (bool inside = false; text.len > 0; text = behind(text, 1)) {
        bytes rest = text;
        if (!inside && take_phrase(&rest, cues, sizeof cues / sizeof *cues))
            return true;
        inside = isalnum(text.data[0]) != 0 || text.data[0] == '_';
    }
    return false;
}

// "Reasoning", "internal thinking notes" …
static bool is_placeholder(bytes text) {
    static const char *const kinds[] = {"internal", "private", NULL};
    static const char *const names[] = {"reasoning", "thinking", "thoughts", "thought", "analysis", NULL};
    static const char *const notes[] = {"notes", "note", NULL};
    bytes rest = utf8_trim_start(text);
    take_any(&rest, kinds);
    rest = utf8_trim_start(rest);
    if (!take_any(&rest, names))
        return false;
    rest = utf8_trim_start(rest);
    take_any(&rest, notes);
    return utf8_trim(rest).len == 0;
}

bool reasoning_ends_in_silence(bytes text, reasoning_lead lead) {
    if (announces_silence(text))
        return true;
    if (lead == REASONING_CLOSED)
        return false;
    const uint8_t *line = memrchr(text.data, '\n', text.len);
    if (line == NULL)
        return is_placeholder(text);
    size_t before = (size_t)(line - text.data);
    return announces_silence(behind(text, before)) && !holds_answer(bytes_of(text.data, before));
}

static bool begins_told(bytes text) {
    static const char title[] = "reasoning:", thinking[] = "thinking";
    if (text.len >= strlen(title) && strncasecmp((const char *)text.data, title, strlen(title)) == 0)
        return true;
    if (text.len < strlen(thinking) || strncasecmp((const char *)text.data, thinking, strlen(thinking)) != 0)
        return false;
    text = behind(text, strlen(thinking));
    for (int dots = 0; dots < 3 && text.len > 0 && text.data[0] == '.'; dots++)
        text = behind(text, 1);
    take_char(&text, '>');
    text = utf8_trim_start(text);
    return text.len > 0 && text.data[0] == '_';
}

bool reasoning_is_told(bytes text) {
    text = utf8_trim_start(text);
    if (begins_told(text))
        return true;
    while (take_char(&text, '>')) {
    }
    return begins_told(utf8_trim_start(text));
}
