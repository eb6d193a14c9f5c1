// SPDX-License-Identifier: Apache-2.0
#include "faults.h"

#include "core.h"
#include "gateway.h"
#include "gateway_wire.h"
#include "host.h"
#include "ledger.h"
#include "logs.h"
#include "server.h"
#include "wire.h"
#include "world.h"

#include <stdio.h>
#include <string.h>

static void heal(void *ctx) {
    (void)ctx;
    FAULTS = (server_faults){0};
}

// A trouble of the server's calls, for a while.
static void trouble(server_faults f, const char *what) {
    ledger_event("for a while", what);
    FAULTS = f;
    world_after(between(2000, 20000), heal, NULL);
}

static void kill_core(void) {
    core_kill("by chance");
}

static void kill_aimed(void *ctx) {
    (void)ctx;
    core_kill("in a state that was hit seldom");
}

static void kill_in_state(void) {
    logs_aim(kill_aimed, NULL);
}

static void wake_core(void *ctx) {
    if ((int)(intptr_t)ctx == core_count() && world_hung(world_core()))
        world_hang(world_core(), false);
}

static void hang_core(void) {
    if (!core_runs())
        return;
    ledger_event("the core hangs", "");
    world_hang(world_core(), true);
    if (chance(500)) // it goes on before anybody has noticed, or just then
        world_after(between(100, 8000), wake_core, (void *)(intptr_t)core_count());
}

static void kill_shim(void) {
    host_shim_kill("by chance");
}

static void hang_shim(void) {
    if (!host_plugin_runs())
        return;
    ledger_event("the shim hangs", "");
    world_hang(world_shim(), true);
}

static void cut_host(void) {
    host_cut();
}

static void server_up(void *ctx) {
    (void)ctx;
    ledger_event("the server is up again", "");
    server_hold_plugin(false);
}

static void restart_server(void) {
    if (server_is_down())
        return;
    server_hold_plugin(true);
    host_shim_stop();
    world_after(between(13000, 20000), server_up, NULL);
}

static void cut_link(void) {
    ledger_event("the link is cut", "");
    wire_cut();
}

static void stall_link(void) {
    ledger_event("the link stalls", "");
    wire_stall(between(500, 8000));
}

static void cut_gateway(void) {
    ledger_event("the gateway connection is cut", "");
    gateway_wire_close_all(0);
}

static void stall_gateway(void) {
    ledger_event("the gateway connection stalls", "");
    gateway_wire_stall(between(500, 20000));
}

static void mute_gateway(void) {
    ledger_event("the gateway connection carries nothing any more", "");
    gateway_wire_mute();
}

static void shake_gateway(void) {
    ledger_event("events come twice and out of order", "");
    gateway_wire_shake(between(2000, 20000));
}

static void crash_gateway(void) {
    gateway_crash(between(500, 15000));
}

static void restart_gateway(void) {
    gateway_restart(between(500, 15000));
}

static void fail_calls(void) {
    trouble((server_faults){.error_permille = 300}, "calls fail");
}

static void fail_calls_late(void) {
    trouble((server_faults){.late_error_permille = 300}, "calls are done and say that they failed");
}

static void lose_answers(void) {
    trouble((server_faults){.lost_permille = 300}, "answers of calls are lost");
}

static void slow_calls(void) {
    trouble((server_faults){.slow_permille = 300, .slow_ms = 15000}, "calls are slow");
}

static void refuse_answers(void) {
    trouble((server_faults){.refuse_permille = 500}, "answers may not be posted");
}

// Dead while a person is told that the answer could not be posted.
static void kill_in_refusals(void) {
    refuse_answers();
    logs_aim(kill_aimed, NULL);
}

static void fill_disk(void) {
    trouble((server_faults){.disk_full = true}, "the disk is full");
}

static void conflict(void) {
    trouble((server_faults){.conflict_permille = 700}, "values conflict");
}

