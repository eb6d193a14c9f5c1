// SPDX-License-Identifier: Apache-2.0
#include "rpc_stream.h"

#include "base/mem.h"

#include <stdlib.h>
#include <uthash.h>

enum {
    // A message in many pieces is gathered outside of the stream's window from here on, or the peer could not go on.
    GATHER_FROM_BYTES = YAMUX_WINDOW_BYTES / 4,
    READING_MAX_BYTES = 64 << 20, // tree of one message
    UNSENT_MAX_BYTES = 16 << 20,  // no further calls while so much waits for a peer that does not read
    KEEP_BYTES = 256 << 10,       // larger buffers are given back after use
};

typedef struct open_call {
    uint64_t seq;
    rpc_answer_fn *fn;
    void *ctx;
    UT_hash_handle hh;
} open_call;

struct rpc_stream {
    yamux_stream *stream; // NULL once it is over
    rpc_memory *memory;
    netrpc_reader *reader;
    netrpc_writer *writer;
    buf gathered; // front of a large message
    rpc_request_fn *request;
    rpc_closed_fn *closed; // NULL after rpc_end
    void *ctx;
    open_call *calls; // by seq
    uint64_t next_seq;
    bool broken;     // what comes cannot be trusted any more
    const char *why; // it broke
};

void rpc_memory_init(rpc_memory *m) {
    arena_init(&m->reading, READING_MAX_BYTES);
    buf_init(&m->wire, YAMUX_SEND_MAX_BYTES);
}

void rpc_memory_free(rpc_memory *m) {
    arena_free(&m->reading);
    buf_free(&m->wire);
}

static void forget_calls(rpc_stream *r) {
    open_call *c = NULL, *next = NULL;
    HASH_ITER (hh, r->calls, c, next) {
        HASH_DEL(r->calls, c);
        free(c);
    }
}

static void fail_calls(rpc_stream *r) {
    static const char gone[] = "the connection to the Mattermost server has ended";
    const rpc_answer answer = {.err = OC_ECLOSED, .error = bytes_of(gone, sizeof gone - 1)};
    while (r->calls != NULL) {
        open_call c = *r->calls;
        open_call *first = r->calls;
        HASH_DEL(r->calls, first);
        free(first);
        c.fn(c.ctx, &answer);
    }
}

static void destroy(rpc_stream *r) {
    netrpc_reader_destroy(r->reader);
    netrpc_writer_destroy(r->writer);
    buf_free(&r->gathered);
    free(r);
}

static void on_closed(void *ctx, yamux_stream *s) {
    rpc_stream *r = ctx;
    (void)s;
    r->stream = NULL;
    fail_calls(r);
    if (r->closed != NULL)
        r->closed(r->ctx, r->why);
    destroy(r);
}

static void take_answer(rpc_stream *r, const netrpc_message *m) {
    open_call *c = NULL;
    HASH_FIND(hh, r->calls, &m->seq, sizeof m->seq, c);
    if (c == NULL)
        return; // an answer that nobody waits for: net/rpc's own client ignores it too
    rpc_answer answer = {.err = OC_OK, .body = &m->body};
    if (m->error.len > 0)
        answer = (rpc_answer){.err = OC_EREMOTE, .error = m->error};
    else if (m->body_err != OC_OK)
        answer = (rpc_answer){.err = m->body_err, .error = bytes_str(m->body_error)};
    HASH_DEL(r->calls, c);
    c->fn(c->ctx, &answer);
    free(c);
}

static void take_message(rpc_stream *r, const netrpc_message *m) {
    if (r->request == NULL)
        take_answer(r, m);
    else if (m->body_err != OC_OK)
        rpc_reply(r, m->method, m->seq, m->body_error != NULL ? m->body_error : oc_err_text(m->body_err),
                  NULL, NULL);
    else
        r->request(r->ctx, r, m);
}

static void break_down(rpc_stream *r, const char *why) {
    r->broken = true;
    r->why = why;
    yamux_reset(r->stream);
}

static void consume(rpc_stream *r, bool from_gathered, size_t len) {
    if (!from_gathered) {
        yamux_consume(r->stream, len);
        return;
    }
    buf_consume(&r->gathered, len);
    if (r->gathered.len == 0 && r->gathered.cap > KEEP_BYTES)
        buf_free(&r->gathered);
}

// Moves what came behind the part that has been gathered.
static bool gather(rpc_stream *r) {
    bytes in = yamux_received(r->stream);
    if (buf_append(&r->gathered, in.data, in.len) != OC_OK)
        return false;
    yamux_consume(r->stream, in.len);
    return true;
}

