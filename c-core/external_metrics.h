// SPDX-License-Identifier: Apache-2.0
// External mode: the process's metrics for Prometheus at an address of its own, GET /metrics (keys metrics.listen and
// metrics.allowedSourceIps). Off unless the configuration names an address; this machine alone unless it names others.
#ifndef OC_EXTERNAL_METRICS_H
#define OC_EXTERNAL_METRICS_H

#include "base/loop.h"

typedef struct external_metrics external_metrics;

typedef struct external_metrics_world { // copied
    char *const *(*allowed)(void *ctx); // addresses and networks that may ask; NULL or empty: this machine
    void (*collect)(void *ctx);         // looks up how things stand (admin/metrics.h)
    void *ctx;
} external_metrics_world;

// at: "address:port". NULL and *why, a sentence that the caller frees, when nobody can listen there.
external_metrics *external_metrics_create(loop *l, const char *at, const external_metrics_world *w,
                                          char **why);
void external_metrics_destroy(external_metrics *m); // NULL-safe
int external_metrics_port(const external_metrics *m);

#endif
