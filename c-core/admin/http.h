// SPDX-License-Identifier: Apache-2.0
// The HTTP routes below /plugins/openclaw: one table of path, method, right and handler. All of them but the bench's are for
// system administrators; the status panel of the System Console (webapp-stub/) lives on them.
#ifndef OC_ADMIN_HTTP_H
#define OC_ADMIN_HTTP_H

#include "account/accounts.h"
#include "admin/doctor.h"
#include "admin/metrics.h"
#include "chat/http.h"

// body is an object, borrowed.
typedef void admin_json_fn(void *ctx, int status, const cJSON *body);

// What other modules do for the panel; they are asked through here because they include admin/ themselves. Each answers by
// calling fn once, perhaps before it returns. user_id: who asks, a system administrator.
typedef struct admin_panel {
    void (*pairings)(void *ctx, const char *user_id, admin_json_fn *fn, void *fn_ctx);
    void (*decide)(void *ctx, const char *user_id, const cJSON *body, admin_json_fn *fn, void *fn_ctx);
    void *ctx;
} admin_panel;

typedef struct admin_http {
    chat *chat;
    const accounts *accounts;
    const metrics_sources *metrics;
    admin_panel panel;
    const char *node;
    doctor *doctor; // NULL: support data comes without it
    bool bench;     // the bench routes exist (OPENCLAW_BENCH=1)
} admin_http;

// Takes the request over and answers it, now or later; a must live until then.
void admin_http_handle(const admin_http *a, chat_http *r);

// The table, for tests: false behind the last one.
typedef struct admin_route_info {
    const char *method, *path;
    bool admins_only, bench;
} admin_route_info;
bool admin_http_route(size_t index, admin_route_info *out);

#endif
