// SPDX-License-Identifier: Apache-2.0
// Which conversation of the agent a post belongs to, and where the answer goes. Pure. OpenClaw's own names
// (gateway-protocol notes §9, reference-behaviour notes §4.2 and §4.3).
#ifndef OC_SESSION_SESSION_KEY_H
#define OC_SESSION_SESSION_KEY_H

#include "config/account.h"

typedef struct session_place {
    const char *agent;   // "" counts as the gateway's usual "main"
    const char *account; // its id
    const char *name;    // sessionName, the middle part; "": "mattermost", for other accounts than "default"
                         // "mattermost:<account>", so that two bots in a channel do not share a session
    dm_scope scope;
    chat_kind kind;
    const char *channel_id, *user_id;
} session_place;

// agent:<agent>:<name>:<direct|group|channel>:<id>, all lower case; a direct message by its scope:
// main: agent:<agent>:main; per-peer: agent:<agent>:direct:<user>; per-account-channel-peer names the account always.
// The caller frees it.
char *session_base_key(const session_place *place);

// replyToModeByChatType, else off for direct, else replyToMode, else off. Never REPLY_UNSET.
reply_mode session_reply_mode(const account_config *rules, chat_kind kind);

// The thread that a post belongs to as a conversation, "" for none. root_id: of the thread that the post stands in, or "".
// A thread stays a thread; a post outside opens one unless the mode is off. Direct messages have threads of their own
// only when the mode says so. Points to one of the arguments.
const char *session_thread(chat_kind kind, reply_mode mode, const char *root_id, const char *post_id);
// The root id of the answer, "" for none (beside the post): that thread, else the one that the post stands in (a direct
// message: one conversation whose answers stand where the questions do).
const char *session_reply_root(chat_kind kind, reply_mode mode, const char *root_id, const char *post_id);

// The root id of a part of an answer that names a post itself (reply_to, "" for none): the thread of the conversation; without one,
// outside direct messages, that post. A preview stands at thread: a part with another root cannot be its end. Points to an argument.
const char *session_part_root(chat_kind kind, const char *thread, const char *reply_to);

// What hangs on base key and thread (as session_thread gives it).
typedef struct session_names {
    char *key;        // <base> or <base>:thread:<id>
    char *parent_key; // the channel's session of a thread's, or NULL
    char *
        history_key; // under which messages that were not for the bot are context; NULL: none (flat direct messages)
} session_names;
// The key of a post's conversation at once; root_id and post_id as for session_thread. The caller frees it.
char *session_key_of(const session_place *place, reply_mode mode, const char *root_id, const char *post_id);
session_names session_names_of(const char *base_key, chat_kind kind, const char *thread_id);
void session_names_free(session_names *n);

#endif
