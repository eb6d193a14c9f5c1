// SPDX-License-Identifier: Apache-2.0
#include "chat/views.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

chat_post chat_post_view(const cJSON *json) {
    const cJSON *props = json_get(json, "props");
    return (chat_post){
        .id = json_text(json, "id"),
        .channel_id = json_text(json, "channel_id"),
        .user_id = json_text(json, "user_id"),
        .root_id = json_text(json, "root_id"),
        .message = json_text(json, "message"),
        .type = json_text(json, "type"),
        .pending_post_id = json_text(json, "pending_post_id"),
        .create_at_ms = json_int(json, "create_at", 0),
        .edit_at_ms = json_int(json, "edit_at", 0),
        .delete_at_ms = json_int(json, "delete_at", 0),
        .is_pinned = json_bool(json, "is_pinned", false),
        .has_reactions = json_bool(json, "has_reactions", false),
        .props = cJSON_IsObject(props) ? props : NULL,
        .file_ids = json_array(json, "file_ids"),
    };
}

chat_user chat_user_view(const cJSON *json) {
    return (chat_user){
        .id = json_text(json, "id"),
        .username = json_text(json, "username"),
        .nickname = json_text(json, "nickname"),
        .first_name = json_text(json, "first_name"),
        .last_name = json_text(json, "last_name"),
        .locale = json_text(json, "locale"),
        .roles = json_text(json, "roles"),
        .is_bot = json_bool(json, "is_bot", false),
        .delete_at_ms = json_int(json, "delete_at", 0),
    };
}

cJSON *chat_user_to_json(const chat_user *user) {
    cJSON *json = json_new_object();
    json_add_string(json, "id", user->id);
    json_add_string(json, "username", user->username);
    json_add_string(json, "nickname", user->nickname);
    json_add_string(json, "first_name", user->first_name);
    json_add_string(json, "last_name", user->last_name);
    json_add_string(json, "locale", user->locale);
    json_add_string(json, "roles", user->roles);
    json_add_bool(json, "is_bot", user->is_bot);
    json_add_int(json, "delete_at", user->delete_at_ms);
    return json;
}

chat_channel chat_channel_view(const cJSON *json) {
    return (chat_channel){
        .id = json_text(json, "id"),
        .team_id = json_text(json, "team_id"),
        .name = json_text(json, "name"),
        .display_name = json_text(json, "display_name"),
        .header = json_text(json, "header"),
        .purpose = json_text(json, "purpose"),
        .type = json_text(json, "type")[0],
        .delete_at_ms = json_int(json, "delete_at", 0),
        .last_post_at_ms = json_int(json, "last_post_at", 0),
    };
}

chat_team chat_team_view(const cJSON *json) {
    return (chat_team){
        .id = json_text(json, "id"),
        .name = json_text(json, "name"),
        .display_name = json_text(json, "display_name"),
        .delete_at_ms = json_int(json, "delete_at", 0),
    };
}

chat_reaction chat_reaction_view(const cJSON *json) {
    return (chat_reaction){
        .user_id = json_text(json, "user_id"),
        .post_id = json_text(json, "post_id"),
        .emoji_name = json_text(json, "emoji_name"),
        .channel_id = json_text(json, "channel_id"),
    };
}

chat_file chat_file_view(const cJSON *json) {
    return (chat_file){
        .id = json_text(json, "id"),
        .creator_id = json_text(json, "user_id"),
        .post_id = json_text(json, "post_id"),
        .channel_id = json_text(json, "channel_id"),
        .name = json_text(json, "name"),
        .extension = json_text(json, "extension"),
        .mime_type = json_text(json, "mime_type"),
        .size_bytes = json_int(json, "size", 0),
        .delete_at_ms = json_int(json, "delete_at", 0),
        .width = (int)json_int(json, "width", 0),
        .height = (int)json_int(json, "height", 0),
        .archived = json_bool(json, "archived", false),
    };
}

static void add_text(cJSON *object, const char *key, const char *text) {
    if (text != NULL && *text != '\0')
        json_add_string(object, key, text);
}

cJSON *chat_post_to_json(const chat_post *post) {
    cJSON *json = json_new_object();
    add_text(json, "id", post->id);
    add_text(json, "channel_id", post->channel_id);
    add_text(json, "user_id", post->user_id);
    add_text(json, "root_id", post->root_id);
    add_text(json, "message", post->message);
    add_text(json, "type", post->type);
    add_text(json, "pending_post_id", post->pending_post_id);
    if (post->props != NULL)
        json_add(json, "props", cJSON_Duplicate(post->props, 1));
    if (post->file_ids != NULL)
        json_add(json, "file_ids", cJSON_Duplicate(post->file_ids, 1));
    return json;
}

