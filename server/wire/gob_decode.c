// SPDX-License-Identifier: Apache-2.0
// Values. Two ways through a value share the walk over its parts: building the tree (recursion, bounded
// depth), and skipping what is beyond a limit (a stack of its own: users nest as they like, and the stream
// must go on behind).
#include "wire/gob_cursor.h"

#include "base/mem.h"

#include <stdlib.h>

enum {
    SKIP_DEPTH_MAX = 1 << 16, // Go's JSON decoder, which users' props go through, nests 10,000 deep
    STACK_FIRST = 64,
    STACK_SPARE = 512, // kept between values
};

// A part of a list whose end is not known yet.
typedef struct part {
    const char *name; // of a struct's field
    gob_value value;
} part;

// A way through the parts of one value.
typedef struct walk {
    const gob_type *type;
    bool is_open;  // the count or the interface's head was read
    size_t field;  // STRUCT: number of the present field, from 1
    uint64_t left; // SLICE, ARRAY, MAP: values still to come
    bytes name;    // INTERFACE
} walk;

struct gob_decoder {
    gob_types *types;
    size_t taken_bytes; // definitions at the front of the input that are in types already
    size_t need_bytes;  // less input than this was too little before
    part *parts;        // of all lists that are open now, one behind the other
    size_t part_count, part_cap;
    walk *skips;
    size_t skip_count, skip_cap;
};

// What one call of gob_decode knows.
typedef struct decoding {
    gob_cursor cursor;
    gob_decoder *decoder;
    arena *memory;
    oc_err limit_err; // a limit was met: the rest is skipped
    const char *limit_text;
} decoding;

gob_decoder *gob_decoder_create(void) {
    gob_decoder *d = xcalloc(1, sizeof *d);
    d->types = gob_types_create();
    return d;
}

void gob_decoder_destroy(gob_decoder *d) {
    if (d == NULL)
        return;
    gob_types_destroy(d->types);
    free(d->parts);
    free(d->skips);
    free(d);
}

static void meet_limit(decoding *x, oc_err err, const char *text) {
    if (x->limit_err != OC_OK)
        return;
    x->limit_err = err;
    x->limit_text = text;
}

// The type id stands before the value, and a zero byte unless it is a struct.
static const gob_type *read_value_head(gob_cursor *c, int64_t id) {
    const gob_type *type = gob_type_of_value(c, id);
    if (type != NULL && type->kind != GOB_STRUCT && gob_read_uint(c) != 0)
        gob_fail(c, OC_EMALFORMED, "no zero byte stands before a value");
    return c->err == OC_OK ? type : NULL;
}

// An interface's head: name, definitions that the stream has not had yet, type id, byte count. A definition
// ends the message, and the value goes on in the next one; but within another interface the rest follows with
// a count of its own. NULL for nil and on error.
static const gob_type *read_interface_head(gob_cursor *c, bytes *name) {
    *name = gob_read_text(c);
    if (name->len == 0)
        return NULL;
    if (name->len > GOB_NAME_MAX_BYTES || memchr(name->data, 0, name->len) != NULL)
        gob_fail(c, OC_EMALFORMED, "the name of an interface's type is not allowed");
    int64_t id = -1;
    while (c->err == OC_OK && id < 0) {
        if (c->at == c->end)
            gob_next_message(c);
        if (c->messages > GOB_TYPES_MAX)
            gob_fail(c, OC_ELIMIT, "a value is cut into too many messages");
        id = gob_read_int(c);
        if (id >= 0)
            break;
        gob_read_definition(c, id);
        if (c->at < c->end)
            gob_read_uint(c);
    }
    if (gob_read_uint(c) > (size_t)(c->end - c->at))
        gob_fail(c, OC_EMALFORMED, "an interface's value is longer than its message");
    const gob_type *type = read_value_head(c, id);
    if (type != NULL && type->kind == GOB_INTERFACE)
        gob_fail(c, OC_EMALFORMED, "an interface holds an interface");
    return c->err == OC_OK ? type : NULL;
}

static uint64_t read_count(gob_cursor *c, const gob_type *type) {
    uint64_t count = gob_read_uint(c);
    if (type->kind == GOB_ARRAY && count != type->length)
        gob_fail(c, OC_EMALFORMED, "an array has another length than its type");
    if (type->kind == GOB_MAP && count > UINT64_MAX / 2)
        gob_fail(c, OC_EMALFORMED, "a map has too many entries");
    return type->kind == GOB_MAP ? 2 * count : count;
}

