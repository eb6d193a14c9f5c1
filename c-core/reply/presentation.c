// SPDX-License-Identifier: Apache-2.0
#include "reply/presentation.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LABEL_MAX_BYTES = 300, VALUE_MAX_BYTES = 2000, CELLS_MAX = 5000 };

// --- reading ---

// The first of the members that is a text with something in it, trimmed; NULL: none is. The caller frees it.
static char *text_of(const cJSON *object, const char *key, size_t max_bytes) {
    const char *text = json_string(object, key);
    bytes trimmed = text != NULL ? utf8_trim(bytes_str(text)) : bytes_of(NULL, 0);
    if (trimmed.len == 0 || trimmed.len > max_bytes)
        return NULL;
    return xstrndup((const char *)trimmed.data, trimmed.len);
}

static char *first_text(const cJSON *object, const char *const *keys, size_t max_bytes) {
    char *text = NULL;
    for (; *keys != NULL && text == NULL; keys++)
        text = text_of(object, *keys, max_bytes);
    return text;
}

static char *label_of(const cJSON *object) {
    static const char *const keys[] = {"label", "text", NULL};
    return first_text(object, keys, LABEL_MAX_BYTES);
}

static char *value_of(const cJSON *object) {
    static const char *const keys[] = {"value", "callbackData", "callback_data", NULL};
    return first_text(object, keys, VALUE_MAX_BYTES);
}

static bool is_type(const cJSON *object, const char *type) {
    return strcasecmp(json_text(object, "type"), type) == 0;
}

// --- writing ---

typedef struct writer {
    presentation *out;
    buf text;
    const cJSON *asked; // channelData.askUser
} writer;

static void paragraph(writer *w, const char *text) {
    oc_err err = w->text.len > 0 ? buf_append_str(&w->text, "\n\n") : OC_OK;
    if (err == OC_OK && buf_append_str(&w->text, text) != OC_OK)
        return; // the answer is longer than anybody reads
}

static void line(writer *w, bool *begun, const char *text) {
    if (!*begun)
        paragraph(w, text);
    else if (buf_append_str(&w->text, "\n") == OC_OK && buf_append_str(&w->text, text) != OC_OK)
        return;
    *begun = true;
}

static void list_line(writer *w, bool *begun, const char *label, const char *behind) {
    char *text = xasprintf("- %s%s", label, behind);
    line(w, begun, text);
    free(text);
}

// --- buttons ---

static char *url_of(const cJSON *button) {
    const cJSON *action = json_get(button, "action");
    if (is_type(action, "url") || is_type(action, "web-app"))
        return text_of(action, "url", VALUE_MAX_BYTES);
    if (action != NULL)
        return NULL;
    char *url = text_of(button, "url", VALUE_MAX_BYTES);
    if (url == NULL)
        url = text_of(json_get(button, "webApp"), "url", VALUE_MAX_BYTES);
    return url != NULL ? url : text_of(json_get(button, "web_app"), "url", VALUE_MAX_BYTES);
}

// What can be read of a control besides its label: where a link leads, what a command is. The caller frees it.
static char *readable(const cJSON *control) {
    const cJSON *action = json_get(control, "action");
    if (json_bool(control, "disabled", false))
        return xstrdup("");
    char *url = url_of(control);
    char *command =
        url == NULL && is_type(action, "command") ? text_of(action, "command", VALUE_MAX_BYTES) : NULL;
    char *text = url != NULL       ? xasprintf(": %s", url)
                 : command != NULL ? xasprintf(": `%s`", command)
                                   : xstrdup("");
    free(url);
    free(command);
    return text;
}

static presentation_item *new_item(writer *w, presentation_kind kind, const char *label) {
    if (w->out->count == PRESENTATION_ITEMS_MAX)
        return NULL;
    presentation_item *item = &w->out->items[w->out->count++];
    *item = (presentation_item){.kind = kind, .label = xstrdup(label)};
    return item;
}

static char *style_of(const cJSON *button) {
    static const char *const known[] = {"primary", "success", "danger"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcasecmp(json_text(button, "style"), known[i]) == 0)
            return xstrdup(known[i]);
    }
    return xstrdup("");
}

// -1: it is none of the options, or of another question.
static int option_of_question(const writer *w, const cJSON *action) {
    const cJSON *one = NULL;
    int index = 0;
    if (json_string(action, "intent") != NULL || *json_text(action, "questionId") == '\0' ||
        strcmp(json_text(w->asked, "questionId"), json_text(action, "questionId")) != 0)
        return -1;
    cJSON_ArrayForEach(one, json_array(w->asked, "optionValues")) {
        if (cJSON_IsString(one) && strcmp(one->valuestring, json_text(action, "optionValue")) == 0)
            return index;
        index++;
    }
    return -1;
}

