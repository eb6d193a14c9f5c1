// SPDX-License-Identifier: Apache-2.0
// button_props: what buttons become in a post (our contexts, ids and address are our own); presentation: what an answer reads and
// what can be clicked under it.
#include "vectors.h"

#include "base/mem.h"
#include "interactions/buttons_private.h"
#include "reply/presentation.h"

#include <stdlib.h>
#include <string.h>

enum { NOW_MS = 1000000 };
static const char NONCE[] = "0123456789abcdef0123456789abcdef";

// --- button_props ---

// What people see of an attachment.
static cJSON *seen(const cJSON *attachment) {
    cJSON *out = json_new_object(), *list = NULL;
    const cJSON *action = NULL;
    json_add_string(out, "text", json_text(attachment, "text"));
    list = json_add_array(out, "actions");
    cJSON_ArrayForEach(action, json_array(attachment, "actions")) {
        cJSON *one = json_new_object();
        json_add_string(one, "type", json_text(action, "type"));
        json_add_string(one, "name", json_text(action, "name"));
        json_add_string(one, "style", json_text(action, "style"));
        json_push(list, one);
    }
    return out;
}

static const char *value_of(const cJSON *action) {
    return json_text(json_get(json_get(action, "integration"), "context"), "callback_data");
}

static cJSON *attachment_of(const cJSON *theirs) {
    const cJSON *actions = json_array(theirs, "actions"), *one = NULL;
    button_action ours[BUTTONS_MAX];
    char *ids[BUTTONS_MAX];
    size_t count = 0;
    cJSON_ArrayForEach(one, actions) {
        if (count == BUTTONS_MAX)
            break;
        ids[count] = xasprintf("%zu", count);
        ours[count] = (button_action){.id = ids[count],
                                      .label = json_text(one, "name"),
                                      .style = json_text(one, "style"),
                                      .value = value_of(one)};
        count++;
    }
    button_set set = {.kind = "turn",
                      .account_id = "default",
                      .bot_user_id = "bot",
                      .channel_id = "channel",
                      .text = json_text(theirs, "text"),
                      .actions = ours,
                      .count = count,
                      .lives_ms = BUTTONS_LIVE_MIN_MS};
    secret *s = secret_create("secret");
    cJSON *record = button_set_record(&set, NOW_MS);
    cJSON *attachment = record != NULL ? button_set_attachment(s, record, NONCE, set.text) : NULL;
    cJSON_Delete(record);
    secret_destroy(s);
    while (count > 0)
        free(ids[--count]);
    return attachment;
}

// Mattermost takes letters and digits; no two are the same; each carries a signature.
static bool sound(const cJSON *attachment) {
    const cJSON *actions = json_array(attachment, "actions"), *one = NULL, *other = NULL;
    cJSON_ArrayForEach(one, actions) {
        const char *id = json_text(one, "id");
        const cJSON *context = json_get(json_get(one, "integration"), "context");
        if (*id == '\0' || id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789")] != '\0' ||
            strlen(json_text(context, "token")) != 64)
            return false;
        for (other = one->next; other != NULL; other = other->next) {
            if (strcmp(json_text(other, "id"), id) == 0)
                return false;
        }
    }
    return true;
}

static void check_props(report *r, const cJSON *row) {
    const cJSON *theirs = NULL;
    cJSON_ArrayForEach(theirs, json_array(json_get(row, "props"), "attachments")) {
        cJSON *ours = attachment_of(theirs), *wanted = seen(theirs);
        check_value(r, row, wanted, seen(ours));
        check_bool(r, row, true, sound(ours));
        cJSON_Delete(wanted);
        cJSON_Delete(ours);
    }
    if (json_get(row, "emptyIsUndefined") != NULL) {
        const button_set none = {.kind = "turn", .account_id = "a", .bot_user_id = "b", .channel_id = "c"};
        cJSON *record = button_set_record(&none, NOW_MS);
        check_bool(r, row, json_bool(row, "emptyIsUndefined", false), record == NULL);
        cJSON_Delete(record);
    }
}

void run_button_props(report *r, const cJSON *content) {
    const cJSON *row = NULL;
    if (!cJSON_IsArray(content)) {
        check_props(r, content);
        return;
    }
    cJSON_ArrayForEach(row, content) check_props(r, row);
}

// --- presentation ---

static cJSON *clickable(const char *label, const char *value, const char *style) {
    cJSON *one = json_new_object();
    json_add_string(one, "text", label);
    json_add_string(one, "callback_data", value);
    json_add_string(one, "style", style);
    return one;
}

// The rows of buttons one after another: an attachment has no rows.
static cJSON *theirs_flat(const cJSON *rows) {
    cJSON *list = json_new_array();
    const cJSON *row = NULL, *one = NULL;
    cJSON_ArrayForEach(row, rows) {
        cJSON_ArrayForEach(one, row) {
            const cJSON *context = json_get(one, "context");
            cJSON *flat =
                clickable(json_text(one, "text"), json_text(one, "callback_data"), json_text(one, "style"));
            if (json_bool(context, "oc_question", false)) {
                json_add_string(flat, "question", json_text(context, "question_id"));
                json_add_int(flat, "option", json_int(context, "option_index", -1));
            }
            json_push(list, flat);
        }
    }
    return list;
}

static cJSON *ours_flat(const presentation *p) {
    cJSON *list = json_new_array();
    for (size_t i = 0; i < p->count; i++) {
        const presentation_item *item = &p->items[i];
        cJSON *flat = clickable(item->label, item->value, item->style);
        if (item->kind == PRESENTATION_QUESTION) {
            json_add_string(flat, "question", item->question_id);
            json_add_int(flat, "option", item->option_index);
        }
        if (item->kind == PRESENTATION_MENU)
            json_add_int(flat, "options", (int64_t)item->option_count);
        json_push(list, flat);
    }
    return list;
}

static cJSON *with_menus(const cJSON *theirs, const presentation *p) {
    cJSON *all = cJSON_Duplicate(theirs, 1);
    for (size_t i = 0; i < p->count; i++) {
        if (p->items[i].kind != PRESENTATION_MENU)
            continue;
        cJSON *menu = clickable(p->items[i].label, "", "");
        json_add_int(menu, "options", (int64_t)p->items[i].option_count);
        cJSON_InsertItemInArray(all, (int)i, menu);
    }
    return all;
}

void run_presentation(report *r, const cJSON *content) {
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, content) {
        const cJSON *input = json_get(row, "input"), *output = json_get(row, "output");
        cJSON *objects = json_new_array();
        if (json_get(input, "presentation") != NULL)
            json_push(objects, cJSON_Duplicate(json_get(input, "presentation"), 1));
        presentation *p =
            presentation_read(json_text(input, "text"), objects, json_get(input, "channelData"));
        cJSON *theirs = theirs_flat(json_array(output, "buttons"));
        check_text(r, row, json_text(output, "text"), p->text);
        check_deviating(r, "menus", row, theirs, with_menus(theirs, p), ours_flat(p));
        cJSON_Delete(theirs);
        cJSON_Delete(objects);
        presentation_free(p);
    }
}
