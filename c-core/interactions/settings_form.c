// SPDX-License-Identifier: Apache-2.0
#include "interactions/settings_form.h"

#include "base/json.h"
#include "base/mem.h"
#include "interactions/foreign_text.h"

#include <stdlib.h>
#include <string.h>

enum { LABEL_MAX_RUNES = 100, LEVELS_MAX = 20, WORDS_MAX_RUNES = 120 };
static const char DEFAULT[] = "default";

const char *const SETTINGS_NAMES[SETTINGS_FIELDS] = {SETTINGS_MODEL, SETTINGS_THINKING, SETTINGS_VERBOSE,
                                                     SETTINGS_PERMISSION};
static const struct {
    words_key label, to, usual;
} WORDS[SETTINGS_FIELDS] = {
    {WORD_SETTINGS_MODEL, WORD_SETTINGS_MODEL_TO, WORD_SETTINGS_MODEL_USUAL},
    {WORD_SETTINGS_THINKING, WORD_SETTINGS_THINKING_TO, WORD_SETTINGS_THINKING_USUAL},
    {WORD_SETTINGS_VERBOSE, WORD_SETTINGS_VERBOSE_TO, WORD_SETTINGS_VERBOSE_USUAL},
    {WORD_SETTINGS_PERMISSION, WORD_SETTINGS_PERMISSION_TO, WORD_SETTINGS_PERMISSION_USUAL},
};

static size_t index_of(const char *name) {
    size_t i = 0;
    while (i < SETTINGS_FIELDS - 1 && strcmp(SETTINGS_NAMES[i], name) != 0)
        i++;
    return i;
}

// --- what is set ---

settings_modes settings_modes_of(const talk_setting *own, const talk_setting *around, permission_mode allowed,
                                 bool may_widen) {
    settings_modes m = {.allowed = allowed, .usual = talk_permission_within(around->permission, allowed)};
    permission_mode now =
        own->permission == TALK_PERMISSION_UNSET ? m.usual : talk_permission_within(own->permission, allowed);
    m.most = may_widen ? allowed : now;
    return m;
}

// A name that can be an option's value; NULL for one that cannot.
static const char *good_name(const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7F)
            return NULL;
    }
    return *text != '\0' && strlen(text) <= SETTINGS_NAME_MAX_BYTES ? text : NULL;
}

static char *model_of(const char *provider, const char *model) {
    char *name = xasprintf("%s/%s", provider, model);
    if (*provider != '\0' && *model != '\0' && good_name(name) != NULL)
        return name;
    free(name);
    return NULL;
}

static char *model_now(const cJSON *session) {
    char *name = *json_text(session, "modelOverrideSource") != '\0'
                     ? model_of(json_text(session, "modelProvider"), json_text(session, "model"))
                     : NULL;
    return name != NULL ? name : xstrdup(DEFAULT);
}

cJSON *settings_now(const cJSON *session, const talk_setting *own, const settings_modes *modes) {
    cJSON *now = json_new_object();
    char *model = model_now(session);
    const char *level = good_name(json_text(session, "thinkingLevel")),
               *verbose = talk_verbose_name(own->verbose);
    bool narrows = own->permission != TALK_PERMISSION_UNSET;
    json_add_string(now, SETTINGS_MODEL, model);
    json_add_string(now, SETTINGS_THINKING, level != NULL ? level : DEFAULT);
    json_add_string(now, SETTINGS_VERBOSE, verbose != NULL ? verbose : DEFAULT);
    json_add_string(now, SETTINGS_PERMISSION,
                    narrows ? permission_mode_name(talk_permission_within(own->permission, modes->allowed))
                            : DEFAULT);
    free(model);
    return now;
}

// --- the elements ---

typedef struct choices {
    button_option items[BUTTON_OPTIONS_MAX]; // owned
    size_t count, left_out;
} choices;

