// SPDX-License-Identifier: Apache-2.0
// Types get the numbers 64, 65, … in the order in which they are met; a type's number is its place in the
// encoder's list. Everything is written straight into the caller's buffer; a length, which stands before what
// it counts, is put in afterwards.
#include "wire/gob.h"

#include "base/mem.h"

#include <stdlib.h>

enum { FIRST_OWN_ID = 64, NUMBER_MAX_BYTES = 9, TYPES_FIRST = 16 };

struct gob_encoder {
    const gob_type **types; // place i is the type with id FIRST_OWN_ID + i
    size_t count, cap;
};

// One call of gob_encode. The first error sticks.
typedef struct encoding {
    gob_encoder *encoder;
    buf *out;
    oc_err err;
} encoding;

gob_encoder *gob_encoder_create(void) {
    return xcalloc(1, sizeof(gob_encoder));
}

void gob_encoder_destroy(gob_encoder *e) {
    if (e == NULL)
        return;
    free(e->types);
    free(e);
}

size_t gob_encoder_mark(const gob_encoder *e) {
    return e->count;
}

void gob_encoder_rewind(gob_encoder *e, size_t mark) {
    if (mark < e->count)
        e->count = mark;
}

static void fail(encoding *x, oc_err err) {
    if (x->err == OC_OK)
        x->err = err;
}

// --- scalars ---

static size_t format_uint(uint64_t number, uint8_t out[NUMBER_MAX_BYTES]) {
    if (number < 0x80) {
        out[0] = (uint8_t)number;
        return 1;
    }
    size_t len = 8 - (size_t)__builtin_clzll(number) / 8;
    out[0] = (uint8_t)(0x100 - len);
    for (size_t i = len; i > 0; i--, number >>= 8)
        out[i] = (uint8_t)number;
    return 1 + len;
}

static void put_bytes(encoding *x, const void *data, size_t len) {
    if (x->err == OC_OK)
        x->err = buf_append(x->out, data, len);
}

static void put_uint(encoding *x, uint64_t number) {
    uint8_t text[NUMBER_MAX_BYTES];
    put_bytes(x, text, format_uint(number, text));
}

static void put_int(encoding *x, int64_t number) {
    put_uint(x, number < 0 ? ~(uint64_t)number << 1 | 1 : (uint64_t)number << 1);
}

static void put_float(encoding *x, double number) {
    uint64_t pattern;
    memcpy(&pattern, &number, sizeof pattern);
    put_uint(x, __builtin_bswap64(pattern));
}

static void put_text(encoding *x, bytes text) {
    put_uint(x, text.len);
    put_bytes(x, text.data, text.len);
}

// Puts the length of all that was written since start in front of it.
static void put_length_at(encoding *x, size_t start) {
    uint8_t text[NUMBER_MAX_BYTES], *end = NULL;
    size_t body_len = x->out->len - start, len = format_uint(body_len, text);
    if (x->err == OC_OK && body_len > GOB_MESSAGE_MAX_BYTES)
        x->err = OC_ELIMIT;
    if (x->err == OC_OK)
        x->err = buf_reserve(x->out, len, &end);
    if (x->err != OC_OK)
        return;
    memmove(end - body_len + len, end - body_len, body_len);
    memcpy(end - body_len, text, len);
    buf_commit(x->out, len);
}

// --- types ---

// The kinds from GOB_BOOL to GOB_COMPLEX stand in the order of their ids.
static int64_t built_in_id(gob_kind kind) {
    if (kind >= GOB_BOOL && kind <= GOB_COMPLEX)
        return 1 + (int64_t)kind - GOB_BOOL;
    return kind == GOB_INTERFACE ? 8 : 0;
}

// The type's id; a type that the stream has not seen is given one and will be defined before the value.
static int64_t type_id(encoding *x, const gob_type *type) {
    gob_encoder *e = x->encoder;
    if (type == NULL || type->kind == GOB_NIL) {
        fail(x, OC_ETYPE);
        return 0;
    }
    int64_t id = built_in_id(type->kind);
    if (id != 0)
        return id;
    for (size_t i = 0; i < e->count; i++) {
        if (e->types[i] == type)
            return FIRST_OWN_ID + (int64_t)i;
    }
    if (e->count == GOB_TYPES_MAX) {
        fail(x, OC_ELIMIT);
        return 0;
    }
    if (e->count == e->cap) {
        e->cap = e->cap > 0 ? 2 * e->cap : TYPES_FIRST;
        e->types = xrealloc(e->types, e->cap * sizeof *e->types);
    }
    e->types[e->count++] = type;
    return FIRST_OWN_ID + (int64_t)(e->count - 1);
}

