// SPDX-License-Identifier: Apache-2.0
#include "outbound/spoken_store.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/account_key.h"
#include "store/unreadable.h"

#include <stdlib.h>

enum { RETRY_MS = 2000 };

struct spoken_store {
    loop *loop;
    chat *chat;
    char *key;
    spoken *known;
    bool calling; // an answer of the store is outstanding
    bool unsaved; // something is known that is not in the store
    bool dead;    // destroyed meanwhile: freed with the answer
    spoken_loaded_fn *loaded;
    void *ctx;
    loop_timer write;
};

spoken_store *spoken_store_create(loop *l, chat *c, const char *gateway_url) {
    spoken_store *s = xcalloc(1, sizeof *s);
    *s = (spoken_store){
        .loop = l, .chat = c, .key = account_key("spoken", gateway_url), .known = spoken_create()};
    return s;
}

static void free_store(spoken_store *s) {
    spoken_destroy(s->known);
    free(s->key);
    free(s);
}

void spoken_store_destroy(spoken_store *s) {
    if (s == NULL)
        return;
    loop_timer_cancel(&s->write);
    s->dead = true;
    if (!s->calling)
        free_store(s);
}

spoken *spoken_store_known(spoken_store *s) {
    return s->known;
}

static void read_value(void *ctx);

// Returns whether it goes on.
static bool answered(spoken_store *s) {
    s->calling = false;
    if (s->dead)
        free_store(s);
    else
        return true;
    return false;
}

static void write_later(spoken_store *s, int64_t delay_ms) {
    if (!s->calling && !loop_timer_armed(&s->write))
        loop_timer_set(s->loop, &s->write, delay_ms, read_value, s);
}

static void tell_loaded(spoken_store *s, bool readable) {
    spoken_loaded_fn *fn = s->loaded;
    s->loaded = NULL;
    if (fn != NULL)
        fn(s->ctx, readable);
}

static void on_stored(void *ctx, const chat_error *error, bool stored) {
    spoken_store *s = ctx;
    if (!answered(s))
        return;
    if (error->err != OC_OK)
        log_warn("it could not be stored what agents said by themselves", "error", error->message);
    if (error->err != OC_OK || !stored) { // another node was faster: read and merged anew
        s->unsaved = true;
        write_later(s, RETRY_MS);
    } else if (s->unsaved) {
        write_later(s, SPOKEN_DELAY_MS);
    }
    if (s->loaded != NULL && !s->calling)
        read_value(s);
}

static void write_value(spoken_store *s, bytes old, bool found) {
    buf out;
    buf_init(&out, SPOKEN_VALUE_MAX_BYTES);
    if (spoken_write(s->known, &out) == OC_OK) {
        s->unsaved = false;
        s->calling = true;
        chat_kv_compare_and_set(s->chat, s->key, found ? old : bytes_of(NULL, 0), buf_bytes(&out), 0,
                                on_stored, s);
    } else {
        log_error("what agents said by themselves is too long to be stored");
    }
    buf_free(&out);
}

static void on_read(void *ctx, const chat_error *error, bytes value, bool found) {
    spoken_store *s = ctx;
    bool damaged = false;
    if (!answered(s))
        return;
    if (error->err != OC_OK) {
        if (s->unsaved)
            write_later(s, RETRY_MS);
        tell_loaded(s, false);
        return;
    }
    spoken *stored = spoken_read(found ? value : bytes_of(NULL, 0), &damaged);
    if (found && damaged)
        log_error("what is stored about agents' own messages is damaged: it begins anew");
    spoken_merge(s->known, stored);
    spoken_destroy(stored);
    if (s->unsaved && found && damaged)
        keep_unreadable(s->chat, s->key, value);
    if (s->unsaved)
        write_value(s, value, found);
    tell_loaded(s, true);
}

static void read_value(void *ctx) {
    spoken_store *s = ctx;
    loop_timer_cancel(&s->write);
    if (s->calling)
        return;
    s->calling = true;
    chat_kv_get(s->chat, s->key, on_read, s);
}

void spoken_store_load(spoken_store *s, spoken_loaded_fn *fn, void *ctx) {
    s->loaded = fn;
    s->ctx = ctx;
    read_value(s);
}

void spoken_store_save(spoken_store *s) {
    s->unsaved = true;
    write_later(s, SPOKEN_DELAY_MS);
}

void spoken_store_flush(spoken_store *s) {
    if (s->unsaved)
        read_value(s);
}
