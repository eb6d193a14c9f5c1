// SPDX-License-Identifier: Apache-2.0
#include "store.h"

#include "base/json.h"
#include "base/mem.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

typedef struct post {
    char *id;
    cJSON *json;
    int64_t at_ms;
    struct post *before; // in its channel
    UT_hash_handle hh;
} post;

typedef struct channel_posts {
    char *id;
    post *newest;
    UT_hash_handle hh;
} channel_posts;

typedef struct value {
    char *key, *data, *old;
    int len, old_len;
    int64_t changed_ms; // since then it is data; before, old
    UT_hash_handle hh;
} value;

static post *posts;
static channel_posts *channels;
static value *values;
static int made;

int64_t store_wall_ms(void) {
    return loop_wall_ms(world_loop());
}

// --- posts ---

cJSON *store_add_post(cJSON *json) {
    post *p = xcalloc(1, sizeof *p);
    channel_posts *c = NULL;
    char id[27];
    const char *channel_id = json_text(json, "channel_id");
    snprintf(id, sizeof id, "post%022d", ++made);
    p->at_ms = store_wall_ms();
    cJSON_DeleteItemFromObject(json, "id");
    cJSON_DeleteItemFromObject(json, "create_at");
    json_add_string(json, "id", id);
    json_add_int(json, "create_at", p->at_ms);
    json_add_int(json, "update_at", p->at_ms);
    p->id = xstrdup(id);
    p->json = json;
    HASH_ADD_KEYPTR(hh, posts, p->id, strlen(p->id), p);
    HASH_FIND_STR(channels, channel_id, c);
    if (c == NULL) {
        c = xcalloc(1, sizeof *c);
        c->id = xstrdup(channel_id);
        HASH_ADD_KEYPTR(hh, channels, c->id, strlen(c->id), c);
    }
    p->before = c->newest;
    c->newest = p;
    return json;
}

static bool visible(const post *p, int64_t lag_ms) {
    return p->at_ms <= store_wall_ms() - lag_ms;
}

cJSON *store_post(const char *id, int64_t lag_ms) {
    post *p = NULL;
    HASH_FIND_STR(posts, id, p);
    return p != NULL && visible(p, lag_ms) ? p->json : NULL;
}

static cJSON *new_list(cJSON **order, cJSON **by_id) {
    cJSON *list = json_new_object();
    *order = json_add_array(list, "order");
    *by_id = json_add_object(list, "posts");
    return list;
}

static void put(cJSON *order, cJSON *by_id, const post *p) {
    json_push(order, json_new_string(p->id));
    json_add(by_id, p->id, cJSON_Duplicate(p->json, true));
}

// From a post on, back in time.
static cJSON *posts_from(const post *newest, int page, int count, int64_t lag_ms) {
    cJSON *order = NULL, *by_id = NULL, *list = new_list(&order, &by_id);
    int skip = page * count;
    for (const post *p = newest; p != NULL && count > 0; p = p->before) {
        if (!visible(p, lag_ms))
            continue;
        if (skip-- > 0)
            continue;
        put(order, by_id, p);
        count--;
    }
    return list;
}

cJSON *store_channel_posts(const char *channel_id, int page, int count, int64_t lag_ms) {
    channel_posts *c = NULL;
    HASH_FIND_STR(channels, channel_id, c);
    return posts_from(c != NULL ? c->newest : NULL, page, count, lag_ms);
}

cJSON *store_posts_before(const char *post_id, int page, int count, int64_t lag_ms) {
    post *p = NULL;
    HASH_FIND_STR(posts, post_id, p);
    return posts_from(p != NULL ? p->before : NULL, page, count, lag_ms);
}

cJSON *store_thread(const char *root_id, int64_t lag_ms) {
    cJSON *order = NULL, *by_id = NULL, *list = new_list(&order, &by_id);
    post *root = NULL;
    channel_posts *c = NULL;
    HASH_FIND_STR(posts, root_id, root);
    if (root == NULL)
        return list;
    HASH_FIND_STR(channels, json_text(root->json, "channel_id"), c);
    for (const post *p = c->newest; p != NULL && p->at_ms >= root->at_ms; p = p->before)
        if (visible(p, lag_ms) && (p == root || strcmp(json_text(p->json, "root_id"), root_id) == 0))
            put(order, by_id, p);
    return list;
}

int64_t store_last_post_ms(const char *channel_id) {
    channel_posts *c = NULL;
    HASH_FIND_STR(channels, channel_id, c);
    return c != NULL && c->newest != NULL ? c->newest->at_ms : 0;
}

cJSON *store_posts_by(const char *user_id) {
    cJSON *list = json_new_array();
    for (const post *p = posts; p != NULL; p = p->hh.next)
        if (strcmp(json_text(p->json, "user_id"), user_id) == 0 && json_int(p->json, "delete_at", 0) == 0)
            json_push(list, cJSON_Duplicate(p->json, true));
    return list;
}

// --- values ---

static value *value_of(const char *key) {
    value *v = NULL;
    HASH_FIND_STR(values, key, v);
    return v;
}

stored store_get(const char *key, int64_t lag_ms) {
    const value *v = value_of(key);
    if (v == NULL)
        return (stored){0};
    if (v->changed_ms > world_now_ms() - lag_ms)
        return (stored){v->old, v->old_len};
    return (stored){v->data, v->len};
}

static char *copy(const char *data, int len) {
    if (data == NULL)
        return NULL;
    char *memory = xmalloc((size_t)len + 1);
    memcpy(memory, data, (size_t)len);
    memory[len] = '\0';
    return memory;
}

void store_set(const char *key, const char *data, int len) {
    value *v = value_of(key);
    if (v == NULL) {
        v = xcalloc(1, sizeof *v);
        v->key = xstrdup(key);
        HASH_ADD_KEYPTR(hh, values, v->key, strlen(v->key), v);
    }
    char *fresh = copy(data, len);
    free(v->old);
    v->old = v->data;
    v->old_len = v->len;
    v->data = fresh;
    v->len = len;
    v->changed_ms = world_now_ms();
}

void store_each(void (*fn)(const char *key, stored value)) {
    for (const value *v = values; v != NULL; v = v->hh.next)
        if (v->data != NULL)
            fn(v->key, (stored){v->data, v->len});
}

const char *store_key_at(uint32_t n) {
    uint32_t count = HASH_COUNT(values);
    const value *v = values;
    for (n = count > 0 ? n % count : 0; v != NULL && n > 0; n--)
        v = v->hh.next;
    return v != NULL && v->data != NULL ? v->key : NULL;
}

void store_end(void) {
    post *p = NULL, *next_post = NULL;
    channel_posts *c = NULL, *next_channel = NULL;
    value *v = NULL, *next_value = NULL;
    HASH_ITER (hh, posts, p, next_post) {
        HASH_DEL(posts, p);
        free(p->id);
        cJSON_Delete(p->json);
        free(p);
    }
    HASH_ITER (hh, channels, c, next_channel) {
        HASH_DEL(channels, c);
        free(c->id);
        free(c);
    }
    HASH_ITER (hh, values, v, next_value) {
        HASH_DEL(values, v);
        free(v->key);
        free(v->data);
        free(v->old);
        free(v);
    }
}
