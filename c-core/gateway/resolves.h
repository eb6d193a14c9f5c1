// SPDX-License-Identifier: Apache-2.0
// Answers on their way to the gateway, to approvals and to questions: each ends exactly once.
#ifndef OC_GATEWAY_RESOLVES_H
#define OC_GATEWAY_RESOLVES_H

#include "gateway/requests.h"
#include "gateway/resolve.h"

typedef struct resolves resolves;

enum { RESOLVES_MAX = 200 };

resolves *resolves_create(loop *l, requests *r);
void resolves_destroy(resolves *s); // each that is open ends with RESOLVE_AWAY; NULL-safe
// params are taken; method is a constant.
void resolves_start(resolves *s, const char *method, cJSON *params, resolve_fn *fn, void *ctx);
// Ends without the gateway, from the loop. sentence is a constant.
void resolves_end(resolves *s, resolve_outcome outcome, const char *sentence, resolve_fn *fn, void *ctx);

// What the gateway's answer means; *sentence is the caller's. Pure.
resolve_outcome resolve_judge(const request_reply *reply, char **sentence);

#endif
