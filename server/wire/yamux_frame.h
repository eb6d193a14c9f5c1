// SPDX-License-Identifier: Apache-2.0
// yamux's frame header: 12 bytes, big-endian; a body follows only a Data frame. Source: plugin-rpc notes (b).
#ifndef OC_WIRE_YAMUX_FRAME_H
#define OC_WIRE_YAMUX_FRAME_H

#include "base/err.h"

#include <stdint.h>

enum { YAMUX_HEADER_BYTES = 12 };

typedef enum yamux_type { YAMUX_DATA, YAMUX_WINDOW_UPDATE, YAMUX_PING, YAMUX_GO_AWAY } yamux_type;
enum { YAMUX_SYN = 1, YAMUX_ACK = 2, YAMUX_FIN = 4, YAMUX_RST = 8 };
enum { YAMUX_GO_AWAY_NORMAL, YAMUX_GO_AWAY_PROTOCOL, YAMUX_GO_AWAY_INTERNAL };

typedef struct yamux_header {
    yamux_type type;
    uint16_t flags;
    uint32_t stream; // 0 for Ping and GoAway
    uint32_t length; // Data: bytes that follow; WindowUpdate: credit; Ping: value; GoAway: reason
} yamux_header;

void yamux_header_encode(const yamux_header *h, uint8_t out[YAMUX_HEADER_BYTES]);
// OC_EMALFORMED for another version or an unknown type.
oc_err yamux_header_decode(const uint8_t in[YAMUX_HEADER_BYTES], yamux_header *out) OC_MUST_CHECK;

#endif
