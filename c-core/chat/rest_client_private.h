// SPDX-License-Identifier: Apache-2.0
// What rest_client.c and rest_transfer.c share. Not for others.
#ifndef OC_CHAT_REST_CLIENT_PRIVATE_H
#define OC_CHAT_REST_CLIENT_PRIVATE_H

#include "chat/rest_client.h"

struct rest_client {
    net *net;
    server_config server;
    void (*halted)(void *ctx, const char *why);
    void (*unserved)(void *ctx, const chat_error *error); // NULL: nobody asks
    void *ctx;
    bool served;           // the server has done something for us
    struct call *calls;    // in the order in which they were made
    int open, waiting;     // waiting: all, the open ones too
    int64_t hold_until_ms; // the server asked for a pause; loop's clock
    int64_t ahead_ms;
    char *why; // it is halted; NULL: it is not
    loop_timer timer, tell;
};

#endif
