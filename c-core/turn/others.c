// SPDX-License-Identifier: Apache-2.0
#include "turn/others.h"

#include "base/json.h"
#include "base/mem.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { KEPT_MAX = 500, RECORDED_MS = 5000 };

typedef struct question {
    others *owner;
    chat_post post;
    size_t next; // account whose record is looked for
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
    char **living;
    size_t count; // kept
    size_t open;  // questions under way
    bool dead;
    void (*settled)(void *ctx);
    void *settled_ctx;
};

others *others_create(loop *l, journal *j, const accounts *all,
                      void (*take)(void *ctx, const chat_post *post), void *ctx) {
    others *o = xcalloc(1, sizeof *o);
    *o = (others){.loop = l, .journal = j, .accounts = all, .take = take, .ctx = ctx};
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
    free(o);
}

void others_destroy(others *o) {
    if (o == NULL)
        return;
    o->dead = true;
    loop_timer_cancel(&o->timer);
    while (o->kept != NULL) {
        question *q = o->kept;
        LL_DELETE2(o->kept, q, after);
        chat_post_free(&q->post);
        free(q);
    }
    if (o->open == 0)
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

static void ask_next(question *q);

static void on_record(void *ctx, const record *r, bool readable) {
    question *q = ctx;
    (void)readable; // what cannot be read is not known to be another's
    if (r != NULL || q->owner->dead) {
        end(q, false);
        return;
    }
    q->next++;
    ask_next(q);
}

static void ask_next(question *q) {
    others *o = q->owner;
    if (q->next >= accounts_count(o->accounts)) {
        end(q, true);
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
    if (o->living == NULL || o->living[0] == NULL) {
        o->take(o->ctx, post);
        return;
    }
    question *q = xcalloc(1, sizeof *q);
    *q = (question){.owner = o, .post = chat_post_dup(post)};
    LL_APPEND2(o->kept, q, after);
    if (++o->count >= KEPT_MAX)
        ask_all(o);
}

void others_settle(others *o, void (*fn)(void *ctx), void *ctx) {
    o->settled = fn;
    o->settled_ctx = ctx;
    if (o->kept != NULL)
        loop_timer_set(o->loop, &o->timer, RECORDED_MS, ask_all, o);
    else if (o->open == 0)
        tell_settled(o);
}
