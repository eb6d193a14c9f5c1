// SPDX-License-Identifier: Apache-2.0
// The event loop: one thread waits on file descriptors, timers and signals, and owns all state.
// Callbacks run one after another and must not block. Any of them may add or remove watches and timers,
// their own included, and may stop the loop.
#ifndef OC_BASE_LOOP_H
#define OC_BASE_LOOP_H

#include "base/clock.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct loop loop;

// clock may be NULL for the system's. Returns NULL when the kernel gives no epoll descriptor (errno says why).
loop *loop_create(const oc_clock *clock);
void loop_destroy(
    loop *l); // NULL-safe; watches and timers that are left are forgotten, descriptors stay open

int64_t loop_now_ms(const loop *l);  // monotonic, read anew
int64_t loop_wall_ms(const loop *l); // since 1970

// --- descriptors ---
enum { LOOP_READ = 1, LOOP_WRITE = 2 }; // an error or hang-up is reported as whatever was asked for
typedef void loop_fd_fn(void *ctx, unsigned events);
typedef struct loop_watch loop_watch; // owned by the loop until loop_unwatch

// Level-triggered. The caller keeps the descriptor and closes it after loop_unwatch.
oc_err loop_watch_fd(loop *l, int fd, unsigned events, loop_fd_fn *fn, void *ctx,
                     loop_watch **out) OC_MUST_CHECK;
void loop_watch_events(loop_watch *w, unsigned events); // 0 pauses
void loop_unwatch(loop_watch *w);                       // NULL-safe; the callback is not called again

// --- timers ---
typedef void loop_timer_fn(void *ctx);
typedef struct loop_timer { // storage is the caller's and starts zeroed
    loop *owner;            // set while armed
    int64_t due_ms;
    uint64_t set_in_round;
    loop_timer_fn *fn;
    void *ctx;
    struct loop_timer *prev, *next;
} loop_timer;

// Calls fn once after delay_ms; arming an armed timer moves it. 0 means in the next round, never at once.
void loop_timer_set(loop *l, loop_timer *t, int64_t delay_ms, loop_timer_fn *fn, void *ctx);
void loop_timer_cancel(loop_timer *t); // harmless when not armed
static inline bool loop_timer_armed(const loop_timer *t) {
    return t->owner != NULL;
}

// --- signals ---
typedef void loop_signal_fn(void *ctx, int signal_number);
// Blocks the signal for the process and delivers it here instead. One handler for each signal.
oc_err loop_on_signal(loop *l, int signal_number, loop_signal_fn *fn, void *ctx) OC_MUST_CHECK;

// --- running ---
void loop_run(loop *l);  // until loop_stop
void loop_stop(loop *l); // loop_run returns after the present callback
// One round: waits at most max_wait_ms (0: not at all, -1: as long as the timers allow). For tests.
void loop_step(loop *l, int max_wait_ms);
// When the next timer is due, on the loop's monotonic clock; -1 when none is set. For tests that let time jump.
int64_t loop_next_due_ms(const loop *l);

#endif
