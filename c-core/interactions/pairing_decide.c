// SPDX-License-Identifier: Apache-2.0
// What approvers decide, by code or by button.
#include "base/mem.h"
#include "chat/audit.h"
#include "interactions/pairing_private.h"
#include "interactions/pairing_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool desk_may_decide(const account *a, const person *p) {
    return a->config != NULL && person_approves(p, a->config);
}

bool pairing_desk_approves_somewhere(const pairing_desk *d, const person *p) {
    for (size_t i = 0;; i++) {
        const account *a = d->world.account(d->world.ctx, i);
        if (a == NULL || desk_may_decide(a, p))
            return a != NULL;
    }
}

// --- one decision ---

typedef struct deciding {
    pairing_desk *desk;
    char *account_id;
    char key[PAIRING_KEY_BYTES], by[PAIRING_ID_BYTES];
    bool approve;
    pairing_verdict verdict;
    decided_fn *fn;
    void *ctx;
} deciding;

static bool change_decide(void *ctx, pairing_state *s, int64_t now_ms) {
    deciding *job = ctx;
    pairing_deciding what = {
        .key = job->key, .approve = job->approve, .by = job->by, .node = job->desk->world.node};
    job->verdict = pairing_decide(s, &what, now_ms);
    return job->verdict == PAIRING_DECIDED;
}

static void on_decided(void *ctx, oc_err err, const pairing_state *s) {
    deciding *job = ctx;
    const pairing_request *r = err == OC_OK ? pairing_find_key(s, job->key) : NULL;
    const account *a = desk_account(job->desk, job->account_id);
    if (r == NULL && err == OC_OK)
        job->verdict = PAIRING_UNKNOWN;
    if (r != NULL && job->verdict == PAIRING_DECIDED) {
        audit(job->desk->world.chat, job->approve ? AUDIT_PAIRING_APPROVE : AUDIT_PAIRING_DENY, job->by, "",
              "account", job->account_id, "person", r->user_id);
        if (r->owed && a != NULL)
            release_begin(job->desk, a, r, false);
    }
    if (r != NULL && job->verdict != PAIRING_FULL)
        notes_close(job->desk, r);
    job->fn(job->ctx, err, job->verdict, r);
    free(job->account_id);
    free(job);
}

void desk_decide(pairing_desk *d, const account *a, const char *key, bool approve, const person *by,
                 decided_fn *fn, void *ctx) {
    deciding *job = xcalloc(1, sizeof *job);
    *job = (deciding){.desk = d, .account_id = xstrdup(a->id), .approve = approve, .fn = fn, .ctx = ctx};
    snprintf(job->key, sizeof job->key, "%s", key);
    snprintf(job->by, sizeof job->by, "%s", by->id);
    pairings_change(d->world.store, a->id, change_decide, on_decided, job);
}

// --- by code: the accounts are looked through one after another ---

typedef struct search {
    pairing_desk *desk;
    person by;
    char *code;
    bool approve, foreign; // foreign: there is such a request, but not for this person to decide
    size_t index;
    pairing_text_fn *fn;
    void *ctx;
} search;

static void search_end(search *s, const char *text) {
    s->fn(s->ctx, text);
    free(s->code);
    free(s);
}

static void look_on(search *s);

static void on_code_decided(void *ctx, oc_err err, pairing_verdict verdict, const pairing_request *r) {
    search *s = ctx;
    char *text = words_pairing_verdict(err, verdict, r, s->approve);
    search_end(s, text);
    free(text);
}

static void on_requests(void *ctx, oc_err err, const pairing_state *state) {
    search *s = ctx;
    const account *a = s->desk->world.account(s->desk->world.ctx, s->index++);
    int64_t now_ms = loop_wall_ms(s->desk->world.loop);
    const pairing_request *r = err == OC_OK ? pairing_find_code(state, s->code, now_ms) : NULL;
    if (err != OC_OK) {
        on_code_decided(s, err, PAIRING_UNKNOWN, NULL);
    } else if (r == NULL || a == NULL) {
        look_on(s);
    } else if (!desk_may_decide(a, &s->by)) {
        s->foreign = true;
        look_on(s);
    } else {
        char key[PAIRING_KEY_BYTES];
        memcpy(key, r->key, sizeof key);
        desk_decide(s->desk, a, key, s->approve, &s->by, on_code_decided, s);
    }
}

static void look_on(search *s) {
    const account *a = s->desk->world.account(s->desk->world.ctx, s->index);
    if (a != NULL)
        pairings_change(s->desk->world.store, a->id, NULL, on_requests, s);
    else
        search_end(s, s->foreign ? words_marked(WORD_PAIRING_NOT_YOURS) : words_marked(WORD_PAIRING_NO_CODE));
}

void pairing_desk_decide_code(pairing_desk *d, const person *by, const char *code, bool approve,
                              pairing_text_fn *fn, void *ctx) {
    if (!pairing_desk_approves_somewhere(d,
                                         by)) { // who may decide nothing does not learn which codes there are
        fn(ctx, words_marked(WORD_PAIRING_NOT_YOURS));
        return;
    }
    search *s = xcalloc(1, sizeof *s);
    *s = (search){.desk = d, .by = *by, .code = xstrdup(code), .approve = approve, .fn = fn, .ctx = ctx};
    look_on(s);
}
