// SPDX-License-Identifier: Apache-2.0
// A part of fake_chat.c: people, teams and channels as a test lays them out in FAKE.world, and the calls that list them.
//
//   {"users":    [Mattermost's User objects],
//    "teams":    [{"id","name","members":[user ids]}],
//    "channels": [{"id","team_id","name","display_name","type","delete_at","members":[user ids]}]}
//
// Whoever has the role "system_guest" sees members and public channels only where they are themselves.

static cJSON *world_list(const char *kind) {
    return cJSON_GetObjectItemCaseSensitive(FAKE.world, kind);
}

static cJSON *world_find(const char *kind, const char *key, const char *value) {
    cJSON *item = NULL;
    cJSON_ArrayForEach(item, world_list(kind)) {
        if (strcmp(json_text(item, key), value) == 0)
            return item;
    }
    return NULL;
}

static bool world_has_member(const cJSON *place, const char *user_id) {
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, json_array(place, "members")) {
        if (strcmp(member->valuestring, user_id) == 0)
            return true;
    }
    return false;
}

// "denied": ["<user id> <permission>"] of a channel.
static bool world_denies(const cJSON *place, const char *user_id, const char *permission) {
    char *rule = xasprintf("%s %s", user_id, permission);
    const cJSON *denied = NULL;
    bool found = false;
    cJSON_ArrayForEach(denied, json_array(place, "denied")) found =
        found || strcmp(denied->valuestring, rule) == 0;
    free(rule);
    return found;
}

static bool world_is_guest(const char *user_id) {
    return strstr(json_text(world_find("users", "id", user_id), "roles"), "system_guest") != NULL;
}

static chat_error world_missing(const chat_error *error, const cJSON *thing) {
    if (error->err == OC_OK && thing == NULL)
        return (chat_error){.err = OC_ENOTFOUND, .http_status = 404, .id = "", .message = "no such thing"};
    return *error;
}

static void answer_world_user(held *h, const chat_error *error) {
    const cJSON *found = world_find("users", h->other, h->id);
    chat_error mine = world_missing(error, found);
    chat_user user = chat_user_view(found);
    h->fn.user(h->ctx, &mine, &user);
}

static void answer_world_channel(held *h, const chat_error *error) {
    const cJSON *found = world_find("channels", "id", h->id);
    chat_error mine = world_missing(error, found);
    chat_channel channel = chat_channel_view(found);
    h->fn.channel(h->ctx, &mine, &channel);
}

static void world_ask_user(const char *call, const char *key, const char *value, chat_user_fn *fn,
                           void *ctx) {
    take((held){.call = call,
                .answer = answer_world_user,
                .fn.user = fn,
                .ctx = ctx,
                .id = xstrdup(value),
                .other = xstrdup(key)});
}

static void world_ask_channel(const char *call, const char *id, chat_channel_fn *fn, void *ctx) {
    take((held){
        .call = call, .answer = answer_world_channel, .fn.channel = fn, .ctx = ctx, .id = xstrdup(id)});
}

static void answer_world_direct(held *h, const chat_error *error) {
    char *id = xasprintf("dm%.24s", h->id);
    if (error->err == OC_OK && world_find("users", "id", h->id) == NULL) {
        free(h->id);
        h->id = xstrdup("nobody");
    } else if (error->err == OC_OK && world_find("channels", "id", id) == NULL) {
        cJSON *channel = json_new_object(), *members = json_add_array(channel, "members");
        char *name = xasprintf("%s__%s", h->other, h->id);
        json_add_string(channel, "id", id);
        json_add_string(channel, "name", name);
        json_add_string(channel, "type", "D");
        json_push(members, json_new_string(h->other));
        json_push(members, json_new_string(h->id));
        json_push(world_list("channels"), channel);
        free(name);
    }
    free(h->id);
    h->id = id;
    answer_world_channel(h, error);
}

static void world_ask_direct(const char *bot_id, const char *user_id, chat_channel_fn *fn, void *ctx) {
    take((held){.call = "direct_channel",
                .answer = answer_world_direct,
                .fn.channel = fn,
                .ctx = ctx,
                .id = xstrdup(user_id),
                .other = xstrdup(bot_id)});
}

