// SPDX-License-Identifier: Apache-2.0
// Dialogs (Mattermost's interactive dialogs). What a dialog is about lies in the store under a nonce as that of buttons does;
// its state carries an HMAC. A submission counts once, on any node, when the handler finds no fault with it. Nothing here
// blocks.
#ifndef OC_INTERACTIONS_DIALOGS_H
#define OC_INTERACTIONS_DIALOGS_H

#include "interactions/buttons.h"

typedef struct dialog_submission { // borrowed until the ticket is answered
    const char *kind, *nonce;
    const char *account_id, *channel_id;
    const cJSON *data; // the dialog's own: object or NULL
    const cJSON
        *values; // object: element's name → text, number, boolean or (multiselect) array; {} when cancelled
    bool cancelled;   // closed without sending; only where the dialog asks for it
    int64_t at_ms;    // wall clock
    const person *by; // human, and who opened it
} dialog_submission;

typedef struct dialog_ticket dialog_ticket;

typedef struct dialog_kind {
    const char *name; // must stay valid
    // Ends in dialogs_accept or dialogs_fault. Rights are looked at here: this is a moment later than the opening.
    void (*submitted)(void *ctx, const dialog_submission *s, dialog_ticket *t);
    void *ctx;
} dialog_kind;
void dialogs_register(buttons *b, const dialog_kind *kind); // copied; BUTTON_KINDS_MAX

// The dialog closes; ephemeral_text (NULL: nothing) is told to the person in the dialog's channel.
void dialogs_accept(dialog_ticket *t, const char *ephemeral_text);
// The dialog stays open and may be sent again: error stands above (NULL: none), errors below elements: object name → text,
// or NULL. Borrowed, perhaps marked. Where it took so long that the dialog is closed, the person is told all of them.
void dialogs_fault(dialog_ticket *t, const char *error, const cJSON *errors);

enum { DIALOG_ELEMENTS_MAX = 20, DIALOG_LIVES_MS = 3600 * 1000 };
typedef enum dialog_type {
    DIALOG_TEXT,
    DIALOG_TEXTAREA,
    DIALOG_SELECT,
    DIALOG_MULTISELECT,
    DIALOG_RADIO,
    DIALOG_BOOL
} dialog_type;

// Texts too long for Mattermost are cut; those that are marked (words/words.h) are shown in the language of who opens it.
typedef struct dialog_element {
    dialog_type type;
    const char *name, *label;                 // label: 24 runes
    const char *initial, *help, *placeholder; // NULL: none; help and placeholder 150 runes
    bool optional;
    int max_length;               // of texts, 0: Mattermost's own (150; an area 3000)
    const button_option *options; // of select, multiselect and radio
    size_t option_count;
} dialog_element;

typedef struct dialog { // copied
    const char *kind, *account_id, *channel_id;
    const char *bot_user_id;                 // in whose name the person is told what came of it
    const char *user_id;                     // who opens it: nobody else can send it
    const char *trigger_id;                  // of the click or command, three seconds old at most
    const char *title;                       // 24 runes
    const char *introduction, *submit_label; // Markdown; NULL: none, Mattermost's own
    const dialog_element *elements;
    size_t count;
    bool tell_cancel; // the handler wants to know
    const cJSON *data;
} dialog;
// fn comes exactly once, perhaps before this returns: OC_OK, the dialog is on its way to the person's screen. err: OC_EINVAL
// (too many elements, nothing to choose from), the store's, or the server's (the trigger is too old).
typedef void dialogs_opened_fn(void *ctx, oc_err err, const char *message);
void dialogs_open(buttons *b, const dialog *d, dialogs_opened_fn *fn, void *ctx);

#define DIALOGS_SUBMIT_PATH "/api/v1/dialogs/submit"
void dialogs_http(buttons *b, const char *user_id, bytes body, buttons_http_fn *fn, void *ctx);

#endif
