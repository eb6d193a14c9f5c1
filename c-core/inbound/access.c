// SPDX-License-Identifier: Apache-2.0
#include "inbound/access.h"

#include "inbound/allow_entry.h"
#include "inbound/trigger.h"

#include <stddef.h>
#include <string.h>

static access_decision decision(access_verdict verdict, outcome_reason reason) {
    return (access_decision){
        .verdict = verdict, .reason = reason, .rule = "", .setting = outcome_setting(reason), .value = ""};
}

static access_decision ignore(outcome_reason reason) {
    return decision(ACCESS_IGNORE, reason);
}

static access_decision refuse(outcome_reason reason) {
    return decision(ACCESS_REFUSE, reason);
}

// --- the author, as far as nobody need be asked ---

// Bots are listed by id or "*", never by name or by way of a group of people.
static bool bot_listed(const access_facts *f, const account_config *rules) {
    allow_who who = {.id = f->sender_id, .name = ""};
    if (rules == NULL)
        return false;
    allow_match m = allow_list_match(rules->allow_bots, rules, &who);
    return m.listed || m.wildcard;
}

static bool by_program(const access_facts *f, const account_config *rules) {
    if (f->sender_is_bot)
        return !bot_listed(f, rules);
    if (!f->from_program)
        return false;
    return f->sender_known ||
           !bot_listed(f, rules); // a program that writes as a person is none that could be listed
}

// Why its author alone makes the post none of our business; REASON_ANSWERED when it does not.
static outcome_reason judge_author(const access_facts *f, const account_config *rules) {
    if (f->own_post)
        return REASON_SELF;
    if (f->system_post)
        return REASON_SYSTEM_POST;
    if (f->from_webhook)
        return REASON_FROM_WEBHOOK;
    if (by_program(f, rules))
        return REASON_FROM_BOT;
    if (f->deleted)
        return REASON_DELETED;
    return REASON_ANSWERED;
}

// --- the sender's rights ---

static access_decision by_rule(access_decision d, const char *setting, const char *value) {
    d.rule = outcome_reason_name(d.reason);
    d.setting = setting;
    d.value = value;
    return d;
}

static access_decision admit(const char *rule, const char *setting, const char *value, bool listed) {
    access_decision d = decision(ACCESS_ANSWER, REASON_ANSWERED);
    d.rule = rule;
    d.setting = setting;
    d.value = value;
    d.listed = listed;
    d.command_authorized = true;
    return d;
}

// Nobody of the list: what of it is worth saying. "*" admits everybody but guests.
static access_decision not_in(const allow_match *m, outcome_reason plain, const char *setting) {
    if (m->wildcard)
        return by_rule(refuse(REASON_GUEST), setting, "*");
    if (m->group_unsupported)
        return by_rule(refuse(REASON_ACCESS_GROUP_UNSUPPORTED), "accessGroups", "");
    if (m->group_missing)
        return by_rule(refuse(REASON_ACCESS_GROUP_MISSING), "accessGroups", "");
    return by_rule(refuse(plain), setting, "");
}

static access_decision judge_pairing(const access_facts *f) {
    const char *value = dm_policy_name(DM_PAIRING);
    if (f->paired)
        return admit("dm_policy_allowlisted", "dmPolicy", value, true);
    if (f->event == ACCESS_POST || f->event == ACCESS_COMMAND)
        return by_rule(decision(ACCESS_PAIRING, REASON_PAIRING), "dmPolicy", value);
    return by_rule(refuse(REASON_EVENT_NO_PAIRING), "dmPolicy", value);
}

static access_decision judge_direct(const access_facts *f, const account_config *rules,
                                    const allow_who *who) {
    const char *value = dm_policy_name(rules->dm_policy);
    if (rules->dm_policy == DM_DISABLED)
        return by_rule(refuse(REASON_DM_DISABLED), "dmPolicy", value);
    allow_match m = allow_list_match(rules->allow_from, rules, who);
    bool everybody = m.wildcard && !f->sender_is_guest;
    if (rules->dm_policy == DM_OPEN && everybody)
        return admit("dm_policy_open", "dmPolicy", value, true);
    if (m.listed || everybody)
        return admit("dm_policy_allowlisted", "allowFrom", m.listed ? "" : "*", true);
    if (rules->dm_policy == DM_PAIRING)
        return judge_pairing(f);
    if (rules->dm_policy == DM_OPEN) // access groups are not what an open policy lacks
        m.group_missing = m.group_unsupported = false;
    return not_in(&m, REASON_DM_NOT_LISTED, "allowFrom");
}