static void world_flag(const char *call, bool flag, chat_flag_fn *fn, void *ctx) {
    take((held){.call = call, .answer = answer_flag, .fn.flag = fn, .ctx = ctx, .flag = flag});
}

static void world_give(const char *call, cJSON *list, chat_json_fn *fn, void *ctx) {
    take((held){.call = call, .answer = answer_json, .fn.json = fn, .ctx = ctx, .list = list});
}

// --- the calls that only worlds have ---

void chat_teams_of_user(chat *c, const char *user_id, chat_json_fn *fn, void *ctx) {
    cJSON *list = json_new_array();
    const cJSON *team = NULL;
    (void)c;
    cJSON_ArrayForEach(team, world_list("teams")) {
        if (world_has_member(team, user_id))
            json_push(list, cJSON_Duplicate(team, 1));
    }
    world_give("teams_of_user", list, fn, ctx);
}

void chat_channel_by_name(chat *c, const char *team_id, const char *name, chat_channel_fn *fn, void *ctx) {
    const cJSON *channel = NULL;
    (void)c;
    cJSON_ArrayForEach(channel, world_list("channels")) {
        if (strcmp(json_text(channel, "team_id"), team_id) == 0 &&
            strcmp(json_text(channel, "name"), name) == 0 && json_int(channel, "delete_at", 0) == 0)
            break;
    }
    world_ask_channel("channel_by_name", json_text(channel, "id"), fn, ctx);
}

void chat_channels_of_user(chat *c, const char *team_id, const char *user_id, chat_json_fn *fn, void *ctx) {
    cJSON *list = json_new_array();
    const cJSON *channel = NULL;
    (void)c;
    cJSON_ArrayForEach(channel, world_list("channels")) {
        const char *team = json_text(channel, "team_id");
        if (world_has_member(channel, user_id) && (*team == '\0' || strcmp(team, team_id) == 0) &&
            json_int(channel, "delete_at", 0) == 0)
            json_push(list, cJSON_Duplicate(channel, 1));
    }
    world_give("channels_of_user", list, fn, ctx);
}

static cJSON *world_page(cJSON *all, int page_number, int count) {
    cJSON *part = json_new_array();
    for (int i = page_number * count; i < (page_number + 1) * count && i < cJSON_GetArraySize(all); i++)
        json_push(part, cJSON_Duplicate(cJSON_GetArrayItem(all, i), 1));
    cJSON_Delete(all);
    return part;
}

void chat_public_channels(chat *c, const char *team_id, int page_number, int count, chat_json_fn *fn,
                          void *ctx) {
    cJSON *list = json_new_array();
    const cJSON *channel = NULL;
    (void)c;
    cJSON_ArrayForEach(channel, world_list("channels")) {
        if (strcmp(json_text(channel, "team_id"), team_id) == 0 &&
            strcmp(json_text(channel, "type"), "O") == 0 && json_int(channel, "delete_at", 0) == 0)
            json_push(list, cJSON_Duplicate(channel, 1));
    }
    world_give("public_channels", world_page(list, page_number, count), fn, ctx);
}

static cJSON *world_members(const cJSON *place, const char *term) {
    static const char *const names[] = {"username", "nickname", "first_name", "last_name"};
    cJSON *list = json_new_array();
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, json_array(place, "members")) {
        const cJSON *user = world_find("users", "id", member->valuestring);
        bool fits = user != NULL && *term == '\0';
        for (size_t i = 0; user != NULL && i < sizeof names / sizeof *names; i++)
            fits = fits || strncasecmp(json_text(user, names[i]), term, strlen(term)) == 0;
        if (fits)
            json_push(list, cJSON_Duplicate(user, 1));
    }
    return list;
}

void chat_users_in_team(chat *c, const char *team_id, int page_number, int count, chat_json_fn *fn,
                        void *ctx) {
    (void)c;
    world_give("users_in_team",
               world_page(world_members(world_find("teams", "id", team_id), ""), page_number, count), fn,
               ctx);
}

void chat_users_in_channel(chat *c, const char *channel_id, int page_number, int count, chat_json_fn *fn,
                           void *ctx) {
    (void)c;
    world_give("users_in_channel",
               world_page(world_members(world_find("channels", "id", channel_id), ""), page_number, count),
               fn, ctx);
}

