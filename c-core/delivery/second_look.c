// SPDX-License-Identifier: Apache-2.0
#include "delivery/second_look.h"

#include "base/log.h"
#include "base/mem.h"
#include "delivery/parts.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

typedef struct look {
    second_looks *owner;
    char *post_id;
    kept_part what;
    int64_t until_ms; // of the last one, on the loop's clock
    loop_timer timer;
    bool waiting, gone; // an answer of the server is outstanding; nobody wants it any more
    struct look *prev, *next;
} look;

struct second_looks {
    loop *loop;
    chat *chat;
    look *looks;
    size_t count;
};

second_looks *second_looks_create(loop *l, chat *c) {
    second_looks *s = xcalloc(1, sizeof *s);
    *s = (second_looks){.loop = l, .chat = c};
    return s;
}

static void look_free(look *k) {
    free(k->post_id);
    part_free(&k->what);
    free(k);
}

static void drop(look *k) {
    loop_timer_cancel(&k->timer);
    DL_DELETE(k->owner->looks, k);
    k->owner->count--;
    k->gone = true;
    if (!k->waiting)
        look_free(k);
}

void second_looks_destroy(second_looks *s) {
    if (s == NULL)
        return;
    while (s->looks != NULL)
        drop(s->looks);
    free(s);
}

static void look_now(void *ctx);

static void again(look *k) {
    int64_t now_ms = loop_now_ms(k->owner->loop);
    if (now_ms >= k->until_ms)
        drop(k);
    else
        loop_timer_set(k->owner->loop, &k->timer, k->until_ms - now_ms, look_now, k);
}

// Whether somebody still wants to know what was asked.
static bool answered(look *k) {
    bool wanted = !k->gone;
    k->waiting = false;
    if (!wanted)
        look_free(k);
    return wanted;
}

static void on_edited(void *ctx, const chat_error *error, const chat_post *post) {
    look *k = ctx;
    (void)post;
    if (error->err != OC_OK)
        log_warn("an answer that an older edit had overwritten could not be put right", "post_id", k->post_id,
                 "error", error->message);
    if (answered(k))
        again(k);
}

static void on_post(void *ctx, const chat_error *error, const chat_post *post) {
    look *k = ctx;
    if (!answered(k))
        return;
    if (error->err == OC_ENOTFOUND || (error->err == OC_OK && post->delete_at_ms != 0)) {
        drop(k);
        return;
    }
    bool files_gone = k->what.file_ids != NULL && cJSON_GetArraySize(post->file_ids) == 0;
    if (error->err != OC_OK || (strcmp(post->message, k->what.text) == 0 && !files_gone)) {
        again(k);
        return;
    }
    log_warn("an answer was overwritten by an older edit, and is put right", "post_id", k->post_id);
    k->waiting = true;
    chat_edit_post(k->owner->chat,
                   &(chat_edit){.post_id = k->post_id, .message = k->what.text, .file_ids = k->what.file_ids},
                   on_edited, k);
}

static void look_now(void *ctx) {
    look *k = ctx;
    k->waiting = true;
    chat_get_post(k->owner->chat, k->post_id, on_post, k);
}

void second_looks_add(second_looks *s, const char *post_id, const part *what) {
    if (s->count == SECOND_LOOKS_MAX)
        return;
    look *k = xcalloc(1, sizeof *k);
    *k = (look){.owner = s,
                .post_id = xstrdup(post_id),
                .what = part_keep(what),
                .until_ms = loop_now_ms(s->loop) + LAST_LOOK_MS};
    DL_APPEND(s->looks, k);
    s->count++;
    loop_timer_set(s->loop, &k->timer, SECOND_LOOK_MS, look_now, k);
}

void second_looks_forget(second_looks *s, const char *post_id) {
    look *k = NULL, *next = NULL;
    if (s == NULL)
        return;
    DL_FOREACH_SAFE (s->looks, k, next) {
        if (strcmp(k->post_id, post_id) == 0)
            drop(k);
    }
}
