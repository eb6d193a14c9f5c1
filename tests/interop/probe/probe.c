// SPDX-License-Identifier: Apache-2.0
// A core that does nothing by itself: it carries out the calls of chat.h that it is asked for over HTTP, and writes down
// the events that it is told. In the place of the real core it shows what shim, link and adapter make of a real server.
//   POST /call    {"call":"edit_post", its arguments …} → {"err":"", "status":0, "id":"", and the result}
//                 upload_file {"user_id","channel_id","name","size"}: byte i is i % 251
//   GET  /events  what was told so far
#include "app.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/http.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_MAX_BYTES = 1 << 20, ANSWER_MAX_BYTES = 8 << 20, IDS_MAX = 200, PERIOD = 251 };

struct app {
    loop *l;
    chat *chat;
    void (*ended)(void *ctx);
    void *ctx;
    cJSON *events;
    bool leave_edits; // edits get no outcome
};

static app *PROBE;

// One request under way.
typedef struct job {
    chat_http *request;
    cJSON *answer;
    size_t size, done;
    uint64_t sum; // FNV-1a of what came
} job;

static void answer_with(chat_http *request, const cJSON *value) {
    buf text;
    buf_init(&text, ANSWER_MAX_BYTES);
    if (json_print(value, &text) == OC_OK)
        chat_http_answer(request, 200, "application/json", NULL, buf_bytes(&text));
    else
        chat_http_answer_error(request, 500, "the answer is too long");
    buf_free(&text);
}

static job *begin(chat_http *request) {
    job *j = xcalloc(1, sizeof *j);
    *j = (job){.request = request, .answer = json_new_object(), .sum = UINT64_C(14695981039346656037)};
    return j;
}

static void end(job *j, const chat_error *error) {
    json_add_string(j->answer, "err", error->err == OC_OK ? "" : oc_err_text(error->err));
    json_add_bool(j->answer, "absent", error->err == OC_ENOTFOUND);
    json_add_int(j->answer, "status", error->http_status);
    json_add_string(j->answer, "id", error->id);
    json_add_string(j->answer, "message", error->message);
    answer_with(j->request, j->answer);
    cJSON_Delete(j->answer);
    free(j);
}

// --- results ---

static void on_done(void *ctx, const chat_error *error) {
    end(ctx, error);
}

static cJSON *post_json(const chat_post *post) {
    cJSON *json = json_new_object();
    json_add_string(json, "id", post->id);
    json_add_string(json, "message", post->message);
    json_add_string(json, "root_id", post->root_id);
    json_add_string(json, "channel_id", post->channel_id);
    json_add_string(json, "user_id", post->user_id);
    json_add_bool(json, "is_pinned", post->is_pinned);
    json_add_bool(json, "has_reactions", post->has_reactions);
    json_add_int(json, "edit_at", post->edit_at_ms);
    json_add_int(json, "delete_at", post->delete_at_ms);
    if (post->props != NULL)
        json_add(json, "props", cJSON_Duplicate(post->props, 1));
    if (post->file_ids != NULL)
        json_add(json, "file_ids", cJSON_Duplicate(post->file_ids, 1));
    return json;
}

static void on_post(void *ctx, const chat_error *error, const chat_post *post) {
    json_add(((job *)ctx)->answer, "post", post_json(post));
    end(ctx, error);
}

static void on_json(void *ctx, const chat_error *error, const cJSON *value) {
    if (value != NULL)
        json_add(((job *)ctx)->answer, "value", cJSON_Duplicate(value, 1));
    end(ctx, error);
}

static void on_text(void *ctx, const chat_error *error, const char *text) {
    json_add_string(((job *)ctx)->answer, "value", text);
    end(ctx, error);
}

static void on_flag(void *ctx, const chat_error *error, bool flag) {
    json_add_bool(((job *)ctx)->answer, "value", flag);
    end(ctx, error);
}

static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    json_add_string(((job *)ctx)->answer, "value", user->id);
    end(ctx, error);
}

static void on_users(void *ctx, const chat_error *error, const chat_user *users, size_t count) {
    cJSON *names = json_add_array(((job *)ctx)->answer, "value");
    for (size_t i = 0; i < count; i++)
        json_push(names, json_new_string(users[i].username));
    end(ctx, error);
}

static void on_team(void *ctx, const chat_error *error, const chat_team *team) {
    json_add_string(((job *)ctx)->answer, "value", team->name);
    end(ctx, error);
}

static void add_file(cJSON *answer, const chat_file *file) {
    cJSON *json = json_add_object(answer, "file");
    json_add_string(json, "id", file->id);
    json_add_string(json, "name", file->name);
    json_add_string(json, "mime_type", file->mime_type);
    json_add_string(json, "creator_id", file->creator_id);
    json_add_int(json, "size", file->size_bytes);
}

