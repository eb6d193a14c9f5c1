// SPDX-License-Identifier: Apache-2.0
// What to do about a run whose connection was cut, decided from the session's history (gateway-protocol notes §8): the
// gateway goes on without us, continues after a crash under another run id, or never got the request. Pure.
#ifndef OC_GATEWAY_RECOVERY_H
#define OC_GATEWAY_RECOVERY_H

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    RECOVERY_HISTORY_ROWS = 200,
    RECOVERY_PATIENCE_MS = 60000,    // so long the session must be idle before a run counts as gone
    RECOVERY_INTERRUPTED_MS = 10000, // the same for an input that the gateway calls interrupted
    RECOVERY_STORED_MS =
        240000, // the gateway keeps results five minutes; one is held back for clocks and latency
};

// Is put behind a key that the gateway has used up without running it.
#define RECOVERY_RENEWED ".again"

typedef enum recovery_step {
    RECOVERY_FOLLOW, // agent.wait for run_id
    RECOVERY_TAKE,   // text is the answer
    RECOVERY_LOOK,   // nothing is decided: look into the history again later
    RECOVERY_REPEAT, // the gateway never began: send the agent request again
    RECOVERY_LOST,   // it began, it is not running, there is no answer
} recovery_step;

typedef struct recovery_facts {
    const char *key; // idempotency key of the run
    bool same_boot;  // the gateway was not restarted since the run was sent
    bool accepted;   // the gateway had said that it took the run
    bool renewed;    // the key was renewed already
    int64_t idle_ms; // how long looks have found the session without an active run
} recovery_facts;

typedef struct recovery {
    recovery_step step;
    bool active;        // the session runs something at present
    bool renew;         // REPEAT: under a renewed key
    const char *run_id; // FOLLOW; points into the history or the facts
    char *text;         // TAKE; the caller's
} recovery;

// history: the payload of chat.history with RECOVERY_HISTORY_ROWS rows.
void recovery_decide(const cJSON *history, const recovery_facts *facts, recovery *out);

#endif
