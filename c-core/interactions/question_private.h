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
};

// A short word for what was chosen, by which it is known again in what the gateway tells: answers NULL: it was skipped.
enum { QUESTION_WORD_BYTES = 24 };
void question_word(const cJSON *answers, char out[QUESTION_WORD_BYTES]);

void question_answers_register(question_desk *d);
void question_click_again(void *ctx, const button_click *click, click_ticket *t); // of a desk
// q may be NULL.
void question_close(question_desk *d, const gateway_question *q, const char *id, question_end end,
                    const cJSON *answers);

#endif
