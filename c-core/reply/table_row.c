// SPDX-License-Identifier: Apache-2.0
#include "reply/table_row.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>

static void add_cell(table_row *row, const char *start, const char *end) {
    if (row->count < TABLE_COLUMNS_MAX)
        row->cells[row->count] = utf8_trim(bytes_of(start, (size_t)(end - start)));
    row->count += row->count <= TABLE_COLUMNS_MAX ? 1 : 0;
}

void table_row_read(bytes line, table_row *out) {
    bytes trimmed = utf8_trim(line);
    char *text = xmalloc(trimmed.len + 1), *cell = text, *end = text;
    *out = (table_row){.text = text, .count = 0};
    for (size_t at = 0; at < trimmed.len; at++) {
        uint8_t c = trimmed.data[at];
        bool escaped = at > 0 && trimmed.data[at - 1] == '\\';
        if (c == '|' && escaped) {
            end[-1] = '|';
        } else if (c == '|') {
            if (at > 0) // the frame's left side begins no cell
                add_cell(out, cell, end);
            *end++ = '\0';
            cell = end;
        } else {
            *end++ = (char)c;
        }
    }
    bool framed = trimmed.len > 0 && trimmed.data[trimmed.len - 1] == '|' && end == cell;
    if (!framed)
        add_cell(out, cell, end);
    *end = '\0';
}

void table_row_free(table_row *row) {
    free(row->text);
    *row = (table_row){.text = NULL};
}

static bool is_delimiter_cell(bytes cell) {
    size_t at = cell.len > 0 && cell.data[0] == ':' ? 1 : 0, dashes = at;
    while (dashes < cell.len && cell.data[dashes] == '-')
        dashes++;
    return dashes > at && (dashes == cell.len || (dashes + 1 == cell.len && cell.data[dashes] == ':'));
}

bool table_row_is_delimiter(bytes line, size_t *columns) {
    bytes text = utf8_trim(line);
    table_row row;
    for (size_t at = 0; at < text.len; at++) {
        if (memchr("|-: \t", text.data[at], 5) == NULL)
            return false;
    }
    // "- -" would be a list
    if (text.len < 2 || text.data[0] == ' ' ||
        (text.data[0] == '-' && (text.data[1] == ' ' || text.data[1] == '\t')))
        return false;
    table_row_read(text, &row);
    bool delimiter = row.count > 0 && row.count <= TABLE_COLUMNS_MAX;
    for (size_t i = 0; delimiter && i < row.count; i++)
        delimiter = is_delimiter_cell(row.cells[i]);
    *columns = row.count;
    table_row_free(&row);
    return delimiter;
}
