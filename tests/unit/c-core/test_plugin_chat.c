// SPDX-License-Identifier: Apache-2.0
// The plugin adapter's calls and events, on a real link with a scripted shim.
#include "chat_bench.h"

#include <stdio.h>

typedef struct heard {
    int calls;
    oc_err err;
    char text[256];
    size_t count;
    bool flag;
} heard;

// --- edits ---

static void on_post(void *ctx, const chat_error *error, const chat_post *post) {
    heard *h = ctx;
    h->calls++;
    h->err = error->err;
    snprintf(h->text, sizeof h->text, "%s", post->message);
}

static const bench_script STANDS[] = {
    {"GetPost",
     "{\"id\":\"p\",\"message\":\"old\",\"is_pinned\":true,\"has_reactions\":true,\"file_ids\":[\"f\"],"
     "\"props\":{\"a\":1}}",
     0, NULL},
    {"UpdatePost", "{\"id\":\"p\",\"message\":\"written\"}", 0, NULL},
};

static void edit(chat_bench *b, const char *post_id, const char *message, heard *h) {
    chat_edit_post(b->chat, &(chat_edit){.post_id = post_id, .message = message}, on_post, h);
}

static void test_edit(void **state) {
    chat_bench *b = *state;
    heard h = {0};
    BENCH_SCRIPT(b, STANDS);
    edit(b, "p", "new", &h);
    bench_until(b, h.calls == 1);
    assert_int_equal(h.err, OC_OK);
    assert_string_equal(h.text, "written");
    assert_string_equal(bench_params(b, "GetPost"), "[\"p\"]");
    assert_string_equal(bench_params(b, "UpdatePost"),
                        "[{\"id\":\"p\",\"is_pinned\":true,\"has_reactions\":true,\"message\":\"new\","
                        "\"props\":{\"a\":1},\"file_ids\":[\"f\"]},{\"order\":\"p\"}]");
    edit(b, "p", "old", &h); // nothing would change
    bench_until(b, h.calls == 2);
    assert_int_equal(h.err, OC_OK);
    assert_int_equal(bench_count(b, "UpdatePost"), 1);
}

static void test_edit_of_what_is_gone(void **state) {
    static const bench_script tables[][2] = {
        {{"GetPost", NULL, 404, "app.post.get.app_error"}, {"UpdatePost", "null", 0, NULL}},
        {{"GetPost", "{\"id\":\"p\",\"message\":\"old\",\"delete_at\":5}", 0, NULL},
         {"UpdatePost", "null", 0, NULL}},
        {{"GetPost", "{\"id\":\"p\",\"message\":\"old\"}", 0, NULL},
         {"UpdatePost", NULL, 400, "api.post.update_post.permissions_details.app_error"}},
        {{"GetPost", "{\"id\":\"p\",\"message\":\"old\"}", 0, NULL},
         {"UpdatePost", NULL, 404, "app.post.get.app_error"}},
    };
    chat_bench *b = *state;
    heard h = {0};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        BENCH_SCRIPT(b, tables[i]);
        edit(b, "p", "new", &h);
        bench_until(b, h.calls == (int)i + 1);
        assert_int_equal(h.err, OC_ENOTFOUND);
    }
    static const bench_script refused[] = {{"GetPost", "{\"id\":\"p\",\"message\":\"old\"}", 0, NULL},
                                           {"UpdatePost", NULL, 400, "other"}};
    BENCH_SCRIPT(b, refused);
    edit(b, "p", "new", &h);
    bench_until(b, h.calls == 5);
    assert_int_equal(h.err, OC_EREMOTE);
}

static void test_edits_of_a_post_take_turns(void **state) {
    chat_bench *b = *state;
    heard h[3] = {{0}};
    BENCH_SCRIPT(b, STANDS);
    b->silent = true;
    edit(b, "p", "1", &h[0]);
    edit(b, "p", "2", &h[1]);
    edit(b, "q", "3", &h[2]); // another post waits for nobody
    bench_until(b, bench_count(b, "GetPost") == 2);
    b->silent = false;
    bench_play(b, b->calls[0].id, "GetPost");
    bench_until(b, h[1].calls == 1);
    assert_int_equal(h[0].calls, 1);
    assert_int_equal(bench_count(b, "UpdatePost"), 2);
    assert_non_null(strstr(bench_params(b, "UpdatePost"), "\"message\":\"2\""));
    bench_cut(b); // the third one's answer will not come
    assert_int_equal(h[2].calls, 1);
    assert_int_equal(h[2].err, OC_ECLOSED);
}

