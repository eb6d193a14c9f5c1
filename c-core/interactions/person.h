// SPDX-License-Identifier: Apache-2.0
// Somebody who clicks or commands, as the server knows them at that moment, and what they may do. Denied by default.
#ifndef OC_INTERACTIONS_PERSON_H
#define OC_INTERACTIONS_PERSON_H

#include "chat/chat.h"
#include "config/account.h"

typedef struct person {
    char id[27], username[65]; // username "" when unknown
    bool admin;                // a system administrator
    bool human;                // active, and no bot; false also when that could not be looked up
    words_lang lang;           // what they read; the server's when that is not known
} person;

// Always asks the server: rights may have been taken away. fn comes exactly once, perhaps before this returns.
typedef void person_fn(void *ctx, const person *p);
void person_look(chat *c, const char *user_id, person_fn *fn, void *ctx);

// May let people in to the account: system administrators, and who its approvers list.
bool person_approves(const person *p, const account_config *rules);
// May decide what the agent runs: only who execApprovals.approvers lists, by id.
bool person_approves_exec(const person *p, const account_config *rules);
// The user ids of such a list, access groups included: ends with NULL, the caller frees it (approver_ids_free).
char **listed_ids(char *const *list, const account_config *rules);
// The user ids of the account's approvers, access groups included: ends with NULL, the caller frees it
// (approver_ids_free).
char **approver_ids(const account_config *rules);
void approver_ids_free(char **ids);

#endif
