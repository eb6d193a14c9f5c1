// SPDX-License-Identifier: Apache-2.0
// Markdown tables as people's clients can show them (markdown.tables; reference-behaviour notes §6.4). Pure.
#ifndef OC_REPLY_TABLES_H
#define OC_REPLY_TABLES_H

#include "config/choices.h"

// TABLES_OFF: unchanged. TABLES_CODE and TABLES_BLOCK: an aligned table in a code block. TABLES_BULLETS: for each row the first
// cell in bold, then a line for each other cell. All other text stays byte for byte, as does a table of more than 64 columns or
// one that would grow beyond a megabyte. The caller frees the result.
char *tables_convert(const char *markdown, table_mode mode);

#endif
