// SPDX-License-Identifier: Apache-2.0
// Clicks on a question's buttons and what its dialog is sent with: who may, what was chosen, and what the gateway says to it.
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "interactions/dialogs.h"
#include "interactions/question_form.h"
#include "interactions/question_private.h"
#include "interactions/question_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_TEXT_MAX_BYTES = 64 << 10 };

void question_word(const cJSON *answers, char out[QUESTION_WORD_BYTES]) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325); // FNV-1a
    buf text;
    if (answers == NULL) {
        snprintf(out, QUESTION_WORD_BYTES, "skip");
        return;
    }
    buf_init(&text, WORD_TEXT_MAX_BYTES);
    oc_err err = json_print(answers, &text); // what is too long is known by being so
    for (size_t i = 0; err == OC_OK && i < text.len; i++)
        hash = (hash ^ buf_bytes(&text).data[i]) * UINT64_C(0x100000001b3);
    buf_free(&text);
    snprintf(out, QUESTION_WORD_BYTES, "a%016" PRIx64, hash);
}

// --- one answer on its way: of a click or of a dialog ---

typedef struct answering {
    question_desk *desk;
    char *account_id, *id;
    person by;
    cJSON *answers;      // item id → texts, ours: the question may end at any moment; NULL: it is skipped
    click_ticket *click; // one of them is there
    dialog_ticket *dialog;
} answering;

static void end(answering *a, const char *text, bool again) {
    button_result result = {.ephemeral_text = text};
    if (a->click != NULL)
        buttons_answer(a->click, &result);
    else if (again)
        dialogs_fault(a->dialog, text, NULL);
    else
        dialogs_accept(a->dialog, text);
    cJSON_Delete(a->answers);
    free(a->account_id);
    free(a->id);
    free(a);
}

questions *question_find(const question_desk *d, const char *account_id, const char *id,
                         const gateway_question **q) {
    const account *a = ask_spot_account(&d->world.spots, account_id);
    questions *all = a != NULL ? gateway_questions(a->gateway) : NULL;
    *q = all != NULL ? questions_find(all, id) : NULL;
    return all;
}

// The gateway can be asked; whether we know already what waits there, questions_known says.
static const gateway *ready(const question_desk *d, const char *account_id) {
    const account *a = ask_spot_account(&d->world.spots, account_id);
    return a != NULL && gateway_get_status(a->gateway).state == GATEWAY_READY ? a->gateway : NULL;
}

static bool is_known(const question_desk *d, const char *account_id) {
    const account *a = ask_spot_account(&d->world.spots, account_id);
    return ready(d, account_id) != NULL && questions_known(gateway_questions(a->gateway));
}

// Why a question is not there to be answered; its post is closed when it is over.
static const char *missing(question_desk *d, const char *account_id, const char *id) {
    if (!is_known(d, account_id))
        return words_marked(WORD_QUESTION_AWAY);
    question_close(d, NULL, id, QUESTION_GONE, NULL);
    return words_marked(WORD_QUESTION_OVER);
}

static void log_refused(const answering *a, const char *sentence) {
    char *why = words_in(WORDS_EN, sentence);
    log_warn("the gateway did not take an answer", "question", a->id, "why", why);
    free(why);
}

static void on_resolved(void *ctx, resolve_outcome outcome, const char *sentence) {
    answering *a = ctx;
    if (outcome == RESOLVE_TAKEN) { // the post says so when the gateway has told everybody
        end(a, NULL, false);
        return;
    }
    asks_undecide(a->desk->world.asks, QUESTION_KIND, a->id, a->by.id);
    switch (outcome) {
    case RESOLVE_TOO_LATE:
        end(a, words_marked(WORD_QUESTION_OVER), false);
        return;
    case RESOLVE_REFUSED:
        log_refused(a, sentence);
        end(a, sentence, true);
        return;
    case RESOLVE_TAKEN:
    case RESOLVE_AWAY:
        break;
    }
    end(a, words_marked(WORD_QUESTION_AWAY), true);
}

void question_send(questions *all, const char *id, const cJSON *answers, const char *by, resolve_fn *fn,
                   void *ctx) {
    question_answer items[QUESTION_ITEMS_MAX];
    const char *values[QUESTION_ITEMS_MAX][QUESTION_OPTIONS_MAX + 1];
    const cJSON *list = NULL, *value = NULL;
    size_t count = 0;
    if (answers == NULL) {
        questions_cancel(all, id, fn, ctx);
        return;
    }
    cJSON_ArrayForEach(list, answers) {
        if (count == QUESTION_ITEMS_MAX)
            break;
        items[count] = (question_answer){.item_id = list->string, .values = values[count]};
        cJSON_ArrayForEach(value, list) values[count][items[count].value_count++] = value->valuestring;
        count++;
    }
    questions_answer(all, id, items, count, by, fn, ctx);
}

static void on_decided(void *ctx, oc_err err) {
    answering *a = ctx;
    const gateway_question *q = NULL;
    questions *all = err == OC_OK ? question_find(a->desk, a->account_id, a->id, &q) : NULL;
    if (err == OC_EBUSY)
        end(a, words_marked(WORD_QUESTION_BUSY), true);
    else if (err == OC_ENOTFOUND)
        end(a, words_marked(WORD_QUESTION_OVER), false);
    else if (err != OC_OK)
        end(a, words_marked(WORD_QUESTION_TROUBLE), true);
    else if (q == NULL)
        end(a, missing(a->desk, a->account_id, a->id), false);
    else
        question_send(all, a->id, a->answers, a->by.username, on_resolved, a);
}

static answering *answering_new(question_desk *d, const char *account_id, const char *id, const person *by) {
    answering *a = xcalloc(1, sizeof *a);
    *a = (answering){.desk = d, .account_id = xstrdup(account_id), .id = xstrdup(id), .by = *by};
    return a;
}

