// SPDX-License-Identifier: Apache-2.0
// JSON-RPC 2.0 envelopes: text → meaning and back. Pure. A batch array is not used on the link and is malformed.
#ifndef OC_LINK_RPC_H
#define OC_LINK_RPC_H

#include "base/json.h"

enum { RPC_METHOD_MAX_BYTES = 128 };

typedef enum rpc_kind {
    RPC_CALL,         // id, method, params
    RPC_NOTIFICATION, // method, params
    RPC_RESULT,       // id, result
    RPC_ERROR,        // id, error
} rpc_kind;

typedef struct rpc_envelope { // owns root; the rest points into it
    cJSON *root;
    rpc_kind kind;
    uint64_t id;        // 1 … 2^53
    const char *method; // of calls and notifications
    const cJSON *value; // params (array or object, NULL when absent) or result
    const cJSON *error; // an object with "code" and "message"
} rpc_envelope;

// OC_EMALFORMED when the text is no JSON or no JSON-RPC as above; *out then owns nothing.
oc_err rpc_parse(bytes text, rpc_envelope *out) OC_MUST_CHECK;
void rpc_free(rpc_envelope *e); // safe for zeroed structs

// Append an envelope. id 0: a notification. params_json is an array's or object's text ("" leaves it out), method a
// plain name without characters that JSON escapes. OC_ELIMIT, OC_ENOMEM as of the buffer.
oc_err rpc_put_call(buf *out, uint64_t id, const char *method, bytes params_json) OC_MUST_CHECK;
oc_err rpc_put_result(buf *out, uint64_t id, bytes result_json) OC_MUST_CHECK; // "" means null
oc_err rpc_put_error(buf *out, uint64_t id, int code, const char *message, const cJSON *data) OC_MUST_CHECK;

// An error object as a local failure makes it, for those who wait for an answer. The caller frees it.
cJSON *rpc_new_error(int code, const char *message, const cJSON *data);

#endif
