// SPDX-License-Identifier: Apache-2.0
// What the gateway's answers about a run mean (gateway-protocol notes §6–§8). Pure.
#ifndef OC_GATEWAY_RUN_READ_H
#define OC_GATEWAY_RUN_READ_H

#include "gateway/gateway.h"

typedef enum run_answer_kind {
    RUN_ANSWER_END,       // the run has ended: outcome, text, sentence
    RUN_ANSWER_IN_FLIGHT, // it runs already; no further answer to this request comes
    RUN_ANSWER_RETRY,     // the gateway asks to try again, after retry_ms
} run_answer_kind;

typedef struct run_answer { // text and sentence are the caller's: run_answer_free
    run_answer_kind kind;
    gateway_run_outcome outcome;
    char *text, *sentence;
    const cJSON *payloads; // of what was read
    int64_t retry_ms;
} run_answer;
void run_answer_free(run_answer *a); // safe for zeroed structs

// The last answer to an agent request; either may be NULL.
void run_read_answer(bool ok, const cJSON *payload, const cJSON *error, run_answer *out);
// The answer to agent.wait. False: it runs still, or the gateway does not know it.
bool run_read_wait(const cJSON *payload, run_answer *out);
// A chat event with state final, aborted or error. False: another state.
bool run_read_chat_end(const cJSON *payload, run_answer *out);
// All text of a message {content: "…" or [{type:"text", text}]}; the caller's. NULL when there is none.
char *run_message_text(const cJSON *message);

#endif
