// SPDX-License-Identifier: Apache-2.0
// One session in which an agent may have said something by itself: its history is read, and what was not dealt with yet is posted, one
// message after the other.
#include "outbound/speak_private.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum {
    HISTORY_ROWS = 200,
    HISTORY_ROWS_MAX = 1000,
    HISTORY_LIMIT_MS = 30000,
    LOOKS_MAX = 4,    // until what was heard stands in the history
    FAILURES_MAX = 6, // of one message
    HEARD_MAX_BYTES = 256 << 10,
};
static const int64_t LOOK_PAUSE_MS[LOOKS_MAX] = {0, 500, 2000, 5000};
static const int64_t FAILURE_PAUSE_MS[FAILURES_MAX] = {2000, 5000, 15000, 30000, 60000, 120000};

typedef struct heard { // a final that came as an event
    char *run_id, *text;
    int64_t at_ms;
    bool run_open; // one of ours in that session was waiting
    struct heard *next;
} heard;

typedef enum talk_state {
    TALK_WAITING, // others are at work
    TALK_PAUSING, // what was heard is not in the history yet, or something failed; goes on when the timer rings
    TALK_LOOKING, // the history is being read
    TALK_POSTING, // a message is being posted
} talk_state;

struct talk {
    source *of;
    char *key;
    talk_state state;
    heard *heard;
    int rows, looks, failures;
    spoken_finals found;
    size_t next; // of found
    open_request *request;
    speak_post *post;
    loop_timer timer;
    UT_hash_handle hh;
};

// The one place where the state moves.
static void move(talk *t, talk_state to) {
    loop_timer_cancel(&t->timer);
    t->of->at_work += (to != TALK_WAITING) - (t->state != TALK_WAITING);
    t->state = to;
}

static void forget_heard(talk *t, heard *h) {
    LL_DELETE(t->heard, h);
    free(h->run_id);
    free(h->text);
    free(h);
}

static void drop(talk *t) {
    move(t, TALK_WAITING);
    HASH_DEL(t->of->talks, t);
    request_cancel(t->request);
    speak_post_cancel(t->post);
    while (t->heard != NULL)
        forget_heard(t, t->heard);
    spoken_finals_free(&t->found);
    free(t->key);
    free(t);
}

void talks_drop(source *of) {
    while (of->talks != NULL)
        drop(of->talks);
}

static spoken *known(const talk *t) {
    return spoken_store_known(t->of->store);
}

static void look(void *ctx);

static void pause_for(talk *t, int64_t pause_ms) {
    move(t, TALK_PAUSING);
    loop_timer_set(t->of->owner->parts.loop, &t->timer, pause_ms, look, t);
}

static void end(talk *t) {
    source *of = t->of;
    drop(t);
    source_talk_ended(of);
}

// --- posting ---

static void post_next(talk *t);

static void on_posted(void *ctx, speak_end how) {
    talk *t = ctx;
    const spoken_final *final = &t->found.items[t->next];
    char id[SPOKEN_ID_BYTES];
    t->post = NULL;
    if (how == SPEAK_FAILED && t->failures < FAILURES_MAX) {
        pause_for(t, FAILURE_PAUSE_MS[t->failures++]);
        return;
    }
    if (how == SPEAK_FAILED)
        log_error("a message that an agent began is lost: it could not be posted for long", "session",
                  t->key);
    spoken_id(t->key, final->run_id, id);
    spoken_put(known(t), id, final->at_ms);
    spoken_store_save(t->of->store);
    t->failures = 0;
    t->next++;
    post_next(t);
}

static bool is_done(const talk *t, const char *run_id) {
    char id[SPOKEN_ID_BYTES];
    spoken_id(t->key, run_id, id);
    return spoken_has(known(t), id);
}

// What an earlier process, or another node, may have posted before this one became active is looked for in the channel.
static bool maybe_posted(const talk *t, const spoken_final *final) {
    return t->failures > 0 || t->of->active_ms == INT64_MAX || final->at_ms < t->of->active_ms;
}

static void post(talk *t, account *by, const session_of *place) {
    const spoken_final *final = &t->found.items[t->next];
    char id[SPOKEN_ID_BYTES];
    spoken_id(t->key, final->run_id, id);
    move(t, TALK_POSTING);
    t->post = speak_post_start(&t->of->owner->world,
                               &(speak_message){.account = by,
                                                .place = place,
                                                .session_key = t->key,
                                                .id = id,
                                                .text = final->text,
                                                .maybe_posted = maybe_posted(t, final)},
                               on_posted, t);
}

