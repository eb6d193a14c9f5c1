// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <stddef.h>
#include <time.h>

static int64_t read_ms(clockid_t id) {
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_mono_ms(void *ctx) {
    (void)ctx;
    return read_ms(CLOCK_MONOTONIC);
}

static int64_t system_wall_ms(void *ctx) {
    (void)ctx;
    return read_ms(CLOCK_REALTIME);
}

const oc_clock *oc_clock_system(void) {
    static const oc_clock clock = {.mono_ms = system_mono_ms, .wall_ms = system_wall_ms, .ctx = NULL};
    return &clock;
}
