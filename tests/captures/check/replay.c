// SPDX-License-Identifier: Apache-2.0
#include "replay.h"

#include "wire/yamux.h"

#include <inttypes.h>
#include <stdlib.h>

// A size that no frame has, so that frames come in pieces.
enum { PIECE_BYTES = 997, RECEIVED_MAX_BYTES = 256 << 20 };

typedef struct received {
    uint32_t id;
    buf payload;
} received;

typedef struct replay {
    received streams[FRAMES_STREAMS_MAX];
    size_t count;
} replay;

static void take_received(void *ctx, yamux_stream *s) {
    received *to = ctx;
    bytes came = yamux_received(s);
    if (buf_append(&to->payload, came.data, came.len) != OC_OK)
        abort();
    yamux_consume(s, came.len);
}

static void follow(void *ctx, yamux_stream *s) {
    static const yamux_handlers HANDLERS = {.readable = take_received};
    replay *p = ctx;
    if (p->count == FRAMES_STREAMS_MAX)
        return;
    received *to = &p->streams[p->count++];
    to->id = yamux_id(s);
    buf_init(&to->payload, RECEIVED_MAX_BYTES);
    yamux_handle(s, &HANDLERS, to);
}

// The streams that the plugin opened in the recording are all opened beforehand.
static void open_streams(yamux *y, const frames *f, replay *p) {
    for (size_t i = 0; i < f->count; i++) {
        yamux_stream *s = f->streams[i].id % 2 == 0 ? yamux_open(y) : NULL;
        if (s != NULL)
            follow(p, s);
    }
}

static void feed(report *r, yamux *y, bytes in) {
    size_t at = 0;
    while (at < in.len) {
        size_t len = in.len - at < PIECE_BYTES ? in.len - at : PIECE_BYTES;
        oc_err err = yamux_feed(y, bytes_of(in.data + at, len));
        if (err != OC_OK) {
            report_add(r, "%s near offset %zu", oc_err_text(err), at);
            return;
        }
        yamux_flush(y);
        buf_clear(yamux_out(y));
        at += len;
    }
}

void replay_check(report *r, const char *folder, const frames *f) {
    static replay p; // too big for the stack
    buf in;
    p.count = 0;
    report_place(r, "yamux session");
    if (report_read_file(r, folder, "host_to_plugin.bin", &in)) {
        yamux *y = yamux_create(follow, &p);
        open_streams(y, f, &p);
        feed(r, y, buf_bytes(&in));
        yamux_destroy(y);
    }
    buf_free(&in);
    if (p.count != f->count)
        report_add(r, "%zu streams, %zu in the recording", p.count, f->count);
    for (size_t i = 0; i < p.count; i++) {
        const frames_stream *s = frames_find(f, p.streams[i].id);
        if (s == NULL || !bytes_equal(buf_bytes(&p.streams[i].payload), buf_bytes(&s->payload[TO_PLUGIN])))
            report_add(r, "stream %" PRIu32 " received other bytes", p.streams[i].id);
        buf_free(&p.streams[i].payload);
    }
}
