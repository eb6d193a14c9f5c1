// SPDX-License-Identifier: Apache-2.0
#include "interactions/person.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

// Without what OpenClaw lets stand before an id or a name (reference-behaviour notes §3.5).
static const char *bare(const char *entry) {
    static const char *const prefixes[] = {"mattermost:", "user:"};
    entry += strspn(entry, " \t");
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t len = strlen(prefixes[i]);
        if (strncasecmp(entry, prefixes[i], len) == 0)
            return entry + len;
    }
    return entry;
}

bool person_approves(const person *p, const account_config *rules) {
    if (!p->human || *p->id == '\0')
        return false;
    if (p->admin)
        return true;
    if (rules == NULL)
        return false;
    for (char *const *entry = rules->approvers; entry != NULL && *entry != NULL; entry++) {
        const char *name = bare(*entry);
        if (strcasecmp(name, p->id) == 0)
            return true;
        // A name can be changed by who bears it: only where the administrator has accepted that.
        name += *name == '@';
        if (rules->name_matching && *p->username != '\0' && strcasecmp(name, p->username) == 0)
            return true;
    }
    return false;
}

const char **approver_ids(const account_config *rules, size_t *count) {
    size_t all = 0;
    *count = 0;
    while (rules->approvers != NULL && rules->approvers[all] != NULL)
        all++;
    const char **ids = xcalloc(all + 1, sizeof *ids);
    for (size_t i = 0; i < all; i++) {
        const char *name = bare(rules->approvers[i]);
        if (parse_is_mm_id(name))
            ids[(*count)++] = name;
    }
    return ids;
}
