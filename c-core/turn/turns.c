// SPDX-License-Identifier: Apache-2.0
#include "turn/turns_private.h"

#include "base/log.h"
#include "base/mem.h"
#include "chat/views.h"
#include "turn/words.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum {
    OPEN_MAX = 500,        // turns in all
    OPEN_MISSED_MAX = 100, // of missed posts
    HOLD_MAX_MS = 120000,  // live posts wait so long for those that were missed
    PLACE_QUEUE_MAX = 20,  // turns of one session
    RUNNING_MAX = 256,     // at the same time; of the gateway they take no more than an open request each
    SAFETY_MS = 2000,      // a post may reach us so long after its time of creation
    SEEN_MAX = 4096,       // ids of turns that were begun
    HINTS_MAX = 1000,      // people who were told how to invite the bot
    TOLD_OLD_MAX = 1000,   // places that were told that something is too old
};

void turns_set_post_limit(turns *t, size_t max_runes) {
    t->world.post_max_runes = max_runes;
}

turns *turns_create(const turns_parts *parts) {
    turns *t = xcalloc(1, sizeof *t);
    t->world = (turn_world){.loop = parts->loop,
                            .chat = parts->chat,
                            .journal = parts->journal,
                            .commands = parts->commands,
                            .paired = parts->paired,
                            .threads = parts->threads,
                            .hints = lately_create(HINTS_MAX),
                            .pending = pending_lines_create(),
                            .marks = post_marks_create(parts->loop, parts->chat),
                            .pairing = parts->pairing,
                            .media = parts->media,
                            .talk = parts->talk,
                            .looks = parts->looks,
                            .buttons = parts->buttons,
                            .waits = parts->waits,
                            .waits_ctx = parts->ctx,
                            .earlier_boots = xstrdup("")};
    t->hear = parts->hear;
    t->hear_ctx = parts->ctx;
    t->accounts = parts->accounts;
    t->concern = parts->concern;
    t->seen = lately_create(SEEN_MAX);
    t->limits = limits_create();
    return t;
}

static void free_nodes(turns *t) {
    for (char **n = t->world.nodes; n != NULL && *n != NULL; n++)
        free(*n);
    free(t->world.nodes);
}

void turns_set_earlier(turns *t, const char *const *nodes, const char *boots) {
    size_t count = 0;
    free_nodes(t);
    while (nodes[count] != NULL)
        count++;
    t->world.nodes = xcalloc(count + 1, sizeof *t->world.nodes);
    for (size_t i = 0; i < count; i++)
        t->world.nodes[i] = xstrdup(nodes[i]);
    free(t->world.earlier_boots);
    t->world.earlier_boots = xstrdup(boots);
}

static bool find_run(const entry *list, const char *run_id, ask_spot *out) {
    for (const entry *e = list; e != NULL; e = e->next) {
        if (e->turn != NULL && turn_runs(e->turn, run_id, out))
            return true;
    }
    return false;
}

bool turns_find_run(const turns *t, const char *run_id, ask_spot *out) {
    for (const place *p = t->places; p != NULL; p = p->hh.next) {
        if (find_run(p->queue, run_id, out))
            return true;
    }
    return false;
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
        if (!e->released && e->post.create_at_ms < *oldest_ms)
            *oldest_ms = e->post.create_at_ms;
    }
}

int64_t turns_safe_until_ms(const turns *t) {
    int64_t until = loop_wall_ms(t->world.loop) - SAFETY_MS;
    oldest_of(t->outside, &until);
    for (const place *p = t->places; p != NULL; p = p->hh.next)
        oldest_of(p->queue, &until);
    return until;
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
    if (p->queue != NULL || p->told != NULL || p->told_old)
        return;
    HASH_DEL(t->places, p);
    free(p->name);
    free(p);
}

// Lets the first turn of a place go on, when there is a slot; else the place stands in line.
static void go(turns *t, place *p) {
    if (p->queue->hearing != NULL || p->queue->perhaps)
        return;
    if (t->running == RUNNING_MAX) {
        if (!p->in_line)
            DL_APPEND(t->line, p);
        p->in_line = true;
        turn_stand_in_line(p->queue->turn);
        return;
    }
    turn *first = p->queue->turn;
    p->running = true;
    t->running++;
    turn_go(first, p->told == NULL);
    if (turn_get_state(first) == TURN_WAITING) {
        p->told = turn_account(first)->gateway;
        p->running = false;
        t->running--;
    }
}

