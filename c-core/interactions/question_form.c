// SPDX-License-Identifier: Apache-2.0
#include "interactions/question_form.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "interactions/foreign_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_RUNES = 60, HELP_RUNES = 150, TITLE_RUNES = 24, NAME_BYTES = 24 };

question_form question_form_of(const gateway_question *q) {
    const question_item *item = &q->items[0];
    if (q->item_count != 1 || item->multi_select || item->option_count == 0)
        return QUESTION_DIALOG;
    return item->option_count <= QUESTION_BUTTONS_MAX ? QUESTION_BUTTONS : QUESTION_MENU;
}

// --- buttons ---

static const char *keep(char **texts, size_t *count, char *text) {
    texts[(*count)++] = text;
    return text;
}

// A label must show something, whatever the agent wrote.
static char *label_of(const question_option *o, size_t index) {
    char *label = foreign_label(o->label, LABEL_RUNES);
    if (*label != '\0')
        return label;
    free(label);
    return words_mark(WORD_QUESTION_OPTION, "number", WORDS_NUMBER((int64_t)index + 1), NULL);
}

static void add_options(const question_item *item, button_option *options, char **texts, size_t *text_count) {
    for (size_t i = 0; i < item->option_count; i++) {
        const char *value = keep(texts, text_count, xasprintf("%zu", i));
        options[i] =
            (button_option){.text = keep(texts, text_count, label_of(&item->options[i], i)), .value = value};
    }
}

void question_actions_make(const gateway_question *q, question_actions *out) {
    const question_item *item = &q->items[0];
    question_form form = question_form_of(q);
    *out = (question_actions){.count = 0};
    if (form != QUESTION_DIALOG)
        add_options(item, out->options, out->texts, &out->text_count);
    for (size_t i = 0; form == QUESTION_BUTTONS && i < item->option_count; i++) {
        const char *id = keep(out->texts, &out->text_count, xasprintf("option%zu", i));
        out->items[out->count++] =
            (button_action){.id = id, .label = out->options[i].text, .value = out->options[i].value};
    }
    if (form == QUESTION_MENU)
        out->items[out->count++] = (button_action){.id = "menu",
                                                   .label = words_marked(WORD_QUESTION_MENU),
                                                   .options = out->options,
                                                   .option_count = item->option_count};
    if (form == QUESTION_DIALOG)
        out->items[out->count++] = (button_action){
            .id = "dialog", .label = words_marked(WORD_QUESTION_ANSWER_BUTTON), .style = "primary"};
    else if (item->other)
        out->items[out->count++] =
            (button_action){.id = "dialog", .label = words_marked(WORD_QUESTION_OTHER_BUTTON)};
    out->items[out->count++] = (button_action){.id = "skip", .label = words_marked(WORD_QUESTION_SKIP)};
}

void question_actions_clear(question_actions *a) {
    for (size_t i = 0; i < a->text_count; i++)
        free(a->texts[i]);
    a->text_count = 0;
}

// --- the dialog ---

static const char *keep_element(question_elements *e, char *text) {
    return keep(e->texts, &e->text_count, text);
}

static void add_element(question_elements *e, const question_item *item, size_t index) {
    dialog_element *d = &e->items[e->count++];
    bool options = item->option_count > 0;
    char *label = foreign_label(*item->header != '\0' ? item->header : item->text, TITLE_RUNES);
    *d = (dialog_element){
        .type = !options             ? DIALOG_TEXTAREA
                : item->multi_select ? DIALOG_MULTISELECT
                                     : DIALOG_SELECT,
        .name = keep_element(e, xasprintf("q%zu", index)),
        .label = keep_element(e, *label != '\0' ? label
                                                : words_mark(WORD_QUESTION_ITEM, "number",
                                                             WORDS_NUMBER((int64_t)index + 1), NULL)),
        .help = keep_element(e, foreign_label(item->text, HELP_RUNES)),
        .optional = options && item->other,
    };
    if (*label == '\0')
        free(label);
    if (!options)
        return;
    add_options(item, e->options[index], e->texts, &e->text_count);
    d->options = e->options[index];
    d->option_count = item->option_count;
    if (item->other)
        e->items[e->count++] = (dialog_element){.type = DIALOG_TEXT,
                                                .name = keep_element(e, xasprintf("q%zuother", index)),
                                                .label = words_marked(WORD_QUESTION_OTHER),
                                                .optional = true};
}

question_elements *question_elements_make(const gateway_question *q) {
    question_elements *e = xcalloc(1, sizeof *e);
    for (size_t i = 0; i < q->item_count && i < QUESTION_ITEMS_MAX; i++)
        add_element(e, &q->items[i], i);
    return e;
}

