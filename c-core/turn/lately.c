// SPDX-License-Identifier: Apache-2.0
#include "turn/lately.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

typedef struct done {
    char *what;
    int64_t at_ms;
    UT_hash_handle hh; // in order of time
} done;

struct lately {
    done *all;
};

lately *lately_create(void) {
    return xcalloc(1, sizeof(lately));
}

static void drop(lately *l, done *d) {
    HASH_DEL(l->all, d);
    free(d->what);
    free(d);
}

void lately_destroy(lately *l) {
    if (l == NULL)
        return;
    while (l->all != NULL)
        drop(l, l->all);
    free(l);
}

bool lately_is_first(lately *l, const char *what, int64_t every_ms, int64_t now_ms) {
    done *d = NULL;
    HASH_FIND_STR(l->all, what, d);
    if (d != NULL && now_ms - d->at_ms < every_ms)
        return false;
    if (d != NULL)
        drop(l, d);
    else if (HASH_COUNT(l->all) == LATELY_MAX)
        drop(l, l->all);
    d = xcalloc(1, sizeof *d);
    d->what = xstrdup(what);
    d->at_ms = now_ms;
    HASH_ADD_KEYPTR(hh, l->all, d->what, strlen(d->what), d);
    return true;
}