static void put_named_field(encoding *x, const gob_field *field) {
    put_uint(x, 1);
    put_text(x, bytes_str(field->name));
    put_uint(x, 1);
    put_int(x, type_id(x, field->type));
    put_uint(x, 0);
}

// What stands behind the common part in the description of each kind.
static void put_description(encoding *x, const gob_type *type) {
    if (type->kind == GOB_STRUCT && type->field_count > 0) {
        put_uint(x, 1);
        put_uint(x, type->field_count);
        for (size_t i = 0; i < type->field_count; i++)
            put_named_field(x, &type->fields[i]);
    }
    if (type->kind == GOB_MAP) {
        put_uint(x, 1);
        put_int(x, type_id(x, type->key));
    }
    if (type->kind == GOB_MAP || type->kind == GOB_SLICE || type->kind == GOB_ARRAY) {
        put_uint(x, 1);
        put_int(x, type_id(x, type->elem));
    }
    if (type->kind == GOB_ARRAY && type->length > 0) {
        put_uint(x, 1);
        put_int(x, (int64_t)type->length);
    }
}

static int wire_field(const gob_type *type) {
    switch (type->kind) {
    case GOB_ARRAY:
        return 0;
    case GOB_SLICE:
        return 1;
    case GOB_STRUCT:
        return 2;
    case GOB_MAP:
        return 3;
    default:
        return type->opaque_wire_field;
    }
}

static void put_definition(encoding *x, const gob_type *type) {
    size_t start = x->out->len;
    int64_t id = type_id(x, type);
    put_int(x, -id);
    put_uint(x, (uint64_t)wire_field(type) + 1);
    put_uint(x, 1); // common: the name, unless it is empty, and the id
    if (type->name != NULL && type->name[0] != '\0') {
        put_uint(x, 1);
        put_text(x, bytes_str(type->name));
        put_uint(x, 1);
    } else {
        put_uint(x, 2);
    }
    put_int(x, id);
    put_uint(x, 0);
    put_description(x, type);
    put_uint(x, 0);
    put_uint(x, 0);
    put_length_at(x, start);
}

// Writing a definition may give numbers to further types, which are defined in their turn.
static void put_definitions(encoding *x, size_t first) {
    for (size_t i = first; i < x->encoder->count && x->err == OC_OK; i++)
        put_definition(x, x->encoder->types[i]);
}

// --- values ---

static size_t item_count(const gob_value *v) {
    switch (v->kind) {
    case GOB_STRUCT:
    case GOB_SLICE:
    case GOB_ARRAY:
    case GOB_INTERFACE:
        return v->list.count;
    case GOB_MAP:
        return 2 * v->list.count;
    default:
        return 0;
    }
}

// Gives numbers to the types of all that interfaces hold.
static void number_held_types(encoding *x, const gob_value *v, int depth) {
    bool has_parts = v->kind >= GOB_STRUCT && v->kind <= GOB_INTERFACE;
    int part_depth = depth + (v->kind != GOB_INTERFACE); // counted as the decoder does
    if (has_parts && part_depth > GOB_DEPTH_MAX) {
        fail(x, OC_ELIMIT);
        return;
    }
    size_t count = item_count(v);
    for (size_t i = 0; i < count && x->err == OC_OK; i++) {
        if (v->kind == GOB_INTERFACE)
            type_id(x, v->list.items[i].type);
        number_held_types(x, &v->list.items[i], part_depth);
    }
}

// What Go leaves out of a struct. Structs, arrays, maps and opaque values are sent whenever they are present.
static bool is_zero(const gob_value *v) {
    switch (v->kind) {
    case GOB_NIL:
        return true;
    case GOB_BOOL:
        return !v->boolean;
    case GOB_INT:
        return v->integer == 0;
    case GOB_UINT:
        return v->uinteger == 0;
    case GOB_FLOAT:
        return v->number == 0;
    case GOB_COMPLEX:
        return v->parts[0] == 0 && v->parts[1] == 0;
    case GOB_BYTES:
    case GOB_STRING:
        return v->text.len == 0;
    case GOB_SLICE:
        return v->list.count == 0;
    default:
        return false;
    }
}

static void put_value(encoding *x, const gob_type *type, const gob_value *v);

static size_t field_number(const gob_type *type, const char *name, size_t from) {
    size_t i = from;
    while (i < type->field_count && type->fields[i].name != name && strcmp(type->fields[i].name, name) != 0)
        i++;
    return i;
}

// True when the items stand in the order of the type's fields, as they mostly do.
static bool is_in_order(const gob_type *type, const gob_value *v) {
    size_t field = 0;
    for (size_t i = 0; i < v->list.count; i++, field++) {
        field = field_number(type, v->list.names[i], field);
        if (field == type->field_count)
            return false;
    }
    return true;
}

