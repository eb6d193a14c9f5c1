// SPDX-License-Identifier: Apache-2.0
// People, places and memberships over REST; lists are in rest_directory.c, rights in rest_rights.c.
#include "base/mem.h"
#include "chat/rest_internal.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>

static const cJSON *known_in(chat *c, cache *facts, const char *key) {
    return cache_get(facts, key, loop_now_ms(c->loop));
}

// --- people ---

static void ask_user(chat *c, char *key, char *path, chat_user_fn *fn, void *ctx) {
    const cJSON *known = known_in(c, c->users, key);
    if (known == NULL) {
        rest_get(c, path,
                 &(rest_wanted){
                     .finish = rest_finish_user, .fn.user = fn, .ctx = ctx, .cache = c->users, .key = key});
        return;
    }
    chat_user user = rest_user_view(c, known);
    fn(ctx, &REST_NO_ERROR, &user);
    free(key);
    free(path);
}

void chat_get_user(chat *c, const char *user_id, chat_user_fn *fn, void *ctx) {
    ask_user(c, xstrdup(user_id), rest_path("/users/", user_id, NULL), fn, ctx);
}

void chat_get_user_by_username(chat *c, const char *username, chat_user_fn *fn, void *ctx) {
    ask_user(c, xasprintf("@%s", username), rest_path("/users/username/", username, NULL), fn, ctx);
}

// chat_get_users_by_ids: what is known already, and who waits for the rest.
typedef struct users_wanted {
    chat_users_fn *fn;
    void *ctx;
    cJSON *ids;   // as they were asked
    cJSON *users; // found so far, by id
} users_wanted;

