// SPDX-License-Identifier: Apache-2.0
// The session: frames in, streams by id. What one stream may send and receive is in yamux_stream.c.
#include "wire/yamux_internal.h"

#include "base/mem.h"

#include <stdlib.h>
#include <utlist.h>

// Answers to the peer go out even when data has to wait, up to here. Who lets more pile up does not read.
enum { OUT_HARD_MAX_BYTES = 2 * YAMUX_OUT_MAX_BYTES };

yamux *yamux_create(yamux_opened_fn *opened, void *ctx) {
    yamux *y = xcalloc(1, sizeof *y);
    buf_init(&y->out, OUT_HARD_MAX_BYTES);
    y->opened = opened;
    y->ctx = ctx;
    y->next_id = 2;
    return y;
}

// Tells the owners of ended streams and frees them.
static void reap(yamux *y) {
    while (y->over != NULL) {
        yamux_stream *s = y->over;
        DL_DELETE(y->over, s);
        if (s->handlers != NULL && s->handlers->closed != NULL)
            s->handlers->closed(s->ctx, s);
        buf_free(&s->received);
        buf_free(&s->unsent);
        free(s);
    }
}

void yamux_destroy(yamux *y) {
    if (y == NULL)
        return;
    yamux_stream *s = NULL, *next = NULL;
    y->broken = OC_ECLOSED;
    HASH_ITER (hh, y->streams, s, next) {
        yamux_stream_end(s);
    }
    reap(y);
    buf_free(&y->out);
    free(y);
}

void yamux_frame(yamux *y, const yamux_header *h, bytes body) {
    uint8_t header[YAMUX_HEADER_BYTES];
    uint8_t *where = NULL;
    yamux_header_encode(h, header);
    oc_err err = buf_reserve(&y->out, sizeof header + body.len, &where);
    if (err != OC_OK) {
        y->broken = y->broken != OC_OK ? y->broken : err;
        return;
    }
    memcpy(where, header, sizeof header);
    if (body.len > 0)
        memcpy(where + sizeof header, body.data, body.len);
    buf_commit(&y->out, sizeof header + body.len);
}

static void go_away(yamux *y, uint32_t reason) {
    yamux_frame(y, &(yamux_header){.type = YAMUX_GO_AWAY, .length = reason}, bytes_of(NULL, 0));
}

static void protocol_error(yamux *y) {
    if (y->broken != OC_OK)
        return;
    go_away(y, YAMUX_GO_AWAY_PROTOCOL);
    y->broken = OC_EMALFORMED;
}

static yamux_stream *find(yamux *y, uint32_t id) {
    yamux_stream *s = NULL;
    HASH_FIND(hh, y->streams, &id, sizeof id, s);
    return s;
}

// --- frames that belong to no stream ---

static void take_ping(yamux *y, const yamux_header *h) {
    // Answers to pings are of no interest: we send none.
    if ((h->flags & YAMUX_SYN) != 0)
        yamux_frame(y, &(yamux_header){.type = YAMUX_PING, .flags = YAMUX_ACK, .length = h->length},
                    bytes_of(NULL, 0));
}

static void take_go_away(yamux *y, const yamux_header *h) {
    if (h->length == YAMUX_GO_AWAY_NORMAL)
        y->peer_gone_away = true;
    else if (h->length <= YAMUX_GO_AWAY_INTERNAL)
        y->broken = OC_ECLOSED;
    else
        protocol_error(y);
}

// --- frames of a stream ---

static yamux_stream *open_by_peer(yamux *y, uint32_t id) {
    if (id % 2 == 0 || find(y, id) != NULL) {
        protocol_error(y);
        return NULL;
    }
    if (y->we_went_away || HASH_COUNT(y->streams) >= YAMUX_STREAMS_MAX) {
        yamux_frame(y, &(yamux_header){.type = YAMUX_WINDOW_UPDATE, .flags = YAMUX_RST, .stream = id},
                    bytes_of(NULL, 0));
        return NULL;
    }
    yamux_stream *s = yamux_stream_create(y, id);
    yamux_frame(y, &(yamux_header){.type = YAMUX_WINDOW_UPDATE, .flags = YAMUX_ACK, .stream = id},
                bytes_of(NULL, 0));
    y->opened(y->ctx, s);
    return s;
}

static void tell_readable(yamux_stream *s) {
    if (s->handlers != NULL && s->handlers->readable != NULL)
        s->handlers->readable(s->ctx, s);
}

static void take_fin(yamux *y, yamux_stream *s) {
    if (!yamux_stream_move(s, STREAM_PEER_FIN)) {
        protocol_error(y);
        return;
    }
    tell_readable(s);
    yamux_stream_settle(s);
}

// Nobody was ever granted more than a window, also not on a stream that we have forgotten.
static bool may_send(const yamux_stream *s, uint32_t len) {
    if (s == NULL || len == 0)
        return len <= YAMUX_WINDOW_BYTES;
    return len <= s->receive_window && s->state != STREAM_PEER_ENDED && s->state != STREAM_BOTH_ENDED;
}

