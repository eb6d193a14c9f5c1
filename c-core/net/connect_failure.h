// SPDX-License-Identifier: Apache-2.0
// Why libcurl could not connect, in words for an administrator. Pure.
#ifndef OC_NET_CONNECT_FAILURE_H
#define OC_NET_CONNECT_FAILURE_H

#include "net/websocket.h"

typedef struct connect_facts {
    CURLcode code;
    long os_error;      // CURLINFO_OS_ERRNO
    long verify_result; // CURLINFO_SSL_VERIFYRESULT, an X509_V_ERR_… number
    long proxy_status;  // CURLINFO_HTTP_CONNECTCODE
    long proxied;       // CURLINFO_USED_PROXY
    const char *host;   // with port
} connect_facts;

// The sentence is the caller's to free.
websocket_cause connect_failure(const connect_facts *facts, char **sentence);

#endif
