// SPDX-License-Identifier: Apache-2.0
#include "interactions/pairing_private.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "chat/views.h"
#include "interactions/pairing_words.h"
#include "store/install_secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OTHERS_DEBT_MS = 10 * 60 * 1000 }; // older than this the node that decided has died over it

pairing_desk *pairing_desk_create(const pairing_world *w) {
    pairing_desk *d = xcalloc(1, sizeof *d);
    d->world = *w;
    d->resumed = xcalloc(1, sizeof *d->resumed);
    return d;
}

void pairing_desk_destroy(pairing_desk *d) {
    if (d == NULL)
        return;
    releases_end(d);
    secret_destroy(d->secret);
    for (size_t i = 0; i < d->resumed_count; i++)
        free(d->resumed[i]);
    free(d->resumed);
    free(d);
}

const account *desk_account(const pairing_desk *d, const char *account_id) {
    for (size_t i = 0;; i++) {
        const account *a = d->world.account(d->world.ctx, i);
        if (a == NULL || strcmp(a->id, account_id) == 0)
            return a;
    }
}

// --- the installation's secret ---

typedef struct secret_wish {
    pairing_desk *desk;
    desk_secret_fn *fn;
    void *ctx;
} secret_wish;

static void on_secret(void *ctx, secret *s) {
    secret_wish *wish = ctx;
    pairing_desk *d = wish->desk;
    if (d->secret == NULL)
        d->secret = s;
    else
        secret_destroy(s);
    wish->fn(wish->ctx, d->secret);
    free(wish);
}

void desk_secret(pairing_desk *d, desk_secret_fn *fn, void *ctx) {
    if (d->secret != NULL) {
        fn(ctx, d->secret);
        return;
    }
    secret_wish *wish = xmalloc(sizeof *wish);
    *wish = (secret_wish){.desk = d, .fn = fn, .ctx = ctx};
    install_secret_load(d->world.chat, on_secret, wish);
}

// --- a person asks ---

typedef struct asking {
    pairing_desk *desk;
    char *account_id;
    chat_post post;
    char name[PAIRING_NAME_BYTES], key[PAIRING_KEY_BYTES];
    pairing_answer answer;
    bool tell;
    pairing_asked_fn *fn;
    void *ctx;
} asking;

static void free_code(const pairing_state *s, int64_t now_ms, char code[PAIRING_CODE_LENGTH + 1]) {
    uint8_t random[PAIRING_CODE_LENGTH];
    const pairing_request *same = NULL;
    do {
        random_bytes(random, sizeof random);
        pairing_make_code(random, code);
        same = pairing_find_code(s, code, now_ms);
    } while (same != NULL); // of 2^40 codes at most a few hundred are taken
}

static bool change_ask(void *ctx, pairing_state *s, int64_t now_ms) {
    asking *a = ctx;
    char code[PAIRING_CODE_LENGTH + 1];
    const pairing_request *r = NULL;
    free_code(s, now_ms, code);
    pairing_asking what = {.user_id = a->post.user_id,
                           .name = a->name,
                           .post_id = a->post.id,
                           .channel_id = a->post.channel_id,
                           .post_at_ms = a->post.create_at_ms,
                           .key = a->key,
                           .code = code};
    a->answer = pairing_ask(s, &what, now_ms, &a->tell, &r);
    return a->answer == PAIRING_NEW || r != NULL || a->tell; // also when somebody was only seen again
}

static const pairing_request *request_of(const pairing_state *s, const char *user_id) {
    for (size_t i = 0; i < pairing_count(s); i++) {
        if (strcmp(pairing_at(s, i)->user_id, user_id) == 0)
            return pairing_at(s, i);
    }
    return NULL;
}

static void told(asking *a, const pairing_state *s) {
    const pairing_request *r = request_of(s, a->post.user_id);
    const account *acc = desk_account(a->desk, a->account_id);
    char *text = NULL;
    log_info("a person asks to talk to the bot", "account", a->account_id, "user", a->post.user_id, "new",
             a->answer == PAIRING_NEW ? "yes" : "no");
    switch (a->answer) {
    case PAIRING_IS_IN:
        break;
    case PAIRING_NEW:
        text = r != NULL ? words_pairing_new(r) : NULL;
        if (r != NULL && r->note_count == 0 && acc != NULL)
            notes_ask(a->desk, acc, r);
        break;
    case PAIRING_REPEATED:
        text = a->tell && r != NULL ? words_pairing_repeated(r, loop_wall_ms(a->desk->world.loop)) : NULL;
        break;
    case PAIRING_TOO_MANY:
        text = a->tell ? xstrdup(words_marked(WORD_PAIRING_TOO_MANY)) : NULL;
        break;
    case PAIRING_TURNED_DOWN:
        text = a->tell ? xstrdup(words_marked(WORD_PAIRING_TURNED_DOWN)) : NULL;
        break;
    }
    a->fn(a->ctx, a->answer == PAIRING_IS_IN, text);
    free(text);
}

static void on_asked(void *ctx, oc_err err, const pairing_state *s) {
    asking *a = ctx;
    if (err == OC_OK)
        told(a, s);
    else
        a->fn(a->ctx, false, words_marked(WORD_PAIRING_TROUBLE));
    chat_post_free(&a->post);
    free(a->account_id);
    free(a);
}

void pairing_desk_ask(pairing_desk *d, const account *acc, const chat_post *post, const char *sender_name,
                      pairing_asked_fn *fn, void *ctx) {
    asking *a = xcalloc(1, sizeof *a);
    *a = (asking){
        .desk = d, .account_id = xstrdup(acc->id), .post = chat_post_dup(post), .fn = fn, .ctx = ctx};
    snprintf(a->name, sizeof a->name, "%s", *sender_name != '\0' ? sender_name : post->user_id);
    random_hex(a->key, (PAIRING_KEY_BYTES - 1) / 2);
    pairings_change(d->world.store, acc->id, change_ask, on_asked, a);
}

// --- what an earlier process left ---

typedef struct resuming {
    pairing_desk *desk;
    char *account_id;
} resuming;

static void on_debts(void *ctx, oc_err err, const pairing_state *s) {
    resuming *job = ctx;
    pairing_desk *d = job->desk;
    int64_t now_ms = loop_wall_ms(d->world.loop);
    for (size_t i = 0; err == OC_OK && i < pairing_count(s); i++) {
        const pairing_request *r = pairing_at(s, i);
        const account *a = desk_account(d, job->account_id);
        bool ours = strcmp(r->node, d->world.node) == 0 || now_ms - r->decided_ms > OTHERS_DEBT_MS;
        if (r->owed && ours && a != NULL)
            release_begin(d, a, r, true);
    }
    free(job->account_id);
    free(job);
}

static bool was_resumed(const pairing_desk *d, const char *account_id) {
    for (size_t i = 0; i < d->resumed_count; i++) {
        if (strcmp(d->resumed[i], account_id) == 0)
            return true;
    }
    return false;
}

void pairing_desk_resume(pairing_desk *d) {
    for (size_t i = 0;; i++) {
        const account *a = d->world.account(d->world.ctx, i);
        if (a == NULL)
            return;
        if (was_resumed(d, a->id))
            continue;
        d->resumed = xrealloc(d->resumed, (d->resumed_count + 1) * sizeof *d->resumed);
        d->resumed[d->resumed_count++] = xstrdup(a->id);
        resuming *job = xmalloc(sizeof *job);
        *job = (resuming){.desk = d, .account_id = xstrdup(a->id)};
        pairings_change(d->world.store, a->id, NULL, on_debts, job);
    }
}
