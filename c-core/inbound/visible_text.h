// SPDX-License-Identifier: Apache-2.0
// What people see of a text is what the agent gets of it: characters that nobody sees (zero width, direction marks, tags,
// control characters, runs of variation selectors) are left out. Pure.
#ifndef OC_INBOUND_VISIBLE_TEXT_H
#define OC_INBOUND_VISIBLE_TEXT_H

#include "base/bytes.h"

// Lines end with "\n" whatever they ended with; what is no UTF-8 becomes U+FFFD. At most max_bytes long; what is cut off is
// marked by "[…]" at the end. The caller frees it.
char *visible_text(bytes text, size_t max_bytes);
// The same on one line: line ends and tabs become blanks.
char *visible_line(bytes text, size_t max_bytes);

#endif
