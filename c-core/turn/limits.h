// SPDX-License-Identifier: Apache-2.0
// How many requests a person, a channel and a bot may make in a minute and in a day. Pure counting; windows start on
// the minute and at midnight UTC.
#ifndef OC_TURN_LIMITS_H
#define OC_TURN_LIMITS_H

#include "config/config.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct limits limits;

typedef enum limit_verdict {
    LIMIT_WITHIN,
    LIMIT_USER_MINUTE,
    LIMIT_USER_DAY,
    LIMIT_CHANNEL_MINUTE,
    LIMIT_CHANNEL_DAY,
    LIMIT_BOT_MINUTE,
    LIMIT_BOT_DAY,
} limit_verdict;

limits *limits_create(void);
void limits_destroy(limits *l); // NULL-safe
typedef struct limit_who {      // asks whom, and where
    const char *user_id, *channel_id, *account_id;
} limit_who;

// Counts one request when it is within every limit of rules; else says which one it would break and counts nothing.
// *first: it is the first one refused in that window, so the person is to be told.
limit_verdict limits_take(limits *l, const config_limits *rules, const limit_who *who, int64_t wall_ms,
                          bool *first);

#endif
