// SPDX-License-Identifier: Apache-2.0
#include "turn/missed.h"

#include "base/log.h"
#include "base/mem.h"
#include "delivery/catch_up.h"
#include "inbound/mention.h"

#include <stdlib.h>

enum {
    MARGIN_MS = 10000, // a hook may have been under way, and clocks of nodes differ
    LOOKS_MAX = 6,     // when a look was incomplete
    LOOK_PAUSE_MS = 5000,
    REPLICA_LAG_MS = 3000, // reads may be so old
};

struct missed {
    loop *loop;
    chat *chat;
    watermark *watermark;
    turns *turns;
    char *bot_user_id, *bot_username;
    void (*ready)(void *ctx); // NULL once it was called
    void *ctx;
    catch_up *catch_up;
    int64_t since_ms, started_ms; // wall clock
    int looks;                    // that were incomplete
    bool looked_late;             // the second look, for what a replica had not shown to the first
    loop_timer again;
};

missed *missed_create(loop *l, chat *c, watermark *w, turns *t) {
    missed *m = xcalloc(1, sizeof *m);
    *m = (missed){.loop = l, .chat = c, .watermark = w, .turns = t};
    return m;
}

void missed_destroy(missed *m) {
    if (m == NULL)
        return;
    loop_timer_cancel(&m->again);
    catch_up_cancel(m->catch_up);
    free(m->bot_user_id);
    free(m->bot_username);
    free(m);
}

void missed_set_bot(missed *m, const char *user_id, const char *username) {
    free(m->bot_user_id);
    free(m->bot_username);
    m->bot_user_id = xstrdup(user_id);
    m->bot_username = xstrdup(username);
}

// What the shim's interest filter would have let through.
static bool wants(void *ctx, char channel_type, const chat_post *post) {
    const missed *m = ctx;
    return channel_type == 'D' || mention_has(post->message, m->bot_username);
}

static bool has_room(void *ctx) {
    const missed *m = ctx;
    return turns_has_room(m->turns);
}

static void on_post(void *ctx, const chat_post *post) {
    missed *m = ctx;
    turns_take_missed(m->turns, post);
}

static void look(void *ctx);

static void on_looked(void *ctx, size_t posts, bool complete) {
    missed *m = ctx;
    char *count = xasprintf("%zu", posts);
    m->catch_up = NULL;
    log_info("looked for posts that came while the plugin was away", "posts", count, "complete",
             complete ? "yes" : "no");
    free(count);
    turns_hold(m->turns, false);
    if (!complete && m->looks++ < LOOKS_MAX) {
        loop_timer_set(m->loop, &m->again, LOOK_PAUSE_MS, look, m);
    } else if (!m->looked_late) {
        m->looked_late = true;
        m->since_ms = m->started_ms;
        loop_timer_set(m->loop, &m->again, REPLICA_LAG_MS, look, m);
    } else {
        watermark_start(m->watermark);
    }
}

static void look(void *ctx) {
    static const catch_up_events events = {
        .wants = wants, .has_room = has_room, .post = on_post, .done = on_looked};
    missed *m = ctx;
    m->catch_up = catch_up_start(m->loop, m->chat, m->bot_user_id, m->since_ms - MARGIN_MS, &events, m);
}

static void load_marks(void *ctx);

static void on_marks(void *ctx, const watermark_facts *facts) {
    missed *m = ctx;
    turns_set_earlier(m->turns, facts->nodes, facts->boot_id);
    if (m->ready != NULL) {
        void (*ready)(void *ctx) = m->ready;
        m->ready = NULL;
        m->started_ms = loop_wall_ms(m->loop);
        turns_hold(m->turns, facts->known || !facts->readable);
        ready(m->ctx);
    }
    if (!facts->readable) { // the mark must not be moved on before it was read
        loop_timer_set(m->loop, &m->again, LOOK_PAUSE_MS, load_marks, m);
    } else if (facts->known) {
        m->since_ms = facts->since_ms;
        look(m);
    } else {
        watermark_start(m->watermark);
    }
}

static void load_marks(void *ctx) {
    missed *m = ctx;
    watermark_load(m->watermark, on_marks, m);
}

void missed_start(missed *m, void (*ready)(void *ctx), void *ctx) {
    m->ready = ready;
    m->ctx = ctx;
    load_marks(m);
}
