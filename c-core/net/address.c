// SPDX-License-Identifier: Apache-2.0
#include "net/address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>

enum { V4_PARTS_MAX = 4, TEXT_MAX_BYTES = INET6_ADDRSTRLEN };

static bool all_digits(bytes part) {
    for (size_t i = 0; i < part.len; i++) {
        if (!isdigit(part.data[i]))
            return false;
    }
    return true;
}

static bool hex_start(bytes part) {
    return part.len >= 2 && part.data[0] == '0' && (part.data[1] | 0x20) == 'x';
}

// Up to four parts that are all numbers, or a part that is missing: inet_aton and browsers make addresses of such.
static bool looks_like_v4(bytes text) {
    size_t parts = 0, numbers = 0, empty = 0, at = 0;
    while (at <= text.len) {
        const uint8_t *dot = at < text.len ? memchr(text.data + at, '.', text.len - at) : NULL;
        size_t len = dot != NULL ? (size_t)(dot - text.data) - at : text.len - at;
        bytes part = bytes_of(text.data + at, len);
        parts++;
        empty += len == 0;
        numbers += len > 0 && (all_digits(part) || hex_start(part));
        at += len + 1;
    }
    return parts <= V4_PARTS_MAX && (empty > 0 || numbers == parts);
}

ip_text ip_parse(bytes text, ip_address *out) {
    char copy[TEXT_MAX_BYTES];
    bool colon = text.len > 0 && memchr(text.data, ':', text.len) != NULL;
    bool fits = text.len < sizeof copy && (text.len == 0 || memchr(text.data, 0, text.len) == NULL);
    if (fits) {
        if (text.len > 0)
            memcpy(copy, text.data, text.len);
        copy[text.len] = '\0';
        *out = (ip_address){.v6 = colon};
        if (inet_pton(colon ? AF_INET6 : AF_INET, copy, out->octets) == 1)
            return IP_TEXT_ADDRESS;
    }
    if (colon)
        return IP_TEXT_BROKEN;
    return looks_like_v4(text) ? IP_TEXT_LEGACY : IP_TEXT_NAME;
}

bool ip_from_sockaddr(const struct sockaddr *from, ip_address *out) {
    *out = (ip_address){.v6 = from->sa_family == AF_INET6};
    if (from->sa_family == AF_INET6)
        memcpy(out->octets, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    else if (from->sa_family == AF_INET)
        memcpy(out->octets, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    else
        return false;
    return true;
}

bool ip_in_network(const ip_address *a, const uint8_t *network, unsigned prefix_bits) {
    size_t whole = prefix_bits / 8;
    unsigned rest = prefix_bits % 8;
    if (memcmp(a->octets, network, whole) != 0)
        return false;
    return rest == 0 || ((a->octets[whole] ^ network[whole]) & (0xff00U >> rest) & 0xffU) == 0;
}

// Where an IPv4 address stands in IPv6 addresses that begin so.
static const struct embedding {
    uint8_t network[16];
    unsigned prefix_bits;
    size_t at;
    uint8_t flip; // each octet is xor-ed with it
} EMBEDDINGS[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12, 0}, // mapped, RFC 4291 §2.5.5.2
    {{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0}, 96, 12, 0}, // translated, RFC 2765 §2.1
    {{0, 0x64, 0xff, 0x9b}, 96, 12, 0},                      // NAT64, RFC 6052 §2.1
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 96, 12, 0},                // NAT64 of one's own, RFC 8215
    {{0x20, 0x02}, 16, 2, 0},                                // 6to4, RFC 3056 §2
    {{0x20, 0x01, 0, 0}, 32, 12, 0xff},                      // Teredo: the client, RFC 4380 §4
    {{0}, 96, 12, 0},                                        // compatible, RFC 4291 §2.5.5.1
};

static void take_v4(const ip_address *a, size_t at, uint8_t flip, ip_address *v4) {
    *v4 = (ip_address){.v6 = false};
    for (size_t i = 0; i < 4; i++)
        v4->octets[i] = a->octets[at + i] ^ flip;
}

static bool is_isatap(
    const ip_address *a) { // RFC 5214 §6.1; the two bits say whether it is unique and global
    return (a->octets[8] & 0xfc) == 0 && a->octets[9] == 0 && a->octets[10] == 0x5e && a->octets[11] == 0xfe;
}

ip_embedding ip_embedded(const ip_address *a, ip_address *v4) {
    static const uint8_t NOTHING_BEFORE[15];
    if (!a->v6)
        return IP_EMBEDS_NOTHING;
    if (memcmp(a->octets, NOTHING_BEFORE, 15) == 0 && a->octets[15] <= 1)
        return IP_EMBEDS_NOTHING; // :: and ::1 are addresses of their own
    for (size_t i = 0; i < sizeof EMBEDDINGS / sizeof EMBEDDINGS[0]; i++) {
        const struct embedding *e = &EMBEDDINGS[i];
        if (ip_in_network(a, e->network, e->prefix_bits)) {
            take_v4(a, e->at, e->flip, v4);
            return IP_EMBEDS_ONLY;
        }
    }
    if (!is_isatap(a))
        return IP_EMBEDS_NOTHING;
    take_v4(a, 12, 0, v4);
    return IP_EMBEDS_ALSO;
}
