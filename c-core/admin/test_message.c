// SPDX-License-Identifier: Apache-2.0
#include "admin/test_message.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "words/words.h"

#include <stdlib.h>
#include <string.h>

typedef struct sending {
    chat *chat;
    account *account; // held
    words_lang lang;  // of the administrator
    admin_json_fn *fn;
    void *ctx;
} sending;

static void end(sending *s, int status, cJSON *body) {
    s->fn(s->ctx, status, body);
    cJSON_Delete(body);
    account_release(s->account);
    free(s);
}

static void end_error(sending *s, int status, words_key key) {
    cJSON *body = json_new_object();
    json_add_string(body, "error", words_text(s->lang, key));
    end(s, status, body);
}

static void fail(sending *s, const chat_error *error) {
    log_warn("a test message could not be sent", "account", s->account->id, "error", error->message);
    end_error(s, 502, WORD_PANEL_TEST_FAILED);
}

static void on_posted(void *ctx, const chat_error *error, const chat_post *post) {
    sending *s = ctx;
    if (error->err != OC_OK) {
        fail(s, error);
        return;
    }
    cJSON *body = json_new_object();
    json_add_string(body, "bot_username", s->account->bot_username);
    json_add_string(body, "channel_id", post->channel_id);
    json_add_string(body, "post_id", post->id);
    end(s, 200, body);
}

static char *text_of(const sending *s) {
    const gateway *g = s->account->gateway;
    bool ready = g != NULL && gateway_get_status(g).state == GATEWAY_READY;
    return xasprintf("%s %s", words_text(s->lang, WORD_PANEL_TEST_HELLO),
                     words_text(s->lang, ready ? WORD_PANEL_TEST_READY : WORD_PANEL_TEST_AWAY));
}

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    sending *s = ctx;
    if (error->err != OC_OK) {
        fail(s, error);
        return;
    }
    char *text = text_of(s);
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
    *s = (sending){.chat = a->chat,
                   .account = one != NULL ? account_hold(one) : NULL,
                   .lang = chat_lang(a->chat, user_id),
                   .fn = fn,
                   .ctx = ctx};
    if (one == NULL)
        end_error(s, 404, WORD_PANEL_TEST_NO_BOT);
    else
        chat_direct_channel(a->chat, one->bot_user_id, user_id, on_channel, s);
}
