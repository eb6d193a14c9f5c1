// SPDX-License-Identifier: Apache-2.0
// Between the files of the translation; everybody else wants schema.h.
#ifndef OC_SCHEMA_CONVERT_H
#define OC_SCHEMA_CONVERT_H

#include "schema/schema.h"

// The table for what stands in an `any` under a name that Mattermost registers; NULL: none, or a basic type.
const gob_type *schema_registered_type(const char *name);
const char *schema_registered_name_at(size_t index); // NULL behind the last: for tests and tools

// "[a,b,…]" of the fields whose type is wanted (want NULL: of all), zero values in the places of absent ones.
typedef bool schema_want_fn(const gob_type *type);
oc_err schema_fields_to_json(const gob_type *fields, const gob_value *values, schema_want_fn *want, buf *json,
                             buf *tail) OC_MUST_CHECK;

// Where in the JSON we are, for error texts: a chain on the stack from the innermost place outwards.
typedef struct schema_place {
    const struct schema_place *up;
    const char *key; // NULL: index counts
    size_t index;
    int depth;
} schema_place;

typedef struct schema_reader {
    const char *call; // first word of an error text
    bytes tail;
    arena *memory;
    char *error_text;
    size_t error_size;
} schema_reader;

// Puts "CreatePost: params[0].message: sentence" into the error text and returns err.
oc_err schema_fail(schema_reader *r, const schema_place *at, oc_err err, const char *sentence) OC_MUST_CHECK;
oc_err schema_read_value(schema_reader *r, const schema_place *at, const gob_type *type, const cJSON *json,
                         gob_value *out) OC_MUST_CHECK;
// An interface that holds value under its registered name.
oc_err schema_wrap(schema_reader *r, const schema_place *at, const char *name, const gob_type *type,
                   const gob_value *value, gob_value *out) OC_MUST_CHECK;

#endif
