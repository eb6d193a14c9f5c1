// SPDX-License-Identifier: Apache-2.0
#include "schema/text.h"

#include "base/utf8.h"

#include <stdio.h>

static const char REPLACEMENT[] = "\xEF\xBF\xBD"; // U+FFFD

// How many bytes the character at p takes; 0 when it is not well formed.
static size_t character_length(const uint8_t *p, size_t len) {
    uint32_t rune = 0;
    size_t step = utf8_next(bytes_of(p, len), &rune);
    return p[0] >= 0x80 && step == 1 ? 0 : step;
}

bool schema_is_utf8(bytes text) {
    size_t at = 0;
    while (at < text.len) {
        size_t step = character_length(text.data + at, text.len - at);
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
            size_t step = character_length(p + at, len - at);
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
