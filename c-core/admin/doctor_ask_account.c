// SPDX-License-Identifier: Apache-2.0
// Questions about one account: to the server about its bot, its people and its places, to its gateway about agents.
#include "admin/doctor_private.h"
#include "base/json.h"
#include "base/mem.h"
#include "inbound/allow_entry.h"
#include "words/words.h"

#include <stdlib.h>
#include <string.h>

enum { CHANNELS_LOOKED_AT = 3, GATEWAY_ANSWERS_MS = 4000 };

// --- the bot ---

static bool has_role(const char *roles, const char *role) {
    size_t len = strlen(role);
    for (const char *at = strstr(roles, role); at != NULL; at = strstr(at + 1, role)) {
        if ((at == roles || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    }
    return false;
}

static void on_bot_user(void *ctx, const chat_error *error, const chat_user *user) {
    question *q = ctx;
    if (q->asking != NULL && error->err == OC_OK) {
        q->account->bot_exists = true;
        q->account->bot_active = user->delete_at_ms == 0;
        q->account->bot_is_bot = user->is_bot;
        q->account->bot_is_admin = has_role(user->roles, "system_admin");
    }
    doctor_answered(q, doctor_answer_of(error->err == OC_ENOTFOUND ? OC_OK : error->err));
}

static void on_teams(void *ctx, const chat_error *error, const cJSON *teams) {
    question *q = ctx;
    if (q->asking != NULL && error->err == OC_OK)
        q->account->teams = (size_t)cJSON_GetArraySize(teams);
    doctor_answered(q, doctor_answer_of(error->err));
}

static void on_may_post(void *ctx, const chat_error *error, bool may) {
    question *q = ctx;
    if (q->asking != NULL && error->err == OC_OK)
        q->account->may_post = q->account->may_post && may;
    doctor_answered(q, doctor_answer_of(error->err));
}

static void on_channels(void *ctx, const chat_error *error, const cJSON *ids) {
    question *q = ctx;
    asking *a = q->asking;
    int count = error->err == OC_OK && a != NULL ? cJSON_GetArraySize(ids) : 0;
    doctor_account *one = q->account;
    for (int i = 0; i < count; i++) {
        const char *id = cJSON_GetStringValue(cJSON_GetArrayItem(ids, i));
        const account *held = a->held[one - a->facts.accounts];
        one->may_post = one->may_post || i == 0;
        chat_has_channel_permission(a->owner->world.chat, held->bot_user_id, id != NULL ? id : "",
                                    "create_post", on_may_post, doctor_question(a, one, &one->post_asked));
    }
    doctor_answered(q, error->err != OC_OK ? DOCTOR_FAILED : count > 0 ? DOCTOR_WAITING : DOCTOR_NOT_ASKED);
}

// --- people and places that the rules name ---

static void add_person(doctor_account *to, const char *entry, const char *setting) {
    char *id = allow_entry_approver_id(entry);
    bool known = id == NULL || to->people_count == DOCTOR_PEOPLE_MAX;
    for (size_t i = 0; i < to->people_count && !known; i++)
        known = strcmp(to->people[i].id, id) == 0;
    if (known)
        free(id);
    else
        to->people[to->people_count++] = (doctor_person){.id = id, .setting = setting};
}

static void add_people(doctor_account *to, char *const *entries, const char *setting) {
    for (; entries != NULL && *entries != NULL; entries++)
        add_person(to, *entries, setting);
}

static void collect_people(doctor_account *to, const account_config *rules) {
    add_people(to, rules->allow_from, words_setting("AllowFrom"));
    add_people(to, rules->group_allow_from, words_setting("GroupAllowFrom"));
    add_people(to, rules->owners, words_setting("Owners"));
    add_people(to, rules->approvers, words_setting("Approvers"));
    add_people(to, rules->exec_approvers, "execApprovals.approvers");
    add_people(to, rules->allow_bots, "allowBots");
    for (size_t i = 0; i < rules->group_count; i++)
        add_people(to, rules->groups[i].allow_from, "groups.….allowFrom");
}

static void on_people(void *ctx, const chat_error *error, const chat_user *users, size_t count) {
    question *q = ctx;
    doctor_account *one = q->account;
    for (size_t i = 0; q->asking != NULL && error->err == OC_OK && i < count; i++) {
        for (size_t p = 0; p < one->people_count; p++) {
            if (strcmp(one->people[p].id, users[i].id) == 0) {
                one->people[p].exists = true;
                one->people[p].active = users[i].delete_at_ms == 0;
            }
        }
    }
    doctor_answered(q, doctor_answer_of(error->err));
}

static void ask_people(asking *a, doctor_account *one) {
    const char *ids[DOCTOR_PEOPLE_MAX + 1];
    if (one->people_count == 0)
        return;
    for (size_t i = 0; i < one->people_count; i++)
        ids[i] = one->people[i].id;
    ids[one->people_count] = NULL;
    chat_get_users_by_ids(a->owner->world.chat, ids, on_people, doctor_question(a, one, &one->people_asked));
}

static void add_place(doctor_account *to, const char *id, const char *setting) {
    if (strcmp(id, "*") != 0 && to->place_count < DOCTOR_PLACES_MAX)
        to->places[to->place_count++] = (doctor_place){.id = xstrdup(id), .setting = setting};
}

static void on_member(void *ctx, const chat_error *error, bool member) {
    question *q = ctx;
    if (q->asking != NULL && error->err == OC_OK)
        q->place->member = member;
    doctor_answered(q, doctor_answer_of(error->err == OC_ENOTFOUND ? OC_OK : error->err));
}

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    question *q = ctx;
    asking *a = q->asking;
    bool unknown = error->err == OC_ENOTFOUND || error->http_status == 403 || error->http_status == 400;
    if (a != NULL && error->err == OC_OK) {
        q->place->exists = true;
        q->place->archived = channel->delete_at_ms != 0;
        const account *held = a->held[q->account - a->facts.accounts];
        chat_is_member(a->owner->world.chat, q->place->id, held->bot_user_id, on_member, q);
        return;
    }
    doctor_answered(q, doctor_answer_of(unknown ? OC_OK : error->err));
}

static void ask_places(asking *a, doctor_account *one) {
    for (size_t i = 0; i < one->place_count; i++) {
        question *q = doctor_question(a, one, &one->places[i].asked);
        q->place = &one->places[i];
        chat_get_channel(a->owner->world.chat, one->places[i].id, on_channel, q);
    }
}

void doctor_ask_account(asking *a, size_t index) {
    chat *c = a->owner->world.chat;
    doctor_account *one = &a->facts.accounts[index];
    const account *held = a->held[index];
    const account_config *rules = held->config;
    if (rules == NULL || held->bot_user_id == NULL)
        return;
    chat_forget_user(c, held->bot_user_id);
    chat_get_user(c, held->bot_user_id, on_bot_user, doctor_question(a, one, &one->bot_asked));
    chat_teams_of_user(c, held->bot_user_id, on_teams, doctor_question(a, one, &one->teams_asked));
    chat_bot_channels(c, held->bot_user_id, 0, CHANNELS_LOOKED_AT, on_channels,
                      doctor_question(a, one, &one->post_asked));
    collect_people(one, rules);
    ask_people(a, one);
    for (size_t i = 0; i < rules->group_count; i++)
        add_place(one, rules->groups[i].channel_id, "groups");
    for (char *const *id = rules->tools.mcp_channels; *id != NULL; id++)
        add_place(one, *id, "mcp.channels");
    ask_places(a, one);
}

// --- the gateway ---

static void on_agents(void *ctx, const request_reply *reply) {
    question *q = ctx;
    if (q->asking != NULL && reply->err == OC_OK)
        q->account->agents = cJSON_Duplicate(reply->payload, 1);
    doctor_answered(q, doctor_answer_of(reply->err));
}

void doctor_ask_gateway(asking *a, size_t index) {
    doctor_account *one = &a->facts.accounts[index];
    gateway *g = a->held[index]->gateway;
    for (size_t before = 0; before < index; before++)
        g = a->held[before]->gateway == g ? NULL : g;
    if (g == NULL || one->agents_asked != DOCTOR_NOT_ASKED || gateway_get_status(g).state != GATEWAY_READY)
        return;
    question *q = doctor_question(a, one, &one->agents_asked);
    if (gateway_call(g, "agents.list", json_new_object(), GATEWAY_ANSWERS_MS, on_agents, q) == NULL)
        doctor_answered(q, DOCTOR_FAILED);
}