// One that has to wait for something else meanwhile leaves the slot to the next.
static void next_in_line(turns *t) {
    while (t->line != NULL && t->running < RUNNING_MAX) {
        place *p = t->line;
        DL_DELETE(t->line, p);
        p->in_line = false;
        go(t, p);
    }
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

static void destroy(entry *e) {
    turns_forget_hearing(e);
    loop_timer_cancel(&e->pause);
    concern_forget(e->query);
    turn_destroy(e->turn);
    if (e->joined != NULL)
        joined_leave(e->joined);
    chat_post_free(&e->post);
    free(e);
}

static void destroy_all(entry **list) {
    while (*list != NULL) {
        entry *e = *list;
        DL_DELETE(*list, e);
        destroy(e);
    }
}

static void sweep(void *ctx) {
    turns *t = ctx;
    destroy_all(&t->finished);
}

// Whether the post was found so late that nobody waits for an answer any more.
static bool is_too_old(const turns *t, const entry *e) {
    const config *rules = accounts_config(t->accounts);
    return e->post.again && !e->released && rules != NULL &&
           loop_wall_ms(t->world.loop) - e->post.create_at_ms > rules->catch_up_ms;
}

static void refuse_old(turns *t, place *p, turn *one) {
    bool tell = !p->told_old && t->told_old < TOLD_OLD_MAX;
    t->told_old += tell;
    p->told_old = p->told_old || tell;
    turn_refuse(one, tell ? words_text(turn_lang(one), WORD_TURN_TOO_OLD) : NULL, REASON_TOO_OLD);
}

// Refuses what is beyond a limit; returns whether it did.
static bool refuse_beyond_limits(turns *t, place *p, entry *e) {
    const config *rules = accounts_config(t->accounts);
    entry *other = NULL;
    int waiting = 0;
    bool first = false;
    if (is_too_old(t, e)) {
        refuse_old(t, p, e->turn);
        return true;
    }
    // What an earlier process took was within its limits: it is not refused because we have to take it all at once.
    if (e->post.again || rules == NULL)
        return false;
    DL_COUNT(p->queue, other, waiting);
    bool fits = waiting == 0 || turns_queue_takes(t, p, e);
    if (waiting >= PLACE_QUEUE_MAX || t->open > OPEN_MAX || !fits) {
        log_warn("a message is refused: too many are waiting", "place", p->name);
        turn_refuse(e->turn, words_text(turn_lang(e->turn), WORD_TURN_QUEUE_FULL), REASON_QUEUE_FULL);
        return true;
    }
    const limit_who who = {.user_id = e->post.user_id,
                           .channel_id = e->post.channel_id,
                           .account_id = turn_account(e->turn)->id};
    limit_verdict v = limits_take(t->limits, &rules->limits, &who, loop_wall_ms(t->world.loop), &first);
    if (v == LIMIT_WITHIN)
        return false;
    log_info("a message is refused: a limit is reached", "user_id", e->post.user_id);
    turn_refuse(e->turn, first ? words_text(turn_lang(e->turn), words_limit(v)) : NULL, REASON_LIMIT);
    return true;
}

static void enter(turns *t, entry *e) {
    place *p = place_named(t, turn_place(e->turn));
    e->entered = true;
    if (refuse_beyond_limits(t, p, e)) {
        drop_place_if_idle(t, p);
        return;
    }
    DL_DELETE(t->outside, e);
    DL_APPEND(p->queue, e);
    e->place = p;
    if (p->queue == e) {
        go(t, p);
    } else {
        turn_stand_in_line(e->turn);
        turns_queue_entered(t, p, e);
    }
}

// The oldest post of a channel that has not entered, when it may.
static entry *next_to_enter(const turns *t, const char *channel_id) {
    for (entry *e = t->outside; e != NULL; e = e->next) {
        if (!e->entered && !e->pausing && strcmp(e->post.channel_id, channel_id) == 0)
            return e->decided && (e->missed || !t->holding) ? e : NULL;
    }
    return NULL;
}

// The posts of a channel enter in the order in which they were written, however long the facts about each of them took.
void turns_enter_in_order(turns *t, const char *channel_id) {
    for (entry *e = next_to_enter(t, channel_id); e != NULL; e = next_to_enter(t, channel_id))
        enter(t, e);
}

static const entry *any_to_enter(const turns *t) {
    for (const entry *e = t->outside; e != NULL; e = e->next) {
        if (!e->entered && e->decided && next_to_enter(t, e->post.channel_id) == e)
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
        turns_enter_in_order(t, e->post.channel_id);
}

void turns_admitted(entry *e) {
    e->decided = !turns_debounce(e);
    turns_enter_in_order(e->owner, e->post.channel_id);
}

void turns_go_on(entry *e) {
    place *p = e->place;
    if (p->queue == e && !p->running && !p->in_line && turn_get_state(e->turn) == TURN_QUEUED)
        go(e->owner, p);
}

static void on_admitted(void *ctx, turn *turn_) {
    (void)turn_;
    turns_hear(ctx);
}

static void leave_place(turns *t, entry *e) {
    place *p = e->place;
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

void turns_leave_queue(entry *e) {
    if (e->place != NULL)
        leave_place(e->owner, e);
    else
        DL_DELETE(e->owner->outside, e);
    e->place = NULL;
    e->entered = true;
    DL_APPEND(e->owner->outside, e);
}

void turns_finish(entry *e, outcome_reason reason) {
    turns *t = e->owner;
    joined *ticket = e->joined;
    turns_forget_hearing(e);
    e->joined = NULL;
    joined_outcome(ticket, reason);
    t->open--;
    t->missed_open -= e->missed;
    if (e->place != NULL) {
        leave_place(t, e);
    } else {
        DL_DELETE(t->outside, e);
        turns_enter_in_order(t, e->post.channel_id);
    }
    DL_APPEND(t->finished, e);
    turns_end_burst(e, reason);
    loop_timer_set(t->world.loop, &t->sweep, 0, sweep, t);
}

static void on_finished(void *ctx, turn *turn_) {
    turns_finish(ctx, turn_outcome(turn_));
}

static size_t on_stop(void *ctx, turn *turn_) {
    (void)turn_;
    return turns_stop(ctx);
}

// --- from a post to the turns of the accounts that it concerns ---

static int by_time(const entry *a, const entry *b) {
    return a->post.create_at_ms > b->post.create_at_ms ? 1 : -1; // equal ones in order of arrival
}

entry *turns_open_entry(turns *t, const chat_post *post, joined *ticket) {
    entry *e = xcalloc(1, sizeof *e);
    e->owner = t;
    e->post = chat_post_dup(post);
    e->joined = ticket;
    t->open++;
    return e;
}

static void give_turn(entry *e, account *a, const char *suffix, access_event event, bool quiet) {
    static const turn_events events = {.admitted = on_admitted, .stop = on_stop, .finished = on_finished};
    char *id = account_turn_id(a, e->post.id);
    char *whole = suffix != NULL ? xasprintf("%s.%s", id, suffix) : xstrdup(id);
    const turn_request request = {
        .account = a, .id = whole, .post = &e->post, .event = event, .quiet = quiet};
    e->turn = turn_create(&e->owner->world, &request, &events, e);
    free(whole);
    free(id);
}

// Remembers the id of a turn that begins; false when it began before.
static bool is_new(turns *t, const char *id) {
    return lately_is_first(t->seen, id, LATELY_NEVER_AGAIN, loop_now_ms(t->world.loop));
}

// Those of the accounts that have not been asked about this post or an edit of it yet; a bot that the server gave late may
// be among others that were.
static size_t not_asked_yet(turns *t, const char *post_id, account *const *list, size_t count,
                            account **fresh) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        char *id = account_turn_id(list[i], post_id), *edit = xasprintf("%s.edit", id);
        if (!lately_has(t->seen, edit) && is_new(t, id))
            fresh[kept++] = list[i];
        free(edit);
        free(id);
    }
    return kept;
}

// The entry stands for the first account; the others get theirs behind it.
static void give_turns(entry *first, account *const *list, size_t count) {
    turns *t = first->owner;
    entry *last = first, **all = xcalloc(count, sizeof(entry *));
    all[0] = first;
    for (size_t i = 1; i < count; i++) {
        joined_share(first->joined);
        all[i] = turns_open_entry(t, &first->post, first->joined);
        all[i]->missed = first->missed;
        t->missed_open += first->missed;
        DL_APPEND_ELEM(t->outside, last, all[i]);
        last = all[i];
    }
    for (size_t i = 0; i < count; i++)
        give_turn(all[i], list[i], NULL, ACCESS_POST, false);
    for (size_t i = 0; i < count;
         i++) // may end it at once, but the entry stays until the next round of the loop
        turn_decide(all[i]->turn);
    free(all);
}

static void on_concern(void *ctx, account *const *list, size_t count, outcome_reason reason) {
    entry *e = ctx;
    e->query = NULL;
    account **fresh = xcalloc(count + 1, sizeof(account *));
    size_t kept = not_asked_yet(e->owner, e->post.id, list, count, fresh);
    if (kept > 0)
        give_turns(e, fresh, kept);
    else
        turns_finish(e, count > 0 ? REASON_DUPLICATE : reason);
    free(fresh);
}

void turns_ask_concern(entry *e) {
    concern_query *q = concern_ask(e->owner->concern, &e->post, on_concern, e);
    if (q != NULL)
        e->query = q;
}

static void start(turns *t, const chat_post *post, chat_post_ticket *ticket) {
    entry *e = turns_open_entry(t, post, joined_create(t->world.journal, ticket, post->create_at_ms));
    e->missed = ticket == NULL;
    t->missed_open += e->missed;
    DL_INSERT_INORDER(t->outside, e, by_time);
    turns_ask_concern(e);
}

void turns_take(turns *t, const chat_post *post, chat_post_ticket *ticket) {
    if (accounts_count(t->accounts) == 0)
        chat_post_outcome(ticket, REASON_NOT_CONFIGURED);
    else
        start(t, post, ticket);
}

void turns_take_missed(turns *t, const chat_post *post) {
    if (accounts_count(t->accounts) > 0)
        start(t, post, NULL);
}

void turns_release(turns *t, const release *r) {
    char *id = account_turn_id(r->account, r->post->id), *whole = xasprintf("%s.%s", id, r->suffix);
    bool fresh = is_new(t, whole);
    free(whole);
    free(id);
    if (!fresh) {
        joined_outcome(r->ticket, REASON_DUPLICATE);
        return;
    }
    entry *e = turns_open_entry(t, r->post, r->ticket);
    e->released = true;
    DL_INSERT_INORDER(t->outside, e, by_time);
    give_turn(e, r->account, r->suffix, r->event, r->quiet);
    turn_decide(e->turn);
}

static bool release_one(turns *t, const chat_post *post, const char *account_id, const char *suffix,
                        access_event event) {
    account *a = accounts_find(t->accounts, account_id);
    if (a == NULL)
        return false;
    turns_release(t, &(release){.account = a,
                                .post = post,
                                .suffix = suffix,
                                .event = event,
                                .ticket = joined_create(t->world.journal, NULL, post->create_at_ms)});
    return true;
}

bool turns_take_released(turns *t, const chat_post *post, const char *account_id, const char *suffix) {
    return release_one(t, post, account_id, suffix, ACCESS_POST);
}

bool turns_take_click(turns *t, const chat_post *said, const char *account_id, const char *suffix) {
    return release_one(t, said, account_id, suffix, ACCESS_CLICK);
}

// --- what changes for those that wait ---

static void go_again(turns *t, place *p) {
    if (p->queue != NULL && turn_get_state(p->queue->turn) == TURN_WAITING)
        go(t, p);
}

void turns_gateway_status(turns *t, const gateway *g, const gateway_status *status) {
    place *p = NULL, *next = NULL;
    if (status->state != GATEWAY_READY)
        return;
    boots_seen_note(&t->world.boots, status->boot_id, loop_wall_ms(t->world.loop));
    HASH_ITER (hh, t->places, p, next) {
        if (p->told == g)
            p->told = NULL;
        if (p->queue == NULL)
            drop_place_if_idle(t, p);
        else if (turn_account(p->queue->turn)->gateway == g)
            go_again(t, p);
    }
}

void turns_accounts_changed(turns *t) {
    place *p = NULL, *next = NULL;
    HASH_ITER (hh, t->places, p, next) {
        p->told = NULL; // by whatever gateway
        go_again(t, p);
        drop_place_if_idle(t, p);
    }
    turns_hear_again(t); // what waited for the gateway of an account that is gone
}

void turns_destroy(turns *t) {
    place *p = NULL, *next = NULL;
    if (t == NULL)
        return;
    loop_timer_cancel(&t->sweep);
    loop_timer_cancel(&t->hold_limit);
    HASH_ITER (hh, t->places, p, next) {
        destroy_all(&p->queue);
        HASH_DEL(t->places, p);
        free(p->name);
        free(p);
    }
    destroy_all(&t->outside);
    destroy_all(&t->finished);
    lately_destroy(t->seen);
    limits_destroy(t->limits);
    turns_forget_reactions(t);
    pending_lines_destroy(t->world.pending);
    post_marks_destroy(t->world.marks);
    lately_destroy(t->world.hints);
    free_nodes(t);
    free(t->world.earlier_boots);
    boots_seen_free(&t->world.boots);
    free(t);
}
