// SPDX-License-Identifier: Apache-2.0
// Who is answered: one pure function from facts and rules to a decision. Denied by default.
//
// What is nobody's business comes first (own posts, webhooks, bots that are not listed, posts that do not address the
// bot: ignored), then whether the bot is a member, then the sender's rights by dmPolicy or groupPolicy with its list
// (reference-behaviour notes §3.3 to §3.6), then commands. A webhook, an overridden name, a program or a guest never
// borrows a person's rights: "*" and "open" do not cover guests and bots.
#ifndef OC_INBOUND_ACCESS_H
#define OC_INBOUND_ACCESS_H

#include "chat/outcome.h"
#include "config/account.h"

typedef enum access_event {
    ACCESS_POST,     // somebody wrote
    ACCESS_EDIT,     // a post was changed
    ACCESS_REACTION, // somebody reacted to a post
    ACCESS_COMMAND,  // a slash command of ours
    ACCESS_HISTORY,  // a post that would be context for another one
    ACCESS_CLICK,    // somebody chose what the agent had offered
} access_event;

typedef enum access_command {
    ACCESS_NO_COMMAND,
    ACCESS_ORDINARY,   // /status, stop …: whoever is admitted
    ACCESS_PRIVILEGED, // owners only
} access_command;

// Everything the decision hangs on, besides the account's rules. Texts are borrowed and never NULL.
typedef struct access_facts {
    access_event event;
    // the post: post_facts.h fills these in
    bool own_post;     // this bot wrote it
    bool system_post;  // the server wrote it: its type starts with "system_"
    bool from_webhook; // a webhook wrote it, or the shown name is overridden
    bool from_program; // its props say a bot, a plugin or an OAuth app
    bool deleted;
    // what it says: trigger.h fills these in
    bool mentioned;  // the bot, by its user name, outside code
    bool by_pattern; // one of mentionPatterns matches
    bool prefixed;   // chatmode onchar: it starts with a prefix
    bool has_body;   // something is left to answer
    access_command command;
    bool found_addressed; // by an earlier process, which had begun to answer
    bool participant;     // the bot answered in this thread within 7 days
    // the place
    bool channel_known;
    chat_kind kind;
    const char *channel_id;
    bool bot_is_member;
    // the sender, as the server knows them
    bool sender_known, sender_deactivated, sender_is_bot, sender_is_guest;
    const char *sender_id, *sender_name;
    bool paired;  // approved by pairing; asked for only when the verdict is ACCESS_PAIRING without
    int bot_hops; // answers of ours to bots in this thread since a person wrote there
} access_facts;

typedef enum access_verdict {
    ACCESS_ANSWER,
    ACCESS_IGNORE,  // none of our business: not recorded
    ACCESS_REFUSE,  // addressed to us, but not to be answered: recorded
    ACCESS_PAIRING, // as refused, and the person is told how to be let in
    ACCESS_HINT, // ignored, but the person, who may use the bot, is told that it is not a member (ephemeral)
} access_verdict;

typedef struct access_decision {
    access_verdict verdict;
    outcome_reason reason; // why not; REASON_ANSWERED when it is to be answered
    const char
        *rule; // how the sender fared: OpenClaw's reason code ("dm_policy_open"); "" if that was not asked
    const char *setting;     // the key that decided ("groupPolicy", "groups.<id>.allowFrom"); "" for none
    const char *value;       // the value of that key, where it is a word, else ""
    bool listed;             // admitted, and a list holds the sender: what OpenClaw calls commandAuthorized
    bool command_authorized; // admitted, and may run ordinary commands
    bool owner;              // admitted, and may run privileged ones
    bool was_mentioned;      // for the agent: addressed, by whatever way counts here
} access_decision;

// rules NULL: there are no valid settings.
access_decision access_decide(const access_facts *f, const account_config *rules);

// The decision needs neither membership nor sender (those facts may be unset): the post is ignored whatever they are.
// The commonest post of all: in a channel, without a mention.
bool access_settled(const access_facts *f, const account_config *rules, access_decision *decision);

#endif
