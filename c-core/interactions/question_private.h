// SPDX-License-Identifier: Apache-2.0
// What question_desk.c (posts) and question_answer.c (clicks and dialogs) share. Not for others.
#ifndef OC_INTERACTIONS_QUESTION_PRIVATE_H
#define OC_INTERACTIONS_QUESTION_PRIVATE_H

#include "interactions/ask_held.h"
#include "interactions/ask_later.h"
#include "interactions/question_desk.h"

#define QUESTION_KIND "question"

struct question_desk {
    question_world world;
    ask_laters laters;
    ask_held held;
    loop_timer again; // an answer that a busy gateway did not take
};

// A short word for what was chosen, by which it is known again in what the gateway tells: answers NULL: it was skipped.
enum { QUESTION_WORD_BYTES = 24 };
void question_word(const cJSON *answers, char out[QUESTION_WORD_BYTES]);

// Sends what was decided: answers NULL skips it. The question is there.
void question_send(questions *all, const char *id, const cJSON *answers, const char *by, resolve_fn *fn,
                   void *ctx);
// The question, and what waits at the account's gateway; NULL: there is none.
questions *question_find(const question_desk *d, const char *account_id, const char *id,
                         const gateway_question **q);
void question_answers_register(question_desk *d);
void question_click_again(void *ctx, const button_click *click, click_ticket *t); // of a desk
// q may be NULL.
void question_close(question_desk *d, const gateway_question *q, const char *id, question_end end,
                    const cJSON *answers);

#endif
