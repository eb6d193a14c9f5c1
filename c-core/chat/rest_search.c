// SPDX-License-Identifier: Apache-2.0
// What the agent's tools ask for, over REST.
#include "base/mem.h"
#include "chat/rest_internal.h"

#include <stdlib.h>

// The server searches in nobody's name but the bot's: the user is not asked for. Whoever uses the result judges each channel.
void chat_search_posts(chat *c, const chat_search *search, chat_json_fn *fn, void *ctx) {
    cJSON *json = json_new_object();
    json_add_string(json, "terms", search->terms);
    json_add_bool(json, "is_or_search", false);
    json_add_int(json, "page", search->page_number);
    json_add_int(json, "per_page", search->count);
    rest_send(c, "POST", rest_path("/teams/", search->team_id, "/posts/search", NULL), json, true,
              &(rest_wanted){.finish = rest_finish_json, .fn.json = fn, .ctx = ctx});
}

static void finish_ids(const rest_wanted *w, const chat_error *error, const cJSON *list, const char *member) {
    cJSON *ids = json_new_array();
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list) json_push(ids, json_new_string(json_text(item, member)));
    w->fn.json(w->ctx, error, ids);
    cJSON_Delete(ids);
}

static void finish_guests(rest_wanted *w, const chat_error *error, const cJSON *json) {
    finish_ids(w, error, json, "id");
}

static void finish_members(rest_wanted *w, const chat_error *error, const cJSON *json) {
    finish_ids(w, error, json, "user_id");
}

void chat_guests(chat *c, chat_json_fn *fn, void *ctx) {
    char *path = xasprintf("/users?role=system_guest&active=true&page=0&per_page=%d", CHAT_GUESTS_MAX);
    rest_get(c, rest_path(path, NULL), &(rest_wanted){.finish = finish_guests, .fn.json = fn, .ctx = ctx});
    free(path);
}

void chat_members_among(chat *c, const char *channel_id, const cJSON *user_ids, chat_json_fn *fn, void *ctx) {
    rest_send(c, "POST", rest_path("/channels/", channel_id, "/members/ids", NULL),
              cJSON_Duplicate(user_ids, 1), true,
              &(rest_wanted){.finish = finish_members, .fn.json = fn, .ctx = ctx});
}
