// SPDX-License-Identifier: Apache-2.0
#include "words/words.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/parse.h"
#include "words/tables.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PAIRS_MAX = 8, DEPTH_MAX = 4 };

static const char *const TAGS[WORDS_LANGS] = {"en", "de", "fr", "es", "pt", "ja", "ar"};

words_lang words_lang_of(const char *locale, words_lang otherwise) {
    size_t len = locale != NULL ? strcspn(locale, "-_") : 0;
    for (words_lang lang = 0; lang < WORDS_LANGS; lang++) {
        if (len == strlen(TAGS[lang]) && strncasecmp(locale, TAGS[lang], len) == 0)
            return lang;
    }
    return otherwise;
}

const char *words_lang_tag(words_lang lang) {
    return lang < WORDS_LANGS ? TAGS[lang] : TAGS[WORDS_EN];
}

static bool NAMED_BY_KEYS;

void words_name_settings_by_keys(bool by_keys) {
    NAMED_BY_KEYS = by_keys;
}

static const char *key_of(const char *field, size_t len) {
    for (size_t i = 0; NAMED_BY_KEYS && i < WORDS_SETTINGS_COUNT; i++) {
        const words_field *setting = &WORDS_SETTINGS[i];
        if (strlen(setting->field) == len && strncmp(setting->field, field, len) == 0)
            return setting->key;
    }
    return NULL;
}

const char *words_setting(const char *field) {
    const char *key = key_of(field, strlen(field));
    return key != NULL ? key : field;
}

char *words_settings(const char *fields) {
    static const char others[] = ", ";
    buf out;
    oc_err err = OC_OK;
    buf_init(&out, WORDS_MAX_BYTES);
    while (err == OC_OK && *fields != '\0') {
        size_t len = strcspn(fields, others), between = strspn(fields + len, others);
        const char *key = key_of(fields, len);
        err = key != NULL ? buf_append_str(&out, key) : buf_append(&out, fields, len);
        if (err == OC_OK)
            err = buf_append(&out, fields + len, between);
        fields += len + between;
    }
    return buf_take_str(&out);
}

static int compare_outside(const void *a, const void *b) {
    const words_outside *one = a, *other = b;
    return one->lang != other->lang ? (int)one->lang - (int)other->lang : (int)one->key - (int)other->key;
}

static const char *text_outside(words_lang lang, words_key key) {
    const words_outside wanted = {.lang = lang, .key = key};
    const words_outside *found =
        bsearch(&wanted, WORDS_OUTSIDE, WORDS_OUTSIDE_COUNT, sizeof wanted, compare_outside);
    return found != NULL ? found->text : NULL;
}

const char *words_text(words_lang lang, words_key key) {
    if (key >= WORD_COUNT)
        return "";
    const char *outside = NAMED_BY_KEYS ? text_outside(lang, key) : NULL;
    if (outside != NULL)
        return outside;
    const char *text = lang < WORDS_LANGS ? WORDS_TABLES[lang][key] : NULL;
    return text != NULL ? text : WORDS_TABLES[WORDS_EN][key];
}

// name and value alternate.
static const char *value_of(const char *const *pairs, int count, const char *name, size_t len) {
    for (int i = 0; i < count; i++) {
        if (strlen(pairs[2 * i]) == len && strncmp(pairs[2 * i], name, len) == 0)
            return pairs[2 * i + 1];
    }
    return NULL;
}

// A placeholder without a value stays as it is.
static oc_err fill(buf *out, const char *text, const char *const *pairs, int count) {
    oc_err err = OC_OK;
    while (err == OC_OK && *text != '\0') {
        size_t plain = strcspn(text, "{"), name = 0;
        const char *value = NULL;
        if (text[plain] == '{') {
            name = strcspn(text + plain + 1, "}");
            value = value_of(pairs, count, text + plain + 1, name);
        }
        size_t kept = plain + (text[plain] == '{' && value == NULL);
        err = buf_append(out, text, kept);
        if (err == OC_OK && value != NULL)
            err = buf_append_str(out, value);
        text += value != NULL ? plain + name + 2 : kept;
    }
    return err;
}

static int take_pairs(const char *pairs[static 2 * PAIRS_MAX], va_list args) {
    int count = 0;
    for (const char *name = va_arg(args, const char *); name != NULL && count < PAIRS_MAX;
         name = va_arg(args, const char *)) {
        pairs[2 * count] = name;
        pairs[2 * count++ + 1] = va_arg(args, const char *);
    }
    return count;
}

char *words_fill(words_lang lang, words_key key, ...) {
    const char *pairs[2 * PAIRS_MAX];
    buf out;
    va_list args;
    va_start(args, key);
    int count = take_pairs(pairs, args);
    va_end(args);
    buf_init(&out, WORDS_MAX_BYTES);
    oc_err err = fill(&out, words_text(lang, key), pairs, count);
    (void)err; // what does not fit is cut off
    return buf_take_str(&out);
}

// --- marked text: BEGIN, the key's number, for each value BETWEEN name BETWEEN value, END ---

