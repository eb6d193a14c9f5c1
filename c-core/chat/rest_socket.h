// SPDX-License-Identifier: Apache-2.0
// Mattermost's event stream: connects, proves who we are, stays connected. A connection that broke is taken up again where
// it ended as long as the server keeps what we have not heard (connection id and sequence number); else, and when a
// number is missing, the owner is told that events may have been missed.
#ifndef OC_CHAT_REST_SOCKET_H
#define OC_CHAT_REST_SOCKET_H

#include "config/account.h"
#include "net/net.h"

#include <cJSON.h>

enum { REST_SOCKET_MESSAGE_MAX_BYTES = 16 << 20, REST_SOCKET_CONNECT_MS = 30000 };

typedef enum rest_socket_state {
    SOCKET_OFF,         // not started, or stopped for good
    SOCKET_TRANSPORT,   // name, TCP, TLS and the upgrade
    SOCKET_PROVING,     // open; whether the server knows us is being asked
    SOCKET_CHALLENGING, // it did not see the token in the upgrade request: it was sent as a message
    SOCKET_DELIVERING,  // events come
    SOCKET_PAUSING,     // it broke; connects again when the timer rings
} rest_socket_state;

typedef struct rest_socket rest_socket;
typedef struct rest_socket_events {
    // Events come from now on. gap: some may have been missed since the last one was heard, or since the start.
    void (*delivering)(void *ctx, bool gap);
    void (*gap)(void *ctx);                 // a number was missing: the same, in between
    void (*event)(void *ctx, cJSON *frame); // taken
    void (*refused)(void *ctx); // the server does not know the token, or does not say: ask it by REST
} rest_socket_events;

// n and server are borrowed for its lifetime. Nothing happens before rest_socket_start.
rest_socket *rest_socket_create(net *n, const server_config *server, const rest_socket_events *events,
                                void *ctx);
void rest_socket_destroy(rest_socket *s); // NULL-safe
void rest_socket_start(rest_socket *s);
void rest_socket_stop(rest_socket *s); // for good
rest_socket_state rest_socket_get_state(const rest_socket *s);
// Wall clock of when it was last heard (while it delivers nothing: before); 0: never.
int64_t rest_socket_heard_ms(const rest_socket *s);
// Sends an action without waiting for the answer; dropped when it does not deliver. Takes data.
void rest_socket_tell(rest_socket *s, const char *action, cJSON *data);

#endif
