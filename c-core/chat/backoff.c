// SPDX-License-Identifier: Apache-2.0
#include "chat/backoff.h"

#include <math.h>

enum { FIRST_MS = 2000, LONGEST_MS = 60000 };
static const double JITTER = 0.2;

int64_t reconnect_wait_ms(reconnect_pace *p, bool worked) {
    int64_t wait_ms = p->next_ms == 0 || worked ? FIRST_MS : p->next_ms;
    if (worked)
        p->next_ms = FIRST_MS;
    else
        p->next_ms = wait_ms * 2 < LONGEST_MS ? wait_ms * 2 : LONGEST_MS;
    return wait_ms;
}

int64_t reconnect_jitter_ms(int64_t wait_ms, double random) {
    int64_t ms = llround((double)wait_ms * (1 - JITTER + 2 * JITTER * random));
    return ms > 1 ? ms : 1;
}
