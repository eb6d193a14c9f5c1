// SPDX-License-Identifier: Apache-2.0
// The calls of chat/people.h that list and that ask for rights.
#include "chat/plugin_internal.h"
#include "chat/views.h"

// A channel that nobody is in is an empty list for the server's REST API and "not found" for plugins.
static void finish_list(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    cJSON *none = json_new_array();
    (void)tail;
    call->fn.json(call->ctx, error->err == OC_ENOTFOUND ? &PLUGIN_NO_ERROR : error,
                  cJSON_IsArray(result) ? result : none);
    cJSON_Delete(none);
}

static void ask_list(chat *c, const char *method, cJSON *params, chat_json_fn *fn, void *ctx) {
    plugin_api(c, method, params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_list, .fn.json = fn, .ctx = ctx});
}

static cJSON *with_page(cJSON *params, int page_number, int count) {
    json_push(params, json_new_int(page_number));
    json_push(params, json_new_int(count));
    return params;
}

void chat_teams_of_user(chat *c, const char *user_id, chat_json_fn *fn, void *ctx) {
    ask_list(c, "GetTeamsForUser", plugin_strings(1, user_id), fn, ctx);
}

void chat_channel_by_name(chat *c, const char *team_id, const char *name, chat_channel_fn *fn, void *ctx) {
    cJSON *params = plugin_strings(2, team_id, name);
    json_push(params, json_new_bool(false));
    plugin_api(c, "GetChannelByName", params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_channel, .fn.channel = fn, .ctx = ctx});
}

void chat_channels_of_user(chat *c, const char *team_id, const char *user_id, chat_json_fn *fn, void *ctx) {
    cJSON *params = plugin_strings(2, team_id, user_id);
    json_push(params, json_new_bool(false));
    ask_list(c, "GetChannelsForTeamForUser", params, fn, ctx);
}

void chat_public_channels(chat *c, const char *team_id, int page_number, int count, chat_json_fn *fn,
                          void *ctx) {
    ask_list(c, "GetPublicChannelsForTeam", with_page(plugin_strings(1, team_id), page_number, count), fn,
             ctx);
}

void chat_users_in_team(chat *c, const char *team_id, int page_number, int count, chat_json_fn *fn,
                        void *ctx) {
    ask_list(c, "GetUsersInTeam", with_page(plugin_strings(1, team_id), page_number, count), fn, ctx);
}

void chat_users_in_channel(chat *c, const char *channel_id, int page_number, int count, chat_json_fn *fn,
                           void *ctx) {
    ask_list(c, "GetUsersInChannel", with_page(plugin_strings(2, channel_id, "username"), page_number, count),
             fn, ctx);
}

void chat_search_users(chat *c, const char *team_id, const char *term, int limit, chat_json_fn *fn,
                       void *ctx) {
    cJSON *search = json_new_object();
    json_add_string(search, "term", term);
    json_add_string(search, "team_id", team_id);
    json_add_int(search, "limit", limit);
    ask_list(c, "SearchUsers", plugin_one(search), fn, ctx);
}

// A membership that has ended is kept by the server, with the time of its end.
static void finish_team_member(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)tail;
    bool absent = error->err == OC_ENOTFOUND;
    call->fn.flag(call->ctx, absent ? &PLUGIN_NO_ERROR : error,
                  !absent && *json_text(result, "user_id") != '\0' && json_int(result, "delete_at", 0) == 0);
}

void chat_is_team_member(chat *c, const char *team_id, const char *user_id, chat_flag_fn *fn, void *ctx) {
    plugin_api(c, "GetTeamMember", plugin_strings(2, team_id, user_id), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_team_member, .fn.flag = fn, .ctx = ctx});
}

// --- rights ---

static cJSON *permission_object(const char *permission) {
    cJSON *json = json_new_object();
    json_add_string(json, "id", permission);
    return json;
}

void chat_has_channel_permission(chat *c, const char *user_id, const char *channel_id, const char *permission,
                                 chat_flag_fn *fn, void *ctx) {
    cJSON *params = plugin_strings(2, user_id, channel_id);
    json_push(params, permission_object(permission));
    plugin_api(c, "HasPermissionToChannel", params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_flag, .fn.flag = fn, .ctx = ctx});
}

void chat_has_team_permission(chat *c, const char *user_id, const char *team_id, const char *permission,
                              chat_flag_fn *fn, void *ctx) {
    cJSON *params = plugin_strings(2, user_id, team_id);
    json_push(params, permission_object(permission));
    plugin_api(c, "HasPermissionToTeam", params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_flag, .fn.flag = fn, .ctx = ctx});
}

void chat_has_permission(chat *c, const char *user_id, const char *permission, chat_flag_fn *fn, void *ctx) {
    cJSON *params = plugin_strings(1, user_id);
    json_push(params, permission_object(permission));
    plugin_api(c, "HasPermissionTo", params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_flag, .fn.flag = fn, .ctx = ctx});
}

void chat_user_is_system_admin(chat *c, const char *user_id, chat_flag_fn *fn, void *ctx) {
    chat_has_permission(c, user_id, "manage_system", fn, ctx);
}
