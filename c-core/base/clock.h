// SPDX-License-Identifier: Apache-2.0
// Time behind a seam, so that a test can let it jump.
#ifndef OC_BASE_CLOCK_H
#define OC_BASE_CLOCK_H

#include <stdint.h>

typedef struct oc_clock {
    int64_t (*mono_ms)(void *ctx); // never goes back; for timers and limits
    int64_t (*wall_ms)(void *ctx); // since 1970, for records and for people
    void *ctx;
} oc_clock;

// The operating system's clocks.
const oc_clock *oc_clock_system(void);

#endif
