// SPDX-License-Identifier: Apache-2.0
// The networks follow IANA's registries of special-purpose addresses; the first row that fits decides.
#include "net/ssrf.h"

#include "words/words.h"

#include <strings.h>

enum { HOST_MAX_BYTES = 253 }; // RFC 1035 §2.3.4

typedef struct network {
    uint8_t octets[16];
    uint8_t prefix_bits;
    ssrf_verdict verdict;
} network;

static const network V4[] = {
    {{100, 100, 100, 200}, 32, SSRF_METADATA}, // Alibaba
    {{168, 63, 129, 16}, 32, SSRF_METADATA},   // Azure's host, from every one of its machines
    {{192, 0, 0, 192}, 32, SSRF_METADATA},     // Oracle
    {{169, 254, 169, 254}, 32, SSRF_METADATA}, // most clouds
    {{169, 254}, 16, SSRF_LINK_LOCAL},
    {{0}, 8, SSRF_UNSPECIFIED},
    {{10}, 8, SSRF_PRIVATE},
    {{100, 64}, 10, SSRF_SHARED},
    {{127}, 8, SSRF_LOOPBACK},
    {{172, 16}, 12, SSRF_PRIVATE},
    {{192, 0, 0}, 24, SSRF_RESERVED}, // protocols' own
    {{192, 0, 2}, 24, SSRF_DOCUMENTATION},
    {{192, 88, 99}, 24, SSRF_RESERVED}, // 6to4 relays of old
    {{192, 168}, 16, SSRF_PRIVATE},
    {{198, 18}, 15, SSRF_BENCHMARK},
    {{198, 51, 100}, 24, SSRF_DOCUMENTATION},
    {{203, 0, 113}, 24, SSRF_DOCUMENTATION},
    {{224}, 4, SSRF_MULTICAST},
    {{240}, 4, SSRF_RESERVED},
    {{0}, 0, SSRF_ALLOWED},
};

static const network V6[] = {
    {{0xfd, 0x00, 0x0e, 0xc2}, 32, SSRF_METADATA}, // Amazon
    {{0xfd, 0x20, 0x00, 0xce}, 32, SSRF_METADATA}, // Google
    {{0xfd, 0x00, 0x00, 0xc1}, 32, SSRF_METADATA}, // Oracle
    {{0xfd, 0x00, 0x00, 0x42}, 32, SSRF_METADATA}, // Scaleway
    {{0}, 128, SSRF_UNSPECIFIED},                  // ::
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, SSRF_LOOPBACK},
    {{0xfe, 0x80}, 10, SSRF_LINK_LOCAL},
    {{0xfe, 0xc0}, 10, SSRF_PRIVATE}, // site local, of old
    {{0xfc}, 7, SSRF_PRIVATE},
    {{0xff}, 8, SSRF_MULTICAST},
    {{0x20, 0x01, 0, 0x02, 0, 0}, 48, SSRF_BENCHMARK},
    {{0x20, 0x01, 0, 0x03}, 32, SSRF_ALLOWED},             // AMT
    {{0x20, 0x01, 0, 0x04, 0x01, 0x12}, 48, SSRF_ALLOWED}, // AS112
    {{0x20, 0x01, 0, 0x30}, 28, SSRF_ALLOWED},             // drones' identities
    {{0x20, 0x01, 0, 0}, 23, SSRF_RESERVED},               // protocols' own
    {{0x20, 0x01, 0x0d, 0xb8}, 32, SSRF_DOCUMENTATION},
    {{0x3f, 0xff, 0}, 20, SSRF_DOCUMENTATION},
    {{0x20}, 3, SSRF_ALLOWED}, // the one range of global addresses
    {{0}, 0, SSRF_RESERVED},
};

static ssrf_verdict look_up(const ip_address *a) {
    const network *n = a->v6 ? V6 : V4;
    while (!ip_in_network(a, n->octets, n->prefix_bits))
        n++; // the last row fits everything
    return n->verdict;
}

static ssrf_verdict opened(ssrf_verdict v, bool private_allowed) {
    bool is_private = v == SSRF_LOCAL_NAME || v == SSRF_LOOPBACK || v == SSRF_PRIVATE || v == SSRF_SHARED ||
                      v == SSRF_BENCHMARK;
    return is_private && private_allowed ? SSRF_ALLOWED : v;
}

