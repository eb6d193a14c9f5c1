// SPDX-License-Identifier: Apache-2.0
// The tables of Mattermost's hooks, API calls and model structs, and the translation gob ⇄ JSON that they drive.
// Adding a call is adding rows. JSON is what Mattermost's REST API would say (field names as there); arguments
// are an array in Go's order. Zero fields are left out in both worlds. Bytes ride in the link message's tail:
// {"$tail":[offset,length]}. Source: plugin-rpc notes (f), (g), (h) and the Go module.
#ifndef OC_SCHEMA_SCHEMA_H
#define OC_SCHEMA_SCHEMA_H

#include "wire/gob.h"

#include <cJSON.h>

enum { SCHEMA_PARAMS_MAX = 5 };

// One hook or API call: types of arguments and replies in Go's order.
typedef struct schema_call {
    const char *name;      // "MessageHasBeenPosted", "CreatePost"
    const gob_type *args;  // the struct that goes over the wire: fields A, B, C… or the call's own names
    const gob_type *reply; // likewise
} schema_call;

const schema_call *schema_hook(const char *name); // NULL when unknown
const schema_call *schema_api(const char *name);
const schema_call *schema_hook_at(size_t index); // NULL behind the last: for tests and tools
const schema_call *schema_api_at(size_t index);

// gob → JSON. Appends "[a,b,…]" (all arguments) to json and byte strings to tail. Unknown incoming fields are skipped;
// an absent argument is "", 0, false, [], {} or null by its type. On an error both buffers are as before: OC_ETYPE
// when a value is of another kind than the table says, OC_EMALFORMED for JSON text that is none, OC_ELIMIT, OC_ENOMEM.
oc_err schema_args_to_json(const schema_call *call, const gob_value *args, buf *json,
                           buf *tail) OC_MUST_CHECK;
// One reply: its value; several: an array; none: null. An AppError or error that is set goes to *error instead as
// {"code":…,"message":…,"data":{AppError}} (caller frees; NULL when the call succeeded).
oc_err schema_reply_to_json(const schema_call *call, const gob_value *reply, buf *json, buf *tail,
                            cJSON **error) OC_MUST_CHECK;

// JSON → gob. params is the array of arguments (fewer: the rest is zero), tail the bytes that {"$tail":…} points into.
// Both are borrowed: they must live as long as the value. Bytes may also come as a string. In an `any` numbers become
// float64, objects map[string]interface {}, arrays []interface {}, as in Go. Unknown fields are an error.
// OC_ETYPE or OC_ELIMIT with a sentence in error_text (a buffer of the caller's, may be NULL) that names the place.
oc_err schema_args_from_json(const schema_call *call, const cJSON *params, bytes tail, arena *a,
                             gob_value *out, char *error_text, size_t error_size) OC_MUST_CHECK;
// result as schema_reply_to_json makes it; error (may be NULL) is put into the reply's AppError or error; OC_ETYPE when
// the call has neither. Values borrow strings from result and tail.
oc_err schema_reply_from_json(const schema_call *call, const cJSON *result, const cJSON *error, bytes tail,
                              arena *a, gob_value *out, char *error_text, size_t error_size) OC_MUST_CHECK;

// One value of a type: a part of an argument list, or what goes over a stream of its own (writer.h). value NULL means
// the type's zero. what is the first word of an error text.
oc_err schema_value_to_json(const gob_type *type, const gob_value *value, buf *json, buf *tail) OC_MUST_CHECK;
oc_err schema_value_from_json(const gob_type *type, const char *what, const cJSON *json, bytes tail, arena *a,
                              gob_value *out, char *error_text, size_t error_size) OC_MUST_CHECK;

#endif
