// SPDX-License-Identifier: Apache-2.0
#include "delivery/node.h"

#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

// FNV-1a: enough to tell a few hosts apart.
static uint64_t hash(const char *text) {
    uint64_t value = 0xcbf29ce484222325U;
    for (; *text != '\0'; text++)
        value = (value ^ (unsigned char)*text) * 0x100000001b3U;
    return value;
}

void node_name(char out[NODE_NAME_BYTES]) {
    char host[HOST_NAME_MAX + 1] = "";
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0'; // then this node shares its name with every other that cannot tell its own
    snprintf(out, NODE_NAME_BYTES, "%016" PRIx64, hash(host));
}