static void test_too_many_edits(void **state) {
    enum { EDITS = 1025 };
    chat_bench *b = *state;
    static heard h[EDITS];
    memset(h, 0, sizeof h);
    b->silent = true;
    for (int i = 0; i < EDITS; i++)
        edit(b, "p", "new", &h[i]);
    assert_int_equal(h[EDITS - 1].calls, 1);
    assert_int_equal(h[EDITS - 1].err, OC_EBUSY);
    bench_cut(b); // and all the others have an end, too
    for (int i = 0; i < EDITS - 1; i++) {
        assert_int_equal(h[i].calls, 1);
        assert_int_equal(h[i].err, OC_ECLOSED);
    }
}

static const char REACTED[] = "[{},{\"user_id\":\"u\",\"post_id\":\"p\",\"emoji_name\":\"eyes\"}]";

static void react(chat_bench *b) {
    int before = b->answers;
    bench_hook(b, "ReactionHasBeenAdded", REACTED);
    bench_until(b, b->answers == before + 1);
}

// The server takes has_reactions from what it is sent: a reaction that comes between read and write is hidden by it.
static void test_a_reaction_during_an_edit_is_shown(void **state) {
    static const bench_script bare[] = {{"GetPost", "{\"id\":\"p\",\"message\":\"old\"}", 0, NULL},
                                        {"UpdatePost", "{\"id\":\"p\"}", 0, NULL}};
    static const char shown[] =
        "[{\"id\":\"p\",\"has_reactions\":true,\"message\":\"old\"},{\"order\":\"p\"}]";
    chat_bench *b = *state;
    heard h = {0};
    static const chat_events none;
    chat_on(b->chat, &none, NULL);
    BENCH_SCRIPT(b, bare);
    react(b); // nothing was edited
    b->silent = true;
    edit(b, "p", "new", &h);
    bench_until(b, bench_count(b, "GetPost") == 1);
    react(b); // while it is under way
    b->silent = false;
    bench_play(b, b->calls[b->call_count - 1].id, "GetPost");
    bench_until(b, bench_count(b, "UpdatePost") == 2);
    assert_string_equal(bench_params(b, "UpdatePost"), shown);
    assert_int_equal(h.calls, 1);
    edit(b, "p", "new", &h);
    bench_until(b, h.calls == 2);
    react(b); // told only after the edit
    bench_until(b, bench_count(b, "UpdatePost") == 4);
    assert_string_equal(bench_params(b, "UpdatePost"), shown);
    react(b);                // once is enough
    BENCH_SCRIPT(b, STANDS); // it has reactions
    edit(b, "p", "new", &h);
    bench_until(b, h.calls == 3);
    react(b);
    react(b);
    assert_int_equal(bench_count(b, "UpdatePost"), 5);
    assert_int_equal(bench_count(b, "GetPost"), 5);
}

// --- people ---

static void on_users(void *ctx, const chat_error *error, const chat_user *users, size_t count) {
    heard *h = ctx;
    h->calls++;
    h->err = error->err;
    h->count = count;
    h->text[0] = '\0';
    for (size_t i = 0; i < count && i < 8; i++)
        snprintf(h->text + strlen(h->text), 20, "%s", users[i].username);
}

