// SPDX-License-Identifier: Apache-2.0
// One connection to the Mattermost server, from its first frame to the end of the process: control services, hooks,
// API calls, HTTP requests, and the core that they go to and come from. Source: plugin-rpc notes (c), (f), (k).
#ifndef OC_PLUGIN_SESSION_H
#define OC_PLUGIN_SESSION_H

#include "base/loop.h"

typedef struct plugin_session plugin_session;

// The session and the core are at their end; the process should exit with this code. Called once.
typedef void plugin_session_ended_fn(void *ctx, int exit_code);

// Starts the core's process (core_path as in core_link_create). Its log lines go to standard error until the API stands.
plugin_session *plugin_session_create(loop *l, const char *core_path, plugin_session_ended_fn *ended,
                                      void *ctx);
void plugin_session_destroy(plugin_session *s); // NULL-safe; kills a core that is left

// The server has connected; takes fd (non-blocking). Once.
void plugin_session_connect(plugin_session *s, int fd);
// Orderly end from our side (SIGTERM, or the server never came): the core says goodbye, then ended is called.
void plugin_session_stop(plugin_session *s, int exit_code);

#endif
