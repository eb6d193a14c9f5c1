// SPDX-License-Identifier: Apache-2.0
// Bodies between two links on one loop: credit, order, ends of all kinds, and peers that ignore the credit.
#include "link/link.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "link/message.h"
#include "nng_end.h"

#include <nng/nng.h>
#include <nng/protocol/pair1/pair.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { LIMIT_MS = 20000 };
static const bytes nothing;

typedef struct fixture {
    loop *l;
    char *url;
    link_t *shim, *core;
    nng_socket raw; // instead of core
    bool has_raw;
    // the sending side (shim)
    link_body *out;
    size_t to_send, sent;
    bool end_when_sent;
    int rooms, out_cancelled;
    // the receiving side (core)
    link_body *in;
    bool claim, consume;
    size_t received, received_at_ping;
    uint8_t next;
    int calls, ends, in_cancelled, downs, pings;
} fixture;

#define until(condition)                                                                                     \
    do {                                                                                                     \
        int64_t limit = loop_now_ms(f->l) + LIMIT_MS;                                                        \
        while (!(condition) && loop_now_ms(f->l) < limit)                                                    \
            loop_step(f->l, 20);                                                                             \
        assert_true(condition);                                                                              \
    } while (0)

// --- receiving ------------------------------------------------------------------------------------------------

static void on_data(void *ctx, link_body *b, bytes piece) {
    fixture *f = ctx;
    assert_ptr_equal(b, f->in);
    for (size_t i = 0; i < piece.len; i++)
        assert_int_equal(piece.data[i], f->next++);
    f->received += piece.len;
    if (f->consume)
        link_body_consumed(b, piece.len);
}

static void on_end(void *ctx, link_body *b) {
    fixture *f = ctx;
    assert_ptr_equal(b, f->in);
    f->in = NULL;
    f->ends++;
}

static void on_in_cancelled(void *ctx, link_body *b) {
    fixture *f = ctx;
    (void)b;
    f->in = NULL;
    f->in_cancelled++;
}

static void on_call(void *ctx, uint64_t id, const char *method, const link_message *m) {
    static const link_body_events events = {.data = on_data, .end = on_end, .cancelled = on_in_cancelled};
    fixture *f = ctx;
    f->calls++;
    if (strcmp(method, "ping") == 0) {
        f->pings++;
        f->received_at_ping = f->received;
    }
    if (m->body != NULL && f->claim) {
        f->in = m->body;
        link_body_on(f->in, &events, f);
    }
    link_answer(f->core, id, nothing, nothing);
}

static void on_down(void *ctx) {
    ((fixture *)ctx)->downs++;
}

static void on_answer(void *ctx, const link_message *m) {
    (void)ctx;
    (void)m;
}

// --- sending --------------------------------------------------------------------------------------------------

static void send_more(fixture *f) {
    while (f->out != NULL && f->sent < f->to_send && link_body_room_bytes(f->out) > 0) {
        uint8_t data[100000];
        size_t len = f->to_send - f->sent;
        len = len < sizeof data ? len : sizeof data;
        len = len < link_body_room_bytes(f->out) ? len : link_body_room_bytes(f->out);
        for (size_t i = 0; i < len; i++)
            data[i] = (uint8_t)(f->sent + i);
        assert_int_equal(link_body_write(f->out, bytes_of(data, len)), OC_OK);
        f->sent += len;
    }
    if (f->out != NULL && f->sent == f->to_send && f->end_when_sent) {
        link_body_end(f->out);
        f->out = NULL;
    }
}

static void on_room(void *ctx, link_body *b) {
    fixture *f = ctx;
    assert_ptr_equal(b, f->out);
    f->rooms++;
    send_more(f);
}

static void on_out_cancelled(void *ctx, link_body *b) {
    fixture *f = ctx;
    (void)b;
    f->out = NULL;
    f->out_cancelled++;
}

static void announce(fixture *f, size_t len) {
    static const link_body_events events = {.room = on_room, .cancelled = on_out_cancelled};
    f->to_send = len;
    f->out = link_body_send(f->shim);
    assert_non_null(f->out);
    link_body_on(f->out, &events, f);
    char *params = xasprintf("[{},{\"$body\":%d}]", (int)link_body_id(f->out));
    assert_int_equal(link_call(f->shim, "ServeHTTP", bytes_str(params), nothing, 0, on_answer, f, NULL),
                     OC_OK);
    free(params);
    send_more(f);
}

