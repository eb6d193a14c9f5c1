// SPDX-License-Identifier: Apache-2.0
#include "gateway/questions.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "words/words.h"
#include "gateway/ask_read.h"
#include "gateway/resolves.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { GRACE_MS = 5000 }; // after its time, for the gateway's own word

typedef struct entry {
    gateway_question q;
    questions *owner;
    arena memory;
    int64_t until_ms; // monotonic
    unsigned seen;    // the connect at which it was heard of last
    loop_timer over;
    struct entry *prev, *next;
} entry;

struct questions {
    loop *loop;
    requests *requests;
    resolves *resolves;
    questions_events events;
    void *ctx;
    entry *all;
    size_t count;
    unsigned connects;
    open_request *list;
    bool known; // the list of this connect came
};

static const char requested[] = "question.requested", resolved[] = "question.resolved";
static const char too_late[] = "It has been answered already, or its time is over.";

questions *questions_create(loop *l, requests *r, const questions_events *events, void *ctx) {
    questions *s = xcalloc(1, sizeof *s);
    *s = (questions){.loop = l, .requests = r, .events = *events, .ctx = ctx};
    s->resolves = resolves_create(l, r);
    return s;
}

static void free_entry(entry *e) {
    loop_timer_cancel(&e->over);
    arena_free(&e->memory);
    free(e);
}

void questions_destroy(questions *s) {
    if (s == NULL)
        return;
    resolves_destroy(s->resolves);
    request_cancel(s->list);
    while (s->all != NULL) {
        entry *e = s->all;
        DL_DELETE(s->all, e);
        free_entry(e);
    }
    free(s);
}

static entry *entry_of(const questions *s, const char *id) {
    entry *e = NULL;
    DL_FOREACH (s->all, e) {
        if (strcmp(e->q.id, id) == 0)
            return e;
    }
    return NULL;
}

static const gateway_question *as_of_now(entry *e) {
    int64_t left = e != NULL ? e->until_ms - loop_now_ms(e->owner->loop) : 0;
    if (e == NULL)
        return NULL;
    e->q.expires_in_ms = left > 0 ? left : 0;
    return &e->q;
}

const gateway_question *questions_find(const questions *s, const char *id) {
    return as_of_now(entry_of(s, id));
}

const gateway_question *questions_at(const questions *s, size_t index) {
    entry *e = s->all;
    while (e != NULL && index-- > 0)
        e = e->next;
    return as_of_now(e);
}

bool questions_known(const questions *s) {
    return s->known;
}

bool questions_listing(const questions *s) {
    return s->list != NULL;
}

// --- coming and going ---

static void close_entry(entry *e, question_end end, const cJSON *answers) {
    questions *s = e->owner;
    DL_DELETE(s->all, e);
    s->count--;
    if (s->events.closed != NULL)
        s->events.closed(s->ctx, as_of_now(e), end, answers);
    free_entry(e);
}

static void on_over(void *ctx) {
    close_entry(ctx, QUESTION_EXPIRED, NULL);
}

static void take(questions *s, const cJSON *record, bool listed) {
    entry *e = entry_of(s, json_text(record, "id"));
    const char *status = json_text(record, "status");
    if (*status != '\0' && strcmp(status, "pending") != 0)
        return; // one that has just ended
    if (e != NULL) {
        e->seen = s->connects;
        return;
    }
    if (s->count >= QUESTIONS_MAX) {
        log_warn("too many questions wait at the gateway: one is not shown");
        return;
    }
    e = xcalloc(1, sizeof *e);
    e->owner = s;
    arena_init(&e->memory, ASK_MAX_BYTES);
    oc_err err = question_read(record, &e->memory, &e->q);
    if (err != OC_OK) {
        log_warn("a question of the gateway cannot be shown", "reason", oc_err_text(err));
        free_entry(e);
        return;
    }
    int64_t left = ask_time_left_ms(e->q.created_ms, e->q.expires_ms, loop_wall_ms(s->loop), !listed);
    e->q.listed = listed;
    e->seen = s->connects;
    e->until_ms = loop_now_ms(s->loop) + left;
    loop_timer_set(s->loop, &e->over, left + GRACE_MS, on_over, e);
    DL_APPEND(s->all, e);
    s->count++;
    if (s->events.requested != NULL)
        s->events.requested(s->ctx, as_of_now(e));
}

