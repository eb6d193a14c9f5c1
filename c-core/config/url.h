// SPDX-License-Identifier: Apache-2.0
// Checks a URL that an administrator typed.
#ifndef OC_CONFIG_URL_H
#define OC_CONFIG_URL_H

// NULL when the URL has one of the schemes (NULL-terminated list), a host, a possible port and no user part, query or
// white space; else a sentence that says what is wrong and what is allowed (the caller frees it). The sentence never
// quotes the URL: it may hold a password.
char *url_check(const char *url, const char *const *schemes);

#endif
