// SPDX-License-Identifier: Apache-2.0
#include "fake_host.h"

#include "base/mem.h"
#include "wire/yamux_frame.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { STREAMS_MAX = 64, DEADLINE_MS = 10000, MEMORY_MAX_BYTES = 64 << 20 };

typedef struct host_stream {
    buf received;
    bool fin, rst, opened_by_plugin, taken;
    uint64_t credit;
    netrpc_reader *answers, *requests;
    netrpc_writer *calls, *replies;
    uint64_t next_seq;
} host_stream;

struct fake_host {
    loop *loop;
    int fd;
    uint32_t next_id;
    buf in;
    arena memory;
    host_stream streams[STREAMS_MAX];
};

fake_host *fake_host_create(loop *l, int *plugin_fd) {
    int pair[2];
    fake_host *h = xcalloc(1, sizeof *h);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    h->loop = l;
    h->fd = pair[0];
    *plugin_fd = pair[1];
    h->next_id = 1;
    buf_init(&h->in, 64 << 20);
    arena_init(&h->memory, MEMORY_MAX_BYTES);
    for (size_t i = 0; i < STREAMS_MAX; i++)
        buf_init(&h->streams[i].received, 64 << 20);
    return h;
}

void fake_host_hang_up(fake_host *h) {
    if (h->fd >= 0)
        close(h->fd);
    h->fd = -1;
}

void fake_host_destroy(fake_host *h) {
    if (h == NULL)
        return;
    fake_host_hang_up(h);
    buf_free(&h->in);
    arena_free(&h->memory);
    for (size_t i = 0; i < STREAMS_MAX; i++) {
        buf_free(&h->streams[i].received);
        netrpc_reader_destroy(h->streams[i].answers);
        netrpc_reader_destroy(h->streams[i].requests);
        netrpc_writer_destroy(h->streams[i].calls);
        netrpc_writer_destroy(h->streams[i].replies);
    }
    free(h);
}

static host_stream *at(fake_host *h, uint32_t id) {
    assert_true(id < STREAMS_MAX);
    return &h->streams[id];
}

// --- bytes ---

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void take_frame(fake_host *h, const yamux_header *f, bytes body) {
    if (f->type == YAMUX_PING || f->type == YAMUX_GO_AWAY)
        return;
    host_stream *s = at(h, f->stream);
    s->opened_by_plugin |= (f->flags & YAMUX_SYN) != 0;
    s->fin |= (f->flags & YAMUX_FIN) != 0;
    s->rst |= (f->flags & YAMUX_RST) != 0;
    if (f->type == YAMUX_WINDOW_UPDATE)
        s->credit += f->length;
    else
        assert_int_equal(buf_append(&s->received, body.data, body.len), OC_OK);
}

static void take_frames(fake_host *h) {
    for (;;) {
        bytes in = buf_bytes(&h->in);
        yamux_header f;
        if (in.len < YAMUX_HEADER_BYTES)
            return;
        assert_int_equal(yamux_header_decode(in.data, &f), OC_OK);
        size_t body = f.type == YAMUX_DATA ? f.length : 0;
        if (in.len < YAMUX_HEADER_BYTES + body)
            return;
        take_frame(h, &f, bytes_of(in.data + YAMUX_HEADER_BYTES, body));
        buf_consume(&h->in, YAMUX_HEADER_BYTES + body);
    }
}

static void read_all(fake_host *h) {
    uint8_t memory[65536];
    while (h->fd >= 0) {
        ssize_t n = read(h->fd, memory, sizeof memory);
        if (n < 0 && errno == EAGAIN)
            break;
        if (n <= 0) {
            fake_host_hang_up(h);
            break;
        }
        assert_int_equal(buf_append(&h->in, memory, (size_t)n), OC_OK);
    }
    take_frames(h);
}

void fake_host_turn(fake_host *h) {
    loop_step(h->loop, 1);
    read_all(h);
}

bool fake_host_is_connected(const fake_host *h) {
    return h->fd >= 0;
}

void fake_host_send_raw(fake_host *h, bytes data) {
    int64_t until = now_ms() + DEADLINE_MS;
    while (data.len > 0) {
        ssize_t n = write(h->fd, data.data, data.len);
        if (n > 0)
            data = bytes_of(data.data + n, data.len - (size_t)n);
        else
            fake_host_turn(h);
        assert_true(now_ms() < until);
    }
}

static void send_frame(fake_host *h, yamux_type type, uint16_t flags, uint32_t stream, uint32_t length) {
    uint8_t header[YAMUX_HEADER_BYTES];
    yamux_header_encode(&(yamux_header){type, flags, stream, length}, header);
    fake_host_send_raw(h, bytes_of(header, sizeof header));
}

// --- streams ---

uint32_t fake_host_open(fake_host *h) {
    uint32_t id = h->next_id;
    h->next_id += 2;
    send_frame(h, YAMUX_WINDOW_UPDATE, YAMUX_SYN, id, 0);
    return id;
}

void fake_host_send(fake_host *h, uint32_t stream, bytes data) {
    send_frame(h, YAMUX_DATA, 0, stream, (uint32_t)data.len);
    fake_host_send_raw(h, data);
}

void fake_host_finish(fake_host *h, uint32_t stream) {
    send_frame(h, YAMUX_WINDOW_UPDATE, YAMUX_FIN, stream, 0);
}

void fake_host_reset(fake_host *h, uint32_t stream) {
    send_frame(h, YAMUX_WINDOW_UPDATE, YAMUX_RST, stream, 0);
}

void fake_host_credit(fake_host *h, uint32_t stream, uint32_t len) {
    send_frame(h, YAMUX_WINDOW_UPDATE, 0, stream, len);
}