// --- fixture --------------------------------------------------------------------------------------------------

static void no_log(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    (void)ctx;
    (void)level;
    (void)message;
    (void)fields;
    (void)count;
}

static int setup_shim(void **state) {
    char name[17];
    fixture *f = xcalloc(1, sizeof *f);
    *state = f;
    f->claim = f->consume = f->end_when_sent = true;
    random_hex(name, 8);
    f->url = xasprintf("abstract://test-bodies-%s", name);
    f->l = loop_create(NULL);
    log_set_sink(no_log, NULL);
    if (link_listen(f->l, f->url, &f->shim) != OC_OK)
        return 1;
    link_expect_peer(f->shim, getpid());
    link_on_down(f->shim, on_down, f);
    return 0;
}

static void dial(fixture *f) {
    assert_int_equal(link_dial(f->l, f->url, &f->core), OC_OK);
    link_on_call(f->core, on_call, f);
}

static int setup(void **state) {
    if (setup_shim(state) != 0)
        return 1;
    dial(*state);
    return 0;
}

// The core's side is the test itself, which writes what it likes.
static int setup_raw(void **state) {
    if (setup_shim(state) != 0)
        return 1;
    fixture *f = *state;
    f->has_raw = nng_pair1_open(&f->raw) == 0;
    return f->has_raw ? nng_dial(f->raw, f->url, NULL, 0) : 1;
}

static int teardown(void **state) {
    fixture *f = *state;
    link_destroy(f->shim);
    link_destroy(f->core);
    if (f->has_raw)
        nng_close(f->raw);
    loop_destroy(f->l);
    log_set_sink(NULL, NULL);
    free(f->url);
    free(f);
    return 0;
}

// --- tests ----------------------------------------------------------------------------------------------------

static void test_lengths(void **state) {
    static const size_t lengths[] = {0, 1, 65536, 65537, 262144, 2124289, 10 << 20};
    fixture *f = *state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        f->received = f->sent = 0;
        f->next = 0;
        announce(f, lengths[i]);
        until(f->ends == (int)i + 1);
        assert_int_equal(f->received, lengths[i]);
    }
    assert_int_equal(f->in_cancelled + f->out_cancelled + f->downs, 0);
}

static void test_no_more_than_the_credit(void **state) {
    fixture *f = *state;
    f->consume = false;
    announce(f, 1 << 20);
    until(f->received == LINK_BODY_CREDIT_BYTES);
    assert_int_equal(f->sent, LINK_BODY_CREDIT_BYTES);
    assert_int_equal(link_body_room_bytes(f->out), 0);
    assert_int_equal(link_body_write(f->out, bytes_str("x")), OC_EBUSY);
    // A call behind them is answered: nothing more came before it.
    assert_int_equal(link_call(f->shim, "ping", bytes_str("[]"), nothing, 0, on_answer, f, NULL), OC_OK);
    until(f->pings == 1);
    assert_int_equal(f->received, LINK_BODY_CREDIT_BYTES);
    link_body_consumed(f->in, f->received); // later, all at once
    f->consume = true;
    until(f->ends == 1);
    assert_int_equal(f->received, 1 << 20);
    assert_true(f->rooms > 0);
}

static void test_calls_overtake_bodies(void **state) {
    fixture *f = *state;
    // Nobody is there yet, so all of it waits together.
    announce(f, LINK_BODY_CREDIT_BYTES);
    assert_int_equal(link_call(f->shim, "ping", bytes_str("[]"), nothing, 0, on_answer, f, NULL), OC_OK);
    dial(f);
    until(f->pings == 1);
    until(f->ends == 1);
    assert_int_equal(f->received_at_ping, 0);
}

static void test_sender_gives_up(void **state) {
    fixture *f = *state;
    f->end_when_sent = false;
    announce(f, 1000);
    until(f->received == 1000);
    link_body_cancel(f->out);
    f->out = NULL;
    until(f->in_cancelled == 1);
    assert_int_equal(f->ends, 0);
}

