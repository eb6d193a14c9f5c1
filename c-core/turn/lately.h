// SPDX-License-Identifier: Apache-2.0
// What was done lately and is not to be done again so soon: a bounded memory.
#ifndef OC_TURN_LATELY_H
#define OC_TURN_LATELY_H

#include <stdbool.h>
#include <stdint.h>

enum { LATELY_MAX = 1000 }; // the oldest is forgotten

typedef struct lately lately;

lately *lately_create(void);
void lately_destroy(lately *l); // NULL-safe
// Remembers the time; false when less than every_ms has gone by since the last time that it was true.
bool lately_is_first(lately *l, const char *what, int64_t every_ms, int64_t now_ms);

#endif
