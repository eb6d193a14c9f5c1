// SPDX-License-Identifier: Apache-2.0
#include "interactions/question_typed.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "interactions/question_words.h"

#include <stdlib.h>
#include <string.h>

// --- texts ---

static bytes skip_bytes(bytes text, size_t count) {
    return bytes_of(text.data + count, text.len - count);
}

static bool same_text(bytes a, bytes b) {
    while (a.len > 0 && b.len > 0) {
        uint32_t of_a = 0, of_b = 0;
        a = skip_bytes(a, utf8_next(a, &of_a));
        b = skip_bytes(b, utf8_next(b, &of_b));
        if (utf8_lower(of_a) != utf8_lower(of_b))
            return false;
    }
    return a.len == b.len;
}

// In any of our languages: people and servers differ in theirs.
static bool skips(bytes text) {
    for (int lang = 0; lang < WORDS_LANGS; lang++) {
        if (same_text(text, bytes_str(words_text((words_lang)lang, WORD_QUESTION_SKIP))))
            return true;
    }
    return false;
}

typedef bool is_end_fn(uint32_t rune);

static bool ends_line(uint32_t rune) {
    return rune == '\n' || rune == '\r';
}

// Commas of ASCII, Arabic and Japanese, and line ends.
static bool ends_choice(uint32_t rune) {
    return rune == ',' || rune == 0x60C || rune == 0x3001 || rune == 0xFF0C || ends_line(rune);
}

// Cuts the next part that shows something off the front, trimmed; false: there is none.
static bool take_part(bytes *text, is_end_fn *is_end, bytes *out) {
    while (text->len > 0) {
        size_t len = 0, size = 0;
        uint32_t rune = 0;
        while (len < text->len) {
            size = utf8_next(skip_bytes(*text, len), &rune);
            if (is_end(rune))
                break;
            len += size;
        }
        *out = utf8_trim(bytes_of(text->data, len));
        *text = skip_bytes(*text, len < text->len ? len + size : len);
        if (utf8_has_visible(*out))
            return true;
    }
    return false;
}

// --- choices ---

bool question_numbered(const question_item *item) {
    uint64_t number = 0;
    for (size_t i = 0; i < item->option_count; i++) {
        if (parse_uint(utf8_trim(bytes_str(item->options[i].label)), UINT64_MAX, &number) != OC_EMALFORMED)
            return false;
    }
    return true;
}

// As it is written, else the only one that differs in capitals alone.
static const question_option *by_name(const question_item *item, bytes text) {
    const question_option *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < item->option_count; i++) {
        bytes label = utf8_trim(bytes_str(item->options[i].label));
        if (label.len > 0 && label.len == text.len && memcmp(label.data, text.data, text.len) == 0)
            return &item->options[i];
        if (label.len > 0 && same_text(label, text)) {
            found = &item->options[i];
            count++;
        }
    }
    return count == 1 ? found : NULL;
}

// "2", "2." or "2)".
static const question_option *by_number(const question_item *item, bytes text) {
    uint64_t number = 0;
    if (text.len > 1 && (text.data[text.len - 1] == '.' || text.data[text.len - 1] == ')'))
        text.len--;
    if (!question_numbered(item) || parse_uint(text, item->option_count, &number) != OC_OK || number == 0)
        return NULL;
    return &item->options[number - 1];
}

static const question_option *find_option(const question_item *item, bytes text) {
    const question_option *o = by_name(item, text);
    return o != NULL ? o : by_number(item, text);
}

// --- one item ---

static void choose(question_reply *out, size_t index, const question_option *o) {
    question_answer *a = &out->items[index];
    for (size_t i = 0; i < a->value_count; i++) {
        if (strcmp(out->values[index][i], o->label) == 0)
            return;
    }
    out->values[index][a->value_count++] = o->label;
}

static void say(question_reply *out, size_t index, bytes own) {
    out->texts[index] = xstrndup((const char *)own.data, own.len);
    out->values[index][out->items[index].value_count++] = out->texts[index];
}

// What is beside choices becomes one's own words. False: nothing of it is a choice, or the rest may not stand there.
static bool choose_several(const question_item *item, bytes text, question_reply *out, size_t index) {
    buf rest;
    bytes part;
    buf_init(&rest, text.len * 2 + 1);
    while (take_part(&text, ends_choice, &part)) {
        const question_option *o = find_option(item, part);
        oc_err err = OC_OK;
        if (o != NULL)
            choose(out, index, o);
        else if (rest.len > 0)
            err = buf_append_str(&rest, ", ");
        if (o == NULL && err == OC_OK)
            err = buf_append(&rest, part.data, part.len);
        (void)err; // a part had at least a comma before it
    }
    bool good = out->items[index].value_count > 0 && (rest.len == 0 || item->other);
    if (good && rest.len > 0)
        say(out, index, buf_bytes(&rest));
    if (!good)
        out->items[index].value_count = 0;
    buf_free(&rest);
    return good;
}

// WORD_NONE: it is an answer.
static words_key read_item(const question_item *item, bytes text, question_reply *out, size_t index) {
    const question_option *o = find_option(item, text);
    if (!utf8_has_visible(text))
        return WORD_QUESTION_NEEDED;
    if (utf8_runes(text) > QUESTION_ANSWER_MAX_RUNES)
        return WORD_QUESTION_TOO_LONG;
    if (o != NULL)
        choose(out, index, o);
    else if (item->multi_select && item->option_count > 0 && choose_several(item, text, out, index))
        return WORD_NONE;
    else if (item->option_count > 0 && !item->other)
        return WORD_QUESTION_NO_CHOICE;
    else
        say(out, index, text);
    return WORD_NONE;
}

// --- the whole ---

static size_t count_lines(bytes text) {
    bytes line;
    size_t count = 0;
    while (take_part(&text, ends_line, &line))
        count++;
    return count;
}

static char *read_lines(const gateway_question *q, bytes text, question_reply *out) {
    bytes line = {0};
    if (count_lines(text) != out->count)
        return words_question_wrong(q, WORD_QUESTION_LINES, 0);
    for (size_t i = 0; i < out->count && take_part(&text, ends_line, &line); i++) {
        words_key wrong = read_item(&q->items[i], line, out, i);
        if (wrong != WORD_NONE)
            return words_question_wrong(q, wrong, i);
    }
    return NULL;
}

question_typed question_reply_text(const gateway_question *q, const char *text, question_reply *out,
                                   char **wrong) {
    bytes said = utf8_trim(bytes_str(text));
    question_reply_begin(q, out);
    *wrong = NULL;
    bool named = q->item_count == 1 && by_name(&q->items[0], said) != NULL;
    if (!named && skips(said))
        return QUESTION_TYPED_SKIP;
    if (out->count > 1) {
        *wrong = read_lines(q, said, out);
    } else {
        words_key key = read_item(&q->items[0], said, out, 0);
        *wrong = key != WORD_NONE ? words_question_wrong(q, key, 0) : NULL;
    }
    return *wrong == NULL ? QUESTION_TYPED_ANSWER : QUESTION_TYPED_WRONG;
}