static void on_file(void *ctx, const chat_error *error, const chat_file *file) {
    add_file(((job *)ctx)->answer, file);
    end(ctx, error);
}

static void on_info(void *ctx, const chat_error *error, const chat_server_info *info) {
    cJSON *json = json_add_object(((job *)ctx)->answer, "value");
    json_add_string(json, "site_url", info->site_url);
    json_add_string(json, "version", info->version);
    json_add_int(json, "max_post_runes", info->max_post_runes);
    json_add_int(json, "max_file_size", info->max_file_size_bytes);
    json_add_bool(json, "file_attachments", info->file_attachments);
    json_add_string(json, "teammate_name_display", info->teammate_name_display);
    json_add_string(json, "locale", info->locale);
    end(ctx, error);
}

// --- files ---

static void on_piece(void *ctx, bytes piece) {
    job *j = ctx;
    for (size_t i = 0; i < piece.len; i++)
        j->sum = (j->sum ^ piece.data[i]) * UINT64_C(1099511628211);
    j->done += piece.len;
}

static void on_read(void *ctx, const chat_error *error) {
    job *j = ctx;
    char sum[17];
    snprintf(sum, sizeof sum, "%016" PRIx64, j->sum);
    json_add_int(j->answer, "size", (int64_t)j->done);
    json_add_string(j->answer, "sum", sum);
    end(j, error);
}

static void on_room(void *ctx, chat_upload *u) {
    job *j = ctx;
    for (size_t room = chat_upload_room_bytes(u); room > 0; room = chat_upload_room_bytes(u)) {
        uint8_t piece[16384];
        size_t len = room < sizeof piece ? room : sizeof piece;
        for (size_t i = 0; i < len; i++)
            piece[i] = (uint8_t)((j->done + i) % PERIOD);
        if (chat_upload_write(u, bytes_of(piece, len)) != OC_OK)
            return;
        j->done += len;
    }
}

static void on_uploaded(void *ctx, const chat_error *error, const chat_file *file) {
    on_file(ctx, error, file);
}

// --- calls ---

static void get_file(chat *c, const cJSON *a, job *j) {
    static const chat_read_events events = {on_piece, on_read};
    (void)chat_get_file(c, json_text(a, "file_id"), (size_t)json_int(a, "max", 100 << 20), &events, j);
}

static void upload_file(chat *c, const cJSON *a, job *j) {
    static const chat_upload_events events = {on_room, on_uploaded};
    chat_upload_info info = {.user_id = json_text(a, "user_id"),
                             .channel_id = json_text(a, "channel_id"),
                             .name = json_text(a, "name"),
                             .size_bytes = json_int(a, "size", 0)};
    (void)chat_upload_file(c, &info, &events, j);
}

static chat_post post_of(const cJSON *a) {
    return (chat_post){.id = json_text(a, "post_id"),
                       .user_id = json_text(a, "user_id"),
                       .channel_id = json_text(a, "channel_id"),
                       .root_id = json_text(a, "root_id"),
                       .message = json_text(a, "message"),
                       .props = json_get(a, "props"),
                       .file_ids = json_array(a, "file_ids")};
}

static void create_post(chat *c, const cJSON *a, job *j) {
    const chat_post post = post_of(a);
    chat_create_post(c, &post, on_post, j);
}

static void get_post(chat *c, const cJSON *a, job *j) {
    chat_get_post(c, json_text(a, "post_id"), on_post, j);
}

static void edit_post(chat *c, const cJSON *a, job *j) {
    chat_edit_post(c,
                   &(chat_edit){.post_id = json_text(a, "post_id"),
                                .message = json_string(a, "message"),
                                .props = json_get(a, "props"),
                                .file_ids = json_array(a, "file_ids")},
                   on_post, j);
}

static void delete_post(chat *c, const cJSON *a, job *j) {
    chat_delete_post(c, json_text(a, "post_id"), on_done, j);
}

static void get_posts_before(chat *c, const cJSON *a, job *j) {
    chat_get_posts_before(c, json_text(a, "channel_id"), json_text(a, "post_id"),
                          (int)json_int(a, "count", 10), on_json, j);
}

static void send_ephemeral(chat *c, const cJSON *a, job *j) {
    chat_post post = post_of(a);
    post.user_id = json_text(a, "bot_id");
    chat_send_ephemeral(c, json_text(a, "user_id"), &post, on_post, j);
}

