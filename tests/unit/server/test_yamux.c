// SPDX-License-Identifier: Apache-2.0
// The yamux session against frames that a host, or something hostile, sends.
#include "wire/yamux.h"
#include "wire/yamux_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct fixture {
    yamux *y;
    yamux_stream *opened[8];
    int opened_count, readable, drained, closed;
    yamux_stream *last_closed;
} fixture;

static void on_readable(void *ctx, yamux_stream *s) {
    (void)s;
    ((fixture *)ctx)->readable++;
}

static void on_drained(void *ctx, yamux_stream *s) {
    (void)s;
    ((fixture *)ctx)->drained++;
}

static void on_closed(void *ctx, yamux_stream *s) {
    fixture *f = ctx;
    f->closed++;
    f->last_closed = s;
}

static const yamux_handlers HANDLERS = {on_readable, on_drained, on_closed};

static void on_opened(void *ctx, yamux_stream *s) {
    fixture *f = ctx;
    f->opened[f->opened_count++ % 8] = s;
    yamux_handle(s, &HANDLERS, f);
}

static int setup(void **state) {
    fixture *f = calloc(1, sizeof *f);
    f->y = yamux_create(on_opened, f);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    fixture *f = *state;
    yamux_destroy(f->y);
    free(f);
    return 0;
}

static oc_err feed(fixture *f, yamux_type type, uint16_t flags, uint32_t stream, uint32_t length,
                   const void *body, size_t body_len) {
    uint8_t header[YAMUX_HEADER_BYTES];
    yamux_header_encode(&(yamux_header){type, flags, stream, length}, header);
    oc_err err = yamux_feed(f->y, bytes_of(header, sizeof header));
    if (err == OC_OK && body_len > 0)
        err = yamux_feed(f->y, bytes_of(body, body_len));
    return err;
}

static oc_err feed_data(fixture *f, uint16_t flags, uint32_t stream, const char *text) {
    return feed(f, YAMUX_DATA, flags, stream, (uint32_t)strlen(text), text, strlen(text));
}

// Takes one frame from the front of the session's output.
static yamux_header next_frame(fixture *f, bytes *body) {
    yamux_header h;
    buf *out = yamux_out(f->y);
    yamux_flush(f->y);
    assert_true(out->len >= YAMUX_HEADER_BYTES);
    assert_int_equal(yamux_header_decode(buf_bytes(out).data, &h), OC_OK);
    buf_consume(out, YAMUX_HEADER_BYTES);
    size_t len = h.type == YAMUX_DATA ? h.length : 0;
    assert_true(out->len >= len);
    if (body != NULL)
        *body = bytes_of(buf_bytes(out).data, len);
    buf_consume(out, len);
    return h;
}

static void expect_frame(fixture *f, yamux_type type, uint16_t flags, uint32_t stream, uint32_t length) {
    yamux_header h = next_frame(f, NULL);
    assert_int_equal(h.type, type);
    assert_int_equal(h.flags, flags);
    assert_int_equal(h.stream, stream);
    assert_int_equal(h.length, length);
}

static void expect_silence(fixture *f) {
    yamux_flush(f->y);
    assert_int_equal(yamux_out(f->y)->len, 0);
}

static yamux_stream *open_by_peer(fixture *f, uint32_t id) {
    assert_int_equal(feed(f, YAMUX_WINDOW_UPDATE, YAMUX_SYN, id, 0, NULL, 0), OC_OK);
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_ACK, id, 0);
    return f->opened[(f->opened_count - 1) % 8];
}

static void test_header(void **state) {
    (void)state;
    uint8_t wire[YAMUX_HEADER_BYTES];
    static const uint8_t expected[] = {0, 1, 0, 9, 0x01, 0x02, 0x03, 0x04, 0xfe, 0xdc, 0xba, 0x98};
    yamux_header h = {YAMUX_WINDOW_UPDATE, YAMUX_SYN | YAMUX_RST, 0x01020304, 0xfedcba98}, back;
    yamux_header_encode(&h, wire);
    assert_memory_equal(wire, expected, sizeof wire);
    assert_int_equal(yamux_header_decode(wire, &back), OC_OK);
    assert_int_equal(back.flags, h.flags);
    assert_int_equal(back.stream, h.stream);
    assert_int_equal(back.length, h.length);
    wire[1] = 4;
    assert_int_equal(yamux_header_decode(wire, &back), OC_EMALFORMED);
    wire[1] = 0;
    wire[0] = 1;
    assert_int_equal(yamux_header_decode(wire, &back), OC_EMALFORMED);
}

