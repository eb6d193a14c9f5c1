// SPDX-License-Identifier: Apache-2.0
#include "link/message.h"

size_t message_frame_bytes(bytes json, bytes tail) {
    return MESSAGE_OVERHEAD_BYTES + json.len + tail.len;
}

// A length and the bytes that it counts.
static oc_err cut(bytes *rest, bytes *out) {
    if (rest->len < 4)
        return OC_EMALFORMED;
    const uint8_t *p = rest->data;
    size_t len = ((size_t)p[0] << 24) | ((size_t)p[1] << 16) | ((size_t)p[2] << 8) | p[3];
    if (len > rest->len - 4)
        return OC_EMALFORMED;
    *out = bytes_of(p + 4, len);
    *rest = bytes_of(p + 4 + len, rest->len - 4 - len);
    return OC_OK;
}

oc_err message_next(bytes *rest, message_frame *out) {
    bytes left = *rest;
    message_frame frame = {0};
    oc_err err = cut(&left, &frame.json);
    if (err == OC_OK)
        err = cut(&left, &frame.tail);
    if (err == OC_OK && frame.json.len == 0)
        err = OC_EMALFORMED;
    if (err != OC_OK)
        return err;
    *out = frame;
    *rest = left;
    return OC_OK;
}

static uint8_t *put(uint8_t *out, bytes part) {
    out[0] = (uint8_t)(part.len >> 24);
    out[1] = (uint8_t)(part.len >> 16);
    out[2] = (uint8_t)(part.len >> 8);
    out[3] = (uint8_t)part.len;
    if (part.len > 0)
        memcpy(out + 4, part.data, part.len);
    return out + 4 + part.len;
}

void message_write(uint8_t *out, bytes json, bytes tail) {
    put(put(out, json), tail);
}
