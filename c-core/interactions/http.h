// SPDX-License-Identifier: Apache-2.0
// What people click reaches us as an HTTP request that the server makes in their name.
#ifndef OC_INTERACTIONS_HTTP_H
#define OC_INTERACTIONS_HTTP_H

#include "chat/http.h"
#include "interactions/pairing.h"

// Takes the request over and answers it, now or later, when its path is one of ours; else false.
bool interactions_http(pairing_desk *d, chat_http *r);

#endif
