// SPDX-License-Identifier: Apache-2.0
// The rules of one account: one bot with its gateway, its policies and its habits. Keys, values and defaults are those of
// OpenClaw's channels.mattermost (reference-behaviour notes §1.2); ours are marked. Part of an immutable config: texts and
// lists are never NULL unless said, lists end with NULL.
#ifndef OC_CONFIG_ACCOUNT_H
#define OC_CONFIG_ACCOUNT_H

#include "base/secret.h"
#include "config/choices.h"
#include "config/streaming.h"
#include "config/tools.h"

typedef struct gateway_config { // ours: each account may have its own
    char *url;                  // ws:// or wss://
    secret *token;
    char *ca_file, *ca_pem; // at most one is set, "" otherwise
    char *proxy;            // "" for none
    bool control;           // a connection with the rights of an administrator beside it
    bool tools;             // a node connection beside it, for the agents' tools
} gateway_config;

typedef struct server_config { // of external mode: the Mattermost server, and the bot's way in
    char *base_url;            // normalised (base_url.h), "" when unset
    secret *bot_token;
    char *ca_file, *ca_pem; // as above
    char *proxy;            // "": as the environment says
    // How the server calls us back; "" and the default of none
    char *callback_base, *command_url, *command_path;
    char **callback_ips; // addresses and networks that may
} server_config;

typedef struct group_config { // an entry of groups.<channel id or "*">
    char *channel_id;         // "*" for every channel without an entry of its own
    choice require_mention;
    char **allow_from; // ours; NULL when unset: who may talk to the bot there, instead of groupAllowFrom
    char *prompt;      // ours: added to the system prompt there, ""
    char *agent;       // ours: "" for the account's
    int permission;    // ours: permission_mode, -1 for the account's
} group_config;

typedef struct access_group { // accessGroups.<name> with type message.senders
    char *name;
    bool supported; // its type is message.senders
    char **members; // of "*" and of "mattermost"
} access_group;

typedef struct user_permission { // ours: permissionModeByUser, for direct messages only
    char *user_id;
    permission_mode mode;
} user_permission;

typedef struct dm_channel_retry { // dmChannelRetry: opening a direct channel
    int max_retries;
    int64_t initial_delay_ms, max_delay_ms, timeout_ms; // timeout_ms: of each attempt
} dm_channel_retry;

typedef struct account_config {
    char *id;   // "default", or the normalised name of the entry
    char *name; // label in status, ""
    bool enabled;
    char *
        disabled_why; // "" or why an enabled account does not run here, for example its baseUrl is another server
    char *bot_username, *bot_display_name; // ours: in plugin mode an account is a bot user that we make
    char *agent;                           // ours: "" for the gateway's default
    gateway_config gateway;
    server_config server;

    // who is answered
    dm_policy dm_policy;
    group_policy group_policy; // the explicit value alone counts; allowlist without one (W-2)
    char **allow_from, **group_allow_from, **owners, **approvers,
        **allow_bots;      // entries as allow_entry.h takes them
    char **exec_approvers; // execApprovals.approvers: who may decide what the agent may run; empty: nobody
    approval_target exec_approval_target;
    access_group *access_groups;
    size_t access_group_count;
    bool name_matching; // dangerouslyAllowNameMatching
    int bot_hops;       // ours: answers to listed bots in a row in one thread
    bool text_commands; // commands.text

    // when
    chat_mode chatmode;
    char **onchar_prefixes; // never empty
    choice require_mention;
    bool thread_participation; // implicitMentions.threadParticipation
    char **mention_patterns;   // regular expressions, case-insensitive, checked as far as config can
    group_config *groups;
    size_t group_count;
    int64_t debounce_ms;
    int speaks_per_hour; // ours: messages that the agent begins, in one channel

    // where, and with what context
    reply_mode reply_to_mode;
    reply_mode reply_to_mode_by_type[CHAT_KINDS]; // REPLY_UNSET: falls to reply_to_mode, or off for direct
    dm_scope dm_scope;
    char *session_name; // ours: the middle part of session keys; "": as session/session_key.h says
    int history_limit;
    context_visibility context_visibility;
    unsigned people_info; // ours: PEOPLE_… flags, what is sent about people
    permission_mode permission;
    user_permission *user_permissions;
    size_t user_permission_count;

    // how
    streaming_config streaming;
    int text_chunk_limit; // UTF-16 units as the reference counts; at most the server's own limit
    table_mode tables;
    char *response_prefix; // ""
    double media_max_mb;   // 8 when unset
    dm_channel_retry dm_retry;
    char *ack_reaction;       // ours: emoji name, "" for none
    bool allow_mass_mentions; // ours: the agent may write @all, @channel, @here
    bool unsafe_links;        // ours: mark links of the agent
    choice wake_on_reaction;  // ours
    int64_t notify_after_ms;  // ours: an answer that grew for longer ends with a push notification; 0: never
    char **capabilities;
    tools_config tools;
    choice native_commands, native_skills;
    bool private_network; // network.dangerouslyAllowPrivateNetwork
} account_config;

// An account with nothing set: every key has its default, texts and lists are empty. The caller destroys it with
// account_config_clear (which frees what it holds, not the struct itself).
void account_config_init(account_config *a);
void account_config_clear(account_config *a);
// Nothing differs that the account's rules, bot or gateway depend on.
bool account_config_equal(const account_config *a, const account_config *b);
bool gateway_config_equal(const gateway_config *a,
                          const gateway_config *b);      // then one connection serves both
server_config server_config_dup(const server_config *s); // the caller's: server_config_clear
void server_config_clear(server_config *s);
bool server_config_equal(const server_config *a, const server_config *b); // then one session serves on
// Lists of texts end with NULL. One that is not set (NULL) equals only another such one.
void config_list_free(char **list); // with its texts; NULL-safe
bool config_list_equal(char *const *a, char *const *b);
// The agent may write buttons into its answers, and is told how (capabilities).
bool account_offers_buttons(const account_config *a);
// The entry of groups for a channel, else that of "*", else NULL.
const group_config *account_group(const account_config *a, const char *channel_id);
// The widest permission mode of a session. One that several people share has one mode; what one person may do beyond it is for
// direct messages only.
permission_mode account_permission(const account_config *a, bool direct, const char *channel_id,
                                   const char *user_id);

#endif
