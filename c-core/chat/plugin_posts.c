// SPDX-License-Identifier: Apache-2.0
// The calls of chat/posts.h, each as one call of Mattermost's plugin API; chat_edit_post is in plugin_edit.c.
#include "chat/plugin_internal.h"
#include "chat/views.h"

void chat_create_post(chat *c, const chat_post *post, chat_post_fn *fn, void *ctx) {
    cJSON *params = plugin_one(chat_post_to_json(post));
    if (post->key != NULL) {
        cJSON *options = json_new_object();
        json_add_string(options, "key", post->key);
        json_push(params, options);
    }
    plugin_api(c, "CreatePost", params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_post, .fn.post = fn, .ctx = ctx});
}

void chat_update_post(chat *c, const chat_post *post, chat_post_fn *fn, void *ctx) {
    plugin_api(c, "UpdatePost", plugin_one(chat_post_to_json(post)), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_post, .fn.post = fn, .ctx = ctx});
}

cJSON *plugin_in_order(cJSON *params, const char *order) {
    cJSON *element = json_new_object();
    json_add_string(element, "order", order);
    json_push(params, element);
    return params;
}

void chat_delete_post(chat *c, const char *post_id, chat_done_fn *fn, void *ctx) {
    plugin_api(c, "DeletePost", plugin_in_order(plugin_strings(1, post_id), post_id), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_done, .fn.done = fn, .ctx = ctx});
}

void chat_get_post(chat *c, const char *post_id, chat_post_fn *fn, void *ctx) {
    plugin_api(c, "GetPost", plugin_strings(1, post_id), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_post, .fn.post = fn, .ctx = ctx});
}

void chat_get_posts(chat *c, const char *channel_id, int page_number, int count, chat_json_fn *fn,
                    void *ctx) {
    cJSON *params = plugin_strings(1, channel_id);
    json_push(params, json_new_int(page_number));
    json_push(params, json_new_int(count));
    plugin_api(c, "GetPostsForChannel", params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_json, .fn.json = fn, .ctx = ctx});
}

void chat_get_thread(chat *c, const char *root_id, chat_json_fn *fn, void *ctx) {
    plugin_api(c, "GetPostThread", plugin_strings(1, root_id), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_json, .fn.json = fn, .ctx = ctx});
}

static void posts_beside(chat *c, const char *call, const char *channel_id, const char *post_id, int count,
                         chat_json_fn *fn, void *ctx) {
    cJSON *params = plugin_strings(2, channel_id, post_id);
    json_push(params, json_new_int(0)); // page
    json_push(params, json_new_int(count));
    plugin_api(c, call, params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_json, .fn.json = fn, .ctx = ctx});
}

void chat_get_posts_before(chat *c, const char *channel_id, const char *post_id, int count, chat_json_fn *fn,
                           void *ctx) {
    posts_beside(c, "GetPostsBefore", channel_id, post_id, count, fn, ctx);
}

void chat_get_posts_after(chat *c, const char *channel_id, const char *post_id, int count, chat_json_fn *fn,
                          void *ctx) {
    posts_beside(c, "GetPostsAfter", channel_id, post_id, count, fn, ctx);
}

void chat_search_posts(chat *c, const chat_search *search, chat_json_fn *fn, void *ctx) {
    cJSON *params = plugin_strings(2, search->team_id, search->user_id), *parameter = json_new_object();
    json_add_string(parameter, "terms", search->terms);
    json_add_int(parameter, "page", search->page_number);
    json_add_int(parameter, "per_page", search->count);
    json_push(params, parameter);
    plugin_api(c, "SearchPostsInTeamForUser", params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_json, .fn.json = fn, .ctx = ctx});
}

void chat_send_ephemeral(chat *c, const char *user_id, const chat_post *post, chat_post_fn *fn, void *ctx) {
    cJSON *params = plugin_strings(1, user_id);
    json_push(params, chat_post_to_json(post));
    if (fn == NULL)
        plugin_tell(c, "SendEphemeralPost", params);
    else
        plugin_api(c, "SendEphemeralPost", params, PLUGIN_NO_TAIL,
                   &(plugin_call){.finish = plugin_finish_post, .fn.post = fn, .ctx = ctx});
}

void chat_update_ephemeral(chat *c, const char *user_id, const chat_post *post, chat_post_fn *fn, void *ctx) {
    cJSON *params = plugin_strings(1, user_id);
    json_push(params, chat_post_to_json(post));
    plugin_api(c, "UpdateEphemeralPost", params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_post, .fn.post = fn, .ctx = ctx});
}

void chat_push(chat *c, const char *user_id, const chat_post *post, const char *text, chat_done_fn *fn,
               void *ctx) {
    cJSON *params = json_new_array(), *push = json_new_object();
    json_add_string(push, "version", "v2"); // of the push proxy's format
    json_add_string(push, "type", "message");
    json_add_string(push, "post_id", post->id);
    json_add_string(push, "channel_id", post->channel_id);
    json_add_string(push, "root_id", post->root_id);
    json_add_string(push, "sender_id", post->user_id);
    json_add_string(push, "message", text);
    json_push(params, push);
    json_push(params, json_new_string(user_id));
    plugin_api(c, "SendPushNotification", params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_done, .fn.done = fn, .ctx = ctx});
}

void chat_typing(chat *c, const char *user_id, const char *channel_id, const char *root_id) {
    plugin_tell(c, "PublishUserTyping", plugin_strings(3, user_id, channel_id, root_id));
}

static cJSON *reaction(const char *user_id, const char *post_id, const char *emoji_name) {
    cJSON *json = json_new_object();
    json_add_string(json, "user_id", user_id);
    json_add_string(json, "post_id", post_id);
    json_add_string(json, "emoji_name", emoji_name);
    return plugin_one(json);
}

void chat_add_reaction(chat *c, const char *user_id, const char *post_id, const char *emoji_name,
                       chat_done_fn *fn, void *ctx) {
    plugin_api(c, "AddReaction", reaction(user_id, post_id, emoji_name), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_done, .fn.done = fn, .ctx = ctx});
}

void chat_remove_reaction(chat *c, const char *user_id, const char *post_id, const char *emoji_name,
                          chat_done_fn *fn, void *ctx) {
    plugin_api(c, "RemoveReaction", reaction(user_id, post_id, emoji_name), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_done, .fn.done = fn, .ctx = ctx});
}