static void decide(answering *a) {
    char word[QUESTION_WORD_BYTES];
    question_word(a->answers, word);
    asks_decide(a->desk->world.asks, QUESTION_KIND, a->id, &a->by, word, on_decided, a);
}

// --- the dialog ---

static void on_opened(void *ctx, oc_err err, const char *message) {
    click_ticket *t = ctx;
    button_result result = {.ephemeral_text = err != OC_OK ? words_marked(WORD_QUESTION_NOT_OPENED) : NULL};
    if (err != OC_OK)
        log_warn("a dialog could not be opened", "error", message != NULL ? message : oc_err_text(err));
    buttons_answer(t, &result);
}

static void open_dialog(question_desk *d, const gateway_question *q, const button_click *click,
                        click_ticket *t) {
    question_elements *e = question_elements_make(q);
    char *introduction = words_question_introduction(q);
    cJSON *data = json_new_object();
    json_add_string(data, "id", q->id);
    dialog form = {.kind = QUESTION_KIND,
                   .account_id = click->account_id,
                   .channel_id = click->channel_id,
                   .user_id = click->by->id,
                   .trigger_id = click->trigger_id,
                   .title = words_marked(q->item_count > 1 ? WORD_QUESTION_TITLE_MANY : WORD_QUESTION_TITLE),
                   .introduction = introduction,
                   .submit_label = words_marked(WORD_QUESTION_SUBMIT),
                   .elements = e->items,
                   .count = e->count,
                   .data = data};
    dialogs_open(d->world.buttons, &form, on_opened, t);
    cJSON_Delete(data);
    free(introduction);
    question_elements_free(e);
}

// --- clicks ---

static void ask_place_of(question_desk *d, const char *account_id, const char *channel_id, const person *by,
                         place_fn *fn, void *ctx) {
    place_request r = {.user_id = by->id, .channel_id = channel_id, .root_id = "", .bot = account_id};
    place_find(d->world.place, &r, fn, ctx);
}

static void on_click_place(void *ctx, place_verdict verdict, bot_place *p) {
    click_ticket *t = ctx;
    if (verdict == PLACE_FOUND && p->allowed)
        buttons_admit(t);
    else
        buttons_refuse(t, "not_allowed", words_marked(WORD_QUESTION_NOT_YOURS));
    place_free(p);
}

static void may(void *ctx, const button_click *click, click_ticket *t) {
    ask_place_of(ctx, click->account_id, click->channel_id, click->by, on_click_place, t);
}

void question_click_again(void *ctx, const button_click *click, click_ticket *t) {
    question_desk *d = ctx;
    const char *id = json_text(click->data, "id");
    const gateway_question *q = NULL;
    question_find(d, click->account_id, id, &q);
    button_result over = {.ephemeral_text = q == NULL ? missing(d, click->account_id, id) : NULL};
    if (q == NULL) {
        buttons_answer(t, &over);
        return;
    }
    if (strcmp(click->id, "dialog") == 0) {
        open_dialog(d, q, click, t);
        return;
    }
    question_reply reply;
    bool skip = strcmp(click->id, "skip") == 0, good = question_reply_option(q, click->value, &reply);
    answering *a = answering_new(d, click->account_id, id, click->by);
    a->click = t;
    a->answers = good && !skip ? question_reply_json(&reply) : NULL;
    question_reply_clear(&reply);
    if (skip || good)
        decide(a);
    else
        end(a, words_marked(WORD_QUESTION_OVER), false);
}

static void clicked(void *ctx, const button_click *click, click_ticket *t) {
    question_desk *d = ctx;
    const gateway *g = ready(d, click->account_id);
    const gateway_question *q = NULL;
    question_find(d, click->account_id, json_text(click->data, "id"), &q);
    bool wait = q == NULL && g != NULL && !is_known(d, click->account_id);
    if (!wait || !ask_held_keep(&d->held, g, click, t))
        question_click_again(d, click, t);
}

// --- submissions ---

static void on_submit_place(void *ctx, place_verdict verdict, bot_place *p) {
    answering *a = ctx;
    if (verdict == PLACE_FOUND && p->allowed)
        decide(a);
    else
        end(a, words_marked(WORD_QUESTION_NOT_YOURS), false);
    place_free(p);
}

static void submitted(void *ctx, const dialog_submission *s, dialog_ticket *t) {
    question_desk *d = ctx;
    const char *id = json_text(s->data, "id");
    const gateway_question *q = NULL;
    question_find(d, s->account_id, id, &q);
    if (q == NULL && !is_known(d, s->account_id)) {
        dialogs_fault(t, words_marked(WORD_QUESTION_AWAY), NULL); // what was written stays
        return;
    }
    if (q == NULL) {
        dialogs_accept(t, missing(d, s->account_id, id));
        return;
    }
    question_reply reply;
    cJSON *errors = question_reply_form(q, s->values, &reply);
    if (errors == NULL) {
        answering *a = answering_new(d, s->account_id, id, s->by);
        a->dialog = t;
        a->answers = question_reply_json(&reply);
        ask_place_of(d, s->account_id, s->channel_id, s->by, on_submit_place, a);
    } else {
        dialogs_fault(t, NULL, errors);
        cJSON_Delete(errors);
    }
    question_reply_clear(&reply);
}

void question_answers_register(question_desk *d) {
    buttons_register(d->world.buttons,
                     &(button_kind){.name = QUESTION_KIND, .may = may, .clicked = clicked, .ctx = d});
    dialogs_register(d->world.buttons,
                     &(dialog_kind){.name = QUESTION_KIND, .submitted = submitted, .ctx = d});
}
