// SPDX-License-Identifier: Apache-2.0
// An arena: many small allocations that end together. For trees decoded from foreign bytes: it has a maximum,
// and what does not fit is an error, not a crash.
#ifndef OC_BASE_ARENA_H
#define OC_BASE_ARENA_H

#include <stddef.h>

typedef struct arena_block arena_block;
typedef struct arena {
    arena_block *blocks;
    size_t used_bytes, max_bytes;
} arena;

// Storage is the caller's; nothing is allocated yet.
void arena_init(arena *a, size_t max_bytes);
// Frees everything that came from the arena, which is usable again. Safe for zeroed structs.
void arena_free(arena *a);
// As arena_free, but keeps one block for the next use.
void arena_reset(arena *a);

// Zeroed memory aligned for any type; NULL when the maximum would be exceeded or memory is out.
void *arena_alloc(arena *a, size_t size_bytes);
// The same for count things; NULL also when the product overflows.
void *arena_array(arena *a, size_t count, size_t size_bytes);
// A copy with a NUL behind it.
char *arena_strndup(arena *a, const void *text, size_t length_bytes);

#endif
