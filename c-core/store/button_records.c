// SPDX-License-Identifier: Apache-2.0
#include "store/button_records.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>

enum { TRIES_MAX = 5 };

typedef struct job {
    loop *loop;
    chat *chat;
    char *key;
    button_change_fn *change; // NULL: only reads
    button_loaded_fn *loaded;
    button_stored_fn *stored;
    void *ctx;
    cJSON *record;
    int tries;
} job;

static job *job_create(loop *l, chat *c, const char *nonce, void *ctx) {
    job *j = xcalloc(1, sizeof *j);
    *j = (job){.loop = l, .chat = c, .key = xasprintf("button.%s", nonce), .ctx = ctx};
    return j;
}

static void job_end(job *j, oc_err err) {
    if (j->loaded != NULL)
        j->loaded(j->ctx, err, err == OC_OK ? j->record : NULL);
    if (j->stored != NULL)
        j->stored(j->ctx, err);
    cJSON_Delete(j->record);
    free(j->key);
    free(j);
}

static int64_t seconds_left(const job *j) {
    int64_t left_ms = json_int(j->record, "expires", 0) + BUTTON_RECORD_GRACE_MS - loop_wall_ms(j->loop);
    return left_ms < 1000 ? 1 : left_ms / 1000;
}

static void write_record(job *j, bytes old, chat_flag_fn *fn) {
    buf value;
    buf_init(&value, BUTTON_RECORD_MAX_BYTES);
    oc_err err = button_record_write(j->record, &value);
    if (err == OC_OK)
        chat_kv_compare_and_set(j->chat, j->key, old, buf_bytes(&value), seconds_left(j), fn, j);
    else
        job_end(j, OC_EINVAL);
    buf_free(&value);
}

// --- a new one ---

static void on_created(void *ctx, const chat_error *error, bool stored) {
    if (error->err != OC_OK)
        log_warn("a record of buttons could not be stored", "error", error->message);
    job_end(ctx, error->err != OC_OK ? error->err : stored ? OC_OK : OC_ECONFLICT);
}

void button_records_create(loop *l, chat *c, const char *nonce, const cJSON *record, button_stored_fn *fn,
                           void *ctx) {
    job *j = job_create(l, c, nonce, ctx);
    j->stored = fn;
    j->record = cJSON_Duplicate(record, 1);
    write_record(j, bytes_of(NULL, 0), on_created);
}

static void on_removed(void *ctx, const chat_error *error) {
    (void)ctx;
    if (error->err != OC_OK)
        log_warn("a record of buttons could not be removed", "error", error->message);
}

void button_records_remove(chat *c, const char *nonce) {
    char *key = xasprintf("button.%s", nonce);
    chat_kv_delete(c, key, on_removed, NULL);
    free(key);
}

// --- reading and changing ---

static void try_change(job *j);

static void on_changed(void *ctx, const chat_error *error, bool stored) {
    job *j = ctx;
    if (error->err == OC_OK && stored)
        job_end(j, OC_OK);
    else if (j->tries < TRIES_MAX)
        try_change(j);
    else
        job_end(j, error->err != OC_OK ? error->err : OC_ECONFLICT);
}

static void on_value(void *ctx, const chat_error *error, bytes value, bool found) {
    job *j = ctx;
    cJSON_Delete(j->record);
    j->record = error->err == OC_OK && found ? button_record_read(value) : NULL;
    if (error->err == OC_OK && found && j->record == NULL)
        log_warn("a record of buttons cannot be read");
    if (error->err != OC_OK)
        job_end(j, error->err);
    else if (j->record == NULL)
        job_end(j, OC_ENOTFOUND);
    else if (j->change == NULL || !j->change(j->ctx, j->record))
        job_end(j, OC_OK);
    else
        write_record(j, value, on_changed);
}

static void try_change(job *j) {
    j->tries++;
    chat_kv_get(j->chat, j->key, on_value, j);
}

void button_records_load(chat *c, const char *nonce, button_loaded_fn *fn, void *ctx) {
    job *j = job_create(NULL, c, nonce, ctx);
    j->loaded = fn;
    try_change(j);
}

void button_records_change(loop *l, chat *c, const char *nonce, button_change_fn *change,
                           button_loaded_fn *fn, void *ctx) {
    job *j = job_create(l, c, nonce, ctx);
    j->change = change;
    j->loaded = fn;
    try_change(j);
}