static const char BEGIN = '\x0e', END = '\x0f', BETWEEN = '\x1f', MARKS[] = "\x0e\x0f\x1f";

static bool is_mark(char c) {
    return c == BEGIN || c == END || c == BETWEEN;
}

// Up to the next BETWEEN or END that belongs to no mark inside, or the end of the text.
static size_t value_length(const char *text) {
    int depth = 0;
    size_t len = 0;
    for (; text[len] != '\0' && (depth > 0 || (text[len] != BETWEEN && text[len] != END)); len++)
        depth += (text[len] == BEGIN) - (text[len] == END);
    return len;
}

// A value whose marks are not whole is a stranger's: it loses them.
static oc_err mark_value(buf *out, const char *value) {
    size_t len = value_length(value);
    bool whole = value[len] == '\0';
    oc_err err = OC_OK;
    int depth = 0;
    for (const char *at = value; *at != '\0'; at++)
        depth += (*at == BEGIN) - (*at == END);
    for (; err == OC_OK && *value != '\0'; value++)
        err = buf_append_byte(out, is_mark(*value) && !(whole && depth == 0) ? ' ' : (uint8_t)*value);
    return err;
}

char *words_mark(words_key key, ...) {
    const char *pairs[2 * PAIRS_MAX];
    buf out;
    va_list args;
    va_start(args, key);
    int count = take_pairs(pairs, args);
    va_end(args);
    buf_init(&out, WORDS_MAX_BYTES);
    oc_err err = buf_printf(&out, "%c%d", BEGIN, (int)key);
    for (int i = 0; err == OC_OK && i < count; i++) {
        err = buf_printf(&out, "%c%s%c", BETWEEN, pairs[2 * i], BETWEEN);
        if (err == OC_OK)
            err = mark_value(&out, pairs[2 * i + 1]);
    }
    if (err == OC_OK)
        err = buf_append_byte(&out, (uint8_t)END);
    if (err != OC_OK) // too long to be kept whole
        buf_clear(&out);
    return buf_take_str(&out);
}

const char *words_marked(words_key key) {
    return WORDS_MARKS[key < WORD_COUNT ? key : WORD_NONE];
}

static char *read_marked(words_lang lang, const char *text, size_t len, int depth);

// What stands between BEGIN and its END.
static char *read_mark(words_lang lang, const char *text, size_t len, int depth) {
    const char *end = text + len, *pairs[2 * PAIRS_MAX];
    char *owned[2 * PAIRS_MAX];
    uint64_t key = WORD_NONE;
    int count = 0;
    buf out;
    size_t digits = strcspn(text, MARKS);
    if (parse_uint(bytes_of(text, digits), WORD_COUNT, &key) != OC_OK)
        key = WORD_NONE;
    for (text += digits; text < end && *text == BETWEEN && count < 2 * PAIRS_MAX;) {
        size_t length = value_length(text + 1);
        length = text + 1 + length > end ? (size_t)(end - text - 1) : length;
        pairs[count] = owned[count] = read_marked(lang, text + 1, length, depth + 1);
        count++;
        text += 1 + length;
    }
    buf_init(&out, WORDS_MAX_BYTES);
    oc_err err = fill(&out, words_text(lang, (words_key)key), pairs, count / 2);
    (void)err; // what does not fit is cut off
    for (int i = 0; i < count; i++)
        free(owned[i]);
    return buf_take_str(&out);
}

// *text is behind BEGIN, and behind the mark's END afterwards.
static oc_err append_mark(buf *out, words_lang lang, const char **text, const char *end, int depth) {
    size_t inside = strcspn(*text, MARKS); // the number
    while (*text + inside < end && (*text)[inside] == BETWEEN)
        inside += 1 + value_length(*text + inside + 1);
    inside = *text + inside > end ? (size_t)(end - *text) : inside;
    char *said = depth < DEPTH_MAX ? read_mark(lang, *text, inside, depth) : xstrdup("");
    oc_err err = buf_append_str(out, said);
    free(said);
    *text += inside + (*text + inside < end && (*text)[inside] == END);
    return err;
}

// What is no whole mark is left out.
static char *read_marked(words_lang lang, const char *text, size_t len, int depth) {
    const char *end = text + len;
    buf out;
    oc_err err = OC_OK;
    buf_init(&out, WORDS_MAX_BYTES);
    while (text < end && err == OC_OK) {
        size_t plain = strcspn(text, MARKS), rest = (size_t)(end - text);
        err = buf_append(&out, text, plain < rest ? plain : rest);
        if (err != OC_OK || plain >= rest)
            break;
        text += plain + 1;
        if (text[-1] == BEGIN)
            err = append_mark(&out, lang, &text, end, depth);
    }
    return buf_take_str(&out);
}

char *words_in(words_lang lang, const char *marked) {
    return read_marked(lang, marked, strlen(marked), 0);
}

words_digits words_number(int64_t n) {
    words_digits digits;
    snprintf(digits.text, sizeof digits.text, "%" PRId64, n);
    return digits;
}
