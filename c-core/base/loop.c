// SPDX-License-Identifier: Apache-2.0
#include "base/loop.h"

#include "base/mem.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utlist.h>

enum { EVENTS_A_ROUND = 64, MAX_SIGNAL = 64 };

struct loop_watch {
    loop *owner;
    int fd;
    loop_fd_fn *fn;
    void *ctx;
    bool dead; // unwatched during this round: freed at its end
    loop_watch *prev, *next;
};

struct loop {
    int epoll_fd, signal_fd;
    oc_clock clock;
    bool stopped;
    uint64_t round; // counts loop_step
    loop_watch *watches, *graveyard;
    loop_timer *timers; // sorted, soonest first
    loop_watch *signal_watch;
    sigset_t signals;
    struct {
        loop_signal_fn *fn;
        void *ctx;
    } handlers[MAX_SIGNAL + 1];
};

loop *loop_create(const oc_clock *clock) {
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0)
        return NULL;
    loop *l = xcalloc(1, sizeof *l);
    l->epoll_fd = epoll_fd;
    l->signal_fd = -1;
    l->clock = clock != NULL ? *clock : *oc_clock_system();
    sigemptyset(&l->signals);
    return l;
}

static void bury(loop *l) {
    while (l->graveyard != NULL) {
        loop_watch *next = l->graveyard->next;
        free(l->graveyard);
        l->graveyard = next;
    }
}

void loop_destroy(loop *l) {
    if (l == NULL)
        return;
    while (l->watches != NULL)
        loop_unwatch(l->watches);
    while (l->timers != NULL)
        loop_timer_cancel(l->timers);
    bury(l);
    if (l->signal_fd >= 0)
        close(l->signal_fd);
    close(l->epoll_fd);
    free(l);
}

int64_t loop_now_ms(const loop *l) {
    return l->clock.mono_ms(l->clock.ctx);
}

int64_t loop_wall_ms(const loop *l) {
    return l->clock.wall_ms(l->clock.ctx);
}

static uint32_t to_epoll(unsigned events) {
    return ((events & LOOP_READ) != 0 ? EPOLLIN : 0U) | ((events & LOOP_WRITE) != 0 ? EPOLLOUT : 0U);
}

oc_err loop_watch_fd(loop *l, int fd, unsigned events, loop_fd_fn *fn, void *ctx, loop_watch **out) {
    loop_watch *w = xcalloc(1, sizeof *w);
    struct epoll_event ev = {.events = to_epoll(events), .data.ptr = w};
    *w = (loop_watch){.owner = l, .fd = fd, .fn = fn, .ctx = ctx};
    if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0) {
        free(w);
        return OC_ESYS;
    }
    DL_APPEND(l->watches, w);
    *out = w;
    return OC_OK;
}

void loop_watch_events(loop_watch *w, unsigned events) {
    struct epoll_event ev = {.events = to_epoll(events), .data.ptr = w};
    (void)epoll_ctl(w->owner->epoll_fd, EPOLL_CTL_MOD, w->fd, &ev);
}

void loop_unwatch(loop_watch *w) {
    if (w == NULL)
        return;
    loop *l = w->owner;
    (void)epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, w->fd, NULL);
    DL_DELETE(l->watches, w);
    // An event for it may still lie in this round's list: it is freed when the round is over.
    w->dead = true;
    w->next = l->graveyard;
    l->graveyard = w;
}

void loop_timer_cancel(loop_timer *t) {
    if (t->owner == NULL)
        return;
    DL_DELETE(t->owner->timers, t);
    t->owner = NULL;
}

static int later(const loop_timer *a, const loop_timer *b) {
    return (a->due_ms > b->due_ms) - (a->due_ms < b->due_ms);
}

void loop_timer_set(loop *l, loop_timer *t, int64_t delay_ms, loop_timer_fn *fn, void *ctx) {
    loop_timer_cancel(t);
    t->owner = l;
    t->set_in_round = l->round;
    t->due_ms = loop_now_ms(l) + (delay_ms > 0 ? delay_ms : 0);
    t->fn = fn;
    t->ctx = ctx;
    // Most timers are limits that lie further ahead than those already set: search from the end.
    loop_timer *after = l->timers != NULL ? l->timers->prev : NULL;
    while (after != NULL && later(after, t) > 0)
        after = after == l->timers ? NULL : after->prev;
    if (after == NULL)
        DL_PREPEND(l->timers, t);
    else
        DL_APPEND_ELEM(l->timers, after, t);
}

static void on_signal_fd(void *ctx, unsigned events) {
    loop *l = ctx;
    struct signalfd_siginfo info;
    (void)events;
    while (read(l->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo <= MAX_SIGNAL && l->handlers[info.ssi_signo].fn != NULL)
            l->handlers[info.ssi_signo].fn(l->handlers[info.ssi_signo].ctx, (int)info.ssi_signo);
    }
}

oc_err loop_on_signal(loop *l, int signal_number, loop_signal_fn *fn, void *ctx) {
    if (signal_number < 1 || signal_number > MAX_SIGNAL)
        return OC_EINVAL;
    sigaddset(&l->signals, signal_number);
    if (sigprocmask(SIG_BLOCK, &l->signals, NULL) != 0)
        return OC_ESYS;
    int fd = signalfd(l->signal_fd, &l->signals, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0)
        return OC_ESYS;
    l->signal_fd = fd;
    l->handlers[signal_number].fn = fn;
    l->handlers[signal_number].ctx = ctx;
    if (l->signal_watch != NULL)
        return OC_OK;
    return loop_watch_fd(l, fd, LOOP_READ, on_signal_fd, l, &l->signal_watch);
}

static int wait_ms(const loop *l, int max_wait_ms) {
    if (l->timers == NULL)
        return max_wait_ms;
    int64_t left = l->timers->due_ms - loop_now_ms(l);
    left = left < 0 ? 0 : left;
    if (max_wait_ms >= 0 && left > max_wait_ms)
        left = max_wait_ms;
    return left > INT_MAX ? INT_MAX : (int)left;
}

static void run_timers(loop *l) {
    int64_t now = loop_now_ms(l);
    // A timer that was set in this round waits for the next one, or a chain of 0 ms would starve descriptors.
    while (l->timers != NULL && l->timers->due_ms <= now && l->timers->set_in_round != l->round &&
           !l->stopped) {
        loop_timer *t = l->timers;
        loop_timer_cancel(t);
        t->fn(t->ctx);
    }
}

void loop_step(loop *l, int max_wait_ms) {
    struct epoll_event events[EVENTS_A_ROUND];
    int count = epoll_wait(l->epoll_fd, events, EVENTS_A_ROUND, wait_ms(l, max_wait_ms));
    l->round++;
    run_timers(l);
    for (int i = 0; i < count && !l->stopped; i++) {
        loop_watch *w = events[i].data.ptr;
        unsigned got = 0;
        if (w->dead)
            continue;
        if ((events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP | EPOLLRDHUP)) != 0)
            got |= LOOP_READ;
        if ((events[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0)
            got |= LOOP_WRITE;
        w->fn(w->ctx, got);
    }
    bury(l);
}

int64_t loop_next_due_ms(const loop *l) {
    return l->timers != NULL ? l->timers->due_ms : -1;
}

void loop_run(loop *l) {
    l->stopped = false;
    while (!l->stopped)
        loop_step(l, -1);
}

void loop_stop(loop *l) {
    l->stopped = true;
}
