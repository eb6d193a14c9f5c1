// SPDX-License-Identifier: Apache-2.0
// JSON → gob. Strict, so that a typo in the core is loud: an unknown field is an error that names the place.
// Strings are borrowed from the JSON tree and bytes from the tail; lists live in the arena.
#include "schema/convert.h"
#include "schema/table.h"
#include "schema/text.h"

#include "base/json.h"

#include <math.h>
#include <stdio.h>

static const double MAX_EXACT = 9007199254740992.0; // 2^53: JSON numbers are exact up to here

static size_t append_place(const schema_place *at, char *text, size_t size) {
    if (at == NULL)
        return 0;
    size_t len = append_place(at->up, text, size);
    if (len >= size)
        return len;
    int added = at->key != NULL
                    ? snprintf(text + len, size - len, "%s%.60s", at->up != NULL ? "." : "", at->key)
                    : snprintf(text + len, size - len, "[%zu]", at->index);
    return len + (added > 0 ? (size_t)added : 0);
}

oc_err schema_fail(schema_reader *r, const schema_place *at, oc_err err, const char *sentence) {
    char place[256] = "";
    append_place(at, place, sizeof place);
    if (r->error_text != NULL && r->error_size > 0)
        snprintf(r->error_text, r->error_size, "%s: %s: %s", r->call, place, sentence);
    return err;
}

static oc_err mismatch(schema_reader *r, const schema_place *at, const char *wanted) {
    char sentence[96];
    snprintf(sentence, sizeof sentence, "must be %s", wanted);
    return schema_fail(r, at, OC_ETYPE, sentence);
}

static oc_err out_of_room(schema_reader *r, const schema_place *at) {
    return schema_fail(r, at, OC_ELIMIT, "is too big");
}

static oc_err read_integer(schema_reader *r, const schema_place *at, const gob_type *type, const cJSON *json,
                           gob_value *out) {
    double number = cJSON_IsNumber(json) ? json->valuedouble : NAN;
    if (!(number == floor(number)))
        return mismatch(r, at, "a whole number");
    if (fabs(number) > MAX_EXACT)
        return schema_fail(r, at, OC_ETYPE, "is too large to be exact");
    if (type->kind == GOB_INT)
        out->integer = (int64_t)number;
    else if (number < 0)
        return mismatch(r, at, "a whole number that is not negative");
    else
        out->uinteger = (uint64_t)number;
    return OC_OK;
}

// {"$tail":[offset,length]}, or a string whose UTF-8 is meant.
static oc_err read_bytes(schema_reader *r, const schema_place *at, const cJSON *json, gob_value *out) {
    if (cJSON_IsString(json)) {
        out->text = bytes_str(json->valuestring);
        return OC_OK;
    }
    const cJSON *range = json_array(json, "$tail");
    const cJSON *offset = cJSON_GetArrayItem(range, 0);
    const cJSON *length = cJSON_GetArrayItem(range, 1);
    if (!cJSON_IsNumber(offset) || !cJSON_IsNumber(length) || cJSON_GetArraySize(range) != 2)
        return mismatch(r, at, "a string or {\"$tail\":[offset,length]}");
    double from = offset->valuedouble, count = length->valuedouble, size = (double)r->tail.len;
    if (from != floor(from) || count != floor(count) || !(from >= 0 && from <= size) ||
        !(count >= 0 && count <= size - from))
        return schema_fail(r, at, OC_ETYPE, "points outside the message's tail");
    out->text = bytes_of(r->tail.data != NULL ? r->tail.data + (size_t)from : NULL, (size_t)count);
    return OC_OK;
}

static oc_err read_json_text(schema_reader *r, const schema_place *at, const cJSON *json, gob_value *out) {
    buf text;
    buf_init(&text, r->memory->max_bytes);
    oc_err err = json_print(json, &text);
    bytes printed = buf_bytes(&text);
    if (err == OC_OK && !schema_is_utf8(printed)) {
        buf_free(&text);
        return mismatch(r, at, "valid UTF-8");
    }
    char *copy = err == OC_OK ? arena_strndup(r->memory, printed.data, printed.len) : NULL;
    out->text = bytes_of(copy, printed.len);
    buf_free(&text);
    return copy != NULL ? OC_OK : out_of_room(r, at);
}

static oc_err read_opaque(schema_reader *r, const schema_place *at, const gob_type *type, const cJSON *json,
                          gob_value *out) {
    if (!cJSON_IsString(json))
        return mismatch(r, at, type == TIME ? "a time as RFC 3339" : "a string");
    out->text = bytes_str(json->valuestring);
    if (type != TIME)
        return OC_OK;
    uint8_t *wire = arena_alloc(r->memory, SCHEMA_TIME_BYTES);
    if (wire == NULL)
        return out_of_room(r, at);
    out->text = bytes_of(wire, SCHEMA_TIME_BYTES);
    return schema_time_from_text(json->valuestring, wire) == OC_OK ? OC_OK
                                                                   : mismatch(r, at, "a time as RFC 3339");
}

