// SPDX-License-Identifier: Apache-2.0
// Entries of the lists that say who may (allowFrom and its like): what one means, and whom a list holds. Pure.
// Rules of OpenClaw's own channel (reference-behaviour notes §3.5).
#ifndef OC_INBOUND_ALLOW_ENTRY_H
#define OC_INBOUND_ALLOW_ENTRY_H

#include "config/account.h"

// "*"; "accessGroup:<name>"; else an id or a user name in lower case, without "mattermost:" or "user:" and "@" before
// it. "" when nothing is left. The caller frees it.
char *allow_entry_normalise(const char *entry);

// The same entry as it is shown: with its "@". The caller frees it.
char *allow_entry_display(const char *entry);
// The user id that an entry is, when it has the form of one (26 letters and digits): only such an entry can approve.
// The caller frees it; NULL for every other entry.
char *allow_entry_approver_id(const char *entry);

typedef struct allow_who { // never NULL
    const char *id;
    const char *name; // "" when names do not count: they can be changed by those who bear them
} allow_who;

typedef struct allow_match {
    bool empty;             // the list holds nobody, whoever asks
    bool wildcard;          // it holds "*"
    bool listed;            // an entry is about this person, or an access group holds one that is
    bool group_missing;     // it names an access group that does not exist
    bool group_unsupported; // … or one of another type than message.senders
} allow_match;

// entries (may be NULL) ends with NULL and is as the administrator wrote it; groups are those of rules.
allow_match allow_list_match(char *const *entries, const account_config *rules, const allow_who *who);

#endif
