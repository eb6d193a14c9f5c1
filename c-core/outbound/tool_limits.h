// SPDX-License-Identifier: Apache-2.0
// How often the tools may be called in a minute for one conversation, and how much goes through them. Pure counting; windows
// start on the minute.
#ifndef OC_OUTBOUND_TOOL_LIMITS_H
#define OC_OUTBOUND_TOOL_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOOL_LIMITS_SESSIONS_MAX = 4096 };

typedef struct tool_limits tool_limits;
tool_limits *tool_limits_create(void);
void tool_limits_destroy(tool_limits *l); // NULL-safe

// Counts one call of the session (or whoever calls) when it is within the limits; 0: none. When too many sessions call at
// once none but the known ones may.
bool tool_limits_take(tool_limits *l, const char *session, int calls_per_minute, int64_t bytes_per_minute,
                      int64_t now_ms);
// What a call brought or got.
void tool_limits_add_bytes(tool_limits *l, const char *session, size_t bytes);

#endif