// Who may talk to the bot in this channel: the channel's own list decides alone, also under an open policy.
typedef struct group_list {
    char *const *entries;
    const char *setting;
    bool own;
} group_list;

static group_list list_for(const access_facts *f, const account_config *rules) {
    const group_config *everywhere = NULL;
    for (size_t i = 0; i < rules->group_count; i++) {
        const group_config *g = &rules->groups[i];
        if (g->allow_from == NULL)
            continue;
        if (strcmp(g->channel_id, f->channel_id) == 0)
            return (group_list){.entries = g->allow_from, .setting = "groups.<id>.allowFrom", .own = true};
        if (strcmp(g->channel_id, "*") == 0)
            everywhere = g;
    }
    if (everywhere != NULL)
        return (group_list){.entries = everywhere->allow_from, .setting = "groups.*.allowFrom", .own = true};
    if (rules->group_allow_from[0] != NULL)
        return (group_list){.entries = rules->group_allow_from, .setting = "groupAllowFrom"};
    return (group_list){.entries = rules->allow_from, .setting = "allowFrom"};
}

static access_decision judge_open(const access_facts *f, const account_config *rules, const allow_match *list,
                                  const allow_match *direct) {
    const char *value = group_policy_name(rules->group_policy);
    bool listed = list->listed || direct->listed;
    if (f->sender_is_guest && !listed)
        return by_rule(refuse(REASON_GUEST), "groupPolicy", value);
    return admit("group_policy_open", "groupPolicy", value, listed || list->wildcard || direct->wildcard);
}

static access_decision judge_group(const access_facts *f, const account_config *rules, const allow_who *who) {
    const char *value = group_policy_name(rules->group_policy);
    if (rules->group_policy == GROUP_DISABLED)
        return by_rule(refuse(REASON_GROUP_DISABLED), "groupPolicy", value);
    group_list list = list_for(f, rules);
    allow_match m = allow_list_match(list.entries, rules, who);
    if (rules->group_policy == GROUP_OPEN && !list.own) {
        allow_match direct = allow_list_match(rules->allow_from, rules, who);
        return judge_open(f, rules, &m, &direct);
    }
    if (m.empty)
        return by_rule(refuse(REASON_GROUP_EMPTY_LIST), list.setting, "");
    if (m.listed || (m.wildcard && !f->sender_is_guest))
        return admit("group_policy_allowed", list.setting, m.listed ? "" : "*", true);
    return not_in(&m, REASON_GROUP_NOT_LISTED, list.setting);
}

// A bot that allowBots lists is admitted by that alone. It has no rights beside being answered, and not for ever.
static access_decision judge_bot(const access_facts *f, const account_config *rules) {
    if (f->kind == CHAT_DIRECT && rules->dm_policy == DM_DISABLED)
        return by_rule(refuse(REASON_DM_DISABLED), "dmPolicy", dm_policy_name(rules->dm_policy));
    if (f->kind != CHAT_DIRECT && rules->group_policy == GROUP_DISABLED)
        return by_rule(refuse(REASON_GROUP_DISABLED), "groupPolicy", group_policy_name(rules->group_policy));
    if (f->bot_hops >= rules->bot_hops)
        return by_rule(refuse(REASON_BOT_HOPS), "botHops", "");
    access_decision d = admit("allow_bots", "allowBots", "", false);
    d.command_authorized = false;
    return d;
}

static access_decision judge_sender(const access_facts *f, const account_config *rules) {
    if (!f->sender_known)
        return refuse(REASON_FACTS_UNKNOWN);
    if (f->sender_deactivated)
        return refuse(REASON_DEACTIVATED);
    if (f->sender_is_bot)
        return judge_bot(f, rules);
    allow_who who = {.id = f->sender_id, .name = rules->name_matching ? f->sender_name : ""};
    access_decision d = f->kind == CHAT_DIRECT ? judge_direct(f, rules, &who) : judge_group(f, rules, &who);
    allow_who by_id = {.id = f->sender_id, .name = ""};
    d.owner = d.verdict == ACCESS_ANSWER && allow_list_match(rules->owners, rules, &by_id).listed;
    return d;
}

