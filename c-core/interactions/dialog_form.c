// SPDX-License-Identifier: Apache-2.0
// A dialog as Mattermost wants it, as it is stored, and what was entered into it. Pure. Limits: Mattermost's
// model/integration_action.go; lengths there are in bytes.
#include "base/mem.h"
#include "base/utf8.h"
#include "interactions/buttons_private.h"

#include <stdlib.h>
#include <string.h>

enum {
    TITLE_MAX_BYTES = 24,
    LABEL_MAX_BYTES = 24,
    HINT_MAX_BYTES = 150,
    NAME_MAX_BYTES = 300,
    TEXT_MAX = 150,
    AREA_MAX = 3000,
};

static void add_read(cJSON *to, words_lang lang, const char *key, const char *text) {
    char *said = words_in(lang, text != NULL ? text : "");
    json_add_string(to, key, said);
    free(said);
}

static void add_cut(cJSON *to, words_lang lang, const char *key, const char *text, size_t max_bytes) {
    char *said = words_in(lang, text != NULL ? text : "");
    bytes whole = bytes_str(said);
    size_t len = 0;
    while (len < whole.len) {
        uint32_t rune;
        size_t next = utf8_next(bytes_of(whole.data + len, whole.len - len), &rune);
        if (len + next > max_bytes)
            break;
        len += next;
    }
    json_add(to, key, json_new_string_n((const char *)whole.data, len));
    free(said);
}

static bool chooses(dialog_type type) {
    return type == DIALOG_SELECT || type == DIALOG_MULTISELECT || type == DIALOG_RADIO;
}

static int max_length(const dialog_element *e) {
    int most = e->type == DIALOG_TEXTAREA ? AREA_MAX : TEXT_MAX;
    return e->max_length > 0 && e->max_length < most ? e->max_length : most;
}

static bool good_element(const dialog *d, size_t number) {
    const dialog_element *e = &d->elements[number];
    if (*e->name == '\0' || strlen(e->name) > NAME_MAX_BYTES || *e->label == '\0' ||
        (chooses(e->type) && (e->option_count == 0 || e->option_count > BUTTON_OPTIONS_MAX)))
        return false;
    for (size_t i = 0; i < number; i++) {
        if (strcmp(d->elements[i].name, e->name) == 0)
            return false;
    }
    return true;
}

static bool is_good(const dialog *d) {
    if (*d->title == '\0' || d->count > DIALOG_ELEMENTS_MAX)
        return false;
    for (size_t i = 0; i < d->count; i++) {
        if (!good_element(d, i))
            return false;
    }
    return true;
}

static const char *type_name(dialog_type type) {
    switch (type) {
    case DIALOG_TEXT:
        return "text";
    case DIALOG_TEXTAREA:
        return "textarea";
    case DIALOG_SELECT:
    case DIALOG_MULTISELECT:
        return "select";
    case DIALOG_RADIO:
        return "radio";
    case DIALOG_BOOL:
        return "bool";
    }
    return "text";
}

static bool is_option(const dialog_element *e, const char *value) {
    for (size_t i = 0; i < e->option_count; i++) {
        if (strcmp(e->options[i].value, value) == 0)
            return true;
    }
    return false;
}

// The server turns a dialog down whose default is no option.
static const char *initial(const dialog_element *e) {
    if (e->initial == NULL || (chooses(e->type) && !is_option(e, e->initial)))
        return "";
    return e->initial;
}

static cJSON *element_form(words_lang lang, const dialog_element *e) {
    cJSON *json = json_new_object();
    bool writes = e->type == DIALOG_TEXT || e->type == DIALOG_TEXTAREA;
    add_cut(json, lang, "display_name", e->label, LABEL_MAX_BYTES);
    json_add_string(json, "name", e->name);
    json_add_string(json, "type", type_name(e->type));
    add_cut(json, lang, "default", initial(e), writes ? (size_t)max_length(e) : AREA_MAX);
    add_cut(json, lang, "placeholder", e->placeholder, HINT_MAX_BYTES);
    add_cut(json, lang, "help_text", e->help, HINT_MAX_BYTES);
    json_add_bool(json, "optional", e->optional);
    if (writes)
        json_add_int(json, "max_length", max_length(e));
    if (e->type == DIALOG_MULTISELECT)
        json_add_bool(json, "multiselect", true);
    if (!chooses(e->type))
        return json;
    cJSON *options = json_add_array(json, "options");
    for (size_t i = 0; i < e->option_count; i++) {
        cJSON *option = json_new_object();
        add_read(option, lang, "text", e->options[i].text);
        json_add_string(option, "value", e->options[i].value);
        json_push(options, option);
    }
    return json;
}

cJSON *dialog_form(words_lang lang, const dialog *d, const char *state) {
    if (!is_good(d))
        return NULL;
    cJSON *json = json_new_object();
    json_add_string(json, "callback_id", d->kind);
    add_cut(json, lang, "title", d->title, TITLE_MAX_BYTES);
    add_read(json, lang, "introduction_text", d->introduction);
    add_read(json, lang, "submit_label", d->submit_label);
    json_add_bool(json, "notify_on_cancel", d->tell_cancel);
    json_add_string(json, "state", state);
    cJSON *elements = json_add_array(json, "elements");
    for (size_t i = 0; i < d->count; i++)
        json_push(elements, element_form(lang, &d->elements[i]));
    return json;
}