static void test_receiver_gives_up(void **state) {
    fixture *f = *state;
    announce(f, 10 << 20);
    until(f->received > 0);
    link_body_cancel(f->in);
    f->in = NULL;
    until(f->out_cancelled == 1);
    assert_int_equal(f->ends + f->in_cancelled + f->downs, 0);
    // What was under way is ignored; the next body is served.
    f->received = f->sent = 0;
    f->next = 0;
    announce(f, 5);
    until(f->ends == 1);
    assert_int_equal(f->received, 5);
}

static void test_nobody_wants_it(void **state) {
    fixture *f = *state;
    f->claim = false;
    announce(f, 10 << 20);
    until(f->out_cancelled == 1);
    link_body_cancel(NULL);
}

static void test_link_is_lost(void **state) {
    fixture *f = *state;
    f->end_when_sent = false;
    announce(f, 1000);
    until(f->received == 1000);
    link_destroy(f->core);
    f->core = NULL;
    assert_int_equal(f->in_cancelled, 1);
    until(f->out_cancelled == 1);
}

static void test_too_many(void **state) {
    fixture *f = *state;
    for (int i = 0; i < LINK_BODIES_MAX; i++)
        assert_non_null(link_body_send(f->shim));
    assert_null(link_body_send(f->shim));
}

static void test_users_text_announces_nothing(void **state) {
    static const char *const params[] = {
        "[{\"props\":{\"$body\":1}}]", "[{\"a\":1,\"$body\":1}]", "[[{\"$body\":1}]]", "[{\"$body\":0}]",
        "[{\"$body\":\"1\"}]",         "{\"a\":{\"$body\":1}}",   "[{\"$body\":-1}]",
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) {
        assert_int_equal(link_call(f->shim, "A", bytes_str(params[i]), nothing, 0, on_answer, f, NULL),
                         OC_OK);
        until(f->calls == (int)i + 1);
        assert_null(f->in);
    }
}

static void test_long_frame_cannot_announce(void **state) {
    fixture *f = *state;
    char *text = xmalloc(400001);
    memset(text, ' ', 400000);
    memcpy(text, "[{\"$body\":1}", 12);
    memcpy(text + 399999, "]", 2);
    assert_int_equal(link_call(f->shim, "A", bytes_str(text), nothing, 0, on_answer, f, NULL), OC_ELIMIT);
    free(text);
}

// --- peers that break the rules -------------------------------------------------------------------------------

static void send_raw(fixture *f, const char *json, size_t tail_len) {
    uint8_t *message = xcalloc(1, 1000 + tail_len);
    uint8_t *tail = xcalloc(1, tail_len + 1);
    bytes b = bytes_str(json), t = bytes_of(tail, tail_len);
    message_write(message, b, t);
    assert_int_equal(nng_send(f->raw, message, message_frame_bytes(b, t), 0), 0);
    free(tail);
    free(message);
}

static void on_raw_call(void *ctx, uint64_t id, const char *method, const link_message *m) {
    static const link_body_events events = {0};
    fixture *f = ctx;
    (void)id;
    (void)method;
    f->calls++;
    if (m->body != NULL) {
        f->in = m->body;
        link_body_on(m->body, &events, f);
    }
}

#define RPC "{\"jsonrpc\":\"2.0\","

static void test_unread_pieces_are_consumed(void **state) {
    fixture *f = *state;
    link_on_call(f->shim, on_raw_call, f);
    send_raw(f, RPC "\"method\":\"A\",\"params\":[{\"$body\":4}]}", 0);
    // Claimed without a callback for data: what comes counts as read, so this is within the credit.
    for (int i = 0; i < 4; i++)
        send_raw(f, RPC "\"method\":\"$piece\",\"params\":{\"body\":4}}", 200000);
    send_raw(f, RPC "\"method\":\"$end\",\"params\":{\"body\":4}}", 0);
    send_raw(f, RPC "\"id\":1,\"method\":\"B\"}", 0);
    until(f->calls == 2);
    assert_int_equal(f->downs, 0);
}

static void keep_unconsumed(void *ctx, link_body *b, bytes piece) {
    fixture *f = ctx;
    (void)b;
    f->received += piece.len;
}

