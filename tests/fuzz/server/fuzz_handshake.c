// SPDX-License-Identifier: Apache-2.0
// The input is an environment, "NAME=value" lines. Whatever it holds, what we print is one line of six or seven fields.
#include "wire/handshake.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *line_env(void *ctx, const char *name) {
    char **lines = ctx;
    size_t len = strlen(name);
    for (; *lines != NULL; lines++) {
        if (strncmp(*lines, name, len) == 0 && (*lines)[len] == '=')
            return *lines + len + 1;
    }
    return NULL;
}

static void check_line(char **lines, const char *address) {
    char line[HANDSHAKE_LINE_BYTES];
    size_t bars = 0;
    if (handshake_line(line_env, lines, address, line) != OC_OK)
        abort(); // every chosen address fits
    for (const char *c = line; *c != '\0'; c++) {
        bars += *c == '|';
        if (*c == '\n' && c[1] != '\0')
            abort();
    }
    if (bars < 5 || bars > 6 || line[strlen(line) - 1] != '\n')
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { LINES_MAX = 16 };
    char *text = malloc(size + 1), *lines[LINES_MAX + 1] = {text}, *at = text;
    size_t count = 1;
    const char *why = NULL;
    handshake_addresses addresses;
    memcpy(text, data, size);
    text[size] = '\0';
    // \1 separates, so that values may hold line breaks.
    for (at = strchr(at, 1); at != NULL && count < LINES_MAX; at = strchr(at, 1)) {
        *at++ = '\0';
        lines[count++] = at;
    }
    if (handshake_check(line_env, lines, &why) != OC_OK && why == NULL)
        abort();
    handshake_choose(line_env, lines, "0123456789abcdef", &addresses);
    for (size_t i = 0; i < addresses.count; i++)
        check_line(lines, addresses.at[i]);
    free(text);
    return 0;
}
