// SPDX-License-Identifier: Apache-2.0
// The stored form of the watermarks: {"v":1,"nodes":{"<node>":{"at":ms,"boot":"…"}}}. Pure.
#ifndef OC_DELIVERY_MARKS_H
#define OC_DELIVERY_MARKS_H

#include "base/buf.h"

#include <cJSON.h>
#include <stdbool.h>

enum { MARKS_VERSION = 1, MARKS_MAX_BYTES = 16 << 10 };
// A node that has not been heard of for a day is forgotten: what it missed is too old to be answered.
enum { MARKS_FORGET_MS = 24 * 3600 * 1000 };

// The nodes object of the stored value, or an empty one when the value is absent, unreadable or of another version
// (*readable says which). The caller owns it.
cJSON *marks_read(bytes stored, bool *readable);
// The earliest time in nodes; false when there is none.
bool marks_since(const cJSON *nodes, int64_t *since_ms);
// Puts one node's mark in, drops those that are forgotten and, beyond max, the oldest.
void marks_put(cJSON *nodes, const char *node, int64_t at_ms, const char *boot_id, int64_t now_ms, int max);
oc_err marks_write(const cJSON *nodes, buf *out) OC_MUST_CHECK;

#endif
