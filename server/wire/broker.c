// SPDX-License-Identifier: Apache-2.0
#include "wire/broker.h"

#include "base/mem.h"

#include <stdlib.h>
#include <utlist.h>

enum { ID_BYTES = 4 };

typedef enum wait_state {
    WAIT_QUEUED,  // no stream may be opened for it yet
    WAIT_DIALLED, // the id is sent, its echo is awaited
    WAIT_OFFERED, // an id was given out, no stream has named it yet
    WAIT_CAME,    // the peer opened a stream and has not named its id yet
} wait_state;

struct broker_wait {
    broker *owner;
    wait_state state;
    uint32_t id;          // not known in WAIT_CAME
    yamux_stream *stream; // NULL in WAIT_OFFERED and WAIT_QUEUED
    int64_t since_ms;     // first tick that saw it; -1 before
    broker_ready_fn *ready;
    void *ctx;
    broker_wait *prev, *next;
};

struct broker {
    yamux *session;
    uint32_t last_id;
    size_t count, queued;
    broker_wait *waits;
};

broker *broker_create(yamux *y) {
    broker *b = xcalloc(1, sizeof *b);
    b->session = y;
    return b;
}

static void drop(broker_wait *w) {
    DL_DELETE(w->owner->waits, w);
    w->owner->count--;
    w->owner->queued -= w->state == WAIT_QUEUED;
    free(w);
}

void broker_destroy(broker *b) {
    if (b == NULL)
        return;
    while (b->waits != NULL) {
        if (b->waits->stream != NULL)
            yamux_handle(b->waits->stream, NULL, NULL);
        drop(b->waits);
    }
    free(b);
}

static broker_wait *add(broker *b, wait_state state, yamux_stream *s, broker_ready_fn *ready, void *ctx) {
    broker_wait *w = xcalloc(1, sizeof *w);
    *w = (broker_wait){.owner = b, .state = state, .stream = s, .since_ms = -1, .ready = ready, .ctx = ctx};
    DL_APPEND(b->waits, w);
    b->count++;
    return w;
}

static void dial_queued(broker *b);

// The wait is over: with a stream (which is its owner's from now on) or without.
static void finish(broker_wait *w, yamux_stream *s) {
    broker_ready_fn *ready = w->ready;
    void *ctx = w->ctx;
    broker *b = w->owner;
    if (w->stream != NULL)
        yamux_handle(w->stream, NULL, NULL);
    if (w->stream != NULL && s == NULL)
        yamux_reset(w->stream);
    drop(w);
    if (ready != NULL)
        ready(ctx, s);
    // An open that was acknowledged, or given up, makes room for another.
    dial_queued(b);
}

static void encode_id(uint32_t id, uint8_t out[ID_BYTES]) {
    for (int i = 0; i < ID_BYTES; i++)
        out[i] = (uint8_t)(id >> (8 * i));
}

static uint32_t decode_id(const uint8_t in[ID_BYTES]) {
    uint32_t id = 0;
    for (int i = 0; i < ID_BYTES; i++)
        id |= (uint32_t)in[i] << (8 * i);
    return id;
}

static bool send_id(yamux_stream *s, uint32_t id) {
    uint8_t wire[ID_BYTES];
    encode_id(id, wire);
    return yamux_send(s, bytes_of(wire, sizeof wire)) == OC_OK;
}

// Two waits, an offer and a stream that names its id, become one ready stream.
static void join(broker_wait *offer, broker_wait *came) {
    yamux_stream *s = came->stream;
    bool ok = send_id(s, offer->id);
    yamux_handle(s, NULL, NULL);
    drop(came);
    if (!ok)
        yamux_reset(s);
    finish(offer, ok ? s : NULL);
}

static broker_wait *find_offer(broker *b, uint32_t id) {
    broker_wait *w = NULL;
    DL_FOREACH (b->waits, w) {
        if (w->state == WAIT_OFFERED && w->id == id)
            return w;
    }
    return NULL;
}

static void id_came(broker_wait *w, uint32_t id) {
    if (w->state == WAIT_DIALLED) {
        finish(w, w->id == id ? w->stream : NULL);
        return;
    }
    // Ids are given out before the peer can know them: one that is not on offer never will be.
    broker_wait *offer = find_offer(w->owner, id);
    if (offer != NULL)
        join(offer, w);
    else
        finish(w, NULL);
}

static void on_readable(void *ctx, yamux_stream *s) {
    broker_wait *w = ctx;
    bytes in = yamux_received(s);
    if (in.len >= ID_BYTES) {
        uint32_t id = decode_id(in.data);
        yamux_consume(s, ID_BYTES);
        id_came(w, id);
    } else if (yamux_ended(s)) {
        finish(w, NULL);
    }
}

static void on_closed(void *ctx, yamux_stream *s) {
    broker_wait *w = ctx;
    (void)s;
    w->stream = NULL;
    finish(w, NULL);
}

static const yamux_handlers HANDLERS = {.readable = on_readable, .closed = on_closed};

// False: the session opens no more streams, or not now.
static bool dial_now(broker_wait *w) {
    yamux_stream *s = yamux_open(w->owner->session);
    if (s == NULL)
        return false;
    w->owner->queued -= w->state == WAIT_QUEUED;
    w->state = WAIT_DIALLED;
    w->stream = s;
    yamux_handle(s, &HANDLERS, w);
    // A fresh stream has room for four bytes.
    return send_id(s, w->id);
}

static void dial_queued(broker *b) {
    broker_wait *w = b->waits, *next = NULL;
    for (; w != NULL && b->queued > 0; w = next) {
        next = w->next;
        if (w->state == WAIT_QUEUED && !dial_now(w))
            return;
    }
}

broker_wait *broker_dial(broker *b, uint32_t id, broker_ready_fn *ready, void *ctx) {
    if (b->count >= BROKER_WAITS_MAX || yamux_peer_gone_away(b->session)) {
        ready(ctx, NULL);
        return NULL;
    }
    broker_wait *w = add(b, WAIT_QUEUED, NULL, ready, ctx);
    b->queued++;
    w->id = id;
    // Who waits longer comes first.
    if (b->queued == 1)
        (void)dial_now(w);
    return w;
}

uint32_t broker_offer(broker *b, broker_ready_fn *ready, void *ctx) {
    if (b->count >= BROKER_WAITS_MAX || b->last_id == UINT32_MAX)
        return 0;
    broker_wait *w = add(b, WAIT_OFFERED, NULL, ready, ctx);
    w->id = ++b->last_id;
    return w->id;
}

void broker_forget(broker_wait *w) {
    if (w == NULL)
        return;
    w->ready = NULL;
    finish(w, NULL);
}

void broker_take(broker *b, yamux_stream *s) {
    if (b->count >= BROKER_WAITS_MAX) {
        yamux_reset(s);
        return;
    }
    yamux_handle(s, &HANDLERS, add(b, WAIT_CAME, s, NULL, NULL));
}

bool broker_waiting(const broker *b) {
    return b->waits != NULL;
}

void broker_tick(broker *b, int64_t now_ms) {
    broker_wait *w = b->waits;
    while (w != NULL) {
        if (w->since_ms < 0)
            w->since_ms = now_ms;
        if (now_ms - w->since_ms < BROKER_WAIT_MS) {
            w = w->next;
            continue;
        }
        finish(w, NULL);
        // Whoever was told may have given up others.
        w = b->waits;
    }
}
