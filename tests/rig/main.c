// SPDX-License-Identifier: Apache-2.0
// The rig: shim and core against a fake Mattermost server and a fake gateway in one process, under one seed.
//   rig SEED MESSAGES FAULTS [only=FAULT,FAULT…] [nodes=2] [speaks=COUNT] [verbose]
#include "base/parse.h"
#include "core.h"
#include "faults.h"
#include "gateway.h"
#include "host.h"
#include "ledger.h"
#include "logs.h"
#include "server.h"
#include "speaks.h"
#include "world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_MESSAGE_MS = 3000,
    PAUSE_MS = 2000,                  // between messages, at most twice this
    QUIET_LIMIT_MS = 40 * 60 * 1000,  // a run may take half an hour
    CALM_MS = 90 * 1000,              // nothing happened for so long: it is quiet
    CALM_SPEAKING_MS = 6 * 60 * 1000, // … where another node may have to take over
    HITS_LEAST = 5,
    HITS_FROM_FAULTS = 300, // with fewer faults there are too few kills to ask for so many
};

typedef struct plan {
    int messages, speaks, faults, written, begun;
} plan;

static void break_one(void *ctx) {
    (void)ctx;
    faults_one();
}

static void write_next(void *ctx) {
    plan *p = ctx;
    int burst = chance(30) ? (int)between(5, 25) : 1;
    if (server_is_down()) // nobody can write to a server that is down
        burst = 0;
    for (; burst > 0 && p->written < p->messages; burst--, p->written++)
        server_write();
    // As many faults as belong to the messages so far, each at a moment of its own.
    int all = p->messages + p->speaks, sofar = p->written + speaks_begun();
    for (; (int64_t)p->begun * all < (int64_t)sofar * p->faults; p->begun++)
        world_after(between(0, 2 * PAUSE_MS), break_one, p);
    if (p->written < p->messages || !speaks_all_begun())
        world_after(between(0, 2 * PAUSE_MS), write_next, p);
}

static bool quiet(const plan *p) {
    bool active = true;
    for (int node = 0; node < world_nodes(); node++) {
        world_set_node(node);
        active = active && host_active();
    }
    return p->written >= p->messages && ledger_all_settled() && !gateway_busy() && active;
}

static void run(plan *p) {
    int64_t end_ms = 0, calm_since_ms = 0;
    world_after(FIRST_MESSAGE_MS, write_next, p);
    for (;;) {
        (void)world_turn(world_now_ms() + 1000);
        if (p->written < p->messages || !speaks_all_begun())
            continue;
        if (end_ms == 0) {
            end_ms = world_now_ms() + QUIET_LIMIT_MS;
            faults_heal();
        }
        calm_since_ms = quiet(p) ? calm_since_ms : world_now_ms();
        if (world_now_ms() - calm_since_ms > (p->speaks > 0 ? CALM_SPEAKING_MS : CALM_MS) ||
            world_now_ms() > end_ms)
            return;
    }
}

static int number(const char *text, uint64_t max, uint64_t *out) {
    if (text == NULL || parse_uint(bytes_str(text), max, out) != OC_OK) {
        fprintf(stderr, "usage: rig SEED MESSAGES FAULTS [only=FAULT,…] [verbose]\n");
        return 2;
    }
    return 0;
}

int main(int argc, char **argv) {
    uint64_t seed = 0, messages = 0, faults = 0, speaks = 0;
    bool verbose = false;
    char replay[128];
    if (number(argc > 1 ? argv[1] : NULL, UINT32_MAX, &seed) != 0 ||
        number(argc > 2 ? argv[2] : NULL, 999999, &messages) != 0 ||
        number(argc > 3 ? argv[3] : NULL, 100000, &faults) != 0)
        return 2;
    for (int i = 4; i < argc; i++) {
        verbose = verbose || strcmp(argv[i], "verbose") == 0;
        if (strncmp(argv[i], "only=", 5) == 0)
            faults_only(argv[i] + 5);
        if (strcmp(argv[i], "nodes=2") == 0)
            world_set_nodes(2);
        if (strncmp(argv[i], "speaks=", 7) == 0 && number(argv[i] + 7, 99999, &speaks) != 0)
            return 2;
    }
    plan p = {.messages = (int)messages, .speaks = (int)speaks, .faults = (int)faults};
    snprintf(replay, sizeof replay, "make rig SEED=%u MESSAGES=%d FAULTS=%d NODES=%d SPEAKS=%d",
             (unsigned)seed, p.messages, p.faults, world_nodes(), p.speaks);
    (void)signal(SIGPIPE, SIG_IGN); // as both processes do
    world_create(seed);
    logs_start(verbose);
    gateway_start();
    server_start();
    if (speaks > 0)
        speaks_plan((int)speaks);
    run(&p);
    int64_t took_ms = world_now_ms();
    for (int node = 0; node < world_nodes(); node++) {
        world_set_node(node);
        host_destroy();
    }
    printf("rig: seed %u, %d messages, %d faults, %d cores, %lld s of simulated time\n", (unsigned)seed,
           p.messages, p.begun, core_count(), (long long)took_ms / 1000 - 1000);
    faults_print();
    int thin = faults > 0 ? logs_print_histogram(HITS_LEAST) : 0;
    cJSON *posts = server_bot_posts();
    server_read_pages();
    int failed = ledger_check(posts, replay, faults >= HITS_FROM_FAULTS && speaks == 0 ? thin : 0,
                              faults >= HITS_FROM_FAULTS && speaks == 0);
    failed += speaks_check(replay);
    cJSON_Delete(posts);
    speaks_end();
    logs_end();
    gateway_end();
    server_end();
    ledger_end();
    world_destroy();
    (void)fflush(stdout); // a sanitizer's end leaves no time for it
    return failed == 0 ? 0 : 1;
}