// The type of the next part, whose value stands at the cursor; NULL behind the last and on error. Counts are
// not trusted and nothing is allocated by them: each part takes at least a byte of input.
static const gob_type *next_part(gob_cursor *c, walk *w) {
    const gob_type *type = w->type;
    if (type->kind == GOB_STRUCT)
        return gob_read_field(c, type->field_count, &w->field) ? type->fields[w->field - 1].type : NULL;
    bool is_first = !w->is_open;
    w->is_open = true;
    if (type->kind == GOB_INTERFACE)
        return is_first ? read_interface_head(c, &w->name) : NULL;
    if (is_first)
        w->left = read_count(c, type);
    if (w->left == 0 || c->err != OC_OK)
        return NULL;
    w->left--;
    return type->kind == GOB_MAP && w->left % 2 == 1 ? type->key : type->elem;
}

// True when the value has parts, which are still to be read.
static bool read_scalar(gob_cursor *c, const gob_type *type, gob_value *out) {
    *out = (gob_value){.kind = type->kind, .type = type};
    switch (type->kind) {
    case GOB_BOOL:
        out->boolean = gob_read_uint(c) != 0;
        return false;
    case GOB_INT:
        out->integer = gob_read_int(c);
        return false;
    case GOB_UINT:
        out->uinteger = gob_read_uint(c);
        return false;
    case GOB_FLOAT:
        out->number = gob_read_float(c);
        return false;
    case GOB_COMPLEX:
        out->parts[0] = gob_read_float(c);
        out->parts[1] = gob_read_float(c);
        return false;
    case GOB_BYTES:
    case GOB_STRING:
    case GOB_OPAQUE:
        out->text = gob_read_text(c);
        return false;
    case GOB_NIL:
        gob_fail(c, OC_EMALFORMED, "a value is of a type that was not defined");
        return false;
    default:
        return true;
    }
}

static void push_skip(decoding *x, const gob_type *type) {
    gob_decoder *d = x->decoder;
    if (d->skip_count == SKIP_DEPTH_MAX) {
        gob_fail(&x->cursor, OC_ELIMIT, "a value is nested far too deep");
        return;
    }
    if (d->skip_count == d->skip_cap) {
        size_t cap = d->skip_cap > 0 ? 2 * d->skip_cap : STACK_FIRST;
        walk *skips = realloc(d->skips, cap * sizeof *skips);
        if (skips == NULL) {
            gob_fail(&x->cursor, OC_ENOMEM, "no memory to skip a value");
            return;
        }
        d->skips = skips;
        d->skip_cap = cap;
    }
    d->skips[d->skip_count++] = (walk){.type = type};
}

// Reads a value and forgets it. Definitions inside it are kept.
static void skip_value(decoding *x, const gob_type *type) {
    gob_decoder *d = x->decoder;
    gob_value scalar;
    push_skip(x, type);
    while (d->skip_count > 0 && x->cursor.err == OC_OK) {
        const gob_type *next = next_part(&x->cursor, &d->skips[d->skip_count - 1]);
        if (next == NULL)
            d->skip_count--;
        else if (read_scalar(&x->cursor, next, &scalar))
            push_skip(x, next);
    }
}

static void push_part(decoding *x, const char *name, const gob_value *value) {
    gob_decoder *d = x->decoder;
    if (x->limit_err != OC_OK)
        return;
    if (d->part_count == d->part_cap) {
        size_t cap = d->part_cap > 0 ? 2 * d->part_cap : STACK_FIRST;
        bool is_allowed = cap <= STACK_FIRST || cap / 2 <= x->memory->max_bytes / sizeof *d->parts;
        part *parts = is_allowed ? realloc(d->parts, cap * sizeof *parts) : NULL;
        if (parts == NULL) {
            meet_limit(x, is_allowed ? OC_ENOMEM : OC_ELIMIT, "a value is too big");
            return;
        }
        d->parts = parts;
        d->part_cap = cap;
    }
    d->parts[d->part_count++] = (part){.name = name, .value = *value};
}

// Moves the parts from first on into the arena, where they become the list of out.
static void take_parts(decoding *x, size_t first, gob_value *out) {
    size_t count = x->decoder->part_count - first;
    x->decoder->part_count = first;
    if (count == 0 || x->limit_err != OC_OK)
        return;
    const part *parts = x->decoder->parts + first;
    bool is_struct = out->kind == GOB_STRUCT;
    gob_value *items = arena_array(x->memory, count, sizeof *items);
    const char **names = is_struct ? arena_array(x->memory, count, sizeof *names) : NULL;
    if (items == NULL || (is_struct && names == NULL)) {
        meet_limit(x, OC_ELIMIT, "a value is too big");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = parts[i].value;
        if (is_struct)
            names[i] = parts[i].name;
    }
    out->list.items = items;
    out->list.names = names;
    out->list.count = out->kind == GOB_MAP ? count / 2 : count;
}

