// SPDX-License-Identifier: Apache-2.0
// A bounded cache of JSON values by key, each good for a limited time. The oldest goes when it is full.
#ifndef OC_CHAT_CACHE_H
#define OC_CHAT_CACHE_H

#include <cJSON.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cache cache;

cache *cache_create(size_t max_entries, int64_t good_for_ms);
void cache_destroy(cache *c); // NULL-safe
// Borrowed until the next cache_put or cache_drop; NULL when absent or too old.
const cJSON *cache_get(cache *c, const char *key, int64_t now_ms);
void cache_put(cache *c, const char *key, const cJSON *value, int64_t now_ms); // copies
void cache_drop(cache *c, const char *key);
void cache_clear(cache *c);

#endif
