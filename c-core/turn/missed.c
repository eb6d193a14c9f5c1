// SPDX-License-Identifier: Apache-2.0
#include "turn/missed.h"

#include "base/log.h"
#include "base/mem.h"
#include "delivery/catch_up.h"
#include "turn/others.h"

#include <stdlib.h>

enum {
    MARGIN_MS = 10000, // a hook may have been under way, and clocks of nodes differ
    LOOKS_MAX = 6,     // when a look was incomplete
    LOOK_PAUSE_MS = 5000,
    REPLICA_LAG_MS = 3000, // reads may be so old
    BEATS_MS = 15000,      // a living node moves its mark on meanwhile, and what it has taken is recorded
};

struct missed {
    missed_parts parts;
    void (*ready)(void *ctx); // NULL once it was called
    void *ctx;
    catch_up *catch_up;
    char **bots;  // whose channels this look goes through, NULL-terminated
    size_t next;  // of them
    size_t found; // in this look
    bool complete;
    bool looking, look_again;              // somebody came late
    int64_t since_ms, first_ms, active_ms; // wall clock: of this look, of the first, of our start
    int looks;                             // that were incomplete
    bool unfinished;                       // but for bots that the server has not given yet
    bool looked_late;                      // the second look, for what a replica had not shown to the first
    loop_timer again;
    bool clustered;
    others *others; // nodes that live beside this one
};

static void take(void *ctx, const chat_post *post);

missed *missed_create(const missed_parts *parts) {
    missed *m = xcalloc(1, sizeof *m);
    m->parts = *parts;
    m->others = others_create(parts->loop, parts->chat, parts->journal, parts->accounts, take, m);
    return m;
}

static void free_bots(missed *m) {
    for (char **b = m->bots; b != NULL && *b != NULL; b++)
        free(*b);
    free(m->bots);
    m->bots = NULL;
}

void missed_destroy(missed *m) {
    if (m == NULL)
        return;
    loop_timer_cancel(&m->again);
    catch_up_cancel(m->catch_up);
    others_destroy(m->others);
    free_bots(m);
    free(m);
}

// What the shim's interest filter would have let through.
static bool wants(void *ctx, char channel_type, const chat_post *post) {
    const missed *m = ctx;
    return concern_wants(m->parts.concern, channel_type, post);
}

static bool has_room(void *ctx) {
    const missed *m = ctx;
    return turns_has_room(m->parts.turns);
}

static void take(void *ctx, const chat_post *post) {
    missed *m = ctx;
    turns_take_missed(m->parts.turns, post);
}

static void on_post(void *ctx, const chat_post *post) {
    missed *m = ctx;
    if (m->clustered)
        others_ask(m->others, post);
    else
        take(m, post);
}

static void look(void *ctx);

static void look_later(missed *m, int64_t pause_ms) {
    loop_timer_set(m->parts.loop, &m->again, pause_ms, look, m);
}

static void end_look(missed *m) {
    char *count = xasprintf("%zu", m->found);
    log_info("looked for posts that came while the plugin was away", "posts", count, "complete",
             m->complete ? "yes" : "no");
    free(count);
    m->looking = false;
    turns_hold(m->parts.turns, false);
    if (m->look_again) {
        m->look_again = false;
        m->looked_late = false;
        m->since_ms = m->first_ms;
        look_later(m, 0);
    } else if (!m->complete && m->looks++ < LOOKS_MAX) {
        look_later(m, LOOK_PAUSE_MS);
    } else if (!m->looked_late) {
        m->looked_late = true;
        m->since_ms = m->active_ms;
        look_later(m, REPLICA_LAG_MS);
    } else if (accounts_waiting(m->parts.accounts)) {
        m->unfinished = true;
    } else {
        watermark_start(m->parts.watermark);
    }
}

static void look_at_next(missed *m);

static void on_others_settled(void *ctx) {
    look_at_next(ctx);
}

static void on_looked(void *ctx, size_t posts, bool complete) {
    missed *m = ctx;
    m->catch_up = NULL;
    m->found += posts;
    m->complete = m->complete && complete;
    m->next++;
    others_settle(m->others, on_others_settled, m);
}

static void look_at_next(missed *m) {
    static const catch_up_events events = {
        .wants = wants, .has_room = has_room, .post = on_post, .done = on_looked};
    const char *bot = m->bots[m->next];
    if (bot == NULL)
        end_look(m);
    else
        m->catch_up = catch_up_start(m->parts.loop, m->parts.chat, bot, m->since_ms - MARGIN_MS, &events, m);
}

static void look(void *ctx) {
    missed *m = ctx;
    size_t count = accounts_count(m->parts.accounts);
    free_bots(m);
    m->bots = xcalloc(count + 1, sizeof(char *));
    for (size_t i = 0; i < count; i++)
        m->bots[i] = xstrdup(accounts_at(m->parts.accounts, i)->bot_user_id);
    m->next = 0;
    m->found = 0;
    m->complete = true;
    m->looking = true;
    look_at_next(m);
}

void missed_look_again(missed *m) {
    if (m->first_ms == 0) // the marks are not known yet, or there are none: everything is still to come
        return;
    m->look_again = m->looking;
    if (m->looking)
        return;
    m->unfinished = false;
    m->looked_late = false;
    m->since_ms = m->first_ms;
    look_later(m, 0);
}

void missed_look_since(missed *m, int64_t since_ms) {
    bool busy = m->looking || loop_timer_armed(&m->again);
    if (m->ready != NULL) // the first look is still to come, and goes back further
        return;
    if (!busy || since_ms < m->first_ms)
        m->first_ms = since_ms;
    m->active_ms = since_ms;
    m->looks = 0;
    turns_hold(m->parts.turns, true);
    missed_look_again(m);
}

void missed_accounts_changed(missed *m) {
    if (m->unfinished && !accounts_waiting(m->parts.accounts))
        missed_look_again(m);
}

static void load_marks(void *ctx);

static void on_marks(void *ctx, const watermark_facts *facts) {
    missed *m = ctx;
    turns_set_earlier(m->parts.turns, facts->nodes, facts->boot_id);
    if (m->ready != NULL) {
        void (*ready)(void *ctx) = m->ready;
        m->ready = NULL;
        m->active_ms = loop_wall_ms(m->parts.loop);
        turns_hold(m->parts.turns, !m->clustered && (facts->known || !facts->readable));
        ready(m->ctx);
    }
    if (m->clustered && facts->readable)
        watermark_show_life(m->parts.watermark);
    if (!facts->readable) { // the mark must not be moved on before it was read
        loop_timer_set(m->parts.loop, &m->again, LOOK_PAUSE_MS, load_marks, m);
    } else if (m->clustered && !others_heard(m->others, facts->nodes, facts->beats)) {
        loop_timer_set(m->parts.loop, &m->again, BEATS_MS, load_marks, m);
    } else if (facts->known) {
        m->since_ms = m->first_ms = facts->since_ms;
        look(m);
    } else {
        watermark_start(m->parts.watermark);
    }
}

static void load_marks(void *ctx) {
    missed *m = ctx;
    watermark_load(m->parts.watermark, on_marks, m);
}

static void on_server(void *ctx, const chat_error *error, const chat_server_info *info) {
    missed *m = ctx;
    m->clustered = error->err == OC_OK && info->clustered;
    load_marks(m);
}

void missed_start(missed *m, void (*ready)(void *ctx), void *ctx) {
    m->ready = ready;
    m->ctx = ctx;
    chat_get_server_info(m->parts.chat, on_server, m);
}