static void add_question(writer *w, const cJSON *button, const char *label) {
    const cJSON *action = json_get(button, "action");
    int index = option_of_question(w, action);
    presentation_item *item = index >= 0 ? new_item(w, PRESENTATION_QUESTION, label) : NULL;
    if (item == NULL)
        return;
    item->style = style_of(button);
    item->question_id = xstrdup(json_text(action, "questionId"));
    item->option_index = index;
}

// Buttons with a value of the agent's become ours. Commands, approvals and what plugins of the gateway mean stay text: a
// click reaches the agent, not them.
static void add_button(writer *w, const cJSON *button, const char *label) {
    char *url = url_of(button),
         *value = url == NULL && json_get(button, "action") == NULL ? value_of(button) : NULL;
    presentation_item *item = value != NULL && !json_bool(button, "disabled", false)
                                  ? new_item(w, PRESENTATION_BUTTON, label)
                                  : NULL;
    if (item != NULL) {
        item->value = xstrdup(value);
        item->reusable = json_bool(button, "reusable", false);
        item->style = style_of(button);
    }
    free(value);
    free(url);
}

static bool has_meaning(const cJSON *button) {
    static const char *const types[] = {"command", "callback", "approval", "question", "url", "web-app"};
    const cJSON *action = json_get(button, "action");
    for (size_t i = 0; action != NULL && i < sizeof types / sizeof *types; i++) {
        if (is_type(action, types[i]))
            return true;
    }
    if (action != NULL)
        return false;
    char *value = value_of(button), *url = url_of(button);
    bool some = value != NULL || url != NULL;
    free(value);
    free(url);
    return some;
}

static void buttons_block(writer *w, const cJSON *block) {
    const cJSON *button = NULL;
    bool begun = false;
    cJSON_ArrayForEach(button, json_array(block, "buttons")) {
        char *label = cJSON_IsObject(button) && has_meaning(button) ? label_of(button) : NULL;
        if (label == NULL)
            continue;
        char *behind = readable(button);
        list_line(w, &begun, label, behind);
        if (is_type(json_get(button, "action"), "question"))
            add_question(w, button, label);
        else
            add_button(w, button, label);
        free(behind);
        free(label);
    }
}

// --- menus ---

static void add_option(presentation_item *menu, const char *label, char *value) {
    for (size_t i = 0; i < menu->option_count; i++) {
        if (strcmp(menu->options[i].value, value) == 0) { // which of them was meant could not be told
            free(value);
            return;
        }
    }
    if (menu->option_count == PRESENTATION_OPTIONS_MAX) {
        free(value);
        return;
    }
    menu->options = xrealloc(menu->options, (menu->option_count + 1) * sizeof *menu->options);
    menu->options[menu->option_count++] = (presentation_option){xstrdup(label), value};
}

static void item_free(presentation_item *item) {
    free(item->label);
    free(item->value);
    free(item->style);
    free(item->question_id);
    for (size_t i = 0; i < item->option_count; i++) {
        free(item->options[i].label);
        free(item->options[i].value);
    }
    free(item->options);
    *item = (presentation_item){.label = NULL};
}

static bool option_has_meaning(const cJSON *option) {
    const cJSON *action = json_get(option, "action");
    return action == NULL ? *json_text(option, "value") != '\0'
                          : is_type(action, "command") || is_type(action, "callback");
}

static void select_block(writer *w, const cJSON *block) {
    const cJSON *option = NULL;
    char *placeholder = text_of(block, "placeholder", LABEL_MAX_BYTES);
    char *heading = placeholder != NULL ? xasprintf("%s:", placeholder) : xstrdup("Options:");
    presentation_item *menu = new_item(w, PRESENTATION_MENU, placeholder != NULL ? placeholder : "Choose");
    bool begun = false;
    cJSON_ArrayForEach(option, json_array(block, "options")) {
        char *label = cJSON_IsObject(option) && option_has_meaning(option) ? label_of(option) : NULL;
        char *value = label != NULL && json_get(option, "action") == NULL ? value_of(option) : NULL;
        if (label != NULL && !begun)
            line(w, &begun, heading);
        if (label != NULL) {
            char *behind = readable(option);
            list_line(w, &begun, label, behind);
            free(behind);
        }
        if (value != NULL && menu != NULL)
            add_option(menu, label, value);
        else
            free(value);
        free(label);
    }
    if (menu != NULL && menu->option_count == 0) {
        item_free(menu);
        w->out->count--;
    }
    free(heading);
    free(placeholder);
}

// --- tables and charts ---

static char *cell_text(const cJSON *cell) {
    if (cJSON_IsNumber(cell))
        return xasprintf("%.15g", cell->valuedouble);
    return cJSON_IsString(cell) ? xstrdup(cell->valuestring) : xstrdup("");
}