static void on_greedy_call(void *ctx, uint64_t id, const char *method, const link_message *m) {
    static const link_body_events events = {.data = keep_unconsumed, .cancelled = on_in_cancelled};
    fixture *f = ctx;
    (void)id;
    (void)method;
    f->in = m->body;
    link_body_on(m->body, &events, f);
}

static void test_credit_is_enforced(void **state) {
    fixture *f = *state;
    link_on_call(f->shim, on_greedy_call, f);
    send_raw(f, RPC "\"method\":\"A\",\"params\":[{\"$body\":4}]}", 0);
    for (int i = 0; i < 2; i++)
        send_raw(f, RPC "\"method\":\"$piece\",\"params\":{\"body\":4}}", 200000);
    until(f->received == 400000);
    send_raw(f, RPC "\"method\":\"$piece\",\"params\":{\"body\":4}}", 124289);
    until(f->downs == 1);
    assert_int_equal(f->received, 400000);
    assert_int_equal(f->in_cancelled, 1);
}

static void spoil_credit(fixture *f, const char *count) {
    f->out = link_body_send(f->shim);
    assert_int_equal(link_body_id(f->out), 1);
    char *json = xasprintf(RPC "\"method\":\"$credit\",\"params\":{\"body\":1,\"bytes\":%s}}", count);
    send_raw(f, json, 0);
    free(json);
    until(f->downs == 1);
}

static void test_credit_that_was_not_used(void **state) {
    spoil_credit(*state, "1");
}

static void test_negative_credit(void **state) {
    spoil_credit(*state, "-1");
}

static void test_credit_of_a_wrong_kind(void **state) {
    spoil_credit(*state, "\"x\"");
}

static void test_long_frame_that_lies(void **state) {
    fixture *f = *state;
    send_raw(f, RPC "\"method\":\"$large\",\"params\":{\"body\":1,\"bytes\":600000}}", 0);
    send_raw(f, RPC "\"method\":\"$piece\",\"params\":{\"body\":1}}", 1000);
    send_raw(f, RPC "\"method\":\"$end\",\"params\":{\"body\":1}}", 0);
    until(f->downs == 1);
}

static void test_long_frame_that_grows(void **state) {
    fixture *f = *state;
    send_raw(f, RPC "\"method\":\"$large\",\"params\":{\"body\":1,\"bytes\":600000}}", 0);
    for (int i = 0; i < 4; i++)
        send_raw(f, RPC "\"method\":\"$piece\",\"params\":{\"body\":1}}", 200000);
    until(f->downs == 1);
}

static void test_too_many_long_frames(void **state) {
    fixture *f = *state;
    for (int i = 1; i <= 3; i++) {
        char *json = xasprintf(RPC "\"method\":\"$large\",\"params\":{\"body\":%d,\"bytes\":16777216}}", i);
        send_raw(f, json, 0);
        free(json);
    }
    until(f->downs == 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lengths, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_more_than_the_credit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_calls_overtake_bodies, setup_shim, teardown),
        cmocka_unit_test_setup_teardown(test_sender_gives_up, setup, teardown),
        cmocka_unit_test_setup_teardown(test_receiver_gives_up, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nobody_wants_it, setup, teardown),
        cmocka_unit_test_setup_teardown(test_link_is_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
        cmocka_unit_test_setup_teardown(test_users_text_announces_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_frame_cannot_announce, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unread_pieces_are_consumed, setup_raw, teardown),
        cmocka_unit_test_setup_teardown(test_credit_is_enforced, setup_raw, teardown),
        cmocka_unit_test_setup_teardown(test_credit_that_was_not_used, setup_raw, teardown),
        cmocka_unit_test_setup_teardown(test_negative_credit, setup_raw, teardown),
        cmocka_unit_test_setup_teardown(test_credit_of_a_wrong_kind, setup_raw, teardown),
        cmocka_unit_test_setup_teardown(test_long_frame_that_lies, setup_raw, teardown),
        cmocka_unit_test_setup_teardown(test_long_frame_that_grows, setup_raw, teardown),
        cmocka_unit_test_setup_teardown(test_too_many_long_frames, setup_raw, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
