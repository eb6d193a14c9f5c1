// SPDX-License-Identifier: Apache-2.0
// What people read about buttons and dialogs that do not do what was wanted. Markdown; the caller frees what is no const.
#ifndef OC_INTERACTIONS_BUTTON_WORDS_H
#define OC_INTERACTIONS_BUTTON_WORDS_H

#include "store/button_record.h"

const char *words_button_not_ours(void);    // the body is no click of ours
const char *words_button_forged(void);      // the signature is wrong, or it is of another post or channel
const char *words_button_not_for_you(void); // made for somebody else, or no member, or no person
const char *words_button_expired(void);
const char *words_button_gone(void);    // withdrawn, or so old that nothing is kept
const char *words_button_trouble(void); // the store or the server does not answer
const char *words_button_busy(void);
const char *words_button_of_before(void); // another program made it, and what it meant is forgotten
char *words_button_used(const button_use *use,
                        const char *user_id); // somebody, perhaps this person, was faster
char *words_button_chosen(const char *label, const char *username);

const char *words_dialog_used(void);
const char *words_dialog_needed(void);  // an element that must be filled in
char *words_dialog_too_long(int limit); // in characters
const char *words_dialog_no_option(void);

#endif
