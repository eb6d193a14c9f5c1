// SPDX-License-Identifier: Apache-2.0
// From the two sources to the snapshot: console < what stands beside channels.mattermost < its top level < an account.
#include "config/base_url.h"
#include "config/bind.h"
#include "config/config.h"
#include "config/judge.h"
#include "config/tree.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS_MAX = 50, ACCOUNT_ID_MAX = 64 };

// --- the accounts ---

static bool is_id_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

char *config_account_id(const char *name) {
    char id[ACCOUNT_ID_MAX + 1];
    size_t len = 0, front = 0;
    bytes text = utf8_trim(bytes_str(name));
    for (size_t i = 0; i < text.len && len < ACCOUNT_ID_MAX; i++) {
        char c = (char)tolower(text.data[i]);
        if (is_id_character(c))
            id[len++] = c;
        else if (len > 0 && id[len - 1] != '-')
            id[len++] = '-';
    }
    while (len > 0 && id[len - 1] == '-')
        len--;
    while (front < len && id[front] == '-')
        front++;
    return len > front ? xstrndup(id + front, len - front) : xstrdup("default");
}

static void add_account(judgement *j, char *id, char *shown, int line, conf_node *entry) {
    account_source *s = &j->accounts[j->account_count++];
    *s = (account_source){.id = id, .shown = shown, .line = line, .entry = entry};
}

static const account_source *account_named(const judgement *j, const char *id) {
    for (size_t i = 0; i < j->account_count; i++) {
        if (strcmp(j->accounts[i].id, id) == 0)
            return &j->accounts[i];
    }
    return NULL;
}

static void read_account(judgement *j, const conf_node *accounts, const char *shown, size_t i) {
    const conf_node *entry = conf_at(accounts, i);
    examination e = {.secrets = j->secrets, .problems = j->problems, .in_account = true};
    char *id = config_account_id(conf_key(accounts, i));
    char *name = config_shown_path(shown, conf_key(accounts, i));
    int line = conf_key_line(accounts, i);
    if (account_named(j, id) != NULL) {
        config_problem_add(j->problems, CONFIG_ERROR, "Advanced", name, line,
                           xasprintf("is the account %s, which stands there already.", id));
        free(id);
        free(name);
        return;
    }
    conf_node *today =
        conf_kind_of(entry) == CONF_NULL ? conf_new_map(line) : tree_without_old_forms(entry, name, &e);
    config_examine(&e, today, name);
    if (conf_kind_of(today) != CONF_MAP) { // said; it goes on with what it inherits
        conf_destroy(today);
        today = conf_new_map(line);
    }
    add_account(j, id, name, line, today);
}

static bool is_set(const judgement *j, const char *key, const char *variable) {
    const char *value = getenv(variable);
    return tree_at(j->top, key, NULL) != NULL || (value != NULL && *value != '\0');
}

// The console's own bot is the account "default", whatever other accounts there are. In external mode it is there when it
// has a server and a token (reference-behaviour notes §1.4), or when there is no other.
static bool wants_default(const judgement *j) {
    if (account_named(j, "default") != NULL)
        return false;
    return j->external == NULL || j->account_count == 0 ||
           (is_set(j, "baseUrl", "MATTERMOST_URL") && is_set(j, "botToken", "MATTERMOST_BOT_TOKEN"));
}

static void read_accounts(judgement *j) {
    const conf_node *accounts = conf_get(j->document.top, "accounts");
    char *shown = config_shown_path(j->document.shown, "accounts");
    if (*j->document.shown != '\0') {
        free(shown);
        shown = xasprintf("%s.accounts", j->document.shown);
    }
    size_t count = conf_count(accounts);
    if (accounts != NULL && conf_kind_of(accounts) != CONF_MAP)
        config_problem_add(j->problems, CONFIG_ERROR, "Advanced", shown, conf_line(accounts),
                           xstrdup("must be a group of accounts by name; for example: {support: {agent: "
                                   "support}}."));
    if (count > ACCOUNTS_MAX) {
        config_problem_add(j->problems, CONFIG_ERROR, "Advanced", shown, conf_line(accounts),
                           xstrdup("has more than 50 entries."));
        count = ACCOUNTS_MAX;
    }
    for (size_t i = 0; conf_kind_of(accounts) == CONF_MAP && i < count; i++)
        read_account(j, accounts, shown, i);
    free(shown);
    if (wants_default(j))
        add_account(j, xstrdup("default"), NULL, 0, conf_new_map(0));
}

// What an account has from the top level before its own entry counts.
static conf_node *inherited(const conf_node *top, bool is_default) {
    conf_node *map = conf_new_map(0);
    for (size_t i = 0; i < conf_count(top); i++) {
        const config_key *key = config_key_find(conf_key(top, i));
        bool shared = key == NULL || key->place != IN_TOP;
        bool alone = key != NULL && key->place == IN_ACCOUNT_ALONE;
        if (shared && (is_default || !alone))
            conf_put(map, conf_key(top, i), conf_key_line(top, i), conf_copy(conf_at(top, i)));
    }
    return map;
}

static void replace(char **text, char *fresh) {
    free(*text);
    *text = fresh;
}

// What the environment says where the configuration is silent: for the account "default" only.
static void bind_environment(const conf_node *merged, account_config *a) {
    const char *url = getenv("MATTERMOST_URL"), *token = getenv("MATTERMOST_BOT_TOKEN");
    if (tree_at(merged, "baseUrl", NULL) == NULL && url != NULL)
        replace(&a->server.base_url, xstrdup(url));
    if (tree_at(merged, "botToken", NULL) != NULL || token == NULL)
        return;
    bytes trimmed = utf8_trim(bytes_str(token));
    char *text = xstrndup((const char *)trimmed.data, trimmed.len);
    secret_destroy(a->server.bot_token);
    a->server.bot_token = secret_create(text);
    secret_wipe(text, trimmed.len);
    free(text);
}

