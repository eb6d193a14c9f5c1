// SPDX-License-Identifier: Apache-2.0
#include "net/ws_frame.h"

enum { FINAL_BIT = 0x80, RESERVED_BITS = 0x70, MASK_BIT = 0x80, LENGTH_16 = 126, LENGTH_64 = 127 };

static bool known_opcode(unsigned opcode) {
    return opcode <= WS_BINARY || (opcode >= WS_CLOSE && opcode <= WS_PONG);
}

static uint64_t big_endian(const uint8_t *data, size_t len) {
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++)
        value = value << 8 | data[i];
    return value;
}

// RFC 6455 5.2 and 5.5: what the first two bytes must not say.
static bool head_allowed(unsigned first, unsigned opcode, unsigned length) {
    if ((first & RESERVED_BITS) != 0 || !known_opcode(opcode))
        return false;
    return opcode < WS_CLOSE || ((first & FINAL_BIT) != 0 && length <= WS_CONTROL_MAX_BYTES);
}

// RFC 6455 5.2: the shortest form of a length is the only one, and its highest bit is 0.
static bool length_allowed(size_t extended, uint64_t payload_bytes) {
    if (extended == 2)
        return payload_bytes >= LENGTH_16;
    return extended == 0 || (payload_bytes > UINT16_MAX && payload_bytes <= INT64_MAX);
}

oc_err ws_frame_read_head(bytes data, ws_frame_head *out) {
    if (data.len < 2)
        return OC_EAGAIN;
    unsigned opcode = data.data[0] & 0x0f, length = data.data[1] & 0x7f;
    *out = (ws_frame_head){.opcode = (ws_opcode)opcode,
                           .final = (data.data[0] & FINAL_BIT) != 0,
                           .masked = (data.data[1] & MASK_BIT) != 0,
                           .payload_bytes = length};
    if (!head_allowed(data.data[0], opcode, length))
        return OC_EMALFORMED;
    size_t extended = length == LENGTH_64 ? 8 : length == LENGTH_16 ? 2 : 0;
    out->head_bytes = 2 + extended + (out->masked ? sizeof out->mask : 0);
    if (data.len < out->head_bytes)
        return OC_EAGAIN;
    if (extended > 0)
        out->payload_bytes = big_endian(data.data + 2, extended);
    if (!length_allowed(extended, out->payload_bytes))
        return OC_EMALFORMED;
    if (out->masked)
        memcpy(out->mask, data.data + 2 + extended, sizeof out->mask);
    return OC_OK;
}

void ws_frame_mask(uint8_t *data, size_t len, const uint8_t mask[4], uint64_t offset) {
    for (size_t i = 0; i < len; i++)
        data[i] ^= mask[(offset + i) & 3];
}

oc_err ws_frame_append(buf *out, ws_opcode opcode, bool final, bytes payload, const uint8_t *mask) {
    uint8_t head[WS_HEAD_MAX_BYTES], *where = NULL;
    size_t n = 2;
    head[0] = (uint8_t)((final ? FINAL_BIT : 0) | (unsigned)opcode);
    size_t extended = payload.len > UINT16_MAX ? 8 : payload.len >= LENGTH_16 ? 2 : 0;
    size_t length = extended == 8 ? LENGTH_64 : extended == 2 ? LENGTH_16 : payload.len;
    head[1] = (uint8_t)((mask != NULL ? MASK_BIT : 0) | length);
    for (size_t i = extended; i > 0; i--)
        head[n++] = (uint8_t)((uint64_t)payload.len >> (8 * (i - 1)));
    if (mask != NULL) {
        memcpy(head + n, mask, 4);
        n += 4;
    }
    oc_err err = buf_reserve(out, n + payload.len, &where);
    if (err != OC_OK)
        return err;
    memcpy(where, head, n);
    if (payload.len > 0)
        memcpy(where + n, payload.data, payload.len);
    if (mask != NULL)
        ws_frame_mask(where + n, payload.len, mask, 0);
    buf_commit(out, n + payload.len);
    return OC_OK;
}

bool ws_close_code_allowed(unsigned code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}
