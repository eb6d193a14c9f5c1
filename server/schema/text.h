// SPDX-License-Identifier: Apache-2.0
// Texts in JSON, and the two opaque types of the wire that have a text: time.Time and url.URL. Pure.
#ifndef OC_SCHEMA_TEXT_H
#define OC_SCHEMA_TEXT_H

#include "base/buf.h"

// Appends text as a JSON string that is valid whatever the bytes are: each byte that is no UTF-8 becomes U+FFFD, and so
// does NUL, behind which cJSON would lose the rest.
oc_err schema_write_string(buf *json, bytes text) OC_MUST_CHECK;
bool schema_is_utf8(bytes text);

enum { SCHEMA_TIME_BYTES = 15, SCHEMA_TIME_TEXT_BYTES = 40 };
// time.Time as gob carries it (version, seconds since year 1, nanoseconds, minutes of offset) and as RFC 3339. The text
// is "" for Go's zero time. OC_EMALFORMED when it is no such thing, OC_ELIMIT outside the years 1 to 9999.
oc_err schema_time_to_text(bytes wire, char text[SCHEMA_TIME_TEXT_BYTES]) OC_MUST_CHECK;
oc_err schema_time_from_text(const char *text, uint8_t wire[SCHEMA_TIME_BYTES]) OC_MUST_CHECK;

#endif
