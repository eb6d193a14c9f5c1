// SPDX-License-Identifier: Apache-2.0
#include "store/pairings.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/account_key.h"
#include "store/kv_changes.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { TRIES_MAX = 8 };

// What is known of one account.
typedef struct known {
    char *account_id;
    pairing_state *state;
    int64_t read_ms; // on the loop's clock
    struct known *next;
} known;

struct pairings {
    loop *loop;
    chat *chat;
    known *known;
    kv_changes *changes;
};

pairings *pairings_create(loop *l, chat *c) {
    pairings *p = xcalloc(1, sizeof *p);
    p->loop = l;
    p->chat = c;
    p->changes = kv_changes_create(l, c, PAIRINGS_WAITING_MAX, TRIES_MAX);
    return p;
}

void pairings_destroy(pairings *p) {
    if (p == NULL)
        return;
    kv_changes_destroy(p->changes);
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

// --- changes ---

typedef struct change {
    pairings *owner;
    char *account_id, *key;
    pairings_change_fn *fn;
    pairings_done_fn *done;
    void *ctx;
    int64_t now_ms;
    pairing_state *state; // as it will be when the write under way succeeds
} change;

static oc_err alter(void *ctx, bytes value, kv_value *out) {
    change *c = ctx;
    bool damaged = false;
    pairing_state_destroy(c->state);
    c->state = pairing_state_read(value, &damaged);
    pairing_state_expire(c->state, c->now_ms);
    if (c->fn == NULL || !c->fn(c->ctx, c->state, c->now_ms))
        return OC_OK;
    out->unreadable = damaged;
    return pairing_state_write(c->state, &out->text);
}

static void on_altered(void *ctx, oc_err err) {
    change *c = ctx;
    const pairing_state *s = NULL;
    if (err == OC_OK) {
        s = remember(c->owner, c->account_id, c->state)->state;
        c->state = NULL;
    } else if (err != OC_ECLOSED) {
        log_warn("the pairings could not be read or changed", "account", c->account_id, "error",
                 oc_err_text(err));
    }
    c->done(c->ctx, err, s);
    pairing_state_destroy(c->state);
    free(c->account_id);
    free(c->key);
    free(c);
}

void pairings_change(pairings *p, const char *account_id, pairings_change_fn *fn, pairings_done_fn *done,
                     void *ctx) {
    change *c = xcalloc(1, sizeof *c);
    *c = (change){.owner = p,
                  .account_id = xstrdup(account_id),
                  .key = account_key("pairings", account_id),
                  .fn = fn,
                  .done = done,
                  .ctx = ctx,
                  .now_ms = loop_wall_ms(p->loop)};
    kv_changes_add(p->changes, c->key, PAIRING_VALUE_MAX_BYTES, alter, on_altered, c);
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