// --- commands ---

// Text commands can be turned off; slash commands of ours are what they are.
static access_command command_of(const access_facts *f, const account_config *rules) {
    return f->event == ACCESS_COMMAND || rules->text_commands ? f->command : ACCESS_NO_COMMAND;
}

static access_decision judge_command(access_decision sender, access_command command) {
    access_decision d = sender;
    if (command == ACCESS_PRIVILEGED && !sender.owner)
        d = refuse(REASON_NOT_OWNER);
    else if (command != ACCESS_NO_COMMAND && !sender.command_authorized)
        d = refuse(REASON_COMMAND);
    d.rule = sender.rule;
    return d;
}

// --- is the bot addressed ---

static bool must_address(const access_facts *f) {
    return f->kind != CHAT_DIRECT && (f->event == ACCESS_POST || f->event == ACCESS_EDIT);
}

static trigger_decision addressed(const access_facts *f, const account_config *rules, bool authorized) {
    if (rules == NULL)
        return (trigger_decision){.effective = f->mentioned, .skip = !f->mentioned};
    trigger_facts t = {
        .required = trigger_required(rules, f->channel_id),
        .can_detect = true,
        .mentioned = f->mentioned || f->by_pattern || f->prefixed || f->found_addressed,
        .participant = f->participant && rules->thread_participation,
        .control_command = command_of(f, rules) != ACCESS_NO_COMMAND,
        .command_authorized = authorized,
    };
    return trigger_decide(&t);
}

static access_decision not_addressed(const account_config *rules) {
    if (rules == NULL || rules->chatmode != CHATMODE_ONCHAR)
        return ignore(REASON_NO_MENTION);
    return ignore(REASON_NO_PREFIX);
}

// --- altogether ---

static bool empty(const access_facts *f) {
    return (f->event == ACCESS_POST || f->event == ACCESS_EDIT) && !f->has_body;
}

// The bot is no member: only a person who called it by name, and who may, learns of it.
static access_decision not_a_member(const access_facts *f, const access_decision *sender) {
    bool called = f->mentioned || f->event == ACCESS_COMMAND;
    bool hint = f->kind != CHAT_DIRECT && called && !f->sender_is_bot && sender->verdict == ACCESS_ANSWER;
    access_decision d = decision(hint ? ACCESS_HINT : ACCESS_IGNORE, REASON_NOT_MEMBER);
    d.rule = sender->rule;
    return d;
}

access_decision access_decide(const access_facts *f, const account_config *rules) {
    outcome_reason author = judge_author(f, rules);
    if (author != REASON_ANSWERED)
        return ignore(author);
    if (!f->channel_known)
        return refuse(REASON_FACTS_UNKNOWN);
    access_decision sender = rules != NULL ? judge_sender(f, rules) : refuse(REASON_NOT_CONFIGURED);
    bool was_mentioned = f->kind == CHAT_DIRECT;
    if (must_address(f)) {
        trigger_decision t = addressed(f, rules, sender.command_authorized);
        if (t.skip)
            return not_addressed(rules);
        was_mentioned = t.effective;
    }
    if (!f->bot_is_member)
        return not_a_member(f, &sender);
    if (sender.verdict != ACCESS_ANSWER)
        return sender;
    access_decision d = judge_command(sender, command_of(f, rules));
    d.was_mentioned = was_mentioned;
    if (d.verdict == ACCESS_ANSWER && empty(f))
        return ignore(REASON_EMPTY_BODY);
    return d;
}

bool access_settled(const access_facts *f, const account_config *rules, access_decision *out) {
    outcome_reason author = judge_author(f, rules);
    if (author != REASON_ANSWERED) {
        *out = ignore(author);
        return true;
    }
    if (!f->channel_known || !must_address(f) || !addressed(f, rules, true).skip)
        return false;
    *out = not_addressed(rules);
    return true;
}
