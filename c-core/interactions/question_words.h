// SPDX-License-Identifier: Apache-2.0
// What people read about questions of the agent: Markdown, marked (words/words.h). The caller frees it.
#ifndef OC_INTERACTIONS_QUESTION_WORDS_H
#define OC_INTERACTIONS_QUESTION_WORDS_H

#include "gateway/questions.h"
#include "words/words.h"

// The post that asks.
char *words_question(const gateway_question *q);
// The same where it has no buttons: with numbers, and how an answer is written. mention: the bot's user name where it must be mentioned
// to be heard, "" in a direct message.
char *words_question_plain(const gateway_question *q, const char *mention);
// What is wrong with a written answer, and how it is done. item: whose answer; it is named where there are several.
char *words_question_wrong(const gateway_question *q, words_key wrong, size_t item);
// The dialog's introduction; "" when its elements say all.
char *words_question_introduction(const gateway_question *q);
// "**Red**", or "**Colour**: Red · **Size**: L"; answers: item id → list of texts. q may be NULL: then without headers.
char *words_question_answers(const gateway_question *q, const cJSON *answers);
// What takes the place of the buttons. by: a user's name, "" for somebody elsewhere.
char *words_question_answered(const char *what, const char *by); // what: words_question_answers
char *words_question_closed(question_end end, const char *by);

#endif
