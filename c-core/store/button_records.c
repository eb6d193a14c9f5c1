// SPDX-License-Identifier: Apache-2.0
#include "store/button_records.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/kv_changes.h"

#include <stdlib.h>

enum { WAITING_MAX = 1000, TRIES_MAX = 5 }; // somebody waits for the answer to a click

struct button_records {
    loop *loop;
    chat *chat;
    kv_changes *changes;
};

typedef struct change {
    loop *loop;
    button_change_fn *fn; // NULL: only reads
    button_loaded_fn *loaded;
    button_stored_fn *stored; // of a new one
    void *ctx;
    cJSON *record;
} change;

button_records *button_records_create(loop *l, chat *c) {
    button_records *r = xcalloc(1, sizeof *r);
    *r = (button_records){.loop = l, .chat = c, .changes = kv_changes_create(l, c, WAITING_MAX, TRIES_MAX)};
    return r;
}

void button_records_destroy(button_records *r) {
    if (r == NULL)
        return;
    kv_changes_destroy(r->changes);
    free(r);
}

static oc_err write_record(const change *c, kv_value *out) {
    int64_t left_ms = json_int(c->record, "expires", 0) + BUTTON_RECORD_GRACE_MS - loop_wall_ms(c->loop);
    out->expire_s = left_ms < 1000 ? 1 : left_ms / 1000;
    return button_record_write(c->record, &out->text) == OC_OK ? OC_OK : OC_EINVAL;
}

static void begin(button_records *r, const char *nonce, kv_change_fn *fn, kv_done_fn *done, change what) {
    change *c = xcalloc(1, sizeof *c);
    char *key = xasprintf("button.%s", nonce);
    *c = what;
    c->loop = r->loop;
    kv_changes_add(r->changes, key, BUTTON_RECORD_MAX_BYTES, fn, done, c);
    free(key);
}

// --- a new one ---

static oc_err add(void *ctx, bytes value, kv_value *out) {
    const change *c = ctx;
    oc_err err = write_record(c, out);
    if (err != OC_OK || value.data == NULL)
        return err;
    // It was written by a try of which nobody said so.
    err = bytes_equal(value, buf_bytes(&out->text)) ? OC_OK : OC_ECONFLICT;
    buf_clear(&out->text);
    return err;
}

static void on_added(void *ctx, oc_err err) {
    change *c = ctx;
    if (err != OC_OK && err != OC_ECLOSED)
        log_warn("a record of buttons could not be stored", "error", oc_err_text(err));
    c->stored(c->ctx, err);
    cJSON_Delete(c->record);
    free(c);
}

void button_records_add(button_records *r, const char *nonce, const cJSON *record, button_stored_fn *fn,
                        void *ctx) {
    begin(r, nonce, add, on_added, (change){.stored = fn, .ctx = ctx, .record = cJSON_Duplicate(record, 1)});
}

static void on_removed(void *ctx, const chat_error *error) {
    (void)ctx;
    if (error->err != OC_OK)
        log_warn("a record of buttons could not be removed", "error", error->message);
}

void button_records_remove(button_records *r, const char *nonce) {
    char *key = xasprintf("button.%s", nonce);
    chat_kv_delete(r->chat, key, on_removed, NULL);
    free(key);
}

// --- reading and changing ---

static oc_err alter(void *ctx, bytes value, kv_value *out) {
    change *c = ctx;
    cJSON_Delete(c->record);
    c->record = value.data != NULL ? button_record_read(value) : NULL;
    if (value.data != NULL && c->record == NULL)
        log_warn("a record of buttons cannot be read");
    if (c->record == NULL)
        return OC_ENOTFOUND;
    return c->fn == NULL || !c->fn(c->ctx, c->record) ? OC_OK : write_record(c, out);
}

static void on_altered(void *ctx, oc_err err) {
    change *c = ctx;
    c->loaded(c->ctx, err, err == OC_OK ? c->record : NULL);
    cJSON_Delete(c->record);
    free(c);
}

void button_records_change(button_records *r, const char *nonce, button_change_fn *fn,
                           button_loaded_fn *loaded, void *ctx) {
    begin(r, nonce, alter, on_altered, (change){.fn = fn, .loaded = loaded, .ctx = ctx});
}
