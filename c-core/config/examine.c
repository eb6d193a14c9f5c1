// SPDX-License-Identifier: Apache-2.0
#include "config/examine.h"

#include "base/mem.h"
#include "base/parse.h"
#include "config/nearest.h"
#include "config/value.h"

#include <stdlib.h>
#include <string.h>

enum { CONFIG_MEMBERS_MAX = 20000, GROUPS_MAX = 5000, USER_MODES_MAX = 5000, ACCESS_GROUPS_MAX = 200 };

static void complain(const examination *e, const char *shown, int line, char *sentence) {
    config_problem_add(e->problems, CONFIG_ERROR, "Advanced", shown, line, sentence);
}

static void notice(const examination *e, const char *shown, int line, char *sentence) {
    config_problem_add(e->problems, CONFIG_NOTICE, "Advanced", shown, line, sentence);
}

char *config_shown_path(const char *map, const char *key) {
    char *quoted = conf_quote_key(key);
    size_t len = strlen(quoted);
    // Quotes only where the key is no plain word.
    bool plain =
        len > 2 &&
        strspn(quoted + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-*$") == len - 2;
    char *path = xasprintf("%s%s%.*s", map, *map != '\0' ? "." : "", (int)(plain ? len - 2 : len),
                           plain ? quoted + 1 : quoted);
    free(quoted);
    return path;
}

static char *joined(const char *path, const char *key) {
    return xasprintf("%s%s%s", path, *path != '\0' ? "." : "", key);
}

// --- keys ---

static void examine_members(const examination *e, const conf_node *map, const char *path, const char *shown);

static void unknown_key(const examination *e, const char *path, const char *key, const char *shown,
                        int line) {
    // Looking for the nearest one is work: only as long as it can be told.
    char *nearest = e->problems->errors < CONFIG_PROBLEMS_MAX ? nearest_key(path, key, e->in_account) : NULL;
    complain(e, shown, line,
             nearest != NULL ? xasprintf("is not a known key. Did you mean %s?", nearest)
                             : xstrdup("is not a known key."));
    free(nearest);
}

static bool is_account_place(const config_key *key) {
    return key->place != IN_TOP && key->place != IN_ACCOUNT_SHARED;
}

static void tell_role(const examination *e, const config_key *key, const char *shown, int line,
                      const conf_node *value) {
    bool literal = key->kind == KEY_SECRET && !config_secret_is_reference(value);
    if (key->external && config_secrets_external(e->secrets))
        return;
    if (key->role == KEY_IDLE)
        notice(e, shown, line,
               xasprintf("has no meaning %s. %s%s",
                         config_secrets_external(e->secrets) ? "here" : "in plugin mode", key->help,
                         literal ? " Remove it: it is a secret, and this field is not masked." : ""));
    else if (key->role == KEY_SILENT)
        notice(e, shown, line, xasprintf("is accepted. %s", key->help));
}

// --- maps whose members people name ---

static bool is_map(const examination *e, const conf_node *value, const char *shown, size_t max) {
    if (conf_kind_of(value) != CONF_MAP) {
        complain(e, shown, conf_line(value),
                 xasprintf("must be a group of keys, not %s.", conf_kind_name(conf_kind_of(value))));
        return false;
    }
    if (conf_count(value) > max) {
        complain(e, shown, conf_line(value), xasprintf("has more than %zu entries.", max));
        return false;
    }
    return true;
}

static void examine_groups(const examination *e, const conf_node *groups, const char *shown) {
    for (size_t i = 0; is_map(e, groups, shown, GROUPS_MAX) && i < conf_count(groups); i++) {
        const char *id = conf_key(groups, i);
        char *name = config_shown_path(shown, id);
        if (strcmp(id, "*") != 0 && !parse_is_mm_id(id))
            notice(e, name, conf_key_line(groups, i),
                   xstrdup("is no channel id (26 lower-case letters and digits) and not \"*\": it has no "
                           "effect."));
        if (conf_kind_of(conf_at(groups, i)) != CONF_NULL)
            examine_members(e, conf_at(groups, i), "groups.*", name);
        free(name);
    }
}

static void examine_user_modes(const examination *e, const conf_node *modes, const char *shown) {
    for (size_t i = 0; is_map(e, modes, shown, USER_MODES_MAX) && i < conf_count(modes); i++) {
        char *name = config_shown_path(shown, conf_key(modes, i));
        int line = conf_key_line(modes, i);
        if (!parse_is_mm_id(conf_key(modes, i)))
            complain(e, name, line, xstrdup("must be a user id (26 lower-case letters and digits)."));
        if (conf_kind_of(conf_at(modes, i)) != CONF_NULL &&
            permission_mode_find(conf_text(conf_at(modes, i))) < 0)
            complain(e, name, line, xstrdup("must be one of: read-only, guarded, workspace, full."));
        free(name);
    }
}

static const char *check_access_group(const conf_node *group) {
    const conf_node *members = conf_get(group, "members");
    if (conf_kind_of(group) != CONF_MAP || *conf_text(conf_get(group, "type")) == '\0')
        return "must be a group of keys with type and members; for example: {type: message.senders, members: "
               "{\"*\": [ids]}}.";
    if (strcmp(conf_text(conf_get(group, "type")), "message.senders") != 0)
        return NULL; // of other channels
    if (conf_kind_of(members) != CONF_MAP)
        return "must have members: lists of people by channel, under \"*\" or mattermost.";
    for (size_t i = 0; i < conf_count(members); i++) {
        const conf_node *list = conf_at(members, i);
        if (conf_kind_of(list) != CONF_LIST && conf_kind_of(list) != CONF_NULL)
            return "must have lists of people as members.";
        for (size_t k = 0; k < conf_count(list); k++) {
            if (conf_kind_of(conf_at(list, k)) != CONF_SCALAR)
                return "must have lists of ids as members.";
        }
    }
    return NULL;
}

static void examine_access_groups(const examination *e, const conf_node *groups, const char *shown) {
    for (size_t i = 0; is_map(e, groups, shown, ACCESS_GROUPS_MAX) && i < conf_count(groups); i++) {
        char *name = config_shown_path(shown, conf_key(groups, i));
        const char *wrong =
            conf_kind_of(conf_at(groups, i)) != CONF_NULL ? check_access_group(conf_at(groups, i)) : NULL;
        if (wrong != NULL)
            complain(e, name, conf_key_line(groups, i), xstrdup(wrong));
        free(name);
    }
}

// --- values ---

static void examine_key(const examination *e, const config_key *key, const char *shown, int line,
                        const conf_node *value) {
    char *wrong = NULL;
    if (e->in_account && !is_account_place(key)) {
        complain(e, shown, line, xstrdup("stands at the top level only, not in an account."));
        return;
    }
    tell_role(e, key, shown, line, value);
    switch (key->kind) {
    case KEY_ACCOUNTS:
        return;
    case KEY_GROUPS:
        examine_groups(e, value, shown);
        return;
    case KEY_ACCESS_GROUPS:
        examine_access_groups(e, value, shown);
        return;
    case KEY_USER_MODES:
        examine_user_modes(e, value, shown);
        return;
    default:
        wrong = config_value_read(key, value, e->secrets, NULL);
    }
    if (wrong != NULL)
        complain(e, shown, conf_line(value) != 0 ? conf_line(value) : line, wrong);
}

void config_examine_value(const examination *e, const char *path, const char *shown, int line,
                          const conf_node *value) {
    const config_key *key = config_key_find(path);
    if (conf_kind_of(value) == CONF_NULL)
        return;
    if (key != NULL)
        examine_key(e, key, shown, line, value);
    else
        examine_members(e, value, path, shown);
}

static void examine_members(const examination *e, const conf_node *map, const char *path, const char *shown) {
    if (!is_map(e, map, *shown != '\0' ? shown : "channels.mattermost", CONFIG_MEMBERS_MAX))
        return;
    for (size_t i = 0; i < conf_count(map); i++) {
        char *full = joined(path, conf_key(map, i)), *name = config_shown_path(shown, conf_key(map, i));
        int line = conf_key_line(map, i);
        // A dot within a key would reach into a group; "*" is no key but a place holder.
        bool known = strpbrk(conf_key(map, i), ".*") == NULL &&
                     (config_key_find(full) != NULL || config_key_is_group(full));
        if (known)
            config_examine_value(e, full, name, line, conf_at(map, i));
        else
            unknown_key(e, path, conf_key(map, i), name, line);
        free(full);
        free(name);
    }
}

void config_examine(const examination *e, const conf_node *map, const char *shown) {
    examine_members(e, map, "", shown);
}
