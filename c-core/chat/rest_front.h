// SPDX-License-Identifier: Apache-2.0
// What comes to the one listener of a program that serves several bots: from where it may come, and whose it is.
#ifndef OC_CHAT_REST_FRONT_H
#define OC_CHAT_REST_FRONT_H

#include "chat/rest_chat.h"
#include "net/http_server.h"

typedef struct rest_front {                    // borrowed with all that it names
    chat *(*chat_at)(void *ctx, size_t index); // NULL beyond the last one
    void *ctx;
    char *const *proxies; // addresses and networks that may say for whom they ask; NULL or empty: none
    bool real_ip;         // also by X-Real-IP
} rest_front;

// Whether anybody takes calls from there (a proxy may bring them). Else the connection deserves no answer.
bool rest_front_lets_in(const rest_front *f, const ip_address *from);
// Answers it, now or later, or drops it where nobody takes calls from whom the proxy names. Only POST: 405. Nobody's address:
// 404. Slash commands (reference-behaviour notes §9.4): 503 before an account is at work, 400 malformed, 401 no command of
// ours, 409 where two accounts have it. Buttons and dialogs: rest_callbacks.h.
void rest_front_request(const rest_front *f, http_exchange *e, const http_request *r);
void rest_front_ended(const rest_front *f, http_exchange *e);

#endif
