// SPDX-License-Identifier: Apache-2.0
#include "delivery/journal.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum {
    FLUSH_MS = 200,
    KEEP_S = 8 * 24 * 3600, // seven days, counted from the last write of a page
    PAGES_MAX = 64,         // in memory
    RETRY_MAX_MS = 5000,
    FRESH_MS = 1000,    // another node writes its pages meanwhile: what was read earlier is read again
    LOAD_TRIES_MAX = 4, // then who waits for a page is told that it cannot be read
    MINUTE_MS = 60000,
    KEY_BYTES = 64,
    STORED_MAX_BYTES = 16 << 20, // whatever somebody else has put there
};

typedef enum sheet_state {
    SHEET_LOADING, // the store is asked what it holds
    SHEET_CLEAN,   // the store holds all of it
    SHEET_DIRTY,   // it is written at the next flush
    SHEET_WRITING, // a write is on its way
} sheet_state;

typedef struct waiter { // somebody who looks a post up in a page that is being loaded
    char *post_id;
    journal_found_fn *fn;
    void *ctx;
    struct waiter *next;
} waiter;

typedef struct writer { // somebody who waits until what was noted is written
    journal_written_fn *fn;
    void *ctx;
    struct writer *next;
} writer;

// One page in memory. Pages of other nodes are only read.
typedef struct sheet {
    journal *owner;
    char key[KEY_BYTES];
    int64_t minute_ms; // of its posts
    page *page;
    sheet_state state;
    bool changed_since; // while it was loading or being written
    bool readable;
    int load_tries;
    int64_t read_ms;  // when it was read last, on the loop's clock
    int64_t pause_ms; // before the next try of a read or write that failed
    loop_timer retry;
    // What the store holds, as far as we know, and what is on its way there. Writing is compare-and-set, so that a write of
    // a process that died, or one that was not answered in time, cannot end on top of a newer one.
    buf stored, sent;
    bool exists;
    waiter *waiters;
    writer *writers;
    UT_hash_handle hh; // in the order of their first use
} sheet;

struct journal {
    loop *loop;
    chat *chat;
    char *node;
    sheet *sheets;
    loop_timer flush, limit;
    void (*flushed)(void *ctx);
    void *flushed_ctx;
    journal_counts counts;
};

journal *journal_create(loop *l, chat *c, const char *node) {
    journal *j = xcalloc(1, sizeof *j);
    j->loop = l;
    j->chat = c;
    j->node = xstrdup(node);
    return j;
}

typedef struct lookup lookup;
static void finish_lookup(lookup *l, const record *r);

static void drop_waiters(sheet *s) {
    while (s->waiters != NULL) {
        waiter *next = s->waiters->next;
        finish_lookup(s->waiters->ctx, NULL);
        free(s->waiters->post_id);
        free(s->waiters);
        s->waiters = next;
    }
}

static void tell_writers(sheet *s, bool written) {
    writer *list = s->writers;
    s->writers = NULL;
    while (list != NULL) {
        writer *w = list;
        list = w->next;
        w->fn(w->ctx, written);
        free(w);
    }
}

static void drop(sheet *s) {
    loop_timer_cancel(&s->retry);
    buf_free(&s->stored);
    buf_free(&s->sent);
    HASH_DEL(s->owner->sheets, s);
    drop_waiters(s);
    tell_writers(s, false);
    page_destroy(s->page);
    free(s);
}

void journal_destroy(journal *j) {
    if (j == NULL)
        return;
    loop_timer_cancel(&j->flush);
    loop_timer_cancel(&j->limit);
    while (j->sheets != NULL)
        drop(j->sheets);
    free(j->node);
    free(j);
}

const journal_counts *journal_get_counts(const journal *j) {
    return &j->counts;
}

// --- writing ---

static void flush_dirty(void *ctx);

static void plan_flush(journal *j) {
    if (!loop_timer_armed(&j->flush))
        loop_timer_set(j->loop, &j->flush, FLUSH_MS, flush_dirty, j);
}

static bool settled(const journal *j) {
    for (const sheet *s = j->sheets; s != NULL; s = s->hh.next) {
        if (s->state == SHEET_DIRTY || s->state == SHEET_WRITING || s->changed_since)
            return false;
    }
    return true;
}

int64_t journal_safe_until_ms(const journal *j) {
    int64_t until = INT64_MAX;
    for (const sheet *s = j->sheets; s != NULL; s = s->hh.next) {
        bool written = s->state == SHEET_CLEAN || (s->state == SHEET_LOADING && !s->changed_since);
        if (!written && s->minute_ms < until)
            until = s->minute_ms;
    }
    return until;
}

static void tell_if_flushed(void *ctx) {
    journal *j = ctx;
    void (*fn)(void *ctx) = j->flushed;
    if (fn == NULL)
        return;
    j->flushed = NULL;
    loop_timer_cancel(&j->limit);
    fn(j->flushed_ctx);
}

