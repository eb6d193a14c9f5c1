// SPDX-License-Identifier: Apache-2.0
// The access table: its words, and how a row of it is run. A cell is one situation: the row says the rules, the column
// who or what.
#ifndef ACCESS_TABLE_H
#define ACCESS_TABLE_H

#include "access_situations.h"

typedef void access_rules_fn(situation *s, const char *const *words, int count);
typedef void access_column_fn(situation *s, const char *head);

// One row: "words of the rules | word word …", one word of the table for each of the columns; "-" is no cell.
void access_row(const char *row, const char *columns, access_rules_fn *rules, access_column_fn *column);
extern int access_cells; // that were run

// Rows of their own kind: "direct|channel policy list person", columns: post edit reaction slash history.
access_rules_fn access_event_rules;
access_column_fn access_event_column;

#define RUN_ROWS(rows, columns, rules, column)                                                               \
    do {                                                                                                     \
        for (size_t at = 0; at < sizeof(rows) / sizeof *(rows); at++)                                        \
            access_row((rows)[at], columns, rules, column);                                                  \
    } while (0)

#endif
