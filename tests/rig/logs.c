// SPDX-License-Identifier: Apache-2.0
#include "logs.h"

#include "base/mem.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

// From the linker's --wrap: the product's own functions behind the names that it calls.
void __real_log_set_sink(log_sink_fn *fn, void *ctx);
void __real_log_set_level(log_level least);
void __wrap_log_set_levels(const log_levels *levels);
void __wrap_log_set_sink(log_sink_fn *fn, void *ctx);
void __wrap_log_set_level(log_level least);

enum { KIND_MAX = 4 };
// The debug lines that tell of a state machine: message, and the field that names the single one ("" when there is one).
static const struct {
    const char *message, *key;
    who process;
} KINDS[KIND_MAX] = {{"turn", "turn", WHO_CORE},
                     {"delivery", "post_id", WHO_CORE},
                     {"gateway connection", "", WHO_CORE},
                     {"supervisor", "", WHO_SHIM}};

// States that a kill between two events can meet. The others are passed through within one event.
static const struct {
    int kind;
    const char *name;
} STATES[] = {
    {0, "remembering"},
    {0, "deciding"},
    {0, "queued"},
    {0, "waiting"},
    {0, "running"},
    {0, "delivering"},
    {0, "attaching"},
    {0, "reporting"},
    {1, "searching"},
    {1, "posting"},
    {1, "pausing"},
    {1, "idle"},
    {1, "editing"},
    {2, "connecting"},
    {2, "waiting for the challenge"},
    {2, "ready"},
    {2, "waiting for the hello"},
    {2, "backing off"},
    {3, "starting"},
    {3, "running"},
};
enum { STATE_COUNT = sizeof STATES / sizeof STATES[0] };

typedef struct machine { // one of the core that is alive
    char *name;          // kind and key
    int state;           // index in STATES, -1: none of them
    int node;
    UT_hash_handle hh;
} machine;

static struct {
    bool verbose, muted;
    log_sink_fn *sinks[WHO_COUNT];
    void *ctx[WHO_COUNT];
    log_level levels[WHO_COUNT];
    machine *machines;
    int hits[STATE_COUNT], seen[STATE_COUNT];
    int aim;   // index in STATES, -1: at none
    int tried; // the last one aimed at: not twice running, it may be a state that hardly ever comes
    void (*aimed)(void *ctx);
    void *aimed_ctx;
} logs = {.aim = -1, .tried = -1};

static int state_named(int kind, const char *name) {
    for (int i = 0; i < STATE_COUNT; i++)
        if (STATES[i].kind == kind && strcmp(STATES[i].name, name) == 0)
            return i;
    return -1;
}

static void enter(int kind, const char *key, const char *state) {
    machine *m = NULL;
    char *name = xasprintf("%d.%d %s", world_node(), kind, key);
    HASH_FIND_STR(logs.machines, name, m);
    if (m == NULL) {
        m = xcalloc(1, sizeof *m);
        m->name = xstrdup(name);
        m->node = world_node();
        HASH_ADD_KEYPTR(hh, logs.machines, m->name, strlen(m->name), m);
    }
    m->state = state_named(kind, state);
    if (m->state >= 0)
        logs.seen[m->state]++;
    if (m->state < 0) {
        HASH_DEL(logs.machines, m);
        free(m->name);
        free(m);
    } else if (m->state == logs.aim) {
        logs.aim = -1;
        world_after(0, logs.aimed, logs.aimed_ctx);
    }
    free(name);
}

static const char *field(const log_field *fields, size_t count, const char *key) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].key, key) == 0)
            return fields[i].value;
    return "";
}

// A process of the first node stands for that of any.
static who of_kind(who w) {
    return world_is_core(w) ? WHO_CORE : world_is_shim(w) ? WHO_SHIM : w;
}

static void dispatch(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    who w = world_present();
    (void)ctx;
    if (logs.muted)
        return;
    for (int k = 0; level == LOG_DEBUG && k < KIND_MAX; k++)
        if (of_kind(w) == KINDS[k].process && strcmp(message, KINDS[k].message) == 0)
            enter(k, field(fields, count, KINDS[k].key), field(fields, count, "to"));
    if (logs.verbose) {
        static const char *const names[] = {"world", "shim", "core", "shim2", "core2"};
        fprintf(stderr, "%10.3f %s ", (double)world_now_ms() / 1000, names[w]);
        log_to_stderr(NULL, level, message, fields, count);
    }
    if (logs.sinks[w] != NULL && level >= logs.levels[w])
        logs.sinks[w](logs.ctx[w], level, message, fields, count);
}

void __wrap_log_set_sink(log_sink_fn *fn, void *ctx) {
    logs.sinks[world_present()] = fn;
    logs.ctx[world_present()] = ctx;
}

void __wrap_log_set_level(log_level least) {
    logs.levels[world_present()] = least;
}

void __wrap_log_set_levels(const log_levels *levels) {
    __wrap_log_set_level(levels->least);
}

void logs_start(bool verbose) {
    logs.verbose = verbose;
    for (int w = 0; w < WHO_COUNT; w++)
        logs.levels[w] = LOG_INFO;
    __real_log_set_level(LOG_DEBUG);
    __real_log_set_sink(dispatch, NULL);
}

bool logs_verbose(void) {
    return logs.verbose;
}

void logs_end(void) {
    logs_forget_states();
    __real_log_set_sink(NULL, NULL);
}

void logs_mute(bool mute) {
    logs.muted = mute;
}

void log_core_sink(log_sink_fn *fn, void *ctx) {
    logs.sinks[world_core()] = fn;
    logs.ctx[world_core()] = ctx;
    logs.levels[world_core()] = fn != NULL ? logs.levels[world_core()] : LOG_INFO;
}

void log_shim_sink_reset(void) {
    logs.sinks[world_shim()] = NULL;
}

void logs_forget_states(void) {
    machine *m = NULL, *next = NULL;
    HASH_ITER (hh, logs.machines, m, next) {
        if (KINDS[STATES[m->state].kind].process != WHO_CORE || m->node != world_node())
            continue; // the shim's supervisor tells by itself how it goes on
        HASH_DEL(logs.machines, m);
        free(m->name);
        free(m);
    }
}

void logs_count_states(void) {
    for (const machine *m = logs.machines; m != NULL; m = m->hh.next)
        if (m->node == world_node())
            logs.hits[m->state]++;
    logs_forget_states();
}

void logs_aim(void (*fn)(void *ctx), void *ctx) {
    int best = -1;
    uint32_t ties = 0;
    for (int i = 0; i < STATE_COUNT; i++) {
        if (logs.seen[i] == 0 || (best >= 0 && logs.hits[i] > logs.hits[best]) || i == logs.tried)
            continue;
        ties = best >= 0 && logs.hits[i] == logs.hits[best] ? ties + 1 : 1;
        if (dice(ties) == 0)
            best = i;
    }
    logs.aim = logs.tried = best;
    logs.aimed = fn;
    logs.aimed_ctx = ctx;
}

bool logs_aiming(void) {
    return logs.aim >= 0;
}

int logs_print_histogram(int least) {
    int thin = 0;
    printf("kills in each state\n");
    for (int i = 0; i < STATE_COUNT; i++) {
        printf("  %-18s %-26s %6d%s\n", KINDS[STATES[i].kind].message, STATES[i].name, logs.hits[i],
               logs.seen[i] == 0 ? "  (never entered)" : "");
        thin += logs.hits[i] < least && logs.seen[i] > 0;
    }
    return thin;
}
