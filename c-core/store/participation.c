// SPDX-License-Identifier: Apache-2.0
#include "store/participation.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "store/account_key.h"
#include "store/participation_value.h"
#include "store/unreadable.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { TRIES_MAX = 8, RETRY_MS = 2000, LAST_RETRY_MS = 50, QUESTIONS_MAX = 500 };

typedef struct question {
    char *root_id;
    participation_fn *fn;
    void *ctx;
    struct question *prev, *next;
} question;

// The threads of one account.
typedef struct member {
    participation *owner;
    char *account_id, *key;
    threads *known;   // of the store, and our own
    threads *unsaved; // our own since the last write began
    threads *writing; // those that the write under way holds as well
    int64_t read_ms;  // on the loop's clock
    bool was_read, busy;
    int tries, questions;
    loop_timer write;
    question *waiting;
    struct member *next;
} member;

struct participation {
    loop *loop;
    chat *chat;
    member *members;
    bool ending;
    void (*flushed)(void *ctx); // NULL: nobody waits for the last writes
    void *flushed_ctx;
    loop_timer limit;
};

participation *participation_create(loop *l, chat *c) {
    participation *p = xcalloc(1, sizeof *p);
    *p = (participation){.loop = l, .chat = c};
    return p;
}

static member *member_of(participation *p, const char *account_id) {
    member *m = NULL;
    LL_FOREACH (p->members, m) {
        if (strcmp(m->account_id, account_id) == 0)
            return m;
    }
    m = xcalloc(1, sizeof *m);
    *m = (member){.owner = p,
                  .account_id = xstrdup(account_id),
                  .key = account_key("participation", account_id),
                  .known = threads_create(),
                  .unsaved = threads_create(),
                  .writing = threads_create()};
    LL_PREPEND(p->members, m);
    return m;
}

static int64_t oldest_ms(const member *m) {
    return loop_wall_ms(m->owner->loop) - PARTICIPATION_MS;
}

static bool takes_part(const member *m, const char *root_id) {
    return threads_at(m->known, root_id) >= oldest_ms(m);
}

static void answer_all(member *m, bool readable) {
    while (m->waiting != NULL) {
        question *q = m->waiting;
        bool yes = takes_part(m, q->root_id);
        DL_DELETE(m->waiting, q);
        m->questions--;
        q->fn(q->ctx, yes, yes || readable);
        free(q->root_id);
        free(q);
    }
}

void participation_destroy(participation *p) {
    if (p == NULL)
        return;
    p->ending = true;
    loop_timer_cancel(&p->limit);
    while (p->members != NULL) {
        member *m = p->members;
        answer_all(m, false);
        LL_DELETE(p->members, m);
        loop_timer_cancel(&m->write);
        threads_destroy(m->known);
        threads_destroy(m->unsaved);
        threads_destroy(m->writing);
        free(m->account_id);
        free(m->key);
        free(m);
    }
    free(p);
}

// --- reading and writing: one at a time for each account ---

static void read_value(member *m);

static void work(void *ctx) {
    member *m = ctx;
    if (!m->busy)
        read_value(m);
}

static void write_later(member *m, int64_t delay_ms) {
    if (!loop_timer_armed(&m->write))
        loop_timer_set(m->owner->loop, &m->write, delay_ms, work, m);
}

// What could not be written is still to be written.
static void keep_unsaved(member *m) {
    threads_merge(m->unsaved, m->writing);
    threads_expire(m->writing, INT64_MAX);
}

static void tell_flushed(void *ctx) {
    participation *p = ctx;
    void (*fn)(void *ctx) = p->flushed;
    loop_timer_cancel(&p->limit);
    p->flushed = NULL;
    if (fn != NULL)
        fn(p->flushed_ctx);
}

static bool all_written(const participation *p) {
    const member *m = NULL;
    LL_FOREACH (p->members, m) {
        if (m->busy || threads_count(m->unsaved) > 0)
            return false;
    }
    return true;
}