static void take_data_header(yamux *y, const yamux_header *h, yamux_stream *s) {
    bool ends = (h->flags & YAMUX_FIN) != 0;
    if (!may_send(s, h->length)) {
        protocol_error(y);
        return;
    }
    if (s != NULL)
        s->receive_window -= h->length;
    y->body_left = h->length;
    y->body_stream = h->stream;
    y->body_ends = ends;
    if (s != NULL && h->length == 0 && ends)
        take_fin(y, s);
}

static void take_credit(yamux *y, const yamux_header *h, yamux_stream *s) {
    if (s == NULL)
        return;
    if (!yamux_stream_credit(s, h->length))
        protocol_error(y);
    else if ((h->flags & YAMUX_FIN) != 0)
        take_fin(y, s);
}

static void take_stream_frame(yamux *y, const yamux_header *h) {
    yamux_stream *s = (h->flags & YAMUX_SYN) != 0 ? open_by_peer(y, h->stream) : find(y, h->stream);
    if (y->broken != OC_OK)
        return;
    // Who was told of a new stream may have ended it at once.
    s = s != NULL ? find(y, h->stream) : NULL;
    if (s != NULL && (h->flags & YAMUX_ACK) != 0)
        yamux_stream_acknowledged(s);
    if (s != NULL && (h->flags & YAMUX_RST) != 0) {
        yamux_stream_end(s);
        s = NULL;
    }
    if (h->type == YAMUX_DATA)
        take_data_header(y, h, s);
    else
        take_credit(y, h, s);
}

static void take_frame(yamux *y) {
    yamux_header h;
    oc_err err = yamux_header_decode(y->header, &h);
    if (err != OC_OK)
        protocol_error(y);
    else if (h.type == YAMUX_PING)
        take_ping(y, &h);
    else if (h.type == YAMUX_GO_AWAY)
        take_go_away(y, &h);
    else
        take_stream_frame(y, &h);
}

static void take_body(yamux *y, bytes piece) {
    yamux_stream *s = find(y, y->body_stream);
    y->body_left -= (uint32_t)piece.len;
    if (s == NULL)
        return;
    if (!yamux_stream_receive(s, piece))
        y->broken = OC_ENOMEM;
    else if (!s->discarding)
        tell_readable(s);
    s = find(y, y->body_stream);
    if (s != NULL && y->body_left == 0 && y->body_ends)
        take_fin(y, s);
}

oc_err yamux_feed(yamux *y, bytes in) {
    while (in.len > 0 && y->broken == OC_OK) {
        bytes part = in;
        if (y->body_left > 0) {
            part.len = in.len < y->body_left ? in.len : y->body_left;
            take_body(y, part);
        } else {
            size_t missing = YAMUX_HEADER_BYTES - y->header_have;
            part.len = in.len < missing ? in.len : missing;
            memcpy(y->header + y->header_have, part.data, part.len);
            y->header_have += part.len;
            if (y->header_have == YAMUX_HEADER_BYTES) {
                y->header_have = 0;
                take_frame(y);
            }
        }
        in = bytes_of(in.data + part.len, in.len - part.len);
    }
    reap(y);
    return y->broken;
}

buf *yamux_out(yamux *y) {
    return &y->out;
}

void yamux_flush(yamux *y) {
    while (y->senders != NULL && y->out.len < YAMUX_OUT_MAX_BYTES && y->broken == OC_OK)
        yamux_stream_turn(y->senders);
    reap(y);
}

void yamux_tick(yamux *y, int64_t now_ms) {
    yamux_stream *s = NULL, *next = NULL;
    HASH_ITER (hh, y->streams, s, next) {
        yamux_stream_check_silence(s, now_ms);
    }
    reap(y);
}

void yamux_go_away(yamux *y) {
    if (y->we_went_away)
        return;
    y->we_went_away = true;
    go_away(y, YAMUX_GO_AWAY_NORMAL);
}

bool yamux_peer_gone_away(const yamux *y) {
    return y->peer_gone_away;
}

yamux_stream *yamux_open(yamux *y) {
    if (y->broken != OC_OK || y->we_went_away || y->peer_gone_away || y->next_id > UINT32_MAX - 2 ||
        y->unacknowledged >= YAMUX_UNACKNOWLEDGED_MAX || HASH_COUNT(y->streams) >= YAMUX_STREAMS_MAX)
        return NULL;
    yamux_stream *s = yamux_stream_create(y, y->next_id);
    y->next_id += 2;
    y->unacknowledged++;
    s->unacknowledged = true;
    yamux_frame(y, &(yamux_header){.type = YAMUX_WINDOW_UPDATE, .flags = YAMUX_SYN, .stream = s->id},
                bytes_of(NULL, 0));
    return s;
}
