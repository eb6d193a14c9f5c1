// SPDX-License-Identifier: Apache-2.0
// The machine's clock, which a test can set ahead: for real sockets with long waits.
#ifndef OC_TESTS_MOVING_CLOCK_H
#define OC_TESTS_MOVING_CLOCK_H

#include "base/loop.h"

#include <time.h>

static int64_t AHEAD_MS;

static inline int64_t moving_clock_read(clockid_t which) {
    struct timespec now;
    clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + AHEAD_MS;
}

static int64_t moving_mono(void *ctx) {
    (void)ctx;
    return moving_clock_read(CLOCK_MONOTONIC);
}

static int64_t moving_wall(void *ctx) {
    (void)ctx;
    return moving_clock_read(CLOCK_REALTIME);
}

static const oc_clock MOVING_CLOCK = {.mono_ms = moving_mono, .wall_ms = moving_wall};

// Runs the loop until the condition holds; a limit far beyond any machine's slowness.
#define until(l, condition)                                                                                  \
    do {                                                                                                     \
        int64_t limit_ms = loop_now_ms(l) + 60000 + AHEAD_MS;                                                \
        while (!(condition) && loop_now_ms(l) < limit_ms)                                                    \
            loop_step((l), 20);                                                                              \
        assert_true(condition);                                                                              \
    } while (0)

#endif
