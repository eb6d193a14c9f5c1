// SPDX-License-Identifier: Apache-2.0
// The way back from a session key (session_key.h) to the conversation. Pure, but for session_find. The gateway, models and
// other clients write keys: anything but exactly what session_key.h makes for an account by its present settings is not ours.
#ifndef OC_SESSION_SESSION_OF_KEY_H
#define OC_SESSION_SESSION_OF_KEY_H

#include "account/accounts.h"

enum { SESSION_KEY_MAX_BYTES = 512, SESSION_ID_BYTES = 27, SESSION_AGENT_BYTES = 65 };

typedef struct session_of {
    char agent[SESSION_AGENT_BYTES]; // lower case
    chat_kind kind;
    char channel_id[SESSION_ID_BYTES]; // "" of a direct message
    char user_id[SESSION_ID_BYTES];    // of a direct message, else ""
    char root_id[SESSION_ID_BYTES];    // of the thread, "" for none
} session_of;

// Whether the key names a conversation of the account. default_agent: the gateway's ("" counts as "main"). The key that all
// direct messages of an agent share (scope main) names nobody, so it is not ours; nor is one of an agent that does not answer there.
// out is unspecified when false.
bool session_of_key(const char *key, const account_config *rules, const char *default_agent, session_of *out);

// The account at work on the gateway whose conversation the key names, or NULL. Where accounts share sessions (scope per-peer, the
// same sessionName): the first one.
account *session_find(const accounts *all, const gateway *g, const char *key, session_of *out);

#endif
