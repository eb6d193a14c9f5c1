// SPDX-License-Identifier: Apache-2.0
// After an approval: the person is told, and the message that asked is answered.
#include "base/log.h"
#include "base/mem.h"
#include "delivery/delivery.h"
#include "interactions/pairing_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum {
    READ_TRIES_MAX = 6,
    READ_PAUSE_MS = 5000,
    LOOK_EVERY_MS = 30 * 1000, // whether the answer is out
    LOOKS_MAX = 120,
};

typedef enum release_state {
    RELEASE_MEETING, // the person is looked up, for their language
    RELEASE_TELLING, // the person is being told
    RELEASE_READING, // the message is being read
    RELEASE_WAITING, // it was handed over to be answered; the journal is asked now and then whether that is done
    RELEASE_SETTLING, // nothing is owed any more: that is being written
} release_state;

struct release {
    pairing_desk *desk;
    char *account_id;
    char key[PAIRING_KEY_BYTES], user_id[PAIRING_ID_BYTES], post_id[PAIRING_ID_BYTES];
    char bot_user_id[PAIRING_ID_BYTES], channel_id[PAIRING_ID_BYTES];
    int64_t post_at_ms;
    release_state state;
    bool resumed;       // an earlier process may have handed it over already
    delivery *delivery; // while TELLING
    loop_timer timer;
    int tries;
    release *prev, *next;
};

static void release_free(release *r) {
    DL_DELETE(r->desk->releases, r);
    loop_timer_cancel(&r->timer);
    delivery_cancel(r->delivery);
    free(r->account_id);
    free(r);
}

void releases_end(pairing_desk *d) {
    while (d->releases != NULL)
        release_free(d->releases);
}

static bool change_settle(void *ctx, pairing_state *s, int64_t now_ms) {
    const release *r = ctx;
    (void)now_ms;
    return pairing_settle(s, r->key);
}

static void on_settled(void *ctx, oc_err err, const pairing_state *s) {
    (void)err, (void)s; // not written: the next start finds the answer in the journal
    release_free(ctx);
}

static void settle(release *r) {
    r->state = RELEASE_SETTLING;
    pairings_change(r->desk->world.store, r->account_id, change_settle, on_settled, r);
}

// --- is it answered? ---

static void look(void *ctx);

static void on_record(void *ctx, const record *found, bool readable) {
    release *r = ctx;
    (void)readable;
    if (found != NULL && found->state == RECORD_CLOSED)
        settle(r);
    else if (++r->tries == LOOKS_MAX)
        settle(r);
    else
        loop_timer_set(r->desk->world.loop, &r->timer, LOOK_EVERY_MS, look, r);
}

static void look(void *ctx) {
    release *r = ctx;
    const account *a = desk_account(r->desk, r->account_id);
    if (a == NULL) { // the account is not at work any more
        release_free(r);
        return;
    }
    char *turn = account_turn_id(a, r->post_id);
    char *id = xasprintf("%s." PAIRING_RELEASE_SUFFIX, turn);
    journal_find(r->desk->world.journal, NULL, id, r->post_at_ms, on_record, r);
    free(id);
    free(turn);
}

// --- the message ---

static void read_post(void *ctx);

static void on_post(void *ctx, const chat_error *error, const chat_post *post) {
    release *r = ctx;
    bool gone = error->err == OC_ENOTFOUND || error->http_status == 404;
    if (error->err != OC_OK && !gone) {
        if (r->tries++ < READ_TRIES_MAX) {
            loop_timer_set(r->desk->world.loop, &r->timer, READ_PAUSE_MS, read_post, r);
            return;
        }
        log_warn("the message of a person who was let in cannot be read: it is tried again after a restart",
                 "post", r->post_id, "error", error->message);
        release_free(r);
        return;
    }
    if (gone || post->delete_at_ms != 0 || strcmp(post->user_id, r->user_id) != 0) {
        settle(r);
        return;
    }
    r->state = RELEASE_WAITING;
    r->tries = 0;
    loop_timer_set(r->desk->world.loop, &r->timer, LOOK_EVERY_MS, look, r);
    chat_post released = *post;
    released.again = r->resumed;
    r->desk->world.release(r->desk->world.ctx, &released, r->account_id);
}

static void read_post(void *ctx) {
    release *r = ctx;
    chat_get_post(r->desk->world.chat, r->post_id, on_post, r);
}

static void on_told(void *ctx, const char *error, size_t posted) {
    release *r = ctx;
    (void)posted;
    r->delivery = NULL;
    if (error != NULL)
        log_warn("a person who was let in could not be told", "user", r->user_id, "error", error);
    r->state = RELEASE_READING;
    read_post(r);
}

static void on_person(void *ctx, const chat_error *error, const chat_user *user) {
    release *r = ctx;
    chat *c = r->desk->world.chat;
    (void)error, (void)user; // not known: it is said in the server's language
    char *turn = xasprintf("pairing-%s", r->key);
    delivery_request what = {.turn = turn,
                             .bot_user_id = r->bot_user_id,
                             .channel_id = r->channel_id,
                             .root_id = "",
                             .maybe_posted = r->resumed};
    char *said = xstrdup(words_text(chat_lang(c, r->user_id), WORD_PAIRING_LET_IN));
    part text = {.text = said};
    r->state = RELEASE_TELLING;
    r->delivery = delivery_create(r->desk->world.loop, c, &what);
    delivery_finish(r->delivery, &text, 1, on_told, r);
    free(said);
    free(turn);
}

static bool under_way(const pairing_desk *d, const char *key) {
    const release *r = NULL;
    DL_FOREACH (d->releases, r) {
        if (strcmp(r->key, key) == 0)
            return true;
    }
    return false;
}

void release_begin(pairing_desk *d, const account *a, const pairing_request *request, bool resumed) {
    if (under_way(d, request->key))
        return;
    release *r = xcalloc(1, sizeof *r);
    r->desk = d;
    r->resumed = resumed;
    r->account_id = xstrdup(a->id);
    memcpy(r->key, request->key, sizeof r->key);
    memcpy(r->user_id, request->user_id, sizeof r->user_id);
    memcpy(r->post_id, request->post_id, sizeof r->post_id);
    memcpy(r->channel_id, request->channel_id, sizeof r->channel_id);
    snprintf(r->bot_user_id, sizeof r->bot_user_id, "%s", a->bot_user_id);
    r->post_at_ms = request->post_at_ms;
    DL_APPEND(d->releases, r);
    chat_get_user(d->world.chat, r->user_id, on_person, r);
}
