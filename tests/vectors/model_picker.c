// SPDX-License-Identifier: Apache-2.0
// model_picker: which page a command opens, and what of a page can be clicked: label, where it leads, whether it is marked. The
// words above the buttons are ours; the rows do not say which models there are, so they are taken from the pages themselves.
#include "vectors.h"

#include "base/mem.h"
#include "interactions/model_picker_view.h"

#include <stdlib.h>
#include <string.h>

static const char *const PAGES[] = {"summary", "providers", "modelsPage1", "modelsPage2", "unknown"};
enum { PAGE_COUNT = sizeof PAGES / sizeof *PAGES };

// --- which page ---

static cJSON *entry_of(const char *text) {
    static const char *const kinds[] = {"summary", "providers", "models", ""};
    picker_at at;
    if (!picker_entry(text, &at))
        return NULL;
    cJSON *out = json_new_object();
    json_add_string(out, "kind", kinds[at.page]);
    if (at.provider != NULL)
        json_add_string(out, "provider", at.provider);
    picker_at_free(&at);
    return out;
}

// --- pages ---

static void add_model(cJSON *models, const char *provider, const char *id) {
    cJSON *model = json_new_object();
    json_add_string(model, "provider", provider);
    json_add_string(model, "id", id);
    json_push(models, model);
}

static bool is_there(const cJSON *models, const char *provider, const char *id) {
    return picker_has(models, provider, id);
}

static int count_of(const cJSON *models, const char *provider) {
    const cJSON *one = NULL;
    int count = 0;
    cJSON_ArrayForEach(one, models) count += strcmp(json_text(one, "provider"), provider) == 0;
    return count;
}

// "openai (11)" on the page of providers: the models that no page shows are made up.
static void fill_up(cJSON *models, const cJSON *button) {
    const char *provider = json_text(json_get(button, "context"), "provider");
    const char *label = json_text(button, "text"), *bracket = strrchr(label, '(');
    int wanted = 0;
    for (const char *c = bracket != NULL ? bracket + 1 : ""; *c >= '0' && *c <= '9' && wanted < 1000; c++)
        wanted = 10 * wanted + (*c - '0');
    for (int i = count_of(models, provider); i < wanted; i++) {
        char *id = xasprintf("zzz-%04d", i);
        add_model(models, provider, id);
        free(id);
    }
}

static cJSON *models_of(const cJSON *content) {
    cJSON *models = json_new_array();
    const cJSON *row = NULL, *button = NULL;
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        cJSON_ArrayForEach(row, json_array(json_get(content, PAGES[i]), "buttons")) {
            cJSON_ArrayForEach(button, row) {
                const cJSON *c = json_get(button, "context");
                const char *provider = json_text(c, "provider"), *id = json_text(c, "model");
                if (*id != '\0' && !is_there(models, provider, id))
                    add_model(models, provider, id);
            }
        }
    }
    cJSON_ArrayForEach(row, json_array(json_get(content, "providers"), "buttons")) {
        cJSON_ArrayForEach(button, row) fill_up(models, button);
    }
    return models;
}

static char *current_of(const cJSON *content) {
    static const char word[] = "Current: ";
    const char *at = strstr(json_text(json_get(content, "summary"), "text"), word);
    return at != NULL ? xstrndup(at + strlen(word), strcspn(at + strlen(word), "\n")) : xstrdup("");
}

static cJSON *flat(const char *label, const char *value, bool primary) {
    cJSON *out = json_new_object();
    json_add_string(out, "label", label);
    json_add_string(out, "leads", value);
    json_add_bool(out, "primary", primary);
    return out;
}

static cJSON *theirs(const cJSON *page) {
    cJSON *out = json_new_array();
    const cJSON *row = NULL, *button = NULL;
    cJSON_ArrayForEach(row, json_array(page, "buttons")) {
        cJSON_ArrayForEach(button, row) {
            const cJSON *c = json_get(button, "context");
            const char *action = json_text(c, "action");
            char *provider = xstrdup(json_text(c, "provider")), *model = xstrdup(json_text(c, "model"));
            picker_at at = {.page = strcmp(action, "list") == 0     ? PICKER_MODELS
                                    : strcmp(action, "select") == 0 ? PICKER_SELECT
                                                                    : PICKER_PROVIDERS,
                            .provider = provider,
                            .model = model,
                            .number = (int)json_int(c, "page", 1)};
            char *value = picker_value(&at);
            json_push(out, flat(json_text(button, "text"), value,
                                strcmp(json_text(button, "style"), "primary") == 0));
            free(value);
            free(provider);
            free(model);
        }
    }
    return out;
}

static cJSON *ours(const picker_view *v) {
    cJSON *out = json_new_array();
    for (size_t i = 0; i < v->count; i++)
        json_push(out, flat(v->buttons[i].label, v->buttons[i].value, v->buttons[i].primary));
    return out;
}

static picker_at place_of(size_t page, char *provider) {
    static const struct {
        picker_page page;
        int number;
    } places[PAGE_COUNT] = {{PICKER_SUMMARY, 1},
                            {PICKER_PROVIDERS, 1},
                            {PICKER_MODELS, 1},
                            {PICKER_MODELS, 2},
                            {PICKER_MODELS, 1}};
    return (picker_at){.page = places[page].page, .number = places[page].number, .provider = provider};
}

static void check_page(report *r, const cJSON *content, const cJSON *models, const char *current,
                       size_t page) {
    const cJSON *row = json_get(content, PAGES[page]),
                *first = json_array(json_get(content, "modelsPage1"), "buttons");
    const cJSON *context = json_get(cJSON_GetArrayItem(cJSON_GetArrayItem(first, 0), 0), "context");
    bool unknown = strcmp(PAGES[page], "unknown") == 0;
    if (row == NULL)
        return;
    char *provider = xstrdup(unknown ? "nope" : json_text(context, "provider"));
    picker_at at = place_of(page, provider);
    picker_view *v = picker_view_of(WORDS_EN, models, unknown ? "" : current, &at);
    cJSON *wanted = theirs(row);
    check_value(r, row, wanted, ours(v));
    check_bool(r, row, true, *v->text != '\0');
    cJSON_Delete(wanted);
    picker_view_free(v);
    free(provider);
}

void run_model_picker(report *r, const cJSON *content) {
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, json_array(content, "entries"))
        check_value(r, row, json_get(row, "entry"), entry_of(json_text(row, "text")));
    cJSON *models = models_of(content);
    char *current = current_of(content);
    for (size_t i = 0; i < PAGE_COUNT; i++)
        check_page(r, content, models, current, i);
    free(current);
    cJSON_Delete(models);
}
