// SPDX-License-Identifier: Apache-2.0
// What people read about choices that were made. Markdown, marked (words/words.h) where it hangs on who reads it; the caller frees it.
#ifndef OC_INTERACTIONS_BUTTON_WORDS_H
#define OC_INTERACTIONS_BUTTON_WORDS_H

#include "store/button_record.h"
#include "words/words.h"

char *words_button_used(const button_use *use,
                        const char *user_id); // marked: somebody, perhaps this person, was faster
char *words_button_chosen(words_lang lang, const char *label, const char *username);

#endif
