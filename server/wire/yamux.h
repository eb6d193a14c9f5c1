// SPDX-License-Identifier: Apache-2.0
// yamux, the server's side: many streams over one socket. Pure: bytes in by yamux_feed, bytes out in a buffer that the
// caller writes to the socket, time by yamux_tick. Nothing blocks. Source: plugin-rpc notes (b).
#ifndef OC_WIRE_YAMUX_H
#define OC_WIRE_YAMUX_H

#include "base/buf.h"

#include <stdbool.h>

typedef struct yamux yamux;
typedef struct yamux_stream yamux_stream;

enum {
    YAMUX_WINDOW_BYTES = 262144,
    YAMUX_STREAMS_MAX = 4096,
    YAMUX_UNACKNOWLEDGED_MAX = 256,   // of our own opens
    YAMUX_SEND_MAX_BYTES = 160 << 20, // unsent bytes of one stream (a whole file goes in one message)
    YAMUX_OUT_MAX_BYTES = 1 << 20,    // unsent bytes of the session; streams wait above that
    YAMUX_ACK_MS = 75000,             // an open of ours that is not acknowledged by then is reset
    YAMUX_HALF_CLOSED_MS = 300000,    // so long may the peer's FIN follow ours
};

// Of one stream, each may be NULL. Called from inside yamux_feed, yamux_flush, yamux_tick and yamux_destroy only, never
// from within another function here; they may call anything but these four.
typedef struct yamux_handlers {
    void (*readable)(void *ctx, yamux_stream *s); // bytes came, or the peer's FIN (yamux_ended)
    void (*drained)(void *ctx, yamux_stream *s);  // what had to wait in yamux_send has left
    void (*closed)(void *ctx,
                   yamux_stream *s); // reset, both FINs, or the session's end: s is freed afterwards
} yamux_handlers;

// The peer opened a stream, which is acknowledged already.
typedef void yamux_opened_fn(void *ctx, yamux_stream *s);

yamux *yamux_create(yamux_opened_fn *opened, void *ctx);
void yamux_destroy(yamux *y); // every stream gets closed first; NULL-safe

// Takes bytes from the socket, all of them. An error means: write what yamux_out holds (a go-away), then end the
// session. OC_EMALFORMED: the peer broke the protocol. OC_ECLOSED: it told us of an error. OC_ELIMIT: it does not read.
oc_err yamux_feed(yamux *y, bytes in) OC_MUST_CHECK;
// Bytes for the socket: write what you can and consume that from the buffer.
buf *yamux_out(yamux *y);
// Lets waiting streams go on and tells of those that ended. Call before each write to the socket.
void yamux_flush(yamux *y);
// Call at least every half minute with the monotonic clock: limits on silence of the peer.
void yamux_tick(yamux *y, int64_t now_ms);
void yamux_go_away(yamux *y); // normal end: no new streams
bool yamux_peer_gone_away(const yamux *y);

yamux_stream *yamux_open(yamux *y); // NULL when not allowed (limit, go-away)
uint32_t yamux_id(const yamux_stream *s);
// handlers NULL: nobody is told any more.
void yamux_handle(yamux_stream *s, const yamux_handlers *handlers, void *ctx);

// Bytes that came and were not consumed; borrowed until the next call. Consuming gives the peer credit back.
bytes yamux_received(const yamux_stream *s);
void yamux_consume(yamux_stream *s, size_t len);
bool yamux_ended(const yamux_stream *s); // the peer's FIN is behind yamux_received

// Queues bytes; they leave as the peer's window allows. OC_ELIMIT above YAMUX_SEND_MAX_BYTES, OC_ECLOSED after
// yamux_finish or the stream's end; then nothing is queued.
oc_err yamux_send(yamux_stream *s, bytes data) OC_MUST_CHECK;
size_t yamux_unsent_bytes(const yamux_stream *s);
void yamux_finish(yamux_stream *s); // FIN behind what is queued; once, more are harmless
void yamux_reset(yamux_stream *s);  // RST now, both ways
// Reads and drops whatever comes from now on (credit is still given back).
void yamux_discard(yamux_stream *s);

#endif
