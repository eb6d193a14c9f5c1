// SPDX-License-Identifier: Apache-2.0
// One connection to a gateway: connecting, handshake, pairing, back-off, keepalive (gateway-protocol notes §16).
// It knows no methods beyond connect; requests.h and run.h stand on it.
#ifndef OC_GATEWAY_CONNECTION_H
#define OC_GATEWAY_CONNECTION_H

#include "gateway/connect.h"
#include "gateway/frame_scan.h"
#include "gateway/gateway.h"
#include "gateway/transport.h"

typedef struct connection connection;

typedef struct connection_events {
    void (*status)(void *ctx, const gateway_status *status);
    void (*device_token)(void *ctx, const char *token, const char *url);
    void (*ready)(void *ctx); // READY was entered
    void (*lost)(void *ctx);  // READY was left
    void (*response)(void *ctx, const cJSON *frame);
    bool (*wants)(void *ctx, const frame_head *head); // asked before an event is parsed
    void (*event)(void *ctx, const char *name, const cJSON *payload);
} connection_events;

// as must be a constant.
connection *connection_create(loop *l, const transport *t, const connect_role *as,
                              const connection_events *events, void *ctx);
void connection_destroy(connection *c); // NULL-safe; no event comes any more
// Copies everything. True when the url is another one than before, so that another gateway may answer.
bool connection_configure(connection *c, const gateway_settings *s, const gateway_identity *identity,
                          const char *device_token);
void connection_retry(connection *c);
// What a node says it can do: a list of names, taken. Told when it connects the next time.
void connection_set_commands(connection *c, cJSON *names);
// While it is held nothing new is tried; what stands goes on. For connections that follow another one.
void connection_hold(connection *c, bool held);
void connection_stop(connection *c, bool stopped); // IDLE until it is false again
void connection_again(connection *c);              // connects anew, with what is set now
gateway_status connection_status(const connection *c);

// Sends one request frame. OC_ECLOSED when not READY; OC_ELIMIT when it is longer than the gateway takes; OC_EBUSY.
oc_err connection_send(connection *c, const char *id, const char *method, const cJSON *params) OC_MUST_CHECK;
// Changes at each start of the gateway; "" before the first hello. Borrowed until the next hello.
const char *connection_boot_id(const connection *c);

// A frame as it came. For the transport, and for tests.
void connection_on_frame(connection *c, bytes text);

// The pause before try number attempt (from 0): 1 s doubling to 30 s, of which jitter (0…1000 thousandths) takes up to
// a half away. Pure.
int64_t connection_backoff_ms(unsigned attempt, unsigned jitter_permille);

#endif
