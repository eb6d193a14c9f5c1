// SPDX-License-Identifier: Apache-2.0
// ingress_matrix: who is let in, by policy and lists.
#include "vectors.h"

#include "base/mem.h"
#include "inbound/access.h"
#include "inbound/allow_entry.h"

#include <stdlib.h>
#include <string.h>

// The sender of every row of the file.
static const char SENDER_ID[] = "senderid000000000000000001", SENDER_NAME[] = "bob";
enum { ENTRIES_MAX = 64, GROUPS_MAX = 16 };

typedef struct lists {
    char *entries[ENTRIES_MAX];
    size_t used;
    access_group groups[GROUPS_MAX];
} lists;

static void append(lists *l, const cJSON *array) {
    const cJSON *entry;
    cJSON_ArrayForEach(entry, array) {
        if (cJSON_IsString(entry) && l->used + 1 < ENTRIES_MAX)
            l->entries[l->used++] = entry->valuestring;
    }
}

static char **list_of(lists *l, const cJSON *array, const cJSON *more) {
    char **list = &l->entries[l->used];
    append(l, array);
    append(l, more);
    l->entries[l->used++] = NULL;
    return list;
}

static void read_groups(lists *l, const cJSON *inputs, account_config *rules) {
    const cJSON *groups = json_get(inputs, "accessGroups"), *group;
    if (groups == NULL)
        groups = json_get(json_get(inputs, "cfg"), "accessGroups");
    rules->access_groups = l->groups;
    cJSON_ArrayForEach(group, groups) {
        const cJSON *members = json_get(group, "members");
        l->groups[rules->access_group_count++] = (access_group){
            .name = group->string,
            .supported = strcmp(json_text(group, "type"), "message.senders") == 0,
            .members = list_of(l, json_get(members, "*"), json_get(members, "mattermost")),
        };
    }
}

static account_config rules_of(lists *l, const cJSON *config, const cJSON *inputs) {
    const char *dm = json_string(config, "dmPolicy"), *group = json_string(config, "groupPolicy");
    account_config rules = {
        .dm_policy = dm != NULL ? (dm_policy)dm_policy_find(dm) : DM_PAIRING,
        .group_policy = group != NULL ? (group_policy)group_policy_find(group) : GROUP_ALLOWLIST,
        .allow_from = list_of(l, json_get(config, "allowFrom"), NULL),
        .group_allow_from = list_of(l, json_get(config, "groupAllowFrom"), NULL),
        .owners = list_of(l, NULL, NULL),
        .allow_bots = list_of(l, NULL, NULL),
        .name_matching = json_bool(config, "dangerouslyAllowNameMatching", false),
        .text_commands = json_bool(inputs, "allowTextCommands", true),
    };
    read_groups(l, inputs, &rules);
    return rules;
}

static access_event event_of(const cJSON *inputs) {
    const char *kind = json_text(inputs, "eventKind");
    if (strcmp(kind, "reaction") == 0)
        return ACCESS_REACTION;
    if (strcmp(kind, "native-command") == 0)
        return ACCESS_COMMAND;
    return json_bool(inputs, "mayPair", true) ? ACCESS_POST : ACCESS_HISTORY;
}

static access_facts facts_of(lists *l, const cJSON *row, const account_config *rules) {
    const cJSON *inputs = json_get(row, "inputs");
    const char *kind = json_text(row, "kind");
    allow_who who = {.id = SENDER_ID, .name = ""};
    return (access_facts){
        .event = event_of(inputs),
        .mentioned = true,
        .has_body = true,
        .command = json_bool(inputs, "ctl", false) ? ACCESS_ORDINARY : ACCESS_NO_COMMAND,
        .channel_known = true,
        .kind = strcmp(kind, "direct") == 0  ? CHAT_DIRECT
                : strcmp(kind, "group") == 0 ? CHAT_GROUP
                                             : CHAT_CHANNEL,
        .channel_id = "channel",
        .bot_is_member = true,
        .sender_known = true,
        .sender_id = SENDER_ID,
        .sender_name = SENDER_NAME,
        .paired = allow_list_match(list_of(l, json_get(inputs, "store"), NULL), rules, &who).listed,
    };
}

static cJSON *result(const char *decision, const char *admission, const char *reason, const char *rule,
                     bool authorized, bool blocks) {
    cJSON *out = json_new_object(), *ingress = json_add_object(out, "ingress");
    json_add_string(ingress, "decision", decision);
    json_add_string(ingress, "admission", admission);
    json_add_string(ingress, "reasonCode", reason);
    json_add_string(out, "senderReason", rule);
    json_add_bool(out, "commandAuthorized", authorized);
    json_add_bool(out, "shouldBlockControlCommand", blocks);
    return out;
}

static cJSON *result_of(const access_decision *d) {
    const char *reason = outcome_reason_name(d->reason);
    if (d->verdict == ACCESS_ANSWER)
        return result("allow", "dispatch", "activation_allowed", d->rule, d->listed, false);
    if (d->verdict == ACCESS_PAIRING)
        return result("pairing", "pairing-required", reason, d->rule, false, false);
    return result("block", "drop", reason, d->rule, false, d->reason == REASON_COMMAND);
}

static cJSON *expected_of(const cJSON *row) {
    cJSON *out = json_new_object();
    static const char *const members[] = {"ingress", "senderReason", "commandAuthorized",
                                          "shouldBlockControlCommand"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        json_add(out, members[i], cJSON_Duplicate(json_get(row, members[i]), true));
    return out;
}

// The rule "open-commands": in a channel that is open to everybody a command is blocked only because of its sender.
static bool open_command(const cJSON *row) {
    return strcmp(json_text(row, "kind"), "direct") != 0 &&
           strcmp(json_text(json_get(row, "config"), "groupPolicy"), "open") == 0 &&
           json_bool(json_get(row, "inputs"), "ctl", false);
}

void run_ingress_matrix(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        lists l = {.used = 0};
        account_config rules = rules_of(&l, json_get(row, "config"), json_get(row, "inputs"));
        access_facts facts = facts_of(&l, row, &rules);
        access_decision d = access_decide(&facts, &rules);
        cJSON *expected = expected_of(row);
        bool authorized = json_bool(row, "commandAuthorized", false);
        if (open_command(row))
            check_deviating(
                r, "open-commands", row, expected,
                result("allow", "dispatch", "activation_allowed", "group_policy_open", authorized, false),
                result_of(&d));
        else
            check_value(r, row, expected, result_of(&d));
        cJSON_Delete(expected);
    }
}
