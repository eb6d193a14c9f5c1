// SPDX-License-Identifier: Apache-2.0
#include "external_mode.h"

#include "app.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/callback_url.h"
#include "chat/rest_chat.h"
#include "chat/rest_front.h"
#include "external_metrics.h"
#include "external_notify.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum {
    END_WITHIN_MS = 10000,
    READY_WITHIN_MS = 30000, // a server that is away must not keep the machine from starting
};

typedef struct external external;

// An account at work. It lasts as long as its server and its token stay the same.
typedef struct served {
    external *owner;
    char *id;
    server_config server; // texts and secret are ours
    net *net;
    chat *chat;
    app *app;
    bool stopping, ended;
    struct served *prev, *next;
} served;

struct external {
    loop *loop;
    const char *path;
    external_config config;
    sqlite_store *store;
    served *served;
    rest_front *callbacks; // NULL: nobody listens
    char *callbacks_base;
    external_metrics *metrics;      // NULL: nobody may ask
    bool ending, ready, told_ready; // told_ready: every account is connected or halted, and that was said
    loop_timer limit, sweep, late, watchdog;
};

// --- what systemd hears ---

static void tell_status(external *e) {
    const served *s = NULL;
    size_t count = 0, delivering = 0, settled = 0;
    DL_FOREACH (e->served, s) {
        rest_chat_state state = rest_chat_get_state(s->chat);
        count++;
        delivering += state == REST_READY;
        settled += state == REST_READY || state == REST_HALTED;
    }
    const bool all = settled == count, late = !loop_timer_armed(&e->late) && count > 0;
    const bool ready = !e->ready && (all || late);
    e->ready = e->ready || ready;
    char *news =
        xasprintf("%sSTATUS=%zu of %zu accounts connected", ready ? "READY=1\n" : "", delivering, count);
    external_notify(news);
    if (ready && !all)
        log_info("not every account is connected: the program counts as started and tries on");
    else if (all && !e->told_ready)
        log_info("ready");
    e->told_ready = e->told_ready || all;
    free(news);
}

static void on_late(void *ctx) {
    tell_status(ctx);
}

static void on_watchdog(void *ctx) {
    external *e = ctx;
    external_notify("WATCHDOG=1");
    loop_timer_set(e->loop, &e->watchdog, external_watchdog_ms() / 2, on_watchdog, e);
}

static void on_state(void *ctx, rest_chat_state state, const char *why) {
    served *s = ctx;
    (void)state, (void)why;
    if (s->chat != NULL && !s->owner->ending)
        tell_status(s->owner);
}

// --- what the servers call us back for ---

static chat *chat_at(void *ctx, size_t index) {
    const external *e = ctx;
    const served *s = NULL;
    DL_FOREACH (e->served, s) {
        if (index-- == 0)
            return s->chat;
    }
    return NULL;
}

// As the configuration is now.
static rest_front_trust trusted(void *ctx) {
    const external *e = ctx;
    return (rest_front_trust){e->config.rules->callbacks_proxies, e->config.rules->callbacks_real_ip};
}

static void listen_for_callbacks(external *e) {
    const char *at = e->config.rules->callbacks_listen;
    char *why = NULL;
    e->callbacks =
        *at != '\0' ? rest_front_listen(e->loop, at, &(rest_front_owner){chat_at, trusted, e}, &why) : NULL;
    e->callbacks_base = e->callbacks != NULL ? callback_base_of(at) : xstrdup("");
    if (why != NULL)
        log_error("there are no slash commands and no buttons", "reason", why);
    free(why);
}

// --- metrics ---

static char *const *metrics_allowed(void *ctx) {
    const external *e = ctx;
    return e->config.rules->metrics_ips;
}

static void collect_metrics(void *ctx) {
    const external *e = ctx;
    const served *s = NULL;
    metrics_begin();
    DL_FOREACH (e->served, s)
        metrics_add(app_metrics(s->app));
}

static void listen_for_metrics(external *e) {
    const external_metrics_world world = {.allowed = metrics_allowed, .collect = collect_metrics, .ctx = e};
    const char *at = e->config.rules->metrics_listen;
    char *why = NULL;
    e->metrics = *at != '\0' ? external_metrics_create(e->loop, at, &world, &why) : NULL;
    if (why != NULL)
        log_error("there are no metrics", "reason", why);
    free(why);
}

// --- accounts come and go ---

static void sweep(void *ctx);

static void end_served(served *s) {
    if (s->ended)
        return;
    s->ended = true;
    loop_timer_set(s->owner->loop, &s->owner->sweep, 0, sweep, s->owner);
}

static void on_app_ended(void *ctx) {
    end_served(ctx);
}

static void on_stopped(void *ctx) {
    end_served(ctx);
}

static void destroy(served *s) {
    DL_DELETE(s->owner->served, s);
    // First the calls that are open: each ends with an answer while those who wait for it still live.
    rest_chat_close(s->chat);
    app_destroy(s->app);
    rest_chat_destroy(s->chat);
    net_destroy(s->net);
    free(s->id);
    server_config_clear(&s->server);
    free(s);
}

static void stop(served *s) {
    if (s->stopping)
        return;
    s->stopping = true;
    log_info("an account stops", "account", s->id);
    rest_chat_stop(s->chat, on_stopped, s);
}