static void add_reaction(chat *c, const cJSON *a, job *j) {
    chat_add_reaction(c, json_text(a, "user_id"), json_text(a, "post_id"), json_text(a, "emoji"), on_done, j);
}

static void remove_reaction(chat *c, const cJSON *a, job *j) {
    chat_remove_reaction(c, json_text(a, "user_id"), json_text(a, "post_id"), json_text(a, "emoji"), on_done,
                         j);
}

static void user_by_username(chat *c, const cJSON *a, job *j) {
    chat_get_user_by_username(c, json_text(a, "username"), on_user, j);
}

static void users_by_ids(chat *c, const cJSON *a, job *j) {
    const char *ids[IDS_MAX + 1] = {NULL};
    size_t count = 0;
    const cJSON *id = NULL;
    cJSON_ArrayForEach(id, json_array(a, "ids")) {
        if (count < IDS_MAX && cJSON_IsString(id))
            ids[count++] = id->valuestring;
    }
    chat_get_users_by_ids(c, ids, on_users, j);
}

static void get_team(chat *c, const cJSON *a, job *j) {
    chat_get_team(c, json_text(a, "team_id"), on_team, j);
}

static void is_member(chat *c, const cJSON *a, job *j) {
    chat_is_member(c, json_text(a, "channel_id"), json_text(a, "user_id"), on_flag, j);
}

static void has_permission(chat *c, const cJSON *a, job *j) {
    chat_has_channel_permission(c, json_text(a, "user_id"), json_text(a, "channel_id"),
                                json_text(a, "permission"), on_flag, j);
}

static void is_admin(chat *c, const cJSON *a, job *j) {
    chat_user_is_system_admin(c, json_text(a, "user_id"), on_flag, j);
}

static void server_info(chat *c, const cJSON *a, job *j) {
    (void)a;
    chat_get_server_info(c, on_info, j);
}

static void kv_set(chat *c, const cJSON *a, job *j) {
    chat_kv_set(c, json_text(a, "key"), bytes_str(json_text(a, "value")), 0, on_done, j);
}

static void kv_list(chat *c, const cJSON *a, job *j) {
    chat_kv_list(c, json_text(a, "prefix"), on_json, j);
}

static void ensure_bot(chat *c, const cJSON *a, job *j) {
    chat_ensure_bot(c, json_text(a, "username"), "Probe", "", on_text, j);
}

static void register_command(chat *c, const cJSON *a, job *j) {
    chat_register_command(c,
                          &(chat_command_info){.trigger = json_text(a, "trigger"),
                                               .display_name = "Probe",
                                               .description = json_string(a, "description"),
                                               .hint = json_string(a, "hint"),
                                               .autocomplete = json_get(a, "autocomplete")},
                          on_done, j);
}

static void unregister_command(chat *c, const cJSON *a, job *j) {
    chat_unregister_command(c, json_text(a, "trigger"), on_done, j);
}

static void get_file_info(chat *c, const cJSON *a, job *j) {
    chat_get_file_info(c, json_text(a, "file_id"), on_file, j);
}

// Not of chat.h's calls with an answer: what concerns us; leave: edits get no outcome.
static void set_interest(chat *c, const cJSON *a, job *j) {
    const char *own[] = {json_text(a, "own"), NULL}, *names[] = {json_text(a, "name"), NULL},
               *none[] = {NULL};
    chat_set_interest(c, &(chat_filter){.bot_user_ids = own, .names = names, .prefixes = none});
    if (json_string(a, "channel_id") != NULL)
        chat_set_channel_interest(c, json_text(a, "channel_id"), (chat_interest)json_int(a, "class", 0));
    PROBE->leave_edits = json_bool(a, "leave", false);
    end(j, &(chat_error){.err = OC_OK, .id = "", .message = ""});
}

static const struct {
    const char *name;
    void (*carry_out)(chat *c, const cJSON *a, job *j);
} CALLS[] = {
    {"get_file", get_file},
    {"upload_file", upload_file},
    {"get_file_info", get_file_info},
    {"create_post", create_post},
    {"get_post", get_post},
    {"edit_post", edit_post},
    {"delete_post", delete_post},
    {"get_posts_before", get_posts_before},
    {"send_ephemeral", send_ephemeral},
    {"add_reaction", add_reaction},
    {"remove_reaction", remove_reaction},
    {"user_by_username", user_by_username},
    {"users_by_ids", users_by_ids},
    {"get_team", get_team},
    {"is_member", is_member},
    {"has_permission", has_permission},
    {"is_admin", is_admin},
    {"server_info", server_info},
    {"kv_set", kv_set},
    {"kv_list", kv_list},
    {"ensure_bot", ensure_bot},
    {"register_command", register_command},
    {"unregister_command", unregister_command},
    {"set_interest", set_interest},
};

