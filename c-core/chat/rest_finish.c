// SPDX-License-Identifier: Apache-2.0
// What the calls of the adapter have in common: paths, and what an answer becomes.
#include "base/mem.h"
#include "base/percent.h"
#include "chat/rest_internal.h"
#include "chat/views.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_BYTES = 8192 };

char *rest_path(const char *text, ...) {
    buf path;
    bool id = true;
    va_list args;
    buf_init(&path, PATH_MAX_BYTES);
    oc_err err = buf_append_str(&path, text);
    va_start(args, text);
    for (const char *part = va_arg(args, const char *); part != NULL; part = va_arg(args, const char *)) {
        char *coded = id ? percent_encode(bytes_str(*part != '\0' ? part : "none")) : xstrdup(part);
        if (err == OC_OK)
            err = buf_append_str(&path, coded);
        free(coded);
        id = !id;
    }
    va_end(args);
    char *whole = err == OC_OK ? buf_take_str(&path) : xstrdup("/none");
    buf_free(&path);
    return whole;
}

static void on_answer(void *ctx, const chat_error *error, const cJSON *json) {
    rest_wanted *w = ctx;
    if (error->err == OC_OK && w->cache != NULL && cJSON_IsObject(json))
        cache_put(w->cache, w->key, json, loop_now_ms(w->chat->loop));
    if (error->err == OC_OK && w->cache == w->chat->users)
        tongues_learn(w->chat->tongues, json);
    w->finish(w, error, json);
    free(w->key);
    free(w);
}

// request's path and json are taken.
static void send_request(chat *c, const rest_request *request, char *path, cJSON *json,
                         const rest_wanted *w) {
    rest_wanted *kept = xmalloc(sizeof *kept);
    *kept = *w;
    kept->chat = c;
    if (c->rest == NULL)
        on_answer(kept, &(chat_error){.err = OC_ECLOSED, .id = "", .message = "we end"}, NULL);
    else
        rest_call(c->rest, request, on_answer, kept);
    cJSON_Delete(json);
    free(path);
}

void rest_send(chat *c, const char *method, char *path, cJSON *json, bool repeatable, const rest_wanted *w) {
    send_request(c, &(rest_request){.method = method, .path = path, .json = json, .repeatable = repeatable},
                 path, json, w);
}

void rest_send_beside(chat *c, const char *method, char *path, cJSON *json, const rest_wanted *w) {
    send_request(c, &(rest_request){.method = method, .path = path, .json = json, .beside_api = true}, path,
                 json, w);
}

void rest_get(chat *c, char *path, const rest_wanted *w) {
    rest_send(c, "GET", path, NULL, true, w);
}

void rest_finish_done(rest_wanted *w, const chat_error *error, const cJSON *json) {
    (void)json;
    if (w->fn.done != NULL)
        w->fn.done(w->ctx, error);
}

void rest_finish_post(rest_wanted *w, const chat_error *error, const cJSON *json) {
    chat_post post = chat_post_view(json);
    if (w->fn.post != NULL)
        w->fn.post(w->ctx, error, &post);
}

chat_user rest_user_view(const chat *c, const cJSON *json) {
    chat_user user = chat_user_view(json);
    user.is_bot = user.is_bot || (c->bot_user_id != NULL && strcmp(user.id, c->bot_user_id) == 0);
    return user;
}

void rest_finish_user(rest_wanted *w, const chat_error *error, const cJSON *json) {
    chat_user user = rest_user_view(w->chat, json);
    w->fn.user(w->ctx, error, &user);
}

void rest_finish_channel(rest_wanted *w, const chat_error *error, const cJSON *json) {
    chat_channel channel = chat_channel_view(json);
    w->fn.channel(w->ctx, error, &channel);
}

void rest_finish_team(rest_wanted *w, const chat_error *error, const cJSON *json) {
    chat_team team = chat_team_view(json);
    w->fn.team(w->ctx, error, &team);
}

void rest_finish_file(rest_wanted *w, const chat_error *error, const cJSON *json) {
    chat_file file = chat_file_view(json);
    w->fn.file(w->ctx, error, &file);
}

void rest_finish_json(rest_wanted *w, const chat_error *error, const cJSON *json) {
    w->fn.json(w->ctx, error, json);
}

// Whether there is such a thing: that there is none is an answer.
void rest_finish_found(rest_wanted *w, const chat_error *error, const cJSON *json) {
    bool absent = error->err == OC_ENOTFOUND;
    w->fn.flag(w->ctx, absent ? &REST_NO_ERROR : error, !absent && *json_text(json, "user_id") != '\0');
}
