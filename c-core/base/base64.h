// SPDX-License-Identifier: Apache-2.0
// Base64 with padding (RFC 4648 §4). Pure.
#ifndef OC_BASE_BASE64_H
#define OC_BASE_BASE64_H

#include "base/buf.h"

static inline size_t base64_encoded_bytes(size_t len) {
    return (len + 2) / 3 * 4;
}

// Appends the text of data. OC_ELIMIT, OC_ENOMEM.
oc_err base64_encode(bytes data, buf *out) OC_MUST_CHECK;
// Appends what text means: no white space, whole groups, padded. OC_EMALFORMED (out unchanged), OC_ELIMIT, OC_ENOMEM.
oc_err base64_decode(bytes text, buf *out) OC_MUST_CHECK;

#endif
