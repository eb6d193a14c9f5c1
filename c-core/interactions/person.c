// SPDX-License-Identifier: Apache-2.0
#include "interactions/person.h"

#include "base/log.h"
#include "base/mem.h"
#include "inbound/allow_entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct look {
    chat *chat;
    person person;
    person_fn *fn;
    void *ctx;
} look;

static void on_admin(void *ctx, const chat_error *error, bool admin) {
    look *l = ctx;
    if (error->err != OC_OK)
        log_warn("a person's rights could not be looked up", "user", l->person.id, "error", error->message);
    l->person.admin = error->err == OC_OK && admin && l->person.human;
    l->fn(l->ctx, &l->person);
    free(l);
}

static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    look *l = ctx;
    l->person.lang = chat_lang(l->chat, l->person.id);
    if (error->err != OC_OK) {
        log_warn("a person could not be looked up", "user", l->person.id, "error", error->message);
        l->fn(l->ctx, &l->person);
        free(l);
        return;
    }
    snprintf(l->person.username, sizeof l->person.username, "%s", user->username);
    l->person.human = !user->is_bot && user->delete_at_ms == 0;
    chat_user_is_system_admin(l->chat, l->person.id, on_admin, l);
}

void person_look(chat *c, const char *user_id, person_fn *fn, void *ctx) {
    look *l = xcalloc(1, sizeof *l);
    l->chat = c;
    l->fn = fn;
    l->ctx = ctx;
    snprintf(l->person.id, sizeof l->person.id, "%s", user_id);
    chat_forget_user(c, user_id);
    chat_get_user(c, user_id, on_user, l);
}

// A name can be changed by who bears it: only ids count here, whatever the lists of who may talk allow.
bool person_approves(const person *p, const account_config *rules) {
    if (!p->human || *p->id == '\0')
        return false;
    allow_who who = {.id = p->id, .name = ""};
    return p->admin || (rules != NULL && allow_list_match(rules->approvers, rules, &who).listed);
}

bool person_approves_exec(const person *p, const account_config *rules) {
    if (!p->human || *p->id == '\0' || rules == NULL)
        return false;
    allow_who who = {.id = p->id, .name = ""};
    return allow_list_match(rules->exec_approvers, rules, &who).listed;
}

// --- the ids of approvers ---

typedef struct id_list {
    char **ids;
    size_t count;
} id_list;

static void add_ids(id_list *list, char *const *entries) {
    for (; entries != NULL && *entries != NULL; entries++) {
        char *id = allow_entry_approver_id(*entries);
        if (id == NULL)
            continue;
        list->ids = xrealloc(list->ids, (list->count + 2) * sizeof *list->ids);
        list->ids[list->count++] = id;
        list->ids[list->count] = NULL;
    }
}

static void add_group(id_list *list, const account_config *rules, const char *entry) {
    static const char prefix[] = "accessGroup:";
    char *name = allow_entry_normalise(entry);
    for (size_t i = 0; i < rules->access_group_count; i++) {
        const access_group *g = &rules->access_groups[i];
        if (g->supported && strncmp(name, prefix, strlen(prefix)) == 0 &&
            strcmp(name + strlen(prefix), g->name) == 0)
            add_ids(list, g->members);
    }
    free(name);
}

char **listed_ids(char *const *entries, const account_config *rules) {
    id_list list = {.ids = xcalloc(1, sizeof *list.ids)};
    add_ids(&list, entries);
    for (char *const *entry = entries; entry != NULL && *entry != NULL; entry++)
        add_group(&list, rules, *entry);
    return list.ids;
}

char **approver_ids(const account_config *rules) {
    return listed_ids(rules->approvers, rules);
}

void approver_ids_free(char **ids) {
    for (char **id = ids; *id != NULL; id++)
        free(*id);
    free(ids);
}
