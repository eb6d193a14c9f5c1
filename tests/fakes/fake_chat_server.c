// SPDX-License-Identifier: Apache-2.0
// A part of fake_chat.c: rights, teams, the server's facts, listing of keys, slash commands.

static void answer_info(held *h, const chat_error *error) {
    h->fn.info(h->ctx, error, &FAKE.info);
}

void chat_get_server_info(chat *c, chat_server_info_fn *fn, void *ctx) {
    (void)c;
    take((held){.call = "get_server_info", .answer = answer_info, .fn.info = fn, .ctx = ctx});
}

chat_connection chat_get_connection(const chat *c) {
    (void)c;
    return (chat_connection){.outside = FAKE.way.outside,
                             .known = FAKE.way.problem == NULL || FAKE.way.known,
                             .token_refused = FAKE.way.token_refused,
                             .problem = FAKE.way.problem != NULL ? FAKE.way.problem : "",
                             .delivers = FAKE.way.problem == NULL || FAKE.way.delivers,
                             .callbacks = FAKE.way.callbacks != NULL ? FAKE.way.callbacks : "",
                             .no_buttons = FAKE.way.no_buttons,
                             .commands_problem =
                                 FAKE.way.commands_problem != NULL ? FAKE.way.commands_problem : ""};
}

static void answer_done(held *h, const chat_error *error);

void chat_try_callback(chat *c, chat_done_fn *fn, void *ctx) {
    (void)c;
    take((held){.call = "try_callback", .answer = answer_done, .fn.done = fn, .ctx = ctx});
}

static void answer_team(held *h, const chat_error *error) {
    chat_team team = {.id = h->id, .name = h->id, .display_name = h->id};
    h->fn.team(h->ctx, error, &team);
}

void chat_get_team(chat *c, const char *team_id, chat_team_fn *fn, void *ctx) {
    (void)c;
    take(
        (held){.call = "get_team", .answer = answer_team, .fn.team = fn, .ctx = ctx, .id = xstrdup(team_id)});
}

void chat_has_channel_permission(chat *c, const char *user_id, const char *channel_id, const char *permission,
                                 chat_flag_fn *fn, void *ctx) {
    (void)c;
    const cJSON *place = FAKE.world != NULL ? world_find("channels", "id", channel_id) : NULL;
    const bool outside = FAKE.world != NULL && !world_has_member(place, user_id);
    bool denied = outside || world_denies(place, user_id, permission);
    denied = denied || (FAKE.denied_permission != NULL && strcmp(FAKE.denied_permission, permission) == 0);
    take((held){.call = "has_channel_permission",
                .answer = answer_flag,
                .fn.flag = fn,
                .ctx = ctx,
                .flag = !denied || starts(user_id, "admin")});
}

void chat_user_is_system_admin(chat *c, const char *user_id, chat_flag_fn *fn, void *ctx) {
    (void)c;
    take((held){.call = "user_is_system_admin",
                .answer = answer_flag,
                .fn.flag = fn,
                .ctx = ctx,
                .flag = starts(user_id, "admin")});
}

void chat_kv_delete_all(chat *c, chat_done_fn *fn, void *ctx) {
    (void)c;
    if (!fake_would_fail("kv_delete_all")) {
        cJSON_Delete(FAKE.kv);
        FAKE.kv = json_new_object();
    }
    take((held){.call = "kv_delete_all", .answer = answer_done, .fn.done = fn, .ctx = ctx});
}

void chat_kv_seal(chat *c, bool sealed) {
    (void)c;
    FAKE.sealed = sealed;
}

bool chat_is_plugin(const chat *c) {
    (void)c;
    return !FAKE.external;
}

void chat_turn_off(chat *c, chat_done_fn *fn, void *ctx) {
    (void)c;
    FAKE.turned_off = !fake_would_fail("turn_off");
    take((held){.call = "turn_off", .answer = answer_done, .fn.done = fn, .ctx = ctx});
}

static int fake_by_text(const void *a, const void *b) {
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

void chat_kv_list(chat *c, const char *prefix, chat_json_fn *fn, void *ctx) {
    const cJSON *item = NULL;
    size_t count = 0, size = (size_t)cJSON_GetArraySize(FAKE.kv) + 1;
    const char **names = xcalloc(size, sizeof *names);
    cJSON *keys = json_new_array();
    (void)c;
    cJSON_ArrayForEach(item, FAKE.kv) {
        if (starts(item->string, prefix))
            names[count++] = item->string;
    }
    qsort(names, count, sizeof *names, fake_by_text);
    for (size_t i = 0; i < count; i++)
        json_push(keys, json_new_string(names[i]));
    free(names);
    take((held){.call = "kv_list", .answer = answer_json, .fn.json = fn, .ctx = ctx, .list = keys});
}

// id: the trigger; other: the hint, NULL to take it away.
static void answer_command(held *h, const chat_error *error) {
    if (error->err == OC_OK) {
        cJSON_DeleteItemFromObjectCaseSensitive(FAKE.commands, h->id);
        if (h->other != NULL)
            json_add_string(FAKE.commands, h->id, h->other);
    }
    h->fn.done(h->ctx, error);
}

void chat_register_command(chat *c, const chat_command_info *command, chat_done_fn *fn, void *ctx) {
    (void)c;
    take((held){.call = "register_command",
                .answer = answer_command,
                .fn.done = fn,
                .ctx = ctx,
                .id = xstrdup(command->trigger),
                .other = xstrdup(command->hint)});
}

void chat_custom_commands(chat *c, const char *team_id, chat_json_fn *fn, void *ctx) {
    cJSON *list = json_new_array(), *one = json_new_object();
    (void)c, (void)team_id;
    json_add_string(one, "trigger", "oc_status");
    json_push(list, one);
    fn(ctx, &(chat_error){.err = OC_OK, .id = "", .message = ""}, list);
    cJSON_Delete(list);
}

void chat_unregister_command(chat *c, const char *trigger, chat_done_fn *fn, void *ctx) {
    (void)c;
    take((held){.call = "unregister_command",
                .answer = answer_command,
                .fn.done = fn,
                .ctx = ctx,
                .id = xstrdup(trigger)});
}

void chat_open_dialog(chat *c, const char *trigger_id, const char *url, const cJSON *dialog, chat_done_fn *fn,
                      void *ctx) {
    (void)c, (void)trigger_id, (void)url;
    if (!fake_would_fail("open_dialog")) {
        cJSON_Delete(FAKE.dialog);
        FAKE.dialog = cJSON_Duplicate(dialog, 1);
    }
    take((held){.call = "open_dialog", .answer = answer_done, .fn.done = fn, .ctx = ctx});
}

int64_t chat_told_until_ms(const chat *c) {
    (void)c;
    return INT64_MAX;
}

void chat_audit(chat *c, const cJSON *what) {
    (void)c;
    json_push(FAKE.audits, cJSON_Duplicate(what, 1));
}

void chat_support_answer(chat_support_ticket *t, const chat_support_file *files, size_t count) {
    (void)t;
    for (size_t i = 0; i < count; i++) {
        char *content = xstrndup((const char *)files[i].content.data, files[i].content.len);
        json_add_string(FAKE.support, files[i].name, content);
        free(content);
    }
}
