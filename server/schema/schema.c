// SPDX-License-Identifier: Apache-2.0
// Whole calls: arguments and replies, and where a reply's error goes.
#include "schema/schema.h"
#include "schema/convert.h"
#include "schema/table.h"

#include "base/json.h"

#include <stdio.h>

enum {
    ERROR_CODE_UNKNOWN = 500,           // a Go error has no code; Mattermost makes such ones 500, too
    ERROR_DATA_MAX_BYTES = 1024 * 1024, // an AppError's texts are short
};

static const struct {
    const char *name;
    const gob_type *type;
} REGISTERED[] = {
    {"map[string]interface {}", MAP(ANY)},
    {"[]interface {}", LIST(ANY)},
    {"[]*model.SlackAttachment", LIST(MessageAttachment)},
    {"*model.AppError", APP_ERROR},
    {"*plugin.ErrorString", MODEL(ErrorString)},
    {"*model.PreviewPost", MODEL(PreviewPost)},
    {"*model.AutocompleteTextArg", MODEL(AutocompleteTextArg)},
    {"*model.AutocompleteStaticListArg", MODEL(AutocompleteStaticListArg)},
    {"*model.AutocompleteDynamicListArg", MODEL(AutocompleteDynamicListArg)},
};

const char *schema_registered_name_at(size_t index) {
    return index < SCHEMA_COUNT(REGISTERED) ? REGISTERED[index].name : NULL;
}

const gob_type *schema_registered_type(const char *name) {
    for (size_t i = 0; i < SCHEMA_COUNT(REGISTERED); i++)
        if (strcmp(REGISTERED[i].name, name) == 0)
            return REGISTERED[i].type;
    return NULL;
}

static bool is_error(const gob_type *type) {
    return type == APP_ERROR || type == ERROR;
}

static bool is_result(const gob_type *type) {
    return !is_error(type);
}

static size_t result_count(const gob_type *reply) {
    size_t count = 0;
    for (size_t i = 0; i < reply->field_count; i++)
        count += is_result(reply->fields[i].type);
    return count;
}

static const gob_field *first_field(const gob_type *type, schema_want_fn *want) {
    for (size_t i = 0; i < type->field_count; i++)
        if (want(type->fields[i].type))
            return &type->fields[i];
    return NULL;
}

oc_err schema_args_to_json(const schema_call *call, const gob_value *args, buf *json, buf *tail) {
    if (args == NULL || args->kind != GOB_STRUCT)
        return OC_ETYPE;
    return schema_fields_to_json(call->args, args, NULL, json, tail);
}

// An AppError as JSON; NULL when it cannot be told.
static cJSON *app_error_data(const gob_value *app_error) {
    buf json, tail;
    cJSON *data = NULL;
    buf_init(&json, ERROR_DATA_MAX_BYTES);
    buf_init(&tail, ERROR_DATA_MAX_BYTES);
    oc_err err = schema_value_to_json(APP_ERROR, app_error, &json, &tail);
    if (err == OC_OK)
        err = json_parse(buf_bytes(&json), &data);
    buf_free(&tail);
    buf_free(&json);
    return err == OC_OK ? data : NULL;
}

static cJSON *error_object(int64_t code, const char *message, cJSON *data) {
    cJSON *error = json_new_object();
    json_add_int(error, "code", code);
    json_add_string(error, "message", message);
    if (data != NULL)
        json_add(error, "data", data);
    return error;
}

static cJSON *error_of_app_error(const gob_value *app_error) {
    cJSON *data = app_error_data(app_error);
    int64_t code = json_int(data, "status_code", ERROR_CODE_UNKNOWN);
    const char *message = json_text(data, "message");
    return error_object(code, message[0] != '\0' ? message : json_text(data, "id"), data);
}

