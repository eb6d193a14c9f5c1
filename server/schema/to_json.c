// SPDX-License-Identifier: Apache-2.0
// gob → JSON. Text is written straight into the buffer; no tree is built. The first error sticks in the writer.
#include "schema/convert.h"
#include "schema/schema.h"
#include "schema/table.h"
#include "schema/text.h"

#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

typedef struct writer {
    buf *json, *tail;
    oc_err err;
} writer;

static void write_value(writer *w, const gob_type *type, const gob_value *v);

static void put(writer *w, const char *text, size_t len) {
    if (w->err == OC_OK)
        w->err = buf_append(w->json, text, len);
}

static void put_text(writer *w, const char *text) {
    put(w, text, strlen(text));
}

static void put_string(writer *w, bytes text) {
    if (w->err == OC_OK)
        w->err = schema_write_string(w->json, text);
}

static void write_number(writer *w, const gob_value *v) {
    char text[32];
    if (v->kind == GOB_INT)
        snprintf(text, sizeof text, "%" PRId64, v->integer);
    else if (v->kind == GOB_UINT)
        snprintf(text, sizeof text, "%" PRIu64, v->uinteger);
    else if (!isfinite(v->number))
        snprintf(text, sizeof text, "null"); // JSON has no word for it
    else if (fabs(v->number) < 9007199254740992.0 && v->number == floor(v->number))
        snprintf(text, sizeof text, "%" PRId64, (int64_t)v->number);
    else
        snprintf(text, sizeof text, "%.17g", v->number);
    put_text(w, text);
}

static void write_bytes(writer *w, bytes content) {
    char text[64];
    snprintf(text, sizeof text, "{\"$tail\":[%zu,%zu]}", w->tail->len, content.len);
    put_text(w, text);
    if (w->err == OC_OK)
        w->err = buf_append(w->tail, content.data, content.len);
}

// Bytes that are JSON themselves go in as they are, once they have been seen to be a value.
static void write_json_text(writer *w, bytes text) {
    cJSON *value = NULL;
    if (text.len == 0) {
        put_text(w, "null");
        return;
    }
    if (w->err == OC_OK)
        w->err = schema_is_utf8(text) ? json_parse(text, &value) : OC_EMALFORMED;
    cJSON_Delete(value);
    put(w, (const char *)text.data, text.len);
}

static void write_opaque(writer *w, const gob_type *type, const gob_value *v) {
    char text[SCHEMA_TIME_TEXT_BYTES] = "";
    if (type == URL_TEXT) {
        put_string(w, v->text);
        return;
    }
    // A time that RFC 3339 cannot say, and a type that nobody knows, are null: the rest of the value is worth having.
    if (type == TIME && schema_time_to_text(v->text, text) == OC_OK && text[0] != '\0')
        put_string(w, bytes_str(text));
    else
        put_text(w, "null");
}

// The field of that name. Fields come in Go's order, which is the table's as well, so the search starts behind the
// last one found.
static const gob_field *find_field(const gob_type *type, const char *name, size_t *at) {
    for (size_t i = 0; i < type->field_count; i++) {
        size_t index = (*at + i) % type->field_count;
        if (strcmp(type->fields[index].name, name) == 0) {
            *at = index + 1;
            return &type->fields[index];
        }
    }
    return NULL;
}

static void write_fields(writer *w, const gob_type *type, const gob_value *v, bool *is_first) {
    size_t at = 0;
    for (size_t i = 0; i < v->list.count && w->err == OC_OK; i++) {
        const gob_field *field = type != NULL ? find_field(type, v->list.names[i], &at) : NULL;
        if (type != NULL && field == NULL)
            continue; // of a newer server
        const char *name = field != NULL ? schema_json_name(field) : v->list.names[i];
        if (field != NULL && name[0] == '\0' && v->list.items[i].kind == GOB_STRUCT) {
            write_fields(w, field->type, &v->list.items[i], is_first);
            continue;
        }
        put_text(w, *is_first ? "" : ",");
        *is_first = false;
        put_string(w, bytes_str(name));
        put_text(w, ":");
        write_value(w, field != NULL ? field->type : NULL, &v->list.items[i]);
    }
}

static void write_struct(writer *w, const gob_type *type, const gob_value *v) {
    bool is_first = true;
    put_text(w, "{");
    write_fields(w, type, v, &is_first);
    put_text(w, "}");
}

static void write_list(writer *w, const gob_type *elem, const gob_value *v) {
    put_text(w, "[");
    for (size_t i = 0; i < v->list.count && w->err == OC_OK; i++) {
        put_text(w, i > 0 ? "," : "");
        write_value(w, elem, &v->list.items[i]);
    }
    put_text(w, "]");
}

