// SPDX-License-Identifier: Apache-2.0
// Messages that answer a question whose post has no buttons. What is stored of open questions says which posts have none and
// whether an earlier process had taken the message already; what waits at the gateway says which question it is.
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "interactions/question_form.h"
#include "interactions/question_private.h"
#include "interactions/question_typed.h"
#include "interactions/question_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGAIN_MS = 5000 };

typedef struct hearing {
    question_desk *desk;
    char *account_id, *place, *run_id, *channel_id, *post_id, *text;
    person by;
    bool with_files;
    int64_t at_ms;
    char id[ASK_ID_BYTES]; // of the question that it answers; "": of none
    bool taken;            // an earlier process had noted that, and may have sent it
    bool over;             // that question is over
    bool unknown;   // a post without buttons, but the gateway has not said yet whether its question waits
    cJSON *answers; // NULL: it skips
    question_heard_fn *fn;
    void *ctx;
} hearing;

static void end(hearing *h, question_heard heard, const char *sentence) {
    h->fn(h->ctx, heard, sentence);
    cJSON_Delete(h->answers);
    free(h->account_id);
    free(h->place);
    free(h->run_id);
    free(h->channel_id);
    free(h->post_id);
    free(h->text);
    free(h);
}

// --- which question ---

// Behind the agent, whose name the gateway may know better than we do.
static const char *without_agent(const char *session_key) {
    const char *agent = strncmp(session_key, "agent:", 6) == 0 ? strchr(session_key + 6, ':') : NULL;
    return agent != NULL ? agent : session_key;
}

static bool is_asked_there(const gateway_question *q, const char *place, const char *run_id) {
    return (*run_id != '\0' && strcmp(q->run_id, run_id) == 0) ||
           (*q->session_key != '\0' && strcmp(without_agent(q->session_key), without_agent(place)) == 0);
}

// The gateway is going to say what waits.
static bool will_tell(const account *a) {
    const questions *all = gateway_questions(a->gateway);
    return gateway_get_status(a->gateway).state != GATEWAY_READY ||
           (!questions_known(all) && questions_listing(all));
}

static bool any_asked_there(const account *a, const question_said *said) {
    const questions *all = gateway_questions(a->gateway);
    bool any = false;
    for (size_t i = 0; !any && questions_at(all, i) != NULL; i++)
        any = is_asked_there(questions_at(all, i), said->place, said->run_id);
    return any;
}

// It can be answered by writing, and by this message.
static bool is_open_to(const hearing *h, const open_ask *ask) {
    const ask_post *p = &ask->posts[0];
    return strcmp(ask->account, h->account_id) == 0 && ask->post_count == 1 && *p->nonce == '\0' &&
           strcmp(p->channel_id, h->channel_id) == 0 && p->at_ms > 0 && p->at_ms < h->at_ms;
}

static void note_taken(hearing *h, const open_ask *ask, bool waits, bool will) {
    snprintf(h->id, sizeof h->id, "%s", ask->id);
    h->taken = true;
    h->over = !waits && !will;
    h->unknown = will;
}

static void look_at(hearing *h, const open_ask *ask) {
    const gateway_question *q = NULL;
    const account *a = ask_spot_account(&h->desk->world.spots, h->account_id);
    question_find(h->desk, h->account_id, ask->id, &q);
    bool will = a != NULL && will_tell(a), waits = q != NULL && q->expires_in_ms > 0 && !will;
    bool there = q != NULL && !q->secret && is_asked_there(q, h->place, h->run_id);
    if (strcmp(ask->said, h->post_id) == 0) {
        note_taken(h, ask, waits, will);
        return;
    }
    if (h->taken || *h->id != '\0' || !is_open_to(h, ask))
        return;
    h->unknown = h->unknown || (will && (q == NULL || there));
    if (waits && there)
        snprintf(h->id, sizeof h->id, "%s", ask->id); // the one that waits longest
}

// --- the answer ---

static void drop_answer(hearing *h, question_heard heard, const char *sentence) {
    asks_unsay(h->desk->world.asks, h->post_id);
    end(h, heard, sentence);
}

static void on_again(void *ctx) {
    const question_desk *d = ctx;
    if (d->world.changed != NULL)
        d->world.changed(d->world.ctx);
}

