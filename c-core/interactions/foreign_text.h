// SPDX-License-Identifier: Apache-2.0
// What an agent, a plugin or a command says, for a post of ours: it is data, so nothing in it is Markdown, a mention, a link or the
// end of a code block, and nothing in it hides. Pure. The caller frees the results.
#ifndef OC_INTERACTIONS_FOREIGN_TEXT_H
#define OC_INTERACTIONS_FOREIGN_TEXT_H

#include <stddef.h>

// Reads as it is written. Control characters are left out; white space, line ends included, is one blank each. Of more than
// max_runes the rest is cut, which "…" says.
char *foreign_line(const char *text, size_t max_runes);
// The same with its line ends, at most two in a row.
char *foreign_lines(const char *text, size_t max_runes);
// As a label of a button or an element, which is no Markdown: control and direction characters are left out.
char *foreign_label(const char *text, size_t max_runes);
// A fenced code block, with a line end behind it. What cannot be seen or changes the direction of the text is written as
// "\u{202e}". Of more than max_runes the middle is cut, and *cut_runes says how much: the ends of a command tell most.
char *foreign_code(const char *text, size_t max_runes, size_t *cut_runes);

#endif
