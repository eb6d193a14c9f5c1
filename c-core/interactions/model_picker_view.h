// SPDX-License-Identifier: Apache-2.0
// The model picker's pages: what they say and what can be clicked. Pure. Follows reference-behaviour notes §8.7.
#ifndef OC_INTERACTIONS_MODEL_PICKER_VIEW_H
#define OC_INTERACTIONS_MODEL_PICKER_VIEW_H

#include "words/words.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum { PICKER_MODELS_A_PAGE = 8, PICKER_PROVIDERS_MAX = 24, PICKER_BUTTONS_MAX = 25 };

typedef enum picker_page {
    PICKER_SUMMARY,   // the current model, and the way to the others
    PICKER_PROVIDERS, // who offers models, and how many
    PICKER_MODELS,    // of one provider, eight a page
    PICKER_SELECT,    // no page: a model was chosen
} picker_page;

typedef struct picker_at {
    picker_page page;
    char *provider; // of MODELS and SELECT
    char *model;    // of SELECT
    int number;     // of the page, from 1
} picker_at;
void picker_at_free(picker_at *at);

// What a command opens: "/model" the summary, "/models" the providers, "/models <provider>" its models. False: no page.
bool picker_entry(const char *command, picker_at *out);
// What a button's value leads to, and the other way round (the caller frees it). False: it is no such value.
bool picker_read(const char *value, picker_at *out);
char *picker_value(const picker_at *at);

typedef struct picker_button {
    char *label, *value;
    bool primary; // what is current, or the way on
} picker_button;

typedef struct picker_view {
    char *text; // Markdown
    picker_button buttons[PICKER_BUTTONS_MAX];
    size_t count;
} picker_view;
// models: of models.list; current: "provider/model", "" for the agent's usual one. A page beyond the last one is the last one.
picker_view *picker_view_of(words_lang lang, const cJSON *models, const char *current, const picker_at *at);
void picker_view_free(picker_view *v); // NULL-safe

// The model is there and can be used.
bool picker_has(const cJSON *models, const char *provider, const char *model);

#endif
