// SPDX-License-Identifier: Apache-2.0
// Graphemes: what a person takes for one character (extended grapheme clusters of Unicode Standard Annex 29). Pure.
#ifndef OC_BASE_GRAPHEME_H
#define OC_BASE_GRAPHEME_H

#include "base/bytes.h"

// Bytes of the grapheme at the front of text, which is not empty.
size_t grapheme_next(bytes text);
// Columns that a text takes in a font of fixed width: East Asian characters and emoji two, invisible ones none.
size_t grapheme_columns(bytes text);

#endif
