// SPDX-License-Identifier: Apache-2.0
#include "store/kv_changes.h"

#include "base/mem.h"
#include "base/random.h"
#include "store/unreadable.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { PAUSE_MS = 40 };

typedef struct change {
    kv_changes *owner;
    char *key;
    size_t max_bytes;
    kv_change_fn *fn;
    kv_done_fn *done;
    void *ctx;
    int tries; // 0: not begun, one of its key was there before
    loop_timer again;
    struct change *prev, *next;
} change;

struct kv_changes {
    loop *loop;
    chat *chat;
    change *changes; // in the order in which they came
    size_t count, count_max;
    int tries_max;
    loop_timer next;
    bool closing;
};

kv_changes *kv_changes_create(loop *l, chat *c, size_t waiting_max, int tries_max) {
    kv_changes *q = xcalloc(1, sizeof *q);
    *q = (kv_changes){.loop = l, .chat = c, .count_max = waiting_max, .tries_max = tries_max};
    return q;
}

static void change_end(change *c, oc_err err) {
    loop_timer_cancel(&c->again);
    DL_DELETE(c->owner->changes, c);
    c->owner->count--;
    c->done(c->ctx, err);
    free(c->key);
    free(c);
}

void kv_changes_destroy(kv_changes *q) {
    if (q == NULL)
        return;
    loop_timer_cancel(&q->next);
    q->closing = true;
    while (q->changes != NULL)
        change_end(q->changes, OC_ECLOSED);
    free(q);
}

static void try_change(void *ctx);

static change *first_of(const kv_changes *q, const char *key) {
    change *c = q->changes;
    while (c != NULL && strcmp(c->key, key) != 0)
        c = c->next;
    return c;
}

static void begin_next(void *ctx) {
    kv_changes *q = ctx;
    change *c = q->changes;
    while (c != NULL && (c->tries > 0 || first_of(q, c->key) != c))
        c = c->next;
    if (c == NULL)
        return;
    loop_timer_set(q->loop, &q->next, 0, begin_next, q); // there may be more, of other keys
    try_change(c);
}

static void finish(change *c, oc_err err) {
    kv_changes *q = c->owner;
    change_end(c, err);
    if (q->changes != NULL)
        loop_timer_set(q->loop, &q->next, 0, begin_next, q);
}

static void try_again(change *c, oc_err err) {
    int64_t pause_ms = (int64_t)PAUSE_MS << c->tries;
    if (c->tries == c->owner->tries_max)
        finish(c, err);
    else
        loop_timer_set(c->owner->loop, &c->again, pause_ms / 2 + (int64_t)random_below((uint32_t)pause_ms),
                       try_change, c);
}

static void on_stored(void *ctx, const chat_error *error, bool stored) {
    change *c = ctx;
    if (error->err != OC_OK)
        try_again(c, error->err);
    else if (stored)
        finish(c, OC_OK);
    else
        try_again(c, OC_ECONFLICT);
}

static void on_read(void *ctx, const chat_error *error, bytes value, bool found) {
    change *c = ctx;
    if (error->err != OC_OK) {
        try_again(c, error->err);
        return;
    }
    bytes old = found ? value : bytes_of(NULL, 0);
    kv_value out = {0};
    buf_init(&out.text, c->max_bytes);
    oc_err err = c->fn(c->ctx, old, &out);
    bool writes = err == OC_OK && buf_bytes(&out.text).len > 0;
    if (writes && out.unreadable && found)
        keep_unreadable(c->owner->chat, c->key, value);
    if (writes)
        chat_kv_compare_and_set(c->owner->chat, c->key, old, buf_bytes(&out.text), out.expire_s, on_stored,
                                c);
    else
        finish(c, err);
    buf_free(&out.text);
}

static void try_change(void *ctx) {
    change *c = ctx;
    c->tries++;
    chat_kv_get(c->owner->chat, c->key, on_read, c);
}

void kv_changes_add(kv_changes *q, const char *key, size_t max_bytes, kv_change_fn *fn, kv_done_fn *done,
                    void *ctx) {
    if (q->closing || q->count == q->count_max) {
        done(ctx, q->closing ? OC_ECLOSED : OC_EBUSY);
        return;
    }
    change *c = xcalloc(1, sizeof *c);
    *c =
        (change){.owner = q, .key = xstrdup(key), .max_bytes = max_bytes, .fn = fn, .done = done, .ctx = ctx};
    DL_APPEND(q->changes, c);
    q->count++;
    if (first_of(q, key) == c)
        try_change(c);
}
