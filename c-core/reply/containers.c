// SPDX-License-Identifier: Apache-2.0
#include "reply/containers.h"

static size_t run_of(bytes line, size_t at, char c) {
    size_t len = 0;
    while (at + len < line.len && line.data[at + len] == (uint8_t)c)
        len++;
    return len;
}

static bool is_blank(uint8_t c) {
    return c == ' ' || c == '\t' || c == '\r';
}

static bytes from(bytes line, size_t at) {
    return bytes_of(line.data + at, line.len - at);
}

// Behind at most `most` quote marks, each with up to three blanks before and one behind it. *count says how many.
static size_t skip_quotes(bytes line, size_t most, size_t *count) {
    size_t at = 0;
    for (*count = 0; *count < most; (*count)++) {
        size_t blanks = run_of(line, at, ' ');
        if (blanks > 3 || at + blanks == line.len || line.data[at + blanks] != '>')
            break;
        at += blanks + 1;
        at += at < line.len && line.data[at] == ' ' ? 1 : 0;
    }
    return at;
}

// The columns of the blanks at `at`; *behind is the first byte that is none.
static size_t columns_of(bytes line, size_t at, size_t *behind) {
    size_t columns = 0;
    for (; at < line.len && is_blank(line.data[at]); at++)
        columns = line.data[at] == '\t' ? (columns / 4 + 1) * 4 : columns + 1;
    *behind = at;
    return columns;
}

static bool ends_mark(bytes text, size_t len) {
    return len == text.len || is_blank(text.data[len]);
}

// The length of a list mark at the front of text: a bullet, or up to nine digits and a dot or parenthesis; 0 without one.
static size_t list_mark(bytes text) {
    size_t digits = 0;
    if (text.len > 0 && memchr("-*+", text.data[0], 3) != NULL)
        return ends_mark(text, 1) ? 1 : 0;
    while (digits < text.len && digits < 9 && text.data[digits] >= '0' && text.data[digits] <= '9')
        digits++;
    bool marks = digits > 0 && digits < text.len && (text.data[digits] == '.' || text.data[digits] == ')');
    return marks && ends_mark(text, digits + 1) ? digits + 1 : 0;
}

// Three or more of one mark, with blanks between.
static bool is_rule(bytes text) {
    size_t marks = 0;
    for (size_t at = 0; at < text.len; at++) {
        if (is_blank(text.data[at]))
            continue;
        if (text.data[at] != text.data[0] || memchr("-*_", text.data[at], 3) == NULL)
            return false;
        marks++;
    }
    return marks >= 3;
}

bool containers_begins_block(bytes content) {
    size_t hashes = run_of(content, 0, '#');
    if (content.len == 0)
        return false;
    return content.data[0] == '>' || is_rule(content) || list_mark(content) > 0 ||
           (hashes > 0 && hashes <= 6 && ends_mark(content, hashes)) ||
           fence_after_line((fence){.mark = 0}, content).mark != 0;
}

static size_t list_column(const containers *c) {
    return c->list_count > 0 ? c->lists[c->list_count - 1] : 0;
}

// List items that begin on this line. Returns the columns of the blanks before what it says.
static size_t enter_lists(containers *c, bytes line, size_t columns, size_t *content) {
    size_t mark = list_mark(from(line, *content));
    while (mark > 0 && c->list_count < CONTAINER_LISTS_MAX && columns < list_column(c) + 4 &&
           !is_rule(from(line, *content))) {
        size_t behind, blanks = columns_of(line, *content + mark, &behind);
        size_t used = blanks == 0 || blanks > 4 || behind == line.len ? 1 : blanks;
        c->lists[c->list_count++] = columns + mark + used;
        columns += mark + blanks;
        *content = behind;
        mark = list_mark(from(line, *content));
    }
    return columns;
}

// Lists that this line does not belong to are left, unless it goes on with a paragraph in one (then false).
static bool leave_lists(containers *c, size_t columns, bytes content) {
    while (columns < list_column(c)) {
        if (c->paragraph && !containers_begins_block(content))
            return false;
        c->list_count--;
    }
    return true;
}

// The quotes of the line become ours; false when it goes on with a paragraph in deeper ones.
static bool enter_quotes(containers *c, size_t quotes, bytes content) {
    if (quotes == c->quotes)
        return true;
    if (quotes < c->quotes && c->paragraph && content.len > 0 && !containers_begins_block(content))
        return false;
    *c = (containers){.quotes = quotes};
    return true;
}

// Inside a code block: what stands behind the container's own blanks may close it.
static bool go_on_with_code(containers *c, bytes line, size_t at, size_t columns, size_t quotes, bool blank) {
    if (c->code.mark == 0)
        return false;
    if (quotes < c->quotes || (!blank && columns < list_column(c))) {
        c->code.mark = 0;
        return false;
    }
    size_t own = list_column(c);
    c->code = fence_after_line(c->code, from(line, at + (own < line.len - at ? own : line.len - at)));
    return true;
}

line_place containers_next(containers *c, bytes line) {
    line_place place = {.is_text = false};
    size_t quotes, content;
    size_t at = skip_quotes(line, c->code.mark != 0 ? c->quotes : SIZE_MAX, &quotes);
    size_t columns = columns_of(line, at, &content);
    bool blank = content == line.len;
    if (go_on_with_code(c, line, at, columns, quotes, blank))
        return place;
    if (!enter_quotes(c, quotes, from(line, content)))
        return place;
    if (blank) {
        c->paragraph = false;
        return place;
    }
    if (!leave_lists(c, columns, from(line, content)))
        return place;
    columns = enter_lists(c, line, columns, &content);
    if (columns < list_column(c) + 4)
        c->code = fence_after_line((fence){.mark = 0}, from(line, content));
    // Deeper blanks are indented code, but a paragraph goes on.
    place = (line_place){.quotes = quotes, .column = list_column(c), .content = content};
    place.is_text = content < line.len && c->code.mark == 0 && columns < list_column(c) + 4;
    c->paragraph = content < line.len && (place.is_text || c->paragraph) &&
                   !containers_begins_block(from(line, content));
    return place;
}

bool containers_same(const line_place *place, bytes line, bytes *content) {
    size_t quotes, behind, at = skip_quotes(line, place->quotes, &quotes);
    size_t columns = columns_of(line, at, &behind);
    *content = from(line, behind);
    return quotes == place->quotes && behind < line.len && columns >= place->column &&
           columns < place->column + 4;
}
