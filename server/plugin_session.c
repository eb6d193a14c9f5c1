// SPDX-License-Identifier: Apache-2.0
#include "plugin_session_internal.h"

#include "base/log.h"
#include "base/mem.h"
#include "http_exchange.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    READ_BYTES = 128 << 10,
    READS_A_ROUND = 4, // then other descriptors and timers get their turn
    TICK_MS = 20000,
    BUSY_TICK_MS = 1000,     // while the broker waits for something
    QUIT_LIMIT_MS = 1500,    // after Control.Quit the server gives us 2 s
    GOODBYE_LIMIT_MS = 8000, // SIGTERM: the core's goodbye, and its end
    SCRATCH_MAX_BYTES = 192 << 20,
    SCRATCH_KEEP_BYTES = 256 << 10, // between two events
};

// --- life ---

bool session_move(plugin_session *s, session_event event) {
    session_state from = s->state;
    switch (event) {
    case SESSION_CAME:
        s->state = from == SESSION_STARTING ? SESSION_CONNECTED : from;
        break;
    case SESSION_ACTIVATE:
        s->state = from == SESSION_CONNECTED ? SESSION_ACTIVATING : from;
        break;
    case SESSION_UP:
        s->state = from == SESSION_ACTIVATING ? SESSION_ACTIVE : from;
        break;
    case SESSION_FAILED:
        s->state = from == SESSION_ACTIVATING ? SESSION_CONNECTED : from;
        break;
    case SESSION_DEACTIVATE:
        s->state = from == SESSION_CONNECTED || from == SESSION_ACTIVATING || from == SESSION_ACTIVE
                       ? SESSION_DEACTIVATING
                       : from;
        break;
    case SESSION_CORE_GONE:
        if (from == SESSION_DEACTIVATING)
            s->state = SESSION_DEACTIVATED;
        else if (from == SESSION_ENDING)
            s->state = SESSION_ENDED;
        break;
    case SESSION_END:
        s->state = from < SESSION_ENDING ? SESSION_ENDING : from;
        break;
    }
    return s->state != from;
}

static void on_end_limit(void *ctx);

static void on_core_ended(void *ctx) {
    plugin_session *s = ctx;
    session_flush(s);
    if (!session_move(s, SESSION_CORE_GONE))
        return;
    loop_timer_cancel(&s->end_limit);
    s->ended(s->ended_ctx, s->exit_code);
}

// The core did not end in time: plugin_session_destroy kills it.
static void on_end_limit(void *ctx) {
    on_core_ended(ctx);
}

void session_end(plugin_session *s, int exit_code, bool say_goodbye) {
    if (!session_move(s, SESSION_END))
        return;
    s->exit_code = exit_code;
    loop_timer_set(s->loop, &s->end_limit, say_goodbye ? GOODBYE_LIMIT_MS : QUIT_LIMIT_MS, on_end_limit, s);
    core_link_stop(s->core, say_goodbye, on_core_ended, s);
}

void plugin_session_stop(plugin_session *s, int exit_code) {
    session_end(s, exit_code, true);
}

