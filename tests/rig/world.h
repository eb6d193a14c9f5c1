// SPDX-License-Identifier: Apache-2.0
// The rig's world: one clock that jumps, one seed, one event loop for each simulated process and one for the fakes. A
// process that hangs is one whose loop is not turned.
#ifndef OC_RIG_WORLD_H
#define OC_RIG_WORLD_H

#include "base/loop.h"

// Two nodes at most: each has a shim and a core.
enum { NODES_MAX = 2 };
typedef enum who { WHO_WORLD, WHO_SHIM, WHO_CORE, WHO_SHIM_2, WHO_CORE_2, WHO_COUNT } who;

void world_create(uint64_t seed);
void world_destroy(void);

int64_t world_now_ms(void); // since the start
loop *world_loop(void);     // of the fakes
const oc_clock *world_clock(void);
who world_present(void); // whose code runs now
// The node that code runs for: of a process its own, of what the fakes do later the one for which it was planned.
int world_node(void);
void world_set_node(int node);
void world_set_nodes(int count);
int world_nodes(void);
who world_shim(void); // of that node
who world_core(void);
bool world_is_shim(who w);
bool world_is_core(who w);
who world_enter(who w); // returns who it was before, to be entered again

// A process joins with its loop and leaves; fds of its that the world must look at are the host's business.
void world_join(who w, loop *l); // NULL: it is gone
void world_hang(who w, bool hung);
bool world_hung(who w);

// Calls fn once after delay_ms, from the world's loop.
typedef void world_fn(void *ctx);
void world_after(int64_t delay_ms, world_fn *fn, void *ctx);

// --- chance: a sequence of its own, so that the product's random numbers do not shift it ---
uint32_t dice(uint32_t below);
bool chance(unsigned permille);
int64_t between(int64_t low, int64_t high); // both included

// Runs everything that is due, then lets the clock jump to the next moment. False when nothing is left to wait for
// before limit_ms, where the clock then stands.
bool world_turn(int64_t limit_ms);

#endif
