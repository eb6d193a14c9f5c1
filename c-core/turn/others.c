// SPDX-License-Identifier: Apache-2.0
#include "turn/others.h"

#include "base/json.h"
#include "base/mem.h"
#include "chat/views.h"
#include "store/kv_changes.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum {
    KEPT_MAX = 500,
    RECORDED_MS = 5000,
    UNREADABLE_MAX = 6,        // then a post counts as nobody's: rather twice than never
    CLAIMS_MAX = 2 * KEPT_MAX, // under way
    CLAIM_TRIES_MAX = 6,
    CLAIM_MAX_BYTES = 512,
    CLAIM_S = 24 * 60 * 60,
};

typedef struct question {
    others *owner;
    chat_post post;
    size_t next;    // account whose record is looked for
    int unreadable; // times that a record could not be read
    struct question *after;
} question;

struct others {
    loop *loop;
    loop_timer timer;
    question *kept;
    journal *journal;
    const accounts *accounts;
    void (*take)(void *ctx, const chat_post *post);
    void *ctx;
    cJSON *beats; // node → what was heard first; NULL: nothing yet
    char *self;   // this node; NULL: not known yet
    char **living;
    kv_changes *claims;
    size_t count; // kept
    size_t open;  // questions under way
    bool dead;
    void (*settled)(void *ctx);
    void *settled_ctx;
};

others *others_create(loop *l, chat *c, journal *j, const accounts *all,
                      void (*take)(void *ctx, const chat_post *post), void *ctx) {
    others *o = xcalloc(1, sizeof *o);
    *o = (others){.loop = l, .journal = j, .accounts = all, .take = take, .ctx = ctx};
    o->claims = kv_changes_create(l, c, CLAIMS_MAX, CLAIM_TRIES_MAX);
    return o;
}

static void free_living(others *o) {
    for (char **n = o->living; n != NULL && *n != NULL; n++)
        free(*n);
    free(o->living);
    o->living = NULL;
}

static void free_others(others *o) {
    free_living(o);
    cJSON_Delete(o->beats);
    free(o->self);
    free(o);
}

void others_destroy(others *o) {
    if (o == NULL)
        return;
    o->dead = true;
    o->open++; // not gone before the last one is
    loop_timer_cancel(&o->timer);
    kv_changes_destroy(o->claims);
    while (o->kept != NULL) {
        question *q = o->kept;
        LL_DELETE2(o->kept, q, after);
        chat_post_free(&q->post);
        free(q);
    }
    if (--o->open == 0)
        free_others(o);
}

static cJSON *heard_first(const char *const *nodes, const int64_t *beats) {
    cJSON *first = json_new_object();
    for (size_t i = 1; nodes[i] != NULL; i++)
        json_add_int(first, nodes[i], beats[i]);
    return first;
}

bool others_heard(others *o, const char *const *nodes, const int64_t *beats) {
    size_t count = 0, living = 0;
    if (o->beats == NULL) {
        o->beats = heard_first(nodes, beats);
        o->self = xstrdup(nodes[0]);
        return false;
    }
    while (nodes[count] != NULL)
        count++;
    free_living(o);
    o->living = xcalloc(count + 1, sizeof *o->living);
    for (size_t i = 1; i < count; i++) {
        if (json_int(o->beats, nodes[i], 0) != beats[i])
            o->living[living++] = xstrdup(nodes[i]);
    }
    return true;
}

static void tell_settled(others *o) {
    void (*settled)(void *ctx) = o->settled;
    o->settled = NULL;
    if (settled != NULL)
        settled(o->settled_ctx);
}

static void end(question *q, bool ours) {
    others *o = q->owner;
    if (ours && !o->dead)
        o->take(o->ctx, &q->post);
    chat_post_free(&q->post);
    free(q);
    o->open--;
    if (o->dead && o->open == 0)
        free_others(o);
    else if (!o->dead && o->open == 0 && !loop_timer_armed(&o->timer))
        tell_settled(o);
}

// --- of nodes that look at the same time, one ---

static oc_err put_claim(void *ctx, bytes value, kv_value *out) {
    const question *q = ctx;
    cJSON *claim = NULL;
    bool mine = value.data == NULL;
    if (!mine && json_parse(value, &claim) == OC_OK)
        mine = strcmp(json_text(claim, "node"), q->owner->self) == 0; // of a process before this one
    else if (!mine)
        mine = true; // damaged: rather twice than never
    cJSON_Delete(claim);
    if (!mine)
        return OC_ECONFLICT;
    if (value.data != NULL)
        return OC_OK;
    claim = json_new_object();
    json_add_int(claim, "v", 1);
    json_add_string(claim, "node", q->owner->self);
    oc_err err = json_print(claim, &out->text);
    cJSON_Delete(claim);
    out->expire_s = CLAIM_S;
    return err;
}

// A store that cannot be asked: the post is not lost for that.
static void on_claimed(void *ctx, oc_err err) {
    question *q = ctx;
    end(q, err != OC_ECONFLICT);
}

static void claim_it(question *q) {
    char *key = xasprintf("claim.%s", q->post.id);
    kv_changes_add(q->owner->claims, key, CLAIM_MAX_BYTES, put_claim, on_claimed, q);
    free(key);
}

// --- what living ones have recorded ---

static void ask_next(question *q);
static void ask_all(void *ctx);

static void ask_later(question *q) {
    others *o = q->owner;
    q->next = 0;
    LL_APPEND2(o->kept, q, after);
    o->count++;
    o->open--;
    loop_timer_set(o->loop, &o->timer, RECORDED_MS, ask_all, o);
}

static void on_record(void *ctx, const record *r, bool readable) {
    question *q = ctx;
    if (r != NULL || q->owner->dead) {
        end(q, false);
        return;
    }
    if (!readable && q->unreadable++ < UNREADABLE_MAX) {
        ask_later(q);
        return;
    }
    q->next++;
    ask_next(q);
}

static void ask_next(question *q) {
    others *o = q->owner;
    if (q->next >= accounts_count(o->accounts)) {
        claim_it(q);
        return;
    }
    char *id = account_turn_id(accounts_at(o->accounts, q->next), q->post.id);
    journal_find(o->journal, (const char *const *)o->living, id, q->post.create_at_ms, on_record, q);
    free(id);
}

static void ask_all(void *ctx) {
    others *o = ctx;
    loop_timer_cancel(&o->timer);
    o->open++; // not settled before the last one is asked
    o->count = 0;
    while (o->kept != NULL) {
        question *q = o->kept;
        LL_DELETE2(o->kept, q, after);
        o->open++;
        ask_next(q);
    }
    o->open--;
    if (o->open == 0)
        tell_settled(o);
}

void others_ask(others *o, const chat_post *post) {
    question *q = xcalloc(1, sizeof *q);
    *q = (question){.owner = o, .post = chat_post_dup(post)};
    LL_APPEND2(o->kept, q, after);
    if (++o->count >= KEPT_MAX)
        ask_all(o);
}

void others_settle(others *o, void (*fn)(void *ctx), void *ctx) {
    o->settled = fn;
    o->settled_ctx = ctx;
    bool alone = o->living == NULL || o->living[0] == NULL;
    if (o->kept != NULL)
        loop_timer_set(o->loop, &o->timer, alone ? 0 : RECORDED_MS, ask_all, o);
    else if (o->open == 0)
        tell_settled(o);
}
