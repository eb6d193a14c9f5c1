// SPDX-License-Identifier: Apache-2.0
#include "gateway/resolves.h"

#include "base/json.h"
#include "base/mem.h"
#include "words/words.h"
#include "gateway/connect.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

typedef struct op {
    resolves *owner;
    resolve_fn *fn;
    void *ctx;
    open_request *request;   // NULL: ends from the timer
    resolve_outcome outcome; // of such a one
    const char *sentence;
    loop_timer soon;
    struct op *prev, *next;
} op;

struct resolves {
    loop *loop;
    requests *requests;
    op *all;
    size_t count;
};

static const char gone[] = "The gateway is not connected. Try again in a moment.";

resolves *resolves_create(loop *l, requests *r) {
    resolves *s = xcalloc(1, sizeof *s);
    *s = (resolves){.loop = l, .requests = r};
    return s;
}

static void end(op *o, resolve_outcome outcome, const char *sentence) {
    resolves *s = o->owner;
    DL_DELETE(s->all, o);
    s->count--;
    loop_timer_cancel(&o->soon);
    o->fn(o->ctx, outcome, sentence);
    free(o);
}

void resolves_destroy(resolves *s) {
    if (s == NULL)
        return;
    while (s->all != NULL) {
        request_cancel(s->all->request);
        end(s->all, RESOLVE_AWAY, gone);
    }
    free(s);
}

// --- what an answer means ---

// Who came too late is told so by a reason, or for questions by the status that stands.
static bool is_too_late(const cJSON *error) {
    static const char *const reasons[] = {"APPROVAL_ALREADY_RESOLVED", "APPROVAL_NOT_FOUND",
                                          "QUESTION_ALREADY_RESOLVED", "QUESTION_ALREADY_TERMINAL",
                                          "QUESTION_NOT_FOUND",        "QUESTION_REQUESTER_INACTIVE"};
    const cJSON *details = json_get(error, "details");
    const char *reason = json_text(details, "reason"), *code = json_text(details, "code");
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (strcmp(reason, reasons[i]) == 0 || strcmp(code, reasons[i]) == 0 ||
            strcmp(json_text(error, "code"), reasons[i]) == 0)
            return true;
    }
    return strcmp(json_text(error, "code"), "NOT_FOUND") == 0;
}

static resolve_outcome judge_error(const cJSON *error, char **sentence) {
    const char *code = json_text(error, "code");
    if (is_too_late(error)) {
        *sentence = xstrdup("It has been decided already, or its time is over.");
        return RESOLVE_TOO_LATE;
    }
    if (strcmp(code, "UNAVAILABLE") == 0 || json_bool(error, "retryable", false)) {
        *sentence = xstrdup("The gateway is busy. Try again in a moment.");
        return RESOLVE_AWAY;
    }
    if (strcmp(code, "FORBIDDEN") == 0) {
        *sentence = xstrdup(words_marked(WORD_GATEWAY_RESOLVE_NO_RIGHT));
        return RESOLVE_REFUSED;
    }
    char *words = connect_quote(json_text(error, "message"));
    *sentence = words_mark(WORD_GATEWAY_RESOLVE_NOT_TAKEN, "words",
                           *words != '\0' ? words : words_marked(WORD_GATEWAY_NO_REASON), NULL);
    free(words);
    return RESOLVE_REFUSED;
}

resolve_outcome resolve_judge(const request_reply *reply, char **sentence) {
    if (reply->err == OC_EREMOTE)
        return judge_error(reply->error, sentence);
    if (reply->err != OC_OK) {
        *sentence = xstrdup(reply->err == OC_ELIMIT ? words_marked(WORD_GATEWAY_RESOLVE_TOO_LONG) : gone);
        return reply->err == OC_ELIMIT ? RESOLVE_REFUSED : RESOLVE_AWAY;
    }
    const cJSON *applied = json_get(reply->payload, "applied");
    bool late = applied != NULL && !cJSON_IsTrue(applied);
    *sentence = xstrdup(late ? "It has been decided already, or its time is over." : "");
    return late ? RESOLVE_TOO_LATE : RESOLVE_TAKEN;
}

// --- on their way ---

static void on_reply(void *ctx, const request_reply *reply) {
    op *o = ctx;
    char *sentence = NULL;
    resolve_outcome outcome = resolve_judge(reply, &sentence);
    o->request = NULL;
    end(o, outcome, sentence);
    free(sentence);
}

static op *add(resolves *s, resolve_fn *fn, void *ctx) {
    op *o = xcalloc(1, sizeof *o);
    *o = (op){.owner = s, .fn = fn, .ctx = ctx};
    DL_APPEND(s->all, o);
    s->count++;
    return o;
}

static void on_soon(void *ctx) {
    op *o = ctx;
    end(o, o->outcome, o->sentence);
}

void resolves_end(resolves *s, resolve_outcome outcome, const char *sentence, resolve_fn *fn, void *ctx) {
    op *o = add(s, fn, ctx);
    o->outcome = outcome;
    o->sentence = sentence;
    loop_timer_set(s->loop, &o->soon, 0, on_soon, o);
}

void resolves_start(resolves *s, const char *method, cJSON *params, resolve_fn *fn, void *ctx) {
    if (s->count >= RESOLVES_MAX) {
        cJSON_Delete(params);
        resolves_end(s, RESOLVE_AWAY, "Too many answers are on their way. Try again in a moment.", fn, ctx);
        return;
    }
    op *o = add(s, fn, ctx);
    o->request = requests_start(
        s->requests,
        &(request_options){
            .method = method, .params = params, .timeout_ms = REQUEST_TIMEOUT_MS, .fn = on_reply, .ctx = o});
    if (o->request != NULL)
        return;
    o->outcome = RESOLVE_AWAY;
    o->sentence = gone;
    loop_timer_set(s->loop, &o->soon, 0, on_soon, o);
}
