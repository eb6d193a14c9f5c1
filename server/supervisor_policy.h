// SPDX-License-Identifier: Apache-2.0
// The supervisor's decisions, without a process or a clock: states, transitions, pauses between restarts.
#ifndef OC_SUPERVISOR_POLICY_H
#define OC_SUPERVISOR_POLICY_H

#include <stdbool.h>
#include <stdint.h>

typedef enum supervisor_state {
    SUPERVISOR_IDLE,     // nothing was started yet
    SUPERVISOR_STARTING, // a process runs that does not serve yet
    SUPERVISOR_RUNNING,  // a process runs and has said that it serves
    SUPERVISOR_KILLING,  // it hung: SIGKILL was sent, its end is awaited
    SUPERVISOR_PAUSING,  // no process; the next start has a time
    SUPERVISOR_STOPPING, // no restart any more: the lifeline is closed, its end is awaited
    SUPERVISOR_STOPPED,  // no process, for good
} supervisor_state;

typedef enum supervisor_event {
    SUPERVISOR_START,        // begin
    SUPERVISOR_START_FAILED, // the process could not be made
    SUPERVISOR_READY,        // it serves
    SUPERVISOR_HUNG,         // it does not answer any more or breaks the rules
    SUPERVISOR_EXITED,       // the process has ended and was reaped
    SUPERVISOR_PAUSE_OVER,
    SUPERVISOR_STOP, // end it, start no other
} supervisor_event;

// The one place where the state moves. An event without meaning in a state leaves it as it is.
supervisor_state supervisor_next(supervisor_state state, supervisor_event event);
const char *supervisor_state_name(supervisor_state state); // "starting", for logs

// What the pauses depend on; starts zeroed.
typedef struct supervisor_history {
    unsigned failures;       // in a row
    unsigned quick;          // restarts without a pause in the present minute
    int64_t minute_began_ms; // since 0 of the monotonic clock
} supervisor_history;

// How long to wait before the next start. served_ms: how long the process that ended had served, -1: it never did.
// One that served a second is started again at once, up to 20 times a minute; else 0, 1, 2, 5, 10, 30, 30… s.
int64_t supervisor_pause_ms(supervisor_history *h, int64_t now_ms, int64_t served_ms);

#endif
