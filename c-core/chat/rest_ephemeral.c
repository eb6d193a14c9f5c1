// SPDX-License-Identifier: Apache-2.0
// What takes the place of a post that one person alone sees. The server keeps no such posts and changes none for programs, so
// a new one follows it: by the address at which the server takes further answers to a command (five, for half an hour; seen by who
// gave it, where they gave it), else as the bot's own, where it may make such. What the person was told in a direct message, for
// want of both, is changed there.
#include "base/mem.h"
#include "base/parse.h"
#include "chat/rest_internal.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>

typedef struct next_page {
    char *user_id;
    chat_post post;
    chat_post_fn *fn;
    void *ctx;
} next_page;

static char *hook_key(const char *user_id, const char *channel_id, const char *root_id) {
    return xasprintf("%s/%s/%s", user_id, channel_id, root_id);
}

// Only the id counts: the server's own address may be another one from here, and nobody else's is called.
void rest_note_answer_hook(chat *c, const cJSON *payload) {
    const char *url = json_text(payload, "response_url"), *slash = strrchr(url, '/');
    if (slash == NULL || !parse_is_mm_id(slash + 1))
        return;
    char *key = hook_key(json_text(payload, "user_id"), json_text(payload, "channel_id"),
                         json_text(payload, "root_id"));
    cJSON *id = json_new_string(slash + 1);
    cache_put(c->answer_hooks, key, id, loop_now_ms(c->loop));
    cJSON_Delete(id);
    free(key);
}

static void end(next_page *p, const chat_error *error) {
    p->fn(p->ctx, error, &p->post);
    chat_post_free(&p->post);
    free(p->user_id);
    free(p);
}

static void on_direct(void *ctx, const chat_error *error, const chat_post *post) {
    (void)post;
    end(ctx, error);
}

static void finish_own(rest_wanted *w, const chat_error *error, const cJSON *json) {
    next_page *p = w->ctx;
    (void)json;
    if (error->http_status == 403)
        chat_update_post(w->chat, &p->post, on_direct, p);
    else
        end(p, error);
}

static void send_own(chat *c, next_page *p) {
    cJSON *json = json_new_object();
    cJSON *post = rest_post_body(c, &p->post);
    cJSON_DeleteItemFromObjectCaseSensitive(post, "id"); // it is another one
    json_add_string(json, "user_id", p->user_id);
    json_add(json, "post", post);
    rest_send(c, "POST", rest_path("/posts/ephemeral", NULL), json, false,
              &(rest_wanted){.finish = finish_own, .ctx = p});
}

static void finish_hook(rest_wanted *w, const chat_error *error, const cJSON *json) {
    next_page *p = w->ctx;
    chat *c = w->chat;
    (void)json;
    if (error->err == OC_OK) {
        end(p, error);
        return;
    }
    char *key = hook_key(p->user_id, p->post.channel_id, p->post.root_id);
    cache_drop(c->answer_hooks, key); // used up, too old, or out of reach
    free(key);
    send_own(c, p);
}

static void send_by_hook(chat *c, const char *hook_id, next_page *p) {
    cJSON *json =
        rest_command_body(c, &(chat_command_result){.text = p->post.message, .props = p->post.props});
    rest_send_beside(c, "POST", rest_path("/hooks/commands/", hook_id, NULL), json,
                     &(rest_wanted){.finish = finish_hook, .ctx = p});
}

void chat_update_ephemeral(chat *c, const char *user_id, const chat_post *post, chat_post_fn *fn, void *ctx) {
    cJSON *whole = chat_post_to_json(post);
    const chat_post view = chat_post_view(whole); // no text is NULL there
    next_page *p = xcalloc(1, sizeof *p);
    *p = (next_page){.user_id = xstrdup(user_id), .post = chat_post_dup(&view), .fn = fn, .ctx = ctx};
    char *key = hook_key(user_id, p->post.channel_id, p->post.root_id);
    const char *hook_id = cJSON_GetStringValue(cache_get(c->answer_hooks, key, loop_now_ms(c->loop)));
    if (hook_id != NULL)
        send_by_hook(c, hook_id, p);
    else
        send_own(c, p);
    free(key);
    cJSON_Delete(whole);
}
