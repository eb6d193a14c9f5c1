// SPDX-License-Identifier: Apache-2.0
// The calls of chat/people.h that list, over REST: what the bot itself may see.
#include "base/mem.h"
#include "chat/rest_internal.h"

#include <stdlib.h>
#include <string.h>

static void finish_list(rest_wanted *w, const chat_error *error, const cJSON *json) {
    cJSON *none = json_new_array();
    w->fn.json(w->ctx, error, cJSON_IsArray(json) ? json : none);
    cJSON_Delete(none);
}

static void ask_list(chat *c, char *path, chat_json_fn *fn, void *ctx) {
    rest_get(c, path, &(rest_wanted){.finish = finish_list, .fn.json = fn, .ctx = ctx});
}

static char *page(const char *format_start, int page_number, int count) {
    return xasprintf("%spage=%d&per_page=%d", format_start, page_number, count);
}

// --- teams: of others the bot may only ask for one team after the other, which it is in itself ---

enum { COMMON_TEAMS_MAX = 100 };

typedef struct common_teams {
    chat *chat;
    char *user_id;
    cJSON *own, *common;
    int at;
    chat_json_fn *fn;
    void *ctx;
} common_teams;

static void ask_next_team(common_teams *t);

static void finish_common(common_teams *t, const chat_error *error) {
    t->fn(t->ctx, error, t->common);
    cJSON_Delete(t->own);
    cJSON_Delete(t->common);
    free(t->user_id);
    free(t);
}

static void on_team_member(void *ctx, const chat_error *error, bool member) {
    common_teams *t = ctx;
    if (error->err != OC_OK) {
        finish_common(t, error);
        return;
    }
    if (member)
        json_push(t->common, cJSON_Duplicate(cJSON_GetArrayItem(t->own, t->at), true));
    t->at++;
    ask_next_team(t);
}

static void ask_next_team(common_teams *t) {
    const cJSON *team = t->at < COMMON_TEAMS_MAX ? cJSON_GetArrayItem(t->own, t->at) : NULL;
    if (team == NULL)
        finish_common(t, &REST_NO_ERROR);
    else
        chat_is_team_member(t->chat, json_text(team, "id"), t->user_id, on_team_member, t);
}

static void on_own_teams(void *ctx, const chat_error *error, const cJSON *teams) {
    common_teams *t = ctx;
    if (error->err != OC_OK) {
        finish_common(t, error);
        return;
    }
    t->own = cJSON_Duplicate(teams, true);
    ask_next_team(t);
}

void chat_teams_of_user(chat *c, const char *user_id, chat_json_fn *fn, void *ctx) {
    if (c->bot_user_id == NULL || strcmp(c->bot_user_id, user_id) == 0) {
        ask_list(c, rest_path("/users/", user_id, "/teams", NULL), fn, ctx);
        return;
    }
    common_teams *t = xmalloc(sizeof *t);
    *t = (common_teams){
        .chat = c, .user_id = xstrdup(user_id), .common = json_new_array(), .fn = fn, .ctx = ctx};
    ask_list(c, rest_path("/users/me/teams", NULL), on_own_teams, t);
}

// --- channels and people ---

void chat_channel_by_name(chat *c, const char *team_id, const char *name, chat_channel_fn *fn, void *ctx) {
    rest_get(c, rest_path("/teams/", team_id, "/channels/name/", name, NULL),
             &(rest_wanted){.finish = rest_finish_channel, .fn.channel = fn, .ctx = ctx});
}

void chat_channels_of_user(chat *c, const char *team_id, const char *user_id, chat_json_fn *fn, void *ctx) {
    ask_list(c, rest_path("/users/", user_id, "/teams/", team_id, "/channels", NULL), fn, ctx);
}

void chat_public_channels(chat *c, const char *team_id, int page_number, int count, chat_json_fn *fn,
                          void *ctx) {
    char *query = page("/channels?", page_number, count);
    ask_list(c, rest_path("/teams/", team_id, query, NULL), fn, ctx);
    free(query);
}

void chat_users_in_team(chat *c, const char *team_id, int page_number, int count, chat_json_fn *fn,
                        void *ctx) {
    char *query = page("&", page_number, count);
    ask_list(c, rest_path("/users?in_team=", team_id, query, NULL), fn, ctx);
    free(query);
}

void chat_users_in_channel(chat *c, const char *channel_id, int page_number, int count, chat_json_fn *fn,
                           void *ctx) {
    char *query = page("&", page_number, count);
    ask_list(c, rest_path("/users?in_channel=", channel_id, query, NULL), fn, ctx);
    free(query);
}

void chat_search_users(chat *c, const char *team_id, const char *term, int limit, chat_json_fn *fn,
                       void *ctx) {
    cJSON *json = json_new_object();
    json_add_string(json, "term", term);
    if (*team_id != '\0')
        json_add_string(json, "team_id", team_id);
    json_add_int(json, "limit", limit);
    json_add_bool(json, "allow_inactive", true);
    rest_send(c, "POST", rest_path("/users/search", NULL), json, true,
              &(rest_wanted){.finish = finish_list, .fn.json = fn, .ctx = ctx});
}

// Whoever runs us need not administer the server: what administrators are told in the plugin the owners are told here.
void chat_system_admins(chat *c, chat_json_fn *fn, void *ctx) {
    fn(ctx, &REST_NO_ERROR, c->owners);
}
