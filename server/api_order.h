// SPDX-License-Identifier: Apache-2.0
// Calls that must not overtake each other, such as the edits of one post, also when the core that made the earlier one is
// dead: a call with the name of an order waits until the one before it has come back, or was under way for too long. Pure
// bookkeeping: who sends is api_calls.c. Source: docs/protocol.md, "Calls in order".
#ifndef OC_API_ORDER_H
#define OC_API_ORDER_H

#include "base/bytes.h"

#include <cJSON.h>
#include <stdbool.h>

enum {
    API_ORDER_MAX_BYTES = 200,
    API_ORDER_WAITING_MAX = 512,
    API_ORDER_WAITING_MAX_BYTES = 16 << 20,
    // A call that takes longer holds up the others no more. The core gave it up after 10 s, but the server may still carry it
    // out, and what is older must not end on top of what is newer.
    API_ORDER_HOLD_MS = 20000,
};

typedef struct api_order api_order;
typedef struct api_line api_line; // those of one name; gone when nothing is under way in it

// A call's place in its line while it is under way.
typedef struct api_place {
    api_line *line;  // NULL: of a call without an order
    uint64_t number; // among those of the line
} api_place;

typedef struct api_waiting { // a call that waits; what it holds is the taker's (api_waiting_free)
    const char *method;
    uint64_t id;
    cJSON *params;
    uint8_t *tail;
    size_t tail_len;
    struct api_waiting *prev, *next;
} api_waiting;
void api_waiting_free(api_waiting *w);

api_order *api_order_create(void);
void api_order_destroy(api_order *o); // with all that waits; NULL-safe
size_t api_order_waiting(const api_order *o);
// Begins a call, when nothing is under way in the order of that name: *place is the call's until api_order_end.
bool api_order_begin(api_order *o, const char *name, int64_t now_ms, api_place *place);
// Otherwise it is put at the line's end; params and tail are copied. False: too much waits already.
bool api_order_wait(api_order *o, const char *name, const char *method, uint64_t id, const cJSON *params,
                    bytes tail);
// A call has come back. The one that goes next, which is under way from now on with *next as its place; or NULL.
api_waiting *api_order_end(api_order *o, api_place place, int64_t now_ms, api_place *next);
// The same for a call that is under way for too long; it may still come back. NULL when there is none that holds others up.
api_waiting *api_order_overdue(api_order *o, int64_t now_ms, api_place *next);

#endif
