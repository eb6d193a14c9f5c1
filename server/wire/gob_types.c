// SPDX-License-Identifier: Apache-2.0
// The types that a stream defines. A definition may name types that are defined later, so each id gets its
// gob_type when it is first named; its kind is GOB_NIL until the definition comes.
#include "wire/gob_cursor.h"

#include "base/mem.h"

#include <stdlib.h>
#include <uthash.h>

enum {
    FIRST_OWN_ID = 64,
    TYPES_MAX_BYTES = 4 << 20, // of all definitions of a stream
};

typedef struct type_entry {
    int32_t id;
    gob_type type;
    bytes definition; // as it came, to know it again
    UT_hash_handle hh;
} type_entry;

struct gob_types {
    arena memory;
    type_entry *entries;
};

gob_types *gob_types_create(void) {
    gob_types *types = xcalloc(1, sizeof *types);
    arena_init(&types->memory, TYPES_MAX_BYTES);
    return types;
}

void gob_types_destroy(gob_types *types) {
    HASH_CLEAR(hh, types->entries);
    arena_free(&types->memory);
    free(types);
}

// Memory for a definition; NULL and an error when there are too many.
static void *take_memory(gob_cursor *c, size_t count, size_t size_bytes) {
    void *memory = arena_array(&c->types->memory, count, size_bytes);
    if (memory == NULL)
        gob_fail(c, OC_ELIMIT, "a stream defines too many types");
    return memory;
}

static type_entry *find_or_add(gob_cursor *c, int64_t wire_id) {
    type_entry *entry = NULL;
    if (wire_id < FIRST_OWN_ID || wire_id > INT32_MAX) {
        gob_fail(c, OC_EMALFORMED, "a type has an id that is not allowed");
        return NULL;
    }
    int32_t id = (int32_t)wire_id;
    HASH_FIND(hh, c->types->entries, &id, sizeof id, entry);
    if (entry != NULL)
        return entry;
    if (HASH_COUNT(c->types->entries) >= GOB_TYPES_MAX) {
        gob_fail(c, OC_ELIMIT, "a stream defines too many types");
        return NULL;
    }
    entry = take_memory(c, 1, sizeof *entry);
    if (entry == NULL)
        return NULL;
    entry->id = id;
    HASH_ADD(hh, c->types->entries, id, sizeof entry->id, entry);
    return entry;
}

static const gob_type *built_in(int64_t id) {
    static const gob_type *const types[] = {NULL,          &GOB_T_BOOL,    &GOB_T_INT,
                                            &GOB_T_UINT,   &GOB_T_FLOAT,   &GOB_T_BYTES,
                                            &GOB_T_STRING, &GOB_T_COMPLEX, &GOB_T_INTERFACE};
    return id > 0 && id < (int64_t)(sizeof types / sizeof types[0]) ? types[id] : NULL;
}

const gob_type *gob_type_of_value(gob_cursor *c, int64_t id) {
    const gob_type *type = built_in(id);
    if (type == NULL && id >= FIRST_OWN_ID && id <= INT32_MAX) {
        type_entry *entry = NULL;
        int32_t key = (int32_t)id;
        HASH_FIND(hh, c->types->entries, &key, sizeof key, entry);
        type = entry != NULL && entry->type.kind != GOB_NIL ? &entry->type : NULL;
    }
    if (type == NULL)
        gob_fail(c, OC_EMALFORMED, "a value is of a type that was not defined");
    return type;
}

static const gob_type *read_type_ref(gob_cursor *c) {
    int64_t id = gob_read_int(c);
    const gob_type *type = built_in(id);
    if (type != NULL || c->err != OC_OK)
        return type;
    type_entry *entry = find_or_add(c, id);
    return entry != NULL ? &entry->type : NULL;
}

static const char *read_name(gob_cursor *c) {
    bytes name = gob_read_text(c);
    if (name.len > GOB_NAME_MAX_BYTES || (name.len > 0 && memchr(name.data, 0, name.len) != NULL)) {
        gob_fail(c, OC_EMALFORMED, "a name in a type's definition is not allowed");
        return NULL;
    }
    char *copy = take_memory(c, name.len + 1, 1);
    if (copy != NULL && name.len > 0)
        memcpy(copy, name.data, name.len);
    return copy;
}

