// SPDX-License-Identifier: Apache-2.0
// HTML's character references in Markdown. Pure.
#ifndef OC_REPLY_ENTITIES_H
#define OC_REPLY_ENTITIES_H

#include "base/bytes.h"

// The reference at the front of text ("&amp;", "&#65;", "&#x41;"; of the names the common ones). Returns its length and
// writes the character to out in *out_len bytes; 0 when there is none.
size_t entity_decode(bytes text, char out[4], size_t *out_len);

#endif