static void test_ping_is_answered(void **state) {
    fixture *f = *state;
    assert_int_equal(feed(f, YAMUX_PING, YAMUX_SYN, 0, 0xdeadbeef, NULL, 0), OC_OK);
    expect_frame(f, YAMUX_PING, YAMUX_ACK, 0, 0xdeadbeef);
    assert_int_equal(feed(f, YAMUX_PING, YAMUX_ACK, 0, 1, NULL, 0), OC_OK);
    expect_silence(f);
}

static void test_open_by_peer_and_data(void **state) {
    fixture *f = *state;
    yamux_stream *s = open_by_peer(f, 1);
    assert_int_equal(yamux_id(s), 1);
    assert_int_equal(feed_data(f, 0, 1, "hello"), OC_OK);
    assert_int_equal(f->readable, 1);
    assert_true(bytes_is(yamux_received(s), "hello"));
    yamux_consume(s, 2);
    assert_true(bytes_is(yamux_received(s), "llo"));
    assert_false(yamux_ended(s));
    assert_int_equal(feed_data(f, YAMUX_FIN, 1, "!"), OC_OK);
    assert_true(bytes_is(yamux_received(s), "llo!"));
    assert_true(yamux_ended(s));
    assert_int_equal(f->closed, 0);
}

static void test_data_with_syn_opens(void **state) {
    fixture *f = *state;
    assert_int_equal(feed_data(f, YAMUX_SYN, 9, "x"), OC_OK);
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_ACK, 9, 0);
    assert_true(bytes_is(yamux_received(f->opened[0]), "x"));
}

static void test_bytes_in_any_pieces(void **state) {
    fixture *f = *state;
    uint8_t wire[3 * YAMUX_HEADER_BYTES + 5];
    yamux_header_encode(&(yamux_header){YAMUX_WINDOW_UPDATE, YAMUX_SYN, 1, 0}, wire);
    yamux_header_encode(&(yamux_header){YAMUX_DATA, 0, 1, 5}, wire + YAMUX_HEADER_BYTES);
    memcpy(wire + 2 * YAMUX_HEADER_BYTES, "abcde", 5);
    yamux_header_encode(&(yamux_header){YAMUX_PING, YAMUX_SYN, 0, 7}, wire + 2 * YAMUX_HEADER_BYTES + 5);
    for (size_t i = 0; i < sizeof wire; i++)
        assert_int_equal(yamux_feed(f->y, bytes_of(wire + i, 1)), OC_OK);
    assert_true(bytes_is(yamux_received(f->opened[0]), "abcde"));
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_ACK, 1, 0);
    expect_frame(f, YAMUX_PING, YAMUX_ACK, 0, 7);
}

static void test_fin_is_answered_once(void **state) {
    fixture *f = *state;
    yamux_stream *s = open_by_peer(f, 1);
    assert_int_equal(yamux_send(s, bytes_str("bye")), OC_OK);
    yamux_finish(s);
    yamux_finish(s);
    assert_int_equal(yamux_send(s, bytes_str("late")), OC_ECLOSED);
    expect_frame(f, YAMUX_DATA, 0, 1, 3);
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_FIN, 1, 0);
    assert_int_equal(feed(f, YAMUX_WINDOW_UPDATE, YAMUX_FIN, 1, 0, NULL, 0), OC_OK);
    expect_silence(f);
    assert_int_equal(f->closed, 1);
    assert_ptr_equal(f->last_closed, s);
    // It is forgotten: what still comes for it is dropped and harmless.
    assert_int_equal(feed_data(f, 0, 1, "late"), OC_OK);
    assert_int_equal(feed(f, YAMUX_WINDOW_UPDATE, 0, 1, 5, NULL, 0), OC_OK);
    expect_silence(f);
}

static void test_ended_stream_waits_for_its_reader(void **state) {
    fixture *f = *state;
    yamux_stream *s = open_by_peer(f, 1);
    yamux_finish(s);
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_FIN, 1, 0);
    assert_int_equal(feed_data(f, YAMUX_FIN, 1, "tail"), OC_OK);
    assert_int_equal(f->closed, 0);
    assert_true(bytes_is(yamux_received(s), "tail"));
    yamux_consume(s, 4);
    assert_int_equal(f->closed, 0);
    yamux_flush(f->y);
    assert_int_equal(f->closed, 1);
}

static void test_reset_by_peer(void **state) {
    fixture *f = *state;
    open_by_peer(f, 1);
    assert_int_equal(feed(f, YAMUX_WINDOW_UPDATE, YAMUX_RST, 1, 0, NULL, 0), OC_OK);
    assert_int_equal(f->closed, 1);
    expect_silence(f);
}

