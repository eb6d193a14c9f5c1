// SPDX-License-Identifier: Apache-2.0
#include "account/gateways.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/identity_store.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum {
    IDENTITY_TRIES_MAX = 15,
    IDENTITY_PAUSE_MS = 2000,
    CLOSING_LOOK_MS = 5000, // how often a gateway that nobody wants any more is looked at
};

typedef enum kind { OF_RUN, OF_CONTROL, OF_NODE, KINDS } kind; // of an entry's connections
static const char *const kind_names[KINDS] = {[OF_RUN] = "run", [OF_CONTROL] = "control", [OF_NODE] = "node"};

typedef struct entry entry;
typedef struct
    asking {      // for the device token of an address; the store cannot be told that nobody waits any more
    entry *entry; // NULL then
    kind kind;
} asking;

struct entry {
    gateways *owner;
    gateway *gateway;
    gateway_control *control; // NULL: not granted
    gateway_node *node;
    const gateway_config *settings; // NULL: nobody wants it any more
    bool wanted;                    // between begin and end: somebody asked for it
    bool grants[KINDS];             // … with these
    asking *asking[KINDS];
    entry *prev, *next;
};

struct gateways {
    loop *loop;
    chat *chat;
    net *net;
    gateways_status_fn *fn;
    void *ctx;
    listeners listeners;
    refused_tokens *refused;
    entry *entries;
    gateway_identity *identity;
    int identity_tries; // of loading it
    bool hold_nodes;
    loop_timer identity_again, closing;
};

gateways *gateways_create(loop *l, chat *c, net *n, gateways_status_fn *fn, void *ctx) {
    gateways *s = xcalloc(1, sizeof *s);
    *s = (gateways){.loop = l, .chat = c, .net = n, .fn = fn, .ctx = ctx, .hold_nodes = true};
    s->refused = refused_tokens_create();
    return s;
}

void gateways_listen(gateways *s, const account_listener *l, void *ctx) {
    listeners_add(&s->listeners, l, ctx);
}

static void stop_asking(entry *e, kind k) {
    if (e->asking[k] != NULL)
        e->asking[k]->entry = NULL;
    e->asking[k] = NULL;
}

static void destroy_control(entry *e) {
    stop_asking(e, OF_CONTROL);
    control_destroy(e->control);
    e->control = NULL;
}

static void destroy_node(entry *e) {
    stop_asking(e, OF_NODE);
    node_destroy(e->node);
    e->node = NULL;
}

static void entry_destroy(entry *e) {
    tell_gone(&e->owner->listeners, e->gateway, e->control, e->node);
    destroy_control(e);
    destroy_node(e);
    stop_asking(e, OF_RUN);
    gateway_destroy(e->gateway);
    free(e);
}

void gateways_destroy(gateways *s) {
    if (s == NULL)
        return;
    loop_timer_cancel(&s->identity_again);
    loop_timer_cancel(&s->closing);
    while (s->entries != NULL) {
        entry *e = s->entries;
        DL_DELETE(s->entries, e);
        entry_destroy(e);
    }
    gateway_identity_destroy(s->identity);
    refused_tokens_destroy(s->refused);
    free(s);
}

// --- connecting: the identity, the address's token, then the gateway has what it needs ---

// The others follow the run connection: what it is refused for they need not try.
static void follow(entry *e) {
    bool ready = e->asking[OF_RUN] == NULL && gateway_get_status(e->gateway).state == GATEWAY_READY;
    if (e->control != NULL)
        control_follow(e->control, ready);
    if (e->node != NULL)
        node_follow(e->node, ready);
}

static void on_status(void *ctx, const gateway_status *status) {
    entry *e = ctx;
    follow(e);
    if (e->settings != NULL)
        e->owner->fn(e->owner->ctx, e->gateway, status);
}

static void save_token(const entry *e, kind k, const char *token, const char *url) {
    device_token_save(e->owner->chat, url, kind_names[k], token);
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    save_token(ctx, OF_RUN, token, url);
}

static void on_token_loaded(void *ctx, const char *token) {
    asking *a = ctx;
    entry *e = a->entry;
    kind k = a->kind;
    free(a);
    if (e == NULL)
        return;
    e->asking[k] = NULL;
    const gateway_config *c = e->settings;
    const gateway_settings settings = {
        .url = c->url,
        .token = c->token,
        .ca_file = c->ca_file,
        .ca_pem = c->ca_pem,
        .proxy = c->proxy,
        .version = OPENCLAW_VERSION,
        .refused = e->owner->refused,
    };
    if (k == OF_RUN) {
        gateway_configure(e->gateway, &settings, e->owner->identity, token);
        follow(e);
    } else if (k == OF_CONTROL)
        control_configure(e->control, &settings, e->owner->identity, token);
    else
        node_configure(e->node, &settings, e->owner->identity, token);
}