static void test_users_by_ids(void **state) {
    static const bench_script script[] = {
        {"GetUsersByIds", "[{\"id\":\"b\",\"username\":\"B\"},{\"id\":\"a\",\"username\":\"A\"}]", 0, NULL},
        {"GetUsersByIds", "[{\"id\":\"c\",\"username\":\"C\"}]", 0, NULL},
        {"GetUsersByIds", NULL, 500, "x"},
    };
    chat_bench *b = *state;
    heard h = {0};
    BENCH_SCRIPT(b, script);
    chat_get_users_by_ids(b->chat, (const char *const[]){"a", "nobody", "b", NULL}, on_users, &h);
    bench_until(b, h.calls == 1);
    assert_string_equal(h.text, "AB");
    chat_get_users_by_ids(b->chat, (const char *const[]){"c", "b", "a", "b", NULL}, on_users, &h);
    bench_until(b, h.calls == 2);
    assert_string_equal(h.text, "CBAB");
    assert_string_equal(bench_params(b, "GetUsersByIds"), "[[\"c\"]]"); // the others are known
    chat_get_users_by_ids(b->chat, (const char *const[]){"a", NULL}, on_users, &h);
    assert_int_equal(h.calls, 3); // at once
    chat_get_users_by_ids(b->chat, (const char *const[]){NULL}, on_users, &h);
    assert_int_equal(h.calls, 4);
    assert_int_equal(h.count, 0);
    chat_get_users_by_ids(b->chat, (const char *const[]){"a", "d", NULL}, on_users, &h);
    bench_until(b, h.calls == 5);
    assert_int_equal(h.err, OC_EREMOTE);
    assert_int_equal(h.count, 0);
    const char *many[CHAT_USERS_MAX + 2];
    for (size_t i = 0; i <= CHAT_USERS_MAX; i++)
        many[i] = "a";
    many[CHAT_USERS_MAX + 1] = NULL;
    chat_get_users_by_ids(b->chat, many, on_users, &h);
    assert_int_equal(h.err, OC_ELIMIT);
    chat_get_users_by_ids(b->chat, many + 1, on_users, &h);
    assert_int_equal(h.err, OC_OK);
    assert_int_equal(h.count, CHAT_USERS_MAX);
}

static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    heard *h = ctx;
    h->calls++;
    h->err = error->err;
    snprintf(h->text, sizeof h->text, "%s", user->id);
}

static void on_team(void *ctx, const chat_error *error, const chat_team *team) {
    heard *h = ctx;
    h->calls++;
    h->err = error->err;
    snprintf(h->text, sizeof h->text, "%s", team->display_name);
}

static void on_flag(void *ctx, const chat_error *error, bool flag) {
    heard *h = ctx;
    h->calls++;
    h->err = error->err;
    h->flag = flag;
}

static void test_look_ups(void **state) {
    static const bench_script script[] = {
        {"GetUserByUsername", "{\"id\":\"a\",\"username\":\"alice\"}", 0, NULL},
        {"GetTeam", "{\"id\":\"t\",\"display_name\":\"Team\"}", 0, NULL},
        {"HasPermissionToChannel", "true", 0, NULL},
        {"HasPermissionTo", "true", 0, NULL},
        {"HasPermissionTo", "false", 0, NULL},
    };
    chat_bench *b = *state;
    heard h = {0};
    BENCH_SCRIPT(b, script);
    for (int i = 0; i < 2; i++) { // the second time it is known
        chat_get_user_by_username(b->chat, "alice", on_user, &h);
        bench_until(b, h.calls == 2 * i + 1);
        assert_string_equal(h.text, "a");
        chat_get_team(b->chat, "t", on_team, &h);
        bench_until(b, h.calls == 2 * i + 2);
        assert_string_equal(h.text, "Team");
    }
    assert_int_equal(bench_count(b, "GetUserByUsername") + bench_count(b, "GetTeam"), 2);
    chat_has_channel_permission(b->chat, "u", "c", "create_post", on_flag, &h);
    bench_until(b, h.calls == 5);
    assert_true(h.flag);
    assert_string_equal(bench_params(b, "HasPermissionToChannel"), "[\"u\",\"c\",{\"id\":\"create_post\"}]");
    for (int i = 0; i < 2; i++) { // a right is asked for each time
        chat_user_is_system_admin(b->chat, "u", on_flag, &h);
        bench_until(b, h.calls == 6 + i);
        assert_int_equal(h.flag, i == 0);
    }
    assert_string_equal(bench_params(b, "HasPermissionTo"), "[\"u\",{\"id\":\"manage_system\"}]");
}

