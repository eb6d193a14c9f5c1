// SPDX-License-Identifier: Apache-2.0
// The process-wide log of the product's modules, taken apart again: each simulated process has its sink and level. From
// the debug lines of state machines the rig knows which state every turn, delivery and connection is in.
#ifndef OC_RIG_LOGS_H
#define OC_RIG_LOGS_H

#include "base/log.h"

#include <stdbool.h>

void logs_start(bool verbose);
void logs_end(void);
bool logs_verbose(void);
void logs_mute(bool mute); // the present process is dead: what it says while it is taken apart was never said
void log_core_sink(log_sink_fn *fn, void *ctx);
void log_shim_sink_reset(void);

// The core is killed now: every state that its machines are in was hit once.
void logs_count_states(void);
void logs_forget_states(void); // it ended in order
// When a machine of that kind next enters a state, fn is called from the world's loop at once. kind and state NULL:
// whichever was hit least so far.
void logs_aim(void (*fn)(void *ctx), void *ctx);
bool logs_aiming(void);
// Prints the histogram; returns how many of the known states were hit less than least times.
int logs_print_histogram(int least);

#endif
