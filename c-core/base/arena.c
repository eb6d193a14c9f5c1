// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK_BYTES = 8192 };

struct arena_block {
    arena_block *next;
    size_t used, cap;
    alignas(max_align_t) unsigned char memory[];
};

void arena_init(arena *a, size_t max_bytes) {
    *a = (arena){.max_bytes = max_bytes};
}

void arena_free(arena *a) {
    while (a->blocks != NULL) {
        arena_block *next = a->blocks->next;
        free(a->blocks);
        a->blocks = next;
    }
    a->used_bytes = 0;
}

void arena_reset(arena *a) {
    arena_block *keep = a->blocks;
    if (keep == NULL || keep->cap > ARENA_BLOCK_BYTES) {
        arena_free(a);
        return;
    }
    a->blocks = keep->next;
    arena_free(a);
    keep->next = NULL;
    keep->used = 0;
    a->blocks = keep;
}

static arena_block *add_block(arena *a, size_t size_bytes) {
    size_t cap = size_bytes > ARENA_BLOCK_BYTES ? size_bytes : ARENA_BLOCK_BYTES;
    arena_block *block = malloc(sizeof *block + cap);
    if (block == NULL)
        return NULL;
    block->used = 0;
    block->cap = cap;
    block->next = a->blocks;
    a->blocks = block;
    return block;
}

void *arena_alloc(arena *a, size_t size_bytes) {
    const size_t align = alignof(max_align_t);
    if (size_bytes > a->max_bytes)
        return NULL;
    size_t size = (size_bytes + align - 1) / align * align;
    if (size > a->max_bytes || a->used_bytes > a->max_bytes - size)
        return NULL;
    arena_block *block = a->blocks;
    if (block == NULL || block->cap - block->used < size)
        block = add_block(a, size);
    if (block == NULL)
        return NULL;
    void *memory = block->memory + block->used;
    block->used += size;
    a->used_bytes += size;
    memset(memory, 0, size);
    return memory;
}

void *arena_array(arena *a, size_t count, size_t size_bytes) {
    if (size_bytes > 0 && count > SIZE_MAX / size_bytes)
        return NULL;
    return arena_alloc(a, count * size_bytes);
}

char *arena_strndup(arena *a, const void *text, size_t length_bytes) {
    if (length_bytes == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(a, length_bytes + 1);
    if (copy != NULL && length_bytes > 0)
        memcpy(copy, text, length_bytes);
    return copy;
}
