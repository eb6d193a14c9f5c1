// SPDX-License-Identifier: Apache-2.0
#include "turn/pending_lines.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

typedef struct waiting {
    char *place, *lines[PENDING_LINES_MAX];
    int count;
    UT_hash_handle hh; // in order of their first line
} waiting;

struct pending_lines {
    waiting *all;
};

pending_lines *pending_lines_create(void) {
    return xcalloc(1, sizeof(pending_lines));
}

static void drop(pending_lines *p, waiting *w) {
    HASH_DEL(p->all, w);
    for (int i = 0; i < w->count; i++)
        free(w->lines[i]);
    free(w->place);
    free(w);
}

void pending_lines_destroy(pending_lines *p) {
    if (p == NULL)
        return;
    while (p->all != NULL)
        drop(p, p->all);
    free(p);
}

static waiting *waiting_for(pending_lines *p, const char *place) {
    waiting *w = NULL;
    HASH_FIND_STR(p->all, place, w);
    if (w != NULL)
        return w;
    if (HASH_COUNT(p->all) == PENDING_PLACES_MAX)
        drop(p, p->all);
    w = xcalloc(1, sizeof *w);
    w->place = xstrdup(place);
    HASH_ADD_KEYPTR(hh, p->all, w->place, strlen(w->place), w);
    return w;
}

void pending_lines_add(pending_lines *p, const char *place, const char *line) {
    waiting *w = waiting_for(p, place);
    if (w->count == PENDING_LINES_MAX) {
        free(w->lines[0]);
        memmove(w->lines, w->lines + 1, sizeof w->lines - sizeof *w->lines);
        w->count--;
    }
    w->lines[w->count++] = xstrdup(line);
}

char *pending_lines_take(pending_lines *p, const char *place) {
    waiting *w = NULL;
    HASH_FIND_STR(p->all, place, w);
    if (w == NULL)
        return NULL;
    char *text = xstrdup(w->lines[0]);
    for (int i = 1; i < w->count; i++) {
        char *longer = xasprintf("%s\n%s", text, w->lines[i]);
        free(text);
        text = longer;
    }
    drop(p, w);
    return text;
}
