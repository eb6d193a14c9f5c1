// SPDX-License-Identifier: Apache-2.0
#include "inbound/onchar.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stddef.h>
#include <string.h>

static const char *const DEFAULT[] = {">", "!", NULL};

static const char *skip_space(const char *text) {
    return (const char *)utf8_trim_start(bytes_str(text)).data;
}

typedef struct prefix {
    bytes text;
    bool word; // the entry ends in a blank: one has to follow
} prefix;

static prefix read(const char *entry) {
    bytes start = utf8_trim_start(bytes_str(entry)), text = utf8_trim(start);
    return (prefix){.text = text, .word = text.len < start.len};
}

static bool usable(char *const *entries) {
    for (; entries != NULL && *entries != NULL; entries++) {
        if (read(*entries).text.len > 0)
            return true;
    }
    return false;
}

const char *onchar_match(const char *text, char *const *prefixes) {
    const char *const *entries = usable(prefixes) ? (const char *const *)prefixes : DEFAULT;
    text = skip_space(text);
    for (; *entries != NULL; entries++) {
        prefix p = read(*entries);
        if (p.text.len == 0 || strncmp(text, (const char *)p.text.data, p.text.len) != 0)
            continue;
        const char *behind = text + p.text.len, *rest = skip_space(behind);
        if (!p.word || rest > behind || *rest == '\0')
            return rest;
    }
    return NULL;
}

char **onchar_effective(char *const *prefixes) {
    const char *const *entries = usable(prefixes) ? (const char *const *)prefixes : DEFAULT;
    size_t count = 0, size = 0, kept = 0;
    for (const char *const *entry = entries; *entry != NULL; entry++) {
        size += strlen(*entry) + 2;
        count++;
    }
    char **list = xcalloc(1, (count + 1) * sizeof *list + size), *at = (char *)(list + count + 1);
    for (; *entries != NULL; entries++) {
        prefix p = read(*entries);
        if (p.text.len == 0)
            continue;
        list[kept++] = at;
        memcpy(at, p.text.data, p.text.len);
        at += p.text.len;
        if (p.word)
            *at++ = ' ';
        at++;
    }
    return list;
}
