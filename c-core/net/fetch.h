// SPDX-License-Identifier: Apache-2.0
// Gets what stands at an address that a model wrote, without being led anywhere the guard (ssrf.h) forbids: the host,
// every address that its name has, the address connected to, and each redirect are judged. Never blocks.
#ifndef OC_NET_FETCH_H
#define OC_NET_FETCH_H

#include "base/bytes.h"
#include "base/secret.h"
#include "net/net.h"

typedef struct fetch fetch;

enum { FETCH_REDIRECTS_MAX = 3, FETCH_CONNECT_MS = 10000, FETCH_IDLE_MS = 30000, FETCH_TOTAL_MS = 120000 };

typedef struct fetch_options { // copied
    const char *url;
    size_t max_bytes;
    int64_t connect_ms, idle_ms, total_ms; // 0: the limits above. idle_ms: without a byte, pauses not counted
    bool private_allowed;                  // as ssrf.h
    // NULL: directly, also when the environment names a proxy. Else through this one, which resolves names by itself: then
    // only names and literal addresses are judged. For administrators whose proxy guards their network.
    const char *proxy;
    const char *ca_file, *ca_pem; // as net_trust
    const secret
        *bearer; // for servers that the administrator named; then no redirect is followed. NULL: none
} fetch_options;

typedef struct fetch_head {  // borrowed during the callback
    const char *url;         // the last one of the redirects
    const char *type;        // Content-Type, "" when there is none
    const char *disposition; // Content-Disposition, ""
    int64_t size_bytes;      // as declared, not above max_bytes; -1 when it is not
} fetch_head;

typedef struct fetch_result { // borrowed during the callback
    oc_err err;      // OC_EDENIED, OC_EINVAL: the guard. OC_ELIMIT: too large. OC_ETIMEOUT, OC_EREMOTE, …
    const char *why; // a lower-case clause for people, marked text (words/words.h); "" on OC_OK
    uint64_t size_bytes; // of what came
} fetch_result;

typedef struct fetch_events {
    // Of a good answer, before its first piece. An error ends the fetch with it; *why may be set (taken). May be NULL.
    oc_err (*head)(void *ctx, const fetch_head *head, char **why);
    // OC_EAGAIN: not now; the same piece comes again after fetch_resume. Another error ends the fetch with it.
    oc_err (*piece)(void *ctx, bytes piece);
    void (*done)(void *ctx, const fetch_result *result); // exactly once; the fetch is freed afterwards
} fetch_events;

// Calls back from the loop only, never from inside. n is borrowed.
fetch *fetch_start(net *n, const fetch_options *options, const fetch_events *events, void *ctx);
void fetch_resume(fetch *f);
// No callback comes any more. NULL-safe; not for use in done.
void fetch_cancel(fetch *f);

#endif
