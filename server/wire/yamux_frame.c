// SPDX-License-Identifier: Apache-2.0
#include "wire/yamux_frame.h"

static void put_u32(uint8_t *out, uint32_t v) {
    out[0] = (uint8_t)(v >> 24);
    out[1] = (uint8_t)(v >> 16);
    out[2] = (uint8_t)(v >> 8);
    out[3] = (uint8_t)v;
}

static uint32_t get_u32(const uint8_t *in) {
    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

void yamux_header_encode(const yamux_header *h, uint8_t out[YAMUX_HEADER_BYTES]) {
    out[0] = 0;
    out[1] = (uint8_t)h->type;
    out[2] = (uint8_t)(h->flags >> 8);
    out[3] = (uint8_t)h->flags;
    put_u32(out + 4, h->stream);
    put_u32(out + 8, h->length);
}

oc_err yamux_header_decode(const uint8_t in[YAMUX_HEADER_BYTES], yamux_header *out) {
    if (in[0] != 0 || in[1] > YAMUX_GO_AWAY)
        return OC_EMALFORMED;
    *out = (yamux_header){
        .type = (yamux_type)in[1],
        .flags = (uint16_t)(in[2] << 8 | in[3]),
        .stream = get_u32(in + 4),
        .length = get_u32(in + 8),
    };
    return OC_OK;
}