static void load_identity(void *ctx);

static void connect_kind(entry *e, kind k) {
    gateways *s = e->owner;
    if (s->identity == NULL)
        return; // when it is there everybody is connected
    stop_asking(e, k);
    asking *a = xmalloc(sizeof *a);
    *a = (asking){.entry = e, .kind = k};
    e->asking[k] = a;
    device_token_load(s->chat, e->settings->url, kind_names[k], on_token_loaded, a);
}

static void connect_entry(entry *e) {
    gateways *s = e->owner;
    if (s->identity == NULL) {
        if (s->identity_tries == 0)
            load_identity(s);
        return;
    }
    connect_kind(e, OF_RUN);
    follow(e); // new settings may be wrong ones
    if (e->control != NULL)
        connect_kind(e, OF_CONTROL);
    if (e->node != NULL)
        connect_kind(e, OF_NODE);
}

static void on_identity(void *ctx, gateway_identity *identity) {
    gateways *s = ctx;
    // Another identity would have to be approved at the gateway anew: better to wait for the store.
    if (identity == NULL && s->identity_tries < IDENTITY_TRIES_MAX) {
        loop_timer_set(s->loop, &s->identity_again, IDENTITY_PAUSE_MS, load_identity, s);
        return;
    }
    if (identity == NULL) { // a gateway on the same machine needs none
        log_error("the store gives no device identity: one for this run is used");
        identity = gateway_identity_create();
    }
    s->identity = identity;
    for (entry *e = s->entries; e != NULL; e = e->next) {
        if (e->settings != NULL)
            connect_entry(e);
    }
}

static void load_identity(void *ctx) {
    gateways *s = ctx;
    s->identity_tries++;
    identity_store_load(s->chat, on_identity, s);
}

// --- what is passed on ---

static void on_ready(void *ctx) {
    entry *e = ctx;
    tell_ready(&e->owner->listeners, e->gateway);
}

static void on_question(void *ctx, const gateway_question *q) {
    entry *e = ctx;
    tell_question_requested(&e->owner->listeners, e->gateway, q);
}

static void on_question_closed(void *ctx, const gateway_question *q, question_end end, const cJSON *answers) {
    entry *e = ctx;
    tell_question_closed(&e->owner->listeners, e->gateway, q, end, answers);
}

static void on_questions_listed(void *ctx) {
    entry *e = ctx;
    tell_questions_listed(&e->owner->listeners, e->gateway);
}

static bool wants_session(void *ctx, bytes session_key) {
    const entry *e = ctx;
    return ask_wants_session(&e->owner->listeners, e->gateway, session_key);
}

static void on_final(void *ctx, const gateway_final *final) {
    entry *e = ctx;
    tell_final(&e->owner->listeners, e->gateway, final);
}

static void on_heartbeat(void *ctx) {
    entry *e = ctx;
    tell_heartbeat(&e->owner->listeners, e->gateway);
}

static void on_control_status(void *ctx, const gateway_status *status) {
    entry *e = ctx;
    tell_control_status(&e->owner->listeners, e->control, status);
}

static void on_control_token(void *ctx, const char *token, const char *url) {
    save_token(ctx, OF_CONTROL, token, url);
}

static void on_approval(void *ctx, const gateway_approval *a) {
    entry *e = ctx;
    tell_approval_requested(&e->owner->listeners, e->control, a);
}

static void on_approval_closed(void *ctx, const gateway_approval *a, approval_end end, const char *by) {
    entry *e = ctx;
    tell_approval_closed(&e->owner->listeners, e->control, a, end, by);
}

static void on_approvals_listed(void *ctx) {
    entry *e = ctx;
    tell_approvals_listed(&e->owner->listeners, e->control);
}

static void on_node_status(void *ctx, const node_status *status) {
    entry *e = ctx;
    tell_node_status(&e->owner->listeners, e->node, status);
}

static void on_node_token(void *ctx, const char *token, const char *url) {
    save_token(ctx, OF_NODE, token, url);
}

static void on_invoked(void *ctx, node_call *c, const node_invocation *call) {
    entry *e = ctx;
    tell_invoked(&e->owner->listeners, e->node, c, call);
}

static void on_cancelled(void *ctx, node_call *c) {
    entry *e = ctx;
    tell_cancelled(&e->owner->listeners, e->node, c);
}

// --- which ones there are ---

static entry *entry_of(const gateways *s, const gateway *g) {
    entry *e = NULL;
    DL_FOREACH (s->entries, e) {
        if (e->gateway == g)
            return e;
    }
    return NULL;
}

void gateways_begin(gateways *s) {
    entry *e = NULL;
    DL_FOREACH (s->entries, e) {
        e->wanted = false;
        memset(e->grants, 0, sizeof e->grants);
    }
}

