// SPDX-License-Identifier: Apache-2.0
#include "interactions/ask_later.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { OTHERS_FIRST_MS = 3000, WAITING_MAX = 200 };

struct ask_wait {
    ask_laters *owner;
    void *source;
    char *id;
    loop_timer timer;
    struct ask_wait *prev, *next;
};

static void wait_free(ask_wait *w) {
    loop_timer_cancel(&w->timer);
    DL_DELETE(w->owner->waiting, w);
    w->owner->count--;
    free(w->id);
    free(w);
}

static void on_time(void *ctx) {
    ask_wait *w = ctx;
    ask_laters *l = w->owner;
    void *source = w->source;
    char *id = xstrdup(w->id);
    wait_free(w);
    l->fn(l->ctx, source, id);
    free(id);
}

bool ask_later(ask_laters *l, void *source, const char *id) {
    if (l->count == WAITING_MAX)
        return false;
    ask_wait *w = xcalloc(1, sizeof *w);
    *w = (ask_wait){.owner = l, .source = source, .id = xstrdup(id)};
    DL_APPEND(l->waiting, w);
    l->count++;
    loop_timer_set(l->loop, &w->timer, OTHERS_FIRST_MS, on_time, w);
    return true;
}

void ask_later_forget(ask_laters *l, const void *source, const char *id) {
    ask_wait *w = NULL, *tmp = NULL;
    DL_FOREACH_SAFE (l->waiting, w, tmp) {
        if (w->source == source && (id == NULL || strcmp(w->id, id) == 0))
            wait_free(w);
    }
}

void ask_laters_end(ask_laters *l) {
    while (l->waiting != NULL)
        wait_free(l->waiting);
}
