// SPDX-License-Identifier: Apache-2.0
// Which bytes of a message are code: what stands in code spans and blocks is quoted, not said.
#ifndef OC_INBOUND_CODE_MASK_H
#define OC_INBOUND_CODE_MASK_H

#include <stdbool.h>

// One flag for each byte of text; the caller frees it. Fences (``` and ~~~) and backtick spans as in Markdown.
bool *code_mask(const char *text);

#endif
