// SPDX-License-Identifier: Apache-2.0
// What the files of buttons and dialogs share. Not for others.
#ifndef OC_INTERACTIONS_BUTTONS_PRIVATE_H
#define OC_INTERACTIONS_BUTTONS_PRIVATE_H

#include "base/secret.h"
#include "interactions/dialogs.h"
#include "store/button_records.h"

struct buttons {
    loop *loop;
    chat *chat;
    button_records *records;
    secret *secret; // of the installation; NULL until it was needed
    button_kind kinds[BUTTON_KINDS_MAX];
    size_t kind_count;
    dialog_kind dialog_kinds[BUTTON_KINDS_MAX];
    size_t dialog_kind_count;
    click_ticket *clicks; // open ones
    dialog_ticket *submissions;
    size_t open; // of both
    cJSON *counts;
};

// Stands in an HTTP error, which Mattermost shows nobody.
#define BUTTONS_NOT_OURS "This is no click on a button of mine."

enum { BUTTONS_OPEN_MAX = 500 }; // clicks and submissions at a time: more are told to try again

void clicks_end(buttons *b);  // button_click.c
void dialogs_end(buttons *b); // dialogs.c

// Loads the secret when it is not there yet; fn's secret is NULL when that fails.
typedef void buttons_secret_fn(void *ctx, const secret *s);
void buttons_secret(buttons *b, buttons_secret_fn *fn, void *ctx);
// One more of this word ("taken", "forged" …).
void buttons_count(buttons *b, const char *word);
// The body of a click or submission: an object, or NULL with what is wrong with it. The caller owns it.
cJSON *buttons_body(const buttons *b, const char *user_id, bytes body, int *status, const char **fault);
// A text as this person reads it: what is marked in it (words/words.h) in their language. The caller frees it.
char *buttons_read(const buttons *b, const char *user_id, const char *text);
// What is not even looked at: counted, logged and answered with the fault.
void buttons_turn_down(buttons *b, const char *user_id, int status, const char *fault, buttons_http_fn *fn,
                       void *ctx);
// {"<field>": text}, or {} without a field, as an answer with this status.
void buttons_reply(buttons_http_fn *fn, void *ctx, int status, const char *field, const char *text);

// dialog_form.c, pure. The caller owns what is given; NULL: the dialog is not allowed.
cJSON *dialog_form(words_lang lang, const dialog *d, const char *state); // Mattermost's Dialog
cJSON *dialog_record(const dialog *d, int64_t now_ms);                   // what is stored: button_record.h
// What was entered, brought into form: an object of all elements; or what is wrong with it, by element, marked.
typedef struct dialog_entered {
    cJSON *values, *errors; // errors NULL: there are none
} dialog_entered;
dialog_entered dialog_check(const cJSON *elements, const cJSON *submission);

// button_attachment.c, pure: the set's record, NULL when the set is not allowed; and its attachment. The caller owns both.
cJSON *button_set_record(const button_set *set, int64_t now_ms);
cJSON *button_set_attachment(const secret *s, const cJSON *record, const char *nonce, const char *text);
// attachments (of a post) with the set's one replaced, or taken away (with NULL); NULL when there is none of the set.
cJSON *button_set_replaced(const cJSON *attachments, const char *nonce, const cJSON *with);
// The attachment that is left when a choice was made.
cJSON *button_set_done(const cJSON *attachments, const char *nonce, const char *chosen);

#endif
