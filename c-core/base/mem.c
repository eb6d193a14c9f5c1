// SPDX-License-Identifier: Apache-2.0
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *checked(void *memory) {
    if (memory == NULL) {
        static const char line[] = "[ERROR] out of memory\n";
        ssize_t written = write(STDERR_FILENO, line, sizeof line - 1);
        (void)written;
        abort();
    }
    return memory;
}

void *xmalloc(size_t size_bytes) {
    return checked(malloc(size_bytes > 0 ? size_bytes : 1));
}

void *xcalloc(size_t count, size_t size_bytes) {
    return checked(calloc(count > 0 ? count : 1, size_bytes > 0 ? size_bytes : 1));
}

void *xrealloc(void *old, size_t size_bytes) {
    return checked(realloc(old, size_bytes > 0 ? size_bytes : 1));
}

char *xstrndup(const char *text, size_t length_bytes) {
    char *copy = xmalloc(length_bytes + 1);
    if (length_bytes > 0)
        memcpy(copy, text, length_bytes);
    copy[length_bytes] = '\0';
    return copy;
}

char *xstrdup(const char *text) {
    return text != NULL ? xstrndup(text, strlen(text)) : xstrndup("", 0);
}

char *xasprintf(const char *format, ...) {
    va_list args;
    char *text = NULL;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    return checked(length < 0 ? NULL : text);
}
