// SPDX-License-Identifier: Apache-2.0
#include "schema/text.h"

#include <stdio.h>

static const char REPLACEMENT[] = "\xEF\xBF\xBD"; // U+FFFD

// What the second byte may be behind the first: narrower where a character would be overlong, a surrogate or beyond
// U+10FFFF.
static bool is_second(uint8_t first, uint8_t second) {
    switch (first) {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return second >= 0x80 && second <= 0xBF;
    }
}

// How many bytes the character at p takes; 0 when it is not well formed.
static size_t utf8_length(const uint8_t *p, size_t len) {
    uint8_t first = p[0];
    if (first < 0x80)
        return 1;
    size_t want = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || len < want || !is_second(first, p[1]))
        return 0;
    for (size_t i = 2; i < want; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return want;
}

bool schema_is_utf8(bytes text) {
    size_t at = 0;
    while (at < text.len) {
        size_t step = utf8_length(text.data + at, text.len - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

// The length of the run at the front that goes out as it is.
static size_t plain_run(const uint8_t *p, size_t len) {
    size_t at = 0;
    while (at < len) {
        uint8_t byte = p[at];
        if (byte >= 0x80) {
            size_t step = utf8_length(p + at, len - at);
            if (step == 0)
                break;
            at += step;
        } else if (byte < 0x20 || byte == '"' || byte == '\\') {
            break;
        } else {
            at++;
        }
    }
    return at;
}

static oc_err write_escape(buf *json, uint8_t byte) {
    char text[8];
    switch (byte) {
    case '"':
        return buf_append(json, "\\\"", 2);
    case '\\':
        return buf_append(json, "\\\\", 2);
    case '\n':
        return buf_append(json, "\\n", 2);
    case '\r':
        return buf_append(json, "\\r", 2);
    case '\t':
        return buf_append(json, "\\t", 2);
    default:
        break;
    }
    if (byte == 0 || byte >= 0x80)
        return buf_append(json, REPLACEMENT, 3);
    snprintf(text, sizeof text, "\\u%04x", byte);
    return buf_append(json, text, 6);
}

oc_err schema_write_string(buf *json, bytes text) {
    oc_err err = buf_append_byte(json, '"');
    for (size_t at = 0; err == OC_OK && at < text.len;) {
        size_t run = plain_run(text.data + at, text.len - at);
        err = buf_append(json, text.data + at, run);
        at += run;
        if (err == OC_OK && at < text.len)
            err = write_escape(json, text.data[at++]);
    }
    return err == OC_OK ? buf_append_byte(json, '"') : err;
}
