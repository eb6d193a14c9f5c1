// SPDX-License-Identifier: Apache-2.0
// An OpenClaw gateway as far as the core talks to one: handshake with signature check and pairing, sessions, runs,
// history. It knows no sockets: frames go in and out as text, so it serves in memory (fake_transport.h) and over
// loopback (fake_gateway_socket.h). What it was asked stands in its ledger.
#ifndef OC_TESTS_FAKE_GATEWAY_H
#define OC_TESTS_FAKE_GATEWAY_H

#include "base/json.h"

typedef struct fake_gateway fake_gateway;

// Answers a method that the fake does not know itself: the payload, or NULL with *error (both are taken), or NULL alone for
// an unknown method.
typedef cJSON *fake_answer_fn(void *ctx, const char *method, const cJSON *params, cJSON **error);

typedef struct fake_gateway_settings { // change at will; strings are borrowed
    const char *token;                 // shared token
    const char *boot_id;
    const char *device_token;  // handed out in the hello and accepted as token; NULL: none
    const char *connect_error; // JSON of an error that every connect request gets; NULL: none
    const char *describe_mode; // what sessions.describe tells, whatever was set; NULL: the truth
    int protocol;              // of the hello
    int64_t tick_ms, max_payload_bytes;
    bool remote;            // an unknown device needs pairing
    bool approved;          // the device is approved
    bool no_scopes;         // the hello grants none
    const char *lacks;      // a scope that is not granted; NULL: all that are asked for are
    fake_answer_fn *answer; // may be NULL
    void *answer_ctx;
    bool mute;            // nothing is sent, no request is answered
    bool mute_requests;   // the challenge is sent, but no request is answered
    bool refuse_sessions; // sessions.create and sessions.patch are FORBIDDEN
    bool manual;          // runs do nothing by themselves: see fake_run_…
} fake_gateway_settings;

typedef void fake_send_fn(void *ctx, const char *text); // one frame to the client
typedef void fake_close_fn(void *ctx, unsigned code, const char *reason);

fake_gateway *fake_gateway_create(void);
void fake_gateway_destroy(fake_gateway *f); // NULL-safe
fake_gateway_settings *fake_gateway_set(fake_gateway *f);

// The wire: a client has connected, says something, is gone.
void fake_gateway_on_open(fake_gateway *f, fake_send_fn *send, fake_close_fn *close, void *ctx);
void fake_gateway_on_frame(fake_gateway *f, bytes text);
void fake_gateway_on_gone(fake_gateway *f);

void fake_gateway_event(fake_gateway *f, const char *name, cJSON *payload); // takes payload
void fake_gateway_restart(fake_gateway *f, const char *boot_id); // runs are forgotten, the history stays

// --- ledger ---
int fake_gateway_count(const fake_gateway *f, const char *method);
const cJSON *fake_gateway_last(const fake_gateway *f, const char *method); // params of the last one; NULL
int fake_gateway_opens(const fake_gateway *f);

// --- runs by hand; key is the idempotency key ---
void fake_run_accept(fake_gateway *f, const char *key); // with the user's row in the history
void fake_run_queue(fake_gateway *f, const char *key);  // accepted, but it waits: a pending input, no row
void fake_run_delta(fake_gateway *f, const char *key, const char *so_far);
void fake_run_end(fake_gateway *f, const char *key, const char *text);      // result, chat final, history row
void fake_run_fail(fake_gateway *f, const char *key, const char *response); // JSON {ok, payload, error}
void fake_run_wait_timeout(fake_gateway *f, const char *key);
// The gateway goes on with an interrupted run under another id, in the same session.
void fake_run_continue(fake_gateway *f, const char *key, const char *other_id);

#endif
