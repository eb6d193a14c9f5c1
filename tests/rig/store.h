// SPDX-License-Identifier: Apache-2.0
// What the fake server keeps: posts and values, and how they looked a while ago.
#ifndef OC_RIG_STORE_H
#define OC_RIG_STORE_H

#include "base/bytes.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>

int64_t store_wall_ms(void);
void store_end(void);

// --- posts ---
// Takes post, gives it id and times; returns it, borrowed.
cJSON *store_add_post(cJSON *post);
cJSON *store_post(const char *id, int64_t lag_ms); // NULL when there is none
cJSON *store_channel_posts(const char *channel_id, int page, int count,
                           int64_t lag_ms); // PostLists, the caller's
cJSON *store_posts_before(const char *post_id, int page, int count, int64_t lag_ms);
cJSON *store_thread(const char *root_id, int64_t lag_ms);
int64_t store_last_post_ms(const char *channel_id);
cJSON *store_posts_by(const char *user_id); // an array, the caller's

// --- values ---
typedef struct stored {
    const char *data; // NULL: there is none
    int len;
} stored;
stored store_get(const char *key, int64_t lag_ms);
void store_set(const char *key, const char *data, int len); // data NULL: removes
void store_each(void (*fn)(const char *key, stored value));
const char *store_key_at(uint32_t n); // of those that are set; NULL when there is none

#endif
