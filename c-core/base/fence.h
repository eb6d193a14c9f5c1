// SPDX-License-Identifier: Apache-2.0
// Code blocks in Markdown: whether a place in a text is inside one, and which line opened it. Pure.
#ifndef OC_BASE_FENCE_H
#define OC_BASE_FENCE_H

#include "base/bytes.h"

enum { FENCE_MARKS_MAX = 32 }; // a longer run of marks is a drawing, not a code block

typedef struct fence {
    char mark;    // '`' or '~', 0 = not inside a code block
    size_t len;   // of the opening run of marks
    bytes opener; // the opening line without its line break; borrowed from the text
} fence;

// The state behind one line (without its line break), given the state before it.
fence fence_after_line(fence before, bytes line);

#endif