chat_post chat_post_dup(const chat_post *post) {
    chat_post copy = *post;
    copy.id = xstrdup(post->id);
    copy.channel_id = xstrdup(post->channel_id);
    copy.user_id = xstrdup(post->user_id);
    copy.root_id = xstrdup(post->root_id);
    copy.message = xstrdup(post->message);
    copy.type = xstrdup(post->type);
    copy.pending_post_id = xstrdup(post->pending_post_id);
    copy.key = post->key != NULL ? xstrdup(post->key) : NULL;
    copy.props = cJSON_Duplicate(post->props, 1);
    copy.file_ids = cJSON_Duplicate(post->file_ids, 1);
    return copy;
}

void chat_post_free(chat_post *post) {
    const char *const texts[] = {post->id,      post->channel_id, post->user_id,         post->root_id,
                                 post->message, post->type,       post->pending_post_id, post->key};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((void *)(uintptr_t)texts[i]);
    cJSON_Delete((cJSON *)(uintptr_t)post->props);
    cJSON_Delete((cJSON *)(uintptr_t)post->file_ids);
    *post = (chat_post){.id = NULL};
}

// --- the server ---

enum {
    // Mattermost's PostMessageMaxRunesV2; the plugin API does not tell it, external mode hears it. Only a database made before 5.0 holds less.
    POST_RUNES = 16383,
    FILE_BYTES = 100 << 20, // default of MaxFileSize
};

static const char * or (const char *text, const char *otherwise) {
    return text != NULL && *text != '\0' ? text : otherwise;
}

cJSON *chat_server_info_json(const cJSON *config, const char *version) {
    const cJSON *service = json_get(config, "ServiceSettings"), *files = json_get(config, "FileSettings"),
                *teams = json_get(config, "TeamSettings"), *texts = json_get(config, "LocalizationSettings");
    cJSON *info = json_new_object();
    char *site_url = xstrdup(json_text(service, "SiteURL"));
    for (size_t len = strlen(site_url); len > 0 && site_url[len - 1] == '/'; len--)
        site_url[len - 1] = '\0';
    json_add_string(info, "site_url", site_url);
    json_add_string(info, "version", version);
    // false does not travel: absent is off.
    json_add_bool(info, "file_attachments", json_bool(files, "EnableFileAttachments", false));
    json_add_int(info, "max_file_size", json_int(files, "MaxFileSize", FILE_BYTES));
    json_add_string(info, "teammate_name_display", json_text(teams, "TeammateNameDisplay"));
    json_add_string(info, "locale", json_text(texts, "DefaultClientLocale"));
    json_add_bool(info, "clustered", json_bool(json_get(config, "ClusterSettings"), "Enable", false));
    const cJSON *plugins = json_get(config, "PluginSettings"), *logs = json_get(config, "LogSettings");
    json_add_bool(info, "plugin_uploads", json_bool(plugins, "EnableUploads", false));
    json_add_bool(info, "plugin_health_check", json_bool(plugins, "EnableHealthCheck", false));
    json_add_bool(info, "logs",
                  json_bool(logs, "EnableConsole", false) || json_bool(logs, "EnableFile", false));
    free(site_url);
    return info;
}

chat_server_info chat_server_info_view(const cJSON *json) {
    return (chat_server_info){
        .site_url = json_text(json, "site_url"),
        .version = json_text(json, "version"),
        .max_post_runes = json_int(json, "max_post_runes", POST_RUNES),
        .max_file_size_bytes = json_int(json, "max_file_size", FILE_BYTES),
        .file_attachments = json_bool(json, "file_attachments", true),
        .teammate_name_display = or (json_string(json, "teammate_name_display"), "username"),
        .locale = or (json_string(json, "locale"), "en"),
        .clustered = json_bool(json, "clustered", false),
        .commands = json_bool(json, "commands", true),
        .edit_limit_s = json_int(json, "edit_limit_s", -1),
        .plugin_uploads = json_bool(json, "plugin_uploads", true),
        .plugin_health_check = json_bool(json, "plugin_health_check", true),
        .logs = json_bool(json, "logs", true),
    };
}
