// SPDX-License-Identifier: Apache-2.0
// The connection to an OpenClaw gateway for users' messages (role operator, without operator.admin), and runs on it.
// One state machine keeps it (gateway-protocol notes §16); nothing here blocks.
#ifndef OC_GATEWAY_GATEWAY_H
#define OC_GATEWAY_GATEWAY_H

#include "base/loop.h"
#include "base/secret.h"
#include "base/bytes.h"
#include "gateway/identity.h"
#include "gateway/questions.h"
#include "gateway/refused_tokens.h"
#include "gateway/requests.h"
#include "gateway/run_activity.h"
#include "words/words.h"

#include <cJSON.h>

typedef struct net net; // net/net.h: libcurl's multi handle on the loop
typedef struct gateway gateway;

typedef enum gateway_state {
    GATEWAY_IDLE,           // not started, or settings say nothing to connect to
    GATEWAY_CONNECTING,     // TCP, TLS, WebSocket upgrade
    GATEWAY_WAIT_CHALLENGE, // connected, the gateway has not spoken yet
    GATEWAY_WAIT_HELLO,     // our connect request is out
    GATEWAY_READY,          // runs can start
    GATEWAY_BACKOFF,        // failed, tries again by itself
    GATEWAY_PAIRING,        // an administrator must approve this device at the gateway; polled
    GATEWAY_HALTED,         // will not try again until settings change or somebody asks: see the sentence
} gateway_state;
const char *gateway_state_name(gateway_state s);
typedef struct gateway_status gateway_status;

typedef struct gateway_settings { // borrowed by gateway_configure, which copies
    const char *url;              // ws:// or wss://
    const secret *token;          // shared token
    const char *ca_file, *ca_pem; // NULL or "" when unset
    const char *proxy;            // NULL or "" when unset
    const char *version;          // ours, for the connect request
    refused_tokens *refused;      // NULL, or what outlives the connection
} gateway_settings;

// What to tell an administrator about the present state. Borrowed during the callback.
struct gateway_status {
    gateway_state state;
    const char *
        code; // machine word: "", "PAIRING_REQUIRED", "AUTH_TOKEN_MISMATCH", "CONNECT_FAILED", "TLS_FAILED", "MISSING_SCOPES" …
    const char *sentence; // what happened, why, what to do, in plain English; "" when all is well
    const char *said;     // the same as marked text (words/words.h), for people; NULL: sentence has to do
    const char *command;  // the one command that approves a pairing, else ""
    const char *server_version, *default_agent; // known when READY
    const char *boot_id;                        // of this start of the gateway; known when READY
    // What the gateway takes, by its hello: one frame; an image (decoded) in an attachment. The usual limits before READY.
    int64_t max_payload_bytes, max_image_bytes;
    int64_t retry_in_ms;    // BACKOFF, PAIRING
    bool clock_known;       // the gateway has told its time when it was last connected to
    int64_t clock_ahead_ms; // of ours, then
};
// said, else the sentence.
static inline const char *gateway_said(const gateway_status *s) {
    return s->said != NULL ? s->said : s->sentence;
}

// The end of a run that nobody here started: a cron job, a wake, a run that the gateway took up again after its own crash,
// another client's (gateway-protocol notes §13).
typedef struct gateway_final { // borrowed during the callback
    const char *session_key, *run_id;
    const char *text;     // all text parts, joined; never ""
    const cJSON *message; // as it came
    // A run of ours in this session waits for its end: this may be that end, and the run will tell.
    bool run_open;
} gateway_final;

typedef struct gateway_events {
    void (*status)(void *ctx, const gateway_status *status); // at each change
    void (*device_token)(void *ctx, const char *token,
                         const char *url); // store it (secret); NULL: forget the stored one
    // These may be NULL.
    void (*ready)(void *ctx); // at each connect
    questions_events questions;
    // Whether finals of this session are of interest. Asked for each chat frame of a run that is not ours: cheap.
    bool (*wants_session)(void *ctx, bytes session_key);
    // A heartbeat or a wake has run somewhere and has said something: of these no chat event tells, and not this one in which session.
    void (*heartbeat)(void *ctx);
    void (*final)(void *ctx,
                  const gateway_final *final); // never for runs that this installation started (mm-…)
} gateway_events;

