// SPDX-License-Identifier: Apache-2.0
// A borrowed run of bytes: somebody else owns the memory, which is not terminated by NUL.
#ifndef OC_BASE_BYTES_H
#define OC_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct bytes {
    const uint8_t *data; // may be NULL when len is 0
    size_t len;
} bytes;

static inline bytes bytes_of(const void *data, size_t len) {
    return (bytes){.data = data, .len = len};
}

// A C string without its terminator; NULL counts as empty.
static inline bytes bytes_str(const char *text) {
    return bytes_of(text, text != NULL ? strlen(text) : 0);
}

static inline bool bytes_equal(bytes a, bytes b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool bytes_is(bytes a, const char *text) {
    return bytes_equal(a, bytes_str(text));
}

#endif
