// SPDX-License-Identifier: Apache-2.0
// What the tests of runs share: a gateway in memory with the core's gateway side connected to it, and eyes on a run.
#ifndef OC_TESTS_RUN_BENCH_H
#define OC_TESTS_RUN_BENCH_H

#include "fake_transport.h"
#include "gateway/gateway_parts.h"

typedef struct run_seen { // what a run's callbacks told
    int accepted, texts, done;
    gateway_run_outcome outcome;
    char *text, *sentence, *streamed;
    int payloads; // -1: none
} run_seen;
void run_seen_clear(run_seen *s);

typedef struct run_bench {
    fake_world *world;
    fake_gateway *fake;
    gateway *gateway;
    gateway_identity *identity;
    secret *token;
} run_bench;

extern const gateway_run_events run_seen_events;
extern const char run_bench_session[];

void run_bench_set_up(run_bench *b, bool manual); // connected; manual: runs do nothing by themselves
void run_bench_tear_down(run_bench *b);
void run_bench_configure(run_bench *b, const char *url);
gateway_run *run_bench_start(run_bench *b, const char *key, const char *mode, run_seen *s);
void run_bench_settle(run_bench *b);
void run_bench_pass(run_bench *b, int64_t ms); // time passes on a connection that is alive
void run_bench_cut(run_bench *b);              // the connection breaks, and the client comes back
void run_bench_no_log(void);

#endif
