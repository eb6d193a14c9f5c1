// SPDX-License-Identifier: Apache-2.0
// The link between shim and core in memory: link/pair.h without nng, with faults. A message takes a moment; what was
// under way when a process died may or may not have left it.
#ifndef OC_RIG_WIRE_H
#define OC_RIG_WIRE_H

#include "base/loop.h"

void wire_sever(const loop *l); // the process with this loop dies now: nothing of it arrives any more
void wire_cut(void);            // the connection breaks, both sides live
void wire_stall(int64_t ms);    // nothing arrives for so long, then everything

#endif
