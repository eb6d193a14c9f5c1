// SPDX-License-Identifier: Apache-2.0
#include "schema_values.h"

#include "schema/table.h"

#include <stdlib.h>

static void make_list(arena *a, gob_value *v, size_t items) {
    v->list.items = arena_array(a, items + 1, sizeof *v->list.items);
    v->list.names = arena_array(a, items + 1, sizeof *v->list.names);
    if (v->list.items == NULL || v->list.names == NULL)
        abort();
}

static gob_value full_struct(arena *a, const gob_type *type, int nesting) {
    gob_value v = {.kind = GOB_STRUCT, .type = type};
    make_list(a, &v, type->field_count);
    for (size_t i = 0; i < type->field_count; i++) {
        const gob_type *field = type->fields[i].type;
        const gob_type *inner = field->kind == GOB_SLICE || field->kind == GOB_MAP ? field->elem : field;
        if (nesting <= 0 && inner->kind == GOB_STRUCT)
            continue;
        v.list.names[v.list.count] = type->fields[i].name;
        v.list.items[v.list.count++] = schema_full_value(a, field, nesting - 1);
    }
    return v;
}

static gob_value held_value(arena *a, const char *name, const gob_type *type, int nesting) {
    gob_value v = {.kind = GOB_INTERFACE, .type = ANY};
    make_list(a, &v, 1);
    v.list.items[0] = schema_full_value(a, type, nesting);
    v.list.items[0].type = type;
    v.list.name = name;
    v.list.count = 1;
    return v;
}

static gob_value full_list(arena *a, const gob_type *type, int nesting) {
    gob_value v = {.kind = type->kind, .type = type};
    make_list(a, &v, 2);
    if (type->kind == GOB_MAP)
        v.list.items[0] = schema_full_value(a, type->key, nesting);
    v.list.items[type->kind == GOB_MAP] = schema_full_value(a, type->elem, nesting);
    v.list.count = 1;
    return v;
}

static gob_value full_interface(arena *a, const gob_type *type, int nesting) {
    if (type == ERROR)
        return held_value(a, "*plugin.ErrorString", MODEL(ErrorString), nesting);
    if (type == AUTOCOMPLETE_DATA)
        return held_value(a, "*model.AutocompleteTextArg", MODEL(AutocompleteTextArg), nesting);
    if (nesting > 0)
        return held_value(a, "map[string]interface {}", MAP(ANY), nesting - 2);
    return held_value(a, "float64", &GOB_T_FLOAT, 0);
}

gob_value schema_full_value(arena *a, const gob_type *type, int nesting) {
    static const uint8_t epoch[] = {1, 0, 0, 0, 14, 0x77, 0x91, 0xf7, 0, 0, 0, 0, 0, 0xff, 0xff};
    gob_value v = {.kind = type->kind, .type = type};
    switch (type->kind) {
    case GOB_BOOL:
        v.boolean = true;
        break;
    case GOB_INT:
        v.integer = 7;
        break;
    case GOB_UINT:
        v.uinteger = 7;
        break;
    case GOB_FLOAT:
        v.number = 0.1;
        break;
    case GOB_STRING:
        v.text = bytes_str(SCHEMA_VALUES_TEXT);
        break;
    case GOB_BYTES:
        v.text = type == JSON_TEXT ? bytes_str("{\"a\":[1,null]}") : bytes_of("\0\xff\n", 3);
        break;
    case GOB_OPAQUE:
        v.text = type == TIME ? bytes_of(epoch, sizeof epoch) : bytes_str("/a?b=%20c");
        break;
    case GOB_STRUCT:
        v = full_struct(a, type, nesting);
        break;
    case GOB_SLICE:
    case GOB_MAP:
        v = full_list(a, type, nesting);
        break;
    case GOB_INTERFACE:
        v = full_interface(a, type, nesting);
        break;
    default:
        abort();
    }
    return v;
}

gob_value schema_full_reply(arena *a, const gob_type *reply, bool with_error, int nesting) {
    gob_value v = {.kind = GOB_STRUCT, .type = reply};
    make_list(a, &v, reply->field_count);
    for (size_t i = 0; i < reply->field_count; i++) {
        const gob_type *type = reply->fields[i].type;
        if ((type == ERROR || type == APP_ERROR) != with_error)
            continue;
        v.list.names[v.list.count] = reply->fields[i].name;
        v.list.items[v.list.count++] = schema_full_value(a, type, nesting);
    }
    return v;
}