static void finish_interface(decoding *x, const walk *w, gob_value *out) {
    if (w->name.len == 0) {
        out->kind = GOB_NIL;
        return;
    }
    out->list.name = arena_strndup(x->memory, w->name.data, w->name.len);
    if (out->list.name == NULL)
        meet_limit(x, OC_ELIMIT, "a value is too big");
}

static void build_value(decoding *x, const gob_type *type, int depth, gob_value *out) {
    gob_cursor *c = &x->cursor;
    if (!read_scalar(c, type, out))
        return;
    // What an interface holds is as deep as itself.
    int part_depth = depth + (type->kind != GOB_INTERFACE);
    if (part_depth > GOB_DEPTH_MAX)
        meet_limit(x, OC_ELIMIT, "a value is nested too deep");
    if (x->limit_err != OC_OK) {
        skip_value(x, type);
        return;
    }
    walk w = {.type = type};
    size_t first = x->decoder->part_count;
    for (const gob_type *next = next_part(c, &w); next != NULL; next = next_part(c, &w)) {
        gob_value value;
        build_value(x, next, part_depth, &value);
        push_part(x, type->kind == GOB_STRUCT ? type->fields[w.field - 1].name : NULL, &value);
    }
    take_parts(x, first, out);
    if (type->kind == GOB_INTERFACE)
        finish_interface(x, &w, out);
}

// The definitions before a value; then the cursor stands in the value's message, behind its id.
static int64_t read_definitions(gob_cursor *c, gob_decoder *d) {
    for (;;) {
        gob_next_message(c);
        int64_t id = c->err == OC_OK ? gob_read_int(c) : 0;
        if (c->err != OC_OK || id >= 0)
            return id;
        gob_read_definition(c, id);
        if (c->at < c->end)
            gob_fail(c, OC_EMALFORMED, "bytes follow a definition");
        if (c->err != OC_OK)
            return 0;
        d->taken_bytes = (size_t)(c->end - c->start);
    }
}

static void end_attempt(gob_decoder *d, const gob_cursor *c) {
    bool again = c->err == OC_EAGAIN;
    d->need_bytes = again ? c->need_bytes : 0;
    d->taken_bytes = again ? d->taken_bytes : 0;
    d->part_count = 0;
    d->skip_count = 0;
    if (d->part_cap > STACK_SPARE) {
        free(d->parts);
        d->parts = NULL;
        d->part_cap = 0;
    }
    if (d->skip_cap > STACK_SPARE) {
        free(d->skips);
        d->skips = NULL;
        d->skip_cap = 0;
    }
}

oc_err gob_decode(gob_decoder *d, bytes in, size_t *used_bytes, arena *a, gob_value *out,
                  const char **error_text) {
    *used_bytes = 0;
    *out = (gob_value){.kind = GOB_NIL};
    if (error_text != NULL)
        *error_text = NULL;
    if (in.len == 0 || in.len < d->need_bytes)
        return OC_EAGAIN;
    const uint8_t *from = in.data + d->taken_bytes;
    decoding x = {.decoder = d, .memory = a};
    gob_cursor *c = &x.cursor;
    *c = (gob_cursor){
        .start = in.data, .input_end = in.data + in.len, .at = from, .end = from, .types = d->types};

    int64_t id = read_definitions(c, d);
    c->messages = 0;
    const gob_type *type = c->err == OC_OK ? read_value_head(c, id) : NULL;
    if (type != NULL)
        build_value(&x, type, 0, out);
    bool is_behind = c->err == OC_OK; // in step with the stream, whatever became of the value
    if (is_behind && x.limit_err != OC_OK)
        gob_fail(c, x.limit_err, x.limit_text);
    if (c->err == OC_OK && c->at < c->end)
        gob_fail(c, OC_EMALFORMED, "bytes follow a value");
    if (is_behind)
        *used_bytes = (size_t)(c->end - in.data);
    if (c->err != OC_OK)
        *out = (gob_value){.kind = GOB_NIL};
    if (error_text != NULL)
        *error_text = c->text;
    end_attempt(d, c);
    return c->err;
}
