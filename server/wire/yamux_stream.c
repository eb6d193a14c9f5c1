// SPDX-License-Identifier: Apache-2.0
#include "wire/yamux_internal.h"

#include "base/mem.h"

#include <utlist.h>

enum {
    FRAME_MAX_BYTES = 64 << 10,                 // so that streams take turns
    CREDIT_STEP_BYTES = YAMUX_WINDOW_BYTES / 2, // window updates are worth their frame from here on
    KEEP_BYTES = YAMUX_WINDOW_BYTES,            // larger buffers are given back when they are empty
};

static const bytes NO_BODY = {0};

yamux_stream *yamux_stream_create(yamux *y, uint32_t id) {
    yamux_stream *s = xcalloc(1, sizeof *s);
    s->owner = y;
    s->id = id;
    s->send_window = YAMUX_WINDOW_BYTES;
    s->receive_window = YAMUX_WINDOW_BYTES;
    s->silent_since_ms = -1;
    buf_init(&s->received, YAMUX_WINDOW_BYTES);
    buf_init(&s->unsent, YAMUX_SEND_MAX_BYTES);
    HASH_ADD(hh, y->streams, id, sizeof s->id, s);
    return s;
}

bool yamux_stream_move(yamux_stream *s, stream_event event) {
    stream_state from = s->state;
    if (event == STREAM_END && from != STREAM_OVER)
        s->state = STREAM_OVER;
    else if (event == STREAM_OUR_FIN && from == STREAM_OPEN)
        s->state = STREAM_WE_ENDED;
    else if (event == STREAM_OUR_FIN && from == STREAM_PEER_ENDED)
        s->state = STREAM_BOTH_ENDED;
    else if (event == STREAM_PEER_FIN && from == STREAM_OPEN)
        s->state = STREAM_PEER_ENDED;
    else if (event == STREAM_PEER_FIN && from == STREAM_WE_ENDED)
        s->state = STREAM_BOTH_ENDED;
    return s->state != from;
}

static void leave_senders(yamux_stream *s) {
    if (!s->sending)
        return;
    DL_DELETE(s->owner->senders, s);
    s->sending = false;
}

static bool has_work(const yamux_stream *s) {
    if (s->state == STREAM_WE_ENDED || s->state == STREAM_BOTH_ENDED || s->state == STREAM_OVER)
        return false;
    return s->unsent.len > 0 ? s->send_window > 0 : s->finish_wanted;
}

static void join_senders(yamux_stream *s) {
    if (s->sending || !has_work(s))
        return;
    DL_APPEND(s->owner->senders, s);
    s->sending = true;
}

void yamux_stream_acknowledged(yamux_stream *s) {
    if (!s->unacknowledged)
        return;
    s->unacknowledged = false;
    s->silent_since_ms = -1;
    s->owner->unacknowledged--;
}

void yamux_stream_end(yamux_stream *s) {
    if (!yamux_stream_move(s, STREAM_END))
        return;
    leave_senders(s);
    yamux_stream_acknowledged(s);
    HASH_DEL(s->owner->streams, s);
    DL_APPEND(s->owner->over, s);
}

void yamux_stream_settle(yamux_stream *s) {
    if (s->state == STREAM_BOTH_ENDED && s->received.len == 0)
        yamux_stream_end(s);
}

bool yamux_stream_credit(yamux_stream *s, uint32_t credit) {
    if (credit > UINT32_MAX - s->send_window)
        return false;
    s->send_window += credit;
    join_senders(s);
    return true;
}

static void give_credit(yamux_stream *s, size_t len) {
    s->consumed += (uint32_t)len;
    if (s->consumed < CREDIT_STEP_BYTES || yamux_ended(s))
        return;
    yamux_frame(s->owner,
                &(yamux_header){.type = YAMUX_WINDOW_UPDATE, .stream = s->id, .length = s->consumed},
                NO_BODY);
    s->receive_window += s->consumed;
    s->consumed = 0;
}

bool yamux_stream_receive(yamux_stream *s, bytes piece) {
    if (s->discarding) {
        give_credit(s, piece.len);
        return true;
    }
    return buf_append(&s->received, piece.data, piece.len) == OC_OK;
}

bytes yamux_received(const yamux_stream *s) {
    return buf_bytes(&s->received);
}

