// SPDX-License-Identifier: Apache-2.0
#include "turn/turns.h"

#include "base/log.h"
#include "base/mem.h"
#include "turn/limits.h"
#include "turn/turn.h"
#include "turn/words.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

enum {
    SEEN_MAX = 4096,       // post ids remembered against duplicates
    OPEN_MAX = 500,        // turns in all
    OPEN_MISSED_MAX = 100, // of missed posts
    HOLD_MAX_MS = 120000,  // live posts wait so long for those that were missed
    PLACE_QUEUE_MAX = 20,  // turns of one session
    RUNNING_MAX = 256,     // at the same time; of the gateway they take no more than an open request each
    SAFETY_MS = 2000,      // a post may reach us so long after its time of creation
    TOLD_OLD_MAX = 1000,   // places that were told that something is too old
};

typedef struct seen {
    char *post_id;
    UT_hash_handle hh; // in order of arrival
} seen;

typedef struct place place;
typedef struct entry { // one turn in its queue
    turns *owner;
    turn *turn;
    place *place; // NULL until it stands in a queue
    bool decided; // it is to be answered, but an earlier post of its channel may still be undecided
    bool entered; // it was given a place in a queue, or refused
    bool missed;  // nobody handed it to us: it was looked for
    struct entry *prev, *next;
} entry;

struct place { // one conversation
    char *name;
    entry *queue;       // the first one is being answered
    bool told;          // that the gateway is away, once for each outage
    bool told_old;      // that something was found too late, once
    bool running;       // the first one has a slot
    bool in_line;       // it waits for a slot
    place *prev, *next; // in that line
    UT_hash_handle hh;
};

struct turns {
    turn_world world;
    seen *seen;
    place *places;
    place *line; // who waits for a slot: first come, first served, so that no session crowds out the others
    int running, told_old;
    limits *limits;
    entry *outside;  // turns that are in no queue: being decided, or refused because the queue is full
    entry *finished; // destroyed in the next round of the loop
    size_t open;
    loop_timer sweep, hold_limit;
    bool holding; // missed posts are being looked for
    size_t missed_open;
};

