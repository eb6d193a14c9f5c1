// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include "base/mem.h"

#include <stdlib.h>

static const double MAX_EXACT = 9007199254740992.0; // 2^53

oc_err json_parse(bytes text, cJSON **out) {
    const char *end = NULL;
    *out = NULL;
    if (text.len == 0 ||
        text.data[0] == 0xEF) // cJSON would take a byte order mark; JSON has none (RFC 8259 §8.1)
        return OC_EMALFORMED;
    cJSON *value = cJSON_ParseWithLengthOpts((const char *)text.data, text.len, &end, 0);
    if (value == NULL)
        return OC_EMALFORMED;
    for (const char *limit = (const char *)text.data + text.len; end < limit; end++) {
        if (*end != ' ' && *end != '\n' && *end != '\r' && *end != '\t') {
            cJSON_Delete(value);
            return OC_EMALFORMED;
        }
    }
    *out = value;
    return OC_OK;
}

oc_err json_print(const cJSON *value, buf *out) {
    char *text = cJSON_PrintUnformatted(value);
    if (text == NULL)
        return OC_ENOMEM;
    oc_err err = buf_append_str(out, text);
    cJSON_free(text);
    return err;
}

const cJSON *json_get(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
    return cJSON_IsNull(item) ? NULL : item;
}

const char *json_string(const cJSON *object, const char *key) {
    return cJSON_GetStringValue(json_get(object, key));
}

const char *json_text(const cJSON *object, const char *key) {
    const char *text = json_string(object, key);
    return text != NULL ? text : "";
}

int64_t json_int(const cJSON *object, const char *key, int64_t absent) {
    const cJSON *item = json_get(object, key);
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= -MAX_EXACT && item->valuedouble <= MAX_EXACT))
        return absent;
    return (int64_t)item->valuedouble;
}

bool json_bool(const cJSON *object, const char *key, bool absent) {
    const cJSON *item = json_get(object, key);
    return cJSON_IsBool(item) ? cJSON_IsTrue(item) : absent;
}

const cJSON *json_array(const cJSON *object, const char *key) {
    const cJSON *item = json_get(object, key);
    return cJSON_IsArray(item) ? item : NULL;
}

static cJSON *checked(cJSON *value) {
    if (value == NULL)
        free(xmalloc(SIZE_MAX / 2)); // out of memory: ends the process with the usual line
    return value;
}

cJSON *json_new_object(void) {
    return checked(cJSON_CreateObject());
}

cJSON *json_new_array(void) {
    return checked(cJSON_CreateArray());
}

cJSON *json_new_string(const char *text) {
    return checked(cJSON_CreateString(text != NULL ? text : ""));
}

cJSON *json_new_string_n(const char *text, size_t length_bytes) {
    char *copy = xstrndup(text, length_bytes);
    cJSON *value = json_new_string(copy);
    free(copy);
    return value;
}

cJSON *json_new_string_taken(char *text) {
    cJSON *value = checked(cJSON_CreateNull());
    value->type = cJSON_String;
    value->valuestring = text;
    return value;
}

cJSON *json_new_int(int64_t number) {
    return checked(cJSON_CreateNumber((double)number));
}

cJSON *json_new_bool(bool value) {
    return checked(cJSON_CreateBool(value));
}

void json_add(cJSON *object, const char *key, cJSON *value) {
    if (!cJSON_AddItemToObject(object, key, value))
        checked(NULL);
}

void json_push(cJSON *array, cJSON *value) {
    if (!cJSON_AddItemToArray(array, value))
        checked(NULL);
}

void json_add_string(cJSON *object, const char *key, const char *text) {
    json_add(object, key, json_new_string(text));
}

void json_add_int(cJSON *object, const char *key, int64_t number) {
    json_add(object, key, json_new_int(number));
}

void json_add_bool(cJSON *object, const char *key, bool value) {
    json_add(object, key, json_new_bool(value));
}

cJSON *json_add_object(cJSON *object, const char *key) {
    cJSON *member = json_new_object();
    json_add(object, key, member);
    return member;
}

cJSON *json_add_array(cJSON *object, const char *key) {
    cJSON *member = json_new_array();
    json_add(object, key, member);
    return member;
}