static void post_next(talk *t) {
    session_of place;
    while (t->next < t->found.count &&
           (t->found.items[t->next].ours || is_done(t, t->found.items[t->next].run_id)))
        t->next++;
    if (t->next == t->found.count) {
        if (t->heard != NULL) // meanwhile
            pause_for(t, LOOK_PAUSE_MS[t->looks < LOOKS_MAX ? t->looks : LOOKS_MAX - 1]);
        else
            end(t);
        return;
    }
    account *by = session_find(t->of->owner->parts.accounts, t->of->gateway, t->key, &place);
    if (by == NULL || !speak_may(t->of->owner))
        end(t); // the settings are others now, or this is another node's task now
    else
        post(t, by, &place);
}

// --- looking ---

static bool in_history(const talk *t, const char *run_id) {
    for (size_t i = 0; i < t->found.count; i++) {
        if (strcmp(t->found.items[i].run_id, run_id) == 0)
            return true;
    }
    return false;
}

// What was heard and is found, or was dealt with, is forgotten; what does not come into the history at all is taken as it was heard.
static void settle_heard(talk *t) {
    heard *h = NULL, *next = NULL;
    bool last = t->looks >= LOOKS_MAX;
    LL_FOREACH_SAFE (t->heard, h, next) {
        bool settled = in_history(t, h->run_id) || is_done(t, h->run_id);
        if (!settled && last && !h->run_open) {
            t->found.items = xrealloc(t->found.items, (t->found.count + 1) * sizeof *t->found.items);
            t->found.items[t->found.count++] =
                (spoken_final){.run_id = xstrdup(h->run_id), .text = xstrdup(h->text), .at_ms = h->at_ms};
        }
        if (settled || last)
            forget_heard(t, h);
    }
}

static void on_history(void *ctx, const request_reply *reply) {
    talk *t = ctx;
    t->request = NULL;
    if (reply->err == OC_ECLOSED || reply->err == OC_EBUSY) {
        pause_for(t, FAILURE_PAUSE_MS[0]); // the gateway's return looks through all sessions anyway
        return;
    }
    spoken_finals_free(&t->found);
    t->next = 0;
    if (reply->err == OC_OK)
        t->found = speak_find(reply->payload, spoken_since(known(t)));
    else
        log_warn("a session's history could not be read", "session", t->key, "error",
                 oc_err_text(reply->err));
    if (reply->err == OC_OK && !t->found.reaches_back && t->rows < HISTORY_ROWS_MAX) {
        t->rows = HISTORY_ROWS_MAX;
        look(t);
        return;
    }
    t->looks++;
    settle_heard(t);
    post_next(t);
}

static void look(void *ctx) {
    talk *t = ctx;
    cJSON *params = json_new_object();
    json_add_string(params, "sessionKey", t->key);
    json_add_int(params, "limit", t->rows);
    move(t, TALK_LOOKING);
    t->request = gateway_call(t->of->gateway, "chat.history", params, HISTORY_LIMIT_MS, on_history, t);
    if (t->request == NULL)
        pause_for(t, FAILURE_PAUSE_MS[0]);
}

void talks_go_on(source *of) {
    talk *t = NULL, *next = NULL;
    if (!of->owner->active || spoken_since(spoken_store_known(of->store)) == 0)
        return; // nobody knows yet what is old
    HASH_ITER (hh, of->talks, t, next) {
        if (of->at_work >= SPEAK_TALKS_AT_ONCE)
            return;
        if (t->state == TALK_WAITING)
            look(t);
    }
}

static void hear(talk *t, const gateway_final *final) {
    heard *h = xcalloc(1, sizeof *h);
    int64_t at_ms = json_int(final->message, "timestamp", 0), since_ms = spoken_since(known(t));
    size_t len = strlen(final->text);
    *h = (heard){.run_id = xstrdup(final->run_id),
                 .text = xstrndup(final->text, len < HEARD_MAX_BYTES ? len : HEARD_MAX_BYTES),
                 .at_ms = at_ms > since_ms ? at_ms : since_ms,
                 .run_open = final->run_open};
    LL_APPEND(t->heard, h);
    t->looks = 0;
}

bool talk_want(source *of, const char *session_key, const gateway_final *final) {
    talk *t = NULL;
    HASH_FIND_STR(of->talks, session_key, t);
    if (t == NULL) {
        if (HASH_COUNT(of->talks) == SPEAK_TALKS_MAX)
            return false;
        t = xcalloc(1, sizeof *t);
        *t = (talk){.of = of, .key = xstrdup(session_key), .rows = HISTORY_ROWS};
        HASH_ADD_KEYPTR(hh, of->talks, t->key, strlen(t->key), t);
    }
    if (final != NULL && !is_done(t, final->run_id))
        hear(t, final);
    return true;
}
