// SPDX-License-Identifier: Apache-2.0
#include "turn/seen.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

typedef struct entry {
    char *id;
    UT_hash_handle hh; // in order of arrival
} entry;

struct seen {
    entry *entries;
};

seen *seen_create(void) {
    return xcalloc(1, sizeof(seen));
}

static void forget_oldest(seen *s) {
    entry *oldest = s->entries;
    HASH_DEL(s->entries, oldest);
    free(oldest->id);
    free(oldest);
}

void seen_destroy(seen *s) {
    if (s == NULL)
        return;
    while (s->entries != NULL)
        forget_oldest(s);
    free(s);
}

bool seen_has(const seen *s, const char *id) {
    entry *e = NULL;
    HASH_FIND_STR(s->entries, id, e);
    return e != NULL;
}

bool seen_is_new(seen *s, const char *id) {
    if (seen_has(s, id))
        return false;
    if (HASH_COUNT(s->entries) == SEEN_MAX)
        forget_oldest(s);
    entry *e = xcalloc(1, sizeof *e);
    e->id = xstrdup(id);
    HASH_ADD_KEYPTR(hh, s->entries, e->id, strlen(e->id), e);
    return true;
}
