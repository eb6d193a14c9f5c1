// SPDX-License-Identifier: Apache-2.0
// What people click and enter reaches us as HTTP requests that the server makes in their name.
#ifndef OC_INTERACTIONS_HTTP_H
#define OC_INTERACTIONS_HTTP_H

#include "chat/http.h"
#include "interactions/adopted_buttons.h"
#include "interactions/buttons.h"
#include "interactions/pairing.h"

typedef struct interactions_world { // borrowed, must outlive every request
    pairing_desk *pairing;
    buttons *buttons;
    adopted_buttons *adopted; // NULL: no other program's buttons are known
} interactions_world;

// Takes the request over and answers it, now or later, when its path is one of ours; else false.
bool interactions_http(const interactions_world *w, chat_http *r);

#endif
