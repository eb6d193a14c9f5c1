// SPDX-License-Identifier: Apache-2.0
// Go's net/rpc with gob: a header value and a body value for each request and each response. Pure codec for
// one stream; who waits for which answer is the session's business. Source: plugin-rpc notes (d).
#ifndef OC_WIRE_NETRPC_H
#define OC_WIRE_NETRPC_H

#include "wire/gob.h"

// What came: a request (error is empty and has no meaning) or a response (method is an echo and has no
// meaning).
typedef struct netrpc_message {
    bytes method; // "Plugin.MessageHasBeenPosted"; borrowed from input
    uint64_t seq;
    bytes error;            // of a response: "" is success; borrowed from input
    gob_value body;         // nil when body_err is set
    oc_err body_err;        // the body did not decode, but the stream goes on
    const char *body_error; // why, static
} netrpc_message;

// One direction of a stream, reading. is_client: reads responses, else requests.
typedef struct netrpc_reader netrpc_reader;
netrpc_reader *netrpc_reader_create(bool is_client);
void netrpc_reader_destroy(netrpc_reader *r);
// The next message at the front of in; results as gob_decode. An error here means: end the stream.
oc_err netrpc_read(netrpc_reader *r, bytes in, size_t *used_bytes, arena *a,
                   netrpc_message *out) OC_MUST_CHECK;

// One direction of a stream, writing.
typedef struct netrpc_writer netrpc_writer;
netrpc_writer *netrpc_writer_create(void);
void netrpc_writer_destroy(netrpc_writer *w);
// Appends one request or response to out. error "" or NULL is success; with an error the body is an empty
// struct and type and body may be NULL. type NULL without an error also means an empty struct.
oc_err netrpc_write_request(netrpc_writer *w, const char *method, uint64_t seq, const gob_type *type,
                            const gob_value *body, buf *out) OC_MUST_CHECK;
oc_err netrpc_write_response(netrpc_writer *w, bytes method, uint64_t seq, const char *error,
                             const gob_type *type, const gob_value *body, buf *out) OC_MUST_CHECK;

#endif
