// SPDX-License-Identifier: Apache-2.0
// The server's side of WebSockets on loopback, on the same event loop as the client: one connection at a time, for the
// fake gateway or for a test that writes its own bytes.
#ifndef OC_TESTS_FAKE_GATEWAY_SOCKET_H
#define OC_TESTS_FAKE_GATEWAY_SOCKET_H

#include "base/loop.h"
#include "fake_gateway.h"
#include "net/ws_frame.h"

typedef struct fake_socket fake_socket;

typedef struct fake_socket_events {                                     // any may be NULL
    void (*open)(void *ctx);                                            // after the upgrade
    void (*frame)(void *ctx, const ws_frame_head *head, bytes payload); // unmasked, in order
    void (*gone)(void *ctx);
} fake_socket_events;

// Listens on 127.0.0.1 on a port of the kernel's choice. events is borrowed.
fake_socket *fake_socket_create(loop *l, const fake_socket_events *events, void *ctx);
// One that serves f, with pings answered and closes exchanged.
fake_socket *fake_socket_serve(loop *l, fake_gateway *f);
void fake_socket_destroy(fake_socket *s);          // NULL-safe
const char *fake_socket_url(const fake_socket *s); // ws://127.0.0.1:port

// Instead of a proper answer to the upgrade these bytes are sent. NULL: proper again. Borrowed.
void fake_socket_answer(fake_socket *s, const char *answer);
void fake_socket_send(fake_socket *s, ws_opcode opcode, bool final, bytes payload);
void fake_socket_raw(fake_socket *s, bytes data);
void fake_socket_close(fake_socket *s, unsigned code, const char *reason); // close frame, then the end
void fake_socket_cut(fake_socket *s);                                      // reset without a word
void fake_socket_pause(fake_socket *s,
                       bool paused); // paused: nothing is read, so that the client's sending stalls
int fake_socket_accepts(const fake_socket *s);
const char *fake_socket_request(const fake_socket *s); // the last upgrade request as it came

#endif
