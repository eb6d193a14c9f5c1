// SPDX-License-Identifier: Apache-2.0
#include "supervisor_policy.h"

enum { SERVED_WELL_MS = 1000, QUICK_A_MINUTE = 20, MINUTE_MS = 60000 };

static supervisor_state next_of_process(supervisor_state state, supervisor_event event) {
    switch (event) {
    case SUPERVISOR_READY:
        return state == SUPERVISOR_STARTING ? SUPERVISOR_RUNNING : state;
    case SUPERVISOR_HUNG:
        return SUPERVISOR_KILLING;
    case SUPERVISOR_START_FAILED:
    case SUPERVISOR_EXITED:
        return SUPERVISOR_PAUSING;
    case SUPERVISOR_STOP:
        return SUPERVISOR_STOPPING;
    default:
        return state;
    }
}

supervisor_state supervisor_next(supervisor_state state, supervisor_event event) {
    switch (state) {
    case SUPERVISOR_IDLE:
    case SUPERVISOR_PAUSING:
        if (event == SUPERVISOR_STOP)
            return SUPERVISOR_STOPPED;
        return event == SUPERVISOR_START || event == SUPERVISOR_PAUSE_OVER ? SUPERVISOR_STARTING : state;
    case SUPERVISOR_STARTING:
    case SUPERVISOR_RUNNING:
    case SUPERVISOR_KILLING:
        return next_of_process(state, event);
    case SUPERVISOR_STOPPING:
        return event == SUPERVISOR_EXITED || event == SUPERVISOR_START_FAILED ? SUPERVISOR_STOPPED : state;
    case SUPERVISOR_STOPPED:
        break;
    }
    return state;
}

const char *supervisor_state_name(supervisor_state state) {
    static const char *const names[] = {"idle",    "starting", "running", "killing",
                                        "pausing", "stopping", "stopped"};
    return names[state];
}

int64_t supervisor_pause_ms(supervisor_history *h, int64_t now_ms, int64_t served_ms) {
    static const int64_t pauses_ms[] = {0, 1000, 2000, 5000, 10000, 30000};
    const unsigned last = sizeof pauses_ms / sizeof pauses_ms[0] - 1;
    if (now_ms - h->minute_began_ms >= MINUTE_MS) {
        h->minute_began_ms = now_ms;
        h->quick = 0;
    }
    if (served_ms >= MINUTE_MS || (served_ms >= SERVED_WELL_MS && h->quick < QUICK_A_MINUTE))
        h->failures = 0;
    int64_t pause_ms = pauses_ms[h->failures < last ? h->failures : last];
    h->failures++;
    h->quick += pause_ms == 0;
    return pause_ms;
}
