// SPDX-License-Identifier: Apache-2.0
// Answers that people write, where a question's post has no buttons: a choice by its number or its name, one's own words, several with
// commas, a line for each of several questions, or the word that skips. Pure.
#ifndef OC_INTERACTIONS_QUESTION_TYPED_H
#define OC_INTERACTIONS_QUESTION_TYPED_H

#include "interactions/question_form.h"

typedef enum question_typed {
    QUESTION_TYPED_ANSWER, // out is good
    QUESTION_TYPED_SKIP,
    QUESTION_TYPED_WRONG, // *wrong says what is, and how it is done: marked (words/words.h), the caller frees it
} question_typed;
// text: what the message says, without a mention. out is to be cleared in any case. *wrong: NULL unless WRONG.
question_typed question_reply_text(const gateway_question *q, const char *text, question_reply *out,
                                   char **wrong);

// The choices of an item are counted from 1 in its post; not where one of their names is a number: two numbers would compete.
bool question_numbered(const question_item *item);

#endif
