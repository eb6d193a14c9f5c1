// SPDX-License-Identifier: Apache-2.0
// Deciding, and what becomes of the posts in the end.
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "interactions/asks_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { CLOSE_TRIES_MAX = 6, CLOSE_PAUSE_MS = 2000 };

struct closing {
    asks *owner;
    open_ask ask; // kind and id; as it was stored once it was found
    bool found, listed;
    asks_closing_fn *fn;
    void (*free_ctx)(void *ctx);
    void *ctx;
    int tries;
    loop_timer again;
    struct closing *prev, *next;
};

// --- the posts ---

// An edit of one post, tried again for a while.
typedef struct retouch {
    chat *chat;
    loop *loop;
    char *post_id;
    cJSON *props;
    int tries;
} retouch;

static void on_edited(void *ctx, const chat_error *error, const chat_post *post) {
    retouch *r = ctx;
    (void)post;
    bool passing = error->err != OC_OK && error->err != OC_ENOTFOUND &&
                   (error->http_status == 0 || error->http_status >= 500 || error->http_status == 429);
    if (passing && ++r->tries < 3) {
        chat_edit edit = {.post_id = r->post_id, .props = r->props};
        chat_edit_post(r->chat, &edit, on_edited, r);
        return;
    }
    if (error->err != OC_OK && error->err != OC_ENOTFOUND)
        log_warn("a post that asked could not be closed", "post_id", r->post_id, "error", error->message);
    cJSON_Delete(r->props);
    free(r->post_id);
    free(r);
}

void asks_close_posts(asks *a, const open_ask *ask, const char *text) {
    for (size_t i = 0; i < ask->post_count; i++) {
        cJSON *attachment = json_new_object();
        char *said = words_in(words_lang_of(ask->posts[i].lang, chat_server_lang(a->world.chat)), text);
        json_add_string(attachment, "text", said);
        free(said);
        retouch *r = xcalloc(1, sizeof *r);
        *r = (retouch){.chat = a->world.chat,
                       .loop = a->world.loop,
                       .post_id = xstrdup(ask->posts[i].id),
                       .props = json_new_object()};
        json_push(json_add_array(r->props, "attachments"), attachment);
        if (*ask->posts[i].nonce != '\0')
            buttons_withdraw(a->world.buttons, ask->posts[i].nonce);
        chat_edit edit = {.post_id = r->post_id, .props = r->props};
        chat_edit_post(a->world.chat, &edit, on_edited, r);
    }
}

// --- closing ---

static void closing_free(closing *c) {
    loop_timer_cancel(&c->again);
    if (c->listed)
        DL_DELETE(c->owner->closings, c);
    if (c->free_ctx != NULL)
        c->free_ctx(c->ctx);
    free(c);
}

void asks_closing_drop(closing *c) {
    if (c != NULL)
        closing_free(c);
}

void asks_closings_end(asks *a) {
    while (a->closings != NULL)
        closing_free(a->closings);
}

static bool change_take(void *ctx, open_asks_state *s, int64_t now_ms) {
    closing *c = ctx;
    bool there = open_asks_take(s, c->ask.kind, c->ask.id, now_ms, &c->ask);
    c->found = c->found || there; // a write of which it was not known whether it arrived had
    return there;
}

static void take(void *ctx);

static void on_taken(void *ctx, oc_err err, const open_asks_state *s) {
    closing *c = ctx;
    (void)s;
    if (err == OC_ECLOSED)
        return; // asks_destroy comes next
    if (err != OC_OK && ++c->tries < CLOSE_TRIES_MAX) {
        loop_timer_set(c->owner->world.loop, &c->again, CLOSE_PAUSE_MS << c->tries, take, c);
        return;
    }
    if (err == OC_OK && c->found) {
        char *text = c->fn(c->ctx, c->ask.by_name, c->ask.choice);
        if (text != NULL)
            asks_close_posts(c->owner, &c->ask, text);
        free(text);
    }
    closing_free(c);
}

static void take(void *ctx) {
    closing *c = ctx;
    open_asks_change(c->owner->world.store, change_take, on_taken, c);
}

void asks_close_begin(closing *c) {
    c->listed = true;
    DL_APPEND(c->owner->closings, c);
    take(c);
}