// What stands in a Go error: an AppError, an ErrorString, or something of the database.
static cJSON *error_of_interface(const gob_value *v) {
    const gob_value *inner = v->kind == GOB_INTERFACE && v->list.count > 0 ? &v->list.items[0] : v;
    const char *name = v->kind == GOB_INTERFACE && v->list.name != NULL ? v->list.name : "";
    if (strcmp(name, "*model.AppError") == 0)
        return error_of_app_error(inner);
    const gob_value *text = gob_get(inner, "Err");
    if (text == NULL || text->kind != GOB_STRING)
        return error_object(ERROR_CODE_UNKNOWN, name, NULL);
    cJSON *message = json_new_string_n((const char *)text->text.data, text->text.len);
    cJSON *error = error_object(ERROR_CODE_UNKNOWN, message->valuestring, NULL);
    cJSON_Delete(message);
    return error;
}

// The error that a reply carries; NULL for success.
static cJSON *reply_error(const gob_type *type, const gob_value *reply) {
    for (size_t i = 0; i < type->field_count; i++) {
        const gob_field *field = &type->fields[i];
        const gob_value *value = is_error(field->type) ? gob_get(reply, field->name) : NULL;
        if (value == NULL || value->kind == GOB_NIL)
            continue;
        return field->type == APP_ERROR ? error_of_app_error(value) : error_of_interface(value);
    }
    return NULL;
}

oc_err schema_reply_to_json(const schema_call *call, const gob_value *reply, buf *json, buf *tail,
                            cJSON **error) {
    *error = NULL;
    if (reply == NULL || reply->kind != GOB_STRUCT)
        return OC_ETYPE;
    *error = reply_error(call->reply, reply);
    if (*error != NULL)
        return OC_OK;
    size_t count = result_count(call->reply);
    if (count == 0)
        return buf_append_str(json, "null");
    if (count > 1)
        return schema_fields_to_json(call->reply, reply, is_result, json, tail);
    const gob_field *field = first_field(call->reply, is_result);
    const gob_value *value = gob_get(reply, field->name);
    return schema_value_to_json(field->type, value != NULL && value->kind != GOB_NIL ? value : NULL, json,
                                tail);
}

static oc_err add_field(schema_reader *r, const schema_place *at, const gob_field *field, const cJSON *json,
                        gob_value *out) {
    if (json == NULL || cJSON_IsNull(json))
        return OC_OK;
    oc_err err = schema_read_value(r, at, field->type, json, &out->list.items[out->list.count]);
    if (err == OC_OK)
        out->list.names[out->list.count++] = field->name;
    return err;
}

// An empty struct of that type with room for all its fields.
static oc_err start_struct(schema_reader *r, const gob_type *type, gob_value *out) {
    *out = (gob_value){.kind = GOB_STRUCT, .type = type};
    out->list.items = arena_array(r->memory, type->field_count + 1, sizeof *out->list.items);
    out->list.names = arena_array(r->memory, type->field_count + 1, sizeof *out->list.names);
    return out->list.items != NULL && out->list.names != NULL ? OC_OK : OC_ELIMIT;
}

// The fields that are wanted from an array in the same order.
static oc_err read_fields(schema_reader *r, const schema_place *at, const gob_type *type,
                          schema_want_fn *want, const cJSON *array, gob_value *out) {
    const cJSON *item = array != NULL ? array->child : NULL;
    oc_err err = OC_OK;
    schema_place place = {.up = at, .depth = 1};
    for (size_t i = 0; err == OC_OK && i < type->field_count; i++) {
        if (want != NULL && !want(type->fields[i].type))
            continue;
        err = add_field(r, &place, &type->fields[i], item, out);
        item = item != NULL ? item->next : NULL;
        place.index++;
    }
    if (err == OC_OK && item != NULL)
        err = schema_fail(r, &place, OC_ETYPE, "there are too many values");
    return err;
}

