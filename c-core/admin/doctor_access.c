// SPDX-License-Identifier: Apache-2.0
// Checks: rules that let nobody or everybody in, or name what is not there.
#include "admin/doctor_judge.h"

#include <string.h>

static bool has_any(char *const *list) {
    return list != NULL && list[0] != NULL;
}

static bool has_everybody(char *const *list) {
    for (; list != NULL && *list != NULL; list++) {
        if (strcmp(*list, "*") == 0)
            return true;
    }
    return false;
}

static bool any_group_list(const account_config *rules) {
    for (size_t i = 0; i < rules->group_count; i++) {
        if (has_any(rules->groups[i].allow_from))
            return true;
    }
    return has_any(rules->group_allow_from) || has_any(rules->allow_from);
}

static void judge_direct(const doctor_view *v, const account_config *rules) {
    const char *value = dm_policy_name(rules->dm_policy);
    doctor_advice advice = {.account = rules->id, .setting = "DMPolicy"};
    if (rules->dm_policy == DM_DISABLED) {
        advice.remedy = "Choose another DMPolicy if people shall write to the bot.";
        doctor_tell(v, DOCTOR_NOTE, &advice, "turned off (`dmPolicy: %s`).", value);
    } else if (rules->dm_policy != DM_PAIRING && !has_any(rules->allow_from)) {
        advice.setting = "DMPolicy, AllowFrom";
        advice.remedy = "List user ids in AllowFrom, or choose Pairing for DMPolicy.";
        doctor_tell(v, DOCTOR_WRONG, &advice,
                    "nobody may write, as `dmPolicy` is `%s` and `allowFrom` is empty.", value);
    } else if (has_everybody(rules->allow_from)) {
        advice.setting = "AllowFrom";
        advice.remedy = "List user ids in AllowFrom instead of `*` if not everybody shall.";
        doctor_tell(v, DOCTOR_NOTE, &advice,
                    "everybody on this server but guests may write (`dmPolicy: %s`, `*` in `allowFrom`).",
                    value);
    } else {
        doctor_tell(v, DOCTOR_GOOD, &advice, "`dmPolicy` is `%s`.", value);
    }
}

void doctor_direct(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        if (v->facts->accounts[i].rules != NULL)
            judge_direct(v, v->facts->accounts[i].rules);
    }
}

static void judge_channels(const doctor_view *v, const account_config *rules) {
    const char *value = group_policy_name(rules->group_policy);
    doctor_advice advice = {.account = rules->id, .setting = "GroupPolicy"};
    if (rules->group_policy == GROUP_DISABLED) {
        advice.remedy = "Choose another GroupPolicy if people shall use the bot in channels.";
        doctor_tell(v, DOCTOR_NOTE, &advice, "turned off (`groupPolicy: %s`).", value);
    } else if (rules->group_policy == GROUP_OPEN) {
        advice.remedy = "Choose Allowlist for GroupPolicy if not everybody shall.";
        doctor_tell(v, DOCTOR_NOTE, &advice,
                    "every member of a channel but guests may use the bot there (`groupPolicy: %s`).", value);
    } else if (!any_group_list(rules)) {
        bool by_pairing = rules->dm_policy == DM_PAIRING;
        advice.setting = "GroupPolicy, GroupAllowFrom, AllowFrom";
        advice.remedy =
            "List user ids in GroupAllowFrom or AllowFrom; a pairing counts in direct messages only.";
        // With pairing alone that is how an installation begins.
        doctor_tell(
            v, by_pairing ? DOCTOR_NOTE : DOCTOR_WRONG, &advice,
            "nobody may use the bot there, as `groupPolicy` is `%s` and `groupAllowFrom` and `allowFrom` "
            "are empty.",
            value);
    } else {
        doctor_tell(v, DOCTOR_GOOD, &advice, "`groupPolicy` is `%s`.", value);
    }
}

void doctor_channels(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        if (v->facts->accounts[i].rules != NULL)
            judge_channels(v, v->facts->accounts[i].rules);
    }
}

