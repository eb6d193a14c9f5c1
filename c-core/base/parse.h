// SPDX-License-Identifier: Apache-2.0
// Numbers and identifiers from text, strictly: the whole text or nothing.
#ifndef OC_BASE_PARSE_H
#define OC_BASE_PARSE_H

#include "base/bytes.h"
#include "base/err.h"

// Decimal without sign, white space or leading plus. OC_EMALFORMED, OC_ELIMIT when above max.
oc_err parse_uint(bytes text, uint64_t max, uint64_t *out) OC_MUST_CHECK;
// A Mattermost id: 26 characters of lower-case letters and digits.
bool parse_is_mm_id(const char *text);

#endif
