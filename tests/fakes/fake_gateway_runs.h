// SPDX-License-Identifier: Apache-2.0
// A gateway behind gateway.h without any network, for tests that include fake_gateway_runs.c: the test sets the state
// and ends the runs.
#ifndef OC_FAKES_FAKE_GATEWAY_RUNS_H
#define OC_FAKES_FAKE_GATEWAY_RUNS_H

#include "gateway/gateway.h"

enum { FAKE_RUNS_MAX = 512, FAKE_GATEWAYS_MAX = 16 };

struct gateway {
    bool destroyed;
    gateway_state state; // its own, where the test has set one; else that of all
    bool own_state;
    char *url;
};

struct gateway_run {
    bool open, cancelled, aborted;
    gateway *gateway;
    char *idempotency_key, *session_key, *message, *system_prompt, *permission_mode, *earlier_boot_id;
    cJSON *attachments;
    gateway_run_events events;
    void *ctx;
};

typedef struct fake_call { // of gateway_call
    bool open;
    char *method;
    cJSON *params;
    request_fn *fn;
    void *ctx;
} fake_call;
enum { FAKE_CALLS_MAX = 64 };

typedef struct fake_runs {
    bool takes_calls; // gateway_call is taken, and answered by fake_call_end; else refused
    fake_call calls[FAKE_CALLS_MAX];
    size_t call_count;
    gateway_status status;
    struct gateway_run runs[FAKE_RUNS_MAX];
    size_t count;
    struct gateway gateways[FAKE_GATEWAYS_MAX]; // in the order in which they were made
    size_t gateway_count;
    bool full;                        // no more runs are taken
    char *url, *token, *device_token; // of the last gateway_configure
    int configured;
    gateway_events events;
    void *ctx;
    requests *requests; // the test's, for gateway_call; NULL: too many are open
} fake_runs;
extern fake_runs RUNS;

void fake_runs_create(gateway_state state);
void fake_runs_destroy(void);
void fake_run_end(size_t index, gateway_run_outcome outcome, const char *text, const char *sentence);

// The answer to the last call: a payload, or an error object. Both are taken.
void fake_call_end(oc_err err, cJSON *payload, cJSON *error);

#endif
