// SPDX-License-Identifier: Apache-2.0
// The broker over a yamux session whose other end is written frame by frame.
#include "wire/broker.h"
#include "wire/yamux_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct fixture {
    yamux *y;
    broker *b;
    int calls;
    yamux_stream *ready; // of the last call
} fixture;

static void on_opened(void *ctx, yamux_stream *s) {
    broker_take(((fixture *)ctx)->b, s);
}

static void on_ready(void *ctx, yamux_stream *s) {
    fixture *f = ctx;
    f->calls++;
    f->ready = s;
}

static int setup(void **state) {
    fixture *f = calloc(1, sizeof *f);
    f->y = yamux_create(on_opened, f);
    f->b = broker_create(f->y);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    fixture *f = *state;
    broker_destroy(f->b);
    yamux_destroy(f->y);
    free(f);
    return 0;
}

static void feed(fixture *f, uint16_t flags, uint32_t stream, const char *body, size_t len) {
    uint8_t header[YAMUX_HEADER_BYTES];
    yamux_header_encode(&(yamux_header){YAMUX_DATA, flags, stream, (uint32_t)len}, header);
    assert_int_equal(yamux_feed(f->y, bytes_of(header, sizeof header)), OC_OK);
    if (len > 0)
        assert_int_equal(yamux_feed(f->y, bytes_of(body, len)), OC_OK);
}

// Takes everything that waits to be written; true when it has these bytes.
static bool wrote(fixture *f, const void *wanted, size_t len) {
    yamux_flush(f->y);
    bytes out = buf_bytes(yamux_out(f->y));
    bool found = memmem(out.data, out.len, wanted, len) != NULL;
    buf_clear(yamux_out(f->y));
    return found;
}

static const char RST_1[] = {0, YAMUX_WINDOW_UPDATE, 0, YAMUX_RST, 0, 0, 0, 1};
static const char RST_2[] = {0, YAMUX_WINDOW_UPDATE, 0, YAMUX_RST, 0, 0, 0, 2};

static void test_dial(void **state) {
    fixture *f = *state;
    assert_non_null(broker_dial(f->b, 0x04030201, on_ready, f));
    // SYN for stream 2, then the id, little-endian.
    static const char expected[] = {0, 1, 0, YAMUX_SYN, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0,
                                    0, 0, 0, 0,         0, 2, 0, 0, 0, 4, 1, 2, 3, 4};
    assert_true(wrote(f, expected, sizeof expected));
    assert_true(broker_waiting(f->b));
    feed(f, YAMUX_ACK, 2, "\1\2", 2);
    assert_int_equal(f->calls, 0);
    feed(f, 0, 2, "\3\4more", 6);
    assert_int_equal(f->calls, 1);
    assert_int_equal(yamux_id(f->ready), 2);
    assert_true(bytes_is(yamux_received(f->ready), "more"));
    assert_false(broker_waiting(f->b));
}

static void test_dial_with_wrong_echo(void **state) {
    fixture *f = *state;
    assert_non_null(broker_dial(f->b, 1, on_ready, f));
    feed(f, YAMUX_ACK, 2, "\2\0\0\0", 4);
    assert_int_equal(f->calls, 1);
    assert_null(f->ready);
    assert_true(wrote(f, RST_2, sizeof RST_2));
}

static void test_dial_that_ends_early(void **state) {
    static const uint16_t flags[] = {YAMUX_FIN, YAMUX_RST};
    fixture *f = *state;
    for (int i = 0; i < 2; i++) {
        assert_non_null(broker_dial(f->b, 1, on_ready, f));
        feed(f, flags[i], 2 + 2 * (uint32_t)i, "", 0);
        assert_int_equal(f->calls, i + 1);
        assert_null(f->ready);
    }
    assert_false(broker_waiting(f->b));
}

static void test_dial_gives_up(void **state) {
    fixture *f = *state;
    assert_non_null(broker_dial(f->b, 1, on_ready, f));
    broker_tick(f->b, 100);
    broker_tick(f->b, 100 + BROKER_WAIT_MS - 1);
    assert_int_equal(f->calls, 0);
    broker_tick(f->b, 100 + BROKER_WAIT_MS);
    assert_int_equal(f->calls, 1);
    assert_null(f->ready);
    assert_true(wrote(f, RST_2, sizeof RST_2));
}

static void test_dial_forgotten(void **state) {
    fixture *f = *state;
    broker_forget(broker_dial(f->b, 1, on_ready, f));
    broker_forget(NULL);
    assert_int_equal(f->calls, 0);
    assert_true(wrote(f, RST_2, sizeof RST_2));
    assert_false(broker_waiting(f->b));
}

