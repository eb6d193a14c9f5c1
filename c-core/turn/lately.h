// SPDX-License-Identifier: Apache-2.0
// What was done lately and is not to be done again, or not so soon: a bounded memory.
#ifndef OC_TURN_LATELY_H
#define OC_TURN_LATELY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lately lately;

#define LATELY_NEVER_AGAIN INT64_MAX

lately *lately_create(size_t max); // beyond so many the oldest is forgotten
void lately_destroy(lately *l);    // NULL-safe
// Remembers what is done now; false, and nothing is remembered, when less than every_ms has gone by since it was done.
bool lately_is_first(lately *l, const char *what, int64_t every_ms, int64_t now_ms);
bool lately_has(const lately *l, const char *what);

#endif
