// SPDX-License-Identifier: Apache-2.0
// net/rpc over one yamux stream: a server (hooks, control) or a client (API, response writer). Nothing blocks;
// requests may be answered later and in any order, answers find their call by its sequence number.
#ifndef OC_RPC_STREAM_H
#define OC_RPC_STREAM_H

#include "wire/netrpc.h"
#include "wire/yamux.h"

// Scratch memory that all streams of a session share: one message is read or written at a time.
typedef struct rpc_memory {
    arena reading;
    buf wire;
} rpc_memory;
void rpc_memory_init(rpc_memory *m);
void rpc_memory_free(rpc_memory *m);

enum { RPC_CALLS_MAX = 4096 }; // unanswered calls of one client

typedef struct rpc_stream rpc_stream;

// Takes what the stream holds already. For one that was handed over with bytes in it; later ones are taken as they come.
void rpc_read(rpc_stream *r);

// The stream is gone, or not usable any more: why is NULL when it just ended. r is freed afterwards.
typedef void rpc_closed_fn(void *ctx, const char *why);

// --- server ---
// A request; everything in it is borrowed for the call. To be answered once, now or later.
typedef void rpc_request_fn(void *ctx, rpc_stream *r, const netrpc_message *request);
rpc_stream *rpc_serve(yamux_stream *s, rpc_memory *m, rpc_request_fn *request, rpc_closed_fn *closed,
                      void *ctx);
// error NULL: success with value of type (both NULL: an empty struct). What cannot be encoded is answered with an error.
void rpc_reply(rpc_stream *r, bytes method, uint64_t seq, const char *error, const gob_type *type,
               const gob_value *value);

// --- client ---
typedef struct rpc_answer {
    oc_err err;  // OC_EREMOTE: the host's error; OC_ECLOSED: the stream ended; else the body did not decode
    bytes error; // a sentence, when err is set
    const gob_value *body; // when err is OC_OK; borrowed for the call
} rpc_answer;
typedef void rpc_answer_fn(void *ctx, const rpc_answer *answer);
rpc_stream *rpc_connect(yamux_stream *s, rpc_memory *m, rpc_closed_fn *closed, void *ctx);
// The answer comes exactly once, never from inside, unless this returns an error or the stream is ended by rpc_end.
// type NULL: an empty struct. OC_EBUSY: too many calls are open, or unsent. OC_ETYPE, OC_ELIMIT: it cannot be encoded.
oc_err rpc_call(rpc_stream *r, const char *method, const gob_type *type, const gob_value *value,
                rpc_answer_fn *fn, void *ctx) OC_MUST_CHECK;
size_t rpc_open_calls(const rpc_stream *r);

// We are done: FIN behind what is queued, nobody is told of anything any more, r is gone for the caller. NULL-safe.
void rpc_end(rpc_stream *r);

#endif
