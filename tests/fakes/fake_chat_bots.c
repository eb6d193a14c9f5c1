// SPDX-License-Identifier: Apache-2.0
// The bot users of the chat server in memory: a part of fake_chat.c.

static void answer_text(held *h, const chat_error *error) {
    h->fn.text(h->ctx, error, h->id);
}

void chat_ensure_bot(chat *c, const char *username, const char *display_name, const char *description,
                     chat_text_fn *fn, void *ctx) {
    (void)c, (void)username, (void)display_name, (void)description;
    take((held){.call = "ensure_bot",
                .answer = answer_text,
                .fn.text = fn,
                .ctx = ctx,
                .id = xstrdup(FAKE.ensured != NULL ? FAKE.ensured : "bot")});
}

static void answer_new_bot(held *h, const chat_error *error) {
    char *id = xasprintf("bot-%s", h->id);
    if (error->err == OC_OK) {
        cJSON *bot = json_new_object();
        json_add_string(bot, "username", h->id);
        json_add_string(bot, "user_id", id);
        json_push(FAKE.bots, bot);
    }
    h->fn.text(h->ctx, error, error->err == OC_OK ? id : "");
    free(id);
}

void chat_create_bot(chat *c, const char *username, const char *display_name, const char *description,
                     chat_text_fn *fn, void *ctx) {
    (void)c, (void)display_name, (void)description;
    take((held){
        .call = "create_bot", .answer = answer_new_bot, .fn.text = fn, .ctx = ctx, .id = xstrdup(username)});
}

void chat_own_bots(chat *c, chat_json_fn *fn, void *ctx) {
    (void)c;
    take((held){.call = "own_bots",
                .answer = answer_json,
                .fn.json = fn,
                .ctx = ctx,
                .list = cJSON_Duplicate(FAKE.bots, 1)});
}

static void answer_renamed(held *h, const chat_error *error) {
    cJSON *bot = NULL;
    chat_error mine = *error;
    bool found = false;
    cJSON_ArrayForEach(bot, FAKE.bots) {
        if (strcmp(json_text(bot, "user_id"), h->id) != 0)
            continue;
        found = true;
        if (error->err == OC_OK)
            cJSON_ReplaceItemInObjectCaseSensitive(bot, "username", json_new_string(h->other));
    }
    if (!found && error->err == OC_OK)
        mine = (chat_error){.err = OC_ENOTFOUND, .http_status = 404, .id = "", .message = "no such bot"};
    h->fn.done(h->ctx, &mine);
}

void chat_rename_bot(chat *c, const char *user_id, const char *username, const char *display_name,
                     const char *description, chat_done_fn *fn, void *ctx) {
    (void)c, (void)display_name, (void)description;
    take((held){.call = "rename_bot",
                .answer = answer_renamed,
                .fn.done = fn,
                .ctx = ctx,
                .id = xstrdup(user_id),
                .other = xstrdup(username)});
}

void chat_push(chat *c, const char *user_id, const chat_post *post, const char *text, chat_done_fn *fn,
               void *ctx) {
    (void)c, (void)post, (void)text;
    if (!fake_would_fail("push")) {
        FAKE.pushes++;
        free(FAKE.pushed_to);
        FAKE.pushed_to = xstrdup(user_id);
    }
    take((held){.call = "push", .answer = answer_done, .fn.done = fn, .ctx = ctx, .id = xstrdup(user_id)});
}

void chat_set_profile_image(chat *c, const char *user_id, bytes png, chat_done_fn *fn, void *ctx) {
    (void)c, (void)user_id, (void)png;
    take((held){.call = "set_profile_image", .answer = answer_done, .fn.done = fn, .ctx = ctx});
}
