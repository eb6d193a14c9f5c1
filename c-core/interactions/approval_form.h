// SPDX-License-Identifier: Apache-2.0
// What an approval becomes in a chat: what it says, its buttons, and who is asked where. Pure. All texts of the approval are the
// agent's, a plugin's or the gateway's: data.
#ifndef OC_INTERACTIONS_APPROVAL_FORM_H
#define OC_INTERACTIONS_APPROVAL_FORM_H

#include "config/account.h"
#include "gateway/approvals.h"
#include "interactions/asks.h"
#include "words/words.h"

enum { APPROVERS_ASKED_MAX = 20, APPROVAL_COMMAND_MAX_RUNES = 6000 };

// --- who is asked where ---

typedef struct approval_facts { // texts are borrowed
    approval_target target;
    chat_kind kind;                   // of the conversation that it is about
    const char *channel_id, *root_id; // of it; channel_id "" for a direct message whose channel is not known
    const char *user_id;              // of a direct message: the person, else ""
    const char *const *approvers;     // ids, NULL-terminated, each once
    bool approver_there;              // one of them is a member of that channel
    const char *request, *notice;     // what posts say that ask, and those that tell that others are asked
    const char *plain;                // what the former say where there can be no buttons; NULL: the same
} approval_facts;
// Fills out and returns how many. Nobody to ask: the notice alone.
size_t approval_places(const approval_facts *f, ask_place out[ASK_POSTS_MAX]);

// --- what it says: marked (words/words.h), the caller frees it ---

typedef struct approval_about { // names for people, "" when unknown
    const char *user_name, *channel_name;
    chat_kind kind;
} approval_about;
char *words_approval(const gateway_approval *a, const approval_about *about); // the caller frees it
// The same where it has no buttons: with how one decides by a message to bot (a user name), as far as the gateway lets one.
char *words_approval_plain(const gateway_approval *a, const approval_about *about, const char *bot);
// In the conversation, while others are asked elsewhere; asked 0: nobody may decide.
char *words_approval_notice(const gateway_approval *a, size_t asked);

// At most one for each decision that is allowed; their ids are the decisions' names.
size_t approval_actions(const gateway_approval *a, button_action out[APPROVAL_DECISIONS]);
int approval_decision_find(const char *name); // "allow-once", also people's "once", "always", "deny"; -1

// What takes the place of the buttons. by: a user's name, "" for elsewhere.
char *words_approval_closed(approval_end end, const char *by);
approval_decision approval_end_decision(approval_end end); // APPROVAL_DECISIONS: it was not decided
// For /openclaw approve.
char *words_approval_line(const gateway_approval *a, const char *short_id);
words_key words_approval_done(approval_decision d);

#endif
