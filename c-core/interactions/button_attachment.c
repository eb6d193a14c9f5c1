// SPDX-License-Identifier: Apache-2.0
// What a set of buttons becomes: its record, and the attachment that Mattermost draws. Pure.
#include "base/mem.h"
#include "base/utf8.h"
#include "interactions/button_context.h"
#include "interactions/buttons_private.h"

#include <stdlib.h>
#include <string.h>

static const char CLICK_URL[] = "/plugins/openclaw" BUTTONS_CLICK_PATH;

// --- is it allowed? ---

static bool fits(const char *value) {
    return value == NULL || strlen(value) <= BUTTON_VALUE_MAX_BYTES;
}

static bool good_options(const button_action *a) {
    if (a->option_count > BUTTON_OPTIONS_MAX)
        return false;
    for (size_t i = 0; i < a->option_count; i++) {
        const button_option *o = &a->options[i];
        if (*o->text == '\0' || *o->value == '\0' || !fits(o->value))
            return false;
        for (size_t k = 0; k < i; k++) {
            if (strcmp(a->options[k].value, o->value) == 0)
                return false;
        }
    }
    return true;
}

static bool good_actions(const button_set *set) {
    if (set->count == 0 || set->count > BUTTONS_MAX)
        return false;
    for (size_t i = 0; i < set->count; i++) {
        const button_action *a = &set->actions[i];
        if (a->label == NULL || *a->label == '\0' || !fits(a->value) || !good_options(a))
            return false;
        for (size_t k = 0; k < i; k++) {
            if (strcmp(set->actions[k].id, a->id) == 0)
                return false;
        }
    }
    return true;
}

static bool good_data(const cJSON *data) {
    buf text;
    if (data == NULL)
        return true;
    buf_init(&text, BUTTON_DATA_MAX_BYTES);
    bool good = cJSON_IsObject(data) && json_print(data, &text) == OC_OK;
    buf_free(&text);
    return good;
}

static size_t user_count(const button_set *set) {
    size_t count = 0;
    while (set->user_ids != NULL && set->user_ids[count] != NULL)
        count++;
    return count;
}

// --- the record ---

static char *cut_label(const char *label) {
    bytes rest = bytes_str(label);
    size_t len = 0;
    for (int runes = 0; len < rest.len && runes < BUTTON_LABEL_MAX_RUNES; runes++) {
        uint32_t rune;
        len += utf8_next(bytes_of(rest.data + len, rest.len - len), &rune);
    }
    char *front = xstrndup(label, len);
    char *cut = len < rest.len ? xasprintf("%s…", front) : xstrdup(front);
    free(front);
    return cut;
}

static void add_label(cJSON *to, const char *key, const char *label) {
    char *cut = cut_label(label);
    json_add_string(to, key, cut);
    free(cut);
}

static const char *known_style(const char *style) {
    static const char *const styles[] = {"default", "primary", "success", "good", "warning", "danger"};
    for (size_t i = 0; style != NULL && i < sizeof styles / sizeof *styles; i++) {
        if (strcmp(style, styles[i]) == 0)
            return styles[i];
    }
    return styles[0];
}

static cJSON *recorded(const button_action *a) {
    cJSON *json = json_new_object();
    json_add_string(json, "id", a->id);
    add_label(json, "label", a->label);
    if (a->option_count == 0) {
        json_add_string(json, "value", a->value);
        json_add_string(json, "style", known_style(a->style));
        return json;
    }
    cJSON *options = json_add_array(json, "options");
    for (size_t i = 0; i < a->option_count; i++) {
        cJSON *option = json_new_object();
        add_label(option, "text", a->options[i].text);
        json_add_string(option, "value", a->options[i].value);
        json_push(options, option);
    }
    return json;
}

static int64_t within_limits(int64_t lives_ms) {
    if (lives_ms < BUTTONS_LIVE_MIN_MS)
        return BUTTONS_LIVE_MIN_MS;
    return lives_ms > BUTTONS_LIVE_MAX_MS ? BUTTONS_LIVE_MAX_MS : lives_ms;
}

