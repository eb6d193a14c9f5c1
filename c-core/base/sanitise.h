// SPDX-License-Identifier: Apache-2.0
// Texts of others (errors of servers, of libraries) made fit for a log: no credentials, no line ends, cut. Pure.
// Rules of OpenClaw's own channel (reference-behaviour notes §9.6): names and passwords in addresses, "Bearer …" and "Token …", the
// values of keys that name a token, a secret, a password or an authorization.
#ifndef OC_BASE_SANITISE_H
#define OC_BASE_SANITISE_H

enum { SANITISED_MAX_UNITS = 300 }; // UTF-16

// The caller frees it.
char *sanitise(const char *text);

#endif
