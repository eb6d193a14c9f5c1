// SPDX-License-Identifier: Apache-2.0
#include "outbound/spoken.h"

#include "base/json.h"
#include "base/mem.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

typedef struct done {
    char id[SPOKEN_ID_BYTES];
    int64_t at_ms;
    UT_hash_handle hh;
} done;

struct spoken {
    int64_t since_ms;
    done *all; // in the order in which they were put
};

void spoken_id(const char *session_key, const char *run_id, char out[SPOKEN_ID_BYTES]) {
    uint8_t digest[SHA256_DIGEST_LENGTH];
    char *both = xasprintf("%s\n%s", session_key, run_id);
    SHA256((const uint8_t *)both, strlen(both), digest);
    free(both);
    for (size_t i = 0; i < (SPOKEN_ID_BYTES - 1) / 2; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

spoken *spoken_create(void) {
    return xcalloc(1, sizeof(spoken));
}

static void drop(spoken *s, done *d) {
    HASH_DEL(s->all, d);
    free(d);
}

void spoken_destroy(spoken *s) {
    if (s == NULL)
        return;
    while (s->all != NULL)
        drop(s, s->all);
    free(s);
}

int64_t spoken_since(const spoken *s) {
    return s->since_ms;
}

size_t spoken_count(const spoken *s) {
    return HASH_COUNT(s->all);
}

bool spoken_has(const spoken *s, const char *id) {
    done *d = NULL;
    HASH_FIND_STR(s->all, id, d);
    return d != NULL;
}

void spoken_put(spoken *s, const char *id, int64_t at_ms) {
    if (strlen(id) >= SPOKEN_ID_BYTES || spoken_has(s, id) || at_ms < s->since_ms)
        return;
    if (spoken_count(s) == SPOKEN_DONE_MAX)
        drop(s, s->all);
    done *d = xcalloc(1, sizeof *d);
    memcpy(d->id, id, strlen(id));
    d->at_ms = at_ms;
    HASH_ADD_STR(s->all, id, d);
}

void spoken_move(spoken *s, int64_t since_ms) {
    done *d = NULL, *next = NULL;
    if (since_ms <= s->since_ms)
        return;
    s->since_ms = since_ms;
    HASH_ITER (hh, s->all, d, next) {
        if (d->at_ms < since_ms)
            drop(s, d);
    }
}

void spoken_merge(spoken *s, const spoken *other) {
    spoken_move(s, other->since_ms);
    for (const done *d = other->all; d != NULL; d = d->hh.next)
        spoken_put(s, d->id, d->at_ms);
}

static int64_t number_of(const cJSON *item) {
    static const double max = 9007199254740992.0;
    bool fine = cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble < max;
    return fine ? (int64_t)item->valuedouble : 0;
}

spoken *spoken_read(bytes value, bool *damaged) {
    spoken *s = spoken_create();
    cJSON *root = NULL;
    const cJSON *item = NULL;
    *damaged = value.len == 0 || value.len > SPOKEN_VALUE_MAX_BYTES || json_parse(value, &root) != OC_OK ||
               json_int(root, "v", 0) != SPOKEN_VERSION || json_int(root, "since", -1) < 0;
    if (!*damaged) {
        s->since_ms = json_int(root, "since", 0);
        cJSON_ArrayForEach(item, json_get(root, "done")) spoken_put(s, item->string, number_of(item));
    }
    cJSON_Delete(root);
    return s;
}

oc_err spoken_write(const spoken *s, buf *out) {
    cJSON *root = json_new_object();
    json_add_int(root, "v", SPOKEN_VERSION);
    json_add_int(root, "since", s->since_ms);
    cJSON *all = json_add_object(root, "done");
    for (const done *d = s->all; d != NULL; d = d->hh.next)
        json_add_int(all, d->id, d->at_ms);
    oc_err err = json_print(root, out);
    cJSON_Delete(root);
    return err;
}