static void on_done(void *ctx, const chat_error *error) {
    heard *h = ctx;
    h->calls++;
    h->err = error->err;
}

static void on_json(void *ctx, const chat_error *error, const cJSON *value) {
    heard *h = ctx;
    char *text = cJSON_PrintUnformatted(value);
    h->calls++;
    h->err = error->err;
    h->count = (size_t)cJSON_GetArraySize(value);
    snprintf(h->text, sizeof h->text, "%s", text != NULL ? text : "");
    cJSON_free(text);
}

static void test_reactions_and_posts_before(void **state) {
    chat_bench *b = *state;
    heard h = {0};
    chat_add_reaction(b->chat, "bot", "p", "eyes", on_done, &h);
    chat_remove_reaction(b->chat, "bot", "p", "eyes", on_done, &h);
    bench_until(b, h.calls == 2);
    static const char want[] = "[{\"user_id\":\"bot\",\"post_id\":\"p\",\"emoji_name\":\"eyes\"}]";
    assert_string_equal(bench_params(b, "AddReaction"), want);
    assert_string_equal(bench_params(b, "RemoveReaction"), want);
    chat_send_ephemeral(b->chat, "u", &(chat_post){.channel_id = "c", .message = "m"}, NULL, NULL);
    chat_send_ephemeral(b->chat, "u", &(chat_post){.channel_id = "c", .message = "m"}, on_post, &h);
    bench_until(b, h.calls == 3);
    assert_int_equal(bench_count(b, "SendEphemeralPost"), 2);
    chat_get_posts_before(b->chat, "c", "p", 20, on_json, &h);
    bench_until(b, h.calls == 4);
    assert_string_equal(bench_params(b, "GetPostsBefore"), "[\"c\",\"p\",0,20]");
    chat_push(b->chat, "u", &(chat_post){.id = "p", .channel_id = "c", .root_id = "r", .user_id = "bot"}, "m",
              on_done, &h);
    bench_until(b, h.calls == 5);
    assert_non_null(strstr(bench_params(b, "SendPushNotification"),
                           "\"root_id\":\"r\",\"sender_id\":\"bot\",\"message\":\"m\"},\"u\"]"));
}

// --- the server ---

static char *page_of(int first, int count) {
    cJSON *keys = json_new_array();
    for (int i = first; i < first + count; i++) {
        char *key = xasprintf("%s%04d", i % 2 == 0 ? "a." : "b.", i);
        json_push(keys, json_new_string(key));
        free(key);
    }
    json_push(keys, json_new_string("mmi_botid"));
    char *text = cJSON_PrintUnformatted(keys);
    cJSON_Delete(keys);
    return text;
}

static void test_kv_list(void **state) {
    chat_bench *b = *state;
    heard h = {0};
    char *first = page_of(0, 999),
         *second = page_of(1000, 10); // the server's own key makes the first one full
    const bench_script script[] = {{"KVList", first, 0, NULL}, {"KVList", second, 0, NULL}};
    BENCH_SCRIPT(b, script);
    chat_kv_list(b->chat, "a.", on_json, &h);
    bench_until(b, h.calls == 1);
    assert_int_equal(h.err, OC_OK);
    assert_int_equal(h.count, 500 + 5);
    assert_string_equal(bench_params(b, "KVList"), "[1,1000]");
    const bench_script all[] = {{"KVList", second, 0, NULL}};
    BENCH_SCRIPT(b, all);
    chat_kv_list(b->chat, "", on_json, &h);
    bench_until(b, h.calls == 2);
    assert_int_equal(h.count, 10); // not the server's own
    const bench_script endless[] = {{"KVList", first, 0, NULL}};
    BENCH_SCRIPT(b, endless);
    chat_kv_list(b->chat, "a.", on_json, &h);
    bench_until(b, h.calls == 3);
    assert_int_equal(h.err, OC_ELIMIT);
    const bench_script broken[] = {{"KVList", first, 0, NULL}, {"KVList", NULL, 500, "x"}};
    BENCH_SCRIPT(b, broken);
    chat_kv_list(b->chat, "a.", on_json, &h);
    bench_until(b, h.calls == 4);
    assert_int_equal(h.err, OC_EREMOTE);
    cJSON_free(first);
    cJSON_free(second);
}