static void test_dial_after_the_peer_went_away(void **state) {
    fixture *f = *state;
    uint8_t header[YAMUX_HEADER_BYTES];
    yamux_header_encode(&(yamux_header){YAMUX_GO_AWAY, 0, 0, YAMUX_GO_AWAY_NORMAL}, header);
    assert_int_equal(yamux_feed(f->y, bytes_of(header, sizeof header)), OC_OK);
    assert_null(broker_dial(f->b, 1, on_ready, f));
    assert_int_equal(f->calls, 1);
    assert_null(f->ready);
}

// So many dials at once that the peer must acknowledge some before the rest may be opened.
static void test_dials_queue_up(void **state) {
    enum { MORE = 3 };
    fixture *f = *state;
    broker_wait *last = NULL;
    for (uint32_t i = 1; i <= YAMUX_UNACKNOWLEDGED_MAX + MORE; i++) {
        last = broker_dial(f->b, i, on_ready, f);
        assert_non_null(last);
    }
    buf_clear(yamux_out(f->y));
    feed(f, YAMUX_ACK, 2, "\1\0\0\0", 4);
    assert_int_equal(f->calls, 1);
    // The first of those that waited: id 257, little-endian, on the next stream.
    static const char id_257[] = {0, 0, 2, 2, 0, 0, 0, 4, 1, 1, 0, 0};
    static const char id_258[] = {0, 0, 2, 4, 0, 0, 0, 4, 2, 1, 0, 0};
    assert_true(wrote(f, id_257, sizeof id_257));
    broker_forget(last); // never opened
    feed(f, YAMUX_RST, 4, "", 0);
    assert_true(wrote(f, id_258, sizeof id_258));
    broker_tick(f->b, 0);
    broker_tick(f->b, BROKER_WAIT_MS);
    assert_int_equal(f->calls, YAMUX_UNACKNOWLEDGED_MAX + MORE - 1);
    assert_false(broker_waiting(f->b));
}

static void test_accept(void **state) {
    fixture *f = *state;
    assert_int_equal(broker_offer(f->b, on_ready, f), 1);
    assert_int_equal(broker_offer(f->b, on_ready, f), 2);
    feed(f, YAMUX_SYN, 1, "\2\0", 2);
    assert_int_equal(f->calls, 0);
    feed(f, 0, 1, "\0\0rest", 6);
    assert_int_equal(f->calls, 1);
    assert_true(bytes_is(yamux_received(f->ready), "rest"));
    static const char echo[] = {0, 0, 0, 1, 0, 0, 0, 4, 2, 0, 0, 0};
    assert_true(wrote(f, echo, sizeof echo));
    assert_true(broker_waiting(f->b)); // offer 1 still waits
}

static void test_accept_of_what_nobody_offered(void **state) {
    fixture *f = *state;
    feed(f, YAMUX_SYN, 1, "\7\0\0\0", 4);
    assert_true(wrote(f, RST_1, sizeof RST_1));
    assert_false(broker_waiting(f->b));
}

static void test_an_offer_serves_once(void **state) {
    fixture *f = *state;
    assert_int_equal(broker_offer(f->b, on_ready, f), 1);
    feed(f, YAMUX_SYN, 1, "\1\0\0\0", 4);
    feed(f, YAMUX_SYN, 3, "\1\0\0\0", 4);
    assert_int_equal(f->calls, 1);
    assert_int_equal(yamux_id(f->ready), 1);
}

static void test_limits_of_accepting(void **state) {
    fixture *f = *state;
    assert_int_equal(broker_offer(f->b, on_ready, f), 1);
    feed(f, YAMUX_SYN, 1, "\1", 1); // never tells the rest
    broker_tick(f->b, 0);
    broker_tick(f->b, BROKER_WAIT_MS);
    assert_int_equal(f->calls, 1);
    assert_null(f->ready);
    assert_true(wrote(f, RST_1, sizeof RST_1));
    assert_false(broker_waiting(f->b));
}

static void test_waits_are_bounded(void **state) {
    fixture *f = *state;
    for (uint32_t i = 1; i <= BROKER_WAITS_MAX; i++)
        assert_int_equal(broker_offer(f->b, on_ready, f), i);
    assert_int_equal(broker_offer(f->b, on_ready, f), 0);
    assert_null(broker_dial(f->b, 1, on_ready, f));
    feed(f, YAMUX_SYN, 1, "", 0);
    assert_true(wrote(f, RST_1, sizeof RST_1));
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_dial),
        T(test_dial_with_wrong_echo),
        T(test_dial_that_ends_early),
        T(test_dial_gives_up),
        T(test_dial_forgotten),
        T(test_dial_after_the_peer_went_away),
        T(test_dials_queue_up),
        T(test_accept),
        T(test_accept_of_what_nobody_offered),
        T(test_an_offer_serves_once),
        T(test_limits_of_accepting),
        T(test_waits_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
