// SPDX-License-Identifier: Apache-2.0
// What a host could send on the socket, with streams that behave in each of the ways our own do. The input is fed in
// pieces; the first byte seeds their lengths.
#include "wire/yamux.h"

#include <stdlib.h>

static void consume_half(void *ctx, yamux_stream *s) {
    (void)ctx;
    size_t len = yamux_received(s).len;
    yamux_consume(s, len - len / 2);
    if (yamux_ended(s)) {
        yamux_consume(s, len);
        yamux_finish(s);
    }
}

static void echo(void *ctx, yamux_stream *s) {
    (void)ctx;
    bytes in = yamux_received(s);
    if (yamux_send(s, in) != OC_OK)
        yamux_reset(s);
    yamux_consume(s, in.len);
}

static const yamux_handlers CONSUME = {.readable = consume_half}, ECHO = {.readable = echo};

static void on_opened(void *ctx, yamux_stream *s) {
    unsigned *count = ctx;
    switch ((*count)++ % 5) {
    case 0:
        yamux_handle(s, &CONSUME, NULL);
        break;
    case 1:
        yamux_handle(s, &ECHO, NULL);
        break;
    case 2:
        yamux_discard(s);
        break;
    case 3:
        yamux_finish(s);
        break;
    default:
        yamux_reset(s);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    unsigned opened = 0;
    yamux *y = yamux_create(on_opened, &opened);
    for (int i = 0; i < 3; i++)
        yamux_handle(yamux_open(y), &ECHO, NULL);
    size_t step = size > 0 ? data[size - 1] + 1U : 1;
    int64_t now_ms = 0;
    while (size > 0) {
        size_t len = size < step ? size : step;
        if (yamux_feed(y, bytes_of(data, len)) != OC_OK)
            break;
        yamux_flush(y);
        buf_consume(yamux_out(y), len * 3);
        yamux_tick(y, now_ms += 20000);
        data += len;
        size -= len;
    }
    // Whatever came: the session's memory stays within its limits.
    if (yamux_out(y)->len > 2 * YAMUX_OUT_MAX_BYTES)
        abort();
    yamux_destroy(y);
    return 0;
}
