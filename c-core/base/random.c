// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <stdlib.h>
#include <sys/random.h>

static uint64_t test_state;

void random_seed_for_test(uint64_t seed) {
    test_state = seed;
}

// splitmix64: enough for tests that must repeat.
static uint64_t next_for_test(void) {
    uint64_t z = (test_state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

void random_bytes(void *out, size_t len) {
    unsigned char *at = out;
    while (len > 0) {
        if (test_state != 0) {
            *at++ = (unsigned char)next_for_test();
            len--;
            continue;
        }
        ssize_t got = getrandom(at, len < 256 ? len : 256, 0);
        if (got <= 0)
            abort();
        at += got;
        len -= (size_t)got;
    }
}

void random_hex(char *out, size_t byte_count) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < byte_count; i++) {
        unsigned char byte;
        random_bytes(&byte, 1);
        out[2 * i] = digits[byte >> 4];
        out[2 * i + 1] = digits[byte & 15];
    }
    out[2 * byte_count] = '\0';
}

uint32_t random_below(uint32_t below) {
    uint32_t value;
    uint32_t limit = UINT32_MAX - UINT32_MAX % below;
    do {
        random_bytes(&value, sizeof value);
    } while (value >= limit);
    return value % below;
}
