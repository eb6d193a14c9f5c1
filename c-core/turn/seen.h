// SPDX-License-Identifier: Apache-2.0
// Which turns were begun lately: a bounded memory against duplicates.
#ifndef OC_TURN_SEEN_H
#define OC_TURN_SEEN_H

#include <stdbool.h>

enum { SEEN_MAX = 4096 }; // the oldest is forgotten

typedef struct seen seen;

seen *seen_create(void);
void seen_destroy(seen *s); // NULL-safe
// Remembers the id; false when it was known already.
bool seen_is_new(seen *s, const char *id);
bool seen_has(const seen *s, const char *id);

#endif
