// SPDX-License-Identifier: Apache-2.0
// What the two readers share: the limits, and the one problem. Only read*.c include this.
#ifndef OC_CONFIG_READ_PARTS_H
#define OC_CONFIG_READ_PARTS_H

#include "config/read.h"

typedef struct reading {
    size_t nodes;
    conf_problem problem; // the first one; its sentence is NULL while all is well
} reading;

// The tree, or NULL after reading_fail. text is valid UTF-8 without NUL or byte order mark.
conf_node *read_yaml(reading *r, bytes text);
conf_node *read_json5(reading *r, bytes text);

// Notes the problem unless there is one already. Returns false, for "return reading_fail(…)".
bool reading_fail(reading *r, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

// Each is true when it is allowed, else the problem is noted.
bool reading_allows_node(reading *r, int line); // counts it
bool reading_allows_depth(reading *r, size_t depth, int line);
bool reading_allows_scalar(reading *r, bytes text, int line);
bool reading_allows_key(reading *r, const conf_node *map, bytes key, int line); // new in the map, too

#endif
