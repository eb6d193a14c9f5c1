// SPDX-License-Identifier: Apache-2.0
// A part of fake_chat.c: posts that stand already, edits, reactions, ephemeral posts.

static const chat_error FAKE_GONE = {
    .err = OC_ENOTFOUND, .http_status = 404, .id = "", .message = "no such post"};

static chat_post fake_posted_view(const fake_posted *p) {
    return (chat_post){.id = p->id,
                       .user_id = p->user_id,
                       .channel_id = p->channel_id,
                       .root_id = p->root_id,
                       .message = p->message,
                       .is_pinned = p->pinned,
                       .type = "",
                       .pending_post_id = "",
                       .create_at_ms = fake_created_ms(p),
                       .props = p->props,
                       .file_ids = p->file_ids};
}

// The post of the call, or its failure.
static void answer_standing(held *h, const chat_error *error, void (*change)(held *h, fake_posted *p)) {
    static const chat_post none = {.id = "",
                                   .user_id = "",
                                   .channel_id = "",
                                   .root_id = "",
                                   .message = "",
                                   .type = "",
                                   .pending_post_id = ""};
    fake_posted *p = fake_chat_post(h->id);
    chat_post post = none;
    if (error->err == OC_OK && (p == NULL || p->deleted))
        error = &FAKE_GONE;
    if (error->err == OC_OK) {
        change(h, p);
        post = fake_posted_view(p);
    }
    if (h->fn.post != NULL)
        h->fn.post(h->ctx, error, &post);
}

static void change_nothing(held *h, fake_posted *p) {
    (void)h, (void)p;
}

static void answer_get_post(held *h, const chat_error *error) {
    answer_standing(h, error, change_nothing);
}

void chat_get_post(chat *c, const char *post_id, chat_post_fn *fn, void *ctx) {
    (void)c;
    take((held){
        .call = "get_post", .answer = answer_get_post, .fn.post = fn, .ctx = ctx, .id = xstrdup(post_id)});
}

static void change_props(fake_posted *p, const cJSON *patch) {
    const cJSON *item = NULL;
    if (p->props == NULL)
        p->props = json_new_object();
    cJSON_ArrayForEach(item, patch) {
        cJSON_DeleteItemFromObjectCaseSensitive(p->props, item->string);
        if (!cJSON_IsNull(item))
            json_add(p->props, item->string, cJSON_Duplicate(item, 1));
    }
}

// list holds {"message","props","file_ids"} of the edit.
static void change_edited(held *h, fake_posted *p) {
    const char *message = json_string(h->list, "message");
    const cJSON *files = json_array(h->list, "file_ids");
    p->edits++;
    FAKE.edits++;
    if (message != NULL) {
        free(p->message);
        p->message = xstrdup(message);
    }
    p->pinned = json_bool(h->list, "pinned", p->pinned);
    change_props(p, json_get(h->list, "props"));
    if (files != NULL) {
        cJSON_Delete(p->file_ids);
        p->file_ids = cJSON_Duplicate(files, 1);
    }
}

static void answer_edit_post(held *h, const chat_error *error) {
    answer_standing(h, error, change_edited);
}

static held fake_edit_of(const char *post_id, const char *message, const cJSON *props,
                         const cJSON *file_ids) {
    cJSON *what = json_new_object();
    if (message != NULL)
        json_add_string(what, "message", message);
    if (props != NULL)
        json_add(what, "props", cJSON_Duplicate(props, 1));
    if (file_ids != NULL)
        json_add(what, "file_ids", cJSON_Duplicate(file_ids, 1));
    return (held){.call = "edit_post", .answer = answer_edit_post, .id = xstrdup(post_id), .list = what};
}

void chat_edit_post(chat *c, const chat_edit *edit, chat_post_fn *fn, void *ctx) {
    held h = fake_edit_of(edit->post_id, edit->message, edit->props, edit->file_ids);
    (void)c;
    if (edit->pin != CHAT_PIN_STAYS)
        json_add_bool(h.list, "pinned", edit->pin == CHAT_PIN_ON);
    h.fn.post = fn;
    h.ctx = ctx;
    take(h);
}

