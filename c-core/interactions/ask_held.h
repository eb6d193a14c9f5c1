// SPDX-License-Identifier: Apache-2.0
// Clicks on questions and approvals that come when a connection has just opened and the gateway has not listed yet what waits:
// they are looked at again when it has, or after a moment.
#ifndef OC_INTERACTIONS_ASK_HELD_H
#define OC_INTERACTIONS_ASK_HELD_H

#include "interactions/buttons.h"

typedef struct held_click held_click;
typedef struct ask_held {
    loop *loop;
    void (*fn)(void *ctx, const button_click *click, click_ticket *t); // looks at it for the last time
    void *ctx;
    held_click *waiting;
    size_t count;
} ask_held;

// source: the connection whose list is awaited. False: too many wait.
bool ask_held_keep(ask_held *h, const void *source, const button_click *click, click_ticket *t);
void ask_held_look(ask_held *h, const void *source); // it has listed
void ask_held_end(ask_held *h);                      // they are answered with nothing

#endif
