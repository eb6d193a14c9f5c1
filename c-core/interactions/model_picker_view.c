// SPDX-License-Identifier: Apache-2.0
#include "interactions/model_picker_view.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "interactions/foreign_text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MODELS_MAX = 5000, NAME_MAX_RUNES = 120, LABEL_MAX_RUNES = 60, PAGES_MAX = 10000 };

void picker_at_free(picker_at *at) {
    free(at->provider);
    free(at->model);
    *at = (picker_at){.page = PICKER_SUMMARY};
}

// --- where to ---

bool picker_entry(const char *command, picker_at *out) {
    bytes text = utf8_trim(bytes_str(command));
    char *line = xstrndup((const char *)text.data, text.len);
    size_t word = strcspn(line, " \t\r\n");
    const char *rest = line + word + strspn(line + word, " \t\r\n");
    bool one_word = rest[strcspn(rest, " \t\r\n")] == '\0', found = true;
    *out = (picker_at){.number = 1};
    if (word == strlen("/model") && strncasecmp(line, "/model", word) == 0 && *rest == '\0')
        out->page = PICKER_SUMMARY;
    else if (word == strlen("/models") && strncasecmp(line, "/models", word) == 0 && one_word)
        out->page = *rest == '\0' ? PICKER_PROVIDERS : PICKER_MODELS;
    else
        found = false;
    if (found && out->page == PICKER_MODELS) {
        out->provider = xstrdup(rest);
        for (char *c = out->provider; *c != '\0'; c++)
            *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    }
    free(line);
    return found;
}

char *picker_value(const picker_at *at) {
    switch (at->page) {
    case PICKER_SUMMARY:
        return xstrdup("summary");
    case PICKER_PROVIDERS:
        return xstrdup("providers");
    case PICKER_MODELS:
        return xasprintf("list %d %s", at->number, at->provider);
    case PICKER_SELECT:
        return xasprintf("select %s/%s", at->provider, at->model);
    }
    return xstrdup("");
}

static bool read_list(const char *text, picker_at *out) {
    size_t digits = strspn(text, "0123456789");
    uint64_t number = 0;
    if (text[digits] != ' ' || text[digits + 1] == '\0' ||
        parse_uint(bytes_of((const uint8_t *)text, digits), PAGES_MAX, &number) != OC_OK || number == 0)
        return false;
    *out = (picker_at){.page = PICKER_MODELS, .number = (int)number, .provider = xstrdup(text + digits + 1)};
    return true;
}

bool picker_read(const char *value, picker_at *out) {
    static const char list[] = "list ", choice[] = "select ";
    *out = (picker_at){.number = 1};
    if (strcmp(value, "summary") == 0)
        return true;
    if (strcmp(value, "providers") == 0) {
        out->page = PICKER_PROVIDERS;
        return true;
    }
    if (strncmp(value, list, strlen(list)) == 0)
        return read_list(value + strlen(list), out);
    const char *name = strncmp(value, choice, strlen(choice)) == 0 ? value + strlen(choice) : "";
    const char *slash = strchr(name, '/');
    if (slash == NULL || slash == name || slash[1] == '\0')
        return false;
    *out = (picker_at){.page = PICKER_SELECT,
                       .number = 1,
                       .provider = xstrndup(name, (size_t)(slash - name)),
                       .model = xstrdup(slash + 1)};
    return true;
}

// --- what there is ---

static int by_text(const void *a, const void *b) {
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

static bool usable(const cJSON *model) {
    return *json_text(model, "provider") != '\0' && *json_text(model, "id") != '\0' &&
           json_bool(model, "available", true);
}

bool picker_has(const cJSON *models, const char *provider, const char *model) {
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, models) {
        if (usable(one) && strcmp(json_text(one, "provider"), provider) == 0 &&
            strcmp(json_text(one, "id"), model) == 0)
            return true;
    }
    return false;
}

typedef struct names { // sorted, borrowed from the models
    const char **items;
    size_t count;
} names;

// The ids of a provider's models; NULL: the providers of all, each as often as it has models.
static names names_of(const cJSON *models, const char *provider) {
    names n = {.items = xcalloc(MODELS_MAX, sizeof *n.items)};
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, models) {
        if (n.count == MODELS_MAX || !usable(one))
            continue;
        if (provider == NULL)
            n.items[n.count++] = json_text(one, "provider");
        else if (strcasecmp(json_text(one, "provider"), provider) == 0)
            n.items[n.count++] = json_text(one, "id");
    }
    qsort(n.items, n.count, sizeof *n.items, by_text);
    return n;
}

// --- pages ---

static void add_button(picker_view *v, const char *label, const picker_at *to, bool primary) {
    if (v->count == PICKER_BUTTONS_MAX)
        return;
    v->buttons[v->count++] = (picker_button){
        .label = foreign_label(label, LABEL_MAX_RUNES), .value = picker_value(to), .primary = primary};
}

static bool is_current(const char *current, const char *provider, const char *model) {
    size_t len = strlen(provider);
    return strncasecmp(current, provider, len) == 0 && current[len] == '/' &&
           (model == NULL || strcmp(current + len + 1, model) == 0);
}

static char *heading(words_lang lang, const char *current) {
    char *name = foreign_line(current, NAME_MAX_RUNES);
    const char *model = *name != '\0' ? name : words_text(lang, WORD_STATUS_MODEL_USUAL);
    char *text = words_fill(lang, WORD_PICKER_CURRENT, "model", model, NULL);
    free(name);
    return text;
}

