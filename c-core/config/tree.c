// SPDX-License-Identifier: Apache-2.0
#include "config/tree.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "config/read.h"
#include "config/streaming.h"
#include "config/value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// --- paths ---

const conf_node *tree_at(const conf_node *map, const char *path, int *line) {
    const conf_node *at = map;
    size_t index = 0;
    while (at != NULL) {
        size_t len = strcspn(path, ".");
        char *key = xstrndup(path, len);
        bool found = conf_find(at, key, &index);
        free(key);
        if (!found)
            return NULL;
        if (line != NULL)
            *line = conf_key_line(at, index);
        at = conf_at(at, index);
        if (path[len] == '\0')
            break;
        path += len + 1;
    }
    return conf_kind_of(at) == CONF_NULL ? NULL : at;
}

static conf_node *nested(const char *path, int line, conf_node *value) {
    size_t len = strcspn(path, ".");
    conf_node *inner = path[len] == '.' ? nested(path + len + 1, line, value) : value;
    conf_node *map = conf_new_map(line);
    char *key = xstrndup(path, len);
    conf_put(map, key, line, inner);
    free(key);
    return map;
}

static void merge_into(conf_node **map, const conf_node *over) {
    conf_node *merged = conf_merge(*map, over);
    conf_destroy(*map);
    *map = merged;
}

void tree_put(conf_node **map, const char *path, int line, conf_node *value) {
    conf_node *over = nested(path, line, value);
    merge_into(map, over);
    conf_destroy(over);
}

// --- the console ---