static void test_reset_by_us(void **state) {
    fixture *f = *state;
    yamux_stream *s = open_by_peer(f, 1);
    yamux_reset(s);
    yamux_reset(s);
    assert_int_equal(yamux_send(s, bytes_str("x")), OC_ECLOSED);
    assert_int_equal(f->closed, 0);
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_RST, 1, 0);
    assert_int_equal(f->closed, 1);
    expect_silence(f);
}

static void test_send_window(void **state) {
    fixture *f = *state;
    static uint8_t data[YAMUX_WINDOW_BYTES + 1000];
    yamux_stream *s = open_by_peer(f, 1);
    assert_int_equal(yamux_send(s, bytes_of(data, sizeof data)), OC_OK);
    size_t sent = 0;
    while (yamux_out(f->y)->len > 0)
        sent += next_frame(f, NULL).length;
    assert_int_equal(sent, YAMUX_WINDOW_BYTES);
    assert_int_equal(yamux_unsent_bytes(s), 1000);
    yamux_finish(s);
    expect_silence(f);
    assert_int_equal(feed(f, YAMUX_WINDOW_UPDATE, 0, 1, 400, NULL, 0), OC_OK);
    expect_frame(f, YAMUX_DATA, 0, 1, 400);
    expect_silence(f);
    assert_int_equal(f->drained, 0);
    assert_int_equal(feed(f, YAMUX_WINDOW_UPDATE, 0, 1, 4000, NULL, 0), OC_OK);
    expect_frame(f, YAMUX_DATA, 0, 1, 600);
    assert_int_equal(f->drained, 1);
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_FIN, 1, 0);
}

static void test_send_limit(void **state) {
    fixture *f = *state;
    yamux_stream *s = open_by_peer(f, 1);
    uint8_t *data = calloc(1, YAMUX_SEND_MAX_BYTES);
    assert_int_equal(yamux_send(s, bytes_of(data, YAMUX_SEND_MAX_BYTES)), OC_OK);
    assert_int_equal(yamux_send(s, bytes_of(data, YAMUX_WINDOW_BYTES + 1)), OC_ELIMIT);
    assert_true(yamux_out(f->y)->len <= YAMUX_OUT_MAX_BYTES + (64 << 10) + YAMUX_HEADER_BYTES);
    free(data);
}

// A stream that sends much does not keep the others from sending.
static void test_streams_take_turns(void **state) {
    fixture *f = *state;
    static uint8_t data[YAMUX_WINDOW_BYTES];
    yamux_stream *streams[6];
    for (uint32_t i = 0; i < 6; i++)
        streams[i] = open_by_peer(f, 1 + 2 * i);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(yamux_send(streams[i], bytes_of(data, sizeof data)), OC_OK);
    // The session's output holds four windows: the last two had to wait, and now come in turn.
    assert_int_equal(yamux_unsent_bytes(streams[5]), sizeof data);
    uint32_t order[64] = {0};
    size_t count = 0;
    while (yamux_out(f->y)->len > 0 || yamux_unsent_bytes(streams[5]) > 0)
        order[count++] = next_frame(f, NULL).stream;
    assert_int_equal(count, 24);
    int turns = 0;
    for (size_t i = 1; i < count; i++)
        turns += order[i] != order[i - 1];
    assert_true(turns >= 9);
}

static void test_credit_is_given_back(void **state) {
    fixture *f = *state;
    static char data[YAMUX_WINDOW_BYTES / 2];
    yamux_stream *s = open_by_peer(f, 1);
    for (int round = 0; round < 8; round++) {
        assert_int_equal(feed(f, YAMUX_DATA, 0, 1, sizeof data, data, sizeof data), OC_OK);
        expect_silence(f);
        yamux_consume(s, sizeof data - 1);
        expect_silence(f);
        yamux_consume(s, 1);
        expect_frame(f, YAMUX_WINDOW_UPDATE, 0, 1, sizeof data);
    }
}

static void test_discarded_bytes_give_credit(void **state) {
    fixture *f = *state;
    static char data[YAMUX_WINDOW_BYTES / 2];
    yamux_stream *s = open_by_peer(f, 1);
    assert_int_equal(feed_data(f, 0, 1, "first"), OC_OK);
    yamux_discard(s);
    assert_int_equal(yamux_received(s).len, 0);
    assert_int_equal(feed(f, YAMUX_DATA, 0, 1, sizeof data, data, sizeof data), OC_OK);
    expect_frame(f, YAMUX_WINDOW_UPDATE, 0, 1, sizeof data + 5);
    assert_int_equal(f->readable, 1);
}

