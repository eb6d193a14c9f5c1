// SPDX-License-Identifier: Apache-2.0
#include "delivery/boots.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { BOOTS_MAX = 4, BOOT_MAX_BYTES = 100, CLOCKS_DIFFER_MS = 60000 };

// The length of the first id in boots; *rest is what follows.
static size_t first_of(const char *boots, const char **rest) {
    size_t len = strcspn(boots, " ");
    *rest = boots + len + (boots[len] == ' ');
    return len;
}

static bool fits(const char *boot_id) {
    return *boot_id != '\0' && strchr(boot_id, ' ') == NULL && strlen(boot_id) <= BOOT_MAX_BYTES;
}

char *boots_add(const char *boots, const char *boot_id) {
    if (!fits(boot_id))
        return xstrdup(boots);
    char *out = xstrdup(boot_id);
    const char *rest = NULL;
    int count = 1;
    for (; *boots != '\0' && count < BOOTS_MAX; boots = rest) {
        size_t len = first_of(boots, &rest);
        if (len == 0 || (strncmp(boots, boot_id, len) == 0 && boot_id[len] == '\0'))
            continue;
        char *longer = xasprintf("%s %.*s", out, (int)len, boots);
        free(out);
        out = longer;
        count++;
    }
    return out;
}

const char *boots_match(const char *boots, const char *boot_id) {
    const char *rest = NULL;
    for (const char *at = boots; fits(boot_id) && *at != '\0'; at = rest) {
        size_t len = first_of(at, &rest);
        if (strncmp(at, boot_id, len) == 0 && boot_id[len] == '\0')
            return boot_id;
    }
    return boots;
}

static int find(const boots_seen *b, const char *boot_id) {
    for (int i = 0; i < b->count; i++) {
        if (strcmp(b->items[i].boot_id, boot_id) == 0)
            return i;
    }
    return -1;
}

void boots_seen_note(boots_seen *b, const char *boot_id, int64_t now_ms) {
    if (!fits(boot_id) || find(b, boot_id) >= 0)
        return;
    if (b->count == BOOTS_SEEN_MAX) {
        free(b->items[0].boot_id);
        memmove(&b->items[0], &b->items[1], sizeof b->items - sizeof b->items[0]);
        b->count--;
    }
    b->items[b->count].boot_id = xstrdup(boot_id);
    b->items[b->count++].since_ms = now_ms;
}

bool boots_seen_before(const boots_seen *b, const char *boot_id, int64_t at_ms) {
    int i = find(b, boot_id);
    return i >= 0 && b->items[i].since_ms + CLOCKS_DIFFER_MS <= at_ms;
}

void boots_seen_free(boots_seen *b) {
    for (int i = 0; i < b->count; i++)
        free(b->items[i].boot_id);
    *b = (boots_seen){.count = 0};
}