static void start(external *e, const account_config *a) {
    served *s = xcalloc(1, sizeof *s);
    s->owner = e;
    s->id = xstrdup(a->id);
    s->server = server_config_dup(&a->server);
    s->net = net_create(e->loop);
    s->chat = rest_chat_create(e->loop, &(rest_chat_options){.account = s->id,
                                                             .server = &s->server,
                                                             .settings = e->config.text,
                                                             .owners = a->owners,
                                                             .callbacks = e->callbacks_base,
                                                             .net = s->net,
                                                             .store = e->store,
                                                             .state = on_state,
                                                             .ctx = s});
    s->app = app_create(e->loop, s->chat, on_app_ended, s);
    DL_APPEND(e->served, s);
    log_info("an account starts", "account", s->id, "server", s->server.base_url);
    rest_chat_start(s->chat);
}

static served *served_for(const external *e, const char *id) {
    served *s = NULL;
    DL_FOREACH (e->served, s) {
        if (strcmp(s->id, id) == 0)
            return s;
    }
    return NULL;
}

static const account_config *wanted(const external *e, const char *id) {
    const account_config *a = config_account(e->config.rules, id);
    return a != NULL && a->enabled ? a : NULL;
}

// What the configuration asks for; an account that must begin anew does so once it has ended.
static void apply(external *e) {
    served *s = NULL, *next = NULL;
    DL_FOREACH_SAFE (e->served, s, next) {
        const account_config *a = wanted(e, s->id);
        if (a == NULL || !server_config_equal(&a->server, &s->server))
            stop(s);
        else if (!s->stopping)
            rest_chat_set_settings(s->chat, e->config.text, a->owners);
    }
    for (size_t i = 0; i < e->config.rules->account_count; i++) {
        const account_config *a = &e->config.rules->accounts[i];
        if (a->enabled && served_for(e, a->id) == NULL)
            start(e, a);
    }
}

static void sweep(void *ctx) {
    external *e = ctx;
    served *s = NULL, *next = NULL;
    DL_FOREACH_SAFE (e->served, s, next) {
        if (s->ended)
            destroy(s);
    }
    if (!e->ending)
        apply(e);
    else if (e->served == NULL)
        loop_stop(e->loop);
}

// --- signals ---

// Those whose token was not accepted are tried anew: perhaps it is by now.
static void revive(external *e) {
    served *s = NULL, *next = NULL;
    DL_FOREACH_SAFE (e->served, s, next) {
        if (rest_chat_get_state(s->chat) == REST_HALTED)
            stop(s);
    }
}

static void on_reload(void *ctx, int signal_number) {
    external *e = ctx;
    external_config fresh;
    (void)signal_number;
    if (e->ending)
        return;
    char *news = xasprintf("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)loop_now_ms(e->loop) * 1000);
    external_notify(news);
    free(news);
    if (external_config_reload(e->path, &fresh)) {
        external_config old = e->config;
        log_info("the configuration is read anew", "file", e->path);
        e->config = fresh;
        revive(e);
        apply(e);
        external_config_free(&old);
    } else {
        log_error("the configuration stays as it was", "file", e->path);
    }
    external_notify("READY=1");
}

static void on_end_limit(void *ctx) {
    external *e = ctx;
    log_warn("not everything could be ended in order");
    loop_stop(e->loop);
}

static void on_end(void *ctx, int signal_number) {
    external *e = ctx;
    served *s = NULL, *next = NULL;
    (void)signal_number;
    if (e->ending)
        return;
    e->ending = true;
    log_info("ending");
    external_notify("STOPPING=1");
    loop_timer_set(e->loop, &e->limit, END_WITHIN_MS, on_end_limit, e);
    loop_timer_set(e->loop, &e->sweep, 0, sweep, e);
    DL_FOREACH_SAFE (e->served, s, next)
        stop(s);
}

static oc_err listen_for_signals(external *e) {
    oc_err err = loop_on_signal(e->loop, SIGTERM, on_end, e);
    if (err == OC_OK)
        err = loop_on_signal(e->loop, SIGINT, on_end, e);
    return err == OC_OK ? loop_on_signal(e->loop, SIGHUP, on_reload, e) : err;
}

int external_mode_run(const char *path, external_config *first, sqlite_store *store) {
    external e = {.path = path, .config = *first, .store = store, .loop = loop_create(NULL)};
    *first = (external_config){.text = NULL};
    signal(SIGPIPE, SIG_IGN);
    bool runs = e.loop != NULL && listen_for_signals(&e) == OC_OK;
    if (runs) {
        config_use_log_levels(e.config.rules);
        loop_timer_set(e.loop, &e.late, READY_WITHIN_MS, on_late, &e);
        if (external_watchdog_ms() > 0)
            on_watchdog(&e);
        listen_for_callbacks(&e);
        listen_for_metrics(&e);
        apply(&e);
        loop_run(e.loop);
    } else {
        log_error("the program cannot start: the system gives it no event loop");
    }
    while (e.served != NULL)
        destroy(e.served);
    rest_front_destroy(e.callbacks);
    external_metrics_destroy(e.metrics);
    free(e.callbacks_base);
    loop_destroy(e.loop);
    external_config_free(&e.config);
    sqlite_store_close(store);
    return runs ? EXTERNAL_OK : EXTERNAL_SYSTEM;
}
