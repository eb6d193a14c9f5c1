// SPDX-License-Identifier: Apache-2.0
#include "api_order.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

struct api_line {
    char *name;
    uint64_t newest;  // number of the call that holds the others up; 0: none does
    uint64_t numbers; // given so far
    int64_t since_ms; // when it began
    size_t open;      // calls that have not come back
    api_waiting *queue;
    UT_hash_handle hh;
};

struct api_order {
    api_line *lines;
    size_t waiting, waiting_bytes;
};

void api_waiting_free(api_waiting *w) {
    cJSON_Delete(w->params);
    free(w->tail);
    free(w);
}

api_order *api_order_create(void) {
    return xcalloc(1, sizeof(api_order));
}

static void forget_line(api_order *o, api_line *line) {
    HASH_DEL(o->lines, line);
    free(line->name);
    free(line);
}

void api_order_destroy(api_order *o) {
    if (o == NULL)
        return;
    while (o->lines != NULL) {
        api_line *line = o->lines;
        while (line->queue != NULL) {
            api_waiting *first = line->queue;
            DL_DELETE(line->queue, first);
            api_waiting_free(first);
        }
        forget_line(o, line);
    }
    free(o);
}

size_t api_order_waiting(const api_order *o) {
    return o->waiting;
}

static api_line *find(const api_order *o, const char *name) {
    api_line *line = NULL;
    HASH_FIND_STR(o->lines, name, line);
    return line;
}

static api_place begin(api_line *line, int64_t now_ms) {
    line->newest = ++line->numbers;
    line->since_ms = now_ms;
    line->open++;
    return (api_place){.line = line, .number = line->newest};
}

bool api_order_begin(api_order *o, const char *name, int64_t now_ms, api_place *place) {
    api_line *line = find(o, name);
    if (line != NULL && line->newest != 0)
        return false;
    if (line == NULL) {
        line = xcalloc(1, sizeof *line);
        line->name = xstrdup(name);
        HASH_ADD_KEYPTR(hh, o->lines, line->name, strlen(line->name), line);
    }
    *place = begin(line, now_ms);
    return true;
}

bool api_order_wait(api_order *o, const char *name, const char *method, uint64_t id, const cJSON *params,
                    bytes tail) {
    api_line *line = find(o, name);
    if (o->waiting == API_ORDER_WAITING_MAX || tail.len > API_ORDER_WAITING_MAX_BYTES - o->waiting_bytes)
        return false;
    api_waiting *w = xcalloc(1, sizeof *w);
    w->method = method;
    w->id = id;
    w->params = cJSON_Duplicate(params, true);
    w->tail = xmalloc(tail.len + 1);
    w->tail_len = tail.len;
    if (tail.len > 0)
        memcpy(w->tail, tail.data, tail.len);
    DL_APPEND(line->queue, w);
    o->waiting++;
    o->waiting_bytes += tail.len;
    return true;
}

// The line's call holds the others up no more.
static api_waiting *go_on(api_order *o, api_line *line, int64_t now_ms, api_place *next) {
    api_waiting *first = line->queue;
    line->newest = 0;
    if (first == NULL) {
        if (line->open == 0)
            forget_line(o, line);
        return NULL;
    }
    DL_DELETE(line->queue, first);
    o->waiting--;
    o->waiting_bytes -= first->tail_len;
    *next = begin(line, now_ms);
    return first;
}

api_waiting *api_order_end(api_order *o, api_place place, int64_t now_ms, api_place *next) {
    api_line *line = place.line;
    line->open--;
    if (line->newest == place.number)
        return go_on(o, line, now_ms, next);
    if (line->open == 0 && line->newest == 0)
        forget_line(o, line);
    return NULL; // it was overdue
}

api_waiting *api_order_overdue(api_order *o, int64_t now_ms, api_place *next) {
    for (api_line *line = o->lines; line != NULL; line = line->hh.next) {
        if (line->queue != NULL && now_ms - line->since_ms >= API_ORDER_HOLD_MS)
            return go_on(o, line, now_ms, next);
    }
    return NULL;
}
