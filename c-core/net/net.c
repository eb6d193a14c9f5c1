// SPDX-License-Identifier: Apache-2.0
#include "net/net.h"

#include "base/mem.h"

#include <stdlib.h>
#include <utlist.h>

typedef struct transfer {
    CURL *easy;
    net_done_fn *fn;
    void *ctx;
    struct transfer *prev, *next;
} transfer;

typedef struct watched { // one socket of libcurl's
    net *owner;
    curl_socket_t fd;
    loop_watch *watch;
    struct watched *prev, *next;
} watched;

struct net {
    loop *loop;
    CURLM *multi;
    loop_timer timer;
    transfer *transfers;
    watched *sockets;
};

net *net_create(loop *l) {
    net *n = xcalloc(1, sizeof *n);
    n->loop = l;
    return n;
}

loop *net_loop(const net *n) {
    return n->loop;
}

static transfer *find_transfer(const net *n, const CURL *easy) {
    transfer *t = NULL;
    DL_FOREACH (n->transfers, t) {
        if (t->easy == easy)
            return t;
    }
    return NULL;
}

// Calls back for what has ended. A callback may start and end transfers, so each round asks anew.
static void report_ended(net *n) {
    int left = 0;
    for (CURLMsg *m = curl_multi_info_read(n->multi, &left); m != NULL;
         m = curl_multi_info_read(n->multi, &left)) {
        CURL *easy = m->easy_handle;
        CURLcode result = m->data.result;
        transfer *t = m->msg == CURLMSG_DONE ? find_transfer(n, easy) : NULL;
        net_done_fn *fn = t != NULL ? t->fn : NULL;
        if (fn == NULL)
            continue;
        t->fn = NULL; // once
        fn(t->ctx, result);
    }
}

static void on_socket(void *ctx, unsigned events) {
    watched *w = ctx;
    net *n = w->owner;
    int running = 0;
    int action = ((events & LOOP_READ) != 0 ? CURL_CSELECT_IN : 0) |
                 ((events & LOOP_WRITE) != 0 ? CURL_CSELECT_OUT : 0);
    (void)curl_multi_socket_action(n->multi, w->fd, action, &running);
    report_ended(n);
}

static void on_timer(void *ctx) {
    net *n = ctx;
    int running = 0;
    (void)curl_multi_socket_action(n->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    report_ended(n);
}

static int want_timer(CURLM *multi, long delay_ms, void *ctx) {
    net *n = ctx;
    (void)multi;
    if (delay_ms < 0)
        loop_timer_cancel(&n->timer);
    else
        loop_timer_set(n->loop, &n->timer, delay_ms, on_timer, n);
    return 0;
}

static void forget_socket(net *n, watched *w) {
    loop_unwatch(w->watch);
    DL_DELETE(n->sockets, w);
    free(w);
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *known) {
    net *n = ctx;
    watched *w = known;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (w != NULL)
            forget_socket(n, w);
        return 0;
    }
    unsigned events =
        ((what & CURL_POLL_IN) != 0 ? LOOP_READ : 0U) | ((what & CURL_POLL_OUT) != 0 ? LOOP_WRITE : 0U);
    if (w != NULL) {
        loop_watch_events(w->watch, events);
        return 0;
    }
    w = xcalloc(1, sizeof *w);
    *w = (watched){.owner = n, .fd = fd};
    if (loop_watch_fd(n->loop, fd, events, on_socket, w, &w->watch) != OC_OK) {
        free(w);
        return -1;
    }
    DL_APPEND(n->sockets, w);
    (void)curl_multi_assign(n->multi, fd, w);
    return 0;
}

static bool start_libcurl(net *n) {
    if (n->multi != NULL)
        return true;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return false;
    n->multi = curl_multi_init();
    if (n->multi == NULL)
        return false;
    (void)curl_multi_setopt(n->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
    (void)curl_multi_setopt(n->multi, CURLMOPT_SOCKETDATA, n);
    (void)curl_multi_setopt(n->multi, CURLMOPT_TIMERFUNCTION, want_timer);
    (void)curl_multi_setopt(n->multi, CURLMOPT_TIMERDATA, n);
    return true;
}

void net_destroy(net *n) {
    if (n == NULL)
        return;
    while (n->transfers != NULL)
        net_end(n, n->transfers->easy);
    loop_timer_cancel(&n->timer);
    if (n->multi != NULL)
        (void)curl_multi_cleanup(n->multi);
    while (n->sockets != NULL)
        forget_socket(n, n->sockets);
    loop_timer_cancel(&n->timer);
    if (n->multi != NULL)
        curl_global_cleanup();
    free(n);
}

CURL *net_easy(net *n) {
    if (!start_libcurl(n))
        return NULL;
    CURL *easy = curl_easy_init();
    if (easy != NULL)
        (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    return easy;
}

oc_err net_start(net *n, CURL *easy, net_done_fn *fn, void *ctx) {
    transfer *t = xcalloc(1, sizeof *t);
    *t = (transfer){.easy = easy, .fn = fn, .ctx = ctx};
    DL_APPEND(n->transfers, t);
    if (curl_multi_add_handle(n->multi, easy) == CURLM_OK)
        return OC_OK;
    DL_DELETE(n->transfers, t);
    free(t);
    return OC_ENOMEM;
}

void net_end(net *n, CURL *easy) {
    if (easy == NULL)
        return;
    transfer *t = find_transfer(n, easy);
    if (t != NULL) {
        (void)curl_multi_remove_handle(n->multi, easy);
        DL_DELETE(n->transfers, t);
        free(t);
    }
    curl_easy_cleanup(easy);
}
