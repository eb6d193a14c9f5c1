// SPDX-License-Identifier: Apache-2.0
#include "interactions/button_words.h"

#include "base/buf.h"
#include "base/mem.h"
#include "reply/mentions.h"

#include <stdlib.h>
#include <string.h>

const char *words_button_not_ours(void) {
    return "This is no click on a button of mine.";
}

const char *words_button_forged(void) {
    return "This button was not made by me, or does not belong to this post.";
}

const char *words_button_not_for_you(void) {
    return "These buttons are not for you.";
}

const char *words_button_expired(void) {
    return "These buttons are too old: nothing was done. Please ask again.";
}

const char *words_button_gone(void) {
    return "These buttons do not count any more: nothing was done.";
}

const char *words_button_trouble(void) {
    return "Your choice could not be noted, so nothing was done. Please try again in a moment.";
}

const char *words_button_of_before(void) {
    return "This button is older than the program that answers now: please write your choice as a message.";
}

const char *words_button_busy(void) {
    return "Too many people click at the same time. Please try again in a moment.";
}

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
    char *label = tame(use->label);
    char *text = strcmp(use->by, user_id) == 0
                     ? xasprintf("You have chosen **%s** already. It counts once only.", label)
                     : xasprintf("@%s was faster and has chosen **%s**. It counts once only.",
                                 *use->name != '\0' ? use->name : "somebody", label);
    free(label);
    return text;
}

char *words_button_chosen(const char *label, const char *username) {
    char *tamed = tame(label);
    char *text = xasprintf("✓ **%s** chosen by @%s", tamed, *username != '\0' ? username : "somebody");
    free(tamed);
    return text;
}

const char *words_dialog_used(void) {
    return "This was sent already. It counts once only.";
}

const char *words_dialog_needed(void) {
    return "Please fill this in.";
}

char *words_dialog_too_long(int limit) {
    return xasprintf("This may have %d characters at most.", limit);
}

const char *words_dialog_no_option(void) {
    return "Please choose one of the options.";
}
