// SPDX-License-Identifier: Apache-2.0
#include "admin/bot.h"

#include "admin/bot_picture.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

typedef struct dressing {
    chat *chat;
    char *bot_user_id;
    char *key; // holds the version of the picture that was set last
} dressing;

static void finish(dressing *d) {
    free(d->bot_user_id);
    free(d->key);
    free(d);
}

static void on_remembered(void *ctx, const chat_error *error) {
    (void)ctx;
    if (error->err != OC_OK)
        log_warn("it could not be remembered that the bot has its picture", "error", error->message);
}

static void on_set(void *ctx, const chat_error *error) {
    dressing *d = ctx;
    if (error->err == OC_OK)
        chat_kv_set(d->chat, d->key, bytes_str(BOT_PICTURE_VERSION), 0, on_remembered, NULL);
    else
        log_warn("the bot's profile picture could not be set", "error", error->message);
    finish(d);
}

static void on_known(void *ctx, const chat_error *error, bytes value, bool found) {
    dressing *d = ctx;
    if (error->err == OC_OK && (!found || !bytes_is(value, BOT_PICTURE_VERSION)))
        chat_set_profile_image(d->chat, d->bot_user_id, bot_picture_png(), on_set, d);
    else
        finish(d);
}

void bot_dress(chat *c, const char *account_id, const char *bot_user_id) {
    bool first = strcmp(account_id, "default") == 0;
    dressing *d = xmalloc(sizeof *d);
    *d = (dressing){.chat = c, .bot_user_id = xstrdup(bot_user_id)};
    d->key = first ? xstrdup("bot_picture") : xasprintf("bot_picture.%s", account_id);
    chat_kv_get(c, d->key, on_known, d);
}
