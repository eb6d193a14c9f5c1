// SPDX-License-Identifier: Apache-2.0
// IP addresses as values, and the IPv4 addresses that hide in IPv6 ones. Pure.
#ifndef OC_NET_ADDRESS_H
#define OC_NET_ADDRESS_H

#include "base/bytes.h"

#include <sys/socket.h>

typedef struct ip_address {
    bool v6;
    uint8_t octets[16]; // the first 4 when not v6
} ip_address;

typedef enum ip_text {
    IP_TEXT_ADDRESS, // the one spelling of an address: four decimal numbers, or RFC 4291 §2.2
    IP_TEXT_LEGACY, // numbers that some resolvers take for an IPv4 address: 127.1, 0x7f.1, 2130706433, 1.2.3.256
    IP_TEXT_BROKEN, // means an IPv6 address but is none, or carries a zone
    IP_TEXT_NAME,   // anything else
} ip_text;
// text without brackets; *out is set for IP_TEXT_ADDRESS only.
ip_text ip_parse(bytes text, ip_address *out);

// False for families other than IPv4 and IPv6.
bool ip_from_sockaddr(const struct sockaddr *from, ip_address *out);

// The first prefix_bits are the same. Both must be of one family.
bool ip_in_network(const ip_address *a, const uint8_t *network, unsigned prefix_bits);

typedef enum ip_embedding {
    IP_EMBEDS_NOTHING,
    IP_EMBEDS_ONLY, // packets end at the IPv4 address: mapped, compatible, translated, NAT64, 6to4, Teredo
    IP_EMBEDS_ALSO, // an IPv4 address is part of it, but the IPv6 network decides the way: ISATAP
} ip_embedding;
ip_embedding ip_embedded(const ip_address *a, ip_address *v4);

#endif
