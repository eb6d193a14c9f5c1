// SPDX-License-Identifier: Apache-2.0
#include "store/open_asks.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"

#include <stdlib.h>
#include <utlist.h>

enum { TRIES_MAX = 8, PAUSE_MS = 40 };

static const char KEY[] = "open_asks";

typedef struct change {
    open_asks *owner;
    open_asks_change_fn *fn;
    open_asks_done_fn *done;
    void *ctx;
    int64_t now_ms;
    int tries;
    open_asks_state state; // as it will be when the write under way succeeds
    struct change *prev, *next;
} change;

struct open_asks {
    loop *loop;
    chat *chat;
    change *waiting; // the first one is at work
    size_t waiting_count;
    loop_timer again;
    bool telling; // a done callback is running: what it begins waits for the next round
    bool closing;
};

open_asks *open_asks_create(loop *l, chat *c) {
    open_asks *s = xcalloc(1, sizeof *s);
    s->loop = l;
    s->chat = c;
    return s;
}

void open_asks_destroy(open_asks *s) {
    if (s == NULL)
        return;
    loop_timer_cancel(&s->again);
    s->closing = true; // nothing new comes in
    while (s->waiting != NULL) {
        change *c = s->waiting;
        DL_DELETE(s->waiting, c);
        c->done(c->ctx, OC_ECLOSED, NULL);
        open_asks_clear(&c->state);
        free(c);
    }
    free(s);
}

static void work(void *ctx);

static void finish(change *c, oc_err err) {
    open_asks *s = c->owner;
    if (err != OC_OK)
        log_warn("what waits for an answer of people could not be read or stored", "error", oc_err_text(err));
    DL_DELETE(s->waiting, c);
    s->waiting_count--;
    s->telling = true;
    c->done(c->ctx, err, err == OC_OK ? &c->state : NULL);
    s->telling = false;
    if (s->waiting != NULL)
        loop_timer_set(s->loop, &s->again, 0, work, s);
    open_asks_clear(&c->state);
    free(c);
}

static void try_again(change *c, oc_err err) {
    open_asks_clear(&c->state);
    if (c->tries == TRIES_MAX)
        finish(c, err);
    else
        loop_timer_set(c->owner->loop, &c->owner->again,
                       (PAUSE_MS << c->tries) / 2 + (int64_t)random_below(PAUSE_MS << c->tries), work,
                       c->owner);
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
    bool damaged = false;
    buf out;
    if (error->err != OC_OK) {
        try_again(c, error->err);
        return;
    }
    c->state = open_asks_read(found ? value : bytes_of(NULL, 0), &damaged);
    if (damaged)
        log_error(
            "what is stored of open questions and approvals is damaged: what could be read of it counts");
    if (c->fn == NULL || !c->fn(c->ctx, &c->state, c->now_ms)) {
        finish(c, OC_OK);
        return;
    }
    buf_init(&out, ASK_VALUE_MAX_BYTES);
    oc_err err = open_asks_write(&c->state, &out);
    if (err == OC_OK)
        chat_kv_compare_and_set(c->owner->chat, KEY, found ? value : bytes_of(NULL, 0), buf_bytes(&out), 0,
                                on_stored, c);
    else
        finish(c, err);
    buf_free(&out);
}

static void work(void *ctx) {
    open_asks *s = ctx;
    if (s->waiting == NULL)
        return;
    s->waiting->tries++;
    chat_kv_get(s->chat, KEY, on_read, s->waiting);
}

void open_asks_change(open_asks *s, open_asks_change_fn *fn, open_asks_done_fn *done, void *ctx) {
    if (s->closing || s->waiting_count == OPEN_ASKS_WAITING_MAX) {
        done(ctx, s->closing ? OC_ECLOSED : OC_EBUSY, NULL);
        return;
    }
    change *c = xcalloc(1, sizeof *c);
    *c = (change){.owner = s, .fn = fn, .done = done, .ctx = ctx, .now_ms = loop_wall_ms(s->loop)};
    bool idle = s->waiting == NULL && !s->telling;
    DL_APPEND(s->waiting, c);
    s->waiting_count++;
    if (idle)
        work(s);
}
