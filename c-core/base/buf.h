// SPDX-License-Identifier: Apache-2.0
// A growable byte buffer that carries its maximum from birth. Data is appended at the end and may be
// consumed at the front (cheap: bytes move only when room is needed).
#ifndef OC_BASE_BUF_H
#define OC_BASE_BUF_H

#include "base/bytes.h"
#include "base/err.h"

typedef struct buf {
    uint8_t *memory;
    size_t start, len, cap, max; // live bytes: memory[start .. start+len)
} buf;

// Storage is the caller's; nothing is allocated until the first append. max_bytes is the most it will hold.
void buf_init(buf *b, size_t max_bytes);
// Frees the memory; the buffer is empty and usable again. NULL-safe for zeroed structs.
void buf_free(buf *b);
// Forgets the content, keeps the memory.
void buf_clear(buf *b);

// OC_ELIMIT when max would be exceeded (content unchanged), OC_ENOMEM when memory is out.
oc_err buf_append(buf *b, const void *data, size_t len) OC_MUST_CHECK;
oc_err buf_append_str(buf *b, const char *text) OC_MUST_CHECK;
oc_err buf_append_byte(buf *b, uint8_t byte) OC_MUST_CHECK;
oc_err buf_printf(buf *b, const char *format, ...) OC_MUST_CHECK __attribute__((format(printf, 2, 3)));

// Room for at least len more bytes at the end, to be written in place and then counted with buf_commit.
oc_err buf_reserve(buf *b, size_t len, uint8_t **where) OC_MUST_CHECK;
void buf_commit(buf *b, size_t len);

// Drops len bytes (at most all) at the front.
void buf_consume(buf *b, size_t len);
// Cuts the content back to len bytes, when it is longer.
void buf_truncate(buf *b, size_t len);

// Borrowed until the next change of the buffer.
static inline bytes buf_bytes(const buf *b) {
    return bytes_of(b->memory != NULL ? b->memory + b->start : NULL, b->len);
}

// The content as a NUL-terminated string that the caller frees; the buffer is empty afterwards. Never NULL.
char *buf_take_str(buf *b);

#endif
