// SPDX-License-Identifier: Apache-2.0
// Whether a post in a channel addresses the bot: mentions, patterns, prefixes, chat modes (reference-behaviour notes
// §3.7). Pure. Direct messages always do.
#ifndef OC_INBOUND_TRIGGER_H
#define OC_INBOUND_TRIGGER_H

#include "config/account.h"

// What a text says to a bot.
typedef struct trigger {
    bool mentioned;  // by user name, outside code
    bool by_pattern; // by one of mentionPatterns
    bool prefixed;   // chatmode onchar
    char *
        body; // without prefix and mentions; the raw text where nothing else would be left but a lone mention
    bool has_body; // something visible is in it (files are the caller's to count)
} trigger;

// rules may be NULL: then only the user name counts. The caller frees the result.
trigger trigger_read(const char *text, const char *bot_username, const account_config *rules);
void trigger_free(trigger *t);

// Must a post in this channel address the bot? groups.<id>, then groups."*", then chatmode, then requireMention; true
// when nothing says otherwise. An explicit false of groups counts under onchar too (W-50).
bool trigger_required(const account_config *rules, const char *channel_id);

typedef struct trigger_facts {
    bool required;
    bool can_detect; // there is something to recognise an address by; if not, everything passes
    bool mentioned;  // by name, pattern or prefix
    bool participant, control_command, command_authorized;
} trigger_facts;
typedef struct trigger_decision {
    bool effective; // it counts as addressed
    bool skip;      // it is not for the bot
    bool bypass;    // only because it is a command of somebody who may
} trigger_decision;
trigger_decision trigger_decide(const trigger_facts *f);

// No visible character, and not a lone mention of the bot on one line either: there is nothing to answer.
bool trigger_empty(const char *body, const char *raw, const char *bot_username);

#endif
