// SPDX-License-Identifier: Apache-2.0
// Requests on a gateway connection: ids, answers in any order, a limit for each wait, and a queue so that few are in
// flight at once (the gateway refuses some when hundreds come together, gateway-protocol notes §2).
#ifndef OC_GATEWAY_REQUESTS_H
#define OC_GATEWAY_REQUESTS_H

#include "base/json.h"
#include "base/loop.h"

typedef struct requests requests;
typedef struct open_request open_request;

enum { REQUESTS_IN_FLIGHT_MAX = 90, REQUESTS_OPEN_MAX = 4000, REQUEST_TIMEOUT_MS = 30000 };

typedef struct request_reply { // borrowed during the callback
    oc_err
        err; // OC_OK: ok:true. OC_EREMOTE: the gateway's error. OC_ETIMEOUT, OC_ECLOSED, OC_ELIMIT (too long), OC_EBUSY
    bool accepted;        // a first answer: another one follows
    const cJSON *payload; // may be NULL, also on OK
    const cJSON *error;   // may be NULL
} request_reply;
typedef void request_fn(void *ctx, const request_reply *reply);
// Sends one frame now: connection_send.
typedef oc_err request_send_fn(void *ctx, const char *id, const char *method, const cJSON *params);

requests *requests_create(loop *l, request_send_fn *send, void *send_ctx);
void requests_destroy(requests *r); // open requests are forgotten without a callback; NULL-safe

typedef struct request_options {
    const char *method; // a constant: not copied
    cJSON *params;      // taken; may be NULL
    int64_t timeout_ms; // for the answer, or for the first of two
    int64_t second_ms;  // not 0: an answer with status "accepted" is followed by another, within this time
    request_fn
        *fn; // once, or twice when the first answer is "accepted"; never from inside a call; may be NULL
    void *ctx;
} request_options;
// NULL when too many are open (params are freed). The request ends itself after its last callback.
open_request *requests_start(requests *r, const request_options *options);
// No callback comes any more; the gateway is not told. NULL-safe.
void request_cancel(open_request *q);

void requests_on_response(requests *r, const cJSON *frame);
// The connection is gone: every open request ends with OC_ECLOSED.
void requests_on_lost(requests *r);
size_t requests_in_flight(const requests *r);

#endif