// One message, or OC_EAGAIN when there is none.
static oc_err read_one(rpc_stream *r) {
    bool gathered = r->gathered.len > 0;
    if (gathered && !gather(r))
        return OC_ELIMIT;
    bytes in = gathered ? buf_bytes(&r->gathered) : yamux_received(r->stream);
    if (in.len == 0)
        return OC_EAGAIN;
    netrpc_message m;
    size_t used = 0;
    oc_err err = netrpc_read(r->reader, in, &used, &r->memory->reading, &m);
    if (err == OC_OK) {
        take_message(r, &m);
        consume(r, gathered, used);
    } else if (err == OC_EAGAIN && !gathered && in.len >= GATHER_FROM_BYTES && !gather(r)) {
        err = OC_ELIMIT;
    }
    arena_reset(&r->memory->reading);
    return err;
}

static void on_readable(void *ctx, yamux_stream *s) {
    rpc_stream *r = ctx;
    oc_err err = OC_OK;
    while (err == OC_OK && !r->broken)
        err = read_one(r);
    if (r->broken)
        return;
    if (err != OC_EAGAIN)
        break_down(r, oc_err_text(err));
    if (err == OC_EAGAIN && yamux_ended(s)) {
        // What is left is half a message.
        yamux_discard(s);
        yamux_finish(s);
    }
}

void rpc_read(rpc_stream *r) {
    on_readable(r, r->stream);
}

static const yamux_handlers HANDLERS = {.readable = on_readable, .closed = on_closed};

static rpc_stream *create(yamux_stream *s, rpc_memory *m, rpc_closed_fn *closed, void *ctx,
                          rpc_request_fn *request) {
    rpc_stream *r = xcalloc(1, sizeof *r);
    r->stream = s;
    r->memory = m;
    r->reader = netrpc_reader_create(request == NULL);
    r->writer = netrpc_writer_create();
    r->request = request;
    r->closed = closed;
    r->ctx = ctx;
    buf_init(&r->gathered, GOB_MESSAGE_MAX_BYTES + YAMUX_WINDOW_BYTES);
    yamux_handle(s, &HANDLERS, r);
    return r;
}

rpc_stream *rpc_serve(yamux_stream *s, rpc_memory *m, rpc_request_fn *request, rpc_closed_fn *closed,
                      void *ctx) {
    return create(s, m, closed, ctx, request);
}

rpc_stream *rpc_connect(yamux_stream *s, rpc_memory *m, rpc_closed_fn *closed, void *ctx) {
    return create(s, m, closed, ctx, NULL);
}

// Sends what has been encoded into the shared buffer.
static oc_err send_wire(rpc_stream *r) {
    buf *wire = &r->memory->wire;
    oc_err err = yamux_send(r->stream, buf_bytes(wire));
    buf_clear(wire);
    if (wire->cap > KEEP_BYTES)
        buf_free(wire);
    return err;
}

void rpc_reply(rpc_stream *r, bytes method, uint64_t seq, const char *error, const gob_type *type,
               const gob_value *value) {
    if (r->stream == NULL || r->broken)
        return;
    buf *wire = &r->memory->wire;
    oc_err err = netrpc_write_response(r->writer, method, seq, error, type, value, wire);
    if (err != OC_OK)
        err = netrpc_write_response(r->writer, method, seq, oc_err_text(err), NULL, NULL, wire);
    if (err == OC_OK)
        err = send_wire(r);
    // The peer has ended the stream, or lets answers pile up without reading them.
    if (err != OC_OK && err != OC_ECLOSED)
        break_down(r, oc_err_text(err));
}

oc_err rpc_call(rpc_stream *r, const char *method, const gob_type *type, const gob_value *value,
                rpc_answer_fn *fn, void *ctx) {
    if (r->stream == NULL || r->broken)
        return OC_ECLOSED;
    if (HASH_COUNT(r->calls) >= RPC_CALLS_MAX || yamux_unsent_bytes(r->stream) >= UNSENT_MAX_BYTES)
        return OC_EBUSY;
    uint64_t seq = r->next_seq;
    oc_err err = netrpc_write_request(r->writer, method, seq, type, value, &r->memory->wire);
    if (err != OC_OK)
        return err;
    err = send_wire(r);
    if (err == OC_ELIMIT) {
        // The definitions in it count as sent, but are not: this stream's encoder is of no more use.
        break_down(r, "the server does not read what we send");
    }
    if (err != OC_OK)
        return err;
    open_call *c = xcalloc(1, sizeof *c);
    *c = (open_call){.seq = seq, .fn = fn, .ctx = ctx};
    HASH_ADD(hh, r->calls, seq, sizeof c->seq, c);
    r->next_seq++;
    return OC_OK;
}

size_t rpc_open_calls(const rpc_stream *r) {
    return HASH_COUNT(r->calls);
}

void rpc_end(rpc_stream *r) {
    if (r == NULL)
        return;
    r->closed = NULL;
    forget_calls(r);
    if (r->stream == NULL)
        return;
    yamux_finish(r->stream);
    yamux_discard(r->stream);
    r->broken = true;
}