static void on_resolved(void *ctx, resolve_outcome outcome, const char *sentence) {
    hearing *h = ctx;
    question_desk *d = h->desk;
    switch (outcome) {
    case RESOLVE_TAKEN: // its post says so when the gateway has told everybody
        end(h, QUESTION_ANSWERED_BY_IT, "");
        return;
    case RESOLVE_TOO_LATE: // perhaps by an earlier process, with this very message
        if (h->taken)
            end(h, QUESTION_ANSWERED_BY_IT, "");
        else
            drop_answer(h, QUESTION_NOT_MEANT, "");
        return;
    case RESOLVE_REFUSED:
        log_warn("the gateway did not take an answer", "question", h->id);
        drop_answer(h, QUESTION_MISSED, sentence);
        return;
    case RESOLVE_AWAY: // it may have arrived: it stays noted, and is looked at again
        break;
    }
    loop_timer_set(d->world.loop, &d->again, AGAIN_MS, on_again, d);
    end(h, QUESTION_PERHAPS, "");
}

static void on_decided(void *ctx, oc_err err) {
    hearing *h = ctx;
    const gateway_question *q = NULL;
    if (err == OC_EBUSY || err == OC_ENOTFOUND || err == OC_ECLOSED) {
        end(h, QUESTION_NOT_MEANT, "");
        return;
    }
    if (err != OC_OK) {
        end(h, QUESTION_MISSED, words_marked(WORD_QUESTION_TROUBLE));
        return;
    }
    questions *all = question_find(h->desk, h->account_id, h->id, &q);
    if (q == NULL && h->taken)
        end(h, QUESTION_ANSWERED_BY_IT, "");
    else if (q == NULL)
        drop_answer(h, QUESTION_NOT_MEANT, "");
    else
        question_send(all, h->id, h->answers, h->by.username, on_resolved, h);
}

static void decide(hearing *h) {
    char word[QUESTION_WORD_BYTES];
    question_word(h->answers, word);
    asks_decide_said(h->desk->world.asks, QUESTION_KIND, h->id, &h->by, word, h->post_id, on_decided, h);
}

static void read_answer(hearing *h, const gateway_question *q) {
    question_reply reply;
    char *wrong = NULL;
    question_typed typed = question_reply_text(q, h->text, &reply, &wrong);
    if (h->with_files) {
        free(wrong);
        wrong = words_question_wrong(q, WORD_QUESTION_NO_FILE, 0);
        typed = QUESTION_TYPED_WRONG;
    }
    h->answers = typed == QUESTION_TYPED_ANSWER ? question_reply_json(&reply) : NULL;
    question_reply_clear(&reply);
    if (typed != QUESTION_TYPED_WRONG)
        decide(h);
    else if (h->taken) // it was edited since
        drop_answer(h, QUESTION_MISSED, wrong);
    else
        end(h, QUESTION_MISSED, wrong);
    free(wrong);
}

// --- a message ---

static void conclude(hearing *h) {
    const gateway_question *q = NULL;
    question_find(h->desk, h->account_id, h->id, &q);
    if (h->taken && h->over)
        end(h, QUESTION_ANSWERED_BY_IT, "");
    else if (h->unknown && (h->taken || *h->id == '\0'))
        end(h, QUESTION_PERHAPS, "");
    else if (*h->id == '\0' || q == NULL)
        end(h, QUESTION_NOT_MEANT, "");
    else
        read_answer(h, q);
}

static void on_stored(void *ctx, oc_err err, const open_ask *ask) {
    hearing *h = ctx;
    if (ask == NULL && err != OC_OK) {
        if (err != OC_ECLOSED)
            log_warn("whether a message answers a question is not known: the agent gets it", "error",
                     oc_err_text(err));
        end(h, QUESTION_NOT_MEANT, "");
    } else if (ask == NULL) {
        conclude(h);
    } else if (strcmp(ask->kind, QUESTION_KIND) == 0) {
        look_at(h, ask);
    } else if (strcmp(ask->kind, ASK_SAID) == 0 && strcmp(ask->id, h->post_id) == 0) {
        h->taken = h->over = true;
    }
}

void question_desk_hear(question_desk *d, const question_said *said, question_heard_fn *fn, void *ctx) {
    const account *a = ask_spot_account(&d->world.spots, said->account->id);
    if (a == NULL || (!said->again && !will_tell(a) && !any_asked_there(a, said))) {
        fn(ctx, QUESTION_NOT_MEANT, "");
        return;
    }
    hearing *h = xcalloc(1, sizeof *h);
    *h = (hearing){.desk = d,
                   .account_id = xstrdup(a->id),
                   .place = xstrdup(said->place),
                   .run_id = xstrdup(said->run_id),
                   .channel_id = xstrdup(said->channel_id),
                   .post_id = xstrdup(said->post_id),
                   .text = xstrdup(said->text),
                   .with_files = said->with_files,
                   .at_ms = said->at_ms,
                   .fn = fn,
                   .ctx = ctx};
    snprintf(h->by.id, sizeof h->by.id, "%s", said->user_id);
    snprintf(h->by.username, sizeof h->by.username, "%s", said->username);
    asks_each(d->world.asks, NULL, on_stored, h);
}
