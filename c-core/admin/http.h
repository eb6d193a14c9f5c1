// SPDX-License-Identifier: Apache-2.0
// The HTTP routes below /plugins/openclaw: one table of path, methods, right and handler.
#ifndef OC_ADMIN_HTTP_H
#define OC_ADMIN_HTTP_H

#include "account/accounts.h"
#include "admin/metrics.h"
#include "chat/http.h"

typedef struct admin_http {
    chat *chat;
    const accounts *accounts;
    const metrics_sources *metrics;
    bool bench; // the bench routes exist (OPENCLAW_BENCH=1)
} admin_http;

// Takes the request over and answers it, now or later; a must live until then.
void admin_http_handle(const admin_http *a, chat_http *r);

#endif
