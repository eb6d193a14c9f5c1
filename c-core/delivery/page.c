// SPDX-License-Identifier: Apache-2.0
#include "delivery/page.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>
#include <uthash.h>

typedef struct entry {
    char *post_id;
    record record;
    UT_hash_handle hh;
} entry;

struct page {
    entry *entries;
};

static const char *const STATES[RECORD_STATES] = {"taken", "sent", "posting", "closed"};

const char *record_state_name(record_state s) {
    return STATES[s];
}

page *page_create(void) {
    return xcalloc(1, sizeof(page));
}

void page_destroy(page *p) {
    entry *e = NULL, *next = NULL;
    if (p == NULL)
        return;
    HASH_ITER (hh, p->entries, e, next) {
        HASH_DEL(p->entries, e);
        free(e->post_id);
        free(e);
    }
    free(p);
}

size_t page_count(const page *p) {
    return HASH_COUNT(p->entries);
}

static entry *find(const page *p, const char *post_id) {
    entry *e = NULL;
    HASH_FIND_STR(p->entries, post_id, e);
    return e;
}

const record *page_get(const page *p, const char *post_id) {
    const entry *e = find(p, post_id);
    return e != NULL ? &e->record : NULL;
}

oc_err page_put(page *p, const char *post_id, const record *r) {
    entry *e = find(p, post_id);
    if (e == NULL && page_count(p) == PAGE_RECORDS_MAX)
        return OC_ELIMIT;
    if (e == NULL) {
        e = xcalloc(1, sizeof *e);
        e->post_id = xstrdup(post_id);
        HASH_ADD_KEYPTR(hh, p->entries, e->post_id, strlen(e->post_id), e);
    }
    e->record = *r;
    return OC_OK;
}

// --- the stored form: {"v":1,"posts":{"<id>":["closed","answered",2]}} ---

static int state_named(const char *name) {
    for (int s = 0; s < RECORD_STATES; s++) {
        if (name != NULL && strcmp(STATES[s], name) == 0)
            return s;
    }
    return -1;
}

static oc_err read_record(const cJSON *item, record *out) {
    int state = state_named(cJSON_GetStringValue(cJSON_GetArrayItem(item, 0)));
    int reason = outcome_reason_find(cJSON_GetStringValue(cJSON_GetArrayItem(item, 1)));
    const cJSON *parts = cJSON_GetArrayItem(item, 2);
    const char *named = cJSON_GetStringValue(cJSON_GetArrayItem(item, 1));
    if (state < 0 || (state == RECORD_CLOSED && (named == NULL || *named == '\0')))
        return OC_EMALFORMED;
    if (state == RECORD_CLOSED &&
        reason < 0) // an outcome that a later release knows: it is dealt with all the same
        reason = REASON_DUPLICATE;
    bool counted = cJSON_IsNumber(parts) && parts->valuedouble >= 0 && parts->valuedouble < 100000;
    *out = (record){.state = (record_state)state,
                    .reason = reason < 0 ? REASON_ANSWERED : (outcome_reason)reason,
                    .parts = counted ? (int)parts->valuedouble : 0};
    return OC_OK;
}

oc_err page_merge(page *p, bytes stored) {
    cJSON *root = NULL;
    const cJSON *item = NULL;
    oc_err err = stored.len <= PAGE_MAX_BYTES ? json_parse(stored, &root) : OC_EMALFORMED;
    const cJSON *posts = json_get(root, "posts");
    if (err == OC_OK && (json_int(root, "v", 0) != PAGE_VERSION || !cJSON_IsObject(posts)))
        err = OC_EMALFORMED;
    if (err != OC_OK) {
        cJSON_Delete(root);
        return err;
    }
    cJSON_ArrayForEach(item, posts) {
        record r;
        const record *known = page_get(p, item->string);
        if (read_record(item, &r) != OC_OK)
            err = OC_EMALFORMED;
        else if (known == NULL || known->state < r.state)
            err = page_put(p, item->string, &r) != OC_OK ? OC_ELIMIT : err;
    }
    cJSON_Delete(root);
    return err;
}

oc_err page_write(const page *p, buf *out) {
    cJSON *root = json_new_object();
    json_add_int(root, "v", PAGE_VERSION);
    cJSON *posts = json_add_object(root, "posts");
    for (const entry *e = p->entries; e != NULL; e = e->hh.next) {
        cJSON *item = json_add_array(posts, e->post_id);
        bool closed = e->record.state == RECORD_CLOSED;
        json_push(item, json_new_string(STATES[e->record.state]));
        json_push(item, json_new_string(closed ? outcome_reason_name(e->record.reason) : ""));
        json_push(item, json_new_int(e->record.parts));
    }
    oc_err err = json_print(root, out);
    cJSON_Delete(root);
    return err;
}
