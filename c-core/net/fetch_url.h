// SPDX-License-Identifier: Apache-2.0
// A foreign address, read the way libcurl will read it, and judged. Pure.
#ifndef OC_NET_FETCH_URL_H
#define OC_NET_FETCH_URL_H

#include "base/err.h"
#include "net/ssrf.h"

enum { FETCH_URL_MAX_BYTES = 8192 };

typedef struct fetch_url { // strings are the caller's: fetch_url_free
    char *url;             // complete, without user, password and fragment
    char *host;            // for people
} fetch_url;

// OC_EINVAL: no http or https address, or one with a password in it. OC_EDENIED: the host is not allowed.
// *why then says so, as a lower-case clause for people; the caller frees it.
// strip_user: a user part is dropped instead of refused (of a redirect, which we do not answer for).
oc_err fetch_url_read(const char *text, bool private_allowed, bool strip_user, fetch_url *out,
                      char **why) OC_MUST_CHECK;
void fetch_url_free(fetch_url *u); // safe for zeroed structs

// Where a redirect from base leads, not judged yet; the caller's. NULL: location is empty or malformed.
char *fetch_url_join(const char *base, const char *location);

#endif