void asks_close(asks *a, const char *kind, const char *id, asks_closing_fn *fn, void (*free_ctx)(void *ctx),
                void *ctx) {
    closing *c = xcalloc(1, sizeof *c);
    *c = (closing){.owner = a, .fn = fn, .free_ctx = free_ctx, .ctx = ctx};
    snprintf(c->ask.kind, sizeof c->ask.kind, "%s", kind);
    snprintf(c->ask.id, sizeof c->ask.id, "%s", id);
    opening *o = asks_opening(a, kind, id);
    if (strlen(id) >= ASK_ID_BYTES || (o != NULL && o->close != NULL)) {
        closing_free(c);
        return;
    }
    if (o == NULL) {
        asks_close_begin(c);
        return;
    }
    o->close = c;
    if (o->state == OPENING_LEFT) // nothing of ours is under way
        asks_opening_end(o);
}

// --- deciding ---

typedef struct deciding {
    char kind[16], id[ASK_ID_BYTES], user_id[27], name[ASK_NAME_BYTES], word[32], post_id[27];
    ask_deciding verdict;
    asks_decide_fn *fn; // NULL: it is taken back
    void *ctx;
} deciding;

static deciding *deciding_new(const char *kind, const char *id, const char *user_id) {
    deciding *d = xcalloc(1, sizeof *d);
    snprintf(d->kind, sizeof d->kind, "%s", kind);
    snprintf(d->id, sizeof d->id, "%s", id);
    snprintf(d->user_id, sizeof d->user_id, "%s", user_id);
    return d;
}

static bool change_decide(void *ctx, open_asks_state *s, int64_t now_ms) {
    deciding *d = ctx;
    d->verdict = open_asks_decide_said(s, d->kind, d->id, d->user_id, d->name, d->word, d->post_id, now_ms);
    return d->verdict == ASK_DECIDES;
}

static void on_decided(void *ctx, oc_err err, const open_asks_state *s) {
    deciding *d = ctx;
    (void)s;
    if (err == OC_OK)
        err = d->verdict == ASK_DECIDES ? OC_OK : d->verdict == ASK_BUSY ? OC_EBUSY : OC_ENOTFOUND;
    d->fn(d->ctx, err);
    free(d);
}

void asks_decide(asks *a, const char *kind, const char *id, const person *by, const char *word,
                 asks_decide_fn *fn, void *ctx) {
    asks_decide_said(a, kind, id, by, word, "", fn, ctx);
}

void asks_decide_said(asks *a, const char *kind, const char *id, const person *by, const char *word,
                      const char *post_id, asks_decide_fn *fn, void *ctx) {
    deciding *d = deciding_new(kind, id, by->id);
    snprintf(d->post_id, sizeof d->post_id, "%s", post_id);
    snprintf(d->name, sizeof d->name, "%s", by->username);
    snprintf(d->word, sizeof d->word, "%s", word);
    d->fn = fn;
    d->ctx = ctx;
    open_asks_change(a->world.store, change_decide, on_decided, d);
}

static bool change_undecide(void *ctx, open_asks_state *s, int64_t now_ms) {
    const deciding *d = ctx;
    (void)now_ms;
    return open_asks_undecide(s, d->kind, d->id, d->user_id);
}

static void on_undecided(void *ctx, oc_err err, const open_asks_state *s) {
    (void)err, (void)s; // said by the store; the next person waits half a minute then
    free(ctx);
}

void asks_undecide(asks *a, const char *kind, const char *id, const char *user_id) {
    open_asks_change(a->world.store, change_undecide, on_undecided, deciding_new(kind, id, user_id));
}

static bool change_unsay(void *ctx, open_asks_state *s, int64_t now_ms) {
    const deciding *d = ctx;
    (void)now_ms;
    return open_asks_unsay(s, d->post_id);
}

void asks_unsay(asks *a, const char *post_id) {
    deciding *d = deciding_new("", "", "");
    snprintf(d->post_id, sizeof d->post_id, "%s", post_id);
    open_asks_change(a->world.store, change_unsay, on_undecided, d);
}

// --- what is stored ---

typedef struct listing {
    char kind[16]; // "": any
    asks_each_fn *fn;
    void *ctx;
} listing;

static void on_read(void *ctx, oc_err err, const open_asks_state *s) {
    listing *l = ctx;
    for (size_t i = 0; err == OC_OK && i < s->count; i++) {
        if (*l->kind == '\0' || strcmp(s->items[i].kind, l->kind) == 0)
            l->fn(l->ctx, OC_OK, &s->items[i]);
    }
    l->fn(l->ctx, err, NULL);
    free(l);
}

void asks_each(asks *a, const char *kind, asks_each_fn *fn, void *ctx) {
    listing *l = xcalloc(1, sizeof *l);
    snprintf(l->kind, sizeof l->kind, "%s", kind != NULL ? kind : "");
    l->fn = fn;
    l->ctx = ctx;
    open_asks_change(a->world.store, NULL, on_read, l);
}
