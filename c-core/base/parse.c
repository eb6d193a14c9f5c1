// SPDX-License-Identifier: Apache-2.0
#include "base/parse.h"

enum { MM_ID_BYTES = 26 };

oc_err parse_uint(bytes text, uint64_t max, uint64_t *out) {
    uint64_t value = 0;
    if (text.len == 0)
        return OC_EMALFORMED;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return OC_EMALFORMED;
        unsigned digit = text.data[i] - (unsigned)'0';
        if (value > (max - digit) / 10 || digit > max)
            return OC_ELIMIT;
        value = value * 10 + digit;
    }
    *out = value;
    return OC_OK;
}

bool parse_is_mm_id(const char *text) {
    size_t len = 0;
    if (text == NULL)
        return false;
    for (; text[len] != '\0' && len <= MM_ID_BYTES; len++) {
        char c = text[len];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            return false;
    }
    return len == MM_ID_BYTES;
}
