// SPDX-License-Identifier: Apache-2.0
// From where a request really comes: itself, or through proxies that are trusted to say so. Pure.
#ifndef OC_NET_FORWARDED_H
#define OC_NET_FORWARDED_H

#include "net/address.h"

#include <cJSON.h>

// Whether one of the entries holds the address: "192.0.2.1", "2001:db8::1", "192.0.2.0/24". list ends with NULL, or is NULL.
// An entry that is none of these holds nothing.
bool ip_in_list(char *const *list, const ip_address *a);
// Whether such an entry can hold anything.
bool ip_is_entry(const char *entry);

// peer: who opened the connection. header: names in lower case → text. When the peer is one of proxies, it is the right-most
// hop of X-Forwarded-For that is none of them, else, where real_ip allows, X-Real-IP. False: a proxy does not say it.
bool forwarded_from(const ip_address *peer, const cJSON *header, char *const *proxies, bool real_ip,
                    ip_address *out);

#endif