static gateway *want(entry *e, const gateway_config *settings) {
    e->settings = settings;
    e->wanted = true;
    e->grants[OF_CONTROL] = e->grants[OF_CONTROL] || settings->control;
    e->grants[OF_NODE] = e->grants[OF_NODE] || settings->tools;
    return e->gateway;
}

gateway *gateways_find(gateways *s, const gateway_config *wanted) {
    entry *e = NULL;
    DL_FOREACH (s->entries, e) {
        if (e->settings != NULL && gateway_config_equal(e->settings, wanted))
            return want(e, wanted);
    }
    return NULL;
}

static entry *entry_create(gateways *s) {
    static const gateway_events events = {
        .status = on_status,
        .device_token = on_device_token,
        .ready = on_ready,
        .questions = {.requested = on_question, .closed = on_question_closed, .listed = on_questions_listed},
        .wants_session = wants_session,
        .final = on_final,
        .heartbeat = on_heartbeat};
    entry *e = xcalloc(1, sizeof *e);
    e->owner = s;
    e->gateway = gateway_create(s->loop, s->net, &events, e);
    DL_APPEND(s->entries, e);
    return e;
}

gateway *gateways_make(gateways *s, const gateway_config *wanted, gateway *had) {
    gateway *same = gateways_find(s, wanted); // made for another account meanwhile
    entry *e = had != NULL ? entry_of(s, had) : NULL;
    if (same != NULL)
        return same;
    if (e == NULL || e->wanted)
        e = entry_create(s);
    (void)want(e, wanted);
    connect_entry(e);
    return e->gateway;
}

// --- what stands beside them ---

static void make_control(entry *e) {
    static const control_events events = {
        .status = on_control_status,
        .device_token = on_control_token,
        .approvals = {.requested = on_approval, .closed = on_approval_closed, .listed = on_approvals_listed}};
    e->control = control_create(e->owner->loop, e->owner->net, &events, e);
    follow(e);
    connect_kind(e, OF_CONTROL);
}

static void make_node(entry *e) {
    static const node_events events = {.status = on_node_status,
                                       .device_token = on_node_token,
                                       .invoked = on_invoked,
                                       .cancelled = on_cancelled};
    e->node = node_create(e->owner->loop, e->owner->net, &events, e);
    node_set_active(e->node, e->owner->hold_nodes);
    follow(e);
    connect_kind(e, OF_NODE);
    tell_node_added(&e->owner->listeners, e->node);
}

// One that is not granted any more is not used from now on, and freed soon.
static void stop_ungranted(entry *e) {
    gateway_control *control = e->grants[OF_CONTROL] ? NULL : e->control;
    gateway_node *node = e->grants[OF_NODE] ? NULL : e->node;
    if (control == NULL && node == NULL)
        return;
    tell_gone(&e->owner->listeners, NULL, control, node);
    if (control != NULL)
        destroy_control(e);
    if (node != NULL)
        destroy_node(e);
}

gateway_control *gateways_control(const gateways *s, const gateway *g) {
    const entry *e = entry_of(s, g);
    return e != NULL && e->grants[OF_CONTROL] ? e->control : NULL;
}

gateway_node *gateways_node(const gateways *s, const gateway *g) {
    const entry *e = entry_of(s, g);
    return e != NULL && e->grants[OF_NODE] ? e->node : NULL;
}

void gateways_hold_nodes(gateways *s, bool hold) {
    entry *e = NULL;
    s->hold_nodes = hold;
    DL_FOREACH (s->entries, e) {
        if (e->node != NULL)
            node_set_active(e->node, hold);
    }
}

static void close_unwanted(void *ctx) {
    gateways *s = ctx;
    entry *e = NULL, *next = NULL;
    bool later = false;
    DL_FOREACH_SAFE (s->entries, e, next) {
        if (e->settings != NULL) {
            stop_ungranted(e);
            continue;
        }
        if (gateway_open_runs(e->gateway) > 0) {
            later = true;
            continue;
        }
        DL_DELETE(s->entries, e);
        entry_destroy(e);
    }
    if (later)
        loop_timer_set(s->loop, &s->closing, CLOSING_LOOK_MS, close_unwanted, s);
}

void gateways_end(gateways *s) {
    entry *e = NULL;
    DL_FOREACH (s->entries, e) {
        if (e->wanted && e->grants[OF_CONTROL] && e->control == NULL)
            make_control(e);
        if (e->wanted && e->grants[OF_NODE] && e->node == NULL)
            make_node(e);
        if (e->wanted)
            continue;
        e->settings = NULL;
        for (int k = 0; k < KINDS; k++)
            stop_asking(e, (kind)k);
    }
    // Not from here: the caller may be called by one of them.
    loop_timer_set(s->loop, &s->closing, 0, close_unwanted, s);
}