static char *lower_case(const char *name) {
    char *key = xstrdup(name);
    for (char *c = key; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return key;
}

char *tree_setting(const cJSON *settings, const char *console_name) {
    char *key = lower_case(console_name);
    const cJSON *item = json_get(settings, key);
    free(key);
    if (item == NULL)
        return xstrdup("");
    if (cJSON_IsString(item))
        return xstrdup(item->valuestring);
    if (cJSON_IsBool(item))
        return xstrdup(cJSON_IsTrue(item) ? "true" : "false");
    return cJSON_IsNumber(item) ? xasprintf("%.17g", item->valuedouble) : NULL;
}

static void wipe(char *text) {
    secret_wipe(text, strlen(text));
    free(text);
}

// Numbers and flags only where the key wants one: elsewhere they are a mistake of whoever stored them.
static bool fits(const config_key *key, const cJSON *settings) {
    char *name = lower_case(key->console);
    const cJSON *item = json_get(settings, name);
    free(name);
    bool number = key->kind == KEY_INT || key->kind == KEY_INT64 || key->kind == KEY_NUMBER;
    return (!cJSON_IsNumber(item) || number) && (!cJSON_IsBool(item) || key->kind == KEY_BOOL);
}

static void read_field(const config_key *key, const cJSON *settings, const examination *e, conf_node **tree) {
    char *text = fits(key, settings) ? tree_setting(settings, key->console) : NULL;
    if (text == NULL) {
        config_problem_add(e->problems, CONFIG_ERROR, key->console, "", 0, xstrdup("must be text."));
        return;
    }
    bytes content = utf8_trim(bytes_str(text));
    if (content.len > 0) {
        conf_node *node = conf_new_scalar(content, false, 0);
        char *wrong = config_value_read(key, node, e->secrets, NULL);
        if (wrong != NULL)
            config_problem_add(e->problems, CONFIG_ERROR, key->console, "", 0, wrong);
        tree_put(tree, key->path, 0, node);
    }
    wipe(text);
}

conf_node *tree_of_console(const cJSON *settings, const examination *e) {
    conf_node *tree = conf_new_map(0);
    for (size_t i = 0; i < config_key_count(); i++) {
        if (config_key_at(i)->console != NULL)
            read_field(config_key_at(i), settings, e, &tree);
    }
    return tree;
}

// --- old forms ---

typedef struct old_form {
    const char *key, *today;
} old_form;

static const old_form OLD_FORMS[] = {
    {"streamMode", "streaming.mode"},
    {"chunkMode", "streaming.chunkMode"},
    {"blockStreaming", "streaming.block.enabled"},
    {"blockStreamingCoalesce", "streaming.block.coalesce"},
    {"allowPrivateNetwork", "network.dangerouslyAllowPrivateNetwork"},
};

static const char *today_of(const char *key, const conf_node *value) {
    if (strcmp(key, "streaming") == 0)
        return conf_kind_of(value) == CONF_SCALAR ? "streaming.mode" : NULL;
    for (size_t i = 0; i < sizeof OLD_FORMS / sizeof *OLD_FORMS; i++) {
        if (strcmp(key, OLD_FORMS[i].key) == 0)
            return OLD_FORMS[i].today;
    }
    return NULL;
}

// streaming: true meant the mode that is the default now, false meant off.
static conf_node *value_of_today(const char *today, const conf_node *value) {
    bool flag = false;
    bool mode = strcmp(today, "streaming.mode") == 0;
    if (mode && streaming_mode_find(conf_text(value)) < 0 && conf_as_bool(value, &flag))
        return conf_new_scalar(bytes_str(flag ? "partial" : "off"), true, conf_line(value));
    return conf_copy(value);
}

conf_node *tree_without_old_forms(const conf_node *map, const char *shown, const examination *e) {
    conf_node *rest = conf_new_map(conf_line(map)), *rewritten = conf_new_map(conf_line(map));
    if (conf_kind_of(map) != CONF_MAP) {
        conf_destroy(rest);
        conf_destroy(rewritten);
        return conf_copy(map);
    }
    for (size_t i = 0; i < conf_count(map); i++) {
        const conf_node *value = conf_at(map, i);
        const char *today = today_of(conf_key(map, i), value);
        int line = conf_key_line(map, i);
        if (today == NULL || conf_kind_of(value) == CONF_NULL) {
            if (today == NULL)
                conf_put(rest, conf_key(map, i), line, conf_copy(value));
            continue;
        }
        char *name = config_shown_path(shown, conf_key(map, i));
        config_problem_add(e->problems, CONFIG_NOTICE, "Advanced", name, line,
                           xasprintf("is an old form: write %s.", today));
        free(name);
        tree_put(&rewritten, today, line, value_of_today(today, value));
    }
    // Where both forms stand, today's counts. Only when there is an old one: merging would drop nulls.
    if (conf_count(rewritten) > 0)
        merge_into(&rewritten, rest);
    bool any = conf_count(rewritten) > 0;
    conf_destroy(any ? rest : rewritten);
    return any ? rewritten : rest;
}

// --- the field Advanced ---

static bool is_known_section(const char *name) {
    if (strcmp(name, "channels") == 0 || strcmp(name, "secrets") == 0)
        return true;
    for (size_t i = 0; i < CONFIG_BESIDE_COUNT; i++) {
        size_t len = strcspn(CONFIG_BESIDE[i].path, ".");
        if (!CONFIG_BESIDE[i].external && strlen(name) == len &&
            strncmp(CONFIG_BESIDE[i].path, name, len) == 0)
            return true;
    }
    return false;
}

static void tell_unread(const conf_node *map, const char *shown, bool (*is_read)(const char *name),
                        const examination *e) {
    if (config_secrets_external(
            e->secrets)) // the file may be the gateway's own: it holds much that is not for us
        return;
    for (size_t i = 0; i < conf_count(map); i++) {
        if (is_read(conf_key(map, i)))
            continue;
        char *name = config_shown_path(shown, conf_key(map, i));
        config_problem_add(e->problems, CONFIG_NOTICE, "Advanced", name, conf_key_line(map, i),
                           xstrdup("is not read here: only channels.mattermost and what belongs to it count. "
                                   "Remove it if it holds secrets: this field is not masked."));
        free(name);
    }
}

static bool is_our_channel(const char *name) {
    return strcmp(name, "mattermost") == 0 || strcmp(name, "defaults") == 0;
}

// The gateway's own configuration knows its port; it is on this machine then.
static void read_gateway_port(const conf_node *value, int line, conf_node **beside) {
    enum { PORT_MAX = 65535 };
    int64_t port = 0;
    if (!conf_as_int(value, &port) || port < 1 || port > PORT_MAX)
        return;
    char *url = xasprintf("ws://127.0.0.1:%lld", (long long)port);
    tree_put(beside, "gateway.url", line, conf_new_text(url));
    free(url);
}

static void read_beside(const tree_document *d, const examination *e, conf_node **beside) {
    for (size_t i = 0; i < CONFIG_BESIDE_COUNT; i++) {
        const config_beside *b = &CONFIG_BESIDE[i];
        int line = 0;
        const conf_node *value = tree_at(d->root, b->path, &line);
        if (value == NULL || (b->external && !config_secrets_external(e->secrets)))
            continue;
        if (strcmp(b->path, "gateway.port") == 0) {
            read_gateway_port(value, line, beside);
            continue;
        }
        if (b->target == NULL) {
            config_problem_add(e->problems, CONFIG_NOTICE, "Advanced", b->path, line, xstrdup(b->why));
            continue;
        }
        config_examine_value(e, b->target, b->path, line, value);
        tree_put(beside, b->target, line, conf_copy(value));
    }
}

// Finds the object in the document; a document that is a map of something else is the object itself.
static const conf_node *find_object(tree_document *d, const examination *e) {
    const conf_node *channels = conf_get(d->root, "channels");
    d->shown = "";
    if (conf_find(d->root, "channels", NULL)) {
        d->shown = "channels.mattermost";
        tell_unread(d->root, "", is_known_section, e);
        tell_unread(channels, "channels", is_our_channel, e);
        read_beside(d, e, &d->beside);
        if (conf_get(channels, "mattermost") == NULL)
            config_problem_add(e->problems, CONFIG_ERROR, "Advanced", "channels", conf_line(channels),
                               xstrdup("has no mattermost in it: enter the channels.mattermost object of an "
                                       "OpenClaw configuration."));
        return conf_get(channels, "mattermost");
    }
    if (conf_find(d->root, "mattermost", NULL)) {
        d->shown = "mattermost";
        tell_unread(d->root, "", is_our_channel, e);
        return conf_get(d->root, "mattermost");
    }
    return d->root;
}

void tree_read_document(const char *text, const examination *e, tree_document *out) {
    conf_problem problem = {.line = 0};
    *out = (tree_document){.beside = conf_new_map(0), .shown = ""};
    out->root = conf_read(bytes_str(text), &problem);
    if (out->root == NULL) {
        config_problem_add(e->problems, CONFIG_ERROR, "Advanced", "", problem.line,
                           xstrdup(problem.sentence));
        conf_problem_free(&problem);
    }
    const conf_node *object = out->root != NULL ? find_object(out, e) : NULL;
    if (conf_kind_of(object) == CONF_NULL) {
        out->top = conf_new_map(0);
        return;
    }
    if (conf_kind_of(object) != CONF_MAP) {
        config_problem_add(e->problems, CONFIG_ERROR, "Advanced", out->shown, conf_line(object),
                           xasprintf("must be a group of keys such as dmPolicy: open, not %s.",
                                     conf_kind_name(conf_kind_of(object))));
        out->top = conf_new_map(0);
        return;
    }
    out->top = tree_without_old_forms(object, out->shown, e);
}

void tree_document_clear(tree_document *d) {
    conf_destroy(d->root);
    conf_destroy(d->top);
    conf_destroy(d->beside);
    *d = (tree_document){.root = NULL};
}
