// SPDX-License-Identifier: Apache-2.0
// How often a growing answer may be edited: every edit leaves a hidden row in the server's database and costs it
// milliseconds. Pure; the clock's values come from the caller.
#ifndef OC_DELIVERY_PACE_H
#define OC_DELIVERY_PACE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct pace_rules {
    int64_t every_ms;   // between the first edits of an answer
    int64_t slowest_ms; // between the later ones
    int edits_max;      // of one answer, the last one included
    int per_second;     // of all answers together
} pace_rules;

// How long after an edit the next one may come when so many were made: it begins at every_ms, grows by a quarter each time
// from the fifth on and ends at slowest_ms.
int64_t pace_interval_ms(const pace_rules *rules, int edits_made);

// What all answers share: a bucket that fills by per_second and holds at most one second's worth.
typedef struct pace_bucket {
    int64_t filled_ms; // when it was last filled; 0: never used
    double tokens;
} pace_bucket;
// Takes one when there is one. Otherwise *wait_ms says when it is worth asking again.
bool pace_take(pace_bucket *b, int per_second, int64_t now_ms, int64_t *wait_ms);

#endif
