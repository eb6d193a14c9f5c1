// SPDX-License-Identifier: Apache-2.0
// yamux, the server's side: many streams over one socket. Pure: bytes in by yamux_feed, bytes out in a buffer that the
// caller writes to the socket. Source: plugin-rpc notes (b).
#ifndef OC_WIRE_YAMUX_H
#define OC_WIRE_YAMUX_H

#include "base/buf.h"

#include <stdbool.h>

typedef struct yamux yamux;
typedef struct yamux_stream yamux_stream;

enum {
    YAMUX_WINDOW_BYTES = 262144,
    YAMUX_STREAMS_MAX = 4096,
    YAMUX_SEND_MAX_BYTES = 160 << 20, // unsent bytes of one stream (a whole file goes in one message)
    YAMUX_OUT_MAX_BYTES = 1 << 20,    // unsent bytes of the session; streams wait above that
};

// Called from inside yamux_feed and the sending functions' flush; they may call anything here but yamux_destroy.
typedef struct yamux_events {
    void (*opened)(void *ctx, yamux_stream *s);   // the peer opened a stream (acknowledged already)
    void (*readable)(void *ctx, yamux_stream *s); // bytes came, or the peer's FIN (yamux_ended)
    void (*drained)(void *ctx, yamux_stream *s);  // all that was sent has left for the socket buffer
    void (*closed)(void *ctx, yamux_stream *s);   // reset, both FINs, or end of session: s is freed afterwards
} yamux_events;

yamux *yamux_create(const yamux_events *events, void *ctx);
void yamux_destroy(yamux *y); // every stream gets closed first; NULL-safe

// Takes bytes from the socket, all of them. An error means: write what yamux_out holds (a go-away), then end the session.
oc_err yamux_feed(yamux *y, bytes in) OC_MUST_CHECK;
// Bytes for the socket: write what you can, consume what was written, call yamux_flush to let waiting streams go on.
buf *yamux_out(yamux *y);
void yamux_flush(yamux *y);
void yamux_go_away(yamux *y); // normal end: no new streams
bool yamux_peer_gone_away(const yamux *y);

yamux_stream *yamux_open(yamux *y); // NULL when not allowed (limit, go-away)
uint32_t yamux_id(const yamux_stream *s);
void yamux_set_context(yamux_stream *s, void *context);
void *yamux_context(const yamux_stream *s);

// Bytes that came and were not consumed; borrowed until the next call. Consuming gives the peer credit back.
bytes yamux_received(const yamux_stream *s);
void yamux_consume(yamux_stream *s, size_t len);
bool yamux_ended(const yamux_stream *s); // the peer's FIN is behind yamux_received

// Queues bytes; they leave as the peer's window allows. OC_ELIMIT above YAMUX_SEND_MAX_BYTES, OC_ECLOSED after FIN.
oc_err yamux_send(yamux_stream *s, bytes data) OC_MUST_CHECK;
size_t yamux_unsent_bytes(const yamux_stream *s);
void yamux_finish(yamux_stream *s); // FIN behind what is queued; once, more are harmless
void yamux_reset(yamux_stream *s);  // RST now
// Reads and drops whatever comes from now on (credit is still given back).
void yamux_discard(yamux_stream *s);

#endif
