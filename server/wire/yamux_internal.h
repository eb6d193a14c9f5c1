// SPDX-License-Identifier: Apache-2.0
// What yamux.c (the session) and yamux_stream.c (one stream) know of each other.
#ifndef OC_WIRE_YAMUX_INTERNAL_H
#define OC_WIRE_YAMUX_INTERNAL_H

#include "wire/yamux.h"
#include "wire/yamux_frame.h"

#include <uthash.h>

typedef enum stream_state {
    STREAM_OPEN,       // both sides may send
    STREAM_WE_ENDED,   // our FIN is out; the peer may send
    STREAM_PEER_ENDED, // the peer's FIN came; we may send
    STREAM_BOTH_ENDED, // both FINs; the stream stays until what came has been consumed
    STREAM_OVER,       // reset or ended; out of the table, its owner is about to be told
} stream_state;

typedef enum stream_event { STREAM_OUR_FIN, STREAM_PEER_FIN, STREAM_END } stream_event;

struct yamux_stream {
    yamux *owner;
    uint32_t id;
    stream_state state;
    bool unacknowledged; // opened by us, and no ACK yet
    bool finish_wanted;  // FIN follows when unsent is empty
    bool discarding;
    bool waited;  // bytes had to wait: tell when they have left
    bool sending; // in the session's list of senders
    uint64_t send_window;
    uint32_t receive_window; // what the peer may still send
    uint32_t consumed;       // not given back as credit yet
    int64_t silent_since_ms; // first tick that saw it wait for the peer; -1 before
    buf received, unsent;
    const yamux_handlers *handlers;
    void *ctx;
    UT_hash_handle hh;
    yamux_stream *prev, *next; // among senders, later among those that are over
};

struct yamux {
    yamux_opened_fn *opened;
    void *ctx;
    oc_err broken; // the session is at its end
    bool we_went_away, peer_gone_away;
    uint32_t next_id;
    size_t unacknowledged;
    yamux_stream *streams; // by id
    yamux_stream *senders; // have something to send and credit for it; in turn
    yamux_stream *over;
    buf out;
    uint8_t header[YAMUX_HEADER_BYTES]; // of the frame that is coming in
    size_t header_have;
    uint32_t body_left, body_stream;
    bool body_ends; // FIN behind the body
};

// Appends a frame to the session's output; a session whose output is full is broken.
void yamux_frame(yamux *y, const yamux_header *h, bytes body);

yamux_stream *yamux_stream_create(yamux *y, uint32_t id);
// The only place where a stream's state changes; false when the event is not allowed in it.
bool yamux_stream_move(yamux_stream *s, stream_event event);
void yamux_stream_end(yamux_stream *s);    // out of the table, to be told and freed; no frame
void yamux_stream_settle(yamux_stream *s); // ends it when both FINs are there and all is consumed
void yamux_stream_acknowledged(yamux_stream *s);
bool yamux_stream_credit(yamux_stream *s, uint32_t credit); // false when it overflows
bool yamux_stream_receive(yamux_stream *s, bytes piece);    // false when memory is out
void yamux_stream_turn(yamux_stream *s);                    // sends one frame of what waits
void yamux_stream_check_silence(yamux_stream *s, int64_t now_ms);

#endif