// Absent things become empty, as at the server.
void chat_update_post(chat *c, const chat_post *post, chat_post_fn *fn, void *ctx) {
    cJSON *none = json_new_array();
    held h =
        fake_edit_of(post->id, post->message, post->props, post->file_ids != NULL ? post->file_ids : none);
    (void)c;
    h.call = "update_post";
    h.fn.post = fn;
    h.ctx = ctx;
    take(h);
    cJSON_Delete(none);
}

static void answer_delete_post(held *h, const chat_error *error) {
    fake_posted *p = fake_chat_post(h->id);
    if (error->err == OC_OK && (p == NULL || p->deleted))
        error = &FAKE_GONE;
    if (error->err == OC_OK)
        p->deleted = true;
    h->fn.done(h->ctx, error);
}

void chat_delete_post(chat *c, const char *post_id, chat_done_fn *fn, void *ctx) {
    (void)c;
    take((held){.call = "delete_post",
                .answer = answer_delete_post,
                .fn.done = fn,
                .ctx = ctx,
                .id = xstrdup(post_id)});
}

// --- reactions: "post user emoji" ---

static void answer_reaction(held *h, const chat_error *error) {
    if (error->err == OC_OK) {
        cJSON_DeleteItemFromObjectCaseSensitive(FAKE.reactions, h->id);
        FAKE.reactions_made += h->flag;
        if (h->flag)
            json_add_bool(FAKE.reactions, h->id, true);
    }
    h->fn.done(h->ctx, error);
}

void chat_add_reaction(chat *c, const char *user_id, const char *post_id, const char *emoji_name,
                       chat_done_fn *fn, void *ctx) {
    (void)c;
    take((held){.call = "add_reaction",
                .answer = answer_reaction,
                .fn.done = fn,
                .ctx = ctx,
                .id = xasprintf("%s %s %s", post_id, user_id, emoji_name),
                .flag = true});
}

void chat_remove_reaction(chat *c, const char *user_id, const char *post_id, const char *emoji_name,
                          chat_done_fn *fn, void *ctx) {
    (void)c;
    take((held){.call = "remove_reaction",
                .answer = answer_reaction,
                .fn.done = fn,
                .ctx = ctx,
                .id = xasprintf("%s %s %s", post_id, user_id, emoji_name)});
}

bool fake_chat_has_reaction(const char *post_id, const char *user_id, const char *emoji_name) {
    char *key = xasprintf("%s %s %s", post_id, user_id, emoji_name);
    bool there = json_get(FAKE.reactions, key) != NULL;
    free(key);
    return there;
}

// --- ephemeral posts: recorded at once; user_id is who sees it ---

static void answer_ephemeral(held *h, const chat_error *error) {
    chat_post post = {.id = h->id, .user_id = "", .channel_id = "", .root_id = "", .message = "", .type = ""};
    if (h->fn.post != NULL)
        h->fn.post(h->ctx, error, &post);
}

void chat_send_ephemeral(chat *c, const char *user_id, const chat_post *post, chat_post_fn *fn, void *ctx) {
    (void)c;
    if (!fake_would_fail("send_ephemeral")) {
        fake_posted *p = &FAKE.ephemeral[FAKE.ephemeral_count++];
        fake_record(p, xasprintf("ephemeral%zu", FAKE.ephemeral_count), post);
        free(p->user_id);
        p->user_id = xstrdup(user_id);
    }
    take((held){.call = "send_ephemeral",
                .answer = answer_ephemeral,
                .fn.post = fn,
                .ctx = ctx,
                .id = xstrdup("ephemeral")});
}

void chat_update_ephemeral(chat *c, const char *user_id, const chat_post *post, chat_post_fn *fn, void *ctx) {
    chat_send_ephemeral(c, user_id, post, fn, ctx); // recorded like a new one
}
