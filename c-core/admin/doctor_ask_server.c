// SPDX-License-Identifier: Apache-2.0
// Questions to the server as a whole.
#include "admin/doctor_private.h"
#include "base/mem.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_LIVES_S = 60 };

static void on_server(void *ctx, const chat_error *error, const chat_server_info *info) {
    question *q = ctx;
    asking *a = q->asking;
    if (a != NULL && error->err == OC_OK) {
        a->site_url = xstrdup(info->site_url);
        a->version = xstrdup(info->version);
        a->facts.server = *info;
        a->facts.server.site_url = a->site_url;
        a->facts.server.version = a->version;
        a->facts.server.teammate_name_display = a->facts.server.locale = ""; // nobody looks at them
    }
    doctor_answered(q, doctor_answer_of(error->err));
}

// --- the store: a value is written, read back and taken away ---

static void keep(char **slot, const chat_error *error) {
    free(*slot);
    *slot = xstrdup(error->message);
}

static void on_taken_away(void *ctx, const chat_error *error) {
    (void)ctx, (void)error; // it goes by itself, too
}

static void on_read_back(void *ctx, const chat_error *error, bytes value, bool found) {
    question *q = ctx;
    asking *a = q->asking;
    (void)value, (void)found; // a copy of the database may be behind
    chat_kv_delete(q->owner->world.chat, q->key, on_taken_away, NULL);
    if (a != NULL) {
        a->facts.store_ms = loop_now_ms(a->owner->world.loop) - a->began_ms;
        if (error->err != OC_OK)
            keep(&a->store_error, error);
    }
    doctor_answered(q, doctor_answer_of(error->err));
}

static void on_written(void *ctx, const chat_error *error) {
    question *q = ctx;
    if (error->err == OC_OK) {
        chat_kv_get(q->owner->world.chat, q->key, on_read_back, q);
        return;
    }
    if (q->asking != NULL)
        keep(&q->asking->store_error, error);
    doctor_answered(q, doctor_answer_of(error->err));
}

static void ask_store(asking *a) {
    question *q = doctor_question(a, NULL, &a->facts.store_asked);
    char *key = xasprintf("doctor.%08x", random_below(UINT32_MAX));
    (void)memcpy(q->key, key, strlen(key) + 1);
    free(key);
    chat_kv_set(a->owner->world.chat, q->key, bytes_str("{\"v\":1}"), KEY_LIVES_S, on_written, q);
}

// --- the way back ---

static void on_callback(void *ctx, const chat_error *error) {
    question *q = ctx;
    asking *a = q->asking;
    if (a != NULL && error->err != OC_OK)
        keep(&a->callback_error, error);
    bool untried = error->err == OC_ENOTFOUND && error->http_status == 0;
    doctor_answered(q, untried ? DOCTOR_NOT_ASKED : doctor_answer_of(error->err));
}

void doctor_ask_server(asking *a) {
    chat *c = a->owner->world.chat;
    const chat_connection way = chat_get_connection(c);
    if (!way.outside || way.known)
        chat_get_server_info(c, on_server, doctor_question(a, NULL, &a->facts.server_asked));
    ask_store(a);
    if (way.outside && *way.callbacks != '\0')
        chat_try_callback(c, on_callback, doctor_question(a, NULL, &a->facts.callback_asked));
}