static void test_commands(void **state) {
    chat_bench *b = *state;
    heard h = {0};
    cJSON *tree = cJSON_Parse("{\"Trigger\":\"openclaw\",\"SubCommands\":[{\"Trigger\":\"help\"}]}");
    chat_register_command(b->chat,
                          &(chat_command_info){.trigger = "openclaw",
                                               .display_name = "OpenClaw",
                                               .description = "Talk",
                                               .hint = "[help]",
                                               .autocomplete = tree},
                          on_done, &h);
    chat_register_command(b->chat, &(chat_command_info){.trigger = "x"}, on_done, &h);
    chat_unregister_command(b->chat, "x", on_done, &h);
    bench_until(b, h.calls == 3);
    assert_string_equal(b->calls[0].params,
                        "[{\"trigger\":\"openclaw\",\"auto_complete\":true,\"display_name\":\"OpenClaw\","
                        "\"description\":\"Talk\",\"auto_complete_desc\":\"Talk\","
                        "\"auto_complete_hint\":\"[help]\",\"autocomplete_data\":{\"Trigger\":\"openclaw\","
                        "\"SubCommands\":[{\"Trigger\":\"help\"}]}}]");
    assert_string_equal(b->calls[1].params, "[{\"trigger\":\"x\",\"auto_complete\":true}]");
    assert_string_equal(bench_params(b, "UnregisterCommand"), "[\"\",\"x\"]");
    cJSON_Delete(tree);
}

static void on_info(void *ctx, const chat_error *error, const chat_server_info *info) {
    heard *h = ctx;
    h->calls++;
    h->err = error->err;
    snprintf(h->text, sizeof h->text, "%s|%s|%d|%d|%d|%s|%s", info->site_url, info->version,
             (int)info->max_post_runes, (int)info->max_file_size_bytes, info->file_attachments,
             info->teammate_name_display, info->locale);
}

static void no_settings(void *ctx) {
    (void)ctx;
}

static void test_server_info(void **state) {
    static const bench_script script[] = {
        {"GetConfig",
         "{\"ServiceSettings\":{\"SiteURL\":\"https://x/chat//\"},\"FileSettings\":{\"MaxFileSize\":5000,"
         "\"EnableFileAttachments\":true},\"TeamSettings\":{\"TeammateNameDisplay\":\"full_name\"},"
         "\"LocalizationSettings\":{\"DefaultClientLocale\":\"de\"}}",
         0, NULL},
        {"GetConfig", "{}", 0, NULL},
        {"GetServerVersion", "\"11.1.0\"", 0, NULL},
    };
    chat_bench *b = *state;
    heard h = {0};
    chat_on(b->chat, &(chat_events){.settings_changed = no_settings}, NULL);
    BENCH_SCRIPT(b, script);
    chat_get_server_info(b->chat, on_info, &h);
    bench_until(b, h.calls == 1);
    assert_string_equal(h.text, "https://x/chat|11.1.0|16383|5000|1|full_name|de");
    chat_get_server_info(b->chat, on_info, &h);
    assert_int_equal(h.calls, 2);
    bench_hook(b, "OnConfigurationChange", "[]");
    bench_until(b, b->answers == 1);
    chat_get_server_info(b->chat, on_info, &h);
    bench_until(b, h.calls == 3);
    // What is false or empty does not travel.
    assert_string_equal(h.text, "|11.1.0|16383|104857600|0|username|en");
    bench_hook(b, "OnConfigurationChange", "[]");
    bench_until(b, b->answers == 2);
    static const bench_script broken[] = {{"GetConfig", NULL, 500, "x"}};
    BENCH_SCRIPT(b, broken);
    chat_get_server_info(b->chat, on_info, &h);
    bench_until(b, h.calls == 4);
    assert_int_equal(h.err, OC_EREMOTE);
    assert_string_equal(h.text, "||16383|104857600|1|username|en");
}

// --- events ---

