// SPDX-License-Identifier: Apache-2.0
// One HTTP request to /plugins/openclaw/…, from the hook ServeHTTP (or ServeMetrics) to its answer, through the core.
// Bodies are streamed both ways: what the slower side has not taken is held back at the faster one's window, so
// memory is bounded. Source: plugin-rpc notes (f) "ServeHTTP", (c) "Pulled byte streams".
#ifndef OC_HTTP_EXCHANGE_H
#define OC_HTTP_EXCHANGE_H

#include "plugin_session_internal.h"

enum {
    HTTP_EXCHANGES_MAX = 1024,
    HTTP_LIMIT_MS = 300000, // for the core to begin its answer: the server's own write timeout
};

// hook is "ServeHTTP" or "ServeMetrics" and static. Answers the hook when all is done.
void http_exchange_begin(plugin_session *s, const char *hook, const netrpc_message *m);
// The session ends: every exchange is given up.
void http_exchanges_end(plugin_session *s);
void http_exchanges_reap(plugin_session *s); // frees those that have finished

#endif
