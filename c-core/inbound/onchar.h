// SPDX-License-Identifier: Apache-2.0
// Prefixes of chatmode onchar. Pure. Blanks before a prefix do not count; a blank behind it does (W-39): "oc " is
// "oc" as a word, so that "oc do" triggers and "ocean" does not.
#ifndef OC_INBOUND_ONCHAR_H
#define OC_INBOUND_ONCHAR_H

#include <stdbool.h>

// The text behind the first prefix of the list that it starts with, and behind the blanks there; NULL when there is
// none. Points into text. prefixes (may be NULL) ends with NULL; without a usable entry ">" and "!" count.
const char *onchar_match(const char *text, char *const *prefixes);

// The usable entries, or the two of the default; a new list that ends with NULL. The caller frees it (one block).
char **onchar_effective(char *const *prefixes);

#endif
