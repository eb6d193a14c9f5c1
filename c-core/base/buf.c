// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUF_FIRST_BYTES = 256 };

void buf_init(buf *b, size_t max_bytes) {
    *b = (buf){.max = max_bytes};
}

void buf_free(buf *b) {
    free(b->memory);
    *b = (buf){.max = b->max};
}

void buf_clear(buf *b) {
    b->start = 0;
    b->len = 0;
}

static oc_err grow(buf *b, size_t need) {
    size_t cap = b->cap > 0 ? b->cap : BUF_FIRST_BYTES;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (b->start > 0) // what is left is the part that is to move
        memmove(b->memory, b->memory + b->start, b->len);
    b->start = 0;
    // Large memory moves by its pages: it is never there twice.
    uint8_t *memory = realloc(b->memory, cap);
    if (memory == NULL)
        return OC_ENOMEM;
    b->memory = memory;
    b->cap = cap;
    return OC_OK;
}

oc_err buf_reserve(buf *b, size_t len, uint8_t **where) {
    if (len > b->max || b->len > b->max - len)
        return OC_ELIMIT;
    if (b->memory == NULL || b->cap - b->start - b->len < len) {
        if (b->memory != NULL && b->cap - b->len >= len && b->start >= b->len) {
            memcpy(b->memory, b->memory + b->start, b->len);
            b->start = 0;
        } else {
            oc_err err = grow(b, b->len + len);
            if (err != OC_OK)
                return err;
        }
    }
    *where = b->memory + b->start + b->len;
    return OC_OK;
}

void buf_commit(buf *b, size_t len) {
    b->len += len;
}

oc_err buf_append(buf *b, const void *data, size_t len) {
    uint8_t *where = NULL;
    oc_err err = buf_reserve(b, len, &where);
    if (err != OC_OK)
        return err;
    if (len > 0)
        memcpy(where, data, len);
    buf_commit(b, len);
    return OC_OK;
}

oc_err buf_append_str(buf *b, const char *text) {
    return buf_append(b, text, strlen(text));
}

oc_err buf_append_byte(buf *b, uint8_t byte) {
    return buf_append(b, &byte, 1);
}

oc_err buf_printf(buf *b, const char *format, ...) {
    va_list args;
    char *text = NULL;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        return OC_ENOMEM;
    oc_err err = buf_append(b, text, (size_t)length);
    free(text);
    return err;
}

void buf_consume(buf *b, size_t len) {
    if (len >= b->len) {
        buf_clear(b);
        return;
    }
    b->start += len;
    b->len -= len;
}

void buf_truncate(buf *b, size_t len) {
    if (len < b->len)
        b->len = len;
}

char *buf_take_str(buf *b) {
    char *text = xstrndup(b->memory != NULL ? (const char *)b->memory + b->start : "", b->len);
    buf_free(b);
    return text;
}
