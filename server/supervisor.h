// SPDX-License-Identifier: Apache-2.0
// Keeps one process of the core running: start, restart with growing pauses, end. Whether it serves or hangs is judged
// by core_link, which talks to it. The states are in supervisor_policy.h.
#ifndef OC_SUPERVISOR_H
#define OC_SUPERVISOR_H

#include "base/buf.h"
#include "base/loop.h"
#include "supervisor_policy.h"

enum { SUPERVISOR_GRACE_MS = 2000 }; // from the closed lifeline to SIGKILL

typedef struct supervisor supervisor;

typedef struct supervisor_events {
    // A process is about to start: write the line for its standard input. Not OC_OK: it is tried again later.
    oc_err (*prepare)(void *ctx, buf *line);
    void (*started)(void *ctx, int pid); // before it can read that line
    void (*gone)(void *ctx);             // the one that was prepared has ended or could not be started
    void (*stopped)(void *ctx); // after supervisor_stop: no process is left. Never from inside a call
} supervisor_events;

// path NULL: beside our own executable. Nothing is started yet. events is copied.
supervisor *supervisor_create(loop *l, const char *path, const supervisor_events *events, void *ctx);
void supervisor_destroy(supervisor *s); // kills what runs and waits for its end (a moment); NULL-safe
void supervisor_start(supervisor *s);
void supervisor_ready(supervisor *s);                 // the present process serves
void supervisor_hung(supervisor *s, const char *why); // kill it; another one is started
void supervisor_stop(supervisor *s);
supervisor_state supervisor_state_of(const supervisor *s);
// Why no core can be started: path, reason and remedy in a sentence; NULL while it can. Borrowed.
const char *supervisor_problem(const supervisor *s);

#endif