void chat_search_users(chat *c, const char *team_id, const char *term, int limit, chat_json_fn *fn,
                       void *ctx) {
    (void)c;
    world_give("search_users", world_page(world_members(world_find("teams", "id", team_id), term), 0, limit),
               fn, ctx);
}

void chat_is_team_member(chat *c, const char *team_id, const char *user_id, chat_flag_fn *fn, void *ctx) {
    (void)c;
    bool member = FAKE.world == NULL || world_has_member(world_find("teams", "id", team_id), user_id);
    world_flag("is_team_member", member, fn, ctx);
}

void chat_has_team_permission(chat *c, const char *user_id, const char *team_id, const char *permission,
                              chat_flag_fn *fn, void *ctx) {
    bool denied = FAKE.denied_permission != NULL && strcmp(FAKE.denied_permission, permission) == 0;
    (void)c;
    bool member = FAKE.world == NULL || world_has_member(world_find("teams", "id", team_id), user_id);
    world_flag("has_team_permission",
               starts(user_id, "admin") || (!denied && member && !world_is_guest(user_id)), fn, ctx);
}

void chat_has_permission(chat *c, const char *user_id, const char *permission, chat_flag_fn *fn, void *ctx) {
    bool denied = FAKE.denied_permission != NULL && strcmp(FAKE.denied_permission, permission) == 0;
    (void)c;
    world_flag("has_permission", starts(user_id, "admin") || (!denied && !world_is_guest(user_id)), fn, ctx);
}

static cJSON *world_channel_ids(const char *user_id, int page_number, int count) {
    cJSON *ids = json_new_array();
    const cJSON *channel = NULL;
    cJSON_ArrayForEach(channel, world_list("channels")) {
        if (world_has_member(channel, user_id))
            json_push(ids, json_new_string(json_text(channel, "id")));
    }
    return world_page(ids, page_number, count);
}

// --- what tools ask for ---

void chat_guests(chat *c, chat_json_fn *fn, void *ctx) {
    cJSON *ids = json_new_array();
    const cJSON *user = NULL;
    (void)c;
    cJSON_ArrayForEach(user, world_list("users")) {
        if (world_is_guest(json_text(user, "id")))
            json_push(ids, json_new_string(json_text(user, "id")));
    }
    world_give("guests", ids, fn, ctx);
}

void chat_members_among(chat *c, const char *channel_id, const cJSON *user_ids, chat_json_fn *fn, void *ctx) {
    const cJSON *place = world_find("channels", "id", channel_id), *id = NULL;
    cJSON *ids = json_new_array();
    (void)c;
    cJSON_ArrayForEach(id, user_ids) {
        if (world_has_member(place, id->valuestring))
            json_push(ids, json_new_string(id->valuestring));
    }
    world_give("members_among", ids, fn, ctx);
}

// The terms are one text that is looked for; what follows " in:" is a channel's name.
void chat_search_posts(chat *c, const chat_search *search, chat_json_fn *fn, void *ctx) {
    cJSON *list = json_new_object(), *order = json_add_array(list, "order"),
          *posts = json_add_object(list, "posts");
    const char *in = strstr(search->terms, " in:");
    char *text = xstrndup(search->terms, in != NULL ? (size_t)(in - search->terms) : strlen(search->terms));
    (void)c;
    for (size_t i = FAKE.post_count; i-- > 0 && cJSON_GetArraySize(order) < search->count;) {
        const fake_posted *p = &FAKE.posts[i];
        const cJSON *place = world_find("channels", "id", p->channel_id);
        const char *team = json_text(place, "team_id");
        if (p->deleted || strstr(p->message, text) == NULL || !world_has_member(place, search->user_id) ||
            (*team != '\0' && strcmp(team, search->team_id) != 0) ||
            (in != NULL && strcmp(json_text(place, "name"), in + strlen(" in:")) != 0))
            continue;
        json_push(order, json_new_string(p->id));
        json_add(posts, p->id, fake_post_json(p));
    }
    free(text);
    world_give("search_posts", list, fn, ctx);
}
