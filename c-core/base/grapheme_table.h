// SPDX-License-Identifier: Apache-2.0
// The code points that decide where graphemes end, as sorted ranges (Unicode Standard Annex 29). For grapheme.c.
#ifndef OC_BASE_GRAPHEME_TABLE_H
#define OC_BASE_GRAPHEME_TABLE_H

#include <stddef.h>
#include <stdint.h>

typedef enum grapheme_class {
    GRAPHEME_JOINS,     // belongs to the one before: marks, joiners, skin tones
    GRAPHEME_PREPENDS,  // the next belongs to it
    GRAPHEME_CONTROL,   // stands alone
    GRAPHEME_PICTURE,   // pictures joined by U+200D are one
    GRAPHEME_LINKER,    // joins two consonants of an Indic script (these are in GRAPHEME_JOINS too)
    GRAPHEME_CONSONANT, // such a consonant
    GRAPHEME_WIDE,      // two columns in a font of fixed width
    GRAPHEME_CLASSES
} grapheme_class;

typedef struct grapheme_range {
    uint32_t first, last;
} grapheme_range;

typedef struct grapheme_table {
    const grapheme_range *ranges;
    size_t count;
} grapheme_table;

extern const grapheme_table grapheme_tables[GRAPHEME_CLASSES]; // ASCII is in none of them

#endif
