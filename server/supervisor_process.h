// SPDX-License-Identifier: Apache-2.0
// One process of the core: start, lifeline, standard error, end. Knows nothing of restarts.
#ifndef OC_SUPERVISOR_PROCESS_H
#define OC_SUPERVISOR_PROCESS_H

#include "base/buf.h"
#include "base/loop.h"

typedef struct process process;

typedef struct process_events {
    void (*line)(void *ctx,
                 const char *text); // of its standard output or error, without newline, cut at 4 KiB
    void (*exited)(void *ctx,
                   int status); // reaped; as waitpid's. The process is to be destroyed, now or later
} process_events;

// Starts "openclaw-core --plugin" from path with an empty environment, no descriptors but 0 (the lifeline), 1 and 2
// (read by us), a process group of its own and default signals. events is copied. Blocks until the kernel has
// loaded the program (well below a millisecond). OC_ESYS: errno says why.
oc_err process_start(loop *l, const char *path, const process_events *events, void *ctx,
                     process **out) OC_MUST_CHECK;
int process_pid(const process *p);
// Writes the first line to its standard input; at most 4 KiB. OC_ESYS when it has ended already.
oc_err process_tell(process *p, bytes line) OC_MUST_CHECK;
void process_close_lifeline(process *p); // its standard input ends: it is to end itself
void process_kill(process *p);           // SIGKILL; exited comes
// A process that still runs is killed and waited for (a moment). No callback any more. NULL-safe.
void process_destroy(process *p);

#endif
