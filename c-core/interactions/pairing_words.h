// SPDX-License-Identifier: Apache-2.0
// What people and approvers read about pairing: Markdown, marked (words/words.h) – who hands it on reads it in the language of whom
// it is for. The caller frees it. What is no more than a text of the catalogue has no function here.
#ifndef OC_INTERACTIONS_PAIRING_WORDS_H
#define OC_INTERACTIONS_PAIRING_WORDS_H

#include "store/pairing_state.h"
#include "words/words.h"

// To the person.
char *words_pairing_new(const pairing_request *r);
char *words_pairing_repeated(const pairing_request *r, int64_t now_ms);
// To approvers: the message with the buttons, and what becomes of it.
char *words_pairing_note(const pairing_request *r, const char *account_id, bool more_unsaid);
char *words_pairing_note_closed(const pairing_request *r, const char *decider_name);
// To who has decided, or tried to.
char *words_pairing_verdict(oc_err err, pairing_verdict verdict, const pairing_request *r, bool approve);
char *words_pairing_line(const pairing_request *r, const char *account_id, int64_t now_ms); // of a list
char *words_pairing_list(size_t listed, const char *lines, size_t approved, const char *names);
char *words_pairing_removed(const char *name, bool removed);
char *words_pairing_store(oc_err err); // it does not take or give what is wanted

#endif