static void table_row(writer *w, bool *begun, const cJSON *cells, bool rule) {
    const cJSON *cell = NULL;
    buf row;
    buf_init(&row, PRESENTATION_TEXT_MAX_BYTES);
    oc_err err = buf_append_str(&row, "|");
    cJSON_ArrayForEach(cell, cells) {
        char *text = rule ? xstrdup("---") : cell_text(cell);
        for (char *c = text; *c != '\0'; c++) // a cell stays in its line and column
            *c = *c == '\n' || *c == '\r' || *c == '|' ? ' ' : *c;
        if (err == OC_OK)
            err = buf_printf(&row, " %s |", text);
        free(text);
    }
    char *text = buf_take_str(&row);
    if (err == OC_OK)
        line(w, begun, text);
    free(text);
}

static void table_block(writer *w, const cJSON *block) {
    const cJSON *headers = json_array(block, "headers"), *rows = json_array(block, "rows"), *row = NULL;
    int columns = cJSON_GetArraySize(headers);
    char *caption = text_of(block, "caption", LABEL_MAX_BYTES);
    bool begun = false;
    if (caption != NULL)
        paragraph(w, caption);
    free(caption);
    if (columns == 0 || columns * (cJSON_GetArraySize(rows) + 1) > CELLS_MAX)
        return;
    table_row(w, &begun, headers, false);
    table_row(w, &begun, headers, true);
    cJSON_ArrayForEach(row, rows) {
        if (cJSON_GetArraySize(row) == columns)
            table_row(w, &begun, row, false);
    }
}

static void chart_line(writer *w, bool *begun, const char *name, const cJSON *value) {
    char *number = cell_text(value), *behind = xasprintf(": %s", number);
    list_line(w, begun, name, behind);
    free(behind);
    free(number);
}

static void chart_block(writer *w, const cJSON *block) {
    const cJSON *one = NULL, *categories = json_array(block, "categories"), *value = NULL;
    char *title = text_of(block, "title", LABEL_MAX_BYTES);
    bool begun = false;
    if (title != NULL)
        paragraph(w, title);
    free(title);
    cJSON_ArrayForEach(one, json_array(block, "segments"))
        chart_line(w, &begun, json_text(one, "label"), json_get(one, "value"));
    cJSON_ArrayForEach(one, json_array(block, "series")) {
        int i = 0;
        cJSON_ArrayForEach(value, json_array(one, "values")) {
            const char *category = cJSON_GetStringValue(cJSON_GetArrayItem(categories, i++));
            char *name = xasprintf("%s, %s", json_text(one, "name"), category != NULL ? category : "");
            chart_line(w, &begun, name, value);
            free(name);
        }
    }
}

// --- altogether ---

static void text_block(writer *w, const cJSON *block) {
    char *text = text_of(block, "text", PRESENTATION_TEXT_MAX_BYTES);
    if (text != NULL)
        paragraph(w, text);
    free(text);
}

static const struct block_type {
    const char *name;
    void (*write)(writer *w, const cJSON *block);
} TYPES[] = {
    {"text", text_block},     {"context", text_block}, {"buttons", buttons_block},
    {"select", select_block}, {"table", table_block},  {"chart", chart_block},
};

static void write_block(writer *w, const cJSON *block) {
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        if (is_type(block, TYPES[i].name))
            TYPES[i].write(w, block);
    }
}

bool presentation_is(const cJSON *object) {
    return cJSON_IsObject(object) &&
           (json_array(object, "blocks") != NULL || *json_text(object, "title") != '\0');
}

static void write_object(writer *w, const cJSON *object) {
    const cJSON *block = NULL;
    int blocks = 0;
    char *title = text_of(object, "title", LABEL_MAX_BYTES);
    if (title != NULL)
        paragraph(w, title);
    free(title);
    cJSON_ArrayForEach(block, json_array(object, "blocks")) {
        if (blocks++ < PRESENTATION_BLOCKS_MAX)
            write_block(w, block);
    }
}

presentation *presentation_read(const char *text, const cJSON *blocks, const cJSON *channel_data) {
    presentation *p = xcalloc(1, sizeof *p);
    writer w = {.out = p, .asked = json_get(channel_data, "askUser")};
    const cJSON *object = NULL;
    bytes trimmed = utf8_trim(bytes_str(text));
    buf_init(&w.text, trimmed.len + PRESENTATION_TEXT_MAX_BYTES);
    if (buf_append(&w.text, trimmed.data, trimmed.len) == OC_OK) {
        cJSON_ArrayForEach(object, blocks) write_object(&w, object);
    }
    p->text = buf_take_str(&w.text);
    return p;
}

void presentation_free(presentation *p) {
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->count; i++)
        item_free(&p->items[i]);
    free(p->text);
    free(p);
}
