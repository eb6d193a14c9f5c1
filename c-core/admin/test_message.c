// SPDX-License-Identifier: Apache-2.0
#include "admin/test_message.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

typedef struct sending {
    chat *chat;
    account *account; // held
    admin_json_fn *fn;
    void *ctx;
} sending;

static void end(sending *s, int status, cJSON *body) {
    s->fn(s->ctx, status, body);
    cJSON_Delete(body);
    account_release(s->account);
    free(s);
}

static void end_error(sending *s, int status, char *sentence) {
    cJSON *body = json_new_object();
    json_add_string(body, "error", sentence);
    free(sentence);
    end(s, status, body);
}

static void fail(sending *s, const char *what, const chat_error *error) {
    log_warn("a test message could not be sent", "account", s->account->id, "error", error->message);
    end_error(s, 502, xasprintf("%s: the server's log says why.", what));
}

static void on_posted(void *ctx, const chat_error *error, const chat_post *post) {
    sending *s = ctx;
    if (error->err != OC_OK) {
        fail(s, "The bot could not write to you", error);
        return;
    }
    cJSON *body = json_new_object();
    json_add_string(body, "bot_username", s->account->bot_username);
    json_add_string(body, "channel_id", post->channel_id);
    json_add_string(body, "post_id", post->id);
    end(s, 200, body);
}

static char *words(const account *a) {
    const char *hello =
        "This is the test message that you asked for in the System Console: I can write to you.";
    if (a->gateway == NULL)
        return xasprintf("%s My account `%s` has no gateway yet.", hello, a->id);
    gateway_status g = gateway_get_status(a->gateway);
    if (g.state == GATEWAY_READY)
        return xasprintf("%s My gateway is connected. Write to me to hear the agent.", hello);
    return xasprintf("%s My gateway is not connected, so I cannot answer yet. %s", hello, g.sentence);
}

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    sending *s = ctx;
    if (error->err != OC_OK) {
        fail(s, "The bot's direct channel to you could not be opened", error);
        return;
    }
    char *text = words(s->account);
    cJSON *props = json_new_object();
    json_add_string(json_add_object(props, "openclaw"), "notice", "test");
    chat_create_post(
        s->chat,
        &(chat_post){
            .user_id = s->account->bot_user_id, .channel_id = channel->id, .message = text, .props = props},
        on_posted, s);
    cJSON_Delete(props);
    free(text);
}

void test_message_send(const admin_http *a, const char *user_id, const cJSON *body, admin_json_fn *fn,
                       void *ctx) {
    const char *id = json_text(body, "account");
    account *one = *id != '\0' ? accounts_find(a->accounts, id) : accounts_at(a->accounts, 0);
    sending *s = xmalloc(sizeof *s);
    *s = (sending){.chat = a->chat, .account = one != NULL ? account_hold(one) : NULL, .fn = fn, .ctx = ctx};
    if (one == NULL)
        end_error(s, 404, xstrdup("There is no bot at work that could write. Look at the settings."));
    else
        chat_direct_channel(a->chat, one->bot_user_id, user_id, on_channel, s);
}
