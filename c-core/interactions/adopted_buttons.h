// SPDX-License-Identifier: Apache-2.0
// Buttons that OpenClaw's own channel made with this bot's token, before we took over (reference-behaviour notes §8). At the
// first click they become buttons of ours: the post is edited so, and the click goes the way of every click (buttons.h), with
// its checks. What they meant then: their value becomes a turn. Questions and model pickers of then are the gateway's
// memory of then: who clicks one is told to write.
#ifndef OC_INTERACTIONS_ADOPTED_BUTTONS_H
#define OC_INTERACTIONS_ADOPTED_BUTTONS_H

#include "interactions/buttons.h"
#include "interactions/place.h"

typedef struct adopted_buttons adopted_buttons;

// kind: of the sets that are made, a constant. The others are borrowed, and b and c end first.
adopted_buttons *adopted_buttons_create(chat *c, buttons *b, const place_world *places, const char *kind);
void adopted_buttons_destroy(adopted_buttons *a); // NULL-safe
// As buttons_http; statuses are those of §8.4.
void adopted_buttons_click(adopted_buttons *a, const char *user_id, bytes body, buttons_http_fn *fn,
                           void *ctx);

#endif
