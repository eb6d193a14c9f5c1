// SPDX-License-Identifier: Apache-2.0
// The sentences of /openclaw why, as marked text (words/words.h). Pure.
#ifndef OC_ADMIN_WHY_WORDS_H
#define OC_ADMIN_WHY_WORDS_H

#include "delivery/page.h"
#include "inbound/access.h"

typedef struct why_facts { // texts are borrowed
    const char *bot_username, *account_id;
    const record *record;            // NULL: there is none
    bool readable;                   // the journal could be read
    const access_decision *decision; // what would be decided now; NULL: that could not be found out
    const char *sender_id, *sender_name;
} why_facts;

// One paragraph about one account; the caller frees it.
char *why_paragraph(const why_facts *f);
// What an administrator can do about it.
words_key why_remedy(outcome_reason r);

#endif