static void judge_people(const doctor_view *v, const doctor_account *a) {
    size_t wrong = 0;
    for (size_t i = 0; i < a->people_count; i++) {
        const doctor_person *p = &a->people[i];
        doctor_advice advice = {.account = a->id, .setting = p->setting};
        if (p->exists && p->active)
            continue;
        wrong++;
        advice.remedy = p->exists ? "Take the id out, or activate the account."
                                  : "Correct the id: System Console → Users shows each user's.";
        doctor_tell(v, p->exists ? DOCTOR_NOTE : DOCTOR_WRONG, &advice, "%s names `%s`, %s.", p->setting,
                    p->id,
                    p->exists ? "whose account is deactivated" : "a user id that this server does not know");
    }
    if (wrong == 0)
        doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id},
                    "all %zu that are named by id are there.", a->people_count);
}

void doctor_people(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (a->people_asked == DOCTOR_ANSWERED)
            judge_people(v, a);
        else if (a->people_asked != DOCTOR_NOT_ASKED)
            doctor_tell(v, DOCTOR_UNKNOWN,
                        &(doctor_advice){.account = a->id, .remedy = "Ask again in a moment."},
                        "the server did not say whether they are there.");
    }
}

static void judge_place(const doctor_view *v, const doctor_account *a, const doctor_place *p) {
    doctor_advice advice = {.account = a->id, .setting = p->setting};
    if (p->asked != DOCTOR_ANSWERED) {
        advice.remedy = "Ask again in a moment.";
        doctor_tell(v, DOCTOR_UNKNOWN, &advice, "the server did not say whether `%s` is there.", p->id);
    } else if (!p->exists) {
        advice.remedy =
            "Correct the id in the setting Advanced: it stands under the channel's name → View Info.";
        doctor_tell(v, DOCTOR_WRONG, &advice, "`%s` names `%s`, a channel that %s.", p->setting, p->id,
                    v->facts->way.outside ? "does not exist, or that the bot may not see"
                                          : "this server does not know");
    } else if (p->archived) {
        advice.remedy = "Take it out of the setting Advanced.";
        doctor_tell(v, DOCTOR_NOTE, &advice, "`%s` names `%s`, an archived channel.", p->setting, p->id);
    } else if (!p->member) {
        advice.remedy = "Invite the bot there with `/invite`.";
        doctor_tell(v, DOCTOR_WRONG, &advice, "the bot is not a member of `%s`, which `%s` names.", p->id,
                    p->setting);
    } else {
        doctor_tell(v, DOCTOR_GOOD, &advice, "the bot is in `%s`.", p->id);
    }
}

void doctor_places(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        for (size_t p = 0; p < a->place_count; p++)
            judge_place(v, a, &a->places[p]);
    }
}

void doctor_names(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const account_config *rules = v->facts->accounts[i].rules;
        if (rules != NULL && rules->name_matching)
            doctor_tell(
                v, DOCTOR_NOTE,
                &(doctor_advice){.account = rules->id,
                                 .setting = "dangerouslyAllowNameMatching",
                                 .remedy = "Use user ids, and take `dangerouslyAllowNameMatching` out."},
                "they count (`dangerouslyAllowNameMatching`): who may change their user name may take "
                "somebody's place.");
    }
}

static permission_mode widest(const account_config *rules, const char **where) {
    permission_mode mode = rules->permission;
    *where = "PermissionMode";
    for (size_t i = 0; i < rules->group_count; i++) {
        if (rules->groups[i].permission > (int)mode) {
            mode = (permission_mode)rules->groups[i].permission;
            *where = "groups.….permissionMode";
        }
    }
    for (size_t i = 0; i < rules->user_permission_count; i++) {
        if (rules->user_permissions[i].mode > mode) {
            mode = rules->user_permissions[i].mode;
            *where = "permissionModeByUser";
        }
    }
    return mode;
}

void doctor_permission(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const account_config *rules = v->facts->accounts[i].rules;
        const char *where = NULL;
        if (rules == NULL)
            continue;
        permission_mode mode = widest(rules, &where);
        doctor_advice advice = {.account = rules->id, .setting = where};
        if (mode == PERMISSION_FULL) {
            advice.remedy = "Choose a narrower mode unless you trust all of them with that machine.";
            doctor_tell(
                v, DOCTOR_NOTE, &advice,
                "`%s` is `full`: whom it covers may have the agent do whatever the gateway's machine can do.",
                where);
        } else {
            doctor_tell(v, DOCTOR_GOOD, &advice, "at most `%s`.", permission_mode_name(mode));
        }
    }
}
