// SPDX-License-Identifier: Apache-2.0
// The calls of chat/people.h, each as one call of Mattermost's plugin API.
#include "base/mem.h"
#include "chat/plugin_internal.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>

enum { ADMINS_MAX = 20 };

// A membership that does not exist is an answer, not a failure.
static void finish_member(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)tail;
    bool absent = error->err == OC_ENOTFOUND;
    call->fn.flag(call->ctx, absent ? &PLUGIN_NO_ERROR : error,
                  !absent && *json_text(result, "user_id") != '\0');
}

static void finish_admins(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    cJSON *ids = json_new_array();
    const cJSON *user = NULL;
    (void)tail;
    cJSON_ArrayForEach(user, result) {
        tongues_learn(call->chat->tongues, user);
        if (!json_bool(user, "is_bot", false) && json_int(user, "delete_at", 0) == 0)
            json_push(ids, json_new_string(json_text(user, "id")));
    }
    call->fn.json(call->ctx, error, ids);
    cJSON_Delete(ids);
}

static void finish_ids(const plugin_call *call, const chat_error *error, const cJSON *list,
                       const char *member) {
    cJSON *ids = json_new_array();
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list) json_push(ids, json_new_string(json_text(item, member)));
    call->fn.json(call->ctx, error, ids);
    cJSON_Delete(ids);
}

static void finish_channel_ids(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)tail;
    finish_ids(call, error, result, "channel_id");
}

static void finish_guests(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)tail;
    finish_ids(call, error, result, "id");
}

static void finish_members(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)tail;
    finish_ids(call, error, result, "user_id");
}

void chat_get_user(chat *c, const char *user_id, chat_user_fn *fn, void *ctx) {
    const cJSON *known = cache_get(c->users, user_id, loop_now_ms(c->loop));
    if (known != NULL) {
        chat_user user = chat_user_view(known);
        fn(ctx, &PLUGIN_NO_ERROR, &user);
        return;
    }
    plugin_api(c, "GetUser", plugin_strings(1, user_id), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_user,
                              .fn.user = fn,
                              .ctx = ctx,
                              .cache = c->users,
                              .key = xstrdup(user_id)});
}

void chat_get_user_by_username(chat *c, const char *username, chat_user_fn *fn, void *ctx) {
    char *key = xasprintf("@%s", username); // no id begins with that
    const cJSON *known = cache_get(c->users, key, loop_now_ms(c->loop));
    if (known != NULL) {
        chat_user user = chat_user_view(known);
        fn(ctx, &PLUGIN_NO_ERROR, &user);
        free(key);
        return;
    }
    plugin_api(c, "GetUserByUsername", plugin_strings(1, username), PLUGIN_NO_TAIL,
               &(plugin_call){
                   .finish = plugin_finish_user, .fn.user = fn, .ctx = ctx, .cache = c->users, .key = key});
}

// chat_get_users_by_ids: what is known already, and who waits for the rest.
typedef struct users_wanted {
    chat_users_fn *fn;
    void *ctx;
    cJSON *ids;   // as they were asked
    cJSON *users; // found so far, by id
} users_wanted;

static void give_users(users_wanted *w, const chat_error *error) {
    chat_user users[CHAT_USERS_MAX];
    size_t count = 0;
    const cJSON *id = NULL;
    cJSON_ArrayForEach(id, w->ids) {
        const cJSON *user = json_get(w->users, id->valuestring);
        if (user != NULL && error->err == OC_OK)
            users[count++] = chat_user_view(user);
    }
    w->fn(w->ctx, error, users, count);
    cJSON_Delete(w->ids);
    cJSON_Delete(w->users);
    free(w);
}

static void keep_user(users_wanted *w, const cJSON *user) {
    const char *id = json_text(user, "id");
    if (json_get(w->users, id) == NULL)
        json_add(w->users, id, cJSON_Duplicate(user, 1));
}

static void finish_users(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    const cJSON *user = NULL;
    (void)tail;
    cJSON_ArrayForEach(user, result) {
        cache_put(call->chat->users, json_text(user, "id"), user, loop_now_ms(call->chat->loop));
        tongues_learn(call->chat->tongues, user);
        keep_user(call->ctx, user);
    }
    give_users(call->ctx, error);
}

void chat_get_users_by_ids(chat *c, const char *const *user_ids, chat_users_fn *fn, void *ctx) {
    users_wanted *w = xcalloc(1, sizeof *w);
    *w = (users_wanted){.fn = fn, .ctx = ctx, .ids = json_new_array(), .users = json_new_object()};
    cJSON *unknown = json_new_array();
    size_t count = 0;
    for (; user_ids[count] != NULL && count <= CHAT_USERS_MAX; count++) {
        const cJSON *known = cache_get(c->users, user_ids[count], loop_now_ms(c->loop));
        json_push(w->ids, json_new_string(user_ids[count]));
        if (known != NULL)
            keep_user(w, known);
        else
            json_push(unknown, json_new_string(user_ids[count]));
    }
    if (count > CHAT_USERS_MAX || cJSON_GetArraySize(unknown) == 0) {
        const chat_error too_many = {.err = OC_ELIMIT, .id = "", .message = "too many users at once"};
        cJSON_Delete(unknown);
        give_users(w, count > CHAT_USERS_MAX ? &too_many : &PLUGIN_NO_ERROR);
        return;
    }
    plugin_api(c, "GetUsersByIds", plugin_one(unknown), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_users, .ctx = w});
}

