// SPDX-License-Identifier: Apache-2.0
// Requests of a remote reader: how many bytes it wants, as a zigzag varint; the answer is up to that many raw bytes,
// then FIN when there are no more. Source: plugin-rpc notes (c).
#ifndef OC_WIRE_PULL_H
#define OC_WIRE_PULL_H

#include "base/bytes.h"
#include "base/err.h"

enum { PULL_REQUEST_BYTES = 10 };

// Returns the length of the request.
size_t pull_encode(int64_t wanted_bytes, uint8_t out[PULL_REQUEST_BYTES]);
// The one request that makes the host copy everything until the end: the largest value.
bytes pull_everything(void);
// The request at the front of in. OC_EAGAIN: not all there. OC_EMALFORMED: too long, or a negative number.
oc_err pull_decode(bytes in, size_t *used_bytes, int64_t *wanted_bytes) OC_MUST_CHECK;

#endif
