// SPDX-License-Identifier: Apache-2.0
// The metrics of base/metric.h over HTTP, with what is not counted but looked up: how things stand now.
#ifndef OC_ADMIN_METRICS_H
#define OC_ADMIN_METRICS_H

#include "account/accounts.h"
#include "chat/http.h"

typedef struct metrics_turns {
    size_t open;       // posts without an outcome
    int64_t oldest_ms; // age of the oldest of them
} metrics_turns;

typedef struct metrics_sources { // borrowed
    const accounts *accounts;
    void (*turns)(void *ctx, metrics_turns *out);
    void *ctx;
} metrics_sources;

// Looks up how things stand: the gauges. Reads a few files of /proc, which does not wait.
void metrics_collect(const metrics_sources *s);
// The same for a process that serves several apps: begin, then add each of them.
void metrics_begin(void);
void metrics_add(const metrics_sources *s);
extern const char METRICS_CONTENT_TYPE[];
// Takes the request over and answers it in Prometheus text format. Who may ask is the caller's to decide.
void metrics_answer(const metrics_sources *s, chat_http *r);

#endif