words_lang chat_lang(chat *c, const char *user_id) {
    return tongues_of(c->tongues, user_id);
}

words_lang chat_server_lang(chat *c) {
    return tongues_of_server(c->tongues);
}

void chat_forget_user(chat *c, const char *user_id) {
    cache_drop(c->users, user_id);
}

void chat_get_team(chat *c, const char *team_id, chat_team_fn *fn, void *ctx) {
    const cJSON *known = cache_get(c->teams, team_id, loop_now_ms(c->loop));
    if (known != NULL) {
        chat_team team = chat_team_view(known);
        fn(ctx, &PLUGIN_NO_ERROR, &team);
        return;
    }
    plugin_api(c, "GetTeam", plugin_strings(1, team_id), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_team,
                              .fn.team = fn,
                              .ctx = ctx,
                              .cache = c->teams,
                              .key = xstrdup(team_id)});
}

void chat_get_channel(chat *c, const char *channel_id, chat_channel_fn *fn, void *ctx) {
    const cJSON *known = cache_get(c->channels, channel_id, loop_now_ms(c->loop));
    if (known != NULL) {
        chat_channel channel = chat_channel_view(known);
        fn(ctx, &PLUGIN_NO_ERROR, &channel);
        return;
    }
    plugin_api(c, "GetChannel", plugin_strings(1, channel_id), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_channel,
                              .fn.channel = fn,
                              .ctx = ctx,
                              .cache = c->channels,
                              .key = xstrdup(channel_id)});
}

void chat_refresh_channel(chat *c, const char *channel_id, chat_channel_fn *fn, void *ctx) {
    plugin_api(c, "GetChannel", plugin_strings(1, channel_id), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_channel, .fn.channel = fn, .ctx = ctx});
}

void chat_bot_channels(chat *c, const char *bot_user_id, int page_number, int count, chat_json_fn *fn,
                       void *ctx) {
    cJSON *params = plugin_strings(2, "", bot_user_id); // the server does not look at the team
    json_push(params, json_new_int(page_number));
    json_push(params, json_new_int(count));
    plugin_api(c, "GetChannelMembersForUser", params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_channel_ids, .fn.json = fn, .ctx = ctx});
}

void chat_is_member(chat *c, const char *channel_id, const char *user_id, chat_flag_fn *fn, void *ctx) {
    char *key = xasprintf("%s/%s", channel_id, user_id);
    if (cache_get(c->members, key, loop_now_ms(c->loop)) != NULL) {
        free(key);
        fn(ctx, &PLUGIN_NO_ERROR, true);
        return;
    }
    plugin_api(
        c, "GetChannelMember", plugin_strings(2, channel_id, user_id), PLUGIN_NO_TAIL,
        &(plugin_call){.finish = finish_member, .fn.flag = fn, .ctx = ctx, .cache = c->members, .key = key});
}

void plugin_forget_membership(chat *c, const char *channel_id, const char *user_id) {
    char *key = xasprintf("%s/%s", channel_id, user_id);
    if (*channel_id == '\0')
        cache_clear(c->members); // of a whole team
    else
        cache_drop(c->members, key);
    free(key);
}

void chat_direct_channel(chat *c, const char *user_a, const char *user_b, chat_channel_fn *fn, void *ctx) {
    plugin_api(c, "GetDirectChannel", plugin_strings(2, user_a, user_b), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_channel, .fn.channel = fn, .ctx = ctx});
}

void chat_system_admins(chat *c, chat_json_fn *fn, void *ctx) {
    cJSON *options = json_new_object();
    json_add_string(options, "role", "system_admin");
    json_add_bool(options, "active", true);
    json_add_int(options, "page", 0);
    json_add_int(options, "per_page", ADMINS_MAX);
    plugin_api(c, "GetUsers", plugin_one(options), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_admins, .fn.json = fn, .ctx = ctx});
}

void chat_guests(chat *c, chat_json_fn *fn, void *ctx) {
    cJSON *options = json_new_object();
    json_add_string(options, "role", "system_guest");
    json_add_bool(options, "active", true);
    json_add_int(options, "page", 0);
    json_add_int(options, "per_page", CHAT_GUESTS_MAX);
    plugin_api(c, "GetUsers", plugin_one(options), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_guests, .fn.json = fn, .ctx = ctx});
}

void chat_members_among(chat *c, const char *channel_id, const cJSON *user_ids, chat_json_fn *fn, void *ctx) {
    cJSON *params = plugin_strings(1, channel_id);
    json_push(params, cJSON_Duplicate(user_ids, 1));
    plugin_api(c, "GetChannelMembersByIds", params, PLUGIN_NO_TAIL,
               &(plugin_call){.finish = finish_members, .fn.json = fn, .ctx = ctx});
}
