// SPDX-License-Identifier: Apache-2.0
#include "store/open_asks.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/kv_changes.h"

#include <stdlib.h>

static const char KEY[] = "open_asks";
enum { TRIES_MAX = 8 };

struct open_asks {
    loop *loop;
    kv_changes *changes;
};

typedef struct change {
    open_asks_change_fn *fn;
    open_asks_done_fn *done;
    void *ctx;
    int64_t now_ms;
    open_asks_state state; // as it will be when the write under way succeeds
} change;

open_asks *open_asks_create(loop *l, chat *c) {
    open_asks *s = xcalloc(1, sizeof *s);
    *s = (open_asks){.loop = l, .changes = kv_changes_create(l, c, OPEN_ASKS_WAITING_MAX, TRIES_MAX)};
    return s;
}

void open_asks_destroy(open_asks *s) {
    if (s == NULL)
        return;
    kv_changes_destroy(s->changes);
    free(s);
}

static oc_err alter(void *ctx, bytes value, kv_value *out) {
    change *c = ctx;
    bool damaged = false;
    open_asks_clear(&c->state);
    c->state = open_asks_read(value, &damaged);
    if (damaged)
        log_error(
            "what is stored of open questions and approvals is damaged: what could be read of it counts");
    if (c->fn == NULL || !c->fn(c->ctx, &c->state, c->now_ms))
        return OC_OK;
    out->unreadable = damaged;
    return open_asks_write(&c->state, &out->text);
}

static void on_altered(void *ctx, oc_err err) {
    change *c = ctx;
    if (err != OC_OK && err != OC_ECLOSED)
        log_warn("what waits for an answer of people could not be read or stored", "error", oc_err_text(err));
    c->done(c->ctx, err, err == OC_OK ? &c->state : NULL);
    open_asks_clear(&c->state);
    free(c);
}

void open_asks_change(open_asks *s, open_asks_change_fn *fn, open_asks_done_fn *done, void *ctx) {
    change *c = xcalloc(1, sizeof *c);
    *c = (change){.fn = fn, .done = done, .ctx = ctx, .now_ms = loop_wall_ms(s->loop)};
    kv_changes_add(s->changes, KEY, ASK_VALUE_MAX_BYTES, alter, on_altered, c);
}