turns *turns_create(loop *l, chat *c, gateway *g, journal *j) {
    turns *t = xcalloc(1, sizeof *t);
    t->world = (turn_world){.loop = l, .chat = c, .gateway = g, .journal = j, .earlier_boot_id = xstrdup("")};
    t->limits = limits_create();
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

static void free_nodes(turns *t) {
    for (char **n = t->world.nodes; n != NULL && *n != NULL; n++)
        free(*n);
    free(t->world.nodes);
}

void turns_set_earlier(turns *t, const char *const *nodes, const char *boot_id) {
    size_t count = 0;
    free_nodes(t);
    while (nodes[count] != NULL)
        count++;
    t->world.nodes = xcalloc(count + 1, sizeof *t->world.nodes);
    for (size_t i = 0; i < count; i++)
        t->world.nodes[i] = xstrdup(nodes[i]);
    free(t->world.earlier_boot_id);
    t->world.earlier_boot_id = xstrdup(boot_id);
}

size_t turns_open(const turns *t) {
    return t->open;
}

bool turns_has_room(const turns *t) {
    return t->missed_open < OPEN_MISSED_MAX;
}

const turn_counts *turns_get_counts(const turns *t) {
    return &t->world.counts;
}

static void oldest_of(const entry *list, int64_t *oldest_ms) {
    for (const entry *e = list; e != NULL; e = e->next) {
        int64_t at = turn_create_at_ms(e->turn);
        if (at < *oldest_ms)
            *oldest_ms = at;
    }
}

int64_t turns_safe_until_ms(const turns *t) {
    int64_t until = loop_wall_ms(t->world.loop) - SAFETY_MS;
    oldest_of(t->outside, &until);
    for (const place *p = t->places; p != NULL; p = p->hh.next)
        oldest_of(p->queue, &until);
    return until;
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
    if (p->queue != NULL || p->told || p->told_old)
        return;
    HASH_DEL(t->places, p);
    free(p->name);
    free(p);
}

// Lets the first turn of a place go on, when there is a slot; else the place stands in line.
static void go(turns *t, place *p) {
    if (t->running == RUNNING_MAX) {
        if (!p->in_line)
            DL_APPEND(t->line, p);
        p->in_line = true;
        return;
    }
    turn *first = p->queue->turn;
    p->running = true;
    t->running++;
    turn_go(first, !p->told);
    if (turn_get_state(first) == TURN_WAITING) {
        p->told = true;
        p->running = false;
        t->running--;
    }
}

static void next_in_line(turns *t) {
    place *p = t->line;
    if (p == NULL || t->running == RUNNING_MAX)
        return;
    DL_DELETE(t->line, p);
    p->in_line = false;
    go(t, p);
}

static void leave_slot(turns *t, place *p) {
    if (p->running)
        t->running--;
    p->running = false;
    if (p->in_line)
        DL_DELETE(t->line, p);
    p->in_line = false;
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

// Whether the post was found so late that nobody waits for an answer any more.
static bool is_too_old(const turns *t, const turn *one) {
    return turn_again(one) && t->world.config != NULL &&
           loop_wall_ms(t->world.loop) - turn_create_at_ms(one) > t->world.config->catch_up_ms;
}

static void refuse_old(turns *t, place *p, turn *one) {
    bool tell = !p->told_old && t->told_old < TOLD_OLD_MAX;
    t->told_old += tell;
    p->told_old = p->told_old || tell;
    turn_refuse(one, tell ? words_too_old() : NULL, REASON_TOO_OLD);
}

// Refuses what is beyond a limit; returns whether it did.
static bool refuse_beyond_limits(turns *t, place *p, turn *one) {
    entry *other = NULL;
    int waiting = 0;
    bool first = false;
    if (is_too_old(t, one)) {
        refuse_old(t, p, one);
        return true;
    }
    // What an earlier process took was within its limits: it is not refused because we have to take it all at once.
    if (turn_again(one) || t->world.config == NULL)
        return false;
    DL_COUNT(p->queue, other, waiting);
    if (waiting >= PLACE_QUEUE_MAX || t->open > OPEN_MAX) {
        log_warn("a message is refused: too many are waiting", "place", p->name);
        turn_refuse(one, words_queue_full(), REASON_QUEUE_FULL);
        return true;
    }
    limit_verdict v = limits_take(t->limits, &t->world.config->limits, turn_user_id(one),
                                  turn_channel_id(one), loop_wall_ms(t->world.loop), &first);
    if (v == LIMIT_WITHIN)
        return false;
    log_info("a message is refused: a limit is reached", "user_id", turn_user_id(one));
    turn_refuse(one, first ? words_limit(v) : NULL, REASON_LIMIT);
    return true;
}

static void enter(turns *t, entry *e) {
    place *p = place_named(t, turn_place(e->turn));
    e->entered = true;
    if (refuse_beyond_limits(t, p, e->turn)) {
        drop_place_if_idle(t, p);
        return;
    }
    DL_DELETE(t->outside, e);
    DL_APPEND(p->queue, e);
    e->place = p;
    if (p->queue == e)
        go(t, p);
}

// The oldest post of a channel that has not entered, when it may.
static entry *next_to_enter(const turns *t, const char *channel_id) {
    for (entry *e = t->outside; e != NULL; e = e->next) {
        if (!e->entered && strcmp(turn_channel_id(e->turn), channel_id) == 0)
            return e->decided && (e->missed || !t->holding) ? e : NULL;
    }
    return NULL;
}

// The posts of a channel enter in the order in which they were written, however long the facts about each of them took.
static void enter_in_order(turns *t, const char *channel_id) {
    for (entry *e = next_to_enter(t, channel_id); e != NULL; e = next_to_enter(t, channel_id))
        enter(t, e);
}

static const entry *any_to_enter(const turns *t) {
    for (const entry *e = t->outside; e != NULL; e = e->next) {
        if (!e->entered && e->decided && next_to_enter(t, turn_channel_id(e->turn)) == e)
            return e;
    }
    return NULL;
}

static void on_hold_limit(void *ctx) {
    turns_hold(ctx, false);
}

void turns_hold(turns *t, bool hold) {
    t->holding = hold;
    loop_timer_cancel(&t->hold_limit);
    if (hold)
        loop_timer_set(t->world.loop, &t->hold_limit, HOLD_MAX_MS, on_hold_limit, t);
    for (const entry *e = hold ? NULL : any_to_enter(t); e != NULL; e = any_to_enter(t))
        enter_in_order(t, turn_channel_id(e->turn));
}

static void on_admitted(void *ctx, turn *turn_) {
    entry *e = ctx;
    e->decided = true;
    enter_in_order(e->owner, turn_channel_id(turn_));
}

static void on_finished(void *ctx, turn *turn_) {
    entry *e = ctx;
    turns *t = e->owner;
    place *p = e->place;
    t->open--;
    t->missed_open -= e->missed;
    if (p == NULL) {
        DL_DELETE(t->outside, e);
        enter_in_order(t, turn_channel_id(turn_));
    } else {
        bool was_first = p->queue == e;
        DL_DELETE(p->queue, e);
        if (was_first)
            leave_slot(t, p);
        if (was_first && p->queue != NULL)
            go(t, p);
        else
            drop_place_if_idle(t, p);
        next_in_line(t);
    }
    DL_APPEND(t->finished, e);
    loop_timer_set(t->world.loop, &t->sweep, 0, sweep, t);
}

static int by_time(const entry *a, const entry *b) {
    return turn_create_at_ms(a->turn) > turn_create_at_ms(b->turn) ? 1 : -1; // equal ones in order of arrival
}

static void start(turns *t, const chat_post *post, chat_post_ticket *ticket) {
    static const turn_events events = {.admitted = on_admitted, .finished = on_finished};
    entry *e = xcalloc(1, sizeof *e);
    e->owner = t;
    e->turn = turn_create(&t->world, post, ticket, &events, e);
    e->missed = ticket == NULL;
    t->missed_open += e->missed;
    t->open++;
    DL_INSERT_INORDER(t->outside, e, by_time);
    turn_decide(e->turn);
}

void turns_take(turns *t, const chat_post *post, chat_post_ticket *ticket) {
    if (t->world.bot_user_id == NULL)
        chat_post_outcome(ticket, REASON_NOT_CONFIGURED);
    else if (!is_new(t, post->id))
        chat_post_outcome(ticket, REASON_DUPLICATE);
    else
        start(t, post, ticket);
}

void turns_take_missed(turns *t, const chat_post *post) {
    if (t->world.bot_user_id != NULL && is_new(t, post->id))
        start(t, post, NULL);
}

void turns_gateway_status(turns *t, const gateway_status *status) {
    place *p = NULL, *next = NULL;
    if (status->state != GATEWAY_READY)
        return;
    HASH_ITER (hh, t->places, p, next) {
        p->told = false;
        if (p->queue == NULL)
            drop_place_if_idle(t, p);
        else if (turn_get_state(p->queue->turn) == TURN_WAITING)
            go(t, p);
    }
}

static void destroy_all(entry *list) {
    entry *e = NULL, *next = NULL;
    DL_FOREACH_SAFE (list, e, next) {
        turn_destroy(e->turn);
        free(e);
    }
}

void turns_destroy(turns *t) {
    place *p = NULL, *next = NULL;
    if (t == NULL)
        return;
    loop_timer_cancel(&t->sweep);
    loop_timer_cancel(&t->hold_limit);
    HASH_ITER (hh, t->places, p, next) {
        destroy_all(p->queue);
        HASH_DEL(t->places, p);
        free(p->name);
        free(p);
    }
    destroy_all(t->outside);
    destroy_all(t->finished);
    while (t->seen != NULL)
        forget_oldest(t);
    limits_destroy(t->limits);
    free_nodes(t);
    free(t->world.earlier_boot_id);
    free(t->world.bot_user_id);
    free(t->world.bot_username);
    free(t);
}
