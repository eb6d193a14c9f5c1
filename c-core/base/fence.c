// SPDX-License-Identifier: Apache-2.0
#include "base/fence.h"

static size_t run_of(bytes line, size_t at, uint8_t c) {
    size_t len = 0;
    while (at + len < line.len && line.data[at + len] == c)
        len++;
    return len;
}

static bool only_blanks(bytes line, size_t at) {
    for (; at < line.len; at++) {
        if (line.data[at] != ' ' && line.data[at] != '\t' && line.data[at] != '\r')
            return false;
    }
    return true;
}

fence fence_after_line(fence before, bytes line) {
    size_t indent = run_of(line, 0, ' ');
    uint8_t mark = indent < line.len ? line.data[indent] : 0;
    size_t len = mark == '`' || mark == '~' ? run_of(line, indent, mark) : 0;
    if (indent > 3 || len < 3 || len > FENCE_MARKS_MAX)
        return before;
    if (before.mark == 0) {
        // "```a`b" is a code span, not a block.
        if (mark == '`' && memchr(line.data + indent + len, '`', line.len - indent - len) != NULL)
            return before;
        return (fence){.mark = (char)mark, .len = len, .opener = line};
    }
    bool closes = (char)mark == before.mark && len >= before.len && only_blanks(line, indent + len);
    return closes ? (fence){.mark = 0} : before;
}