static void disconnect(plugin_session *s) {
    loop_unwatch(s->watch);
    s->watch = NULL;
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

void session_fail(plugin_session *s, const char *why) {
    if (s->fd < 0)
        return;
    api_take_own_log(s, false);
    if (s->state < SESSION_DEACTIVATED)
        log_error("the connection to the Mattermost server has ended", "why", why);
    // The server may still read why: a reset, a go-away.
    bytes last = buf_bytes(yamux_out(s->mux));
    if (last.len > 0 && write(s->fd, last.data, last.len) < 0)
        log_debug("the last frames could not be sent", "error", strerror(errno));
    disconnect(s);
    session_end(s, 1, false);
}

// --- bytes ---

static void want_write(plugin_session *s, bool wanted) {
    if (s->wants_write == wanted)
        return;
    s->wants_write = wanted;
    loop_watch_events(s->watch, wanted ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

void session_flush(plugin_session *s) {
    http_exchanges_reap(s);
    if (s->fd < 0)
        return;
    buf *out = yamux_out(s->mux);
    for (yamux_flush(s->mux); out->len > 0; yamux_flush(s->mux)) {
        bytes data = buf_bytes(out);
        ssize_t n = write(s->fd, data.data, data.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN) {
            session_fail(s, strerror(errno));
            return;
        }
        if (n < 0)
            break;
        buf_consume(out, (size_t)n);
    }
    want_write(s, out->len > 0);
}

void session_clear_scratch(plugin_session *s) {
    buf *scratch[] = {&s->json, &s->tail};
    for (size_t i = 0; i < sizeof scratch / sizeof scratch[0]; i++) {
        buf_clear(scratch[i]);
        if (scratch[i]->cap > SCRATCH_KEEP_BYTES)
            buf_free(scratch[i]);
    }
}

static void on_flush_soon(void *ctx) {
    session_flush(ctx);
}

void session_flush_soon(plugin_session *s) {
    if (!loop_timer_armed(&s->flush_soon))
        loop_timer_set(s->loop, &s->flush_soon, 0, on_flush_soon, s);
}

// False when there is nothing more to read for now, or ever.
static bool read_some(plugin_session *s) {
    static uint8_t memory[READ_BYTES];
    ssize_t n = read(s->fd, memory, sizeof memory);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n <= 0) {
        session_fail(s, n == 0 ? "it closed the connection" : strerror(errno));
        return false;
    }
    oc_err err = yamux_feed(s->mux, bytes_of(memory, (size_t)n));
    if (err != OC_OK) {
        session_fail(s, oc_err_text(err));
        return false;
    }
    return (size_t)n == sizeof memory;
}

static void on_socket(void *ctx, unsigned events) {
    plugin_session *s = ctx;
    bool more = (events & LOOP_READ) != 0;
    for (int i = 0; i < READS_A_ROUND && more && s->fd >= 0; i++)
        more = read_some(s);
    session_flush(s);
}

static void on_tick(void *ctx) {
    plugin_session *s = ctx;
    int64_t now_ms = loop_now_ms(s->loop);
    yamux_tick(s->mux, now_ms);
    broker_tick(s->broker, now_ms);
    api_memory_expire(s->remembered, now_ms);
    loop_timer_set(s->loop, &s->tick, broker_waiting(s->broker) ? BUSY_TICK_MS : TICK_MS, on_tick, s);
    session_flush(s);
}

void session_wants_ticks(plugin_session *s) {
    if (broker_waiting(s->broker) && s->tick.due_ms - loop_now_ms(s->loop) > BUSY_TICK_MS)
        loop_timer_set(s->loop, &s->tick, 0, on_tick, s);
}

// --- streams ---

static void hold_readable(void *ctx, yamux_stream *stream) {
    (void)ctx;
    if (yamux_ended(stream))
        yamux_finish(stream);
}

void session_hold(yamux_stream *stream) {
    static const yamux_handlers handlers = {.readable = hold_readable};
    yamux_handle(stream, &handlers, NULL);
    yamux_discard(stream);
    hold_readable(NULL, stream);
}

static void on_opened(void *ctx, yamux_stream *stream) {
    plugin_session *s = ctx;
    enum { CONTROL_STREAM, STDOUT_STREAM, STDERR_STREAM, FIXED_STREAMS };
    unsigned number = s->fixed_streams;
    if (number < FIXED_STREAMS)
        s->fixed_streams++;
    if (number == CONTROL_STREAM) {
        control_serve(s, stream);
    } else if (number < FIXED_STREAMS) {
        session_hold(stream); // for what a Go plugin prints: we log through the API
    } else {
        broker_take(s->broker, stream);
        session_wants_ticks(s);
    }
}

// --- the core's side ---

static void on_api_call(void *ctx, uint64_t id, const char *method, const link_message *message) {
    api_call(ctx, id, method, message);
    session_flush(ctx);
}

static void on_log(void *ctx, const char *level, const char *message, const cJSON *fields) {
    api_log(ctx, level, message, fields);
    session_flush(ctx);
}

static void on_interest_set(void *ctx, const cJSON *params) {
    oc_err err = interest_set(((plugin_session *)ctx)->interest, params);
    if (err != OC_OK)
        log_error("the core's interest filter cannot be used", "error", oc_err_text(err));
}

static void on_interest_channels(void *ctx, const cJSON *params) {
    oc_err err = interest_channels(((plugin_session *)ctx)->interest, params);
    if (err != OC_OK)
        log_error("the core's channel classes cannot be used", "error", oc_err_text(err));
}

static void on_core_ready(void *ctx) {
    (void)ctx; // whoever waits for it is told by core_link_wait
}

static void on_core_lost(void *ctx) {
    interest_reset(((plugin_session *)ctx)->interest);
}

// --- creation and end ---

plugin_session *plugin_session_create(loop *l, const char *core_path, plugin_session_ended_fn *ended,
                                      void *ctx) {
    static const core_link_events events = {
        .api_call = on_api_call,
        .log = on_log,
        .interest_set = on_interest_set,
        .interest_channels = on_interest_channels,
        .ready = on_core_ready,
        .lost = on_core_lost,
    };
    plugin_session *s = xcalloc(1, sizeof *s);
    s->loop = l;
    s->fd = -1;
    s->ended = ended;
    s->ended_ctx = ctx;
    rpc_memory_init(&s->memory);
    arena_init(&s->writing, SCRATCH_MAX_BYTES);
    buf_init(&s->json, SCRATCH_MAX_BYTES);
    buf_init(&s->tail, SCRATCH_MAX_BYTES);
    s->interest = interest_create();
    s->remembered = api_memory_create();
    s->ordered = api_order_create();
    s->mux = yamux_create(on_opened, s);
    s->broker = broker_create(s->mux);
    s->core = core_link_create(l, core_path, &events, s);
    return s;
}

void plugin_session_connect(plugin_session *s, int fd) {
    if (!session_move(s, SESSION_CAME)) {
        close(fd);
        return;
    }
    s->fd = fd;
    if (loop_watch_fd(s->loop, fd, LOOP_READ, on_socket, s, &s->watch) != OC_OK) {
        session_fail(s, strerror(errno));
        return;
    }
    on_tick(s);
}

void plugin_session_destroy(plugin_session *s) {
    if (s == NULL)
        return;
    api_take_own_log(s, false);
    (void)session_move(s, SESSION_END);
    hook_forget_activation(s);
    http_exchanges_end(s);
    core_link_destroy(s->core);
    s->core = NULL;
    broker_destroy(s->broker);
    yamux_destroy(s->mux);
    api_uploads_end(s);
    disconnect(s);
    loop_timer_cancel(&s->tick);
    loop_timer_cancel(&s->end_limit);
    loop_timer_cancel(&s->flush_soon);
    interest_destroy(s->interest);
    api_memory_destroy(s->remembered);
    api_order_destroy(s->ordered);
    loop_timer_cancel(&s->overdue);
    rpc_memory_free(&s->memory);
    arena_free(&s->writing);
    buf_free(&s->json);
    buf_free(&s->tail);
    free(s);
}