static bool has_field(const gob_type *type, const char *json_name) {
    for (size_t i = 0; i < type->field_count; i++) {
        const char *name = schema_json_name(&type->fields[i]);
        if (name[0] == '\0' ? has_field(type->fields[i].type, json_name) : strcmp(name, json_name) == 0)
            return true;
    }
    return false;
}

static oc_err read_autocomplete(schema_reader *r, const schema_place *at, const cJSON *argument,
                                const cJSON *json, gob_value *out) {
    static const struct {
        const char *kind, *name;
        const gob_type *type;
    } KINDS[] = {
        {"TextInput", "*model.AutocompleteTextArg", MODEL(AutocompleteTextArg)},
        {"StaticList", "*model.AutocompleteStaticListArg", MODEL(AutocompleteStaticListArg)},
        {"DynamicList", "*model.AutocompleteDynamicListArg", MODEL(AutocompleteDynamicListArg)},
    };
    for (size_t i = 0; i < SCHEMA_COUNT(KINDS); i++) {
        if (strcmp(json_text(argument, "Type"), KINDS[i].kind) != 0)
            continue;
        gob_value value;
        oc_err err = schema_read_value(r, at, KINDS[i].type, json, &value);
        return err == OC_OK ? schema_wrap(r, at, KINDS[i].name, KINDS[i].type, &value, out) : err;
    }
    return schema_fail(r, at, OC_ETYPE, "needs a Type beside it: TextInput, StaticList or DynamicList");
}

static oc_err fill_struct(schema_reader *r, const schema_place *at, const gob_type *type, const cJSON *json,
                          gob_value *out) {
    out->list.items = arena_array(r->memory, type->field_count, sizeof *out->list.items);
    out->list.names = arena_array(r->memory, type->field_count, sizeof *out->list.names);
    if (type->field_count > 0 && (out->list.items == NULL || out->list.names == NULL))
        return out_of_room(r, at);
    for (size_t i = 0; i < type->field_count; i++) {
        const gob_field *field = &type->fields[i];
        const char *name = schema_json_name(field);
        gob_value *value = &out->list.items[out->list.count];
        const cJSON *member = json_get(json, name);
        schema_place place = {.up = at, .key = name, .depth = at->depth + 1};
        oc_err err = OC_OK;
        if (name[0] == '\0') {
            *value = (gob_value){.kind = GOB_STRUCT, .type = field->type};
            err = fill_struct(r, at, field->type, json, value);
        } else if (member == NULL) {
            continue;
        } else if (field->type == AUTOCOMPLETE_DATA) {
            err = read_autocomplete(r, &place, json, member, value);
        } else {
            err = schema_read_value(r, &place, field->type, member, value);
        }
        if (err != OC_OK)
            return err;
        out->list.names[out->list.count++] = field->name;
    }
    return OC_OK;
}

static oc_err read_struct(schema_reader *r, const schema_place *at, const gob_type *type, const cJSON *json,
                          gob_value *out) {
    if (!cJSON_IsObject(json))
        return mismatch(r, at, "an object");
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, json) {
        schema_place place = {.up = at, .key = member->string};
        if (!has_field(type, member->string))
            return schema_fail(r, &place, OC_ETYPE, "there is no such field");
    }
    return fill_struct(r, at, type, json, out);
}

static oc_err read_list(schema_reader *r, const schema_place *at, const gob_type *type, const cJSON *json,
                        gob_value *out) {
    if (!cJSON_IsArray(json))
        return mismatch(r, at, "an array");
    size_t count = (size_t)cJSON_GetArraySize(json);
    out->list.items = arena_array(r->memory, count, sizeof *out->list.items);
    if (count > 0 && out->list.items == NULL)
        return out_of_room(r, at);
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, json) {
        schema_place place = {.up = at, .index = out->list.count, .depth = at->depth + 1};
        oc_err err = schema_read_value(r, &place, type->elem, item, &out->list.items[out->list.count]);
        if (err != OC_OK)
            return err;
        out->list.count++;
    }
    return OC_OK;
}

