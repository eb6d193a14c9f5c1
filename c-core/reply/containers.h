// SPDX-License-Identifier: Apache-2.0
// In which block quotes, lists and code blocks the lines of a Markdown text stand. Pure. Simplified: quotes inside list items
// count as text.
#ifndef OC_REPLY_CONTAINERS_H
#define OC_REPLY_CONTAINERS_H

#include "base/bytes.h"
#include "base/fence.h"

enum { CONTAINER_LISTS_MAX = 8 };

typedef struct containers {
    size_t quotes;
    size_t lists[CONTAINER_LISTS_MAX], list_count; // the column where each item's text begins
    bool paragraph; // the line before is text that the next line may go on with
    fence code;     // the open code block
} containers;       // all zero at the start of a text

typedef struct line_place {
    size_t quotes, column; // the quotes it is in, and the column where the innermost list's text begins
    size_t content;        // bytes from the line's start to what it says
    bool is_text;          // outside code, not blank, and no lazy end of a paragraph in an outer container
} line_place;

// The next line, without its line break.
line_place containers_next(containers *c, bytes line);
// What a following line says, when it stands in the same quotes and list; false when it does not, or is blank or indented code.
bool containers_same(const line_place *place, bytes line, bytes *content);
// A heading, a rule, a quote, a list item or a code block begins with this content of a line.
bool containers_begins_block(bytes content);

#endif
