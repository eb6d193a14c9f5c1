// SPDX-License-Identifier: Apache-2.0
#include "base/percent.h"

#include "base/mem.h"

static int hex_digit(uint8_t c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char *percent_decode(bytes text) {
    char *out = xmalloc(text.len + 1);
    size_t written = 0;
    for (size_t at = 0; at < text.len; at++) {
        bool sign = text.data[at] == '%' && text.len - at > 2;
        int high = sign ? hex_digit(text.data[at + 1]) : -1, low = sign ? hex_digit(text.data[at + 2]) : -1;
        bool decodes = high >= 0 && low >= 0 && (high > 0 || low > 0);
        out[written++] = decodes ? (char)(high << 4 | low) : (char)text.data[at];
        at += decodes ? 2 : 0;
    }
    out[written] = '\0';
    return out;
}

static bool is_unreserved(uint8_t c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

char *percent_encode(bytes text) {
    static const char DIGITS[] = "0123456789ABCDEF";
    char *out = xmalloc(3 * text.len + 1), *to = out;
    for (size_t at = 0; at < text.len; at++) {
        uint8_t c = text.data[at];
        if (is_unreserved(c)) {
            *to++ = (char)c;
            continue;
        }
        *to++ = '%';
        *to++ = DIGITS[c >> 4];
        *to++ = DIGITS[c & 15];
    }
    *to = '\0';
    return out;
}