struct settings_form {
    choices of[SETTINGS_FIELDS];
    dialog_element elements[SETTINGS_FIELDS];
    char *help[SETTINGS_FIELDS], *initial[SETTINGS_FIELDS];
    size_t count;
};

static bool has(const choices *c, const char *value) {
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->items[i].value, value) == 0)
            return true;
    }
    return false;
}

static void add(choices *c, const char *value, const char *text) {
    if (has(c, value))
        return;
    if (c->count == BUTTON_OPTIONS_MAX) {
        c->left_out++;
        return;
    }
    c->items[c->count++] =
        (button_option){.text = foreign_label(text, LABEL_MAX_RUNES), .value = xstrdup(value)};
}

static void add_usual(choices *c, const char *what, const char *which) {
    char *text = *which != '\0' ? xasprintf("%s (%s)", what, which) : xstrdup(what);
    add(c, DEFAULT, text);
    free(text);
}

static void add_present(choices *c, const cJSON *now, const char *name) {
    const char *present = json_text(now, name);
    if (strcmp(present, DEFAULT) != 0)
        add(c, present, present);
}

static void fill_models(choices *c, words_lang lang, const cJSON *session, const cJSON *models,
                        const cJSON *now) {
    const cJSON *model = NULL;
    bool usual = strcmp(json_text(now, SETTINGS_MODEL), DEFAULT) == 0;
    char *name = usual ? model_of(json_text(session, "modelProvider"), json_text(session, "model")) : NULL;
    add_usual(c, words_text(lang, WORD_SETTINGS_CHOICE_MODEL_USUAL), name != NULL ? name : "");
    free(name);
    add_present(c, now, SETTINGS_MODEL);
    cJSON_ArrayForEach(model, models) {
        char *one = json_bool(model, "available", true)
                        ? model_of(json_text(model, "provider"), json_text(model, "id"))
                        : NULL;
        if (one != NULL)
            add(c, one, one);
        free(one);
    }
}

static void fill_levels(choices *c, words_lang lang, const cJSON *session, const cJSON *now) {
    static const char *const usual[] = {"off", "low", "medium", "high"}; // where nothing was said yet
    const cJSON *level = NULL, *known = json_array(session, "thinkingLevels");
    add_usual(c, words_text(lang, WORD_SETTINGS_CHOICE_LEVEL_USUAL), json_text(session, "thinkingDefault"));
    add_present(c, now, SETTINGS_THINKING);
    cJSON_ArrayForEach(level, known) {
        const char *id = good_name(json_text(level, "id"));
        const char *label = json_text(level, "label");
        if (id != NULL && c->count < LEVELS_MAX)
            add(c, id, *label != '\0' ? label : id);
    }
    for (size_t i = 0; known == NULL && i < sizeof usual / sizeof *usual; i++)
        add(c, usual[i], usual[i]);
}

static void fill_verbose(choices *c, words_lang lang) {
    add(c, DEFAULT, words_text(lang, WORD_SETTINGS_CHOICE_VERBOSE_USUAL));
    add(c, "on", words_text(lang, WORD_SETTINGS_CHOICE_VERBOSE_ON));
    add(c, "full", words_text(lang, WORD_SETTINGS_CHOICE_VERBOSE_FULL));
    add(c, "off", words_text(lang, WORD_SETTINGS_CHOICE_VERBOSE_OFF));
}

static void fill_modes(choices *c, words_lang lang, const settings_modes *modes) {
    static const words_key means[] = {WORD_SETTINGS_MODE_READ_ONLY, WORD_SETTINGS_MODE_ASK,
                                      WORD_SETTINGS_MODE_WORKSPACE, WORD_SETTINGS_MODE_FULL};
    if (modes->usual <= modes->most)
        add_usual(c, words_text(lang, WORD_SETTINGS_CHOICE_MODE_USUAL), permission_mode_name(modes->usual));
    for (int m = (int)modes->most; m >= (int)PERMISSION_READ_ONLY; m--) {
        char *text =
            xasprintf("%s: %s", permission_mode_name((permission_mode)m), words_text(lang, means[m]));
        add(c, permission_mode_name((permission_mode)m), text);
        free(text);
    }
}

