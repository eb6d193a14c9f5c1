// SPDX-License-Identifier: Apache-2.0
// What people and approvers read about pairing. Markdown; the caller frees what is no const.
#ifndef OC_INTERACTIONS_PAIRING_WORDS_H
#define OC_INTERACTIONS_PAIRING_WORDS_H

#include "store/pairing_state.h"

// To the person.
char *words_pairing_new(const pairing_request *r);
char *words_pairing_repeated(const pairing_request *r, int64_t now_ms);
const char *words_pairing_too_many(void);
const char *words_pairing_turned_down(void);
const char *words_pairing_trouble(void);
const char *words_pairing_let_in(void);
// To approvers: the message with the buttons, and what becomes of it.
char *words_pairing_note(const pairing_request *r, const char *account_id, bool more_unsaid);
char *words_pairing_note_closed(const pairing_request *r, const char *decider_name);
// To who has decided, or tried to.
char *words_pairing_verdict(oc_err err, pairing_verdict verdict, const pairing_request *r, bool approve);
const char *words_pairing_no_code(void);
const char *words_pairing_not_yours(void);
const char *words_click_refused(void);
char *words_pairing_line(const pairing_request *r, const char *account_id, int64_t now_ms); // of a list
char *words_pairing_list(size_t listed, const char *lines, size_t approved, const char *names);
char *words_pairing_removed(const char *name, bool removed);
char *words_pairing_store(oc_err err); // it does not take or give what is wanted
// "5 minutes".
char *words_minutes(int64_t ms);

#endif
