// SPDX-License-Identifier: Apache-2.0
// Addresses of Mattermost's REST API. Pure.
#ifndef OC_CHAT_API_URL_H
#define OC_CHAT_API_URL_H

#include <stdbool.h>

// Whether no segment of the path leads elsewhere: none is "." or "..", also not percent-encoded or behind a backslash, and
// no percent sign is without its two digits (reference-behaviour notes §10.2). What follows "?" or "#" does not count.
bool api_path_is_safe(const char *path);
// base + "/api/v4" + path; NULL when the path is not safe. base as base_url_normalise gives it. The caller frees it.
char *api_url(const char *base, const char *path);
// base + path, for what the server has beside its API; NULL when the path is not safe. The caller frees it.
char *api_beside_url(const char *base, const char *path);
// The address of the event stream: ws:// or wss:// + "/api/v4/websocket". NULL when base is no http address. The caller
// frees it.
char *api_websocket_url(const char *base);

#endif
