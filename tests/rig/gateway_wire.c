// SPDX-License-Identifier: Apache-2.0
#include "gateway_wire.h"

#include "base/mem.h"
#include "gateway.h"
#include "gateway/transport.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

typedef struct frame {
    char *text; // NULL: the end
    unsigned code;
    int64_t due_ms;
    struct frame *prev, *next;
} frame;

typedef struct socket_ {
    int number;
    loop *l; // of the client
    websocket_events events;
    void *ctx;
    bool open, refused, mute;
    bool ending;  // its end is under way to the client
    bool severed; // the client's process is dead
    frame *inbox;
    int64_t last_due_ms, last_sent_ms, heard_ms;
    loop_timer deliver;
    struct socket_ *prev, *next;
} socket_;

typedef struct outgoing { // from the client to the gateway
    int number;
    char *text;
} outgoing;

static socket_ *all;
static int last_number;
static int64_t stalled_until_ms, shaken_until_ms;

static void plan(socket_ *s);

static socket_ *find(int number) {
    socket_ *s = NULL;
    DL_SEARCH_SCALAR(all, s, number, number);
    return s;
}

static void free_frame(socket_ *s, frame *f) {
    DL_DELETE(s->inbox, f);
    free(f->text);
    free(f);
}

static void free_socket(socket_ *s) {
    while (s->inbox != NULL)
        free_frame(s, s->inbox);
    loop_timer_cancel(&s->deliver);
    DL_DELETE(all, s);
    free(s);
}

static int by_due(const frame *a, const frame *b) {
    return (a->due_ms > b->due_ms) - (a->due_ms < b->due_ms);
}

static void add(socket_ *s, const char *text, unsigned code, int64_t delay_ms, bool in_order) {
    frame *f = xcalloc(1, sizeof *f);
    f->text = text != NULL ? xstrdup(text) : NULL;
    f->code = code;
    f->due_ms = world_now_ms() + delay_ms;
    if (f->due_ms < stalled_until_ms)
        f->due_ms = stalled_until_ms;
    if (in_order && f->due_ms < s->last_due_ms)
        f->due_ms = s->last_due_ms;
    if (in_order)
        s->last_due_ms = f->due_ms;
    DL_INSERT_INORDER(s->inbox, f, by_due);
    plan(s);
}

static void finish(socket_ *s, unsigned code) {
    websocket_events events = s->events;
    void *ctx = s->ctx;
    websocket_end end = {.cause = s->refused  ? WEBSOCKET_CONNECT
                                  : code != 0 ? WEBSOCKET_CLOSED
                                              : WEBSOCKET_CUT,
                         .close_code = code,
                         .reason = "",
                         .sentence = "rig: the connection has ended"};
    free_socket(s);
    events.closed(ctx, &end);
}

// One frame a round: the client's callback may close the socket.
static void on_deliver(void *ctx) {
    socket_ *s = ctx;
    frame *f = s->inbox;
    if (f == NULL || f->due_ms > world_now_ms()) {
        plan(s);
        return;
    }
    if (f->text == NULL) {
        finish(s, f->code);
        return;
    }
    DL_DELETE(s->inbox, f);
    plan(s);
    s->heard_ms = world_now_ms();
    if (*f->text == '\0') {
        s->open = true;
        s->events.open(s->ctx);
    } else {
        s->events.message(s->ctx, bytes_str(f->text));
    }
    free(f->text);
    free(f);
}

static void plan(socket_ *s) {
    if (s->inbox != NULL)
        loop_timer_set(s->l, &s->deliver, s->inbox->due_ms - world_now_ms(), on_deliver, s);
}

// --- the client's side ---

static void tell_open(void *ctx) {
    int number = (int)(intptr_t)ctx;
    if (find(number) != NULL)
        gateway_on_open(number);
}

