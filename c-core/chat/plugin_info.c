// SPDX-License-Identifier: Apache-2.0
// chat_get_server_info: two calls of the plugin API, kept until the server's configuration changes.
#include "base/mem.h"
#include "chat/plugin_internal.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>

static const char * or (const char *text, const char *otherwise) {
    return text != NULL && *text != '\0' ? text : otherwise;
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
        tongues_learn_server(c->tongues, json_text(json, "locale"));
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

chat_connection chat_get_connection(const chat *c) {
    (void)c;
    return (chat_connection){
        .known = true, .delivers = true, .problem = "", .callbacks = "", .commands_problem = ""};
}

void chat_try_callback(chat *c, chat_done_fn *fn, void *ctx) {
    (void)c;
    fn(ctx, &PLUGIN_NO_ERROR); // hooks reach us without an address
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
