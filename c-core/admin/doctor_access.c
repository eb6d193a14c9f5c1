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
        advice.remedy = WORD_DOCTOR_DIRECT_OFF_DO;
        doctor_tell(v, DOCTOR_NOTE, &advice, words_mark(WORD_DOCTOR_DIRECT_OFF, "policy", value, NULL));
    } else if (rules->dm_policy != DM_PAIRING && !has_any(rules->allow_from)) {
        advice.setting = "DMPolicy, AllowFrom";
        advice.remedy = WORD_DOCTOR_DIRECT_NOBODY_DO;
        doctor_tell(v, DOCTOR_WRONG, &advice, words_mark(WORD_DOCTOR_DIRECT_NOBODY, "policy", value, NULL));
    } else if (has_everybody(rules->allow_from)) {
        advice.setting = "AllowFrom";
        advice.remedy = WORD_DOCTOR_DIRECT_ALL_DO;
        doctor_tell(v, DOCTOR_NOTE, &advice, words_mark(WORD_DOCTOR_DIRECT_ALL, "policy", value, NULL));
    } else {
        doctor_tell(v, DOCTOR_GOOD, &advice, words_mark(WORD_DOCTOR_DIRECT_GOOD, "policy", value, NULL));
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
        advice.remedy = WORD_DOCTOR_CHANNELS_OFF_DO;
        doctor_tell(v, DOCTOR_NOTE, &advice, words_mark(WORD_DOCTOR_CHANNELS_OFF, "policy", value, NULL));
    } else if (rules->group_policy == GROUP_OPEN) {
        advice.remedy = WORD_DOCTOR_CHANNELS_OPEN_DO;
        doctor_tell(v, DOCTOR_NOTE, &advice, words_mark(WORD_DOCTOR_CHANNELS_OPEN, "policy", value, NULL));
    } else if (!any_group_list(rules)) {
        bool by_pairing = rules->dm_policy == DM_PAIRING;
        advice.setting = "GroupPolicy, GroupAllowFrom, AllowFrom";
        advice.remedy = WORD_DOCTOR_CHANNELS_NOBODY_DO;
        // With pairing alone that is how an installation begins.
        doctor_tell(v, by_pairing ? DOCTOR_NOTE : DOCTOR_WRONG, &advice,
                    words_mark(WORD_DOCTOR_CHANNELS_NOBODY, "policy", value, NULL));
    } else {
        doctor_tell(v, DOCTOR_GOOD, &advice, words_mark(WORD_DOCTOR_CHANNELS_GOOD, "policy", value, NULL));
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
        advice.remedy = p->exists ? WORD_DOCTOR_PEOPLE_OFF_DO : WORD_DOCTOR_PEOPLE_UNKNOWN_DO;
        doctor_tell(v, p->exists ? DOCTOR_NOTE : DOCTOR_WRONG, &advice,
                    p->exists
                        ? words_mark(WORD_DOCTOR_PEOPLE_OFF, "setting", p->setting, "id", p->id, NULL)
                        : words_mark(WORD_DOCTOR_PEOPLE_UNKNOWN, "setting", p->setting, "id", p->id, NULL));
    }
    if (wrong == 0)
        doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id},
                    words_mark(WORD_DOCTOR_PEOPLE_GOOD, "count", WORDS_NUMBER(a->people_count), NULL));
}

void doctor_people(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (a->people_asked == DOCTOR_ANSWERED)
            judge_people(v, a);
        else if (a->people_asked != DOCTOR_NOT_ASKED)
            doctor_tell(v, DOCTOR_UNKNOWN,
                        &(doctor_advice){.account = a->id, .remedy = WORD_DOCTOR_ASK_AGAIN},
                        words_mark(WORD_DOCTOR_PEOPLE_UNASKED, NULL));
    }
}

static void judge_place(const doctor_view *v, const doctor_account *a, const doctor_place *p) {
    doctor_advice advice = {.account = a->id, .setting = p->setting};
    if (p->asked != DOCTOR_ANSWERED) {
        advice.remedy = WORD_DOCTOR_ASK_AGAIN;
        doctor_tell(v, DOCTOR_UNKNOWN, &advice, words_mark(WORD_DOCTOR_PLACE_UNASKED, "id", p->id, NULL));
    } else if (!p->exists) {
        advice.remedy = WORD_DOCTOR_PLACE_UNKNOWN_DO;
        doctor_tell(v, DOCTOR_WRONG, &advice,
                    v->facts->way.outside
                        ? words_mark(WORD_DOCTOR_PLACE_UNSEEN, "setting", p->setting, "id", p->id, NULL)
                        : words_mark(WORD_DOCTOR_PLACE_UNKNOWN, "setting", p->setting, "id", p->id, NULL));
    } else if (p->archived) {
        advice.remedy = WORD_DOCTOR_PLACE_ARCHIVED_DO;
        doctor_tell(v, DOCTOR_NOTE, &advice,
                    words_mark(WORD_DOCTOR_PLACE_ARCHIVED, "setting", p->setting, "id", p->id, NULL));
    } else if (!p->member) {
        advice.remedy = WORD_DOCTOR_PLACE_WITHOUT_DO;
        doctor_tell(v, DOCTOR_WRONG, &advice,
                    words_mark(WORD_DOCTOR_PLACE_WITHOUT, "id", p->id, "setting", p->setting, NULL));
    } else {
        doctor_tell(v, DOCTOR_GOOD, &advice, words_mark(WORD_DOCTOR_PLACE_GOOD, "id", p->id, NULL));
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
            doctor_tell(v, DOCTOR_NOTE,
                        &(doctor_advice){.account = rules->id,
                                         .setting = "dangerouslyAllowNameMatching",
                                         .remedy = WORD_DOCTOR_NAMES_COUNT_DO},
                        words_mark(WORD_DOCTOR_NAMES_COUNT, NULL));
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
            advice.remedy = WORD_DOCTOR_PERMISSION_FULL_DO;
            doctor_tell(v, DOCTOR_NOTE, &advice,
                        words_mark(WORD_DOCTOR_PERMISSION_FULL, "where", where, NULL));
        } else {
            doctor_tell(v, DOCTOR_GOOD, &advice,
                        words_mark(WORD_DOCTOR_PERMISSION_GOOD, "mode", permission_mode_name(mode), NULL));
        }
    }
}
