// SPDX-License-Identifier: Apache-2.0
#include "store/participation_value.h"

#include "base/json.h"
#include "base/mem.h"
#include "store/participation.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { VALUE_VERSION = 1, ROOT_ID_MAX_BYTES = 64 };

typedef struct thread {
    char *root_id;
    int64_t at_ms;
    UT_hash_handle hh;
} thread;

struct threads {
    thread *all;
};

threads *threads_create(void) {
    return xcalloc(1, sizeof(threads));
}

static void drop(threads *t, thread *one) {
    HASH_DEL(t->all, one);
    free(one->root_id);
    free(one);
}

void threads_destroy(threads *t) {
    if (t == NULL)
        return;
    while (t->all != NULL)
        drop(t, t->all);
    free(t);
}

static thread *find(const threads *t, const char *root_id) {
    thread *one = NULL;
    HASH_FIND_STR(t->all, root_id, one);
    return one;
}

static void drop_oldest(threads *t) {
    thread *oldest = t->all;
    for (thread *one = t->all; one != NULL; one = one->hh.next) {
        if (one->at_ms < oldest->at_ms)
            oldest = one;
    }
    drop(t, oldest);
}

void threads_put(threads *t, const char *root_id, int64_t at_ms) {
    thread *one = find(t, root_id);
    if (one == NULL) {
        one = xcalloc(1, sizeof *one);
        one->root_id = xstrdup(root_id);
        one->at_ms = at_ms;
        HASH_ADD_KEYPTR(hh, t->all, one->root_id, strlen(one->root_id), one);
    } else if (one->at_ms < at_ms) {
        one->at_ms = at_ms;
    }
    if (HASH_COUNT(t->all) > PARTICIPATION_MAX)
        drop_oldest(t);
}

int64_t threads_at(const threads *t, const char *root_id) {
    const thread *one = find(t, root_id);
    return one != NULL ? one->at_ms : INT64_MIN;
}

void threads_merge(threads *t, const threads *other) {
    for (const thread *one = other->all; one != NULL; one = one->hh.next)
        threads_put(t, one->root_id, one->at_ms);
}

void threads_expire(threads *t, int64_t before_ms) {
    thread *one = NULL, *next = NULL;
    HASH_ITER (hh, t->all, one, next) {
        if (one->at_ms < before_ms)
            drop(t, one);
    }
}

size_t threads_count(const threads *t) {
    return HASH_COUNT(t->all);
}

threads *threads_read(bytes value, bool *damaged) {
    threads *t = threads_create();
    const cJSON *item = NULL;
    cJSON *json = NULL;
    *damaged = true;
    if (value.len > PARTICIPATION_VALUE_MAX_BYTES || json_parse(value, &json) != OC_OK ||
        json_int(json, "v", 0) != VALUE_VERSION) {
        cJSON_Delete(json);
        return t;
    }
    const cJSON *list = json_get(json, "threads");
    *damaged = !cJSON_IsObject(list);
    cJSON_ArrayForEach(item, list) {
        if (item->string != NULL && cJSON_IsNumber(item) && strlen(item->string) <= ROOT_ID_MAX_BYTES)
            threads_put(t, item->string, json_int(list, item->string, INT64_MIN));
        else
            *damaged = true;
    }
    cJSON_Delete(json);
    return t;
}

oc_err threads_write(const threads *t, buf *out) {
    cJSON *json = json_new_object();
    json_add_int(json, "v", VALUE_VERSION);
    cJSON *list = json_add_object(json, "threads");
    for (const thread *one = t->all; one != NULL; one = one->hh.next)
        json_add_int(list, one->root_id, one->at_ms);
    oc_err err = json_print(json, out);
    cJSON_Delete(json);
    return err;
}
