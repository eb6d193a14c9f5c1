// SPDX-License-Identifier: Apache-2.0
#include "outbound/flood.h"

#include "base/mem.h"

#include <stdlib.h>
#include <uthash.h>

typedef struct hour {
    char *channel_id;
    int64_t began_ms;
    int taken, held;
    UT_hash_handle hh;
} hour;

struct flood {
    hour *hours; // in the order in which they began
};

flood *flood_create(void) {
    return xcalloc(1, sizeof(flood));
}

static void forget(flood *f, hour *h) {
    HASH_DEL(f->hours, h);
    free(h->channel_id);
    free(h);
}

void flood_destroy(flood *f) {
    if (f == NULL)
        return;
    while (f->hours != NULL)
        forget(f, f->hours);
    free(f);
}

static hour *hour_of(flood *f, const char *channel_id, int64_t now_ms) {
    hour *h = NULL;
    while (f->hours != NULL && now_ms - f->hours->began_ms >= FLOOD_WINDOW_MS)
        forget(f, f->hours);
    HASH_FIND_STR(f->hours, channel_id, h);
    if (h != NULL)
        return h;
    if (HASH_COUNT(f->hours) == FLOOD_CHANNELS_MAX)
        forget(f, f->hours);
    h = xcalloc(1, sizeof *h);
    *h = (hour){.channel_id = xstrdup(channel_id), .began_ms = now_ms};
    HASH_ADD_KEYPTR(hh, f->hours, h->channel_id, strlen(h->channel_id), h);
    return h;
}

flood_verdict flood_take(flood *f, const char *channel_id, int limit, int64_t now_ms, int *held) {
    hour *h = hour_of(f, channel_id, now_ms);
    if (h->taken < limit) {
        h->taken++;
        *held = h->held;
        return FLOOD_POST;
    }
    *held = ++h->held;
    return h->held == 1 ? FLOOD_TELL : FLOOD_DROP;
}
