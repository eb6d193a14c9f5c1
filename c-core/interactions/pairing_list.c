// SPDX-License-Identifier: Apache-2.0
// Who asks and who was let in, for approvers to see; and taking an approval back.
#include "base/mem.h"
#include "chat/audit.h"
#include "base/parse.h"
#include "interactions/pairing_private.h"
#include "interactions/pairing_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_MAX_BYTES = 12000, NAMES_MAX = 100 };

// Going through the accounts that this person may decide for, one after another.
typedef struct tour {
    pairing_desk *desk;
    person by;
    size_t index;
    pairing_text_fn *fn;
    void *ctx;
    // of a list
    buf list;
    size_t listed, approved;
    char ids[NAMES_MAX][PAIRING_ID_BYTES]; // of those who were let in
    size_t id_count;
    // of taking back
    char user_id[PAIRING_ID_BYTES];
    char *name; // as it was typed; NULL: this is a list
    bool taken;
    size_t taken_count;
} tour;

static void tour_end(tour *t, const char *text) {
    t->fn(t->ctx, text);
    buf_free(&t->list);
    free(t->name);
    free(t);
}

static void tour_end_words(tour *t, char *text) {
    tour_end(t, text);
    free(text);
}

static const account *next_account(tour *t) {
    for (;;) {
        const account *a = t->desk->world.account(t->desk->world.ctx, t->index);
        if (a == NULL || desk_may_decide(a, &t->by))
            return a;
        t->index++;
    }
}

static tour *tour_begin(pairing_desk *d, const person *by, pairing_text_fn *fn, void *ctx) {
    if (!pairing_desk_approves_somewhere(d, by)) {
        fn(ctx, words_marked(WORD_PAIRING_NOT_YOURS));
        return NULL;
    }
    tour *t = xcalloc(1, sizeof *t);
    t->desk = d;
    t->by = *by;
    t->fn = fn;
    t->ctx = ctx;
    buf_init(&t->list, LIST_MAX_BYTES);
    return t;
}

// --- the list ---

static void on_names(void *ctx, const chat_error *error, const chat_user *users, size_t count) {
    tour *t = ctx;
    char *list = buf_take_str(&t->list), *names = xstrdup("");
    for (size_t i = 0; error->err == OC_OK && i < count; i++) {
        char *more = xasprintf("%s%s@%s", names, i > 0 ? ", " : "", users[i].username);
        free(names);
        names = more;
    }
    char *text = words_pairing_list(t->listed, list, t->approved, names);
    free(names);
    free(list);
    tour_end_words(t, text);
}

static void look_up_names(tour *t) {
    const char *ids[NAMES_MAX + 1] = {NULL};
    const chat_error none = {.err = OC_OK, .id = "", .message = ""};
    for (size_t i = 0; i < t->id_count; i++)
        ids[i] = t->ids[i];
    if (t->id_count == 0)
        on_names(t, &none, NULL, 0);
    else
        chat_get_users_by_ids(t->desk->world.chat, ids, on_names, t);
}

static void list_account(tour *t, const account *a, const pairing_state *state) {
    int64_t now_ms = loop_wall_ms(t->desk->world.loop);
    for (size_t i = 0; i < pairing_count(state); i++) {
        const pairing_request *r = pairing_at(state, i);
        if (!pairing_is_live(r, now_ms))
            continue;
        char *line = words_pairing_line(r, a->id, now_ms);
        t->listed += buf_append_str(&t->list, line) == OC_OK;
        free(line);
    }
    t->approved += pairing_approved_count(state);
    for (size_t i = 0; i < pairing_approved_count(state) && t->id_count < NAMES_MAX; i++)
        snprintf(t->ids[t->id_count++], PAIRING_ID_BYTES, "%s", pairing_approved_at(state, i));
}

static void list_next(tour *t);

static void on_listed(void *ctx, oc_err err, const pairing_state *state) {
    tour *t = ctx;
    const account *a = t->desk->world.account(t->desk->world.ctx, t->index++);
    if (err != OC_OK) {
        tour_end_words(t, words_pairing_store(err));
        return;
    }
    if (a != NULL)
        list_account(t, a, state);
    list_next(t);
}

static void list_next(tour *t) {
    const account *a = next_account(t);
    if (a != NULL)
        pairings_change(t->desk->world.store, a->id, NULL, on_listed, t);
    else
        look_up_names(t);
}

void pairing_desk_list(pairing_desk *d, const person *by, pairing_text_fn *fn, void *ctx) {
    tour *t = tour_begin(d, by, fn, ctx);
    if (t != NULL)
        list_next(t);
}

// --- taking an approval back ---

static bool change_remove(void *ctx, pairing_state *s, int64_t now_ms) {
    tour *t = ctx;
    (void)now_ms;
    t->taken = pairing_withdraw(s, t->user_id) || t->taken; // a write that is made again finds nothing
    return t->taken;
}

static void remove_next(tour *t);

static void on_removed(void *ctx, oc_err err, const pairing_state *s) {
    tour *t = ctx;
    (void)s;
    if (err != OC_OK) {
        tour_end_words(t, words_pairing_store(err));
        return;
    }
    t->taken_count += t->taken;
    t->index++;
    remove_next(t);
}

static void remove_next(tour *t) {
    const account *a = next_account(t);
    t->taken = false;
    if (a != NULL) {
        pairings_change(t->desk->world.store, a->id, change_remove, on_removed, t);
        return;
    }
    if (t->taken_count > 0)
        audit(t->desk->world.chat, AUDIT_PAIRING_REMOVE, t->by.id, "", "person", t->user_id);
    tour_end_words(t, words_pairing_removed(t->name, t->taken_count > 0));
}

static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    tour *t = ctx;
    if (error->err != OC_OK) {
        tour_end_words(t, words_pairing_removed(t->name, false));
        return;
    }
    snprintf(t->user_id, sizeof t->user_id, "%s", user->id);
    remove_next(t);
}

void pairing_desk_remove(pairing_desk *d, const person *by, const char *who, pairing_text_fn *fn, void *ctx) {
    tour *t = tour_begin(d, by, fn, ctx);
    if (t == NULL)
        return;
    t->name = xstrdup(who + (*who == '@'));
    if (parse_is_mm_id(t->name)) { // also of somebody who does not exist any more
        snprintf(t->user_id, sizeof t->user_id, "%s", t->name);
        remove_next(t);
    } else {
        chat_get_user_by_username(d->world.chat, t->name, on_user, t);
    }
}
