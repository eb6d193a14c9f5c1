// SPDX-License-Identifier: Apache-2.0
// The files that an agent's text names itself, a line "MEDIA:<path or address>" for each: in an answer the gateway has made entries
// of them, in a session's history they stand as they were written. Pure.
#ifndef OC_REPLY_MEDIA_LINES_H
#define OC_REPLY_MEDIA_LINES_H

#include <cJSON.h>

// The text without these lines, and what they name as payloads (media_plan.h). Lines in code blocks stay. Both are the caller's.
char *media_lines_take(const char *text, cJSON **payloads);

#endif
