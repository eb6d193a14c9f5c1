// SPDX-License-Identifier: Apache-2.0
// The words of the settings as enums. Each has a word list in choices.c, in the enum's order; …_name never fails, …_find
// takes any case and gives -1 for a word that is not in the list (also for NULL and "").
#ifndef OC_CONFIG_CHOICES_H
#define OC_CONFIG_CHOICES_H

#include <stdbool.h>
#include <stdint.h>

// The words of one enum: words[value]; "" stands for a value that nobody can write (an unset one).
typedef struct choice_words {
    const char *const *words;
    int count;
} choice_words;
int choice_find(const choice_words *list, const char *name); // -1
char *choice_list(const choice_words *list);                 // "off, first, all"; the caller frees it

typedef enum choice { UNSET, NO, YES } choice; // a flag whose absence means something

// What a session's tools may do, narrow to wide. OpenClaw's own words.
typedef enum permission_mode {
    PERMISSION_READ_ONLY, // the default: reads inside the workspace, runs nothing
    PERMISSION_GUARDED,
    PERMISSION_WORKSPACE,
    PERMISSION_FULL, // everything the gateway's host can do
} permission_mode;

typedef enum dm_policy { DM_PAIRING, DM_ALLOWLIST, DM_OPEN, DM_DISABLED } dm_policy;
typedef enum group_policy { GROUP_ALLOWLIST, GROUP_OPEN, GROUP_DISABLED } group_policy;
typedef enum chat_mode { CHATMODE_UNSET, CHATMODE_ONCALL, CHATMODE_ONMESSAGE, CHATMODE_ONCHAR } chat_mode;
typedef enum reply_mode { REPLY_UNSET, REPLY_OFF, REPLY_FIRST, REPLY_ALL, REPLY_BATCHED } reply_mode;
typedef enum context_visibility {
    CONTEXT_ALL,
    CONTEXT_ALLOWLIST,
    CONTEXT_ALLOWLIST_QUOTE
} context_visibility;
// Where those who may approve commands are asked (OpenClaw's execApprovals.target).
typedef enum approval_target { APPROVALS_DM, APPROVALS_CHANNEL, APPROVALS_BOTH } approval_target;
typedef enum table_mode { TABLES_OFF, TABLES_BULLETS, TABLES_CODE, TABLES_BLOCK } table_mode;

// A channel's kind as OpenClaw sees it: D direct; G and P group; O and everything else channel.
typedef enum chat_kind { CHAT_DIRECT, CHAT_GROUP, CHAT_CHANNEL, CHAT_KINDS } chat_kind;

// Which conversation a direct message belongs to (session.dmScope). Ours is DM_SCOPE_CHANNEL_PEER by default.
typedef enum dm_scope {
    DM_SCOPE_MAIN,
    DM_SCOPE_PEER,
    DM_SCOPE_CHANNEL_PEER,
    DM_SCOPE_ACCOUNT_CHANNEL_PEER
} dm_scope;

enum { PEOPLE_USERNAME = 1, PEOPLE_NICKNAME = 2, PEOPLE_FULL_NAME = 4, PEOPLE_LOCALE = 8, PEOPLE_ID = 16 };

extern const choice_words PERMISSION_MODES, DM_POLICIES, GROUP_POLICIES, CHAT_MODES, REPLY_MODES,
    CONTEXT_VISIBILITIES, APPROVAL_TARGETS, TABLE_MODES, DM_SCOPES, STREAMING_MODES, CHUNK_MODES;

const char *permission_mode_name(permission_mode m); // "read-only", "guarded", "workspace", "full"
int permission_mode_find(const char *name);
const char *dm_policy_name(dm_policy p);
int dm_policy_find(const char *name);
const char *group_policy_name(group_policy p);
int group_policy_find(const char *name);
const char *chat_mode_name(chat_mode m); // "" for CHATMODE_UNSET
int chat_mode_find(const char *name);
const char *reply_mode_name(reply_mode m); // "" for REPLY_UNSET
int reply_mode_find(const char *name);
const char *context_visibility_name(context_visibility v);
int context_visibility_find(const char *name);
const char *approval_target_name(approval_target t); // "dm", "channel", "both"
int approval_target_find(const char *name);
const char *table_mode_name(table_mode m);
int table_mode_find(const char *name);
const char *chat_kind_name(chat_kind k);          // "direct", "group", "channel"
chat_kind chat_kind_of(const char *channel_type); // of Mattermost's letter, in any case, trimmed
const char *dm_scope_name(dm_scope s); // "main", "per-peer", "per-channel-peer", "per-account-channel-peer"
int dm_scope_find(const char *name);

#endif