typedef struct told {
    int count;
    char text[256];
    chat_post_ticket *ticket;
    chat_command_ticket *command;
} told;

static void on_edited(void *ctx, const chat_post *now, const chat_post *before, chat_post_ticket *ticket) {
    told *t = ctx;
    t->count++;
    t->ticket = ticket;
    snprintf(t->text, sizeof t->text, "edited %s %d: %s -> %s again=%d", now->id, (int)now->edit_at_ms,
             before->message, now->message, now->again);
}

static void on_deleted(void *ctx, const chat_post *post) {
    told *t = ctx;
    t->count++;
    snprintf(t->text, sizeof t->text, "deleted %s", post->id);
}

static void on_reaction(void *ctx, const chat_reaction *r, bool added) {
    told *t = ctx;
    t->count++;
    snprintf(t->text, sizeof t->text, "%s %s %s %s", added ? "added" : "removed", r->emoji_name, r->post_id,
             r->channel_id);
}

static void on_membership(void *ctx, const char *channel_id, const char *bot_user_id, bool joined) {
    told *t = ctx;
    t->count++;
    snprintf(t->text, sizeof t->text, "%s %s %s", bot_user_id, joined ? "joined" : "left", channel_id);
}

static void on_command(void *ctx, const chat_command *c, chat_command_ticket *ticket) {
    told *t = ctx;
    t->count++;
    t->command = ticket;
    snprintf(t->text, sizeof t->text, "%s %s %s %s %s %s", c->user_id, c->channel_id, c->team_id, c->root_id,
             c->trigger_id, c->command);
}

static const chat_events EVENTS = {.post_edited = on_edited,
                                   .post_deleted = on_deleted,
                                   .reaction = on_reaction,
                                   .membership = on_membership,
                                   .command = on_command};

static void test_events(void **state) {
    static const struct {
        const char *hook, *params, *text;
    } table[] = {
        {"MessageHasBeenDeleted", "[{},{\"id\":\"p\"}]", "deleted p"},
        {"ReactionHasBeenAdded",
         "[{},{\"user_id\":\"u\",\"post_id\":\"p\",\"emoji_name\":\"eyes\",\"channel_id\":\"c\"}]",
         "added eyes p c"},
        {"ReactionHasBeenRemoved", "[{},{\"user_id\":\"u\",\"post_id\":\"p\",\"emoji_name\":\"eyes\"}]",
         "removed eyes p "},
        {"UserHasJoinedChannel", "[{},{\"channel_id\":\"c\",\"user_id\":\"bot\"},null]", "bot joined c"},
        {"UserHasLeftChannel", "[{},{\"channel_id\":\"c\",\"user_id\":\"bot\"},null]", "bot left c"},
        {"UserHasLeftTeam", "[{},{\"team_id\":\"t\",\"user_id\":\"bot\"},null]", "bot left "},
    };
    chat_bench *b = *state;
    told t = {0};
    for (int deaf = 0; deaf < 2; deaf++) {
        static const chat_events none;
        chat_on(b->chat, deaf ? &none : &EVENTS, &t);
        for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
            int answers = b->answers;
            bench_hook(b, table[i].hook, table[i].params);
            bench_until(b, b->answers == answers + 1);
            assert_string_equal(b->answer, "null");
            if (!deaf)
                assert_string_equal(t.text, table[i].text);
        }
    }
    assert_int_equal(t.count, sizeof table / sizeof table[0]);
}

