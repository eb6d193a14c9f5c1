// SPDX-License-Identifier: Apache-2.0
#include "interactions/button_words.h"

#include "base/buf.h"
#include "base/mem.h"
#include "reply/mentions.h"

#include <stdlib.h>
#include <string.h>

// Inside bold text in a Markdown line: nothing ends the line, opens code or links, or calls anybody.
static char *tame(const char *label) {
    static const char marks[] = "\\`*_{}[]()<>#~|!@";
    buf text;
    buf_init(&text, 4096);
    for (; *label != '\0'; label++) {
        bool blank = (unsigned char)*label < ' ';
        oc_err err = !blank && strchr(marks, *label) != NULL ? buf_append_byte(&text, '\\') : OC_OK;
        if (err == OC_OK)
            err = buf_append_byte(&text, blank ? ' ' : (uint8_t)*label);
        if (err != OC_OK)
            break;
    }
    char *escaped = buf_take_str(&text), *tamed = mentions_defuse(escaped);
    free(escaped);
    return tamed;
}

char *words_button_used(const button_use *use, const char *user_id) {
    char *label = tame(use->label), *text = NULL;
    if (strcmp(use->by, user_id) == 0)
        text = words_mark(WORD_BUTTON_USED_BY_YOU, "choice", label, NULL);
    else if (*use->name != '\0')
        text = words_mark(WORD_BUTTON_USED_BY, "user", use->name, "choice", label, NULL);
    else
        text = words_mark(WORD_BUTTON_USED_BY_SOMEBODY, "choice", label, NULL);
    free(label);
    return text;
}

char *words_button_chosen(words_lang lang, const char *label, const char *username) {
    char *tamed = tame(label);
    char *text = *username != '\0'
                     ? words_fill(lang, WORD_BUTTON_CHOSEN, "choice", tamed, "user", username, NULL)
                     : words_fill(lang, WORD_BUTTON_CHOSEN_BY_SOMEBODY, "choice", tamed, NULL);
    free(tamed);
    return text;
}
