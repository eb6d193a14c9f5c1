// SPDX-License-Identifier: Apache-2.0
#include "words/words.h"

#include "base/buf.h"
#include "base/mem.h"
#include "words/tables.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { PAIRS_MAX = 8 };

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

const char *words_text(words_lang lang, words_key key) {
    if (key >= WORD_COUNT)
        return "";
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

char *words_fill(words_lang lang, words_key key, ...) {
    const char *pairs[2 * PAIRS_MAX];
    int count = 0;
    buf out;
    va_list args;
    va_start(args, key);
    for (const char *name = va_arg(args, const char *); name != NULL && count < PAIRS_MAX;
         name = va_arg(args, const char *)) {
        pairs[2 * count] = name;
        pairs[2 * count++ + 1] = va_arg(args, const char *);
    }
    va_end(args);
    buf_init(&out, WORDS_MAX_BYTES);
    oc_err err = fill(&out, words_text(lang, key), pairs, count);
    (void)err; // what does not fit is cut off
    return buf_take_str(&out);
}

words_digits words_number(int64_t n) {
    words_digits digits;
    snprintf(digits.text, sizeof digits.text, "%" PRId64, n);
    return digits;
}
