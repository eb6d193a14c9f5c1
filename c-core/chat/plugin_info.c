// SPDX-License-Identifier: Apache-2.0
// chat_get_server_info: two calls of the plugin API, kept until the server's configuration changes.
#include "base/mem.h"
#include "chat/plugin_internal.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>

enum {
    // Mattermost's PostMessageMaxRunesV2; the plugin API does not tell it. Only a database made before 5.0 holds less.
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
    json_add_string(info, "locale", json_text(texts, "DefaultServerLocale"));
    free(site_url);
    return info;
}

chat_server_info chat_server_info_view(const cJSON *json) {
    return (chat_server_info){
        .site_url = json_text(json, "site_url"),
        .version = json_text(json, "version"),
        .max_post_runes = POST_RUNES,
        .max_file_size_bytes = json_int(json, "max_file_size", FILE_BYTES),
        .file_attachments = json_bool(json, "file_attachments", true),
        .teammate_name_display = or (json_string(json, "teammate_name_display"), "username"),
        .locale = or (json_string(json, "locale"), "en"),
    };
}

typedef struct info_wanted {
    chat_server_info_fn *fn;
    void *ctx;
    cJSON *config;
    unsigned config_changes; // when it was asked: what changed since is not in it
} info_wanted;

static void end(info_wanted *w, const chat_error *error, const cJSON *json) {
    const chat_server_info info = chat_server_info_view(json);
    w->fn(w->ctx, error, &info);
    cJSON_Delete(w->config);
    free(w);
}

static void finish_version(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    info_wanted *w = call->ctx;
    chat *c = call->chat;
    (void)tail;
    if (error->err != OC_OK) {
        end(w, error, NULL);
        return;
    }
    cJSON *json = chat_server_info_json(w->config, or (cJSON_GetStringValue(result), ""));
    if (w->config_changes == c->config_changes) {
        cJSON_Delete(c->server_info);
        c->server_info = cJSON_Duplicate(json, 1);
    }
    end(w, error, json);
    cJSON_Delete(json);
}

static void finish_config(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    info_wanted *w = call->ctx;
    (void)tail;
    if (error->err != OC_OK) {
        end(w, error, NULL);
        return;
    }
    w->config = cJSON_Duplicate(result, 1);
    plugin_api(call->chat, "GetServerVersion", json_new_array(), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_version, .ctx = w});
}

void chat_get_server_info(chat *c, chat_server_info_fn *fn, void *ctx) {
    if (c->server_info != NULL) {
        const chat_server_info info = chat_server_info_view(c->server_info);
        fn(ctx, &PLUGIN_NO_ERROR, &info);
        return;
    }
    info_wanted *w = xcalloc(1, sizeof *w);
    *w = (info_wanted){.fn = fn, .ctx = ctx, .config_changes = c->config_changes};
    plugin_api(c, "GetConfig", json_new_array(), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_config, .ctx = w});
}