static void end_work(member *m, bool good) {
    m->busy = false;
    m->tries = good ? 0 : m->tries + 1;
    if (!good)
        keep_unsaved(m);
    else
        threads_expire(m->writing, INT64_MAX);
    if (m->tries == TRIES_MAX) {
        log_warn("in which threads the bot takes part could not be stored for long", "account",
                 m->account_id);
        m->tries = 0;
    } else if (threads_count(m->unsaved) > 0) {
        bool last = m->owner->flushed != NULL; // another node was faster, or more was noted meanwhile
        write_later(m, last   ? LAST_RETRY_MS
                       : good ? PARTICIPATION_DELAY_MS
                              : RETRY_MS / 2 + random_below(RETRY_MS));
    }
    if (m->waiting != NULL) // asked while it was written
        read_value(m);
    else if (m->owner->flushed != NULL && all_written(m->owner))
        tell_flushed(m->owner);
}

static void on_stored(void *ctx, const chat_error *error, bool stored) {
    end_work(ctx, error->err == OC_OK && stored); // another node was faster: read and merged anew
}

static void write_value(member *m, bytes old, bool found) {
    buf out;
    threads_merge(m->writing, m->unsaved);
    threads_expire(m->unsaved, INT64_MAX);
    buf_init(&out, PARTICIPATION_VALUE_MAX_BYTES);
    if (threads_write(m->known, &out) == OC_OK)
        chat_kv_compare_and_set(m->owner->chat, m->key, found ? old : bytes_of(NULL, 0), buf_bytes(&out), 0,
                                on_stored, m);
    else
        end_work(m, false);
    buf_free(&out);
}

static void on_read(void *ctx, const chat_error *error, bytes value, bool found) {
    member *m = ctx;
    bool damaged = false;
    if (error->err != OC_OK) {
        log_warn("in which threads the bot takes part could not be read", "account", m->account_id, "error",
                 error->message);
        answer_all(m, m->was_read);
        end_work(m, false);
        return;
    }
    threads *stored = threads_read(value, &damaged);
    if (damaged && found)
        log_error("what is stored of the bot's threads is damaged: what can be read of it counts", "account",
                  m->account_id);
    threads_merge(m->known, stored);
    threads_destroy(stored);
    threads_expire(m->known, oldest_ms(m));
    m->was_read = true;
    m->read_ms = loop_now_ms(m->owner->loop);
    answer_all(m, true);
    if (threads_count(m->unsaved) == 0) {
        end_work(m, true);
        return;
    }
    if (damaged && found)
        keep_unreadable(m->owner->chat, m->key, value);
    write_value(m, value, found);
}

static void read_value(member *m) {
    m->busy = true;
    chat_kv_get(m->owner->chat, m->key, on_read, m);
}

// --- for others ---

void participation_note(participation *p, const char *account_id, const char *root_id) {
    member *m = member_of(p, account_id);
    int64_t now_ms = loop_wall_ms(p->loop);
    threads_put(m->known, root_id, now_ms);
    threads_put(m->unsaved, root_id, now_ms);
    if (!m->busy)
        write_later(m, PARTICIPATION_DELAY_MS);
}

void participation_flush(participation *p, int64_t limit_ms, void (*fn)(void *ctx), void *ctx) {
    member *m = NULL;
    p->flushed = fn;
    p->flushed_ctx = ctx;
    LL_FOREACH (p->members, m) {
        loop_timer_cancel(&m->write);
        if (threads_count(m->unsaved) > 0)
            write_later(m, 0);
    }
    loop_timer_set(p->loop, &p->limit, all_written(p) ? 0 : limit_ms, tell_flushed, p);
}

void participation_ask(participation *p, const char *account_id, const char *root_id, participation_fn *fn,
                       void *ctx) {
    member *m = member_of(p, account_id);
    bool fresh = m->was_read && loop_now_ms(p->loop) - m->read_ms < PARTICIPATION_FRESH_MS;
    bool yes = takes_part(m, root_id);
    if (yes || fresh || p->ending || m->questions == QUESTIONS_MAX) {
        fn(ctx, yes, yes || fresh);
        return;
    }
    question *q = xcalloc(1, sizeof *q);
    *q = (question){.root_id = xstrdup(root_id), .fn = fn, .ctx = ctx};
    DL_APPEND(m->waiting, q);
    m->questions++;
    if (!m->busy)
        read_value(m);
}
