// SPDX-License-Identifier: Apache-2.0
// Inside the gob decoder: a cursor over the messages of one value, and the types that a stream has defined.
// Errors stick: after the first one every read answers zero, so that callers need to look only where they
// loop.
#ifndef OC_WIRE_GOB_CURSOR_H
#define OC_WIRE_GOB_CURSOR_H

#include "wire/gob.h"

typedef struct gob_types gob_types;
typedef struct gob_cursor {
    const uint8_t *start, *input_end; // all that the caller has
    const uint8_t *at, *end;          // the message that is read now
    size_t need_bytes;                // with OC_EAGAIN: it makes no sense to try again with less
    size_t messages;
    gob_types *types;
    oc_err err;
    const char *text; // why
} gob_cursor;

void gob_fail(gob_cursor *c, oc_err err, const char *text);
// Steps over to the message behind the present one. OC_EAGAIN unless all of it is there.
void gob_next_message(gob_cursor *c);
uint64_t gob_read_uint(gob_cursor *c);
int64_t gob_read_int(gob_cursor *c);
double gob_read_float(gob_cursor *c);
bytes gob_read_text(gob_cursor *c); // a length and as many bytes; borrowed
// The number of the next field that is present in a struct of field_count fields, which starts with *field ==
// 0 and counts from 1. False at the struct's end.
bool gob_read_field(gob_cursor *c, size_t field_count, size_t *field);

gob_types *gob_types_create(void);
void gob_types_destroy(gob_types *types);
// Reads the wireType that defines a type; its id stood before it, negated.
void gob_read_definition(gob_cursor *c, int64_t negative_id);
// The type of a value, which must be defined by now; NULL and an error otherwise.
const gob_type *gob_type_of_value(gob_cursor *c, int64_t id);

#endif
