// SPDX-License-Identifier: Apache-2.0
#include "wire/pull.h"

size_t pull_encode(int64_t wanted_bytes, uint8_t out[PULL_REQUEST_BYTES]) {
    uint64_t rest = (uint64_t)wanted_bytes << 1;
    size_t len = 0;
    if (wanted_bytes < 0)
        rest = ~rest;
    while (rest >= 0x80) {
        out[len++] = (uint8_t)(rest | 0x80);
        rest >>= 7;
    }
    out[len++] = (uint8_t)rest;
    return len;
}

bytes pull_everything(void) {
    static const uint8_t request[PULL_REQUEST_BYTES] = {0xfe, 0xff, 0xff, 0xff, 0xff,
                                                        0xff, 0xff, 0xff, 0xff, 0x01};
    return bytes_of(request, sizeof request);
}

oc_err pull_decode(bytes in, size_t *used_bytes, int64_t *wanted_bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < in.len && i < PULL_REQUEST_BYTES; i++) {
        // The tenth byte has room for one bit only.
        if (i == PULL_REQUEST_BYTES - 1 && in.data[i] > 1)
            return OC_EMALFORMED;
        value |= (uint64_t)(in.data[i] & 0x7f) << (7 * i);
        if (in.data[i] >= 0x80)
            continue;
        if ((value & 1) != 0)
            return OC_EMALFORMED;
        *used_bytes = i + 1;
        *wanted_bytes = (int64_t)(value >> 1);
        return OC_OK;
    }
    return in.len >= PULL_REQUEST_BYTES ? OC_EMALFORMED : OC_EAGAIN;
}
