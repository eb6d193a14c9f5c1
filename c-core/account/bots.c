// SPDX-License-Identifier: Apache-2.0
#include "account/bots.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DESCRIPTION "An AI agent of your own OpenClaw gateway."

typedef struct making {
    chat *chat;
    char *account_id, *username, *display_name, *user_id;
    chat_text_fn *fn;
    void *ctx;
} making;

static void finish(making *m, const chat_error *error) {
    m->fn(m->ctx, error, m->user_id);
    free(m->account_id);
    free(m->username);
    free(m->display_name);
    free(m->user_id);
    free(m);
}

static char *store_key(const making *m) {
    return xasprintf("bot.%s", m->account_id);
}

static void keep_id(making *m, const char *user_id) {
    free(m->user_id);
    m->user_id = xstrdup(user_id);
}

// The server gives the plugin's own bot whoever has its name, a person too.
static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    making *m = ctx;
    const chat_error taken = {
        .err = OC_EDENIED, .id = "", .message = "the name belongs to a person, not to a bot"};
    // The bot is there; who cannot be looked up is looked up again.
    const chat_error unknown = {.err = OC_ETIMEOUT, .id = "", .message = error->message};
    if (error->err != OC_OK)
        finish(m, &unknown);
    else
        finish(m, user->is_bot ? error : &taken);
}

static void on_ensured(void *ctx, const chat_error *error, const char *user_id) {
    making *m = ctx;
    keep_id(m, user_id);
    if (error->err == OC_OK)
        chat_get_user(m->chat, m->user_id, on_user, m);
    else
        finish(m, error);
}

// --- further bots ---

static void on_remembered(void *ctx, const chat_error *error) {
    (void)ctx;
    if (error->err != OC_OK) // then it is found by its name the next time
        log_warn("the bot user of an account could not be noted", "error", error->message);
}

static void remember(making *m) {
    char *key = store_key(m);
    chat_kv_set(m->chat, key, bytes_str(m->user_id), 0, on_remembered, NULL);
    free(key);
}

static void on_made(void *ctx, const chat_error *error, const char *user_id) {
    making *m = ctx;
    if (error->err == OC_OK) {
        keep_id(m, user_id);
        remember(m);
    }
    finish(m, error);
}

static void on_own_bots(void *ctx, const chat_error *error, const cJSON *bots) {
    making *m = ctx;
    const cJSON *bot = NULL;
    if (error->err != OC_OK) {
        finish(m, error);
        return;
    }
    cJSON_ArrayForEach(bot, bots) {
        if (strcasecmp(json_text(bot, "username"), m->username) == 0) {
            on_made(m, error, json_text(bot, "user_id"));
            return;
        }
    }
    chat_create_bot(m->chat, m->username, m->display_name, DESCRIPTION, on_made, m);
}

static void on_renamed(void *ctx, const chat_error *error) {
    making *m = ctx;
    if (error->err == OC_ENOTFOUND) // somebody removed it
        chat_own_bots(m->chat, on_own_bots, m);
    else
        finish(m, error);
}

static void on_known(void *ctx, const chat_error *error, bytes value, bool found) {
    making *m = ctx;
    if (error->err != OC_OK) {
        finish(m, error);
    } else if (!found || value.len == 0) {
        chat_own_bots(m->chat, on_own_bots, m);
    } else {
        m->user_id = xstrndup((const char *)value.data, value.len);
        chat_rename_bot(m->chat, m->user_id, m->username, m->display_name, DESCRIPTION, on_renamed, m);
    }
}

void bot_make(chat *c, const char *account_id, const char *username, const char *display_name,
              chat_text_fn *fn, void *ctx) {
    making *m = xcalloc(1, sizeof *m);
    *m = (making){.chat = c, .fn = fn, .ctx = ctx};
    m->account_id = xstrdup(account_id);
    m->username = xstrdup(username);
    m->display_name = xstrdup(display_name);
    if (strcmp(account_id, "default") == 0) {
        chat_ensure_bot(c, username, display_name, DESCRIPTION, on_ensured, m);
        return;
    }
    char *key = store_key(m);
    chat_kv_get(c, key, on_known, m);
    free(key);
}
