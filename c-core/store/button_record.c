// SPDX-License-Identifier: Apache-2.0
#include "store/button_record.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

// An empty id would be nobody here, but everybody in what is signed.
static bool all_ids(const cJSON *array) {
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, array) {
        if (!cJSON_IsString(item) || *item->valuestring == '\0')
            return false;
    }
    return true;
}

static bool is_record(const cJSON *r) {
    static const char *const texts[] = {"kind", "account", "bot", "channel", "post"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (json_string(r, texts[i]) == NULL)
            return false;
    }
    const cJSON *users = json_get(r, "users"), *data = json_get(r, "data"), *used = json_get(r, "used");
    return json_int(r, "v", 0) == BUTTON_RECORD_VERSION && json_int(r, "expires", 0) > 0 &&
           cJSON_IsArray(users) && all_ids(users) && (data == NULL || cJSON_IsObject(data)) &&
           (used == NULL || cJSON_IsObject(used));
}

cJSON *button_record_read(bytes value) {
    cJSON *record = NULL;
    if (value.len > BUTTON_RECORD_MAX_BYTES || json_parse(value, &record) != OC_OK)
        return NULL;
    if (is_record(record))
        return record;
    cJSON_Delete(record);
    return NULL;
}

oc_err button_record_write(const cJSON *record, buf *out) {
    return json_print(record, out);
}

// All of them: a text can name a member twice.
static void forget_use(cJSON *record) {
    while (json_get(record, "used") != NULL)
        cJSON_DeleteItemFromObjectCaseSensitive(record, "used");
}

bool button_record_for(const cJSON *record, const char *user_id) {
    const cJSON *users = json_array(record, "users"), *id = NULL;
    cJSON_ArrayForEach(id, users) {
        if (strcmp(id->valuestring, user_id) == 0)
            return true;
    }
    return cJSON_GetArraySize(users) == 0;
}

char *button_record_users(const cJSON *record) {
    char *list = xstrdup("");
    const cJSON *id = NULL;
    cJSON_ArrayForEach(id, json_array(record, "users")) {
        char *longer = xasprintf("%s%s%s", list, *list != '\0' ? "," : "", id->valuestring);
        free(list);
        list = longer;
    }
    return list;
}

bool button_record_choice(const cJSON *record, int64_t number, const char *option_value, button_choice *out) {
    const cJSON *choices = json_array(record, "choices"), *option = NULL;
    if (number < 0 || number >= cJSON_GetArraySize(choices))
        return false;
    const cJSON *choice = cJSON_GetArrayItem(choices, (int)number), *options = json_array(choice, "options");
    *out = (button_choice){.id = json_text(choice, "id"),
                           .label = json_text(choice, "label"),
                           .value = json_text(choice, "value")};
    if (options == NULL)
        return option_value == NULL;
    cJSON_ArrayForEach(option, options) {
        if (option_value != NULL && strcmp(json_text(option, "value"), option_value) == 0) {
            out->label = json_text(option, "text");
            out->value = json_text(option, "value");
            return true;
        }
    }
    return false;
}

bool button_record_used(const cJSON *record, button_use *out) {
    const cJSON *used = json_get(record, "used");
    *out = (button_use){.click = json_text(used, "click"),
                        .by = json_text(used, "by"),
                        .name = json_text(used, "name"),
                        .label = json_text(used, "label"),
                        .at_ms = json_int(used, "at", 0)};
    return used != NULL;
}

void button_record_use(cJSON *record, const button_use *use) {
    forget_use(record);
    cJSON *used = json_add_object(record, "used");
    json_add_string(used, "click", use->click);
    json_add_string(used, "by", use->by);
    json_add_string(used, "name", use->name);
    json_add_string(used, "label", use->label);
    json_add_int(used, "at", use->at_ms);
}

bool button_record_undo(cJSON *record, const char *click) {
    button_use use;
    if (!button_record_used(record, &use) || strcmp(use.click, click) != 0)
        return false;
    forget_use(record);
    return true;
}

bool button_nonce_valid(const char *nonce) {
    return strlen(nonce) == BUTTON_NONCE_BYTES - 1 &&
           strspn(nonce, "0123456789abcdef") == BUTTON_NONCE_BYTES - 1;
}
