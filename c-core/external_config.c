// SPDX-License-Identifier: Apache-2.0
#include "external_config.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "config/file.h"
#include "config/keys.h"
#include "config/read.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MASK "********"

// --- reading ---

static void tell_problem(FILE *told, const char *path, const config_problem *p) {
    bool error = p->severity == CONFIG_ERROR;
    if (told == NULL && error)
        log_error("the configuration cannot be used", "file", path, "key", p->key, "problem", p->sentence);
    if (told == NULL)
        return;
    fprintf(told, "%s:%d: %s: %s%s%s\n", path, p->line > 0 ? p->line : 1, error ? "error" : "note", p->key,
            *p->key != '\0' ? " " : "", p->sentence);
}

static void tell_more(FILE *told, const char *path, size_t more) {
    if (told != NULL && more > 0)
        fprintf(told, "%s:1: note: %zu more are not shown\n", path, more);
}

static void tell_readable(FILE *told, const char *path) {
    struct stat about;
    if (stat(path, &about) != 0 || (about.st_mode & S_IROTH) == 0)
        return;
    if (told != NULL)
        fprintf(told, "%s:1: note: others can read the file: if it holds tokens, chmod 600 it\n", path);
}

static char *read_text(FILE *told, const char *path) {
    const char *wrong = NULL;
    int error_number = 0;
    char *text = file_read(path, CONF_TEXT_MAX_BYTES, &wrong, &error_number);
    if (text != NULL)
        return text;
    if (told != NULL)
        fprintf(told, "%s:1: error: %s%s%s\n", path, wrong, error_number != 0 ? ": " : "",
                error_number != 0 ? strerror(error_number) : "");
    else
        log_error("the configuration cannot be read", "file", path, "problem", wrong, "error",
                  error_number != 0 ? strerror(error_number) : "");
    return NULL;
}

bool external_config_read(const char *path, FILE *told, external_config *out) {
    config_problems problems;
    *out = (external_config){.text = read_text(told, path)};
    if (out->text == NULL)
        return false;
    cJSON *settings = json_new_object();
    json_add_string(settings, "advanced", out->text);
    json_add_string(settings, CONFIG_EXTERNAL_ACCOUNT, "");
    out->rules = config_from_settings(settings, &problems);
    for (size_t i = 0; i < problems.count; i++)
        tell_problem(told, path, &problems.items[i]);
    tell_more(told, path, problems.more);
    tell_readable(told, path);
    config_problems_free(&problems);
    cJSON_Delete(settings);
    if (out->rules == NULL)
        external_config_free(out);
    return out->rules != NULL;
}

bool external_config_reload(const char *path, external_config *out) {
    return external_config_read(path, NULL, out);
}

void external_config_free(external_config *c) {
    file_free(c->text);
    config_destroy(c->rules);
    *c = (external_config){.text = NULL};
}

// --- printing ---

static cJSON *text_list(char *const *list) {
    cJSON *array = json_new_array();
    for (; list != NULL && *list != NULL; list++)
        json_push(array, json_new_string(*list));
    return array;
}

static cJSON *word_of(const config_key *key, int index) {
    return key->words != NULL && index >= 0 && index < (int)key->words->count
               ? json_new_string(key->words->words[index])
               : NULL;
}

static cJSON *people_list(unsigned flags) {
    static const char *const names[] = {"username", "nickname", "fullName", "locale", "id"};
    cJSON *array = json_new_array();
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if ((flags & 1U << i) != 0)
            json_push(array, json_new_string(names[i]));
    }
    return array;
}

static cJSON *flag_of(choice flag) {
    return flag == UNSET ? NULL : json_new_bool(flag == YES);
}

static cJSON *text_of(const char *text) {
    return text == NULL ? json_new_bool(false) : *text != '\0' ? json_new_string(text) : NULL;
}

// NULL: it is not set, or is shown elsewhere.
static cJSON *value_of(const config_key *key, const void *object) {
    const void *at = (const char *)object + key->offset;
    char *const *texts = at;
    switch (key->kind) {
    case KEY_TEXT:
    case KEY_LABEL:
        return text_of(*texts);
    case KEY_BOOL:
        return key->words != NULL ? word_of(key, *(const bool *)at) : json_new_bool(*(const bool *)at);
    case KEY_FLAG:
        return flag_of(*(const choice *)at);
    case KEY_WORD:
        return word_of(key, *(const int *)at);
    case KEY_INT:
        return json_new_int(*(const int *)at);
    case KEY_INT64:
        return json_new_int(*(const int64_t *)at / (key->scale != 0 ? key->scale : 1));
    case KEY_NUMBER:
        return cJSON_CreateNumber(*(const double *)at);
    case KEY_LIST:
        return text_list(*(char **const *)at);
    case KEY_PEOPLE:
        return people_list(*(const unsigned *)at);
    case KEY_CA:
        return text_of(*texts[0] != '\0' ? texts[0] : texts[1]);
    case KEY_SECRET:
        return secret_empty(*(secret *const *)at) ? NULL : json_new_string(MASK);
    default:
        return NULL;
    }
}

// Text that may hold a password is masked as well.
static cJSON *masked_value(const config_key *key, const void *object) {
    cJSON *value = value_of(key, object);
    if (!key->ref_ok || !cJSON_IsString(value) || strchr(value->valuestring, '@') == NULL)
        return value;
    cJSON_Delete(value);
    return json_new_string(MASK);
}

static void put(cJSON *object, const char *path, cJSON *value) {
    size_t len = strcspn(path, ".");
    char *key = xstrndup(path, len);
    if (path[len] == '\0') {
        json_add(object, key, value);
    } else {
        cJSON *inner = cJSON_GetObjectItemCaseSensitive(object, key);
        put(inner != NULL ? inner : json_add_object(object, key), path + len + 1, value);
    }
    free(key);
}

static void put_keys(cJSON *object, bool top, size_t skip, bool group, const void *from) {
    for (size_t i = 0; i < config_key_count(); i++) {
        const config_key *key = config_key_at(i);
        bool wanted = top ? key->place == IN_TOP : key->place != IN_TOP && (key->place == IN_GROUP) == group;
        cJSON *value = wanted && key->offset != KEY_NOWHERE ? masked_value(key, from) : NULL;
        if (value != NULL)
            put(object, key->path + skip, value);
    }
}

static cJSON *account_json(const account_config *a) {
    cJSON *json = json_new_object();
    put_keys(json, false, 0, false, a);
    cJSON *groups = a->group_count > 0 ? json_add_object(json, "groups") : NULL;
    for (size_t i = 0; i < a->group_count; i++)
        put_keys(json_add_object(groups, a->groups[i].channel_id), false, strlen("groups.*."), true,
                 &a->groups[i]);
    return json;
}

void external_config_print(const config *rules, FILE *to) {
    cJSON *json = json_new_object();
    put_keys(json, true, 0, false, rules);
    json_add_string(json, "defaultAccount", rules->default_account);
    cJSON *accounts = json_add_object(json, "accounts");
    for (size_t i = 0; i < rules->account_count; i++)
        json_add(accounts, rules->accounts[i].id, account_json(&rules->accounts[i]));
    char *text = cJSON_Print(json);
    fprintf(to, "%s\n", text != NULL ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(json);
}
