// SPDX-License-Identifier: Apache-2.0
// What a question of the agent (ask_user) becomes in a chat: buttons, a menu or a dialog, and how what people choose becomes an
// answer. Pure. All texts of the question are the agent's: data. What is ours in labels and faults is
// marked (words/words.h).
#ifndef OC_INTERACTIONS_QUESTION_FORM_H
#define OC_INTERACTIONS_QUESTION_FORM_H

#include "gateway/questions.h"
#include "interactions/dialogs.h"
#include "words/words.h"

typedef enum question_form {
    QUESTION_BUTTONS, // one choice of at most QUESTION_BUTTONS_MAX options
    QUESTION_MENU,    // one choice of more
    QUESTION_DIALOG,  // free text, several choices, several questions at once
} question_form;
enum { QUESTION_BUTTONS_MAX = 5, QUESTION_ANSWER_MAX_RUNES = 3000 };
question_form question_form_of(const gateway_question *q);

// What is under the post. Ids: "option" (value: the option's number), "menu" (the same), "dialog" (opens it), "skip".
typedef struct question_actions {
    button_action items[QUESTION_BUTTONS_MAX + 2];
    size_t count;
    button_option options[QUESTION_OPTIONS_MAX]; // of the menu
    char *texts[3 * QUESTION_OPTIONS_MAX];       // owned
    size_t text_count;
} question_actions;
void question_actions_make(const gateway_question *q, question_actions *out);
void question_actions_clear(question_actions *a);

// The elements of the dialog; names "q<item>" and "q<item>other".
typedef struct question_elements {
    dialog_element items[2 * QUESTION_ITEMS_MAX];
    size_t count;
    button_option options[QUESTION_ITEMS_MAX][QUESTION_OPTIONS_MAX];
    char *texts[QUESTION_ITEMS_MAX * (QUESTION_OPTIONS_MAX * 2 + 6)]; // owned
    size_t text_count;
} question_elements;
// The caller frees it with question_elements_free.
question_elements *question_elements_make(const gateway_question *q);
void question_elements_free(question_elements *e);

// An answer, ready for questions_answer.
typedef struct question_reply {
    question_answer items[QUESTION_ITEMS_MAX];
    size_t count;
    const char *values[QUESTION_ITEMS_MAX][QUESTION_OPTIONS_MAX + 1];
    char *texts[QUESTION_ITEMS_MAX]; // owned
} question_reply;
// Nothing answered yet.
void question_reply_begin(const gateway_question *q, question_reply *out);
// value: a number of an option of the only item. False: there is none such.
bool question_reply_option(const gateway_question *q, const char *value, question_reply *out);
// values: what a dialog was sent with. NULL: out is good; else what is wrong by element's name, for dialogs_fault; the caller
// deletes it. out is to be cleared in any case.
cJSON *question_reply_form(const gateway_question *q, const cJSON *values, question_reply *out);
void question_reply_clear(question_reply *r);
// {"<item id>": ["Red"]}, as the gateway tells answers; the caller owns it.
cJSON *question_reply_json(const question_reply *r);

#endif
