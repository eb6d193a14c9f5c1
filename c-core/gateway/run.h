// SPDX-License-Identifier: Apache-2.0
// Runs on a gateway connection, each a state machine of its own (gateway.h shows them to the rest of the core).
#ifndef OC_GATEWAY_RUN_H
#define OC_GATEWAY_RUN_H

#include "gateway/connection.h"
#include "gateway/requests.h"
#include "gateway/session_prepare.h"

typedef struct runs runs;

enum { RUNS_MAX = 1000 };

typedef struct runs_parts { // borrowed for the lifetime
    loop *loop;
    connection *connection;
    requests *requests;
    session_prepare *sessions;
} runs_parts;

runs *runs_create(const runs_parts *parts);
void runs_destroy(runs *s); // every run ends with GATEWAY_RUN_LOST; NULL-safe
gateway_run *runs_start(runs *s, const gateway_run_request *request, const gateway_run_events *events,
                        void *ctx);
size_t runs_open(const runs *s);

void runs_on_ready(runs *s);
void runs_on_lost(runs *s);          // after requests_on_lost
void runs_on_other_gateway(runs *s); // runs that the old gateway may have begun end with GATEWAY_RUN_LOST
bool runs_wants(const runs *s, const frame_head *head);
// Whether this installation started the run, or takes its end for that of one of its own.
bool runs_own(const runs *s, const char *run_id);
bool runs_open_in(const runs *s, const char *session_key); // a run of ours waits for its end there
void runs_on_event(runs *s, const char *name, const cJSON *payload);

#endif