// The one place where a page in memory changes its state.
static void move(sheet *s, sheet_state to) {
    s->state = to;
    if (to == SHEET_DIRTY) {
        s->changed_since = false;
        plan_flush(s->owner);
    }
    if (to == SHEET_CLEAN)
        tell_writers(s, true);
    if (to == SHEET_CLEAN && settled(s->owner))
        tell_if_flushed(s->owner);
}

static int64_t next_pause(sheet *s) {
    s->pause_ms = s->pause_ms == 0 ? FLUSH_MS : s->pause_ms * 2;
    if (s->pause_ms > RETRY_MAX_MS)
        s->pause_ms = RETRY_MAX_MS;
    return s->pause_ms;
}

static void load(void *ctx);

// What the store holds is not known any more: it is read, and what we know is put on top of it.
static void read_anew(sheet *s, int64_t pause_ms) {
    if (pause_ms == RETRY_MAX_MS)
        tell_writers(s, true);
    s->changed_since = true;
    s->load_tries = 0;
    s->state = SHEET_LOADING;
    loop_timer_set(s->owner->loop, &s->retry, pause_ms, load, s);
}

static void on_written(void *ctx, const chat_error *error, bool stored) {
    sheet *s = ctx;
    s->owner->counts.writes++;
    metric_count(METRIC_JOURNAL_WRITES, error->err == OC_OK ? "written" : "failed", 1);
    if (error->err != OC_OK) {
        s->owner->counts.failed_writes++;
        log_warn("the journal could not be written and is tried again", "page", s->key, "error",
                 error->message);
        read_anew(s, next_pause(s));
        return;
    }
    if (!stored) {
        read_anew(s, next_pause(s)); // somebody else wrote, or we read a copy that lags behind
        return;
    }
    buf old = s->stored;
    s->stored = s->sent;
    s->sent = old;
    s->exists = true;
    s->pause_ms = 0;
    move(s, s->changed_since ? SHEET_DIRTY : SHEET_CLEAN);
}

static void write_sheet(sheet *s) {
    buf_clear(&s->sent);
    move(s, SHEET_WRITING);
    if (page_write(s->page, &s->sent) == OC_OK) {
        chat_kv_compare_and_set(s->owner->chat, s->key, s->exists ? buf_bytes(&s->stored) : bytes_of(NULL, 0),
                                buf_bytes(&s->sent), KEEP_S, on_written, s);
    } else {
        log_error("a page of the journal is too long to be written", "page", s->key);
        move(s, SHEET_CLEAN);
    }
}

static void flush_dirty(void *ctx) {
    journal *j = ctx;
    sheet *s = NULL, *next = NULL;
    HASH_ITER (hh, j->sheets, s, next) {
        if (s->state == SHEET_DIRTY)
            write_sheet(s);
    }
}

void journal_flush(journal *j, int64_t limit_ms, void (*fn)(void *ctx), void *ctx) {
    j->flushed = fn;
    j->flushed_ctx = ctx;
    loop_timer_set(j->loop, &j->limit, limit_ms, tell_if_flushed, j);
    loop_timer_cancel(&j->flush);
    flush_dirty(j);
    if (settled(j))
        tell_if_flushed(j);
}

// --- pages ---

static void answer_waiters(sheet *s) {
    waiter *list = s->waiters;
    s->waiters = NULL;
    while (list != NULL) {
        waiter *w = list;
        list = w->next;
        w->fn(w->ctx, page_get(s->page, w->post_id), s->readable);
        free(w->post_id);
        free(w);
    }
}

static void on_loaded(void *ctx, const chat_error *error, bytes value, bool found);

static void load(void *ctx) {
    sheet *s = ctx;
    chat_kv_get(s->owner->chat, s->key, on_loaded, s);
}

static void on_loaded(void *ctx, const chat_error *error, bytes value, bool found) {
    sheet *s = ctx;
    s->readable = error->err == OC_OK;
    if (error->err != OC_OK) {
        // Whoever looks a post up need not wait for ever; but writing now would destroy what the page holds.
        log_warn("a page of the journal could not be read", "page", s->key, "error", error->message);
        loop_timer_set(s->owner->loop, &s->retry, next_pause(s), load, s);
        if (++s->load_tries >= LOAD_TRIES_MAX) {
            answer_waiters(s);
            tell_writers(s, true);
        }
        return;
    }
    s->read_ms = loop_now_ms(s->owner->loop);
    buf_clear(&s->stored);
    s->exists = found;
    if (buf_append(&s->stored, value.data, value.len) != OC_OK)
        log_warn("a page of the journal is too long to be kept", "page",
                 s->key); // and will not be written: conflict
    if (found && page_merge(s->page, value) != OC_OK)
        log_warn("a page of the journal is unreadable in part and starts anew", "page", s->key);
    move(s, s->changed_since ? SHEET_DIRTY : SHEET_CLEAN);
    answer_waiters(s);
}

