// SPDX-License-Identifier: Apache-2.0
// Packs the paragraphs of a text together as long as they fit (chunkMode newline). Pure.
#ifndef OC_REPLY_PARAGRAPHS_H
#define OC_REPLY_PARAGRAPHS_H

#include "base/bytes.h"

// take is called for each pack, in order; packed is borrowed for the call. A paragraph longer than limit (UTF-16 units) comes
// alone. Blank lines inside code do not end a paragraph. Line ends become "\n"; white space at a paragraph's end goes when
// there is more than one.
void paragraphs_pack(const char *text, size_t limit, void (*take)(void *user, bytes packed), void *user);

#endif