static void on_body(void *ctx, chat_http *request, oc_err err, bytes body) {
    app *a = ctx;
    cJSON *args = NULL;
    if (err == OC_OK)
        err = json_parse(body, &args);
    const char *name = json_text(args, "call");
    for (size_t i = 0; err == OC_OK && i < sizeof CALLS / sizeof CALLS[0]; i++) {
        if (strcmp(CALLS[i].name, name) == 0) {
            CALLS[i].carry_out(a->chat, args, begin(request));
            cJSON_Delete(args);
            return;
        }
    }
    cJSON_Delete(args);
    chat_http_answer_error(request, 400, "no such call");
}

static void on_http(void *ctx, chat_http *request) {
    app *a = ctx;
    if (strcmp(chat_http_path(request), "/events") == 0)
        answer_with(request, a->events);
    else if (strcmp(chat_http_method(request), "POST") == 0)
        chat_http_read(request, BODY_MAX_BYTES, on_body, a);
    else
        chat_http_answer(request, 200, "text/plain", NULL, bytes_str("probe"));
}

// --- events ---

static cJSON *note(app *a, const char *kind) {
    cJSON *event = json_new_object();
    json_add_string(event, "event", kind);
    json_push(a->events, event);
    return event;
}

static void on_activate(void *ctx) {
    chat_activated(((app *)ctx)->chat);
}

static void on_posted(void *ctx, const chat_post *post, chat_post_ticket *ticket) {
    json_add(note(ctx, "post"), "post", post_json(post));
    chat_post_outcome(ticket, REASON_ANSWERED);
}

static void on_edited(void *ctx, const chat_post *now, const chat_post *before, chat_post_ticket *ticket) {
    app *a = ctx;
    cJSON *event = note(a, "edited");
    json_add(event, "post", post_json(now));
    json_add(event, "before", post_json(before));
    json_add_bool(event, "again", now->again);
    if (!a->leave_edits)
        chat_post_outcome(ticket, REASON_ANSWERED);
    else
        chat_post_leave(ticket);
}

static void on_deleted(void *ctx, const chat_post *post) {
    json_add(note(ctx, "deleted"), "post", post_json(post));
}

static void on_reaction(void *ctx, const chat_reaction *r, bool added) {
    cJSON *event = note(ctx, added ? "reaction_added" : "reaction_removed");
    json_add_string(event, "user_id", r->user_id);
    json_add_string(event, "post_id", r->post_id);
    json_add_string(event, "channel_id", r->channel_id);
    json_add_string(event, "emoji", r->emoji_name);
}

static void on_membership(void *ctx, const char *channel_id, const char *bot_user_id, bool joined) {
    cJSON *event = note(ctx, joined ? "joined" : "left");
    json_add_string(event, "channel_id", channel_id);
    json_add_string(event, "user_id", bot_user_id);
}

static void on_command(void *ctx, const chat_command *command, chat_command_ticket *ticket) {
    cJSON *event = note(ctx, "command");
    json_add_string(event, "user_id", command->user_id);
    json_add_string(event, "channel_id", command->channel_id);
    json_add_string(event, "team_id", command->team_id);
    json_add_string(event, "root_id", command->root_id);
    json_add_string(event, "trigger_id", command->trigger_id);
    json_add_string(event, "command", command->command);
    bool loud = strstr(command->command, "aloud") != NULL;
    chat_command_reply(ticket, &(chat_command_result){.in_channel = loud, .text = command->command});
}

static void on_settings_changed(void *ctx) {
    (void)note(ctx, "settings_changed");
}

static void on_stopping(void *ctx) {
    chat_stopped(((app *)ctx)->chat);
}

static void on_gone(void *ctx) {
    app *a = ctx;
    a->ended(a->ctx);
}

app *app_create(loop *l, chat *c, void (*ended)(void *ctx), void *ctx) {
    static const chat_events events = {
        .activate = on_activate,
        .post = on_posted,
        .post_edited = on_edited,
        .post_deleted = on_deleted,
        .reaction = on_reaction,
        .membership = on_membership,
        .command = on_command,
        .http = on_http,
        .settings_changed = on_settings_changed,
        .stopping = on_stopping,
        .gone = on_gone,
    };
    PROBE = xcalloc(1, sizeof *PROBE);
    *PROBE = (app){.l = l, .chat = c, .ended = ended, .ctx = ctx, .events = json_new_array()};
    chat_on(c, &events, PROBE);
    return PROBE;
}

void app_destroy(app *a) {
    if (a == NULL)
        return;
    cJSON_Delete(a->events);
    free(a);
}