static bool can_go(const sheet *s) {
    return s->state == SHEET_CLEAN && s->waiters == NULL && s->writers == NULL;
}

static void make_room(journal *j) {
    sheet *s = NULL, *next = NULL;
    HASH_ITER (hh, j->sheets, s, next) {
        if (HASH_COUNT(j->sheets) < PAGES_MAX)
            return;
        if (can_go(s))
            drop(s);
    }
}

static sheet *sheet_of(journal *j, const char *node, int64_t create_at_ms) {
    char key[KEY_BYTES];
    sheet *s = NULL;
    snprintf(key, sizeof key, "journal.%s.%lld", node, (long long)(create_at_ms / MINUTE_MS));
    HASH_FIND_STR(j->sheets, key, s);
    if (s != NULL)
        return s;
    make_room(j);
    s = xcalloc(1, sizeof *s);
    s->owner = j;
    memcpy(s->key, key, sizeof key);
    s->minute_ms = create_at_ms / MINUTE_MS * MINUTE_MS;
    s->page = page_create();
    buf_init(&s->stored, STORED_MAX_BYTES);
    buf_init(&s->sent, PAGE_MAX_BYTES);
    s->state = SHEET_LOADING;
    HASH_ADD_STR(j->sheets, key, s);
    load(s);
    return s;
}

void journal_note(journal *j, const char *post_id, int64_t create_at_ms, const record *r) {
    sheet *s = sheet_of(j, j->node, create_at_ms);
    const record *known = page_get(s->page, post_id);
    if (known != NULL && (known->state == RECORD_CLOSED || known->state > r->state))
        return;
    if (page_put(s->page, post_id, r) != OC_OK) {
        log_error("more posts in a minute than the journal can hold", "page", s->key);
        j->counts.not_recorded++;
        return;
    }
    if (r->state == RECORD_CLOSED)
        j->counts.closed[r->reason]++;
    if (s->state == SHEET_CLEAN)
        move(s, SHEET_DIRTY);
    else
        s->changed_since = s->state != SHEET_DIRTY;
}

void journal_when_written(journal *j, int64_t create_at_ms, journal_written_fn *fn, void *ctx) {
    sheet *s = sheet_of(j, j->node, create_at_ms);
    if (s->state == SHEET_CLEAN) {
        fn(ctx, true);
        return;
    }
    writer *w = xmalloc(sizeof *w);
    *w = (writer){.fn = fn, .ctx = ctx, .next = s->writers};
    s->writers = w;
}

// --- looking up, node after node ---

struct lookup {
    journal *journal;
    char **nodes;
    size_t next;
    char *post_id;
    int64_t create_at_ms;
    bool readable;
    journal_found_fn *fn;
    void *ctx;
};

static void look_further(lookup *l);

static void finish_lookup(lookup *l, const record *r) {
    l->fn(l->ctx, r, l->readable);
    for (char **n = l->nodes; *n != NULL; n++)
        free(*n);
    free(l->nodes);
    free(l->post_id);
    free(l);
}

static void on_looked(void *ctx, const record *r, bool readable) {
    lookup *l = ctx;
    l->readable = l->readable && readable;
    if (r != NULL)
        finish_lookup(l, r);
    else
        look_further(l);
}

static void look_further(lookup *l) {
    if (l->nodes[l->next] == NULL) {
        finish_lookup(l, NULL);
        return;
    }
    const char *node = l->nodes[l->next++];
    sheet *s = sheet_of(l->journal, node, l->create_at_ms);
    bool foreign = strcmp(node, l->journal->node) != 0;
    if (foreign && s->state == SHEET_CLEAN && loop_now_ms(l->journal->loop) - s->read_ms > FRESH_MS) {
        s->load_tries = 0;
        move(s, SHEET_LOADING);
        load(s);
    }
    if (s->state != SHEET_LOADING) {
        on_looked(l, page_get(s->page, l->post_id), s->readable);
        return;
    }
    waiter *w = xmalloc(sizeof *w);
    *w = (waiter){.post_id = xstrdup(l->post_id), .fn = on_looked, .ctx = l, .next = s->waiters};
    s->waiters = w;
}

void journal_find(journal *j, const char *const *nodes, const char *post_id, int64_t create_at_ms,
                  journal_found_fn *fn, void *ctx) {
    const char *const own[] = {j->node, NULL};
    const char *const *wanted = nodes != NULL ? nodes : own;
    size_t count = 0;
    while (wanted[count] != NULL)
        count++;
    lookup *l = xcalloc(1, sizeof *l);
    *l = (lookup){.journal = j,
                  .post_id = xstrdup(post_id),
                  .create_at_ms = create_at_ms,
                  .readable = true,
                  .fn = fn,
                  .ctx = ctx};
    l->nodes = xcalloc(count + 1, sizeof *l->nodes);
    for (size_t i = 0; i < count; i++)
        l->nodes[i] = xstrdup(wanted[i]);
    look_further(l);
}
