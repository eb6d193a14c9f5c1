// SPDX-License-Identifier: Apache-2.0
#include "outbound/dm_retry.h"

const dm_channel_retry DM_RETRY_DEFAULTS = {
    .max_retries = 3, .initial_delay_ms = 1000, .max_delay_ms = 10000, .timeout_ms = 30000};

int64_t dm_retry_delay_ms(const dm_channel_retry *rules, int retry, double random) {
    int64_t base = rules->initial_delay_ms;
    for (int i = 1; i < retry && base < rules->max_delay_ms; i++)
        base *= 2;
    if (base > rules->max_delay_ms)
        base = rules->max_delay_ms;
    double longer = (double)base * (1 + random);
    int64_t delay = (int64_t)longer + ((double)(int64_t)longer < longer ? 1 : 0); // rounded up
    if (delay > rules->max_delay_ms)
        delay = rules->max_delay_ms;
    return delay < rules->initial_delay_ms ? rules->initial_delay_ms : delay;
}
