// SPDX-License-Identifier: Apache-2.0
#include "wire/gob_cursor.h"

// An unsigned number is one byte below 128, or a negated count of at most 8 bytes and then these, big-endian.
enum { NUMBER_MAX_BYTES = 8 };

void gob_fail(gob_cursor *c, oc_err err, const char *text) {
    if (c->err != OC_OK)
        return;
    c->err = err;
    c->text = text;
    c->at = c->end;
}

static void more_needed(gob_cursor *c, const uint8_t *from, size_t len) {
    c->need_bytes = (size_t)(from - c->start) + len;
    gob_fail(c, OC_EAGAIN, NULL);
}

static size_t bytes_behind(uint8_t first) {
    return first < 0x80 ? 0 : 0x100 - (size_t)first;
}

static uint64_t big_endian(const uint8_t *from, size_t len) {
    uint64_t number = 0;
    for (size_t i = 0; i < len; i++)
        number = number << 8 | from[i];
    return number;
}

void gob_next_message(gob_cursor *c) {
    const uint8_t *from = c->end;
    size_t there = (size_t)(c->input_end - from);
    if (c->err != OC_OK)
        return;
    if (there == 0) {
        more_needed(c, from, 1);
        return;
    }
    size_t behind = bytes_behind(from[0]);
    if (behind > NUMBER_MAX_BYTES) {
        gob_fail(c, OC_EMALFORMED, "the length of a message is no number");
        return;
    }
    if (there - 1 < behind) {
        more_needed(c, from, 1 + behind);
        return;
    }
    uint64_t len = behind == 0 ? from[0] : big_endian(from + 1, behind);
    if (len > GOB_MESSAGE_MAX_BYTES)
        gob_fail(c, OC_ELIMIT, "a message is too long");
    else if (there - 1 - behind < len)
        more_needed(c, from, 1 + behind + (size_t)len);
    if (c->err != OC_OK)
        return;
    c->messages++;
    c->at = from + 1 + behind;
    c->end = c->at + len;
}

uint64_t gob_read_uint(gob_cursor *c) {
    if (c->at == c->end) {
        gob_fail(c, OC_EMALFORMED, "a message ends within a value");
        return 0;
    }
    uint8_t first = *c->at++;
    if (first < 0x80)
        return first;
    size_t behind = bytes_behind(first);
    if (behind > NUMBER_MAX_BYTES || behind > (size_t)(c->end - c->at)) {
        gob_fail(c, OC_EMALFORMED, "a number is broken");
        return 0;
    }
    c->at += behind;
    return big_endian(c->at - behind, behind);
}

int64_t gob_read_int(gob_cursor *c) {
    uint64_t number = gob_read_uint(c);
    int64_t half = (int64_t)(number >> 1);
    return (number & 1) != 0 ? ~half : half;
}

double gob_read_float(gob_cursor *c) {
    uint64_t reversed = __builtin_bswap64(gob_read_uint(c));
    double number;
    memcpy(&number, &reversed, sizeof number);
    return number;
}

bytes gob_read_text(gob_cursor *c) {
    uint64_t len = gob_read_uint(c);
    if (len > (size_t)(c->end - c->at)) {
        gob_fail(c, OC_EMALFORMED, "a string is longer than its message");
        return bytes_of(NULL, 0);
    }
    bytes text = bytes_of(c->at, (size_t)len);
    c->at += len;
    return text;
}

bool gob_read_field(gob_cursor *c, size_t field_count, size_t *field) {
    uint64_t step = gob_read_uint(c);
    if (step > field_count - *field)
        gob_fail(c, OC_EMALFORMED, "a field's number is beyond its struct");
    if (step == 0 || c->err != OC_OK)
        return false;
    *field += (size_t)step;
    return true;
}