static void put_field(encoding *x, const gob_type *type, size_t field, size_t *sent, const gob_value *v) {
    if (is_zero(v))
        return;
    put_uint(x, field + 1 - *sent);
    *sent = field + 1;
    put_value(x, type->fields[field].type, v);
}

// Items in any order: OC_ETYPE for one that the type has not, and for one that comes twice.
static void put_unordered(encoding *x, const gob_type *type, const gob_value *v) {
    size_t found = 0, sent = 0;
    for (size_t field = 0; field < type->field_count; field++) {
        for (size_t i = 0; i < v->list.count; i++) {
            if (strcmp(v->list.names[i], type->fields[field].name) == 0) {
                put_field(x, type, field, &sent, &v->list.items[i]);
                found++;
                break;
            }
        }
    }
    if (found != v->list.count)
        fail(x, OC_ETYPE);
}

static void put_struct(encoding *x, const gob_type *type, const gob_value *v) {
    size_t field = 0, sent = 0;
    if (!is_in_order(type, v)) {
        put_unordered(x, type, v);
    } else {
        for (size_t i = 0; i < v->list.count; i++, field++) {
            field = field_number(type, v->list.names[i], field);
            put_field(x, type, field, &sent, &v->list.items[i]);
        }
    }
    put_uint(x, 0);
}

static void put_list(encoding *x, const gob_type *type, const gob_value *v) {
    size_t count = item_count(v);
    bool is_map = type->kind == GOB_MAP;
    if (type->kind == GOB_ARRAY && count != type->length)
        fail(x, OC_ETYPE);
    put_uint(x, v->list.count);
    for (size_t i = 0; i < count && x->err == OC_OK; i++)
        put_value(x, is_map && i % 2 == 0 ? type->key : type->elem, &v->list.items[i]);
}

// A zero byte stands before a value that is neither a field nor a struct.
static void put_single(encoding *x, const gob_type *type, const gob_value *v) {
    put_int(x, type_id(x, type));
    if (type->kind != GOB_STRUCT)
        put_uint(x, 0);
    put_value(x, type, v);
}

static void put_interface(encoding *x, const gob_value *v) {
    const gob_value *held = v->list.items;
    if (v->list.count != 1 || held->kind == GOB_INTERFACE || v->list.name == NULL ||
        v->list.name[0] == '\0' || strlen(v->list.name) > GOB_NAME_MAX_BYTES) {
        fail(x, OC_ETYPE);
        return;
    }
    put_text(x, bytes_str(v->list.name));
    put_int(x, type_id(x, held->type));
    size_t start = x->out->len;
    if (held->type->kind != GOB_STRUCT)
        put_uint(x, 0);
    put_value(x, held->type, held);
    put_length_at(x, start);
}

static void put_scalar(encoding *x, const gob_value *v) {
    switch (v->kind) {
    case GOB_BOOL:
        put_uint(x, v->boolean);
        break;
    case GOB_INT:
        put_int(x, v->integer);
        break;
    case GOB_UINT:
        put_uint(x, v->uinteger);
        break;
    case GOB_FLOAT:
        put_float(x, v->number);
        break;
    case GOB_COMPLEX:
        put_float(x, v->parts[0]);
        put_float(x, v->parts[1]);
        break;
    case GOB_BYTES:
    case GOB_STRING:
    case GOB_OPAQUE:
        put_text(x, v->text);
        break;
    default: // GOB_NIL: an interface without a name
        put_uint(x, 0);
        break;
    }
}

static void put_value(encoding *x, const gob_type *type, const gob_value *v) {
    bool is_nil = v->kind == GOB_NIL && type->kind == GOB_INTERFACE;
    if (v->kind != type->kind && !is_nil)
        fail(x, OC_ETYPE);
    if (x->err != OC_OK)
        return;
    switch (v->kind) {
    case GOB_STRUCT:
        put_struct(x, type, v);
        break;
    case GOB_SLICE:
    case GOB_ARRAY:
    case GOB_MAP:
        put_list(x, type, v);
        break;
    case GOB_INTERFACE:
        put_interface(x, v);
        break;
    default:
        put_scalar(x, v);
        break;
    }
}

oc_err gob_encode(gob_encoder *e, const gob_type *type, const gob_value *value, buf *out) {
    encoding x = {.encoder = e, .out = out};
    size_t out_before = out->len, types_before = e->count;
    if (type->kind == GOB_NIL || type->kind == GOB_INTERFACE)
        return OC_ETYPE;
    type_id(&x, type);
    number_held_types(&x, value, 0);
    put_definitions(&x, types_before);
    size_t start = out->len;
    put_single(&x, type, value);
    put_length_at(&x, start);
    if (x.err != OC_OK) {
        buf_truncate(out, out_before);
        gob_encoder_rewind(e, types_before);
    }
    return x.err;
}