bool questions_wants(bytes event_name) {
    return bytes_is(event_name, requested) || bytes_is(event_name, resolved);
}

void questions_on_event(questions *s, const char *name, const cJSON *payload) {
    const cJSON *answers = NULL;
    if (strcmp(name, requested) == 0)
        take(s, payload, false);
    entry *e = strcmp(name, resolved) == 0 ? entry_of(s, json_text(payload, "id")) : NULL;
    if (e == NULL)
        return;
    question_end end = question_read_end(payload, &answers);
    close_entry(e, end, answers);
}

// --- after a connect ---

static void close_unseen(questions *s) {
    entry *e = NULL, *next = NULL;
    DL_FOREACH_SAFE (s->all, e, next) {
        if (e->seen != s->connects)
            close_entry(e, e->until_ms <= loop_now_ms(s->loop) ? QUESTION_EXPIRED : QUESTION_GONE, NULL);
    }
}

static void on_list(void *ctx, const request_reply *reply) {
    questions *s = ctx;
    const cJSON *list = json_array(reply->payload, "questions"), *record = NULL;
    s->list = NULL;
    if (reply->err == OC_ECLOSED)
        return;
    if (reply->err != OC_OK || list == NULL) {
        log_warn("the gateway does not tell which questions wait");
    } else {
        cJSON_ArrayForEach(record, list) take(s, record, true);
        s->known = true;
        close_unseen(s);
    }
    if (s->events.listed != NULL)
        s->events.listed(s->ctx);
}

void questions_on_ready(questions *s) {
    request_cancel(s->list);
    s->known = false;
    s->connects++;
    s->list = requests_start(s->requests, &(request_options){.method = "question.list",
                                                             .params = json_new_object(),
                                                             .timeout_ms = REQUEST_TIMEOUT_MS,
                                                             .fn = on_list,
                                                             .ctx = s});
}

// --- answering ---

static const question_item *item_of(const gateway_question *q, const char *id) {
    for (size_t i = 0; i < q->item_count; i++) {
        if (strcmp(q->items[i].id, id) == 0)
            return &q->items[i];
    }
    return NULL;
}

static bool is_possible(const gateway_question *q, const question_answer *a) {
    const question_item *item = item_of(q, a->item_id);
    return item != NULL && !item->secret && a->value_count > 0 && (item->multi_select || a->value_count == 1);
}

void questions_answer(questions *s, const char *id, const question_answer *answers, size_t count,
                      const char *resolved_by, resolve_fn *fn, void *ctx) {
    const entry *e = entry_of(s, id);
    if (e == NULL) {
        resolves_end(s->resolves, RESOLVE_TOO_LATE, too_late, fn, ctx);
        return;
    }
    cJSON *params = json_new_object();
    json_add_string(params, "id", e->q.id);
    cJSON *values = json_add_object(json_add_object(params, "answers"), "answers");
    bool possible = count > 0;
    for (size_t i = 0; i < count; i++) {
        possible = possible && is_possible(&e->q, &answers[i]);
        cJSON *list = json_add_array(values, answers[i].item_id);
        for (size_t k = 0; k < answers[i].value_count; k++)
            json_push(list, json_new_string(answers[i].values[k]));
    }
    if (*resolved_by != '\0')
        json_add_string(params, "resolvedBy", resolved_by);
    if (possible) {
        resolves_start(s->resolves, "question.resolve", params, fn, ctx);
        return;
    }
    cJSON_Delete(params);
    resolves_end(s->resolves, RESOLVE_REFUSED, words_marked(WORD_GATEWAY_RESOLVE_NO_ANSWER), fn, ctx);
}

void questions_cancel(questions *s, const char *id, resolve_fn *fn, void *ctx) {
    if (entry_of(s, id) == NULL) {
        resolves_end(s->resolves, RESOLVE_TOO_LATE, too_late, fn, ctx);
        return;
    }
    cJSON *params = json_new_object();
    json_add_string(params, "id", id);
    json_add_bool(params, "cancel", true);
    resolves_start(s->resolves, "question.resolve", params, fn, ctx);
}
