// SPDX-License-Identifier: Apache-2.0
// How every post that reached us ended: one table for the code, its tests and the documentation. The words of the
// reasons are OpenClaw's own where it has them.
#ifndef OC_CHAT_OUTCOME_H
#define OC_CHAT_OUTCOME_H

#include <stdbool.h>

// reason, outcome, name, the key of channels.mattermost that decides ("": none), what an administrator reads
#define OUTCOME_TABLE(X)                                                                                     \
    X(REASON_ANSWERED, "answered", "answered", "", "The agent's answer was posted.")                         \
    X(REASON_SILENT, "answered", "silent", "", "The agent chose to say nothing.")                            \
    X(REASON_TOLD_ERROR, "answered", "told_error", "", "The agent failed; the person was told so.")          \
    X(REASON_RAN_COMMAND, "answered", "command", "", "It was a command, which was run.")                     \
    X(REASON_ABORTED, "answered", "aborted", "",                                                             \
      "Somebody who may talk to the bot said stop before the agent had answered.")                           \
    X(REASON_SELF, "ignored", "self", "", "The post is the bot's own.")                                      \
    X(REASON_SYSTEM_POST, "ignored", "system_post", "", "The post was written by the server itself.")        \
    X(REASON_FROM_BOT, "ignored", "from_bot", "allowBots",                                                   \
      "The post was written by a bot that allowBots does not list, a plugin or an integration.")             \
    X(REASON_FROM_WEBHOOK, "ignored", "from_webhook", "",                                                    \
      "The post came by a webhook or under an overridden name, which never has a person's rights.")          \
    X(REASON_NO_MENTION, "ignored", "no_mention", "requireMention",                                          \
      "The bot was not mentioned, and this channel requires it.")                                            \
    X(REASON_NO_PREFIX, "ignored", "onchar_not_triggered", "oncharPrefixes",                                 \
      "The message began with none of the prefixes and did not mention the bot.")                            \
    X(REASON_NOT_MEMBER, "ignored", "not_member", "", "The bot is not a member of the channel.")             \
    X(REASON_EMPTY_BODY, "ignored", "empty_body", "", "The message has no visible text.")                    \
    X(REASON_DELETED, "ignored", "deleted", "", "The post was deleted before it could be answered.")         \
    X(REASON_REACTION, "ignored", "reaction", "wakeOnReaction",                                              \
      "A reaction: the agent is told of it with the next message.")                                          \
    X(REASON_NOT_CONFIGURED, "refused", "not_configured", "", "The settings cannot be used.")                \
    X(REASON_DM_DISABLED, "refused", "dm_policy_disabled", "dmPolicy", "Direct messages are turned off.")    \
    X(REASON_PAIRING, "refused", "dm_policy_pairing_required", "dmPolicy",                                   \
      "The sender is not approved yet and was offered to pair.")                                             \
    X(REASON_EVENT_NO_PAIRING, "refused", "event_pairing_not_allowed", "dmPolicy",                           \
      "The sender is not approved, and this kind of event does not start a pairing.")                        \
    X(REASON_DM_NOT_LISTED, "refused", "dm_policy_not_allowlisted", "allowFrom",                             \
      "allowFrom does not hold the sender.")                                                                 \
    X(REASON_GROUP_DISABLED, "refused", "group_policy_disabled", "groupPolicy",                              \
      "Channels and group messages are turned off.")                                                         \
    X(REASON_GROUP_EMPTY_LIST, "refused", "group_policy_empty_allowlist", "groupAllowFrom",                  \
      "The list of who may talk to the bot in channels is empty: groupAllowFrom, else allowFrom, or the "    \
      "channel's own allowFrom.")                                                                            \
    X(REASON_GROUP_NOT_LISTED, "refused", "group_policy_not_allowlisted", "groupAllowFrom",                  \
      "The list of who may talk to the bot in this channel does not hold the sender.")                       \
    X(REASON_ACCESS_GROUP_MISSING, "refused", "access_group_missing", "accessGroups",                        \
      "The list names an access group that does not exist, and nothing else in it holds the sender.")        \
    X(REASON_ACCESS_GROUP_UNSUPPORTED, "refused", "access_group_unsupported", "accessGroups",                \
      "The list names an access group of a type other than message.senders, and nothing else in it holds "   \
      "the sender.")                                                                                         \
    X(REASON_GUEST, "refused", "guest_not_allowlisted", "allowFrom",                                         \
      "The sender is a guest: an open policy and \"*\" do not cover guests, an entry of their own does.")    \
    X(REASON_DEACTIVATED, "refused", "sender_deactivated", "", "The sender's account is deactivated.")       \
    X(REASON_BOT_HOPS, "refused", "bot_hop_limit", "botHops",                                                \
      "The bot has answered other bots in this thread as often in a row as botHops allows.")                 \
    X(REASON_COMMAND, "refused", "control_command_unauthorized", "allowFrom",                                \
      "The sender may not run commands here.")                                                               \
    X(REASON_NOT_OWNER, "refused", "command_owner_required", "owners", "The command is for owners only.")    \
    X(REASON_FACTS_UNKNOWN, "refused", "facts_unknown", "", "Sender or channel could not be looked up.")     \
    X(REASON_QUEUE_FULL, "refused", "queue_full", "", "Too many messages were waiting.")                     \
    X(REASON_LIMIT, "refused", "rate_limit", "limits",                                                       \
      "The limit of requests per minute or per day was reached.")                                            \
    X(REASON_PERMISSION, "refused", "permission_mode", "permissionMode",                                     \
      "The session's permission mode is wider than the settings allow.")                                     \
    X(REASON_DUPLICATE, "duplicate", "duplicate", "", "The same post was handed over before.")               \
    X(REASON_GATEWAY_AWAY, "expired", "gateway_away", "", "The gateway was away for too long.")              \
    X(REASON_TOO_OLD, "expired", "too_old", "",                                                              \
      "The post was found too late: the plugin was not running when it came.")                               \
    X(REASON_RUN_TOO_LONG, "expired", "run_too_long", "", "The agent took longer than half an hour.")        \
    X(REASON_NOT_POSTED, "failed", "not_posted", "", "There was an answer, but it could not be posted.")     \
    X(REASON_RUN_LOST, "failed", "run_lost", "",                                                             \
      "The run was lost at the gateway and could not be found again.")

typedef enum outcome_reason {
#define X(reason, outcome, name, setting, sentence) reason,
    OUTCOME_TABLE(X)
#undef X
        REASON_COUNT
} outcome_reason;

const char *outcome_of(
    outcome_reason r); // "answered", "ignored", "refused", "duplicate", "expired", "failed"
const char *outcome_reason_name(outcome_reason r);
const char *outcome_sentence(outcome_reason r);
const char *outcome_setting(
    outcome_reason r); // "" when no setting decides; access_decision knows the exact one
bool outcome_concerns(
    outcome_reason r); // a bot: neither "ignored" nor "duplicate"; such a post is recorded once
// Which of two counts when several accounts judged one post: answered > refused > failed, expired > duplicate > ignored;
// of equal ones the first.
outcome_reason outcome_weightier(outcome_reason a, outcome_reason b);
int outcome_reason_find(const char *name); // -1 when there is none

#endif
