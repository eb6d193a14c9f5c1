// SPDX-License-Identifier: Apache-2.0
// baseUrl: the address of a Mattermost server.
#ifndef OC_CONFIG_BASE_URL_H
#define OC_CONFIG_BASE_URL_H

#include <stdbool.h>

// Without white space around it, slashes at its end and one /api/v4 (reference-behaviour notes §1.6); NULL when nothing is
// there to begin with. The caller frees it.
char *base_url_normalise(const char *text);
// Whether two normalised addresses are those of one server: host, port and path are the same. http and https do not
// differ, because one server is often reached through both.
bool base_url_same_server(const char *a, const char *b);
// A name that stands for no server in the world, because documentation uses it: example.com and its like (RFC 2606).
bool base_url_is_example(const char *url);

#endif
