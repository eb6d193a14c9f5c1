// SPDX-License-Identifier: Apache-2.0
// WebSocket frames (RFC 6455 §5) between bytes and values, for either side. Pure: no sockets, no state.
#ifndef OC_NET_WS_FRAME_H
#define OC_NET_WS_FRAME_H

#include "base/buf.h"

typedef enum ws_opcode {
    WS_CONTINUE = 0,
    WS_TEXT = 1,
    WS_BINARY = 2,
    WS_CLOSE = 8,
    WS_PING = 9,
    WS_PONG = 10
} ws_opcode;

enum { WS_HEAD_MAX_BYTES = 14, WS_CONTROL_MAX_BYTES = 125 };

typedef struct ws_frame_head {
    ws_opcode opcode;
    bool final, masked;
    uint8_t mask[4];
    uint64_t payload_bytes;
    size_t head_bytes; // the payload begins here
} ws_frame_head;

// Reads a frame's head from the start of data. OC_EAGAIN: more bytes are needed. OC_EMALFORMED: reserved bits or
// opcodes, a control frame that is fragmented or longer than 125 bytes, a length that is not the shortest form.
oc_err ws_frame_read_head(bytes data, ws_frame_head *out) OC_MUST_CHECK;

// Applies the mask to len bytes whose first one is the payload's byte number offset.
void ws_frame_mask(uint8_t *data, size_t len, const uint8_t mask[4], uint64_t offset);

// Appends one whole frame. mask: four fresh random bytes (a client must mask), NULL for a server.
oc_err ws_frame_append(buf *out, ws_opcode opcode, bool final, bytes payload,
                       const uint8_t *mask) OC_MUST_CHECK;

// Whether a peer may send this code in a close frame (RFC 6455 §7.4).
bool ws_close_code_allowed(unsigned code);

#endif
