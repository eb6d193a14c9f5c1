// SPDX-License-Identifier: Apache-2.0
#include "net/forwarded.h"

#include "base/json.h"
#include "base/parse.h"
#include "base/utf8.h"

#include <string.h>

enum { HOPS_MAX = 32, PORT_MAX = 65535 };

// --- lists of addresses ---

static bool parse_entry(const char *entry, ip_address *network, unsigned *bits) {
    const char *slash = strchr(entry, '/');
    bytes host = bytes_of(entry, slash != NULL ? (size_t)(slash - entry) : strlen(entry));
    uint64_t given = 0;
    if (ip_parse(host, network) != IP_TEXT_ADDRESS)
        return false;
    *bits = network->v6 ? 128 : 32;
    if (slash == NULL)
        return true;
    if (parse_uint(bytes_str(slash + 1), *bits, &given) != OC_OK)
        return false;
    *bits = (unsigned)given;
    return true;
}

bool ip_is_entry(const char *entry) {
    ip_address network;
    unsigned bits = 0;
    return parse_entry(entry, &network, &bits);
}

bool ip_in_list(char *const *list, const ip_address *a) {
    ip_address network;
    unsigned bits = 0;
    for (; list != NULL && *list != NULL; list++) {
        if (parse_entry(*list, &network, &bits) && network.v6 == a->v6 &&
            ip_in_network(a, network.octets, bits))
            return true;
    }
    return false;
}

// --- what proxies say ---

// A hop as proxies write it: an address, perhaps with a port, in brackets where that needs them.
static bool parse_hop(bytes hop, ip_address *out) {
    ip_address plain;
    uint64_t port = 0;
    const uint8_t *end = NULL;
    hop = utf8_trim(hop);
    if (hop.len > 0 && hop.data[0] == '[') {
        end = memchr(hop.data, ']', hop.len);
        if (end == NULL)
            return false;
        bytes rest = bytes_of(end + 1, hop.len - (size_t)(end + 1 - hop.data));
        if (rest.len > 0 && (rest.data[0] != ':' ||
                             parse_uint(bytes_of(rest.data + 1, rest.len - 1), PORT_MAX, &port) != OC_OK))
            return false;
        hop = bytes_of(hop.data + 1, (size_t)(end - hop.data) - 1);
    } else if (hop.len > 0) {
        const uint8_t *first = memchr(hop.data, ':', hop.len), *last = memrchr(hop.data, ':', hop.len);
        if (first != NULL && first == last) { // 192.0.2.1:4711
            if (parse_uint(bytes_of(last + 1, hop.len - (size_t)(last + 1 - hop.data)), PORT_MAX, &port) !=
                OC_OK)
                return false;
            hop.len = (size_t)(last - hop.data);
        }
    }
    if (ip_parse(hop, out) != IP_TEXT_ADDRESS)
        return false;
    if (ip_embedded(out, &plain) == IP_EMBEDS_ONLY)
        *out = plain;
    return true;
}

// A hop that cannot be read ends the search: who stands to the left of it may have been made up.
static bool last_stranger(const char *hops, char *const *proxies, ip_address *out) {
    size_t end = strlen(hops);
    for (int i = 0; i < HOPS_MAX; i++) {
        const char *comma = memrchr(hops, ',', end);
        size_t begin = comma != NULL ? (size_t)(comma - hops) + 1 : 0;
        if (!parse_hop(bytes_of(hops + begin, end - begin), out))
            return false;
        if (!ip_in_list(proxies, out))
            return true;
        if (comma == NULL)
            return false;
        end = begin - 1;
    }
    return false;
}

bool forwarded_from(const ip_address *peer, const cJSON *header, char *const *proxies, bool real_ip,
                    ip_address *out) {
    if (!ip_in_list(proxies, peer)) {
        *out = *peer;
        return true;
    }
    const char *hops = json_text(header, "x-forwarded-for");
    if (*hops != '\0')
        return last_stranger(hops, proxies, out);
    return real_ip && parse_hop(bytes_str(json_text(header, "x-real-ip")), out);
}
