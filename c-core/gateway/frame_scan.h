// SPDX-License-Identifier: Apache-2.0
// Reads what decides about a gateway frame from its text without building a tree: most frames are events of other
// people's sessions and end here (gateway-protocol notes §7). Pure, no allocation, keys in any order, bounded depth.
#ifndef OC_GATEWAY_FRAME_SCAN_H
#define OC_GATEWAY_FRAME_SCAN_H

#include "base/bytes.h"
#include "base/err.h"

typedef enum frame_type { FRAME_UNKNOWN, FRAME_RESPONSE, FRAME_EVENT } frame_type;

typedef struct frame_head { // slices of the frame's text; data is NULL when absent
    frame_type type;
    bytes id;                  // of a response
    bytes event;               // name of an event
    bytes session_key, run_id; // payload.sessionKey and payload.runId
    bytes stream;              // payload.stream, where it stands before those two
    bool escaped;              // one of them holds an escape: compare only after parsing
} frame_head;

// Stops as soon as everything is known, or at the end of the text. OC_EMALFORMED: not a JSON object, as far as it was
// read (a full check is the parser's). OC_ELIMIT: nested too deeply.
oc_err frame_scan(bytes text, frame_head *out) OC_MUST_CHECK;

#endif