ssrf_verdict ssrf_judge_address(const ip_address *a, bool private_allowed) {
    ip_address v4;
    ip_embedding kind = ip_embedded(a, &v4);
    ssrf_verdict inner = kind == IP_EMBEDS_NOTHING ? SSRF_ALLOWED : opened(look_up(&v4), private_allowed);
    if (kind == IP_EMBEDS_ONLY || inner != SSRF_ALLOWED)
        return inner;
    return opened(look_up(a), private_allowed);
}

// Names that lead to a cloud's metadata wherever they resolve.
static bool is_metadata_name(bytes name) {
    static const char *const NAMES[] = {
        "metadata",
        "metadata.google.internal",
        "metadata.goog",
        "instance-data",
        "instance-data.ec2.internal",
        "metadata.tencentyun.com",
        "metadata.azure.internal",
        "metadata.azure.com",
        "api.metadata.cloud.ibm.com",
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strlen(NAMES[i]) == name.len && strncasecmp(NAMES[i], (const char *)name.data, name.len) == 0)
            return true;
    }
    return false;
}

static bool ends_with(bytes name, const char *suffix) {
    size_t len = strlen(suffix);
    return name.len >= len && strncasecmp((const char *)name.data + name.len - len, suffix, len) == 0;
}

static bool is_local_name(bytes name) {
    return (name.len == strlen("localhost") && ends_with(name, "localhost")) ||
           (name.len == strlen("localhost.localdomain") && ends_with(name, "localhost.localdomain")) ||
           ends_with(name, ".localhost") || ends_with(name, ".local") || ends_with(name, ".internal");
}

// Letters, digits, hyphen and, as the world has it, underscore. A name in another script is reached by its xn-- form.
static bool is_name(bytes name) {
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '_' && c != '.')
            return false;
    }
    return name.len > 0 && name.len <= HOST_MAX_BYTES;
}

static ssrf_verdict judge_name(bytes name) {
    if (!is_name(name))
        return SSRF_NO_HOST;
    if (is_metadata_name(name))
        return SSRF_METADATA;
    return is_local_name(name) ? SSRF_LOCAL_NAME : SSRF_ALLOWED;
}

ssrf_verdict ssrf_judge_host(bytes host, bool private_allowed) {
    ip_address a;
    bool bracketed = host.len >= 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
    if (bracketed)
        host = bytes_of(host.data + 1, host.len - 2);
    while (!bracketed && host.len > 0 && host.data[host.len - 1] == '.')
        host.len--; // the root: the same host
    if (host.len == 0)
        return SSRF_NO_HOST;
    switch (ip_parse(host, &a)) {
    case IP_TEXT_ADDRESS:
        return bracketed && !a.v6 ? SSRF_SPELLING : ssrf_judge_address(&a, private_allowed);
    case IP_TEXT_LEGACY:
    case IP_TEXT_BROKEN:
        return SSRF_SPELLING;
    case IP_TEXT_NAME:
        break;
    }
    return bracketed ? SSRF_SPELLING : opened(judge_name(host), private_allowed);
}

const char *ssrf_verdict_text(ssrf_verdict v) {
    static const words_key TEXTS[] = {
        [SSRF_ALLOWED] = WORD_HOST_PUBLIC,
        [SSRF_NO_HOST] = WORD_HOST_NONE,
        [SSRF_SPELLING] = WORD_HOST_SPELLING,
        [SSRF_LOCAL_NAME] = WORD_HOST_LOCAL_NAME,
        [SSRF_LOOPBACK] = WORD_HOST_LOOPBACK,
        [SSRF_PRIVATE] = WORD_HOST_PRIVATE,
        [SSRF_SHARED] = WORD_HOST_SHARED,
        [SSRF_BENCHMARK] = WORD_HOST_BENCHMARK,
        [SSRF_LINK_LOCAL] = WORD_HOST_LINK_LOCAL,
        [SSRF_METADATA] = WORD_HOST_METADATA,
        [SSRF_UNSPECIFIED] = WORD_HOST_UNSPECIFIED,
        [SSRF_MULTICAST] = WORD_HOST_MULTICAST,
        [SSRF_DOCUMENTATION] = WORD_HOST_DOCUMENTATION,
        [SSRF_RESERVED] = WORD_HOST_RESERVED,
    };
    return words_marked((size_t)v < sizeof TEXTS / sizeof TEXTS[0] ? TEXTS[v] : WORD_HOST_UNKNOWN);
}