static void give_users(const chat *c, users_wanted *w, const chat_error *error) {
    chat_user users[CHAT_USERS_MAX];
    size_t count = 0;
    const cJSON *id = NULL;
    cJSON_ArrayForEach(id, w->ids) {
        const cJSON *user = json_get(w->users, id->valuestring);
        if (user != NULL && error->err == OC_OK)
            users[count++] = rest_user_view(c, user);
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

static void finish_users(rest_wanted *wanted, const chat_error *error, const cJSON *json) {
    const cJSON *user = NULL;
    chat *c = wanted->chat;
    cJSON_ArrayForEach(user, json) {
        cache_put(c->users, json_text(user, "id"), user, loop_now_ms(c->loop));
        tongues_learn(c->tongues, user);
        keep_user(wanted->ctx, user);
    }
    give_users(c, wanted->ctx, error);
}

void chat_get_users_by_ids(chat *c, const char *const *user_ids, chat_users_fn *fn, void *ctx) {
    static const chat_error too_many = {.err = OC_ELIMIT, .id = "", .message = "too many users at once"};
    users_wanted *w = xcalloc(1, sizeof *w);
    *w = (users_wanted){.fn = fn, .ctx = ctx, .ids = json_new_array(), .users = json_new_object()};
    cJSON *unknown = json_new_array();
    size_t count = 0;
    for (; user_ids[count] != NULL && count <= CHAT_USERS_MAX; count++) {
        const cJSON *known = known_in(c, c->users, user_ids[count]);
        json_push(w->ids, json_new_string(user_ids[count]));
        if (known != NULL)
            keep_user(w, known);
        else
            json_push(unknown, json_new_string(user_ids[count]));
    }
    if (count <= CHAT_USERS_MAX && cJSON_GetArraySize(unknown) > 0) {
        rest_send(c, "POST", rest_path("/users/ids", NULL), unknown, true,
                  &(rest_wanted){.finish = finish_users, .ctx = w});
        return;
    }
    cJSON_Delete(unknown);
    give_users(c, w, count > CHAT_USERS_MAX ? &too_many : &REST_NO_ERROR);
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

// --- places ---

void chat_get_team(chat *c, const char *team_id, chat_team_fn *fn, void *ctx) {
    const cJSON *known = known_in(c, c->teams, team_id);
    if (known != NULL) {
        chat_team team = chat_team_view(known);
        fn(ctx, &REST_NO_ERROR, &team);
        return;
    }
    rest_get(c, rest_path("/teams/", team_id, NULL),
             &(rest_wanted){.finish = rest_finish_team,
                            .fn.team = fn,
                            .ctx = ctx,
                            .cache = c->teams,
                            .key = xstrdup(team_id)});
}

static void ask_channel(chat *c, cache *known_by, const char *channel_id, chat_channel_fn *fn, void *ctx) {
    const cJSON *known = known_in(c, known_by, channel_id);
    if (known != NULL) {
        chat_channel channel = chat_channel_view(known);
        fn(ctx, &REST_NO_ERROR, &channel);
        return;
    }
    rest_get(c, rest_path("/channels/", channel_id, NULL),
             &(rest_wanted){.finish = rest_finish_channel,
                            .fn.channel = fn,
                            .ctx = ctx,
                            .cache = c->channels,
                            .key = xstrdup(channel_id)});
}

void chat_get_channel(chat *c, const char *channel_id, chat_channel_fn *fn, void *ctx) {
    ask_channel(c, c->channels, channel_id, fn, ctx);
}

// A listing of the last seconds told it of every channel: a look through all of them asks once.
void chat_refresh_channel(chat *c, const char *channel_id, chat_channel_fn *fn, void *ctx) {
    ask_channel(c, c->fresh, channel_id, fn, ctx);
}

typedef struct page_wanted {
    int page_number, count;
    chat_json_fn *fn;
    void *ctx;
} page_wanted;

static void give_page(const chat *c, const page_wanted *p) {
    cJSON *ids = json_new_array();
    for (int i = 0; i < p->count; i++) {
        const cJSON *channel = cJSON_GetArrayItem(c->channel_list, p->page_number * p->count + i);
        if (channel != NULL)
            json_push(ids, json_new_string(json_text(channel, "id")));
    }
    p->fn(p->ctx, &REST_NO_ERROR, ids);
    cJSON_Delete(ids);
}

static void finish_channel_list(rest_wanted *w, const chat_error *error, const cJSON *json) {
    page_wanted *p = w->ctx;
    chat *c = w->chat;
    const cJSON *channel = NULL;
    cJSON_ArrayForEach(channel, json)
        cache_put(c->fresh, json_text(channel, "id"), channel, loop_now_ms(c->loop));
    if (error->err == OC_OK) {
        cJSON_Delete(c->channel_list);
        c->channel_list = cJSON_Duplicate(json, 1);
        give_page(c, p);
    } else {
        p->fn(p->ctx, error, NULL);
    }
    free(p);
}

void chat_bot_channels(chat *c, const char *bot_user_id, int page_number, int count, chat_json_fn *fn,
                       void *ctx) {
    page_wanted wanted = {.page_number = page_number, .count = count, .fn = fn, .ctx = ctx};
    if (page_number > 0 && c->channel_list != NULL) {
        give_page(c, &wanted);
        return;
    }
    page_wanted *p = xmalloc(sizeof *p);
    *p = wanted;
    rest_get(c, rest_path("/users/", bot_user_id, "/channels", NULL),
             &(rest_wanted){.finish = finish_channel_list, .ctx = p});
}

void chat_direct_channel(chat *c, const char *user_a, const char *user_b, chat_channel_fn *fn, void *ctx) {
    cJSON *both = json_new_array();
    json_push(both, json_new_string(user_a));
    json_push(both, json_new_string(user_b));
    rest_send(c, "POST", rest_path("/channels/direct", NULL), both, true,
              &(rest_wanted){.finish = rest_finish_channel, .fn.channel = fn, .ctx = ctx});
}

// --- memberships ---

// Of a channel that the bot may not even see it is no member.
static void finish_own_member(rest_wanted *w, const chat_error *error, const cJSON *json) {
    rest_finish_found(w, error->http_status == 403 ? &REST_NO_ERROR : error, json);
}

static void ask_member(chat *c, char *key, char *path, rest_finish_fn *finish, chat_flag_fn *fn, void *ctx) {
    if (known_in(c, c->members, key) == NULL) {
        rest_get(
            c, path,
            &(rest_wanted){.finish = finish, .fn.flag = fn, .ctx = ctx, .cache = c->members, .key = key});
        return;
    }
    free(key);
    free(path);
    fn(ctx, &REST_NO_ERROR, true);
}

void chat_is_member(chat *c, const char *channel_id, const char *user_id, chat_flag_fn *fn, void *ctx) {
    bool own = c->bot_user_id != NULL && strcmp(c->bot_user_id, user_id) == 0;
    ask_member(c, xasprintf("%s/%s", channel_id, user_id),
               rest_path("/channels/", channel_id, "/members/", user_id, NULL),
               own ? finish_own_member : rest_finish_found, fn, ctx);
}

// Who left a team is still listed there.
static void finish_team_member(rest_wanted *w, const chat_error *error, const cJSON *json) {
    bool absent = error->err == OC_ENOTFOUND;
    w->fn.flag(w->ctx, absent ? &REST_NO_ERROR : error,
               !absent && *json_text(json, "user_id") != '\0' && json_int(json, "delete_at", 0) == 0);
}

void chat_is_team_member(chat *c, const char *team_id, const char *user_id, chat_flag_fn *fn, void *ctx) {
    rest_get(c, rest_path("/teams/", team_id, "/members/", user_id, NULL),
             &(rest_wanted){.finish = finish_team_member, .fn.flag = fn, .ctx = ctx});
}

void rest_forget_membership(chat *c, const char *channel_id, const char *user_id) {
    char *key = xasprintf("%s/%s", channel_id, user_id);
    if (*channel_id == '\0')
        cache_clear(c->members); // of a whole team
    else
        cache_drop(c->members, key);
    free(key);
}
