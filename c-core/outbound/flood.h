// SPDX-License-Identifier: Apache-2.0
// How many messages agents may begin in one channel within an hour, which starts with the first. Pure; bounded.
#ifndef OC_OUTBOUND_FLOOD_H
#define OC_OUTBOUND_FLOOD_H

#include <stdint.h>

typedef struct flood flood;

enum { FLOOD_CHANNELS_MAX = 1000, FLOOD_WINDOW_MS = 3600 * 1000 };

typedef enum flood_verdict {
    FLOOD_POST, // there is room
    FLOOD_TELL, // there is none: that is said in its place, once in the hour
    FLOOD_DROP, // there is none, and people know
} flood_verdict;

flood *flood_create(void);
void flood_destroy(flood *f); // NULL-safe
// One more for the channel. *held: how many this hour has held back. now_ms: a clock that does not jump.
flood_verdict flood_take(flood *f, const char *channel_id, int limit, int64_t now_ms, int *held);

#endif
