// SPDX-License-Identifier: Apache-2.0
// Which hosts an address that a stranger or a model wrote may lead us to: the public internet, and on request the
// private networks of the administrator, but never what hands out a cloud machine's credentials. Pure.
#ifndef OC_NET_SSRF_H
#define OC_NET_SSRF_H

#include "net/address.h"

typedef enum ssrf_verdict {
    SSRF_ALLOWED = 0,
    SSRF_NO_HOST,       // empty, or with characters that no host has
    SSRF_SPELLING,      // an address in other than its one spelling
    SSRF_LOCAL_NAME,    // localhost, *.local, *.internal
    SSRF_LOOPBACK,      // this machine
    SSRF_PRIVATE,       // RFC 1918, unique local, site local
    SSRF_SHARED,        // of a provider, RFC 6598
    SSRF_BENCHMARK,     // RFC 2544, RFC 5180
    SSRF_LINK_LOCAL,    // this wire
    SSRF_METADATA,      // of a cloud
    SSRF_UNSPECIFIED,   // 0.0.0.0/8, ::
    SSRF_MULTICAST,     // many at once
    SSRF_DOCUMENTATION, // examples in books
    SSRF_RESERVED,      // everything else that is nobody's public address
} ssrf_verdict;

// A host as in a URL (an IPv6 address with or without brackets), or a name that is about to be resolved.
// private_allowed opens SSRF_LOCAL_NAME, LOOPBACK, PRIVATE, SHARED and BENCHMARK; nothing opens the others.
ssrf_verdict ssrf_judge_host(bytes host, bool private_allowed);
// An address that a name was resolved to.
ssrf_verdict ssrf_judge_address(const ip_address *a, bool private_allowed);

// To go behind "The address leads to ": a lower-case noun phrase for people. Never NULL.
const char *ssrf_verdict_text(ssrf_verdict v);

#endif
