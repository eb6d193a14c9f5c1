// SPDX-License-Identifier: Apache-2.0
#include "chat/cache.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

typedef struct entry {
    char *key;
    cJSON *value;
    int64_t until_ms;
    UT_hash_handle hh; // keeps insertion order: the first is the oldest
} entry;

struct cache {
    entry *entries;
    size_t max_entries;
    int64_t good_for_ms;
};

cache *cache_create(size_t max_entries, int64_t good_for_ms) {
    cache *c = xcalloc(1, sizeof *c);
    c->max_entries = max_entries;
    c->good_for_ms = good_for_ms;
    return c;
}

static void drop(cache *c, entry *e) {
    HASH_DEL(c->entries, e);
    cJSON_Delete(e->value);
    free(e->key);
    free(e);
}

void cache_destroy(cache *c) {
    if (c == NULL)
        return;
    cache_clear(c);
    free(c);
}

void cache_clear(cache *c) {
    while (c->entries != NULL)
        drop(c, c->entries);
}

static entry *find(cache *c, const char *key) {
    entry *e = NULL;
    HASH_FIND_STR(c->entries, key, e);
    return e;
}

const cJSON *cache_get(cache *c, const char *key, int64_t now_ms) {
    entry *e = find(c, key);
    if (e == NULL)
        return NULL;
    if (e->until_ms <= now_ms) {
        drop(c, e);
        return NULL;
    }
    return e->value;
}

void cache_put(cache *c, const char *key, const cJSON *value, int64_t now_ms) {
    cache_drop(c, key);
    if (HASH_COUNT(c->entries) >= c->max_entries)
        drop(c, c->entries);
    entry *e = xcalloc(1, sizeof *e);
    e->key = xstrdup(key);
    e->value = cJSON_Duplicate(value, 1);
    e->until_ms = now_ms + c->good_for_ms;
    HASH_ADD_KEYPTR(hh, c->entries, e->key, strlen(e->key), e);
}

void cache_drop(cache *c, const char *key) {
    entry *e = find(c, key);
    if (e != NULL)
        drop(c, e);
}