static cJSON *element_record(const dialog_element *e) {
    cJSON *json = json_new_object();
    json_add_string(json, "name", e->name);
    json_add_string(json, "type", e->type == DIALOG_MULTISELECT ? "multiselect" : type_name(e->type));
    json_add_bool(json, "optional", e->optional);
    json_add_int(json, "max", max_length(e));
    cJSON *options = json_add_array(json, "options");
    for (size_t i = 0; i < e->option_count; i++)
        json_push(options, json_new_string(e->options[i].value));
    return json;
}

cJSON *dialog_record(const dialog *d, int64_t now_ms) {
    if (!is_good(d))
        return NULL;
    cJSON *record = json_new_object();
    json_add_int(record, "v", BUTTON_RECORD_VERSION);
    json_add_string(record, "kind", d->kind);
    json_add_string(record, "account", d->account_id);
    json_add_string(record, "bot", d->bot_user_id);
    json_add_string(record, "channel", d->channel_id);
    json_add_string(record, "post", "");
    json_push(json_add_array(record, "users"), json_new_string(d->user_id));
    json_add_int(record, "expires", now_ms + DIALOG_LIVES_MS);
    json_add_bool(record, "once", true);
    cJSON *elements = json_add_array(record, "elements");
    for (size_t i = 0; i < d->count; i++)
        json_push(elements, element_record(&d->elements[i]));
    if (d->data != NULL)
        json_add(record, "data", cJSON_Duplicate(d->data, 1));
    return record;
}

// --- what was entered ---

static void fault(dialog_entered *e, const char *name, const char *text) {
    if (e->errors == NULL)
        e->errors = json_new_object();
    json_add_string(e->errors, name, text);
}

static bool offers(const cJSON *element, const char *value) {
    const cJSON *option = NULL;
    cJSON_ArrayForEach(option, json_array(element, "options")) {
        if (cJSON_IsString(option) && strcmp(option->valuestring, value) == 0)
            return true;
    }
    return false;
}

static void take_text(dialog_entered *e, const cJSON *element, const char *value) {
    const char *name = json_text(element, "name");
    int limit = (int)json_int(element, "max", TEXT_MAX);
    bool writes = strncmp(json_text(element, "type"), "text", 4) == 0;
    if (*value == '\0' && !json_bool(element, "optional", false)) {
        fault(e, name, words_marked(WORD_BUTTON_NEEDED));
    } else if (writes && utf8_runes(bytes_str(value)) > (size_t)limit) {
        char *text = words_mark(WORD_BUTTON_TOO_LONG, "count", WORDS_NUMBER(limit), NULL);
        fault(e, name, text);
        free(text);
    } else if (!writes && *value != '\0' && !offers(element, value)) {
        fault(e, name, words_marked(WORD_BUTTON_NO_OPTION));
    } else {
        json_add_string(e->values, name, value);
    }
}

// An array; from older apps texts with commas between them.
static void take_several(dialog_entered *e, const cJSON *element, const cJSON *value) {
    const char *name = json_text(element, "name"), *text = cJSON_GetStringValue(value);
    cJSON *list = json_new_array(), *good = json_new_array();
    const cJSON *one = NULL;
    bool odd = false;
    for (const char *at = text; at != NULL && *at != '\0'; at += at[0] == ',') {
        size_t len = strcspn(at, ",");
        json_push(list, json_new_string_n(at, len));
        at += len;
    }
    const cJSON *all = cJSON_IsArray(value) ? value : list;
    cJSON_ArrayForEach(one, all) {
        const char *chosen = cJSON_GetStringValue(one);
        if (chosen == NULL || !offers(element, chosen))
            odd = true;
        else
            json_push(good, json_new_string(chosen));
    }
    cJSON_Delete(list);
    bool missing = cJSON_GetArraySize(good) == 0 && !json_bool(element, "optional", false);
    if (!odd && !missing) {
        json_add(e->values, name, good);
        return;
    }
    fault(e, name, odd ? words_marked(WORD_BUTTON_NO_OPTION) : words_marked(WORD_BUTTON_NEEDED));
    cJSON_Delete(good);
}

dialog_entered dialog_check(const cJSON *elements, const cJSON *submission) {
    dialog_entered e = {.values = json_new_object()};
    const cJSON *element = NULL;
    cJSON_ArrayForEach(element, elements) {
        const char *name = json_text(element, "name"), *type = json_text(element, "type");
        const cJSON *value = json_get(submission, name);
        if (strcmp(type, "bool") == 0)
            json_add_bool(e.values, name,
                          cJSON_IsTrue(value) || strcmp(json_text(submission, name), "true") == 0);
        else if (strcmp(type, "multiselect") == 0)
            take_several(&e, element, value);
        else
            take_text(&e, element, json_text(submission, name));
    }
    return e;
}
