// SPDX-License-Identifier: Apache-2.0
#include "turn/limits.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { COUNTERS_MAX = 20000, MINUTE_MS = 60000, DAY_MS = 24 * 3600 * 1000 };

typedef struct window {
    int64_t start; // which minute or day since 1970
    int taken;
    bool told; // that it is full
} window;

typedef struct counter { // of one user, one channel, or one bot
    char *id;
    window minute, day;
    UT_hash_handle hh; // in order of the last use
} counter;

struct limits {
    counter *counters;
};

limits *limits_create(void) {
    return xcalloc(1, sizeof(limits));
}

static void drop(limits *l, counter *c) {
    HASH_DEL(l->counters, c);
    free(c->id);
    free(c);
}

void limits_destroy(limits *l) {
    if (l == NULL)
        return;
    while (l->counters != NULL)
        drop(l, l->counters);
    free(l);
}

static counter *counter_of(limits *l, const char *id) {
    counter *c = NULL;
    HASH_FIND_STR(l->counters, id, c);
    if (c != NULL) {
        HASH_DEL(l->counters, c); // and in again behind the others: it was used
    } else {
        if (HASH_COUNT(l->counters) == COUNTERS_MAX)
            drop(l, l->counters);
        c = xcalloc(1, sizeof *c);
        c->id = xstrdup(id);
    }
    HASH_ADD_KEYPTR(hh, l->counters, c->id, strlen(c->id), c);
    return c;
}

static void roll(window *w, int64_t start) {
    if (w->start != start)
        *w = (window){.start = start};
}

limit_verdict limits_take(limits *l, const config_limits *rules, const limit_who *who, int64_t wall_ms,
                          bool *first) {
    char *bot = xasprintf("bot %s", who->account_id);
    const char *const ids[] = {who->user_id, who->channel_id, bot};
    const int per_minute[] = {rules->user_minute, rules->channel_minute, rules->bot_minute};
    const int per_day[] = {rules->user_day, rules->channel_day, rules->bot_day};
    counter *counters[3];
    *first = false;
    for (int i = 0; i < 3; i++) {
        counters[i] = counter_of(l, ids[i]);
        roll(&counters[i]->minute, wall_ms / MINUTE_MS);
        roll(&counters[i]->day, wall_ms / DAY_MS);
    }
    free(bot);
    for (int i = 0; i < 3; i++) {
        bool minute_full = per_minute[i] > 0 && counters[i]->minute.taken >= per_minute[i];
        bool day_full = per_day[i] > 0 && counters[i]->day.taken >= per_day[i];
        window *full = minute_full ? &counters[i]->minute : day_full ? &counters[i]->day : NULL;
        if (full == NULL)
            continue;
        *first = !full->told;
        full->told = true;
        return (limit_verdict)(LIMIT_USER_MINUTE + 2 * i + (minute_full ? 0 : 1));
    }
    for (int i = 0; i < 3; i++) {
        counters[i]->minute.taken++;
        counters[i]->day.taken++;
    }
    return LIMIT_WITHIN;
}
