// SPDX-License-Identifier: Apache-2.0
// A part of fake_chat.c: users, channels and memberships, by the prefixes of their ids or as FAKE.world has them.

static void answer_user(held *h, const chat_error *error) {
    chat_error mine = *error;
    chat_user user = fake_user(h->id);
    if (starts(h->id, "nobody"))
        mine = (chat_error){.err = OC_ENOTFOUND, .http_status = 404, .id = "", .message = "no such user"};
    h->fn.user(h->ctx, &mine, &user);
}

void chat_get_user(chat *c, const char *user_id, chat_user_fn *fn, void *ctx) {
    (void)c;
    if (FAKE.world != NULL) {
        world_ask_user("get_user", "id", user_id, fn, ctx);
        return;
    }
    take(
        (held){.call = "get_user", .answer = answer_user, .fn.user = fn, .ctx = ctx, .id = xstrdup(user_id)});
}

void chat_get_user_by_username(chat *c, const char *username, chat_user_fn *fn, void *ctx) {
    if (FAKE.world != NULL)
        world_ask_user("get_user_by_username", "username", username, fn, ctx);
    else
        chat_get_user(c, username, fn, ctx);
}

static void answer_users(held *h, const chat_error *error) {
    chat_user users[CHAT_USERS_MAX];
    size_t count = 0;
    const cJSON *id = NULL;
    cJSON_ArrayForEach(id, h->list) {
        const cJSON *known = FAKE.world != NULL ? world_find("users", "id", id->valuestring) : NULL;
        if (known != NULL)
            users[count++] = chat_user_view(known);
        else if (FAKE.world == NULL && !starts(id->valuestring, "nobody"))
            users[count++] = fake_user(id->valuestring);
    }
    h->fn.users(h->ctx, error, users, error->err == OC_OK ? count : 0);
}

void chat_get_users_by_ids(chat *c, const char *const *user_ids, chat_users_fn *fn, void *ctx) {
    cJSON *ids = json_new_array();
    (void)c;
    for (; *user_ids != NULL; user_ids++)
        json_push(ids, json_new_string(*user_ids));
    take((held){.call = "get_users_by_ids", .answer = answer_users, .fn.users = fn, .ctx = ctx, .list = ids});
}

words_lang chat_lang(chat *c, const char *user_id) {
    const char *locale = FAKE.world != NULL ? json_text(world_find("users", "id", user_id), "locale")
                                            : fake_user(user_id).locale;
    return words_lang_of(locale, chat_server_lang(c));
}

words_lang chat_server_lang(chat *c) {
    (void)c;
    return words_lang_of(FAKE.info.locale, WORDS_EN);
}

void chat_forget_user(chat *c, const char *user_id) {
    (void)c, (void)user_id;
}

static void answer_channel(held *h, const chat_error *error) {
    char type = starts(h->id, "dm") ? 'D' : starts(h->id, "gm") ? 'G' : starts(h->id, "priv") ? 'P' : 'O';
    chat_channel channel = {.id = h->id,
                            .team_id = "",
                            .name = h->id,
                            .display_name = "",
                            .header = "",
                            .purpose = "",
                            .type = type};
    h->fn.channel(h->ctx, error, &channel);
}

void chat_get_channel(chat *c, const char *channel_id, chat_channel_fn *fn, void *ctx) {
    (void)c;
    if (FAKE.world != NULL) {
        world_ask_channel("get_channel", channel_id, fn, ctx);
        return;
    }
    take((held){.call = "get_channel",
                .answer = answer_channel,
                .fn.channel = fn,
                .ctx = ctx,
                .id = xstrdup(channel_id)});
}

void chat_refresh_channel(chat *c, const char *channel_id, chat_channel_fn *fn, void *ctx) {
    chat_get_channel(c, channel_id, fn, ctx);
}

void chat_bot_channels(chat *c, const char *bot_user_id, int page_number, int count, chat_json_fn *fn,
                       void *ctx) {
    (void)c;
    take((held){.call = "bot_channels",
                .answer = answer_json,
                .fn.json = fn,
                .ctx = ctx,
                .list = world_channel_ids(bot_user_id, page_number, count)});
}

void chat_is_member(chat *c, const char *channel_id, const char *user_id, chat_flag_fn *fn, void *ctx) {
    size_t len = strlen(channel_id);
    (void)c;
    bool out = (len >= 3 && strcmp(channel_id + len - 3, "out") == 0) || starts(user_id, "outsider");
    if (FAKE.world != NULL)
        out = !world_has_member(world_find("channels", "id", channel_id), user_id);
    take((held){.call = "is_member", .answer = answer_flag, .fn.flag = fn, .ctx = ctx, .flag = !out});
}

void chat_direct_channel(chat *c, const char *user_a, const char *user_b, chat_channel_fn *fn, void *ctx) {
    (void)c;
    if (FAKE.world != NULL) {
        world_ask_direct(user_a, user_b, fn, ctx);
        return;
    }
    take((held){.call = "direct_channel",
                .answer = answer_channel,
                .fn.channel = fn,
                .ctx = ctx,
                .id = xasprintf("dm-%s", user_b)});
}
