// SPDX-License-Identifier: Apache-2.0
// The gateway's transport in memory, with a clock that jumps: whole conversations with the fake gateway run in one
// process without sockets and without waiting.
#ifndef OC_TESTS_FAKE_TRANSPORT_H
#define OC_TESTS_FAKE_TRANSPORT_H

#include "fake_gateway.h"
#include "gateway/transport.h"

typedef struct fake_world fake_world; // loop, clock, wire and the gateway at its other end

fake_world *fake_world_create(void);
void fake_world_destroy(fake_world *w); // after everything that used its loop

loop *fake_world_loop(fake_world *w);
fake_gateway *fake_world_gateway(fake_world *w);
transport fake_world_transport(fake_world *w);

// Runs the loop until nothing more happens at this time.
void fake_world_settle(fake_world *w);
void fake_world_steps(fake_world *w,
                      int count); // so many rounds of the loop, where settling would be too dear
// Lets time pass, and everything that becomes due on the way happen.
void fake_world_advance(fake_world *w, int64_t ms);

void fake_world_refuse(fake_world *w, websocket_cause cause); // the next tries to connect fail
void fake_world_accept(fake_world *w);                        // and succeed again
// Ends the present connection from the gateway's side: close_code 0 is a cut without a word.
void fake_world_cut(fake_world *w, websocket_cause cause, unsigned close_code);
void fake_world_frame(fake_world *w, const char *text); // any text as a frame from the gateway

bool fake_world_connected(const fake_world *w);        // the client has an open connection
int fake_world_tries(const fake_world *w);             // to connect
unsigned fake_world_client_close(const fake_world *w); // code with which the client closed last, 0 before
const websocket_options *fake_world_options(fake_world *w); // of the last try; url only

#endif
