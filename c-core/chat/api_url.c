// SPDX-License-Identifier: Apache-2.0
#include "chat/api_url.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define API "/api/v4"

static int hex_value(char c) {
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

// The character at *at, decoded, which is moved behind it; -1 for a percent sign without two digits.
static int next_character(const char **at) {
    const char *p = *at;
    if (*p != '%') {
        *at = p + 1;
        return (unsigned char)*p;
    }
    if (!isxdigit((unsigned char)p[1]) || !isxdigit((unsigned char)p[2]))
        return -1;
    *at = p + 3;
    return hex_value(p[1]) * 16 + hex_value(p[2]);
}

bool api_path_is_safe(const char *path) {
    const char *end = path + strcspn(path, "?#");
    size_t dots = 0, others = 0;
    while (path < end) {
        int c = next_character(&path);
        if (c < 0)
            return false;
        if (c == '/' || c == '\\') {
            if (others == 0 && (dots == 1 || dots == 2))
                return false;
            dots = others = 0;
        } else if (c == '.') {
            dots++;
        } else {
            others++;
        }
    }
    return others > 0 || (dots != 1 && dots != 2);
}

char *api_url(const char *base, const char *path) {
    if (!api_path_is_safe(path))
        return NULL;
    return xasprintf("%s" API "%s%s", base, *path == '/' ? "" : "/", path);
}

char *api_beside_url(const char *base, const char *path) {
    if (!api_path_is_safe(path))
        return NULL;
    return xasprintf("%s%s%s", base, *path == '/' ? "" : "/", path);
}

char *api_websocket_url(const char *base) {
    if (strncasecmp(base, "http", 4) != 0)
        return NULL;
    return xasprintf("ws%s" API "/websocket", base + 4);
}
