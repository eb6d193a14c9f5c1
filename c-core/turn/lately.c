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
    size_t max;
};

lately *lately_create(size_t max) {
    lately *l = xcalloc(1, sizeof *l);
    l->max = max;
    return l;
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

static done *find(const lately *l, const char *what) {
    done *d = NULL;
    HASH_FIND_STR(l->all, what, d);
    return d;
}

bool lately_has(const lately *l, const char *what) {
    return find(l, what) != NULL;
}

bool lately_is_first(lately *l, const char *what, int64_t every_ms, int64_t now_ms) {
    done *d = find(l, what);
    if (d != NULL && now_ms - d->at_ms < every_ms)
        return false;
    if (d != NULL)
        drop(l, d);
    else if (HASH_COUNT(l->all) == l->max)
        drop(l, l->all);
    d = xcalloc(1, sizeof *d);
    d->what = xstrdup(what);
    d->at_ms = now_ms;
    HASH_ADD_KEYPTR(hh, l->all, d->what, strlen(d->what), d);
    return true;
}
