// SPDX-License-Identifier: Apache-2.0
// How every post that reached us ended: one table for the code, its tests and the documentation. The words of the
// reasons are OpenClaw's own where it has them.
#ifndef OC_CHAT_OUTCOME_H
#define OC_CHAT_OUTCOME_H

#include "words/words.h"

#include <stdbool.h>

// reason, outcome, name, the key of channels.mattermost that decides ("": none), what an administrator reads (words/)
#define OUTCOME_TABLE(X)                                                                                     \
    X(REASON_ANSWERED, "answered", "answered", "", WORD_OUTCOME_ANSWERED)                                    \
    X(REASON_SILENT, "answered", "silent", "", WORD_OUTCOME_SILENT)                                          \
    X(REASON_TOLD_ERROR, "answered", "told_error", "", WORD_OUTCOME_TOLD_ERROR)                              \
    X(REASON_RAN_COMMAND, "answered", "command", "", WORD_OUTCOME_RAN_COMMAND)                               \
    X(REASON_REPLIED, "answered", "replied", "", WORD_OUTCOME_REPLIED)                                       \
    X(REASON_NO_REPLY, "answered", "no_reply", "", WORD_OUTCOME_NO_REPLY)                                    \
    X(REASON_ABORTED, "answered", "aborted", "", WORD_OUTCOME_ABORTED)                                       \
    X(REASON_SELF, "ignored", "self", "", WORD_OUTCOME_SELF)                                                 \
    X(REASON_SYSTEM_POST, "ignored", "system_post", "", WORD_OUTCOME_SYSTEM_POST)                            \
    X(REASON_FROM_BOT, "ignored", "from_bot", "allowBots", WORD_OUTCOME_FROM_BOT)                            \
    X(REASON_FROM_WEBHOOK, "ignored", "from_webhook", "", WORD_OUTCOME_FROM_WEBHOOK)                         \
    X(REASON_NO_MENTION, "ignored", "no_mention", "requireMention", WORD_OUTCOME_NO_MENTION)                 \
    X(REASON_NO_PREFIX, "ignored", "onchar_not_triggered", "oncharPrefixes", WORD_OUTCOME_NO_PREFIX)         \
    X(REASON_NOT_MEMBER, "ignored", "not_member", "", WORD_OUTCOME_NOT_MEMBER)                               \
    X(REASON_EMPTY_BODY, "ignored", "empty_body", "", WORD_OUTCOME_EMPTY_BODY)                               \
    X(REASON_DELETED, "ignored", "deleted", "", WORD_OUTCOME_DELETED)                                        \
    X(REASON_REACTION, "ignored", "reaction", "wakeOnReaction", WORD_OUTCOME_REACTION)                       \
    X(REASON_NOT_CONFIGURED, "refused", "not_configured", "", WORD_OUTCOME_NOT_CONFIGURED)                   \
    X(REASON_DM_DISABLED, "refused", "dm_policy_disabled", "dmPolicy", WORD_OUTCOME_DM_DISABLED)             \
    X(REASON_PAIRING, "refused", "dm_policy_pairing_required", "dmPolicy", WORD_OUTCOME_PAIRING)             \
    X(REASON_EVENT_NO_PAIRING, "refused", "event_pairing_not_allowed", "dmPolicy",                           \
      WORD_OUTCOME_EVENT_NO_PAIRING)                                                                         \
    X(REASON_DM_NOT_LISTED, "refused", "dm_policy_not_allowlisted", "allowFrom", WORD_OUTCOME_DM_NOT_LISTED) \
    X(REASON_GROUP_DISABLED, "refused", "group_policy_disabled", "groupPolicy", WORD_OUTCOME_GROUP_DISABLED) \
    X(REASON_GROUP_EMPTY_LIST, "refused", "group_policy_empty_allowlist", "groupAllowFrom",                  \
      WORD_OUTCOME_GROUP_EMPTY_LIST)                                                                         \
    X(REASON_GROUP_NOT_LISTED, "refused", "group_policy_not_allowlisted", "groupAllowFrom",                  \
      WORD_OUTCOME_GROUP_NOT_LISTED)                                                                         \
    X(REASON_ACCESS_GROUP_MISSING, "refused", "access_group_missing", "accessGroups",                        \
      WORD_OUTCOME_ACCESS_GROUP_MISSING)                                                                     \
    X(REASON_ACCESS_GROUP_UNSUPPORTED, "refused", "access_group_unsupported", "accessGroups",                \
      WORD_OUTCOME_ACCESS_GROUP_UNSUPPORTED)                                                                 \
    X(REASON_GUEST, "refused", "guest_not_allowlisted", "allowFrom", WORD_OUTCOME_GUEST)                     \
    X(REASON_DEACTIVATED, "refused", "sender_deactivated", "", WORD_OUTCOME_DEACTIVATED)                     \
    X(REASON_BOT_HOPS, "refused", "bot_hop_limit", "botHops", WORD_OUTCOME_BOT_HOPS)                         \
    X(REASON_COMMAND, "refused", "control_command_unauthorized", "allowFrom", WORD_OUTCOME_COMMAND)          \
    X(REASON_NOT_OWNER, "refused", "command_owner_required", "owners", WORD_OUTCOME_NOT_OWNER)               \
    X(REASON_FACTS_UNKNOWN, "refused", "facts_unknown", "", WORD_OUTCOME_FACTS_UNKNOWN)                      \
    X(REASON_QUEUE_FULL, "refused", "queue_full", "", WORD_OUTCOME_QUEUE_FULL)                               \
    X(REASON_LIMIT, "refused", "rate_limit", "limits", WORD_OUTCOME_LIMIT)                                   \
    X(REASON_PERMISSION, "refused", "permission_mode", "permissionMode", WORD_OUTCOME_PERMISSION)            \
    X(REASON_DUPLICATE, "duplicate", "duplicate", "", WORD_OUTCOME_DUPLICATE)                                \
    X(REASON_GATEWAY_AWAY, "expired", "gateway_away", "", WORD_OUTCOME_GATEWAY_AWAY)                         \
    X(REASON_TOO_OLD, "expired", "too_old", "", WORD_OUTCOME_TOO_OLD)                                        \
    X(REASON_RUN_TOO_LONG, "expired", "run_too_long", "", WORD_OUTCOME_RUN_TOO_LONG)                         \
    X(REASON_NOT_POSTED, "failed", "not_posted", "", WORD_OUTCOME_NOT_POSTED)                                \
    X(REASON_RUN_LOST, "failed", "run_lost", "", WORD_OUTCOME_RUN_LOST)

typedef enum outcome_reason {
#define X(reason, outcome, name, setting, sentence) reason,
    OUTCOME_TABLE(X)
#undef X
        REASON_COUNT
} outcome_reason;

const char *outcome_of(
    outcome_reason r); // "answered", "ignored", "refused", "duplicate", "expired", "failed"
const char *outcome_reason_name(outcome_reason r);
words_key outcome_sentence(outcome_reason r);
const char *outcome_setting(
    outcome_reason r); // "" when no setting decides; access_decision knows the exact one
bool outcome_concerns(
    outcome_reason r); // a bot: neither "ignored" nor "duplicate"; such a post is recorded once
// Which of two counts when several accounts judged one post: answered > refused > failed, expired > duplicate > ignored;
// of equal ones the first.
outcome_reason outcome_weightier(outcome_reason a, outcome_reason b);
int outcome_reason_find(const char *name); // -1 when there is none

#endif