bytes fake_host_received(fake_host *h, uint32_t stream) {
    return buf_bytes(&at(h, stream)->received);
}

void fake_host_consume(fake_host *h, uint32_t stream, size_t len) {
    buf_consume(&at(h, stream)->received, len);
}

bool fake_host_saw_fin(fake_host *h, uint32_t stream) {
    return at(h, stream)->fin;
}

bool fake_host_saw_rst(fake_host *h, uint32_t stream) {
    return at(h, stream)->rst;
}

uint64_t fake_host_credit_seen(fake_host *h, uint32_t stream) {
    return at(h, stream)->credit;
}

#define WAIT_FOR(h, condition)                                                                               \
    for (int64_t until = now_ms() + DEADLINE_MS; !(condition);) {                                            \
        assert_true(now_ms() < until);                                                                       \
        fake_host_turn(h);                                                                                   \
    }

void fake_host_wait_bytes(fake_host *h, uint32_t stream, size_t len) {
    WAIT_FOR(h, at(h, stream)->received.len >= len);
}

void fake_host_wait_fin(fake_host *h, uint32_t stream) {
    WAIT_FOR(h, at(h, stream)->fin);
}

static uint32_t stream_of_plugin(fake_host *h, uint32_t broker_id) {
    const uint8_t wire[] = {(uint8_t)broker_id, (uint8_t)(broker_id >> 8), (uint8_t)(broker_id >> 16),
                            (uint8_t)(broker_id >> 24)};
    for (uint32_t id = 2; id < STREAMS_MAX; id += 2) {
        host_stream *s = &h->streams[id];
        if (s->opened_by_plugin && !s->taken && s->received.len >= sizeof wire &&
            memcmp(buf_bytes(&s->received).data, wire, sizeof wire) == 0)
            return id;
    }
    return 0;
}

uint32_t fake_host_accept(fake_host *h, uint32_t broker_id) {
    uint32_t id = 0;
    WAIT_FOR(h, (id = stream_of_plugin(h, broker_id)) != 0);
    h->streams[id].taken = true;
    send_frame(h, YAMUX_WINDOW_UPDATE, YAMUX_ACK, id, 0);
    fake_host_send(h, id, bytes_of(buf_bytes(&h->streams[id].received).data, 4));
    fake_host_consume(h, id, 4);
    return id;
}

uint32_t fake_host_dial(fake_host *h, uint32_t broker_id) {
    const uint8_t wire[] = {(uint8_t)broker_id, (uint8_t)(broker_id >> 8), (uint8_t)(broker_id >> 16),
                            (uint8_t)(broker_id >> 24)};
    uint32_t id = fake_host_open(h);
    fake_host_send(h, id, bytes_of(wire, sizeof wire));
    fake_host_wait_bytes(h, id, sizeof wire);
    assert_memory_equal(fake_host_received(h, id).data, wire, sizeof wire);
    fake_host_consume(h, id, sizeof wire);
    return id;
}

// --- net/rpc ---

uint64_t fake_host_call(fake_host *h, uint32_t stream, const char *method, const gob_type *type,
                        const gob_value *value) {
    host_stream *s = at(h, stream);
    buf wire;
    buf_init(&wire, 64 << 20);
    if (s->calls == NULL)
        s->calls = netrpc_writer_create();
    assert_int_equal(netrpc_write_request(s->calls, method, s->next_seq, type, value, &wire), OC_OK);
    fake_host_send(h, stream, buf_bytes(&wire));
    buf_free(&wire);
    return s->next_seq++;
}

void fake_host_reply(fake_host *h, uint32_t stream, uint64_t seq, const char *error, const gob_type *type,
                     const gob_value *value) {
    host_stream *s = at(h, stream);
    buf wire;
    buf_init(&wire, 64 << 20);
    if (s->replies == NULL)
        s->replies = netrpc_writer_create();
    assert_int_equal(netrpc_write_response(s->replies, bytes_str("echo"), seq, error, type, value, &wire),
                     OC_OK);
    fake_host_send(h, stream, buf_bytes(&wire));
    buf_free(&wire);
}

static bool next_message(fake_host *h, host_stream *s, netrpc_reader *r, netrpc_message *out) {
    size_t used = 0;
    bytes in = buf_bytes(&s->received);
    // Decoded text points into the input: a copy lives as long as the host.
    uint8_t *copy = arena_alloc(&h->memory, in.len + 1);
    assert_non_null(copy);
    if (in.len == 0)
        return false;
    memcpy(copy, in.data, in.len);
    oc_err err = netrpc_read(r, bytes_of(copy, in.len), &used, &h->memory, out);
    assert_true(err == OC_OK || err == OC_EAGAIN);
    if (err == OC_OK)
        buf_consume(&s->received, used);
    return err == OC_OK;
}

bool fake_host_has_answer(fake_host *h, uint32_t stream, netrpc_message *out) {
    host_stream *s = at(h, stream);
    if (s->answers == NULL)
        s->answers = netrpc_reader_create(true);
    return next_message(h, s, s->answers, out);
}

netrpc_message fake_host_answer(fake_host *h, uint32_t stream) {
    netrpc_message m;
    WAIT_FOR(h, fake_host_has_answer(h, stream, &m));
    return m;
}

netrpc_message fake_host_request(fake_host *h, uint32_t stream) {
    host_stream *s = at(h, stream);
    netrpc_message m;
    if (s->requests == NULL)
        s->requests = netrpc_reader_create(false);
    WAIT_FOR(h, next_message(h, s, s->requests, &m));
    return m;
}