void question_elements_free(question_elements *e) {
    if (e == NULL)
        return;
    for (size_t i = 0; i < e->text_count; i++)
        free(e->texts[i]);
    free(e);
}

// --- answers ---

static const question_option *find_option(const question_item *item, const char *value) {
    uint64_t index = 0;
    if (item->option_count == 0 || value == NULL ||
        parse_uint(bytes_str(value), item->option_count - 1, &index) != OC_OK)
        return NULL;
    return &item->options[index];
}

static void add_value(question_reply *r, size_t item, const char *value) {
    r->values[item][r->items[item].value_count++] = value;
}

void question_reply_begin(const gateway_question *q, question_reply *out) {
    memset(out, 0, sizeof *out);
    out->count = q->item_count < QUESTION_ITEMS_MAX ? q->item_count : QUESTION_ITEMS_MAX;
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = (question_answer){.item_id = q->items[i].id, .values = out->values[i]};
}

bool question_reply_option(const gateway_question *q, const char *value, question_reply *out) {
    const question_option *o = find_option(&q->items[0], value);
    question_reply_begin(q, out);
    if (o == NULL || q->item_count != 1 || q->items[0].multi_select)
        return false;
    add_value(out, 0, o->label);
    return true;
}

// A value that was chosen; false for one that the dialog did not offer, or twice the same.
static bool choose(const question_item *item, const cJSON *value, question_reply *out, size_t index) {
    const question_option *o = find_option(item, cJSON_GetStringValue(value));
    if (o == NULL)
        return false;
    for (size_t i = 0; i < out->items[index].value_count; i++) {
        if (out->values[index][i] == o->label)
            return true;
    }
    add_value(out, index, o->label);
    return true;
}

static bool is_empty(const cJSON *value) {
    const char *text = cJSON_GetStringValue(value);
    return value == NULL || cJSON_IsNull(value) || (text != NULL && *text == '\0');
}

static bool read_choice(const question_item *item, const cJSON *value, question_reply *out, size_t index) {
    const cJSON *one = NULL;
    bool good = true;
    if (item->option_count == 0)
        return true;
    if (!cJSON_IsArray(value))
        return is_empty(value) || choose(item, value, out, index);
    cJSON_ArrayForEach(one, value) good = good && choose(item, one, out, index);
    return good && (item->multi_select || out->items[index].value_count <= 1);
}

// What is wrong with one item's answer, marked, or NULL.
static const char *read_item(const question_item *item, const cJSON *values, question_reply *out,
                             size_t index) {
    char name[NAME_BYTES], other[NAME_BYTES + 8];
    snprintf(name, sizeof name, "q%zu", index);
    snprintf(other, sizeof other, "%sother", name);
    const char *text = json_text(values, item->option_count == 0 ? name : other);
    if (!read_choice(item, json_get(values, name), out, index))
        return words_marked(WORD_QUESTION_NO_CHOICE);
    if (utf8_runes(bytes_str(text)) > QUESTION_ANSWER_MAX_RUNES)
        return words_marked(WORD_QUESTION_TOO_LONG);
    bytes own = utf8_trim(bytes_str(text));
    if (!utf8_has_visible(own))
        return out->items[index].value_count > 0 ? NULL : words_marked(WORD_QUESTION_NEEDED);
    if (item->option_count > 0 && !item->other)
        return words_marked(WORD_QUESTION_NO_CHOICE);
    if (!item->multi_select && out->items[index].value_count > 0)
        return words_marked(WORD_QUESTION_NOT_BOTH);
    out->texts[index] = xstrndup((const char *)own.data, own.len);
    add_value(out, index, out->texts[index]);
    return NULL;
}

cJSON *question_reply_form(const gateway_question *q, const cJSON *values, question_reply *out) {
    cJSON *errors = NULL;
    question_reply_begin(q, out);
    for (size_t i = 0; i < out->count; i++) {
        const char *wrong = read_item(&q->items[i], values, out, i);
        char name[NAME_BYTES];
        if (wrong == NULL)
            continue;
        snprintf(name, sizeof name, "q%zu", i);
        errors = errors != NULL ? errors : json_new_object();
        json_add_string(errors, name, wrong);
    }
    return errors;
}

void question_reply_clear(question_reply *r) {
    for (size_t i = 0; i < QUESTION_ITEMS_MAX; i++) {
        free(r->texts[i]);
        r->texts[i] = NULL;
    }
}

cJSON *question_reply_json(const question_reply *r) {
    cJSON *json = json_new_object();
    for (size_t i = 0; i < r->count; i++) {
        cJSON *list = json_add_array(json, r->items[i].item_id);
        for (size_t k = 0; k < r->items[i].value_count; k++)
            json_push(list, json_new_string(r->items[i].values[k]));
    }
    return json;
}