static void test_edits_have_an_outcome(void **state) {
    static const char params[] =
        "[{},{\"id\":\"p\",\"message\":\"b\",\"edit_at\":7},{\"id\":\"p\",\"message\":\"a\"}";
    chat_bench *b = *state;
    told t = {0};
    char *first = xasprintf("%s]", params), *second = xasprintf("%s,{\"again\":true}]", params);
    chat_on(b->chat, &EVENTS, &t);
    bench_hook(b, "MessageHasBeenUpdated", first);
    bench_until(b, t.count == 1);
    assert_string_equal(t.text, "edited p 7: a -> b again=0");
    assert_int_equal(b->answers, 0);
    chat_post_outcome(t.ticket, REASON_ANSWERED);
    bench_until(b, b->answers == 1);
    assert_string_equal(b->answer, "{\"outcome\":\"answered\",\"reason\":\"answered\"}");
    bench_hook(b, "MessageHasBeenUpdated", second);
    bench_until(b, t.count == 2);
    assert_string_equal(t.text, "edited p 7: a -> b again=1");
    chat_post_leave(t.ticket);
    static const chat_events none;
    chat_on(b->chat, &none, NULL); // of no interest to anybody: it is let go
    bench_hook(b, "MessageHasBeenUpdated", first);
    bench_until(b, b->answers == 2);
    assert_string_equal(b->answer, "null");
    free(first);
    free(second);
}

static void test_command(void **state) {
    chat_bench *b = *state;
    told t = {0};
    cJSON *props = cJSON_Parse("{\"attachments\":[]}");
    static const char params[] =
        "[{},{\"user_id\":\"u\",\"channel_id\":\"c\",\"team_id\":\"t\",\"root_id\":\"r\","
        "\"trigger_id\":\"g\",\"command\":\"/openclaw help\"}]";
    chat_on(b->chat, &EVENTS, &t);
    bench_hook(b, "ExecuteCommand", params);
    bench_until(b, t.count == 1);
    assert_string_equal(t.text, "u c t r g /openclaw help");
    chat_command_reply(t.command, &(chat_command_result){
                                      .in_channel = true, .text = "hi", .props = props, .goto_path = "/x"});
    bench_until(b, b->answers == 1);
    assert_string_equal(b->answer,
                        "{\"response_type\":\"in_channel\",\"text\":\"hi\",\"props\":{\"attachments\":[]},"
                        "\"goto_location\":\"/x\"}");
    bench_hook(b, "ExecuteCommand", params);
    bench_until(b, t.count == 2);
    chat_command_answer(t.command, "only you");
    bench_until(b, b->answers == 2);
    assert_string_equal(b->answer, "{\"response_type\":\"ephemeral\",\"text\":\"only you\"}");
    cJSON_Delete(props);
}

static void test_membership_is_forgotten_at_once(void **state) {
    static const bench_script script[] = {
        {"GetChannelMember", "{\"channel_id\":\"c\",\"user_id\":\"bot\"}", 0, NULL},
        {"GetChannelMember", NULL, 404, "x"},
    };
    static const char *const hooks[] = {"UserHasLeftChannel", "UserHasLeftTeam"};
    static const char *const params[] = {"[{},{\"channel_id\":\"c\",\"user_id\":\"bot\"},null]",
                                         "[{},{\"team_id\":\"t\",\"user_id\":\"bot\"},null]"};
    chat_bench *b = *state;
    chat_on(b->chat, &(chat_events){.activate = NULL}, NULL);
    for (int i = 0; i < 2; i++) {
        heard h = {0};
        BENCH_SCRIPT(b, script);
        chat_is_member(b->chat, "c", "bot", on_flag, &h);
        bench_until(b, h.calls == 1);
        chat_is_member(b->chat, "c", "bot", on_flag, &h);
        assert_int_equal(h.calls, 2); // it is known
        assert_true(h.flag);
        bench_hook(b, hooks[i], params[i]);
        bench_until(b, b->answers == i + 1);
        chat_is_member(b->chat, "c", "bot", on_flag, &h);
        bench_until(b, h.calls == 3);
        assert_false(h.flag);
        assert_int_equal(h.err, OC_OK);
    }
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, bench_setup, bench_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(test_edit),
        WITH(test_edit_of_what_is_gone),
        WITH(test_edits_of_a_post_take_turns),
        WITH(test_too_many_edits),
        WITH(test_a_reaction_during_an_edit_is_shown),
        WITH(test_users_by_ids),
        WITH(test_look_ups),
        WITH(test_reactions_and_posts_before),
        WITH(test_kv_list),
        WITH(test_commands),
        WITH(test_server_info),
        WITH(test_events),
        WITH(test_edits_have_an_outcome),
        WITH(test_command),
        WITH(test_membership_is_forgotten_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
