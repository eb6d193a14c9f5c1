// SPDX-License-Identifier: Apache-2.0
#include "store/identity_store.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "store/identity_record.h"

#include <stdlib.h>

static const char IDENTITY_KEY[] = "device_identity";
static const char BROKEN_KEY[] = "device_identity.unreadable";
enum { LOAD_TRIES_MAX = 3 };

typedef struct load {
    chat *chat;
    identity_loaded_fn *fn;
    void *ctx;
    gateway_identity *made; // ours, until the store says whether it is the one
    int tries;
} load;

static void try_load(load *l);

static void finish(load *l, gateway_identity *identity) {
    l->fn(l->ctx, identity);
    gateway_identity_destroy(l->made);
    free(l);
}

static void on_stored(void *ctx, const chat_error *error, bool stored) {
    load *l = ctx;
    if (error->err != OC_OK) {
        log_error("the device identity could not be stored", "error", error->message);
        finish(l, NULL);
    } else if (stored) {
        gateway_identity *identity = l->made;
        l->made = NULL;
        finish(l, identity);
    } else {
        try_load(l); // another node was faster: its identity counts
    }
}

static void ignore_done(void *ctx, const chat_error *error) {
    (void)ctx;
    if (error->err != OC_OK)
        log_warn("a value could not be stored", "error", error->message);
}

static void make(load *l, bytes old) {
    buf record;
    uint8_t seed[IDENTITY_SEED_BYTES];
    gateway_identity_destroy(l->made);
    l->made = gateway_identity_create();
    if (l->made == NULL) {
        log_error("no device identity can be made: OpenSSL refused");
        finish(l, NULL);
        return;
    }
    buf_init(&record, IDENTITY_RECORD_MAX_BYTES);
    gateway_identity_seed(l->made, seed);
    oc_err err = identity_record_write(seed, &record);
    secret_wipe(seed, sizeof seed);
    if (err == OC_OK)
        chat_kv_compare_and_set(l->chat, IDENTITY_KEY, old, buf_bytes(&record), 0, on_stored, l);
    else
        finish(l, NULL);
    secret_wipe(record.memory, record.cap);
    buf_free(&record);
}

static void on_loaded(void *ctx, const chat_error *error, bytes value, bool found) {
    load *l = ctx;
    uint8_t seed[IDENTITY_SEED_BYTES];
    if (error->err != OC_OK) {
        log_error("the device identity could not be read", "error", error->message);
        finish(l, NULL);
        return;
    }
    if (!found) {
        make(l, bytes_of(NULL, 0));
        return;
    }
    if (identity_record_read(value, seed) == OC_OK) {
        gateway_identity *identity = gateway_identity_from_seed(seed);
        secret_wipe(seed, sizeof seed);
        finish(l, identity);
        return;
    }
    log_warn(
        "the stored device identity is unreadable: a new one is made and must be approved at the gateway",
        "kept_as", BROKEN_KEY);
    chat_kv_set(l->chat, BROKEN_KEY, value, 0, ignore_done, NULL);
    make(l, value);
}

static void try_load(load *l) {
    if (l->tries++ == LOAD_TRIES_MAX) {
        log_error("the device identity keeps changing in the store");
        finish(l, NULL);
        return;
    }
    chat_kv_get(l->chat, IDENTITY_KEY, on_loaded, l);
}

void identity_store_load(chat *c, identity_loaded_fn *fn, void *ctx) {
    load *l = xcalloc(1, sizeof *l);
    *l = (load){.chat = c, .fn = fn, .ctx = ctx};
    try_load(l);
}

typedef struct token_load {
    device_token_fn *fn;
    void *ctx;
} token_load;

static void on_token(void *ctx, const chat_error *error, bytes value, bool found) {
    token_load *l = ctx;
    char *token = NULL;
    if (error->err != OC_OK)
        log_warn("the device token could not be read", "error", error->message);
    else if (found && token_record_read(value, &token) != OC_OK)
        log_warn("the stored device token is unreadable and is not used");
    l->fn(l->ctx, token);
    if (token != NULL)
        secret_wipe(token, strlen(token));
    free(token);
    free(l);
}

void device_token_load(chat *c, const char *gateway_url, const char *as, device_token_fn *fn, void *ctx) {
    char key[TOKEN_KEY_BYTES];
    token_load *l = xmalloc(sizeof *l);
    *l = (token_load){.fn = fn, .ctx = ctx};
    token_record_key(gateway_url, as, key);
    chat_kv_get(c, key, on_token, l);
}

void device_token_save(chat *c, const char *gateway_url, const char *as, const char *token) {
    char key[TOKEN_KEY_BYTES];
    buf record;
    token_record_key(gateway_url, as, key);
    if (token == NULL) {
        chat_kv_delete(c, key, ignore_done, NULL);
        return;
    }
    buf_init(&record, IDENTITY_RECORD_MAX_BYTES);
    if (token_record_write(token, &record) == OC_OK)
        chat_kv_set(c, key, buf_bytes(&record), 0, ignore_done, NULL);
    else
        log_warn("the gateway's device token is too long to be stored");
    secret_wipe(record.memory, record.cap);
    buf_free(&record);
}
