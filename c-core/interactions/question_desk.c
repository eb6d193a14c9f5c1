// SPDX-License-Identifier: Apache-2.0
// What the gateway tells of questions, and the posts that this makes and ends. Answers: question_answer.c.
#include "interactions/question_desk.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "interactions/question_form.h"
#include "interactions/question_private.h"
#include "interactions/question_words.h"

#include <stdlib.h>
#include <string.h>

// --- how it ended ---

typedef struct ending {
    question_end end;
    bool secret; // its post says all
    char *what;  // the answers, for people
    char word[QUESTION_WORD_BYTES];
} ending;

static void ending_free(void *ctx) {
    ending *e = ctx;
    free(e->what);
    free(e);
}

static char *closing_text(void *ctx, const char *by, const char *word) {
    const ending *e = ctx;
    if (e->secret)
        return NULL;
    // Somebody here was deciding, but perhaps somebody elsewhere was faster with something else.
    by = strcmp(word, e->word) == 0 ? by : "";
    return e->end == QUESTION_ANSWERED && *e->what != '\0' ? words_question_answered(e->what, by)
                                                           : words_question_closed(e->end, by);
}

void question_close(question_desk *d, const gateway_question *q, const char *id, question_end end,
                    const cJSON *answers) {
    ending *e = xcalloc(1, sizeof *e);
    *e = (ending){.end = end, .secret = q != NULL && q->secret, .what = words_question_answers(q, answers)};
    if (end == QUESTION_ANSWERED)
        question_word(answers, e->word);
    else if (end == QUESTION_CANCELLED)
        question_word(NULL, e->word);
    asks_close(d->world.asks, QUESTION_KIND, id, closing_text, ending_free, e);
}

static void on_closed(void *ctx, gateway *g, const gateway_question *q, question_end end,
                      const cJSON *answers) {
    question_desk *d = ctx;
    ask_later_forget(&d->laters, g, q->id);
    question_close(d, q, q->id, end, answers);
}

// --- posting ---

static void on_refused(void *ctx, resolve_outcome outcome, const char *sentence) {
    (void)ctx;
    if (outcome == RESOLVE_REFUSED || outcome == RESOLVE_AWAY)
        log_warn("a question for a secret could not be cancelled", "why", sentence);
}

static void show(question_desk *d, gateway *g, const gateway_question *q, const ask_spot *spot) {
    question_actions actions;
    char *text = q->secret ? xstrdup(words_marked(WORD_QUESTION_SECRET)) : words_question(q);
    char *plain = words_question_plain(q, spot->kind == CHAT_DIRECT ? "" : spot->account->bot_username);
    ask_place place = {.channel_id = spot->channel_id,
                       .root_id = spot->root_id,
                       .user_id = spot->user_id,
                       .reader_id = spot->kind == CHAT_DIRECT ? spot->user_id : "",
                       .text = text,
                       .plain = plain,
                       .with_buttons = !q->secret};
    question_actions_make(q, &actions);
    ask_request r = {.kind = QUESTION_KIND,
                     .id = q->id,
                     .account_id = spot->account->id,
                     .bot_user_id = spot->account->bot_user_id,
                     .places = &place,
                     .place_count = 1,
                     .actions = actions.items,
                     .action_count = actions.count,
                     .lives_ms = q->expires_in_ms,
                     .earlier = q->listed};
    asks_open(d->world.asks, &r);
    question_actions_clear(&actions);
    free(plain);
    free(text);
    if (q->secret)
        questions_cancel(gateway_questions(g), q->id, on_refused, NULL);
}

static void on_later(void *ctx, void *source, const char *id) {
    question_desk *d = ctx;
    gateway *g = source;
    ask_spot spot;
    const gateway_question *q = questions_find(gateway_questions(g), id);
    if (q != NULL && ask_spot_find(&d->world.spots, g, q->session_key, q->run_id, &spot) != ASK_NOT_OURS)
        show(d, g, q, &spot);
}

static void on_requested(void *ctx, gateway *g, const gateway_question *q) {
    question_desk *d = ctx;
    ask_spot spot;
    ask_whose whose = ask_spot_find(&d->world.spots, g, q->session_key, q->run_id, &spot);
    if (whose == ASK_NOT_OURS)
        log_debug("a question of a session that is not ours is left to others", "question", q->id);
    else if (whose != ASK_RUN_AWAY || !ask_later(&d->laters, g, q->id))
        show(d, g, q, &spot);
}

// --- what earlier processes left ---

typedef struct sweep {
    question_desk *desk;
    const gateway *gateway;
} sweep;

static void on_stored(void *ctx, oc_err err, const open_ask *ask) {
    sweep *s = ctx;
    if (ask == NULL) {
        if (err != OC_OK)
            log_warn("questions that ended meanwhile stay open in their posts for now", "error",
                     oc_err_text(err));
        free(s);
        return;
    }
    question_desk *d = s->desk;
    account *a = ask_spot_account(&d->world.spots, ask->account);
    bool here = a != NULL && a->gateway == s->gateway;
    bool gone = here && gateway_get_status(a->gateway).state == GATEWAY_READY &&
                questions_known(gateway_questions(a->gateway)) &&
                questions_find(gateway_questions(a->gateway), ask->id) == NULL;
    bool over = a == NULL && ask->expires_ms < loop_wall_ms(d->world.loop);
    if (gone || over)
        question_close(
            d, NULL, ask->id,
            over || ask->expires_ms < loop_wall_ms(d->world.loop) ? QUESTION_EXPIRED : QUESTION_GONE, NULL);
}

static void on_listed(void *ctx, gateway *g) {
    question_desk *d = ctx;
    ask_held_look(&d->held, g);
    sweep *s = xmalloc(sizeof *s);
    *s = (sweep){.desk = ctx, .gateway = g};
    asks_each(s->desk->world.asks, QUESTION_KIND, on_stored, s);
    if (d->world.changed != NULL)
        d->world.changed(d->world.ctx);
}

static void on_gone(void *ctx, gateway *g, gateway_control *c, gateway_node *n) {
    question_desk *d = ctx;
    (void)c, (void)n;
    ask_later_forget(&d->laters, g, NULL);
}

// --- the desk ---

question_desk *question_desk_create(const question_world *w) {
    static const account_listener listener = {.question_requested = on_requested,
                                              .question_closed = on_closed,
                                              .questions_listed = on_listed,
                                              .gone = on_gone};
    question_desk *d = xcalloc(1, sizeof *d);
    d->world = *w;
    d->laters = (ask_laters){.loop = w->loop, .fn = on_later, .ctx = d};
    d->held = (ask_held){.loop = w->loop, .fn = question_click_again, .ctx = d};
    question_answers_register(d);
    accounts_listen(w->accounts, &listener, d);
    return d;
}

void question_desk_destroy(question_desk *d) {
    if (d == NULL)
        return;
    ask_laters_end(&d->laters);
    ask_held_end(&d->held);
    loop_timer_cancel(&d->again);
    free(d);
}

bool question_desk_waits(const question_desk *d, const char *run_id) {
    for (size_t i = 0; i < accounts_count(d->world.accounts); i++) {
        const account *a = accounts_at(d->world.accounts, i);
        const questions *all = a->gateway != NULL ? gateway_questions(a->gateway) : NULL;
        for (size_t k = 0; all != NULL && questions_at(all, k) != NULL; k++) {
            if (strcmp(questions_at(all, k)->run_id, run_id) == 0)
                return true;
        }
    }
    return false;
}
