// SPDX-License-Identifier: Apache-2.0
#include "config/print.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/secret.h"
#include "config/keys.h"

#include <stdlib.h>
#include <string.h>

#define MASK "********"

static cJSON *text_list(char *const *list, config_person_fn *person) {
    cJSON *array = json_new_array();
    for (; list != NULL && *list != NULL; list++) {
        char *stand_in = person != NULL ? person(*list) : NULL;
        json_push(array, json_new_string(stand_in != NULL ? stand_in : *list));
        free(stand_in);
    }
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
static cJSON *value_of(const config_key *key, const void *object, config_person_fn *person) {
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
        return text_list(*(char **const *)at, key->people ? person : NULL);
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
static cJSON *masked_value(const config_key *key, const void *object, config_person_fn *person) {
    cJSON *value = value_of(key, object, person);
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

static void put_keys(cJSON *object, bool top, size_t skip, bool group, const void *from,
                     config_person_fn *person) {
    for (size_t i = 0; i < config_key_count(); i++) {
        const config_key *key = config_key_at(i);
        bool wanted = top ? key->place == IN_TOP : key->place != IN_TOP && (key->place == IN_GROUP) == group;
        cJSON *value = wanted && key->offset != KEY_NOWHERE ? masked_value(key, from, person) : NULL;
        if (value != NULL)
            put(object, key->path + skip, value);
    }
}

static cJSON *account_json(const account_config *a, config_person_fn *person) {
    cJSON *json = json_new_object();
    put_keys(json, false, 0, false, a, person);
    cJSON *groups = a->group_count > 0 ? json_add_object(json, "groups") : NULL;
    for (size_t i = 0; i < a->group_count; i++)
        put_keys(json_add_object(groups, a->groups[i].channel_id), false, strlen("groups.*."), true,
                 &a->groups[i], person);
    return json;
}

cJSON *config_json(const config *rules, config_person_fn *person) {
    cJSON *json = json_new_object();
    put_keys(json, true, 0, false, rules, person);
    json_add_string(json, "defaultAccount", rules->default_account);
    cJSON *accounts = json_add_object(json, "accounts");
    for (size_t i = 0; i < rules->account_count; i++)
        json_add(accounts, rules->accounts[i].id, account_json(&rules->accounts[i], person));
    return json;
}
