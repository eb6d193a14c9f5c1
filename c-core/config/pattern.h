// SPDX-License-Identifier: Apache-2.0
// Regular expressions that administrators write (mentionPatterns), as JavaScript's with the flag "i": people carry them over
// from OpenClaw. PCRE2 does the work; what it takes for a text is bounded, also for an expression that backtracks.
#ifndef OC_CONFIG_PATTERN_H
#define OC_CONFIG_PATTERN_H

#include <stdbool.h>

enum { PATTERN_MAX_BYTES = 1000 };

// What is wrong with an expression, for people, or NULL. The caller frees it.
char *pattern_problem(const char *pattern);

// One of the list (may be NULL, ends with NULL) matches. Zero-width and directional characters of the text do not count, nor
// does what is behind the first 16 KiB. An expression that does not compile, or takes too long, matches nothing.
bool pattern_any_matches(char *const *patterns, const char *text);

#endif