static void add_element(settings_form *f, words_lang lang, const char *name, const cJSON *now, char *help) {
    size_t i = index_of(name);
    f->help[i] = help;
    f->initial[i] = xstrdup(json_text(now, name));
    f->elements[f->count++] = (dialog_element){.type = DIALOG_SELECT,
                                               .name = SETTINGS_NAMES[i],
                                               .label = words_text(lang, WORDS[i].label),
                                               .initial = f->initial[i],
                                               .help = f->help[i],
                                               .optional = true,
                                               .options = f->of[i].items,
                                               .option_count = f->of[i].count};
}

static char *model_help(words_lang lang, const choices *c) {
    return c->left_out > 0 ? words_fill(lang, WORD_SETTINGS_HELP_MODELS_LEFT, "count",
                                        WORDS_NUMBER((int64_t)c->left_out), NULL)
                           : xstrdup(words_text(lang, WORD_SETTINGS_HELP_MODEL));
}

settings_form *settings_form_make(words_lang lang, const cJSON *session, const cJSON *models,
                                  const cJSON *now, const settings_modes *modes) {
    settings_form *f = xcalloc(1, sizeof *f);
    fill_models(&f->of[index_of(SETTINGS_MODEL)], lang, session, models, now);
    fill_levels(&f->of[index_of(SETTINGS_THINKING)], lang, session, now);
    fill_verbose(&f->of[index_of(SETTINGS_VERBOSE)], lang);
    fill_modes(&f->of[index_of(SETTINGS_PERMISSION)], lang, modes);
    add_element(f, lang, SETTINGS_MODEL, now, model_help(lang, &f->of[index_of(SETTINGS_MODEL)]));
    add_element(f, lang, SETTINGS_THINKING, now, xstrdup(words_text(lang, WORD_SETTINGS_HELP_THINKING)));
    add_element(f, lang, SETTINGS_VERBOSE, now, xstrdup(words_text(lang, WORD_SETTINGS_HELP_VERBOSE)));
    if (modes->allowed != PERMISSION_READ_ONLY)
        add_element(f, lang, SETTINGS_PERMISSION, now,
                    words_fill(lang, WORD_SETTINGS_HELP_PERMISSION, "mode",
                               permission_mode_name(modes->allowed), NULL));
    return f;
}

void settings_form_free(settings_form *f) {
    if (f == NULL)
        return;
    for (size_t i = 0; i < SETTINGS_FIELDS; i++) {
        for (size_t k = 0; k < f->of[i].count; k++) {
            free((char *)(uintptr_t)f->of[i].items[k].text);
            free((char *)(uintptr_t)f->of[i].items[k].value);
        }
        free(f->help[i]);
        free(f->initial[i]);
    }
    free(f);
}

const dialog_element *settings_form_elements(const settings_form *f, size_t *count) {
    *count = f->count;
    return f->elements;
}

// --- what was changed ---

const char *settings_changed(const cJSON *had, const cJSON *now, const cJSON *values, const char *name) {
    const char *value = json_text(values, name);
    if (*value == '\0' || strcmp(value, json_text(had, name)) == 0 ||
        strcmp(value, json_text(now, name)) == 0)
        return NULL;
    return value;
}

char *settings_words(words_lang lang, const char *name, const char *value) {
    size_t i = index_of(name);
    if (strcmp(value, DEFAULT) == 0)
        return xstrdup(words_text(lang, WORDS[i].usual));
    char *line = foreign_line(value, WORDS_MAX_RUNES);
    char *text = words_fill(lang, WORDS[i].to, "value", line, NULL);
    free(line);
    return text;
}

const char *settings_label(words_lang lang, const char *name) {
    return words_text(lang, WORDS[index_of(name)].label);
}
