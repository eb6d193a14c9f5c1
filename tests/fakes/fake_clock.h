// SPDX-License-Identifier: Apache-2.0
// Time that only moves when the test says so.
#ifndef OC_FAKES_FAKE_CLOCK_H
#define OC_FAKES_FAKE_CLOCK_H

#include "base/loop.h"

static int64_t FAKE_NOW_MS = 1000000;

static int64_t fake_now(void *ctx) {
    (void)ctx;
    return FAKE_NOW_MS;
}

static const oc_clock FAKE_CLOCK = {.mono_ms = fake_now, .wall_ms = fake_now};

// Lets so much time pass in steps, timers ringing at their moment.
static inline void fake_clock_pass(loop *l, int64_t ms) {
    enum { STEP_MS = 100 };
    for (int64_t end = FAKE_NOW_MS + ms; FAKE_NOW_MS < end;) {
        FAKE_NOW_MS += end - FAKE_NOW_MS < STEP_MS ? end - FAKE_NOW_MS : STEP_MS;
        loop_step(l, 0);
    }
    loop_step(l, 0);
}

#endif
