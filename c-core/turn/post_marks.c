// SPDX-License-Identifier: Apache-2.0
#include "turn/post_marks.h"

#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { TRIES_MAX = 4, PAUSE_MS = 1000 };

typedef enum shown { NOT_SHOWN, SHOWN, MAYBE_SHOWN } shown;

struct post_mark {
    post_marks *owner; // NULL: it goes when its call is answered
    char *bot_user_id, *post_id, *emoji[POST_MARK_KINDS];
    shown shown[POST_MARK_KINDS];
    post_mark_kind wanted;
    bool ending, calling;
    post_mark_kind called; // the kind that the open call is about
    shown called_for;
    int tries;
    loop_timer again;
    struct post_mark *prev, *next;
};

struct post_marks {
    loop *loop;
    chat *chat;
    post_mark *all;
};

post_marks *post_marks_create(loop *l, chat *c) {
    post_marks *m = xcalloc(1, sizeof *m);
    *m = (post_marks){.loop = l, .chat = c};
    return m;
}

static void free_mark(post_mark *k) {
    for (int i = 0; i < POST_MARK_KINDS; i++)
        free(k->emoji[i]);
    free(k->bot_user_id);
    free(k->post_id);
    free(k);
}

void post_mark_leave(post_mark *k) {
    if (k == NULL)
        return;
    loop_timer_cancel(&k->again);
    DL_DELETE(k->owner->all, k);
    k->owner = NULL;
    if (!k->calling)
        free_mark(k);
}

void post_marks_destroy(post_marks *m) {
    if (m == NULL)
        return;
    while (m->all != NULL)
        post_mark_leave(m->all);
    free(m);
}

static void step(void *ctx);

static void on_done(void *ctx, const chat_error *error) {
    post_mark *k = ctx;
    k->calling = false;
    if (k->owner == NULL) {
        free_mark(k);
        return;
    }
    if (error->err == OC_OK || error->err == OC_ENOTFOUND) { // the post is gone
        k->shown[k->called] = k->called_for;
        k->tries = 0;
    } else if (++k->tries < TRIES_MAX) {
        loop_timer_set(k->owner->loop, &k->again, (int64_t)PAUSE_MS << k->tries, step, k);
        return;
    } else {
        log_warn("a reaction could not be set or taken off", "post_id", k->post_id, "error", error->message);
        k->shown[k->called] = k->called_for; // given up
        k->tries = 0;
    }
    step(k);
}

static void call(post_mark *k, post_mark_kind kind, shown want) {
    chat *c = k->owner->chat;
    k->calling = true;
    k->called = kind;
    k->called_for = want;
    if (want == SHOWN)
        chat_add_reaction(c, k->bot_user_id, k->post_id, k->emoji[kind], on_done, k);
    else
        chat_remove_reaction(c, k->bot_user_id, k->post_id, k->emoji[kind], on_done, k);
}

// The next thing that differs from what is wanted; when nothing does and it has ended, it goes.
static void step(void *ctx) {
    post_mark *k = ctx;
    if (k->calling || loop_timer_armed(&k->again))
        return;
    for (int i = 0; i < POST_MARK_KINDS; i++) {
        if ((post_mark_kind)i != k->wanted && k->shown[i] != NOT_SHOWN) {
            call(k, (post_mark_kind)i, NOT_SHOWN);
            return;
        }
    }
    if (k->wanted != POST_MARK_NONE && k->shown[k->wanted] != SHOWN)
        call(k, k->wanted, SHOWN);
    else if (k->ending)
        post_mark_leave(k);
}

post_mark *post_mark_begin(post_marks *m, const post_mark_request *request) {
    post_mark *k = xcalloc(1, sizeof *k);
    k->owner = m;
    k->bot_user_id = xstrdup(request->bot_user_id);
    k->post_id = xstrdup(request->post_id);
    k->wanted = POST_MARK_NONE;
    for (int i = 0; i < POST_MARK_KINDS; i++) {
        k->emoji[i] = xstrdup(request->emoji[i]);
        k->shown[i] = request->maybe_shown && *k->emoji[i] != '\0' ? MAYBE_SHOWN : NOT_SHOWN;
    }
    DL_APPEND(m->all, k);
    return k;
}

void post_mark_show(post_mark *k, post_mark_kind kind) {
    if (k == NULL)
        return;
    k->wanted = kind == POST_MARK_NONE || *k->emoji[kind] == '\0' ? POST_MARK_NONE : kind;
    step(k);
}

void post_mark_end(post_mark *k) {
    if (k == NULL)
        return;
    k->ending = true;
    k->wanted = POST_MARK_NONE;
    step(k);
}
