// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

oc_err base64_encode(bytes data, buf *out) {
    uint8_t *to = NULL;
    oc_err err = buf_reserve(out, base64_encoded_bytes(data.len), &to);
    if (err != OC_OK)
        return err;
    for (size_t at = 0; at < data.len; at += 3, to += 4) {
        size_t left = data.len - at;
        uint32_t three = (uint32_t)data.data[at] << 16 | (left > 1 ? (uint32_t)data.data[at + 1] << 8 : 0) |
                         (left > 2 ? data.data[at + 2] : 0);
        to[0] = (uint8_t)LETTERS[three >> 18];
        to[1] = (uint8_t)LETTERS[three >> 12 & 63];
        to[2] = left > 1 ? (uint8_t)LETTERS[three >> 6 & 63] : '=';
        to[3] = left > 2 ? (uint8_t)LETTERS[three & 63] : '=';
    }
    buf_commit(out, base64_encoded_bytes(data.len));
    return OC_OK;
}

static uint32_t value_of(uint8_t c) { // 64: no letter
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26U;
    if (c >= '0' && c <= '9')
        return c - '0' + 52U;
    return c == '+' ? 62 : c == '/' ? 63 : 64;
}

// Three octets of four letters, of which the last `pads` are padding. False: they are none.
static bool decode_group(const uint8_t *from, size_t pads, uint8_t *to) {
    uint32_t four = 0;
    for (size_t i = 0; i < 4; i++) {
        uint32_t value = i < 4 - pads ? value_of(from[i]) : 0;
        if (value > 63)
            return false;
        four = four << 6 | value;
    }
    for (size_t i = 0; i < 3 - pads; i++)
        to[i] = (uint8_t)(four >> (16 - 8 * i));
    return true;
}

oc_err base64_decode(bytes text, buf *out) {
    size_t pads = 0, at = 0;
    uint8_t *to = NULL;
    if (text.len % 4 != 0)
        return OC_EMALFORMED;
    while (pads < 2 && pads < text.len && text.data[text.len - 1 - pads] == '=')
        pads++;
    oc_err err = buf_reserve(out, text.len / 4 * 3, &to);
    if (err != OC_OK)
        return err;
    for (; at < text.len; at += 4) {
        if (!decode_group(text.data + at, at + 4 == text.len ? pads : 0, to + at / 4 * 3))
            return OC_EMALFORMED;
    }
    buf_commit(out, text.len / 4 * 3 - pads);
    return OC_OK;
}
