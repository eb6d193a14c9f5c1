// SPDX-License-Identifier: Apache-2.0
#include "turn/turns.h"

#include "base/log.h"
#include "base/mem.h"
#include "turn/turn.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

enum {
    SEEN_MAX = 4096,     // post ids remembered against duplicates
    OPEN_MAX = 500,      // turns in all
    PLACE_QUEUE_MAX = 20 // turns of one session
};

typedef struct seen {
    char *post_id;
    UT_hash_handle hh; // in order of arrival
} seen;

typedef struct place place;
typedef struct entry { // one turn in its queue
    turns *owner;
    turn *turn;
    place *place; // NULL until admitted
    struct entry *prev, *next;
} entry;

struct place { // one conversation
    char *name;
    entry *queue; // the first one is being answered
    bool told;    // that the gateway is away, once for each outage
    UT_hash_handle hh;
};

struct turns {
    turn_world world;
    seen *seen;
    place *places;
    entry *outside;  // turns that are in no queue: being decided, or refused because the queue is full
    entry *finished; // destroyed in the next round of the loop
    size_t open;
    loop_timer sweep;
};

turns *turns_create(loop *l, chat *c, gateway *g) {
    turns *t = xcalloc(1, sizeof *t);
    t->world = (turn_world){.loop = l, .chat = c, .gateway = g};
    return t;
}

void turns_configure(turns *t, const config *rules, const char *bot_user_id, const char *bot_username) {
    char *user_id = xstrdup(bot_user_id), *username = xstrdup(bot_username);
    free(t->world.bot_user_id);
    free(t->world.bot_username);
    t->world.bot_user_id = user_id;
    t->world.bot_username = username;
    t->world.config = rules;
}

size_t turns_open(const turns *t) {
    return t->open;
}

// --- duplicates ---

static void forget_oldest(turns *t) {
    seen *oldest = t->seen;
    HASH_DEL(t->seen, oldest);
    free(oldest->post_id);
    free(oldest);
}

// Remembers the post; false when it was known already.
static bool is_new(turns *t, const char *post_id) {
    seen *s = NULL;
    HASH_FIND_STR(t->seen, post_id, s);
    if (s != NULL)
        return false;
    if (HASH_COUNT(t->seen) == SEEN_MAX)
        forget_oldest(t);
    s = xcalloc(1, sizeof *s);
    s->post_id = xstrdup(post_id);
    HASH_ADD_KEYPTR(hh, t->seen, s->post_id, strlen(s->post_id), s);
    return true;
}

// --- places ---

static place *place_named(turns *t, const char *name) {
    place *p = NULL;
    HASH_FIND_STR(t->places, name, p);
    if (p != NULL)
        return p;
    p = xcalloc(1, sizeof *p);
    p->name = xstrdup(name);
    HASH_ADD_KEYPTR(hh, t->places, p->name, strlen(p->name), p);
    return p;
}

static void drop_place_if_idle(turns *t, place *p) {
    if (p->queue != NULL || p->told)
        return;
    HASH_DEL(t->places, p);
    free(p->name);
    free(p);
}

static void go(place *p) {
    entry *first = p->queue;
    turn_go(first->turn, !p->told);
    p->told = p->told || turn_get_state(first->turn) == TURN_WAITING;
}

// --- the turns ---

static void sweep(void *ctx) {
    turns *t = ctx;
    while (t->finished != NULL) {
        entry *e = t->finished;
        DL_DELETE(t->finished, e);
        turn_destroy(e->turn);
        free(e);
    }
}

static void on_admitted(void *ctx, turn *turn_) {
    entry *e = ctx;
    turns *t = e->owner;
    entry *other = NULL;
    int waiting = 0;
    place *p = place_named(t, turn_place(turn_));
    DL_COUNT(p->queue, other, waiting);
    if (waiting >= PLACE_QUEUE_MAX || t->open > OPEN_MAX) {
        log_warn("a message is refused: too many are waiting", "place", p->name);
        drop_place_if_idle(t, p);
        turn_refuse(turn_);
        return;
    }
    DL_DELETE(t->outside, e);
    DL_APPEND(p->queue, e);
    e->place = p;
    if (p->queue == e)
        go(p);
}

static void on_finished(void *ctx, turn *turn_) {
    entry *e = ctx;
    turns *t = e->owner;
    place *p = e->place;
    (void)turn_;
    t->open--;
    if (p == NULL) {
        DL_DELETE(t->outside, e);
    } else {
        bool was_first = p->queue == e;
        DL_DELETE(p->queue, e);
        if (was_first && p->queue != NULL)
            go(p);
        else
            drop_place_if_idle(t, p);
    }
    DL_APPEND(t->finished, e);
    loop_timer_set(t->world.loop, &t->sweep, 0, sweep, t);
}

void turns_take(turns *t, const chat_post *post, chat_post_ticket *ticket) {
    static const turn_events events = {.admitted = on_admitted, .finished = on_finished};
    if (t->world.bot_user_id == NULL) {
        chat_post_outcome(ticket, REASON_NOT_CONFIGURED);
        return;
    }
    if (!is_new(t, post->id)) {
        chat_post_outcome(ticket, REASON_DUPLICATE);
        return;
    }
    entry *e = xcalloc(1, sizeof *e);
    e->owner = t;
    e->turn = turn_create(&t->world, post, ticket, &events, e);
    t->open++;
    DL_APPEND(t->outside, e);
    turn_decide(e->turn, post);
}

void turns_gateway_status(turns *t, const gateway_status *status) {
    place *p = NULL, *next = NULL;
    if (status->state != GATEWAY_READY)
        return;
    HASH_ITER(hh, t->places, p, next) {
        p->told = false;
        if (p->queue == NULL)
            drop_place_if_idle(t, p);
        else if (turn_get_state(p->queue->turn) == TURN_WAITING)
            go(p);
    }
}

static void destroy_all(entry *list) {
    entry *e = NULL, *next = NULL;
    DL_FOREACH_SAFE(list, e, next) {
        turn_destroy(e->turn);
        free(e);
    }
}

void turns_destroy(turns *t) {
    place *p = NULL, *next = NULL;
    if (t == NULL)
        return;
    loop_timer_cancel(&t->sweep);
    HASH_ITER(hh, t->places, p, next) {
        destroy_all(p->queue);
        HASH_DEL(t->places, p);
        free(p->name);
        free(p);
    }
    destroy_all(t->outside);
    destroy_all(t->finished);
    while (t->seen != NULL)
        forget_oldest(t);
    free(t->world.bot_user_id);
    free(t->world.bot_username);
    free(t);
}
