// SPDX-License-Identifier: Apache-2.0
// Percent-encoding (RFC 3986 §2.1). Pure.
#ifndef OC_BASE_PERCENT_H
#define OC_BASE_PERCENT_H

#include "base/bytes.h"

// The caller's. What is malformed, and %00, stays as it stands.
char *percent_decode(bytes text);
// Everything but unreserved characters is encoded; the caller's.
char *percent_encode(bytes text);

#endif
