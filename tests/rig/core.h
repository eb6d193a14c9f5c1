// SPDX-License-Identifier: Apache-2.0
// The core as a process of the rig: supervisor_process.h's process, which the shim's own supervisor starts and ends,
// with the core's modules inside and an event loop of its own.
#ifndef OC_RIG_CORE_H
#define OC_RIG_CORE_H

#include <stdbool.h>

bool core_runs(void);
void core_kill(const char *why); // as SIGKILL does; harmless when none runs
void core_die_with_shim(void);   // the parent-death signal
int core_count(void);            // started so far

#endif
