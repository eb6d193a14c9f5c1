// SPDX-License-Identifier: Apache-2.0
// libcurl's multi handle on the event loop, shared by everything that uses the network. Nothing here blocks.
// libcurl and its TLS library start at the first transfer, so that a core without work starts fast and stays small.
#ifndef OC_NET_NET_H
#define OC_NET_NET_H

#include "base/loop.h"

#include <curl/curl.h>

typedef struct net net;

net *net_create(loop *l); // cheap: libcurl is not touched yet
void net_destroy(net *n); // NULL-safe; every transfer must have been stopped before

loop *net_loop(const net *n);

// Starts libcurl if need be. NULL when it cannot be started. The handle goes back with net_end.
CURL *net_easy(net *n);
// Where and how certificates are checked: a private CA (NULL or "" when unset) is added to the system's roots.
// OC_EINVAL: ca_file cannot be read or one of the two holds no certificate; *why is a sentence (the caller frees it).
oc_err net_trust(CURL *easy, const char *ca_file, const char *ca_pem, char **why) OC_MUST_CHECK;

// The system's bundle of certificates; NULL: there is none. Borrowed.
const char *net_system_bundle(void);

typedef void net_done_fn(void *ctx, CURLcode result);
// Calls fn once from the loop, when the transfer (with CURLOPT_CONNECT_ONLY: the connecting) has ended.
// easy's CURLOPT_PRIVATE is ours. OC_ENOMEM.
oc_err net_start(net *n, CURL *easy, net_done_fn *fn, void *ctx) OC_MUST_CHECK;
// Ends the transfer if it runs, frees the handle and closes its connection; fn is not called any more. NULL-safe.
void net_end(net *n, CURL *easy);

#endif