static void test_open_by_us(void **state) {
    fixture *f = *state;
    yamux_stream *a = yamux_open(f->y), *b = yamux_open(f->y);
    assert_int_equal(yamux_id(a), 2);
    assert_int_equal(yamux_id(b), 4);
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_SYN, 2, 0);
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_SYN, 4, 0);
    yamux_handle(a, &HANDLERS, f);
    assert_int_equal(feed_data(f, YAMUX_ACK, 2, "answer"), OC_OK);
    assert_true(bytes_is(yamux_received(a), "answer"));
}

static void test_opens_are_bounded(void **state) {
    fixture *f = *state;
    for (int i = 0; i < YAMUX_UNACKNOWLEDGED_MAX; i++)
        assert_non_null(yamux_open(f->y));
    assert_null(yamux_open(f->y));
    assert_int_equal(feed(f, YAMUX_WINDOW_UPDATE, YAMUX_ACK, 2, 0, NULL, 0), OC_OK);
    assert_non_null(yamux_open(f->y));
    assert_null(yamux_open(f->y));
}

static void test_peers_opens_are_bounded(void **state) {
    fixture *f = *state;
    for (uint32_t i = 0; i < YAMUX_STREAMS_MAX; i++)
        open_by_peer(f, 1 + 2 * i);
    uint32_t id = 1 + 2 * YAMUX_STREAMS_MAX;
    assert_int_equal(feed(f, YAMUX_WINDOW_UPDATE, YAMUX_SYN, id, 0, NULL, 0), OC_OK);
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_RST, id, 0);
    assert_int_equal(f->opened_count, YAMUX_STREAMS_MAX);
}

static void test_go_away(void **state) {
    fixture *f = *state;
    assert_int_equal(feed(f, YAMUX_GO_AWAY, 0, 0, YAMUX_GO_AWAY_NORMAL, NULL, 0), OC_OK);
    assert_true(yamux_peer_gone_away(f->y));
    assert_null(yamux_open(f->y));
    yamux_go_away(f->y);
    yamux_go_away(f->y);
    expect_frame(f, YAMUX_GO_AWAY, 0, 0, YAMUX_GO_AWAY_NORMAL);
    expect_silence(f);
    assert_int_equal(feed(f, YAMUX_WINDOW_UPDATE, YAMUX_SYN, 1, 0, NULL, 0), OC_OK);
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_RST, 1, 0);
    assert_int_equal(feed(f, YAMUX_GO_AWAY, 0, 0, YAMUX_GO_AWAY_INTERNAL, NULL, 0), OC_ECLOSED);
    assert_int_equal(feed(f, YAMUX_PING, YAMUX_SYN, 0, 0, NULL, 0), OC_ECLOSED);
}

static void test_leak_guard(void **state) {
    fixture *f = *state;
    yamux_stream *s = open_by_peer(f, 1);
    yamux_finish(s);
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_FIN, 1, 0);
    yamux_tick(f->y, 1000);
    yamux_tick(f->y, 1000 + YAMUX_HALF_CLOSED_MS - 1);
    expect_silence(f);
    yamux_tick(f->y, 1000 + YAMUX_HALF_CLOSED_MS);
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_RST, 1, 0);
    assert_int_equal(f->closed, 1);
}

static void test_open_that_nobody_acknowledges(void **state) {
    fixture *f = *state;
    yamux_stream *s = yamux_open(f->y), *fine = yamux_open(f->y);
    yamux_handle(s, &HANDLERS, f);
    yamux_tick(f->y, 0);
    assert_int_equal(feed(f, YAMUX_WINDOW_UPDATE, YAMUX_ACK, yamux_id(fine), 0, NULL, 0), OC_OK);
    buf_clear(yamux_out(f->y));
    yamux_tick(f->y, YAMUX_ACK_MS);
    expect_frame(f, YAMUX_WINDOW_UPDATE, YAMUX_RST, 2, 0);
    assert_int_equal(f->closed, 1);
    yamux_tick(f->y, (int64_t)10 * YAMUX_ACK_MS);
    expect_silence(f);
}

static void test_destroy_tells_every_stream(void **state) {
    fixture *f = *state;
    open_by_peer(f, 1);
    open_by_peer(f, 3);
    yamux_destroy(f->y);
    assert_int_equal(f->closed, 2);
    f->y = NULL;
}