static oc_err read_map(schema_reader *r, const schema_place *at, const gob_type *type, const cJSON *json,
                       gob_value *out) {
    if (!cJSON_IsObject(json))
        return mismatch(r, at, "an object");
    size_t count = (size_t)cJSON_GetArraySize(json);
    out->list.items = arena_array(r->memory, count, 2 * sizeof *out->list.items);
    if (count > 0 && out->list.items == NULL)
        return out_of_room(r, at);
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, json) {
        gob_value *key = &out->list.items[2 * out->list.count];
        schema_place place = {.up = at, .key = member->string, .depth = at->depth + 1};
        *key = (gob_value){.kind = GOB_STRING, .type = STRING, .text = bytes_str(member->string)};
        oc_err err = schema_read_value(r, &place, type->elem, member, key + 1);
        if (err != OC_OK)
            return err;
        out->list.count++;
    }
    return OC_OK;
}

oc_err schema_wrap(schema_reader *r, const schema_place *at, const char *name, const gob_type *type,
                   const gob_value *value, gob_value *out) {
    gob_value *inner = arena_alloc(r->memory, sizeof *inner);
    if (inner == NULL)
        return out_of_room(r, at);
    *inner = *value;
    inner->type = type;
    *out = (gob_value){.kind = GOB_INTERFACE, .type = ANY};
    out->list.name = name;
    out->list.items = inner;
    out->list.count = 1;
    return OC_OK;
}

// Go's encoding/json puts the same types into an `any`; every number is a float64 there.
static oc_err read_any(schema_reader *r, const schema_place *at, const cJSON *json, gob_value *out) {
    const gob_type *type = NULL;
    const char *name = NULL;
    if (cJSON_IsObject(json)) {
        name = "map[string]interface {}";
        type = MAP(ANY);
    } else if (cJSON_IsArray(json)) {
        name = "[]interface {}";
        type = LIST(ANY);
    } else if (cJSON_IsString(json)) {
        name = "string";
        type = STRING;
    } else if (cJSON_IsNumber(json)) {
        name = "float64";
        type = &GOB_T_FLOAT;
    } else if (cJSON_IsBool(json)) {
        name = "bool";
        type = BOOL;
    } else {
        *out = (gob_value){.kind = GOB_NIL};
        return OC_OK;
    }
    gob_value value;
    oc_err err = schema_read_value(r, at, type, json, &value);
    return err == OC_OK ? schema_wrap(r, at, name, type, &value, out) : err;
}

static oc_err read_interface(schema_reader *r, const schema_place *at, const gob_type *type,
                             const cJSON *json, gob_value *out) {
    if (type == AUTOCOMPLETE_DATA)
        return schema_fail(r, at, OC_ETYPE, "is out of place");
    if (type != ERROR)
        return read_any(r, at, json, out);
    if (!cJSON_IsString(json))
        return mismatch(r, at, "a string");
    gob_value text = {.kind = GOB_STRING, .type = STRING, .text = bytes_str(json->valuestring)};
    gob_value *items = arena_alloc(r->memory, sizeof *items);
    const char **names = arena_alloc(r->memory, sizeof *names);
    if (items == NULL || names == NULL)
        return out_of_room(r, at);
    items[0] = text;
    names[0] = "Err";
    gob_value error = {.kind = GOB_STRUCT};
    error.list.items = items;
    error.list.names = names;
    error.list.count = 1;
    return schema_wrap(r, at, "*plugin.ErrorString", MODEL(ErrorString), &error, out);
}

oc_err schema_read_value(schema_reader *r, const schema_place *at, const gob_type *type, const cJSON *json,
                         gob_value *out) {
    *out = (gob_value){.kind = type->kind, .type = type};
    if (at->depth >= GOB_DEPTH_MAX)
        return schema_fail(r, at, OC_ELIMIT, "is nested too deep");
    switch (type->kind) {
    case GOB_BOOL:
        out->boolean = cJSON_IsTrue(json);
        return cJSON_IsBool(json) ? OC_OK : mismatch(r, at, "a bool");
    case GOB_INT:
    case GOB_UINT:
        return read_integer(r, at, type, json, out);
    case GOB_FLOAT:
        out->number = cJSON_GetNumberValue(json);
        return cJSON_IsNumber(json) ? OC_OK : mismatch(r, at, "a number");
    case GOB_STRING:
        out->text = bytes_str(cJSON_GetStringValue(json));
        return cJSON_IsString(json) ? OC_OK : mismatch(r, at, "a string");
    case GOB_BYTES:
        return type == JSON_TEXT ? read_json_text(r, at, json, out) : read_bytes(r, at, json, out);
    case GOB_OPAQUE:
        return read_opaque(r, at, type, json, out);
    case GOB_STRUCT:
        return read_struct(r, at, type, json, out);
    case GOB_SLICE:
        return read_list(r, at, type, json, out);
    case GOB_MAP:
        return read_map(r, at, type, json, out);
    case GOB_INTERFACE:
        return read_interface(r, at, type, json, out);
    default:
        return schema_fail(r, at, OC_ETYPE, "is of a type that cannot be sent");
    }
}
