// SPDX-License-Identifier: Apache-2.0
// What people read, in their language. The texts are in the catalogues beside this file, SUBJECT.LANGUAGE.json: a key of
// turn.en.json, "queue_full", is WORD_TURN_QUEUE_FULL here (mk/make-words makes the enum and the tables). {name} in a text is
// filled with a value, {Name} is a setting; values are data: a brace in them means nothing, and who passes a stranger's text makes it harmless
// for Markdown first. Pure, nothing is read at run time. Log lines and what models read stay English and are not here.
// Whose language: chat_lang (chat/people.h) for what one person reads, chat_server_lang for public posts.
#ifndef OC_WORDS_WORDS_H
#define OC_WORDS_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "words/keys.h" // made: words_key with WORD_NONE, an empty text, as its first

typedef enum words_lang {
    WORDS_EN,
    WORDS_DE,
    WORDS_FR,
    WORDS_ES,
    WORDS_PT,
    WORDS_JA,
    WORDS_AR,
    WORDS_LANGS,
} words_lang;

// The language of a locale as Mattermost writes them ("de", "pt-BR"); otherwise for those that we do not speak, "" and NULL.
words_lang words_lang_of(const char *locale, words_lang otherwise);
const char *words_lang_tag(words_lang lang); // "de"

// Settings are called as the System Console calls its fields (GatewayToken), or by their keys in a file (gateway.token). For the whole
// program, before the first text.
void words_name_settings_by_keys(bool by_keys);
// A field of the console as people here call it; other names stay. Static, or what was given.
const char *words_setting(const char *field);
char *words_settings(const char *fields); // each of a list ("DMPolicy, AllowFrom"); the caller frees it

// The text as it stands: for those without placeholders. Never NULL.
const char *words_text(words_lang lang, words_key key);
// The text with its placeholders filled: pairs of name and value (both const char *), then NULL. What exceeds WORDS_MAX_BYTES
// is cut off. The caller frees it.
enum { WORDS_MAX_BYTES = 128 << 10 };
char *words_fill(words_lang lang, words_key key, ...) __attribute__((sentinel));

// Text whose reader is not known yet: words_mark puts key and values into a text, which may be kept, handed on, joined with
// other text and be a value itself; words_in makes of all that is marked in a text what a person reads. Marked text is for
// memory only: it must not be stored, logged or sent. The caller frees both.
char *words_mark(words_key key, ...) __attribute__((sentinel)); // pairs as words_fill
const char *words_marked(words_key key);                        // without values; static
char *words_in(words_lang lang, const char *marked);

// A number as a value: words_fill(lang, WORD_X, "count", WORDS_NUMBER(n), NULL).
typedef struct words_digits {
    char text[24];
} words_digits;
words_digits words_number(int64_t n);
#define WORDS_NUMBER(n) (words_number(n).text)

#endif
