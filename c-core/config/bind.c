// SPDX-License-Identifier: Apache-2.0
#include "config/bind.h"

#include "base/mem.h"
#include "config/tree.h"
#include "config/value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { POST_MAX_UNITS = 16383, BOT_USERNAME_MAX = 22, DISPLAY_NAME_MAX = 64 };

static bool has_struct_value(const config_key *key) {
    return key->offset != KEY_NOWHERE;
}

// All keys of some places, into one struct. skip: how much of the paths names the struct itself ("groups.*.").
static void bind_keys(const conf_node *tree, const config_secrets *secrets, unsigned places, size_t skip,
                      void *object) {
    for (size_t i = 0; i < config_key_count(); i++) {
        const config_key *key = config_key_at(i);
        if ((places & 1U << key->place) == 0 || !has_struct_value(key))
            continue;
        config_value_default(key, object);
    }
    for (size_t i = 0; i < config_key_count(); i++) {
        const config_key *key = config_key_at(i);
        if ((places & 1U << key->place) == 0 || !has_struct_value(key))
            continue;
        const conf_node *value = tree_at(tree, key->path + skip, NULL);
        if (value != NULL)
            free(config_value_read(key, value, secrets, object));
    }
}

// --- maps whose members people name ---

static void bind_groups(const conf_node *groups, const config_secrets *secrets, account_config *a) {
    a->groups = xcalloc(conf_count(groups) + 1, sizeof *a->groups);
    for (size_t i = 0; i < conf_count(groups); i++) {
        group_config *g = &a->groups[a->group_count++];
        *g = (group_config){.channel_id = xstrdup(conf_key(groups, i)),
                            .prompt = xstrdup(""),
                            .agent = xstrdup(""),
                            .permission = -1};
        bind_keys(conf_at(groups, i), secrets, 1U << IN_GROUP, strlen("groups.*."), g);
    }
}

static void add_members(const conf_node *list, char ***members, size_t *count) {
    *members = xrealloc(*members, (*count + conf_count(list) + 1) * sizeof **members);
    for (size_t i = 0; i < conf_count(list); i++)
        (*members)[(*count)++] = xstrdup(conf_text(conf_at(list, i)));
    (*members)[*count] = NULL;
}

static void bind_access_groups(const conf_node *groups, account_config *a) {
    a->access_groups = xcalloc(conf_count(groups) + 1, sizeof *a->access_groups);
    for (size_t i = 0; i < conf_count(groups); i++) {
        const conf_node *members = conf_get(conf_at(groups, i), "members");
        access_group *g = &a->access_groups[a->access_group_count++];
        size_t count = 0;
        g->name = xstrdup(conf_key(groups, i));
        g->supported = strcmp(conf_text(conf_get(conf_at(groups, i), "type")), "message.senders") == 0;
        add_members(conf_get(members, "*"), &g->members, &count);
        add_members(conf_get(members, "mattermost"), &g->members, &count);
    }
}

static void bind_user_modes(const conf_node *modes, account_config *a) {
    a->user_permissions = xcalloc(conf_count(modes) + 1, sizeof *a->user_permissions);
    for (size_t i = 0; i < conf_count(modes); i++) {
        int mode = permission_mode_find(conf_text(conf_at(modes, i)));
        if (mode < 0)
            continue;
        a->user_permissions[a->user_permission_count++] =
            (user_permission){.user_id = xstrdup(conf_key(modes, i)), .mode = (permission_mode)mode};
    }
}

// --- values that depend on others ---

static void put(char **text, char *fresh) {
    free(*text);
    *text = fresh;
}

static bool is_default(const account_config *a) {
    return strcmp(a->id, "default") == 0;
}

// A bot of its own for each account, even when nobody named it.
static void name_bot(const conf_node *tree, account_config *a) {
    if (is_default(a))
        return;
    if (tree_at(tree, "botUsername", NULL) == NULL) {
        char *name = xasprintf("openclaw-%s", a->id);
        name[strlen(name) > BOT_USERNAME_MAX ? BOT_USERNAME_MAX : strlen(name)] = '\0';
        put(&a->bot_username, name);
    }
    if (tree_at(tree, "botDisplayName", NULL) == NULL) {
        char *name = *a->name != '\0' ? xstrdup(a->name) : xasprintf("OpenClaw %s", a->id);
        size_t len = strlen(name) < DISPLAY_NAME_MAX ? strlen(name) : DISPLAY_NAME_MAX;
        while (len > 0 && ((unsigned char)name[len] & 0xC0) == 0x80) // not within a rune
            len--;
        name[len] = '\0';
        put(&a->bot_display_name, name);
    }
}

// Entries without anything in them do not count, and an empty list is as good as none.
static void drop_empty(char ***list, const char *path, account_config *a) {
    size_t kept = 0;
    for (char **at = *list; *at != NULL; at++) {
        if ((*at)[strspn(*at, " \t\r\n")] != '\0')
            (*list)[kept++] = *at;
        else
            free(*at);
    }
    (*list)[kept] = NULL;
    if (kept == 0)
        config_value_default(config_key_find(path), a);
}

static void settle(const conf_node *tree, account_config *a) {
    size_t len = strlen(a->ack_reaction);
    if (len > 1 && a->ack_reaction[0] == ':' && a->ack_reaction[len - 1] == ':')
        put(&a->ack_reaction, xstrndup(a->ack_reaction + 1, len - 2));
    if (tree_at(tree, "streaming.progress.toolProgress", NULL) == NULL)
        a->streaming.progress_tool_progress = tree_at(tree, "streaming.preview.toolProgress", NULL) != NULL &&
                                              a->streaming.preview_tool_progress;
    if (a->text_chunk_limit > POST_MAX_UNITS)
        a->text_chunk_limit = POST_MAX_UNITS;
    if (a->streaming.block_max_chars > POST_MAX_UNITS)
        a->streaming.block_max_chars = POST_MAX_UNITS;
    drop_empty(&a->onchar_prefixes, "oncharPrefixes", a);
    drop_empty(&a->streaming.labels, "streaming.progress.labels", a);
    name_bot(tree, a);
}

void config_bind_account(const conf_node *tree, const config_secrets *secrets, account_config *a) {
    bind_keys(tree, secrets, 1U << IN_ACCOUNT | 1U << IN_ACCOUNT_ALONE | 1U << IN_ACCOUNT_SHARED, 0, a);
    bind_groups(conf_get(tree, "groups"), secrets, a);
    bind_access_groups(conf_get(tree, "accessGroups"), a);
    bind_user_modes(conf_get(tree, "permissionModeByUser"), a);
    settle(tree, a);
}

void config_bind_top(const conf_node *tree, const config_secrets *secrets, config *c) {
    bind_keys(tree, secrets, 1U << IN_TOP, 0, c);
}
