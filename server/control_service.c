// SPDX-License-Identifier: Apache-2.0
// go-plugin's own services on the first stream: Dispenser offers the hooks stream, Control checks our health and ends
// us. Health is answered here, whatever the core does. Source: plugin-rpc notes (c), (k).
#include "base/log.h"
#include "plugin_session_internal.h"
#include "schema/writer.h"

static void on_hooks_stream(void *ctx, yamux_stream *stream) {
    plugin_session *s = ctx;
    if (stream != NULL)
        hooks_serve(s, stream);
    else
        log_warn("the Mattermost server asked for the hooks stream and did not open it");
}

static void dispense(plugin_session *s, rpc_stream *r, const netrpc_message *m) {
    gob_value id = {.kind = GOB_UINT};
    if (m->body.kind != GOB_STRING || !bytes_is(m->body.text, "hooks")) {
        rpc_reply(r, m->method, m->seq, "this plugin dispenses nothing but hooks", NULL, NULL);
        return;
    }
    id.uinteger = broker_offer(s->broker, on_hooks_stream, s);
    session_wants_ticks(s);
    if (id.uinteger == 0)
        rpc_reply(r, m->method, m->seq, "too many streams are being opened", NULL, NULL);
    else
        rpc_reply(r, m->method, m->seq, NULL, &GOB_T_UINT, &id);
}

static void ping(plugin_session *s, rpc_stream *r, const netrpc_message *m) {
    (void)s;
    rpc_reply(r, m->method, m->seq, NULL, NULL, NULL);
}

static void quit(plugin_session *s, rpc_stream *r, const netrpc_message *m) {
    rpc_reply(r, m->method, m->seq, NULL, NULL, NULL);
    yamux_go_away(s->mux);
    api_take_own_log(s, false);
    session_end(s, 0, false);
}

static const struct service {
    const char *method;
    void (*serve)(plugin_session *s, rpc_stream *r, const netrpc_message *m);
} SERVICES[] = {
    {"Control.Ping", ping},
    {"Control.Quit", quit},
    {"Dispenser.Dispense", dispense},
};

static void on_request(void *ctx, rpc_stream *r, const netrpc_message *m) {
    for (size_t i = 0; i < sizeof SERVICES / sizeof SERVICES[0]; i++) {
        if (bytes_is(m->method, SERVICES[i].method)) {
            SERVICES[i].serve(ctx, r, m);
            return;
        }
    }
    rpc_reply(r, m->method, m->seq,
              "rpc: can't find method: this plugin has Control.Ping, Control.Quit and Dispenser.Dispense",
              NULL, NULL);
}

static void on_closed(void *ctx, const char *why) {
    plugin_session *s = ctx;
    s->control = NULL;
    if (why != NULL)
        session_fail(s, why);
}

void control_serve(plugin_session *s, yamux_stream *stream) {
    s->control = rpc_serve(stream, &s->memory, on_request, on_closed, s);
}