oc_err schema_args_from_json(const schema_call *call, const cJSON *params, bytes tail, arena *a,
                             gob_value *out, char *error_text, size_t error_size) {
    schema_reader r = {call->name, tail, a, error_text, error_size};
    schema_place at = {.key = "params"};
    oc_err err = start_struct(&r, call->args, out);
    if (err != OC_OK)
        return schema_fail(&r, &at, err, "is too big");
    if (params != NULL && !cJSON_IsNull(params) && !cJSON_IsArray(params))
        return schema_fail(&r, &at, OC_ETYPE, "must be an array");
    return read_fields(&r, &at, call->args, NULL, params, out);
}

// error as JSON-RPC has it. data may be an AppError; what it lacks comes from code and message.
static oc_err add_app_error(schema_reader *r, const schema_place *at, const gob_field *field,
                            const cJSON *error, gob_value *out) {
    cJSON *app_error = json_new_object();
    const cJSON *data = json_get(error, "data");
    int64_t code = json_int(data, "status_code", json_int(error, "code", ERROR_CODE_UNKNOWN));
    const char *message = json_text(data, "message");
    json_add_string(app_error, "id", json_text(data, "id"));
    json_add_string(app_error, "message", message[0] != '\0' ? message : json_text(error, "message"));
    json_add_string(app_error, "detailed_error", json_text(data, "detailed_error"));
    json_add_string(app_error, "where", json_text(data, "where"));
    json_add_int(app_error, "status_code", code >= 100 && code <= 999 ? code : ERROR_CODE_UNKNOWN);
    oc_err err = add_field(r, at, field, app_error, out);
    gob_value *value = &out->list.items[out->list.count - 1];
    for (size_t i = 0; err == OC_OK && i < value->list.count;
         i++) { // the tree ends here, its strings must not
        gob_value *text = &value->list.items[i];
        if (text->kind != GOB_STRING)
            continue;
        const char *copy = arena_strndup(r->memory, text->text.data, text->text.len);
        text->text.data = (const uint8_t *)copy;
        if (copy == NULL)
            err = schema_fail(r, at, OC_ELIMIT, "is too big");
    }
    cJSON_Delete(app_error);
    return err;
}

static oc_err add_error(schema_reader *r, const gob_type *reply, const cJSON *error, gob_value *out) {
    schema_place at = {.key = "error"};
    const gob_field *field = first_field(reply, is_error);
    if (field == NULL)
        return schema_fail(r, &at, OC_ETYPE, "this call has no error in its reply");
    if (field->type == APP_ERROR)
        return add_app_error(r, &at, field, error, out);
    const cJSON *message = json_get(error, "message");
    if (!cJSON_IsString(message))
        return schema_fail(r, &at, OC_ETYPE, "has no message");
    return add_field(r, &at, field, message, out);
}

oc_err schema_reply_from_json(const schema_call *call, const cJSON *result, const cJSON *error, bytes tail,
                              arena *a, gob_value *out, char *error_text, size_t error_size) {
    schema_reader r = {call->name, tail, a, error_text, error_size};
    schema_place at = {.key = "result", .depth = 1};
    oc_err err = start_struct(&r, call->reply, out);
    if (err != OC_OK)
        return schema_fail(&r, &at, err, "is too big");
    if (error != NULL && !cJSON_IsNull(error))
        return add_error(&r, call->reply, error, out);
    size_t count = result_count(call->reply);
    if (count == 0 || result == NULL || cJSON_IsNull(result))
        return OC_OK;
    if (count == 1)
        return add_field(&r, &at, first_field(call->reply, is_result), result, out);
    if (!cJSON_IsArray(result))
        return schema_fail(&r, &at, OC_ETYPE, "must be an array");
    return read_fields(&r, &at, call->reply, is_result, result, out);
}

oc_err schema_value_from_json(const gob_type *type, const char *what, const cJSON *json, bytes tail, arena *a,
                              gob_value *out, char *error_text, size_t error_size) {
    schema_reader r = {what, tail, a, error_text, error_size};
    schema_place at = {.key = "value"};
    if (json == NULL || cJSON_IsNull(json))
        return schema_fail(&r, &at, OC_ETYPE, "is missing");
    return schema_read_value(&r, &at, type, json, out);
}
