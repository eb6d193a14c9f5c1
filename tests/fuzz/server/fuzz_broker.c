// SPDX-License-Identifier: Apache-2.0
// Side streams as a host could open and answer them, and the requests of remote readers on them.
#include "wire/broker.h"
#include "wire/pull.h"

typedef struct fixture {
    yamux *y;
    broker *b;
    unsigned opened;
} fixture;

static void on_pull(void *ctx, yamux_stream *s) {
    size_t used = 0;
    int64_t wanted = 0;
    (void)ctx;
    oc_err err = pull_decode(yamux_received(s), &used, &wanted);
    if (err == OC_OK)
        yamux_consume(s, used);
    else if (err != OC_EAGAIN)
        yamux_reset(s);
}

static const yamux_handlers PULL = {.readable = on_pull};

static void on_ready(void *ctx, yamux_stream *s) {
    fixture *f = ctx;
    if (s == NULL)
        return;
    yamux_handle(s, &PULL, NULL);
    on_pull(NULL, s);
    if (f->opened % 3 == 0)
        (void)broker_offer(f->b, on_ready, f);
}

static void on_opened(void *ctx, yamux_stream *s) {
    fixture *f = ctx;
    // The fixed streams come first, as in a real session.
    if (f->opened++ >= 3)
        broker_take(f->b, s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fixture f = {0};
    int64_t now_ms = 0;
    f.y = yamux_create(on_opened, &f);
    f.b = broker_create(f.y);
    (void)broker_offer(f.b, on_ready, &f);
    (void)broker_dial(f.b, 1, on_ready, &f);
    (void)broker_dial(f.b, 2, on_ready, &f);
    while (size > 0) {
        size_t len = size < 64 ? size : 64;
        if (yamux_feed(f.y, bytes_of(data, len)) != OC_OK)
            break;
        yamux_flush(f.y);
        buf_clear(yamux_out(f.y));
        broker_tick(f.b, now_ms += 400);
        data += len;
        size -= len;
    }
    broker_destroy(f.b);
    yamux_destroy(f.y);
    return 0;
}
