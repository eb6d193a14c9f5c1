// SPDX-License-Identifier: Apache-2.0
#include "store/install_secret.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "store/unreadable.h"

#include <stdlib.h>

static const char KEY[] = "install_secret";
enum { SECRET_BYTES = 32, VALUE_VERSION = 1, VALUE_MAX_BYTES = 256, TRIES_MAX = 3 };

typedef struct load {
    chat *chat;
    install_secret_fn *fn;
    void *ctx;
    char made[2 * SECRET_BYTES + 1];
    int tries;
} load;

static void finish(load *l, secret *s) {
    l->fn(l->ctx, s);
    secret_wipe(l, sizeof *l);
    free(l);
}

static void try_load(load *l);

static void on_stored(void *ctx, const chat_error *error, bool stored) {
    load *l = ctx;
    if (error->err != OC_OK) {
        log_error("the installation's secret could not be stored", "error", error->message);
        finish(l, NULL);
    } else if (stored) {
        finish(l, secret_create(l->made));
    } else {
        try_load(l); // another node was faster: its secret counts
    }
}

static void make(load *l, bytes old) {
    buf value;
    random_hex(l->made, SECRET_BYTES);
    buf_init(&value, VALUE_MAX_BYTES);
    if (buf_printf(&value, "{\"v\":%d,\"secret\":\"%s\"}", VALUE_VERSION, l->made) == OC_OK)
        chat_kv_compare_and_set(l->chat, KEY, old, buf_bytes(&value), 0, on_stored, l);
    else
        finish(l, NULL);
    if (value.memory != NULL)
        secret_wipe(value.memory, value.cap);
    buf_free(&value);
}

// NULL when the value is not what we store.
static secret *read_value(bytes value) {
    cJSON *json = NULL;
    secret *s = NULL;
    if (value.len <= VALUE_MAX_BYTES && json_parse(value, &json) == OC_OK &&
        json_int(json, "v", 0) == VALUE_VERSION && strlen(json_text(json, "secret")) == 2 * SECRET_BYTES)
        s = secret_create(json_text(json, "secret"));
    cJSON_Delete(json);
    return s;
}

static void on_loaded(void *ctx, const chat_error *error, bytes value, bool found) {
    load *l = ctx;
    if (error->err != OC_OK) {
        log_error("the installation's secret could not be read", "error", error->message);
        finish(l, NULL);
        return;
    }
    secret *s = found ? read_value(value) : NULL;
    if (s != NULL) {
        finish(l, s);
        return;
    }
    if (found)
        log_warn("the stored secret of this installation is unreadable: buttons made until now do not work "
                 "any more");
    if (found)
        keep_unreadable(l->chat, KEY, value);
    make(l, found ? value : bytes_of(NULL, 0));
}

static void try_load(load *l) {
    if (l->tries++ == TRIES_MAX) {
        log_error("the installation's secret keeps changing in the store");
        finish(l, NULL);
        return;
    }
    chat_kv_get(l->chat, KEY, on_loaded, l);
}

void install_secret_load(chat *c, install_secret_fn *fn, void *ctx) {
    load *l = xcalloc(1, sizeof *l);
    *l = (load){.chat = c, .fn = fn, .ctx = ctx};
    try_load(l);
}