static void lag(void) {
    trouble((server_faults){.lag_ms = between(100, 2000)}, "reads are stale");
}

// Dead before the acknowledgement: the case that doubles posts.
static void kill_in_lost_answers(void) {
    trouble((server_faults){.lost_permille = 500, .lag_ms = chance(500) ? between(100, 2000) : 0},
            "answers are lost and the core dies");
    logs_aim(kill_aimed, NULL);
}

static void kill_core_in_gateway_crash(void) {
    gateway_crash(between(500, 5000));
    core_kill("together with the gateway");
}

static void spoil(void) {
    server_spoil_value();
}

static struct {
    const char *name;
    void (*fn)(void);
    uint32_t weight;
    bool off;
    int done;
} KINDS[] = {
    {"core-kill", kill_core, 12, false, 0},
    {"core-kill-aimed", kill_in_state, 20, false, 0},
    {"core-hang", hang_core, 4, false, 0},
    {"shim-kill", kill_shim, 4, false, 0},
    {"shim-hang", hang_shim, 2, false, 0},
    {"host-cut", cut_host, 2, false, 0},
    {"server-restart", restart_server, 2, false, 0},
    {"link-cut", cut_link, 3, false, 0},
    {"link-stall", stall_link, 3, false, 0},
    {"gateway-cut", cut_gateway, 6, false, 0},
    {"gateway-stall", stall_gateway, 3, false, 0},
    {"gateway-mute", mute_gateway, 2, false, 0},
    {"gateway-shake", shake_gateway, 4, false, 0},
    {"gateway-crash", crash_gateway, 4, false, 0},
    {"gateway-restart", restart_gateway, 4, false, 0},
    {"api-error", fail_calls, 5, false, 0},
    {"api-late-error", fail_calls_late, 4, false, 0},
    {"api-lost", lose_answers, 5, false, 0},
    {"api-slow", slow_calls, 4, false, 0},
    {"api-refused", refuse_answers, 3, false, 0},
    {"refused-kill", kill_in_refusals, 9, false, 0},
    {"disk-full", fill_disk, 3, false, 0},
    {"conflict", conflict, 3, false, 0},
    {"lag", lag, 4, false, 0},
    {"lost-kill", kill_in_lost_answers, 6, false, 0},
    {"both-crash", kill_core_in_gateway_crash, 3, false, 0},
    {"spoil", spoil, 3, false, 0},
};
enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };

void faults_only(const char *kinds) {
    for (int i = 0; i < KIND_COUNT; i++) {
        size_t len = strlen(KINDS[i].name);
        bool named = false;
        for (const char *at = kinds; at != NULL && !named;
             at = strchr(at, ',') != NULL ? strchr(at, ',') + 1 : NULL)
            named = strncmp(at, KINDS[i].name, len) == 0 && (at[len] == ',' || at[len] == '\0');
        KINDS[i].off = !named;
    }
}

void faults_one(void) {
    uint32_t sum = 0;
    for (int i = 0; i < KIND_COUNT; i++)
        sum += KINDS[i].off ? 0 : KINDS[i].weight;
    if (sum == 0)
        return;
    if (world_nodes() > 1)
        world_set_node((int)dice((uint32_t)world_nodes()));
    uint32_t at = dice(sum);
    for (int i = 0; i < KIND_COUNT; i++) {
        uint32_t weight = KINDS[i].off ? 0 : KINDS[i].weight;
        if (at < weight) {
            KINDS[i].done++;
            KINDS[i].fn();
            return;
        }
        at -= weight;
    }
}

void faults_heal(void) {
    heal(NULL);
    gateway_smooth(true);
    gateway_wire_shake(0);
}

void faults_print(void) {
    printf("faults:");
    for (int i = 0; i < KIND_COUNT; i++)
        if (KINDS[i].done > 0)
            printf(" %s %d", KINDS[i].name, KINDS[i].done);
    printf("\n");
}
