// SPDX-License-Identifier: Apache-2.0
// A row of a Markdown table in its cells. Pure. As GitHub's tables: "\|" is a pipe inside a cell; one pipe at each end is frame.
#ifndef OC_REPLY_TABLE_ROW_H
#define OC_REPLY_TABLE_ROW_H

#include "base/bytes.h"

enum { TABLE_COLUMNS_MAX = 64 };

typedef struct table_row {
    char *text;
    bytes cells[TABLE_COLUMNS_MAX]; // trimmed, in text
    size_t count;                   // TABLE_COLUMNS_MAX + 1 when there are more
} table_row;

// Free with table_row_free.
void table_row_read(bytes line, table_row *out);
void table_row_free(table_row *row);
// A line like "|---|:-:|" below the head; *columns says how many.
bool table_row_is_delimiter(bytes line, size_t *columns);

#endif
