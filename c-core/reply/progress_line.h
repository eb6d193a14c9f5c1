// SPDX-License-Identifier: Apache-2.0
// Cuts texts for previews. Pure. Rules of OpenClaw's own channel (reference-behaviour notes §6.6 and §6.7).
#ifndef OC_REPLY_PROGRESS_LINE_H
#define OC_REPLY_PROGRESS_LINE_H

#include <stddef.h>

// One line of at most max_runes: white space in a row is one blank. Of a line "title: detail", and of a command, the title and both
// ends of the detail stay; of others the beginning, up to a word where one ends near. The caller frees it.
char *progress_line(const char *text, size_t max_runes);
// Only the beginning stays.
char *progress_beginning(const char *text, size_t max_runes);
// The text without white space at its ends; what is longer than max_units (UTF-16) is cut and ends with "...". The caller frees it.
char *progress_shorten(const char *text, size_t max_units);

#endif
