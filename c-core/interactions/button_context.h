// SPDX-License-Identifier: Apache-2.0
// What a button or menu of a set carries and the server hands back at a click: all that the click means, signed. Pure.
#ifndef OC_INTERACTIONS_BUTTON_CONTEXT_H
#define OC_INTERACTIONS_BUTTON_CONTEXT_H

#include "interactions/click.h"

typedef struct button_context { // texts are borrowed
    const char *kind, *account, *bot, *channel, *nonce;
    int64_t number;    // of the action in its set, from 0
    const char *value; // of a button; of a menu ""
    const char *users; // who may click, joined by commas; "": whom the kind admits
    int64_t expires_ms;
} button_context;

// The caller owns it; NULL without a secret.
cJSON *button_context_make(const secret *s, const button_context *c);

// context as the server hands it back, user_id as it says who clicked. *out and *option (of a menu; else NULL) borrow from
// context.
click_verdict button_context_check(const secret *s, const cJSON *context, const char *user_id, int64_t now_ms,
                                   button_context *out, const char **option);

#endif
