// SPDX-License-Identifier: Apache-2.0
// Schema and check of a tool's arguments, both from the table's rows.
#include "outbound/tool_table.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ID_LENGTH = 26 };

static cJSON *param_schema(const tool_param *p) {
    static const char *const types[] = {[PARAM_TEXT] = "string",
                                        [PARAM_ID] = "string",
                                        [PARAM_INT] = "integer",
                                        [PARAM_FLAG] = "boolean",
                                        [PARAM_WORD] = "string"};
    cJSON *schema = json_new_object();
    json_add_string(schema, "type", types[p->kind]);
    json_add_string(schema, "description", p->help);
    if (p->kind == PARAM_ID)
        json_add_string(schema, "pattern", "^[a-z0-9]{26}$");
    if (p->kind == PARAM_TEXT)
        json_add_int(schema, "maxLength", p->max);
    if (p->kind == PARAM_INT) {
        json_add_int(schema, "minimum", p->min);
        json_add_int(schema, "maximum", p->max);
    }
    if (p->kind == PARAM_WORD) {
        cJSON *words = json_add_array(schema, "enum");
        for (const char *const *word = p->words; *word != NULL; word++)
            json_push(words, json_new_string(*word));
    }
    return schema;
}

cJSON *tool_schema(const tool *t) {
    cJSON *schema = json_new_object(), *required = json_new_array();
    json_add_string(schema, "type", "object");
    cJSON *properties = json_add_object(schema, "properties");
    for (size_t i = 0; i < t->param_count; i++) {
        json_add(properties, t->params[i].name, param_schema(&t->params[i]));
        if (t->params[i].required)
            json_push(required, json_new_string(t->params[i].name));
    }
    json_add(schema, "required", required);
    json_add_bool(schema, "additionalProperties", false);
    return schema;
}

// --- the check ---

static bool is_utf8(const char *text) {
    bytes rest = bytes_str(text);
    while (rest.len > 0) {
        uint32_t rune = 0;
        const size_t length = utf8_next(rest, &rune);
        if (length == 1 && rune == 0xFFFD)
            return false;
        rest = bytes_of(rest.data + length, rest.len - length);
    }
    return true;
}

static char *check_text(const tool_param *p, const cJSON *value) {
    if (!cJSON_IsString(value))
        return xasprintf("%s must be a text.", p->name);
    const size_t length = strlen(value->valuestring);
    if (p->required && length == 0)
        return xasprintf("%s must not be empty.", p->name);
    if ((int64_t)length > p->max)
        return xasprintf("%s is too long: at most %lld bytes.", p->name, (long long)p->max);
    return is_utf8(value->valuestring) ? NULL : xasprintf("%s is not valid UTF-8.", p->name);
}

static char *check_id(const tool_param *p, const cJSON *value) {
    const bool id = cJSON_IsString(value) && parse_is_mm_id(value->valuestring);
    return id ? NULL
              : xasprintf("%s must be an id as Mattermost gives them: %d lower-case letters and digits.",
                          p->name, ID_LENGTH);
}

static char *check_int(const tool_param *p, const cJSON *value) {
    const double number = cJSON_IsNumber(value) ? value->valuedouble : NAN;
    const bool good = number >= (double)p->min && number <= (double)p->max && number == floor(number);
    return good ? NULL
                : xasprintf("%s must be a whole number from %lld to %lld.", p->name, (long long)p->min,
                            (long long)p->max);
}

static char *check_flag(const tool_param *p, const cJSON *value) {
    return cJSON_IsBool(value) ? NULL : xasprintf("%s must be true or false.", p->name);
}

static char *check_word(const tool_param *p, const cJSON *value) {
    buf words;
    oc_err err = OC_OK;
    buf_init(&words, 512);
    for (const char *const *word = p->words; *word != NULL; word++) {
        if (cJSON_IsString(value) && strcmp(*word, value->valuestring) == 0) {
            buf_free(&words);
            return NULL;
        }
        if (err == OC_OK)
            err = buf_printf(&words, "%s%s", word == p->words ? "" : ", ", *word);
    }
    char *list = buf_take_str(&words);
    char *sentence = xasprintf("%s must be one of: %s.", p->name, list);
    free(list);
    return sentence;
}

static char *check_param(const tool_param *p, const cJSON *value) {
    static char *(*const checks[])(const tool_param *p, const cJSON *value) = {
        [PARAM_TEXT] = check_text, [PARAM_ID] = check_id,     [PARAM_INT] = check_int,
        [PARAM_FLAG] = check_flag, [PARAM_WORD] = check_word,
    };
    return checks[p->kind](p, value);
}

static const tool_param *param_named(const tool *t, const char *name) {
    for (size_t i = 0; i < t->param_count; i++) {
        if (strcmp(t->params[i].name, name) == 0)
            return &t->params[i];
    }
    return NULL;
}

// The names are ours; what the model wrote is not repeated.
static char *unknown_param(const tool *t) {
    buf names;
    oc_err err = OC_OK;
    buf_init(&names, 1024);
    for (size_t i = 0; i < t->param_count && err == OC_OK; i++)
        err = buf_printf(&names, "%s%s", i == 0 ? "" : ", ", t->params[i].name);
    char *list = buf_take_str(&names);
    char *sentence = xasprintf("There is an argument that %s does not have. It has: %s.", t->name, list);
    free(list);
    return sentence;
}

char *tool_check(const tool *t, const cJSON *args) {
    const cJSON *value = NULL;
    char *wrong = NULL;
    if (!cJSON_IsObject(args))
        return xasprintf("The arguments of %s must be a JSON object.", t->name);
    cJSON_ArrayForEach(value, args) {
        const tool_param *p = param_named(t, value->string);
        if (p == NULL)
            return unknown_param(t);
        if (json_get(args, p->name) != value && !cJSON_IsNull(value))
            return xasprintf("%s is there twice.", p->name);
        wrong = cJSON_IsNull(value) ? NULL : check_param(p, value);
        if (wrong != NULL)
            return wrong;
    }
    for (size_t i = 0; i < t->param_count; i++) {
        if (t->params[i].required && json_get(args, t->params[i].name) == NULL)
            return xasprintf("%s is missing: %s", t->params[i].name, t->params[i].help);
    }
    return NULL;
}
