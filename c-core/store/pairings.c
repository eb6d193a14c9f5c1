// SPDX-License-Identifier: Apache-2.0
#include "store/pairings.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "store/account_key.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { TRIES_MAX = 8, PAUSE_MS = 40 };

// What is known of one account.
typedef struct known {
    char *account_id;
    pairing_state *state;
    int64_t read_ms; // on the loop's clock
    struct known *next;
} known;

typedef struct change {
    pairings *owner;
    char *account_id, *key;
    pairings_change_fn *fn;
    pairings_done_fn *done;
    void *ctx;
    int64_t now_ms;
    int tries;
    pairing_state *state; // as it will be when the write under way succeeds
    struct change *prev, *next;
} change;

struct pairings {
    loop *loop;
    chat *chat;
    known *known;
    change *waiting; // the first one is at work
    size_t waiting_count;
    loop_timer again;
    bool telling; // a done callback is running: what it begins waits for the next round
};

pairings *pairings_create(loop *l, chat *c) {
    pairings *p = xcalloc(1, sizeof *p);
    p->loop = l;
    p->chat = c;
    return p;
}

static void change_free(change *c) {
    pairing_state_destroy(c->state);
    free(c->account_id);
    free(c->key);
    free(c);
}

void pairings_destroy(pairings *p) {
    if (p == NULL)
        return;
    loop_timer_cancel(&p->again);
    p->waiting_count = PAIRINGS_WAITING_MAX; // nothing new comes in
    while (p->waiting != NULL) {
        change *c = p->waiting;
        DL_DELETE(p->waiting, c);
        c->done(c->ctx, OC_ECLOSED, NULL);
        change_free(c);
    }
    while (p->known != NULL) {
        known *k = p->known;
        LL_DELETE(p->known, k);
        pairing_state_destroy(k->state);
        free(k->account_id);
        free(k);
    }
    free(p);
}

static known *find_known(const pairings *p, const char *account_id) {
    known *k = NULL;
    LL_FOREACH (p->known, k) {
        if (strcmp(k->account_id, account_id) == 0)
            return k;
    }
    return NULL;
}

// Takes the state over.
static known *remember(pairings *p, const char *account_id, pairing_state *s) {
    known *k = find_known(p, account_id);
    if (k == NULL) {
        k = xcalloc(1, sizeof *k);
        k->account_id = xstrdup(account_id);
        LL_PREPEND(p->known, k);
    }
    pairing_state_destroy(k->state);
    k->state = s;
    k->read_ms = loop_now_ms(p->loop);
    return k;
}

// --- changes, one after the other ---

static void work(void *ctx);

static void finish(change *c, oc_err err) {
    pairings *p = c->owner;
    const pairing_state *s = NULL;
    if (err == OC_OK) {
        s = remember(p, c->account_id, c->state)->state;
        c->state = NULL;
    } else {
        log_warn("the pairings could not be read or changed", "account", c->account_id, "error",
                 oc_err_text(err));
    }
    DL_DELETE(p->waiting, c);
    p->waiting_count--;
    p->telling = true;
    c->done(c->ctx, err, s);
    p->telling = false;
    if (p->waiting != NULL)
        loop_timer_set(p->loop, &p->again, 0, work, p);
    change_free(c);
}

static void try_again(change *c, oc_err err) {
    pairing_state_destroy(c->state);
    c->state = NULL;
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

static void ignore_done(void *ctx, const chat_error *error) {
    (void)ctx;
    if (error->err != OC_OK)
        log_warn("a damaged value could not be kept", "error", error->message);
}

static void keep_damaged(change *c, bytes value) {
    char *key = xasprintf("%s.unreadable", c->key);
    log_error("stored pairings are damaged: what could be read of them counts", "account", c->account_id,
              "kept_as", key);
    chat_kv_set(c->owner->chat, key, value, 0, ignore_done, NULL);
    free(key);
}

static void on_read(void *ctx, const chat_error *error, bytes value, bool found) {
    change *c = ctx;
    bool damaged = false;
    buf out;
    if (error->err != OC_OK) {
        try_again(c, error->err);
        return;
    }
    c->state = pairing_state_read(value, &damaged);
    damaged = damaged && found;
    pairing_state_expire(c->state, c->now_ms);
    if (c->fn == NULL || !c->fn(c->ctx, c->state, c->now_ms)) {
        finish(c, OC_OK);
        return;
    }
    if (damaged)
        keep_damaged(c, value);
    buf_init(&out, PAIRING_VALUE_MAX_BYTES);
    oc_err err = pairing_state_write(c->state, &out);
    if (err == OC_OK)
        chat_kv_compare_and_set(c->owner->chat, c->key, found ? value : bytes_of(NULL, 0), buf_bytes(&out), 0,
                                on_stored, c);
    else
        finish(c, err);
    buf_free(&out);
}

static void work(void *ctx) {
    pairings *p = ctx;
    if (p->waiting == NULL)
        return;
    p->waiting->tries++;
    chat_kv_get(p->chat, p->waiting->key, on_read, p->waiting);
}

void pairings_change(pairings *p, const char *account_id, pairings_change_fn *fn, pairings_done_fn *done,
                     void *ctx) {
    if (p->waiting_count == PAIRINGS_WAITING_MAX) {
        done(ctx, OC_EBUSY, NULL);
        return;
    }
    change *c = xcalloc(1, sizeof *c);
    *c = (change){.owner = p,
                  .account_id = xstrdup(account_id),
                  .key = account_key("pairings", account_id),
                  .fn = fn,
                  .done = done,
                  .ctx = ctx,
                  .now_ms = loop_wall_ms(p->loop)};
    bool idle = p->waiting == NULL && !p->telling;
    DL_APPEND(p->waiting, c);
    p->waiting_count++;
    if (idle)
        work(p);
}

// --- who is in ---

typedef struct question {
    char *user_id;
    pairings_flag_fn *fn;
    void *ctx;
} question;

static void on_known(void *ctx, oc_err err, const pairing_state *s) {
    question *q = ctx;
    q->fn(q->ctx, err, err == OC_OK && pairing_is_approved(s, q->user_id));
    free(q->user_id);
    free(q);
}

void pairings_is_approved(pairings *p, const char *account_id, const char *user_id, pairings_flag_fn *fn,
                          void *ctx) {
    const known *k = find_known(p, account_id);
    if (k != NULL && loop_now_ms(p->loop) - k->read_ms < PAIRINGS_FRESH_MS) {
        fn(ctx, OC_OK, pairing_is_approved(k->state, user_id));
        return;
    }
    question *q = xcalloc(1, sizeof *q);
    *q = (question){.user_id = xstrdup(user_id), .fn = fn, .ctx = ctx};
    pairings_change(p, account_id, NULL, on_known, q);
}

bool pairings_let_in_by(const pairings *p, const char *account_id, const char *post_id) {
    const known *k = find_known(p, account_id);
    for (size_t i = 0; k != NULL && i < pairing_count(k->state); i++) {
        const pairing_request *r = pairing_at(k->state, i);
        if (r->status == PAIRING_APPROVED && strcmp(r->post_id, post_id) == 0)
            return true;
    }
    return false;
}