// A peer that does not read gets no unbounded heap of answers.
static void test_answers_are_bounded(void **state) {
    fixture *f = *state;
    oc_err err = OC_OK;
    for (int i = 0; i < 1000000 && err == OC_OK; i++)
        err = feed(f, YAMUX_PING, YAMUX_SYN, 0, 1, NULL, 0);
    assert_int_equal(err, OC_ELIMIT);
}

typedef struct hostile {
    const char *name;
    yamux_header frames[4]; // up to an empty one
} hostile;

// Frames that end the session with go-away 1. Stream 1 is open before.
static void test_protocol_errors(void **state) {
    static const hostile table[] = {
        {"open with an id of ours", {{YAMUX_WINDOW_UPDATE, YAMUX_SYN, 2, 0}}},
        {"open with id 0", {{YAMUX_WINDOW_UPDATE, YAMUX_SYN, 0, 0}}},
        {"open twice", {{YAMUX_WINDOW_UPDATE, YAMUX_SYN, 1, 0}}},
        {"second FIN", {{YAMUX_WINDOW_UPDATE, YAMUX_FIN, 1, 0}, {YAMUX_WINDOW_UPDATE, YAMUX_FIN, 1, 0}}},
        {"data after FIN", {{YAMUX_WINDOW_UPDATE, YAMUX_FIN, 1, 0}, {YAMUX_DATA, 0, 1, 1}}},
        {"more than the window", {{YAMUX_DATA, 0, 1, YAMUX_WINDOW_BYTES + 1}}},
        {"more than anybody's window", {{YAMUX_DATA, 0, 77, YAMUX_WINDOW_BYTES + 1}}},
        {"credit that overflows", {{YAMUX_WINDOW_UPDATE, 0, 1, UINT32_MAX}}},
        {"unknown go-away", {{YAMUX_GO_AWAY, 0, 0, 3}}},
        {"unknown type", {{(yamux_type)4, 0, 0, 0}}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        fixture f = {0};
        f.y = yamux_create(on_opened, &f);
        open_by_peer(&f, 1);
        oc_err err = OC_OK;
        for (size_t k = 0; k < 4 && err == OC_OK; k++) {
            const yamux_header *h = &table[i].frames[k];
            if (h->type != YAMUX_DATA || h->length > 0)
                err = feed(&f, h->type, h->flags, h->stream, h->length, NULL, 0);
        }
        if (err != OC_EMALFORMED)
            fail_msg("%s: %s", table[i].name, oc_err_text(err));
        expect_frame(&f, YAMUX_GO_AWAY, 0, 0, YAMUX_GO_AWAY_PROTOCOL);
        yamux_destroy(f.y);
    }
}

// The window counts over frames, not for each.
static void test_window_counts_over_frames(void **state) {
    fixture *f = *state;
    static char data[YAMUX_WINDOW_BYTES];
    open_by_peer(f, 1);
    assert_int_equal(feed(f, YAMUX_DATA, 0, 1, sizeof data, data, sizeof data), OC_OK);
    assert_int_equal(feed(f, YAMUX_DATA, 0, 1, 1, "x", 1), OC_EMALFORMED);
}

static void reset_in_handler(void *ctx, yamux_stream *s) {
    ((fixture *)ctx)->readable++;
    yamux_reset(s);
}

static void test_handler_may_reset(void **state) {
    fixture *f = *state;
    static const yamux_handlers resetting = {.readable = reset_in_handler, .closed = on_closed};
    yamux_stream *s = open_by_peer(f, 1);
    yamux_handle(s, &resetting, f);
    assert_int_equal(feed_data(f, YAMUX_FIN, 1, "data"), OC_OK);
    assert_int_equal(f->readable, 1);
    assert_int_equal(f->closed, 1);
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_header),
        T(test_ping_is_answered),
        T(test_open_by_peer_and_data),
        T(test_data_with_syn_opens),
        T(test_bytes_in_any_pieces),
        T(test_fin_is_answered_once),
        T(test_ended_stream_waits_for_its_reader),
        T(test_reset_by_peer),
        T(test_reset_by_us),
        T(test_send_window),
        T(test_send_limit),
        T(test_streams_take_turns),
        T(test_credit_is_given_back),
        T(test_discarded_bytes_give_credit),
        T(test_open_by_us),
        T(test_opens_are_bounded),
        T(test_peers_opens_are_bounded),
        T(test_go_away),
        T(test_leak_guard),
        T(test_open_that_nobody_acknowledges),
        T(test_destroy_tells_every_stream),
        T(test_answers_are_bounded),
        T(test_protocol_errors),
        T(test_window_counts_over_frames),
        T(test_handler_may_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
