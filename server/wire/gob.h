// SPDX-License-Identifier: Apache-2.0
// gob, Go's self-describing encoding, in both directions. Pure: bytes in, values out; no I/O, no JSON, no
// knowledge of Mattermost's types. Source: plugin wire notes (docs/protocol.md), checked against recordings
// and Go's decoder.
#ifndef OC_WIRE_GOB_H
#define OC_WIRE_GOB_H

#include "base/arena.h"
#include "base/buf.h"

#include <stdbool.h>

typedef enum gob_kind {
    GOB_NIL, // a nil interface: no value
    GOB_BOOL,
    GOB_INT,
    GOB_UINT,
    GOB_FLOAT,
    GOB_BYTES,
    GOB_STRING,
    GOB_COMPLEX,
    GOB_STRUCT,
    GOB_SLICE,
    GOB_ARRAY,
    GOB_MAP,
    GOB_INTERFACE,
    GOB_OPAQUE, // GobEncoder, BinaryMarshaler, TextMarshaler: bytes that nobody looks into
} gob_kind;

// A type: static in a schema table, or built from a stream's definitions. Compared by address.
typedef struct gob_type gob_type;
typedef struct gob_field {
    const char *name;
    const gob_type *type;
} gob_field;
struct gob_type {
    gob_kind kind;
    const char *name;        // struct and opaque types; "" for unnamed ones
    const gob_field *fields; // STRUCT
    size_t field_count;
    const gob_type *elem;  // SLICE, ARRAY, MAP
    const gob_type *key;   // MAP
    size_t length;         // ARRAY
    int opaque_wire_field; // OPAQUE: 4 GobEncoder, 5 BinaryMarshaler, 6 TextMarshaler
};
// The built-in types (ids 1–8 on the wire).
extern const gob_type GOB_T_BOOL, GOB_T_INT, GOB_T_UINT, GOB_T_FLOAT, GOB_T_BYTES, GOB_T_STRING,
    GOB_T_COMPLEX, GOB_T_INTERFACE;

// A value. Trees live in one arena; text may point into the decoded input.
typedef struct gob_value gob_value;
struct gob_value {
    gob_kind kind;
    const gob_type *type; // of decoded values, and of the value inside an INTERFACE that is to be encoded
    union {
        bool boolean;
        int64_t integer;
        uint64_t uinteger;
        double number;
        double parts[2]; // COMPLEX
        bytes text;      // BYTES, STRING, OPAQUE
        struct {
            const char *name;   // INTERFACE: the registered name of what is inside
            const char **names; // STRUCT: names[i] belongs to items[i]; only fields that are present
            gob_value *items; // STRUCT fields; SLICE, ARRAY elements; MAP key, value, key…; INTERFACE: one
            size_t count;     // fields, elements, pairs; 1 for INTERFACE
        } list;
    };
};

// The field of a struct value, or NULL when it is absent (which on the wire means zero) or v is no struct.
const gob_value *gob_get(const gob_value *v, const char *field);

enum {
    GOB_MESSAGE_MAX_BYTES = 128 << 20, // files travel in one message; Go's own limit is 1 GiB
    GOB_DEPTH_MAX = 64,                // nesting of values and of types
    GOB_TYPES_MAX = 4096,              // definitions on one stream and direction
    GOB_NAME_MAX_BYTES = 1024,         // type, field and registered names
};

// --- decoding: one decoder for each stream and direction, since definitions are sent once on each ---
typedef struct gob_decoder gob_decoder;
gob_decoder *gob_decoder_create(void);
void gob_decoder_destroy(gob_decoder *d); // NULL-safe; types of decoded values end with it

// Decodes the value at the front of in, with the definitions before and inside it (a value may be cut into
// several messages by them). OC_OK: *out is the value and *used_bytes what it took. OC_EAGAIN: not all there
// yet, nothing is used: call again with the same bytes and more behind them (too little more costs next to
// nothing). OC_EMALFORMED, OC_ELIMIT, OC_ENOMEM: *used_bytes > 0 when the stream can go on behind this value
// (it is too deep or too big for the arena), 0 when it cannot be trusted any more. error_text (static, may be
// NULL) gets a sentence for people. Whatever the result, the arena may hold leftovers: reset it between
// calls.
oc_err gob_decode(gob_decoder *d, bytes in, size_t *used_bytes, arena *a, gob_value *out,
                  const char **error_text) OC_MUST_CHECK;

// --- encoding: one encoder for each stream and direction ---
typedef struct gob_encoder gob_encoder;
gob_encoder *gob_encoder_create(void);
void gob_encoder_destroy(gob_encoder *e); // NULL-safe

// Appends the definitions that this stream has not seen yet and then the value, as messages. Items of a
// struct may stand in any order (the type's is fastest); those that are zero are left out as Go does. All
// definitions go before the value, so it is never cut. type is known again by its address and must live as
// long as the encoder. OC_ETYPE when value and type disagree; OC_ELIMIT, OC_ENOMEM. On an error out is as
// before and the encoder has not counted the definitions as sent.
oc_err gob_encode(gob_encoder *e, const gob_type *type, const gob_value *value, buf *out) OC_MUST_CHECK;

// For who writes several values or none: forgets the definitions that were sent since the mark. The caller
// takes back the bytes.
size_t gob_encoder_mark(const gob_encoder *e);
void gob_encoder_rewind(gob_encoder *e, size_t mark);

#endif