static void *open_wire(void *ctx, const websocket_options *options, const websocket_events *events,
                       void *events_ctx) {
    socket_ *s = xcalloc(1, sizeof *s);
    (void)options;
    s->number = ++last_number;
    s->l = net_loop(ctx);
    s->events = *events;
    s->ctx = events_ctx;
    s->heard_ms = world_now_ms();
    s->refused = !gateway_listens();
    DL_APPEND(all, s);
    int64_t delay = between(1, 8);
    if (s->refused) {
        add(s, NULL, 0, delay, true);
    } else {
        add(s, "", 0, delay, true); // "": open
        world_after(delay + 1, tell_open, (void *)(intptr_t)s->number);
    }
    return s;
}

static void arrive(void *ctx) {
    outgoing *o = ctx;
    const socket_ *s = find(o->number);
    if (s == NULL || !s->mute)
        gateway_on_text(o->number, o->text);
    free(o->text);
    free(o);
}

static oc_err send_wire(void *handle, bytes text) {
    socket_ *s = handle;
    if (!s->open || s->severed)
        return OC_ECLOSED;
    if (s->ending) // the client has not heard of it yet
        return OC_OK;
    outgoing *o = xmalloc(sizeof *o);
    *o = (outgoing){.number = s->number, .text = xstrndup((const char *)text.data, text.len)};
    int64_t at = world_now_ms() + between(0, 3);
    at = at < stalled_until_ms ? stalled_until_ms : at;
    at = at < s->last_sent_ms ? s->last_sent_ms : at;
    s->last_sent_ms = at;
    world_after(at - world_now_ms(), arrive, o);
    return OC_OK;
}

static void tell_gone(void *ctx) {
    gateway_on_gone((int)(intptr_t)ctx);
}

static void close_wire(void *handle, unsigned code) {
    socket_ *s = handle;
    (void)code;
    world_after(1, tell_gone, (void *)(intptr_t)s->number);
    free_socket(s);
}

static int64_t heard(const void *handle) {
    return ((const socket_ *)handle)->heard_ms;
}

transport transport_websocket(net *n) {
    return (transport){
        .open = open_wire, .send = send_wire, .close = close_wire, .heard_ms = heard, .ctx = n};
}

// --- the gateway's side and faults ---

void gateway_wire_send(int connection, const char *text, int64_t delay_ms) {
    socket_ *s = find(connection);
    if (s == NULL || s->ending || s->mute)
        return;
    bool shaken = world_now_ms() < shaken_until_ms && strstr(text, "\"event\"") != NULL;
    add(s, text, 0, delay_ms + (shaken ? between(0, 40) : between(0, 3)), !shaken);
    if (shaken && chance(300))
        add(s, text, 0, delay_ms + between(0, 200), false);
}

static void end_soon(socket_ *s, unsigned code) {
    if (s->ending)
        return;
    s->ending = true;
    if (code == 0) // what was under way is lost
        while (s->inbox != NULL && chance(500))
            free_frame(s, s->inbox->prev);
    add(s, NULL, code, 1, true);
    world_after(0, tell_gone, (void *)(intptr_t)s->number);
}

void gateway_wire_close(int connection, unsigned code) {
    socket_ *s = find(connection);
    if (s != NULL)
        end_soon(s, code);
}

void gateway_wire_close_all(unsigned code) {
    socket_ *s = NULL;
    DL_FOREACH (all, s)
        end_soon(s, code);
}

void gateway_wire_sever(const loop *l) {
    socket_ *s = NULL;
    DL_FOREACH (all, s)
        if (s->l == l)
            s->ending = s->severed = true;
}

void gateway_wire_stall(int64_t ms) {
    stalled_until_ms = world_now_ms() + ms;
}

void gateway_wire_mute(void) {
    socket_ *s = NULL;
    DL_FOREACH (all, s)
        s->mute = true;
}

void gateway_wire_shake(int64_t ms) {
    shaken_until_ms = world_now_ms() + ms;
}