static void write_map(writer *w, const gob_type *elem, const gob_value *v) {
    put_text(w, "{");
    for (size_t i = 0; i < v->list.count && w->err == OC_OK; i++) {
        const gob_value *key = &v->list.items[2 * i];
        put_text(w, i > 0 ? "," : "");
        if (key->kind == GOB_STRING) {
            put_string(w, key->text);
        } else if (key->kind == GOB_INT || key->kind == GOB_UINT) {
            put_text(w, "\"");
            write_number(w, key);
            put_text(w, "\"");
        } else {
            w->err = OC_ETYPE;
        }
        put_text(w, ":");
        write_value(w, elem, key + 1);
    }
    put_text(w, "}");
}

// What an `any` holds is known by its registered name; fields of an unknown struct keep their names in Go.
static void write_any(writer *w, const gob_value *v) {
    if (v->list.count == 0 || v->list.items == NULL)
        put_text(w, "null");
    else
        write_value(w, v->list.name != NULL ? schema_registered_type(v->list.name) : NULL, &v->list.items[0]);
}

static bool is_compatible(const gob_type *type, gob_kind kind) {
    if (type == NULL || kind == GOB_NIL || type->kind == kind)
        return true;
    // Go versions differ in how a URL travels.
    if (type == URL_TEXT)
        return kind == GOB_STRING || kind == GOB_BYTES;
    return type->kind == GOB_SLICE && kind == GOB_ARRAY;
}

static void write_value(writer *w, const gob_type *type, const gob_value *v) {
    if (w->err == OC_OK && !is_compatible(type, v->kind))
        w->err = OC_ETYPE;
    if (w->err != OC_OK)
        return;
    switch (v->kind) {
    case GOB_BOOL:
        put_text(w, v->boolean ? "true" : "false");
        break;
    case GOB_INT:
    case GOB_UINT:
    case GOB_FLOAT:
        write_number(w, v);
        break;
    case GOB_STRING:
        put_string(w, v->text);
        break;
    case GOB_BYTES:
        if (type == JSON_TEXT)
            write_json_text(w, v->text);
        else if (type == URL_TEXT)
            put_string(w, v->text);
        else
            write_bytes(w, v->text);
        break;
    case GOB_OPAQUE:
        write_opaque(w, type, v);
        break;
    case GOB_STRUCT:
        write_struct(w, type, v);
        break;
    case GOB_SLICE:
    case GOB_ARRAY:
        write_list(w, type != NULL ? type->elem : NULL, v);
        break;
    case GOB_MAP:
        write_map(w, type != NULL ? type->elem : NULL, v);
        break;
    case GOB_INTERFACE:
        write_any(w, v);
        break;
    case GOB_NIL:
    case GOB_COMPLEX:
        put_text(w, "null");
        break;
    }
}

// What is absent on the wire, where JSON needs something in its place.
static void write_zero(writer *w, const gob_type *type) {
    switch (type->kind) {
    case GOB_BOOL:
        put_text(w, "false");
        break;
    case GOB_INT:
    case GOB_UINT:
    case GOB_FLOAT:
        put_text(w, "0");
        break;
    case GOB_STRING:
        put_text(w, "\"\"");
        break;
    case GOB_SLICE:
    case GOB_ARRAY:
        put_text(w, "[]");
        break;
    case GOB_MAP:
        put_text(w, "{}");
        break;
    default:
        put_text(w, "null");
        break;
    }
}

// Writes what was asked for or leaves both buffers as they were.
static oc_err end_write(writer *w, size_t json_len, size_t tail_len) {
    if (w->err != OC_OK) {
        buf_truncate(w->json, json_len);
        buf_truncate(w->tail, tail_len);
    }
    return w->err;
}

oc_err schema_value_to_json(const gob_type *type, const gob_value *value, buf *json, buf *tail) {
    writer w = {.json = json, .tail = tail};
    size_t json_len = json->len, tail_len = tail->len;
    if (value == NULL)
        write_zero(&w, type);
    else
        write_value(&w, type, value);
    return end_write(&w, json_len, tail_len);
}

oc_err schema_fields_to_json(const gob_type *fields, const gob_value *values, schema_want_fn *want, buf *json,
                             buf *tail) {
    writer w = {.json = json, .tail = tail};
    size_t json_len = json->len, tail_len = tail->len;
    bool is_first = true;
    put_text(&w, "[");
    for (size_t i = 0; i < fields->field_count; i++) {
        const gob_field *field = &fields->fields[i];
        if (want != NULL && !want(field->type))
            continue;
        put_text(&w, is_first ? "" : ",");
        is_first = false;
        const gob_value *value = gob_get(values, field->name);
        if (value == NULL || value->kind == GOB_NIL)
            write_zero(&w, field->type);
        else
            write_value(&w, field->type, value);
    }
    put_text(&w, "]");
    return end_write(&w, json_len, tail_len);
}
