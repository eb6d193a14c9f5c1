// SPDX-License-Identifier: Apache-2.0
// What the agent is told with the next message of a conversation, for it was no reason to ask it: reactions. In memory: what
// a restart loses is not told. Bounded: the newest PENDING_LINES_MAX of a place, the newest PENDING_PLACES_MAX places.
#ifndef OC_TURN_PENDING_LINES_H
#define OC_TURN_PENDING_LINES_H

enum { PENDING_LINES_MAX = 20, PENDING_PLACES_MAX = 1000 };

typedef struct pending_lines pending_lines;

pending_lines *pending_lines_create(void);
void pending_lines_destroy(pending_lines *p); // NULL-safe
void pending_lines_add(pending_lines *p, const char *place, const char *line);
// The lines of the place, oldest first, joined by line ends; NULL: none. They are forgotten. The caller frees them.
char *pending_lines_take(pending_lines *p, const char *place);

#endif
