// SPDX-License-Identifier: Apache-2.0
#include "delivery/pace.h"

enum { STEADY_EDITS = 5 };

int64_t pace_interval_ms(const pace_rules *rules, int edits_made) {
    int64_t interval = rules->every_ms;
    for (int i = STEADY_EDITS; i <= edits_made && interval < rules->slowest_ms; i++)
        interval += interval / 4 > 0 ? interval / 4 : 1;
    return interval < rules->slowest_ms ? interval : rules->slowest_ms;
}

bool pace_take(pace_bucket *b, int per_second, int64_t now_ms, int64_t *wait_ms) {
    if (b->filled_ms == 0)
        b->tokens = per_second;
    else
        b->tokens += (double)(now_ms - b->filled_ms) * per_second / 1000.0;
    if (b->tokens > per_second)
        b->tokens = per_second;
    b->filled_ms = now_ms;
    if (b->tokens >= 1) {
        b->tokens -= 1;
        return true;
    }
    *wait_ms = 1 + (int64_t)((1 - b->tokens) * 1000.0 / per_second);
    return false;
}