static void bind_external(const judgement *j, const account_source *source, account_config *a) {
    if (strcmp(a->id, "default") == 0)
        bind_environment(source->merged, a);
    char *url = base_url_normalise(a->server.base_url);
    replace(&a->server.base_url, url != NULL ? url : xstrdup(""));
    if (*j->external != '\0' && strcmp(j->external, a->id) != 0)
        replace(&a->disabled_why, xstrdup("it is served beside this one"));
    else if (*j->external != '\0' && *j->username != '\0')
        replace(&a->bot_username, xstrdup(j->username));
}

static void bind_account(judgement *j, account_source *source, account_config *a) {
    bool top_enabled = true;
    conf_node *base = inherited(j->top, strcmp(source->id, "default") == 0);
    source->merged = conf_merge(base, source->entry);
    conf_destroy(base);
    account_config_init(a);
    free(a->id);
    a->id = xstrdup(source->id);
    config_bind_account(source->merged, j->secrets, a);
    if (conf_as_bool(conf_get(j->top, "enabled"), &top_enabled) && !top_enabled)
        a->enabled = false;
    if (j->external != NULL)
        bind_external(j, source, a);
}

static void bind_all(judgement *j) {
    config *c = j->out;
    config_bind_top(j->top, j->secrets, c);
    c->accounts = xcalloc(j->account_count, sizeof *c->accounts);
    for (; c->account_count < j->account_count; c->account_count++)
        bind_account(j, &j->accounts[c->account_count], &c->accounts[c->account_count]);
}

static const char *stand_in(const judgement *j) {
    return account_named(j, "default") != NULL ? "default" : j->accounts[0].id;
}

static void choose_default(judgement *j) {
    int line = 0;
    const conf_node *wish = tree_at(j->document.top, "defaultAccount", &line);
    char *id = config_account_id(conf_text(wish));
    if (wish == NULL && account_named(j, id) == NULL) { // in external mode
        free(id);
        id = xstrdup(stand_in(j));
    } else if (account_named(j, id) == NULL) {
        char *shown =
            xasprintf("%s%sdefaultAccount", j->document.shown, *j->document.shown != '\0' ? "." : "");
        config_problem_add(j->problems, CONFIG_NOTICE, "Advanced", shown, line,
                           xasprintf("is none of the accounts; the account %s stands in.", stand_in(j)));
        free(shown);
        free(id);
        id = xstrdup(stand_in(j));
    }
    j->out->default_account = id;
}

// --- the sources ---

static void read_sources(judgement *j, const cJSON *settings) {
    char *secrets = tree_setting(settings, "Secrets"), *advanced = tree_setting(settings, "Advanced");
    examination e = {.problems = j->problems};
    if (secrets == NULL || advanced == NULL)
        config_problem_add(j->problems, CONFIG_ERROR, secrets == NULL ? "Secrets" : "Advanced", "", 0,
                           xstrdup("must be text."));
    e.secrets = j->secrets = config_secrets_create(secrets != NULL ? secrets : "", j->problems);
    config_secrets_set_external(j->secrets, j->external != NULL);
    conf_node *console = tree_of_console(settings, &e);
    tree_read_document(advanced != NULL ? advanced : "", &e, &j->document);
    config_secrets_set_providers(j->secrets, tree_at(j->document.root, "secrets.providers", NULL));
    config_examine(&e, j->document.top, j->document.shown);
    conf_node *lower = conf_merge(console, j->document.beside);
    j->top = conf_merge(lower, j->document.top);
    conf_destroy(lower);
    conf_destroy(console);
    if (secrets != NULL)
        secret_wipe(secrets, strlen(secrets));
    free(secrets);
    free(advanced);
}

static void clear(judgement *j) {
    for (size_t i = 0; i < j->account_count; i++) {
        free(j->accounts[i].id);
        free(j->accounts[i].shown);
        conf_destroy(j->accounts[i].entry);
        conf_destroy(j->accounts[i].merged);
    }
    free(j->accounts);
    conf_destroy(j->top);
    tree_document_clear(&j->document);
    config_secrets_destroy(j->secrets);
}

config *config_from_settings_at(const cJSON *settings, const char *site_url, config_problems *problems) {
    *problems = (config_problems){.count = 0};
    judgement j = {.problems = problems,
                   .site_url = site_url != NULL ? site_url : "",
                   .external = json_string(settings, CONFIG_EXTERNAL_ACCOUNT),
                   .username = json_text(settings, CONFIG_EXTERNAL_USERNAME),
                   .accounts = xcalloc(ACCOUNTS_MAX + 1, sizeof *j.accounts),
                   .out = xcalloc(1, sizeof *j.out)};
    read_sources(&j, settings);
    read_accounts(&j);
    choose_default(&j);
    bind_all(&j);
    config_judge(&j);
    clear(&j);
    if (problems->errors == 0)
        return j.out;
    config_destroy(j.out);
    return NULL;
}

bool config_wants_site_url(const cJSON *settings) {
    char *advanced = tree_setting(settings, "Advanced");
    bool external = json_string(settings, CONFIG_EXTERNAL_ACCOUNT) != NULL;
    bool wants = !external && advanced != NULL && strstr(advanced, "baseUrl") != NULL;
    free(advanced);
    return wants;
}

config *config_from_settings(const cJSON *settings, config_problems *problems) {
    return config_from_settings_at(settings, NULL, problems);
}
