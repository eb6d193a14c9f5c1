// SPDX-License-Identifier: Apache-2.0
#include "account/gateways.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/identity_store.h"

#include <stdlib.h>
#include <utlist.h>

enum {
    IDENTITY_TRIES_MAX = 15,
    IDENTITY_PAUSE_MS = 2000,
    CLOSING_LOOK_MS = 5000, // how often a gateway that nobody wants any more is looked at
};

typedef struct entry entry;
typedef struct
    asking {      // for the device token of an address; the store cannot be told that nobody waits any more
    entry *entry; // NULL then
} asking;

struct entry {
    gateways *owner;
    gateway *gateway;
    const gateway_config *settings; // NULL: nobody wants it any more
    bool wanted;                    // between begin and end: somebody asked for it
    asking *asking;
    entry *prev, *next;
};

struct gateways {
    loop *loop;
    chat *chat;
    net *net;
    gateways_status_fn *fn;
    void *ctx;
    entry *entries;
    gateway_identity *identity;
    int identity_tries; // of loading it
    loop_timer identity_again, closing;
};

gateways *gateways_create(loop *l, chat *c, net *n, gateways_status_fn *fn, void *ctx) {
    gateways *s = xcalloc(1, sizeof *s);
    *s = (gateways){.loop = l, .chat = c, .net = n, .fn = fn, .ctx = ctx};
    return s;
}

static void stop_asking(entry *e) {
    if (e->asking != NULL)
        e->asking->entry = NULL;
    e->asking = NULL;
}

static void entry_destroy(entry *e) {
    stop_asking(e);
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
    free(s);
}

// --- connecting: the identity, the address's token, then the gateway has what it needs ---

static void on_status(void *ctx, const gateway_status *status) {
    entry *e = ctx;
    if (e->settings != NULL)
        e->owner->fn(e->owner->ctx, e->gateway, status);
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    const entry *e = ctx;
    device_token_save(e->owner->chat, url, token);
}

static void on_token_loaded(void *ctx, const char *token) {
    asking *a = ctx;
    entry *e = a->entry;
    free(a);
    if (e == NULL)
        return;
    e->asking = NULL;
    const gateway_config *c = e->settings;
    const gateway_settings settings = {
        .url = c->url,
        .token = c->token,
        .ca_file = c->ca_file,
        .ca_pem = c->ca_pem,
        .proxy = c->proxy,
        .version = OPENCLAW_VERSION,
    };
    gateway_configure(e->gateway, &settings, e->owner->identity, token);
}

static void load_identity(void *ctx);

static void connect_entry(entry *e) {
    gateways *s = e->owner;
    if (s->identity == NULL) {
        if (s->identity_tries == 0)
            load_identity(s);
        return;
    }
    stop_asking(e);
    asking *a = xmalloc(sizeof *a);
    a->entry = e;
    e->asking = a;
    device_token_load(s->chat, e->settings->url, on_token_loaded, a);
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
    DL_FOREACH (s->entries, e)
        e->wanted = false;
}

gateway *gateways_find(gateways *s, const gateway_config *wanted) {
    entry *e = NULL;
    DL_FOREACH (s->entries, e) {
        if (e->settings == NULL || !gateway_config_equal(e->settings, wanted))
            continue;
        e->settings = wanted;
        e->wanted = true;
        return e->gateway;
    }
    return NULL;
}

static entry *entry_create(gateways *s) {
    static const gateway_events events = {.status = on_status, .device_token = on_device_token};
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
    e->settings = wanted;
    e->wanted = true;
    connect_entry(e);
    return e->gateway;
}

static void close_unwanted(void *ctx) {
    gateways *s = ctx;
    entry *e = NULL, *next = NULL;
    bool later = false;
    DL_FOREACH_SAFE (s->entries, e, next) {
        if (e->settings != NULL)
            continue;
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
        if (e->wanted)
            continue;
        e->settings = NULL;
        stop_asking(e);
    }
    // Not from here: the caller may be called by one of them.
    loop_timer_set(s->loop, &s->closing, 0, close_unwanted, s);
}