cJSON *button_set_record(const button_set *set, int64_t now_ms) {
    bool alone = set->ephemeral_root_id == NULL || user_count(set) == 1;
    if (!alone || !good_actions(set) || !good_data(set->data) || user_count(set) > BUTTON_USERS_MAX)
        return NULL;
    cJSON *record = json_new_object();
    json_add_int(record, "v", BUTTON_RECORD_VERSION);
    json_add_string(record, "kind", set->kind);
    json_add_string(record, "account", set->account_id);
    json_add_string(record, "bot", set->bot_user_id);
    json_add_string(record, "channel", set->channel_id);
    json_add_string(record, "post", set->post_id);
    cJSON *users = json_add_array(record, "users");
    for (size_t i = 0; i < user_count(set); i++)
        json_push(users, json_new_string(set->user_ids[i]));
    json_add_int(record, "expires", now_ms + within_limits(set->lives_ms));
    json_add_bool(record, "once", !set->reusable);
    if (set->ephemeral_root_id != NULL)
        json_add_string(record, "ephemeral", set->ephemeral_root_id);
    cJSON *choices = json_add_array(record, "choices");
    for (size_t i = 0; i < set->count; i++)
        json_push(choices, recorded(&set->actions[i]));
    if (set->data != NULL)
        json_add(record, "data", cJSON_Duplicate(set->data, 1));
    return record;
}

// --- the attachment ---

// Mattermost takes letters and digits only in an action's id. The nonce's front keeps a click on a page that is not shown
// any more from hitting the action that stands in its place now.
static char *action_id(size_t number, const char *nonce) {
    return xasprintf("b%zun%.8s", number, nonce);
}

static cJSON *drawn_action(const cJSON *made_of, const char *id, cJSON *context) {
    const cJSON *options = json_array(made_of, "options");
    cJSON *action = json_new_object();
    json_add_string(action, "id", id);
    json_add_string(action, "name", json_text(made_of, "label"));
    json_add_string(action, "type", options == NULL ? "button" : "select");
    if (options == NULL)
        json_add_string(action, "style", json_text(made_of, "style"));
    else
        json_add(action, "options", cJSON_Duplicate(options, 1));
    cJSON *integration = json_add_object(action, "integration");
    json_add_string(integration, "url", CLICK_URL);
    json_add(integration, "context", context);
    return action;
}

cJSON *button_set_attachment(const secret *s, const cJSON *record, const char *nonce, const char *text) {
    cJSON *attachment = json_new_object();
    char *users = button_record_users(record);
    json_add_string(attachment, "text", text);
    cJSON *actions = json_add_array(attachment, "actions");
    const cJSON *made_of = NULL;
    size_t i = 0;
    bool made = true;
    cJSON_ArrayForEach(made_of, json_array(record, "choices")) {
        button_context what = {.kind = json_text(record, "kind"),
                               .account = json_text(record, "account"),
                               .bot = json_text(record, "bot"),
                               .channel = json_text(record, "channel"),
                               .nonce = nonce,
                               .number = (int64_t)i,
                               .value = json_text(made_of, "value"),
                               .users = users,
                               .expires_ms = json_int(record, "expires", 0)};
        cJSON *context = button_context_make(s, &what);
        char *id = action_id(i++, nonce);
        made = made && context != NULL;
        json_push(actions, drawn_action(made_of, id, context != NULL ? context : json_new_object()));
        free(id);
    }
    free(users);
    if (made)
        return attachment;
    cJSON_Delete(attachment);
    return NULL;
}

// --- in a post ---

// Over REST the server shows nobody what a button carries: there the actions' ids tell.
static bool is_of(const cJSON *attachment, const char *nonce) {
    const cJSON *action = cJSON_GetArrayItem(json_array(attachment, "actions"), 0);
    const cJSON *context = json_get(json_get(action, "integration"), "context");
    char *id = action_id(0, nonce);
    bool is = context != NULL ? strcmp(json_text(context, "set"), nonce) == 0
                              : strcmp(json_text(action, "id"), id) == 0;
    free(id);
    return is;
}

cJSON *button_set_replaced(const cJSON *attachments, const char *nonce, const cJSON *with) {
    cJSON *list = json_new_array();
    const cJSON *one = NULL;
    bool found = false;
    cJSON_ArrayForEach(one, attachments) {
        bool ours = is_of(one, nonce);
        found = found || ours;
        if (!ours || with != NULL)
            json_push(list, cJSON_Duplicate(ours ? with : one, 1));
    }
    if (found)
        return list;
    cJSON_Delete(list);
    return NULL;
}

cJSON *button_set_done(const cJSON *attachments, const char *nonce, const char *chosen) {
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, attachments) {
        if (!is_of(one, nonce))
            continue;
        const char *text = json_text(one, "text");
        char *both = *text != '\0' ? xasprintf("%s\n\n%s", text, chosen) : xstrdup(chosen);
        cJSON *done = json_new_object();
        json_add_string(done, "text", both);
        free(both);
        return done;
    }
    return NULL;
}
