// SPDX-License-Identifier: Apache-2.0
#include "outbound/directory.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { FUZZY_FROM_BYTES = 3 }; // shorter texts stand in order in almost every name

static bool is_part_of_word(char c) {
    return isalnum((unsigned char)c) != 0 || (unsigned char)c >= 0x80;
}

// All letters of text stand in name, in this order.
static bool in_order(const char *text, const char *name) {
    for (; *name != '\0' && *text != '\0'; name++) {
        if (tolower((unsigned char)*name) == tolower((unsigned char)*text))
            text++;
    }
    return *text == '\0';
}

static directory_fit fit_of(const char *text, const char *name) {
    size_t length = strlen(text);
    directory_fit best = FIT_NONE;
    if (strcasecmp(name, text) == 0)
        return FIT_EXACT;
    if (strncasecmp(name, text, length) == 0)
        return FIT_PREFIX;
    for (const char *at = name; *at != '\0'; at++) {
        if (at == name || strncasecmp(at, text, length) != 0)
            continue;
        if (!is_part_of_word(at[-1]))
            return FIT_WORD;
        best = FIT_PART;
    }
    if (best == FIT_NONE && length >= FUZZY_FROM_BYTES && in_order(text, name))
        best = FIT_FUZZY;
    return best;
}

directory_fit directory_fits(const char *text, const char *name, const char *display) {
    if (*text == '\0')
        return FIT_EXACT;
    directory_fit by_name = fit_of(text, name), by_display = fit_of(text, display);
    return by_name < by_display ? by_name : by_display;
}
