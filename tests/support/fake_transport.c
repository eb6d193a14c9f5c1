// SPDX-License-Identifier: Apache-2.0
#include "fake_transport.h"

#include "base/mem.h"

#include <stdlib.h>
#include <utlist.h>

typedef struct packet { // one thing that is under way to the client
    char *text;         // a frame; NULL: the end
    websocket_end end;
    struct packet *prev, *next;
} packet;

typedef struct wire {
    fake_world *world;
    websocket_events events;
    void *ctx;
    bool opened, refused, closing; // closing: its end is under way
    packet *packets;
    loop_timer deliver;
} wire;

struct fake_world {
    int64_t now_ms;
    oc_clock clock;
    loop *loop;
    fake_gateway *gateway;
    wire *wire; // the present one
    bool refusing;
    websocket_cause cause;
    int tries;
    unsigned client_close;
    int64_t heard_ms;
    websocket_options options;
    char *url;
};

static int64_t mono(void *ctx) {
    return ((fake_world *)ctx)->now_ms;
}

static int64_t wall(void *ctx) {
    return 1800000000000 + ((fake_world *)ctx)->now_ms;
}

fake_world *fake_world_create(void) {
    fake_world *w = xcalloc(1, sizeof *w);
    w->now_ms = 1000000;
    w->clock = (oc_clock){.mono_ms = mono, .wall_ms = wall, .ctx = w};
    w->loop = loop_create(&w->clock);
    w->gateway = fake_gateway_create();
    return w;
}

static void free_packet(packet *p) {
    free(p->text);
    free(p);
}

static void free_wire(wire *x) {
    packet *p = NULL, *next = NULL;
    loop_timer_cancel(&x->deliver);
    DL_FOREACH_SAFE (x->packets, p, next) {
        free_packet(p);
    }
    if (x->world->wire == x) {
        x->world->wire = NULL;
        fake_gateway_on_gone(x->world->gateway);
    }
    free(x);
}

void fake_world_destroy(fake_world *w) {
    if (w == NULL)
        return;
    if (w->wire != NULL)
        free_wire(w->wire);
    fake_gateway_destroy(w->gateway);
    loop_destroy(w->loop);
    free(w->url);
    free(w);
}

loop *fake_world_loop(fake_world *w) {
    return w->loop;
}

fake_gateway *fake_world_gateway(fake_world *w) {
    return w->gateway;
}

static void on_deliver(void *ctx);

static void add_packet(wire *x, packet p) {
    packet *copy = xcalloc(1, sizeof *copy);
    *copy = p;
    DL_APPEND(x->packets, copy);
    loop_timer_set(x->world->loop, &x->deliver, 0, on_deliver, x);
}

static void gateway_sends(void *ctx, const char *text) {
    wire *x = ctx;
    if (!x->closing)
        add_packet(x, (packet){.text = xstrdup(text)});
}

static void end_wire(wire *x, websocket_cause cause, unsigned code, const char *sentence) {
    if (x->closing)
        return;
    x->closing = true;
    add_packet(x, (packet){.end = {.cause = cause, .close_code = code, .reason = "", .sentence = sentence}});
}

static void gateway_closes(void *ctx, unsigned code, const char *reason) {
    (void)reason;
    end_wire(ctx, WEBSOCKET_CLOSED, code, "fake: the gateway closed the connection");
}

// One packet a round, so that the client's own timers have their turn between.
static void on_deliver(void *ctx) {
    wire *x = ctx;
    fake_world *w = x->world;
    packet *p = x->packets;
    if (!x->opened && !x->refused) {
        x->opened = true;
        x->events.open(x->ctx);
        if (w->wire == x)
            fake_gateway_on_open(w->gateway, gateway_sends, gateway_closes, x);
        return;
    }
    if (p == NULL)
        return;
    DL_DELETE(x->packets, p);
    if (x->packets != NULL)
        loop_timer_set(w->loop, &x->deliver, 0, on_deliver, x);
    if (p->text != NULL) {
        w->heard_ms = w->now_ms;
        x->events.message(x->ctx, bytes_str(p->text));
    } else {
        websocket_events events = x->events;
        void *events_ctx = x->ctx;
        free_wire(x);
        events.closed(events_ctx, &p->end);
    }
    free_packet(p);
}

static void *open_wire(void *ctx, const websocket_options *options, const websocket_events *events,
                       void *events_ctx) {
    fake_world *w = ctx;
    wire *x = xcalloc(1, sizeof *x);
    *x = (wire){.world = w, .events = *events, .ctx = events_ctx, .refused = w->refusing};
    w->tries++;
    w->heard_ms = w->now_ms;
    free(w->url);
    w->url = xstrdup(options->url);
    w->options = (websocket_options){.url = w->url};
    w->wire = x;
    if (w->refusing)
        end_wire(x, w->cause, 0, "fake: the connection is refused");
    else
        loop_timer_set(w->loop, &x->deliver, 0, on_deliver, x);
    return x;
}

static oc_err send_wire(void *handle, bytes text) {
    wire *x = handle;
    if (!x->opened || x->closing)
        return OC_ECLOSED;
    fake_gateway_on_frame(x->world->gateway, text);
    return OC_OK;
}

static void close_wire(void *handle, unsigned code) {
    wire *x = handle;
    x->world->client_close = code;
    free_wire(x);
}

static int64_t heard(const void *handle) {
    return ((const wire *)handle)->world->heard_ms;
}

transport fake_world_transport(fake_world *w) {
    return (transport){
        .open = open_wire, .send = send_wire, .close = close_wire, .heard_ms = heard, .ctx = w};
}

void fake_world_steps(fake_world *w, int count) {
    for (int i = 0; i < count; i++)
        loop_step(w->loop, 0);
}

void fake_world_settle(fake_world *w) {
    fake_world_steps(w, 400);
}

void fake_world_advance(fake_world *w, int64_t ms) {
    fake_world_settle(w);
    for (int64_t step = 0; ms > 0; ms -= step) {
        step = ms < 250 ? ms : 250;
        w->now_ms += step;
        fake_world_steps(w, 20);
    }
    fake_world_settle(w);
}

void fake_world_refuse(fake_world *w, websocket_cause cause) {
    w->refusing = true;
    w->cause = cause;
}

void fake_world_accept(fake_world *w) {
    w->refusing = false;
}

void fake_world_cut(fake_world *w, websocket_cause cause, unsigned close_code) {
    if (w->wire != NULL)
        end_wire(w->wire, cause, close_code, "fake: the connection was cut");
}

void fake_world_frame(fake_world *w, const char *text) {
    if (w->wire != NULL)
        gateway_sends(w->wire, text);
}

bool fake_world_connected(const fake_world *w) {
    return w->wire != NULL && w->wire->opened;
}

int fake_world_tries(const fake_world *w) {
    return w->tries;
}

unsigned fake_world_client_close(const fake_world *w) {
    return w->client_close;
}

const websocket_options *fake_world_options(fake_world *w) {
    return &w->options;
}
