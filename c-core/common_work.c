// SPDX-License-Identifier: Apache-2.0
#include "common_work.h"

#include "base/mem.h"
#include "outbound/speak.h"
#include "store/lease.h"

#include <stdlib.h>

struct common_work {
    accounts *accounts;
    lease *lease;
    speak *speak;
};

static void on_held(void *ctx) {
    common_work *w = ctx;
    accounts_hold_nodes(w->accounts, true);
    speak_set_active(w->speak, true);
}

static void on_lost(void *ctx) {
    common_work *w = ctx;
    speak_set_active(w->speak, false);
    accounts_hold_nodes(w->accounts, false);
}

static void check(void *ctx) {
    common_work *w = ctx;
    lease_check(w->lease);
}

static bool may(void *ctx) {
    const common_work *w = ctx;
    return lease_held(w->lease);
}

common_work *common_work_create(const common_work_parts *parts) {
    static const lease_events events = {.held = on_held, .lost = on_lost};
    common_work *w = xcalloc(1, sizeof *w);
    w->accounts = parts->accounts;
    w->lease = lease_create(parts->loop, parts->chat, parts->node, &events, w);
    w->speak = speak_create(&(speak_parts){.loop = parts->loop,
                                           .chat = parts->chat,
                                           .accounts = parts->accounts,
                                           .resolver = parts->resolver,
                                           .media = parts->media,
                                           .paired = parts->paired,
                                           .threads = parts->threads,
                                           .about_to = check,
                                           .may = may,
                                           .ctx = w});
    accounts_hold_nodes(w->accounts, false);
    return w;
}

void common_work_rest(common_work *w) {
    speak_set_active(w->speak, false);
}

void common_work_destroy(common_work *w) {
    if (w == NULL)
        return;
    speak_destroy(w->speak);
    lease_destroy(w->lease);
    free(w);
}

void common_work_server(common_work *w, bool clustered, size_t max_post_runes) {
    speak_set_post_limit(w->speak, max_post_runes);
    lease_start(w->lease, clustered);
}

bool common_work_held(const common_work *w) {
    return lease_held(w->lease);
}

void common_work_stop(common_work *w) {
    speak_flush(w->speak);
    lease_release(w->lease);
}
