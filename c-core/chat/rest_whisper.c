// SPDX-License-Identifier: Apache-2.0
// What is for one person only: a post that nobody else sees where the bot may make such, else a direct message.
#include "base/log.h"
#include "base/mem.h"
#include "chat/rest_internal.h"
#include "chat/views.h"

#include <stdlib.h>
#include <utlist.h>

// A direct channel that two make at the same moment is told to the slower one before the server's own memory of memberships
// knows it: for this long a post in it may be refused.
enum { AGAIN_AFTER_MS = 1000 };

typedef struct rest_whisper {
    chat *chat;
    char *user_id;
    chat_post post;
    chat_post_fn *fn;
    void *ctx;
    loop_timer again; // its second attempt
    bool tried;
    struct rest_whisper *prev, *next;
} whisper;

static void end_whisper(whisper *w, const chat_error *error, const chat_post *post) {
    loop_timer_cancel(&w->again);
    DL_DELETE(w->chat->whispers, w);
    if (w->fn != NULL)
        w->fn(w->ctx, error, post);
    else if (error->err != OC_OK)
        log_warn("something for one person only could not be said", "error", error->message);
    chat_post_free(&w->post);
    free(w->user_id);
    free(w);
}

static void say_directly(void *ctx);

static void on_direct_post(void *ctx, const chat_error *error, const chat_post *post) {
    whisper *w = ctx;
    bool again = error->http_status == 403 && !w->tried && w->chat->rest != NULL;
    w->tried = true;
    if (again)
        loop_timer_set(w->chat->loop, &w->again, AGAIN_AFTER_MS, say_directly, w);
    else
        end_whisper(w, error, post);
}

static void on_direct_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    whisper *w = ctx;
    chat_post post = w->post;
    post.channel_id = channel->id;
    post.root_id = "";
    if (error->err == OC_OK)
        chat_create_post(w->chat, &post, on_direct_post, w);
    else
        end_whisper(w, error, &post);
}

static void say_directly(void *ctx) {
    whisper *w = ctx;
    chat_direct_channel(w->chat, w->chat->bot_user_id, w->user_id, on_direct_channel, w);
}

// Bots may not do that unless an administrator gave them the right to.
static void finish_ephemeral(rest_wanted *wanted, const chat_error *error, const cJSON *json) {
    whisper *w = wanted->ctx;
    chat_post post = chat_post_view(json);
    if (error->http_status == 403)
        say_directly(w);
    else
        end_whisper(w, error, &post);
}

void chat_send_ephemeral(chat *c, const char *user_id, const chat_post *post, chat_post_fn *fn, void *ctx) {
    whisper *w = xcalloc(1, sizeof *w);
    *w = (whisper){.chat = c, .user_id = xstrdup(user_id), .fn = fn, .ctx = ctx};
    DL_APPEND(c->whispers, w);
    cJSON *json = json_new_object();
    cJSON *inner = chat_post_to_json(post);
    chat_post view = chat_post_view(inner); // no text is NULL there
    w->post = chat_post_dup(&view);
    cJSON_Delete(inner);
    json_add_string(json, "user_id", user_id);
    json_add(json, "post", rest_post_body(c, post));
    rest_send(c, "POST", rest_path("/posts/ephemeral", NULL), json, false,
              &(rest_wanted){.finish = finish_ephemeral, .ctx = w});
}

void rest_whispers_close(chat *c) {
    static const chat_error closed = {.err = OC_ECLOSED, .id = "", .message = "the account ends"};
    whisper *w = NULL, *next = NULL;
    DL_FOREACH_SAFE (c->whispers, w, next) {
        if (loop_timer_armed(&w->again)) // the others end with their calls
            end_whisper(w, &closed, &w->post);
    }
}