void yamux_consume(yamux_stream *s, size_t len) {
    if (len > s->received.len)
        len = s->received.len;
    if (len == 0)
        return;
    buf_consume(&s->received, len);
    if (s->state == STREAM_OVER)
        return;
    give_credit(s, len);
    yamux_stream_settle(s);
}

bool yamux_ended(const yamux_stream *s) {
    return s->state == STREAM_PEER_ENDED || s->state == STREAM_BOTH_ENDED || s->state == STREAM_OVER;
}

void yamux_discard(yamux_stream *s) {
    s->discarding = true;
    yamux_consume(s, s->received.len);
}

// Frames as much of data as credit and the session's output allow; returns how much that was.
static size_t send_now(yamux_stream *s, bytes data, size_t frames) {
    size_t sent = 0;
    while (frames-- > 0 && sent < data.len && s->send_window > 0 && s->owner->out.len < YAMUX_OUT_MAX_BYTES) {
        size_t len = data.len - sent;
        len = len < FRAME_MAX_BYTES ? len : FRAME_MAX_BYTES;
        len = len < s->send_window ? len : (size_t)s->send_window;
        yamux_header h = {.type = YAMUX_DATA, .stream = s->id, .length = (uint32_t)len};
        yamux_frame(s->owner, &h, bytes_of(data.data + sent, len));
        s->send_window -= len;
        sent += len;
    }
    return sent;
}

oc_err yamux_send(yamux_stream *s, bytes data) {
    if (s->state == STREAM_OVER || s->finish_wanted)
        return OC_ECLOSED;
    if (data.len > s->unsent.max - s->unsent.len)
        return OC_ELIMIT;
    size_t sent = s->unsent.len == 0 ? send_now(s, data, SIZE_MAX) : 0;
    if (sent == data.len)
        return OC_OK;
    oc_err err = buf_append(&s->unsent, data.data + sent, data.len - sent);
    if (err != OC_OK) {
        // Half a message is out: the rest must not be followed by another.
        yamux_reset(s);
        return err;
    }
    s->waited = true;
    join_senders(s);
    return OC_OK;
}

size_t yamux_unsent_bytes(const yamux_stream *s) {
    return s->unsent.len;
}

static void send_fin(yamux_stream *s) {
    if (!yamux_stream_move(s, STREAM_OUR_FIN))
        return;
    leave_senders(s);
    yamux_frame(s->owner, &(yamux_header){.type = YAMUX_WINDOW_UPDATE, .flags = YAMUX_FIN, .stream = s->id},
                NO_BODY);
    yamux_stream_settle(s);
}

void yamux_stream_turn(yamux_stream *s) {
    leave_senders(s);
    buf_consume(&s->unsent, send_now(s, buf_bytes(&s->unsent), 1));
    if (s->unsent.len == 0) {
        if (s->unsent.cap > KEEP_BYTES)
            buf_free(&s->unsent);
        if (s->waited && s->handlers != NULL && s->handlers->drained != NULL) {
            s->waited = false;
            s->handlers->drained(s->ctx, s);
        }
        s->waited = s->unsent.len > 0;
        if (s->unsent.len == 0 && s->finish_wanted)
            send_fin(s);
    }
    join_senders(s);
}

void yamux_finish(yamux_stream *s) {
    if (s->state == STREAM_OVER || s->finish_wanted)
        return;
    s->finish_wanted = true;
    if (s->unsent.len == 0)
        send_fin(s);
}

void yamux_reset(yamux_stream *s) {
    if (s->state == STREAM_OVER)
        return;
    yamux_frame(s->owner, &(yamux_header){.type = YAMUX_WINDOW_UPDATE, .flags = YAMUX_RST, .stream = s->id},
                NO_BODY);
    yamux_stream_end(s);
}

uint32_t yamux_id(const yamux_stream *s) {
    return s->id;
}

void yamux_handle(yamux_stream *s, const yamux_handlers *handlers, void *ctx) {
    s->handlers = handlers;
    s->ctx = ctx;
}

void yamux_stream_check_silence(yamux_stream *s, int64_t now_ms) {
    int64_t limit_ms = s->unacknowledged             ? YAMUX_ACK_MS
                       : s->state == STREAM_WE_ENDED ? YAMUX_HALF_CLOSED_MS
                                                     : 0;
    if (limit_ms == 0)
        return;
    if (s->silent_since_ms < 0)
        s->silent_since_ms = now_ms;
    else if (now_ms - s->silent_since_ms >= limit_ms)
        yamux_reset(s);
}