// n is borrowed and must outlive the gateway; identity and device token (may be NULL) are copied.
gateway *gateway_create(loop *l, net *n, const gateway_events *events, void *ctx);
void gateway_destroy(gateway *g); // runs end with GATEWAY_RUN_LOST; NULL-safe
// New settings: connects anew when they differ; runs go on over the new connection where it is the same gateway.
void gateway_configure(gateway *g, const gateway_settings *settings, const gateway_identity *identity,
                       const char *device_token);
void gateway_retry(gateway *g); // leaves BACKOFF, PAIRING or HALTED at once
gateway_status gateway_get_status(const gateway *g);
questions *gateway_questions(gateway *g);

// --- runs (gateway-protocol notes §6–§8) ---
typedef struct gateway_run gateway_run;
typedef struct gateway_run_request { // copied
    const char *idempotency_key;     // becomes the run id
    const char *session_key;
    const char *message;             // taken literally by the agent RPC
    const char *extra_system_prompt; // our own words only; "" when none
    const char *permission_mode;     // set and verified before the first run of a session on a connection
    // Images {type, mimeType, fileName, content}, or NULL. Taken in any case. They are held until the gateway has accepted the
    // run; should it lose the run later, the message says that they are missing.
    cJSON *attachments;
    // An earlier process may have sent it already: the boot id of the gateway that it knew ("" when it knew none), and how
    // long ago that may have been. The run is then looked for before it is started. NULL: surely not sent yet.
    const char *earlier_boot_id;
    int64_t earlier_ms;
} gateway_run_request;

typedef enum gateway_run_outcome {
    GATEWAY_RUN_OK,     // text is the answer
    GATEWAY_RUN_SILENT, // ended well without a text
    GATEWAY_RUN_ERROR,  // the gateway or the model failed: sentence for people
    GATEWAY_RUN_ABORTED,
    GATEWAY_RUN_REFUSED, // the session's permission mode is wider than allowed, or cannot be verified
    GATEWAY_RUN_LOST,    // connection and recovery failed
} gateway_run_outcome;
const char *gateway_run_outcome_name(gateway_run_outcome o);

typedef struct gateway_run_result { // borrowed during the callback
    gateway_run_outcome outcome;
    const char *text;      // all text payloads, joined by blank lines
    const char *sentence;  // why not, in plain English, no secrets; "" on OK
    const char *said;      // the same as marked text (words/words.h), for people; NULL: sentence has to do
    const cJSON *payloads; // result.payloads, or NULL
} gateway_run_result;

typedef struct gateway_run_events {
    void (*accepted)(void *ctx);                 // the gateway has taken it; may be NULL
    void (*text)(void *ctx, const char *so_far); // streaming, whole text so far; may be NULL
    void (*activity)(void *ctx, const gateway_activity *activity); // between its words; may be NULL
    void (*done)(void *ctx, const gateway_run_result *result); // exactly once; the run is freed afterwards
} gateway_run_events;

// Starts a run. When the gateway is not READY the run waits until it is; the caller decides how long
// (gateway_run_cancel). Returns NULL only when too many runs are open.
gateway_run *gateway_run_start(gateway *g, const gateway_run_request *request,
                               const gateway_run_events *events, void *ctx);
size_t gateway_open_runs(const gateway *g); // not ended yet
// Gives up: no callback comes any more. An accepted run is aborted at the gateway when abort is true.
void gateway_run_cancel(gateway_run *r, bool abort);

// --- other requests ---
// Sends one request of the operator's role, once; params are taken. fn is called as requests.h says, with OC_ECLOSED when the
// gateway is away. NULL: too many are open. request_cancel gives up. method must be a constant.
open_request *gateway_call(gateway *g, const char *method, cJSON *params, int64_t timeout_ms, request_fn *fn,
                           void *ctx);

// The gateway's HTTP side, where what is too large for a frame can be had. Borrowed until the next gateway_configure.
typedef struct gateway_web {
    net *net;
    char *url; // http or https, without a slash at the end; the caller's
    const secret *token;
    const char *ca_file, *ca_pem, *proxy; // "" when unset
} gateway_web;
// False: nothing to connect to.
bool gateway_get_web(const gateway *g, gateway_web *out);

#endif
