// SPDX-License-Identifier: Apache-2.0
// The calls of chat/posts.h over REST; chat_edit_post is in rest_edit.c, those to one person in rest_whisper.c.
#include "base/mem.h"
#include "base/random.h"
#include "chat/rest_internal.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>

enum { RANDOM_KEY_BYTES = 13 };

// The server makes one post of all that come with the same pending_post_id within half a minute: so a post may be sent again
// when no answer came.
static char *pending_id(const chat *c, const char *key) {
    char random[2 * RANDOM_KEY_BYTES + 1];
    random_hex(random, RANDOM_KEY_BYTES);
    return xasprintf("%s:%s", c->bot_user_id != NULL ? c->bot_user_id : "", key != NULL ? key : random);
}

cJSON *rest_post_body(const chat *c, const chat_post *post) {
    cJSON *json = chat_post_to_json(post);
    if (post->props != NULL) {
        cJSON_DeleteItemFromObjectCaseSensitive(json, "props");
        json_add(json, "props", rest_props_for_server(c, post->props));
    }
    return json;
}

void chat_create_post(chat *c, const chat_post *post, chat_post_fn *fn, void *ctx) {
    cJSON *json = rest_post_body(c, post);
    char *pending = pending_id(c, post->key);
    cJSON_DeleteItemFromObjectCaseSensitive(json, "pending_post_id");
    json_add_string(json, "pending_post_id", pending);
    free(pending);
    rest_send(c, "POST", rest_path("/posts", NULL), json, true,
              &(rest_wanted){.finish = rest_finish_post, .fn.post = fn, .ctx = ctx});
}

void chat_update_post(chat *c, const chat_post *post, chat_post_fn *fn, void *ctx) {
    cJSON *json = json_new_object();
    json_add_string(json, "message", post->message);
    json_add(json, "props", post->props != NULL ? rest_props_for_server(c, post->props) : json_new_object());
    json_add(json, "file_ids",
             post->file_ids != NULL ? cJSON_Duplicate(post->file_ids, 1) : json_new_array());
    rest_send(c, "PUT", rest_path("/posts/", post->id, "/patch", NULL), json, true,
              &(rest_wanted){.finish = rest_finish_post, .fn.post = fn, .ctx = ctx});
}

void chat_delete_post(chat *c, const char *post_id, chat_done_fn *fn, void *ctx) {
    rest_send(c, "DELETE", rest_path("/posts/", post_id, NULL), NULL, true,
              &(rest_wanted){.finish = rest_finish_done, .fn.done = fn, .ctx = ctx});
}

void chat_get_post(chat *c, const char *post_id, chat_post_fn *fn, void *ctx) {
    rest_get(c, rest_path("/posts/", post_id, NULL),
             &(rest_wanted){.finish = rest_finish_post, .fn.post = fn, .ctx = ctx});
}

void chat_get_posts(chat *c, const char *channel_id, int page_number, int count, chat_json_fn *fn,
                    void *ctx) {
    char *query = xasprintf("/posts?page=%d&per_page=%d", page_number, count);
    rest_get(c, rest_path("/channels/", channel_id, query, NULL),
             &(rest_wanted){.finish = rest_finish_json, .fn.json = fn, .ctx = ctx});
    free(query);
}

void chat_get_thread(chat *c, const char *root_id, chat_json_fn *fn, void *ctx) {
    rest_get(c, rest_path("/posts/", root_id, "/thread", NULL),
             &(rest_wanted){.finish = rest_finish_json, .fn.json = fn, .ctx = ctx});
}

void chat_get_posts_before(chat *c, const char *channel_id, const char *post_id, int count, chat_json_fn *fn,
                           void *ctx) {
    char *query = xasprintf("&page=0&per_page=%d", count);
    rest_get(c, rest_path("/channels/", channel_id, "/posts?before=", post_id, query, NULL),
             &(rest_wanted){.finish = rest_finish_json, .fn.json = fn, .ctx = ctx});
    free(query);
}

void chat_get_posts_after(chat *c, const char *channel_id, const char *post_id, int count, chat_json_fn *fn,
                          void *ctx) {
    char *query = xasprintf("&page=0&per_page=%d", count);
    rest_get(c, rest_path("/channels/", channel_id, "/posts?after=", post_id, query, NULL),
             &(rest_wanted){.finish = rest_finish_json, .fn.json = fn, .ctx = ctx});
    free(query);
}

// The server itself sends what the person's settings ask for: there is no call for more.
void chat_push(chat *c, const char *user_id, const chat_post *post, const char *text, chat_done_fn *fn,
               void *ctx) {
    (void)c, (void)user_id, (void)post, (void)text;
    if (fn != NULL)
        fn(ctx, &REST_NO_ERROR);
}

void chat_typing(chat *c, const char *user_id, const char *channel_id, const char *root_id) {
    cJSON *data = json_new_object();
    (void)user_id;
    json_add_string(data, "channel_id", channel_id);
    json_add_string(data, "parent_id", root_id);
    rest_socket_tell(c->socket, "user_typing", data);
}

// --- reactions ---

void chat_add_reaction(chat *c, const char *user_id, const char *post_id, const char *emoji_name,
                       chat_done_fn *fn, void *ctx) {
    cJSON *json = json_new_object();
    json_add_string(json, "user_id", user_id);
    json_add_string(json, "post_id", post_id);
    json_add_string(json, "emoji_name", emoji_name);
    rest_send(c, "POST", rest_path("/reactions", NULL), json, true,
              &(rest_wanted){.finish = rest_finish_done, .fn.done = fn, .ctx = ctx});
}

static void finish_removed(rest_wanted *w, const chat_error *error, const cJSON *json) {
    rest_finish_done(w, error->err == OC_ENOTFOUND ? &REST_NO_ERROR : error, json);
}

void chat_remove_reaction(chat *c, const char *user_id, const char *post_id, const char *emoji_name,
                          chat_done_fn *fn, void *ctx) {
    rest_send(c, "DELETE", rest_path("/users/", user_id, "/posts/", post_id, "/reactions/", emoji_name, NULL),
              NULL, true, &(rest_wanted){.finish = finish_removed, .fn.done = fn, .ctx = ctx});
}
