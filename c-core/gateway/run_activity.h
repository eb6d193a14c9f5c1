// SPDX-License-Identifier: Apache-2.0
// What an agent does between the words of its answer, from the gateway's agent events (gateway-protocol notes §7). Pure.
#ifndef OC_GATEWAY_RUN_ACTIVITY_H
#define OC_GATEWAY_RUN_ACTIVITY_H

#include "base/bytes.h"

#include <cJSON.h>
#include <stdbool.h>

typedef enum gateway_activity_kind {
    GATEWAY_ACTIVITY_TOOL,     // a tool is at work, or has ended
    GATEWAY_ACTIVITY_PLAN,     // the agent told its plan
    GATEWAY_ACTIVITY_THINKING, // it reasons; what it thinks is nobody's business
    GATEWAY_ACTIVITY_RETRYING, // the model's provider failed; the gateway tries again
    GATEWAY_ACTIVITY_MODEL,    // the model is chosen
} gateway_activity_kind;

// Borrowed from the event. Texts are "" when absent, and the agent's: data.
typedef struct gateway_activity {
    gateway_activity_kind kind;
    const char *id, *name; // of the tool call
    const char *detail;    // what the tool does, in words
    const char *command;   // of a tool that runs one, as it was written
    bool runs_command;     // a shell command, for example
    bool ended, failed;
    const cJSON *steps;      // of a plan: array of {step, status}; NULL: the plan is cleared
    const char *explanation; // of a plan
    int attempt, attempts;   // of a retry; 0 when unknown
    const char *provider, *model;
} gateway_activity;

// Whether an agent event with this payload.stream (data NULL: unknown) can tell something: most are text, which the chat
// events bring too.
bool run_activity_wants(bytes stream);
// The payload of an agent event. False: it tells nothing of that kind.
bool run_read_activity(const cJSON *payload, gateway_activity *out);

#endif
