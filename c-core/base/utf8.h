// SPDX-License-Identifier: Apache-2.0
// UTF-8, for counting and cutting text. Mattermost counts runes (code points).
#ifndef OC_BASE_UTF8_H
#define OC_BASE_UTF8_H

#include "base/bytes.h"

// Length in bytes of the rune at the front of text (1 to 4; a byte that is no valid start counts as one rune of its own)
// and the rune itself (0xFFFD for such a byte). text is not empty.
size_t utf8_next(bytes text, uint32_t *rune);
size_t utf8_runes(bytes text);
// Length in UTF-16 units, as OpenClaw counts: a rune above U+FFFF is two.
size_t utf16_units(bytes text);
// Bytes at the front of text that are at most units long, whole runes.
size_t utf16_prefix(bytes text, size_t units);
// White space and line ends, as JavaScript's \s and trim() have it.
bool utf8_is_space(uint32_t rune);
// text without white space at both ends.
bytes utf8_trim(bytes text);
bytes utf8_trim_start(bytes text); // at the front only
bytes utf8_trim_end(bytes text);
// Something a person can see: not white space, control or format characters, or marks alone.
bool utf8_has_visible(bytes text);
// Simple lower case of Latin (Vietnamese included), Greek and Cyrillic; other runes stay.
uint32_t utf8_lower(uint32_t rune);
#endif
