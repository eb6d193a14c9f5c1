// SPDX-License-Identifier: Apache-2.0
// What comes to the one listener of a program that serves several bots: from where it may come, and whose it is.
#ifndef OC_CHAT_REST_FRONT_H
#define OC_CHAT_REST_FRONT_H

#include "chat/rest_chat.h"
#include "net/http_server.h"

typedef struct rest_front rest_front;

typedef struct rest_front_trust { // borrowed
    char *const *proxies; // addresses and networks that may say for whom they ask; NULL or empty: none
    bool real_ip;         // also by X-Real-IP
} rest_front_trust;

typedef struct rest_front_owner {
    chat *(*chat_at)(void *ctx, size_t index); // NULL beyond the last one
    rest_front_trust (*trusted)(void *ctx);    // asked for each request: settings change
    void *ctx;
} rest_front_owner;

// Listens at "address:port". A connection from where nobody takes calls, by itself or by a trusted proxy, gets no answer. Else: only
// POST (405); nobody's address: 404. Slash commands (reference-behaviour notes §9.4): 503 before an account is at work, 400
// malformed, 401 no command of ours, 409 where two accounts have it. Buttons, dialogs and MCP: rest_callbacks.h. NULL with *why, a
// sentence that the caller frees.
rest_front *rest_front_listen(loop *l, const char *at, const rest_front_owner *owner, char **why);
void rest_front_destroy(rest_front *f); // after the chats; NULL-safe
int rest_front_port(const rest_front *f);

#endif
