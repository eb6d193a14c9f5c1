// SPDX-License-Identifier: Apache-2.0
// Inline Markdown as it is read: without marks, links as their text, entities as characters. Pure.
#ifndef OC_REPLY_PLAIN_TEXT_H
#define OC_REPLY_PLAIN_TEXT_H

#include "base/bytes.h"

// Of one line. Never longer than the text. HTML and what is no complete markup stay. The caller frees it.
char *plain_text(bytes markdown);

#endif
