// SPDX-License-Identifier: Apache-2.0
#include "chat/edit.h"

#include "base/json.h"

#include <string.h>

static const char *const SENT[] = {"id",        "create_at",     "user_id",  "channel_id", "root_id",
                                   "is_pinned", "has_reactions", "hashtags", "type",       "remote_id"};

static void set(cJSON *object, const char *key, const cJSON *value) {
    cJSON_DeleteItemFromObjectCaseSensitive(object, key);
    json_add(object, key, cJSON_Duplicate(value, 1));
}

static cJSON *patched_props(const cJSON *present, const cJSON *patch) {
    cJSON *props = cJSON_IsObject(present) ? cJSON_Duplicate(present, 1) : json_new_object();
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, patch) {
        if (cJSON_IsNull(item))
            cJSON_DeleteItemFromObjectCaseSensitive(props, item->string);
        else
            set(props, item->string, item);
    }
    return props;
}

static bool same_list(const cJSON *a, const cJSON *b) {
    return cJSON_GetArraySize(a) == 0 ? cJSON_GetArraySize(b) == 0 : cJSON_Compare(a, b, 1);
}

static cJSON *with_its_place(const cJSON *present) {
    cJSON *post = json_new_object();
    for (size_t i = 0; i < sizeof SENT / sizeof SENT[0]; i++) {
        if (json_get(present, SENT[i]) != NULL)
            set(post, SENT[i], json_get(present, SENT[i]));
    }
    return post;
}

cJSON *edit_show_reactions(const cJSON *present) {
    static const char *const kept[] = {"message", "props", "file_ids"};
    if (json_bool(present, "has_reactions", false))
        return NULL;
    cJSON *post = with_its_place(present);
    json_add_bool(post, "has_reactions", true);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (json_get(present, kept[i]) != NULL)
            set(post, kept[i], json_get(present, kept[i]));
    }
    return post;
}

cJSON *edit_apply(const cJSON *present, const chat_edit *edit) {
    const cJSON *files = json_array(present, "file_ids"), *old_props = json_get(present, "props");
    const char *message = json_text(present, "message");
    cJSON *post = with_its_place(present);
    cJSON *props = patched_props(old_props, edit->props);
    const char *new_message = edit->message != NULL ? edit->message : message;
    const cJSON *new_files = edit->file_ids != NULL ? edit->file_ids : files;
    const bool pinned = json_bool(present, "is_pinned", false);
    const bool new_pinned = edit->pin == CHAT_PIN_STAYS ? pinned : edit->pin == CHAT_PIN_ON;
    bool changed = pinned != new_pinned || strcmp(new_message, message) != 0 ||
                   !same_list(new_files, files) || !same_list(props, old_props);
    if (new_pinned != pinned) {
        cJSON_DeleteItemFromObjectCaseSensitive(post, "is_pinned");
        json_add_bool(post, "is_pinned", new_pinned);
    }
    json_add_string(post, "message", new_message);
    json_add(post, "props", props);
    if (new_files != NULL)
        json_add(post, "file_ids", cJSON_Duplicate(new_files, 1));
    if (changed)
        return post;
    cJSON_Delete(post);
    return NULL;
}
