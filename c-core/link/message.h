// SPDX-License-Identifier: Apache-2.0
// What travels in one nng message: one frame or several, each u32 BE json length · JSON · u32 BE tail length · tail.
// Pure: no I/O, no allocation but in the caller's buffer.
#ifndef OC_LINK_MESSAGE_H
#define OC_LINK_MESSAGE_H

#include "base/buf.h"

enum { MESSAGE_OVERHEAD_BYTES = 8 }; // of one frame: its two lengths

typedef struct message_frame { // slices of the message
    bytes json, tail;
} message_frame;

// The size of a frame with this content.
size_t message_frame_bytes(bytes json, bytes tail);
// Cuts the first frame off *rest. OC_EMALFORMED when it is cut short, when a length goes beyond the message, or when
// it has no JSON; *rest is then unchanged.
oc_err message_next(bytes *rest, message_frame *out) OC_MUST_CHECK;
// Writes the frame at out, which has room for message_frame_bytes.
void message_write(uint8_t *out, bytes json, bytes tail);

#endif
