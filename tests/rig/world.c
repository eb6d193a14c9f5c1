// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include "base/mem.h"
#include "base/random.h"
#include "host.h"

#include <stdlib.h>

enum { ROUNDS_MAX = 100000 };
static const int64_t START_WALL_MS = 1800000000000, SKEW_MS = 7 * 60 * 1000;

typedef struct errand {
    loop_timer timer;
    world_fn *fn;
    void *ctx;
    int node;
    struct errand *prev, *next; // all that are open, to be freed at the end
} errand;

static struct {
    int64_t now_ms;
    uint64_t dice;
    loop *loops[WHO_COUNT];
    bool hung[WHO_COUNT];
    who present;
    int node, nodes;
    errand *open;
} world = {.nodes = 1};

static int64_t mono(void *ctx) {
    (void)ctx;
    return world.now_ms;
}

// The second node's clock is behind.
static int64_t wall(void *ctx) {
    return START_WALL_MS + world.now_ms - (ctx != NULL ? SKEW_MS : 0);
}

static oc_clock CLOCK = {.mono_ms = mono, .wall_ms = wall};
static oc_clock OTHER_CLOCK = {.mono_ms = mono, .wall_ms = wall, .ctx = &OTHER_CLOCK};

const oc_clock *world_clock(void) {
    return world.node == 0 ? &CLOCK : &OTHER_CLOCK;
}

void world_create(uint64_t seed) {
    world.now_ms = 1000000;
    world.dice = seed;
    random_seed_for_test(seed * 2 + 1);
    world.loops[WHO_WORLD] = loop_create(&CLOCK);
}

static void free_errand(errand *e) {
    if (e->prev != NULL)
        e->prev->next = e->next;
    else
        world.open = e->next;
    if (e->next != NULL)
        e->next->prev = e->prev;
    loop_timer_cancel(&e->timer);
    free(e);
}

void world_destroy(void) {
    while (world.open != NULL)
        free_errand(world.open);
    loop_destroy(world.loops[WHO_WORLD]);
    world.loops[WHO_WORLD] = NULL;
}

int64_t world_now_ms(void) {
    return world.now_ms;
}

loop *world_loop(void) {
    return world.loops[WHO_WORLD];
}

who world_present(void) {
    return world.present;
}

who world_enter(who w) {
    who before = world.present;
    world.present = w;
    if (w != WHO_WORLD)
        world.node = w == WHO_SHIM_2 || w == WHO_CORE_2;
    return before;
}

int world_node(void) {
    return world.node;
}

void world_set_node(int node) {
    world.node = node;
}

void world_set_nodes(int count) {
    world.nodes = count;
}

int world_nodes(void) {
    return world.nodes;
}

who world_shim(void) {
    return world.node == 0 ? WHO_SHIM : WHO_SHIM_2;
}

who world_core(void) {
    return world.node == 0 ? WHO_CORE : WHO_CORE_2;
}

bool world_is_shim(who w) {
    return w == WHO_SHIM || w == WHO_SHIM_2;
}

bool world_is_core(who w) {
    return w == WHO_CORE || w == WHO_CORE_2;
}

void world_join(who w, loop *l) {
    world.loops[w] = l;
    world.hung[w] = false;
}

void world_hang(who w, bool hung) {
    world.hung[w] = hung;
}

bool world_hung(who w) {
    return world.hung[w];
}

static void run_errand(void *ctx) {
    errand *e = ctx;
    world_fn *fn = e->fn;
    void *fn_ctx = e->ctx;
    world.node = e->node;
    free_errand(e);
    fn(fn_ctx);
}

void world_after(int64_t delay_ms, world_fn *fn, void *ctx) {
    errand *e = xcalloc(1, sizeof *e);
    e->fn = fn;
    e->ctx = ctx;
    e->node = world.node;
    e->next = world.open;
    if (world.open != NULL)
        world.open->prev = e;
    world.open = e;
    loop_timer_set(world_loop(), &e->timer, delay_ms, run_errand, e);
}

// --- chance ---

static uint64_t next_number(void) { // xorshift64*
    uint64_t x = world.dice * 0x9e3779b97f4a7c15U + 0x2545f4914f6cdd1dU;
    world.dice += 0x9e3779b97f4a7c15U;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93U;
    x ^= x >> 32;
    return x;
}

uint32_t dice(uint32_t below) {
    return (uint32_t)(next_number() % below);
}

bool chance(unsigned permille) {
    return dice(1000) < permille;
}

int64_t between(int64_t low, int64_t high) {
    return low + (int64_t)(next_number() % (uint64_t)(high - low + 1));
}

// --- turning ---

static void step(who w) {
    if (world.loops[w] == NULL || world.hung[w])
        return;
    who before = world_enter(w);
    loop_step(world.loops[w], 0);
    (void)world_enter(before);
}

// The next moment at which something is due; -1: never.
static int64_t next_due_ms(void) {
    int64_t next = -1;
    for (int w = 0; w < WHO_COUNT; w++) {
        int64_t due = world.loops[w] != NULL && !world.hung[w] ? loop_next_due_ms(world.loops[w]) : -1;
        if (due >= 0 && (next < 0 || due < next))
            next = due;
    }
    return next;
}

bool world_turn(int64_t limit_ms) {
    int64_t next = -1;
    int quiet = 0; // the end of a connection is heard of in the round after
    for (int rounds = 0; quiet < 2; rounds++) {
        if (rounds == ROUNDS_MAX)
            abort(); // something turns without time passing
        for (int w = 0; w < WHO_COUNT; w++)
            step((who)w);
        next = next_due_ms();
        quiet = host_has_bytes() || (next >= 0 && next <= world.now_ms) ? 0 : quiet + 1;
    }
    if (next < 0 || next > limit_ms) {
        world.now_ms = limit_ms > world.now_ms ? limit_ms : world.now_ms;
        return false;
    }
    world.now_ms = next;
    return true;
}