static void summary(picker_view *v, words_lang lang, const char *head) {
    picker_at providers = {.page = PICKER_PROVIDERS, .number = 1};
    v->text = xasprintf("%s\n\n%s", head, words_text(lang, WORD_PICKER_SUMMARY));
    add_button(v, words_text(lang, WORD_PICKER_BROWSE), &providers, true);
}

// left: providers that have no button.
static char *choose_provider(words_lang lang, size_t count, size_t left) {
    if (left > 0)
        return words_fill(lang, WORD_PICKER_CHOOSE_PROVIDER_MORE, "count", WORDS_NUMBER((int64_t)left), NULL);
    return xstrdup(words_text(lang, count > 0 ? WORD_PICKER_CHOOSE_PROVIDER : WORD_PICKER_NONE));
}

static void providers_page(picker_view *v, words_lang lang, const cJSON *models, const char *current,
                           const char *head) {
    names n = names_of(models, NULL);
    size_t left = 0;
    for (size_t i = 0; i < n.count;) {
        size_t next = i;
        while (next < n.count && strcmp(n.items[next], n.items[i]) == 0)
            next++;
        char *provider = xstrdup(n.items[i]), *label = xasprintf("%s (%zu)", provider, next - i);
        picker_at to = {.page = PICKER_MODELS, .provider = provider, .number = 1};
        if (v->count < PICKER_PROVIDERS_MAX)
            add_button(v, label, &to, is_current(current, provider, NULL));
        else
            left++;
        free(label);
        free(provider);
        i = next;
    }
    char *choose = choose_provider(lang, n.count, left);
    v->text = xasprintf("%s\n\n%s", head, choose);
    free(choose);
    free(n.items);
}

static void model_buttons(picker_view *v, words_lang lang, const names *n, const char *provider,
                          const char *current, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        char *id = xstrdup(n->items[i]), *name = xstrdup(provider);
        bool now = is_current(current, provider, id);
        char *label = now ? words_fill(lang, WORD_PICKER_IS_CURRENT, "model", id, NULL) : xstrdup(id);
        picker_at at = {.page = PICKER_SELECT, .provider = name, .model = id, .number = 1};
        add_button(v, label, &at, now);
        free(label);
        free(name);
        free(id);
    }
}

// As the gateway writes it: people may write it otherwise.
static const char *real_name(const cJSON *models, const char *provider) {
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, models) {
        if (usable(one) && strcasecmp(json_text(one, "provider"), provider) == 0)
            return json_text(one, "provider");
    }
    return provider;
}

static void models_page(picker_view *v, words_lang lang, const cJSON *models, const char *current,
                        const picker_at *at, const char *head) {
    const char *real = real_name(models, at->provider);
    names n = names_of(models, real);
    size_t pages = (n.count + PICKER_MODELS_A_PAGE - 1) / PICKER_MODELS_A_PAGE;
    size_t page = at->number > 0 ? (size_t)at->number : 1;
    page = page > pages ? pages : page;
    char *provider = xstrdup(real), *shown = foreign_line(real, NAME_MAX_RUNES);
    picker_at back = {.page = PICKER_PROVIDERS, .number = 1};
    if (n.count == 0) {
        char *nobody = words_fill(lang, WORD_PICKER_NOBODY, "provider", shown, NULL);
        v->text = xasprintf("%s\n\n%s", head, nobody);
        free(nobody);
    } else {
        size_t from = (page - 1) * PICKER_MODELS_A_PAGE, end = page * PICKER_MODELS_A_PAGE;
        picker_at next = {.page = PICKER_MODELS, .provider = provider, .number = (int)page + 1};
        picker_at before = {.page = PICKER_MODELS, .provider = provider, .number = (int)page - 1};
        v->text = words_fill(lang, WORD_PICKER_MODELS, "provider", shown, "count",
                             WORDS_NUMBER((int64_t)n.count), "current", head, "page",
                             WORDS_NUMBER((int64_t)page), "pages", WORDS_NUMBER((int64_t)pages), NULL);
        model_buttons(v, lang, &n, provider, current, from, end < n.count ? end : n.count);
        if (page > 1)
            add_button(v, words_text(lang, WORD_PICKER_PREVIOUS), &before, false);
        if (page < pages)
            add_button(v, words_text(lang, WORD_PICKER_NEXT), &next, false);
    }
    add_button(v, words_text(lang, WORD_PICKER_BACK), &back, false);
    free(shown);
    free(provider);
    free(n.items);
}

picker_view *picker_view_of(words_lang lang, const cJSON *models, const char *current, const picker_at *at) {
    picker_view *v = xcalloc(1, sizeof *v);
    char *head = heading(lang, current);
    switch (at->page) {
    case PICKER_SUMMARY:
    case PICKER_SELECT:
        summary(v, lang, head);
        break;
    case PICKER_PROVIDERS:
        providers_page(v, lang, models, current, head);
        break;
    case PICKER_MODELS:
        models_page(v, lang, models, current, at, head);
        break;
    }
    free(head);
    return v;
}

void picker_view_free(picker_view *v) {
    if (v == NULL)
        return;
    for (size_t i = 0; i < v->count; i++) {
        free(v->buttons[i].label);
        free(v->buttons[i].value);
    }
    free(v->text);
    free(v);
}