// commonType: the name, and the id once more. That second id means nothing: Go writes another one for opaque
// types.
static void read_common(gob_cursor *c, gob_type *type) {
    size_t field = 0;
    while (gob_read_field(c, 2, &field)) {
        if (field == 1)
            type->name = read_name(c);
        else
            gob_read_int(c);
    }
}

static void read_struct_fields(gob_cursor *c, gob_type *type) {
    uint64_t count = gob_read_uint(c);
    if (count > (size_t)(c->end - c->at)) { // a definition lies in one message
        gob_fail(c, OC_EMALFORMED, "a definition has more fields than bytes");
        return;
    }
    gob_field *fields = take_memory(c, (size_t)count, sizeof *fields);
    for (size_t i = 0; i < count && c->err == OC_OK; i++) {
        size_t field = 0;
        while (gob_read_field(c, 2, &field)) {
            if (field == 1)
                fields[i].name = read_name(c);
            else
                fields[i].type = read_type_ref(c);
        }
        if (fields[i].name == NULL || fields[i].type == NULL)
            gob_fail(c, OC_EMALFORMED, "a field is defined without name or type");
    }
    type->fields = fields;
    type->field_count = (size_t)count;
}

// The fields of wireType: which kind it is and how many fields the description has.
static const struct wire_kind {
    gob_kind kind;
    size_t field_count;
} WIRE_KINDS[] = {
    {GOB_ARRAY, 3},  {GOB_SLICE, 2},  {GOB_STRUCT, 2}, {GOB_MAP, 3},
    {GOB_OPAQUE, 1}, {GOB_OPAQUE, 1}, {GOB_OPAQUE, 1},
};
enum { WIRE_KIND_COUNT = sizeof WIRE_KINDS / sizeof WIRE_KINDS[0] };

static void read_description_field(gob_cursor *c, gob_type *type, gob_kind kind, size_t field) {
    if (field == 1)
        read_common(c, type);
    else if (kind == GOB_STRUCT)
        read_struct_fields(c, type);
    else if (kind == GOB_MAP && field == 2)
        type->key = read_type_ref(c);
    else if (kind == GOB_ARRAY && field == 3)
        type->length = (size_t)gob_read_int(c);
    else
        type->elem = read_type_ref(c);
}

static bool is_complete(const gob_type *type, gob_kind kind) {
    if (kind == GOB_MAP && type->key == NULL)
        return false;
    return type->elem != NULL || kind == GOB_STRUCT || kind == GOB_OPAQUE;
}

// wireType: exactly one of its fields is set.
static void read_wire_type(gob_cursor *c, gob_type *type) {
    size_t wire_field = 0, field = 0;
    if (!gob_read_field(c, WIRE_KIND_COUNT, &wire_field)) {
        gob_fail(c, OC_EMALFORMED, "a definition is empty");
        return;
    }
    const struct wire_kind *wire = &WIRE_KINDS[wire_field - 1];
    *type = (gob_type){.name = ""};
    if (wire->kind == GOB_OPAQUE)
        type->opaque_wire_field = (int)wire_field - 1;
    while (gob_read_field(c, wire->field_count, &field))
        read_description_field(c, type, wire->kind, field);
    if (gob_read_uint(c) != 0 || (c->err == OC_OK && !is_complete(type, wire->kind)))
        gob_fail(c, OC_EMALFORMED, "a definition is broken");
    if (c->err == OC_OK)
        type->kind = wire->kind;
}

void gob_read_definition(gob_cursor *c, int64_t negative_id) {
    type_entry *entry = find_or_add(c, negative_id < -INT32_MAX ? 0 : -negative_id);
    if (entry == NULL)
        return;
    const uint8_t *start = c->at;
    size_t left = (size_t)(c->end - start), len = entry->definition.len;
    if (entry->type.kind == GOB_NIL) {
        read_wire_type(c, &entry->type);
        len = (size_t)(c->at - start);
        uint8_t *copy = take_memory(c, len, 1);
        if (copy != NULL)
            entry->definition = bytes_of(memcpy(copy, start, len), len);
    } else if (left >= len && memcmp(start, entry->definition.data, len) == 0) {
        c->at += len; // a definition shows its own end, so the same beginning is the same definition
    } else {
        gob_fail(c, OC_EMALFORMED, "a type is defined twice, and differently");
    }
}
