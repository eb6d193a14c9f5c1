// SPDX-License-Identifier: Apache-2.0
// The part of the plugin adapter that makes our bot users.
#include "base/mem.h"
#include "chat/plugin_internal.h"

enum { BOTS_MAX = 200 }; // of ours

static cJSON *bot_object(const char *username, const char *display_name, const char *description) {
    cJSON *bot = json_new_object();
    json_add_string(bot, "username", username);
    json_add_string(bot, "display_name", display_name);
    json_add_string(bot, "description", description);
    return bot;
}

void chat_ensure_bot(chat *c, const char *username, const char *display_name, const char *description,
                     chat_text_fn *fn, void *ctx) {
    plugin_api(c, "EnsureBotUser", plugin_one(bot_object(username, display_name, description)),
               PLUGIN_NO_TAIL, &(plugin_call){.finish = plugin_finish_text, .fn.text = fn, .ctx = ctx});
}

void chat_own_bots(chat *c, chat_json_fn *fn, void *ctx) {
    cJSON *options = json_new_object();
    json_add_string(options, "owner_id", "openclaw"); // the plugin's id
    json_add_bool(options, "include_deleted", true);
    json_add_int(options, "page", 0);
    json_add_int(options, "per_page", BOTS_MAX);
    plugin_api(c, "GetBots", plugin_one(options), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_json, .fn.json = fn, .ctx = ctx});
}

static void finish_created(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)tail;
    call->fn.text(call->ctx, error, json_text(result, "user_id"));
}

void chat_create_bot(chat *c, const char *username, const char *display_name, const char *description,
                     chat_text_fn *fn, void *ctx) {
    plugin_api(c, "CreateBot", plugin_one(bot_object(username, display_name, description)), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_created, .fn.text = fn, .ctx = ctx});
}

void chat_rename_bot(chat *c, const char *user_id, const char *username, const char *display_name,
                     const char *description, chat_done_fn *fn, void *ctx) {
    cJSON *params = plugin_strings(1, user_id);
    json_push(params, bot_object(username, display_name, description));
    plugin_api(c, "PatchBot", params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_done, .fn.done = fn, .ctx = ctx});
}

void chat_set_profile_image(chat *c, const char *user_id, bytes png, chat_done_fn *fn, void *ctx) {
    cJSON *params = plugin_strings(1, user_id);
    json_push(params, plugin_tail_ref(0, png.len));
    plugin_api(c, "SetProfileImage", params, png,
               &(plugin_call){.finish = plugin_finish_done, .fn.done = fn, .ctx = ctx});
}
