// SPDX-License-Identifier: Apache-2.0
// How long to wait before something is tried again. Pure; random is from 0 to 1.
#ifndef OC_CHAT_BACKOFF_H
#define OC_CHAT_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

// The event stream (reference-behaviour notes §2.6): 2 s, doubled with each failure up to a minute, each ±20 %. A connection
// that was authenticated begins anew.
typedef struct reconnect_pace {
    int64_t next_ms; // 0 before the first
} reconnect_pace;
// The wait before the next attempt, without jitter. worked: the one that ended was authenticated.
int64_t reconnect_wait_ms(reconnect_pace *p, bool worked);
int64_t reconnect_jitter_ms(int64_t wait_ms, double random);

#endif
