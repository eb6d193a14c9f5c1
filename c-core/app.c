// SPDX-License-Identifier: Apache-2.0
#include "app.h"

#include "admin/bot.h"
#include "admin/http.h"
#include "admin/notices.h"
#include "admin/settings.h"
#include "admin/words.h"
#include "base/log.h"
#include "base/mem.h"
#include "delivery/journal.h"
#include "delivery/node.h"
#include "delivery/watermark.h"
#include "gateway/gateway.h"
#include "net/net.h"
#include "store/identity_store.h"
#include "turn/missed.h"
#include "turn/turns.h"

#include <stdlib.h>

enum {
    UNREACHABLE_TELL_MS = 60000, // a gateway that is away for less is nobody's business
    BOT_TRIES_MAX = 10,          // of making the bot user, each up to 10 s
    BOT_PAUSE_MS = 1000,
    IDENTITY_TRIES_MAX = 15,
    IDENTITY_PAUSE_MS = 2000,
    LAST_WRITES_MS = 3000, // of the ten seconds that the server gives us at the end
};

struct app {
    loop *loop;
    chat *chat;
    void (*ended)(void *ctx);
    void *ctx;

    net *net;
    gateway *gateway;
    turns *turns;
    notices *notices;
    settings_reader *settings;
    admin_http http;
    journal *journal;
    watermark *watermark;
    missed *missed;

    const config *config; // the last good one; NULL until there is one
    char *bot_user_id;
    int bot_tries; // of making it
    gateway_identity *identity;
    int identity_tries; // of loading it
    loop_timer unreachable, bot_again, identity_again;
};

// --- the gateway ---

static void on_gateway_unreachable(void *ctx) {
    app *a = ctx;
    gateway_status status = gateway_get_status(a->gateway);
    char *text = words_gateway_notice(&status);
    notices_tell(a->notices, NOTICE_GATEWAY, text);
    free(text);
}

static void on_gateway_status(void *ctx, const gateway_status *status) {
    app *a = ctx;
    turns_gateway_status(a->turns, status);
    switch (status->state) {
    case GATEWAY_READY:
        loop_timer_cancel(&a->unreachable);
        log_info("the gateway is connected", "version", status->server_version);
        watermark_set_boot_id(a->watermark, status->boot_id);
        notices_well(a->notices, NOTICE_GATEWAY, words_gateway_well());
        break;
    case GATEWAY_PAIRING:
    case GATEWAY_HALTED:
        loop_timer_cancel(&a->unreachable);
        log_error("the gateway does not let us in", "state", gateway_state_name(status->state), "code",
                  status->code, "reason", status->sentence, "command", status->command);
        on_gateway_unreachable(a);
        break;
    case GATEWAY_BACKOFF:
        log_warn("the gateway cannot be reached", "code", status->code, "reason", status->sentence);
        if (!loop_timer_armed(&a->unreachable))
            loop_timer_set(a->loop, &a->unreachable, UNREACHABLE_TELL_MS, on_gateway_unreachable, a);
        break;
    case GATEWAY_IDLE:
    case GATEWAY_CONNECTING:
    case GATEWAY_WAIT_CHALLENGE:
    case GATEWAY_WAIT_HELLO:
        break;
    }
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    app *a = ctx;
    device_token_save(a->chat, url, token);
}

static void on_token_loaded(void *ctx, const char *token) {
    app *a = ctx;
    const gateway_config *g = &config_default(a->config)->gateway;
    gateway_settings settings = {
        .url = g->url,
        .token = g->token,
        .ca_file = g->ca_file,
        .ca_pem = g->ca_pem,
        .proxy = g->proxy,
        .version = OPENCLAW_VERSION,
    };
    gateway_configure(a->gateway, &settings, a->identity, token);
}

static void connect_gateway(app *a) {
    device_token_load(a->chat, config_default(a->config)->gateway.url, on_token_loaded, a);
}

static void load_identity(void *ctx);

static void on_identity(void *ctx, gateway_identity *identity) {
    app *a = ctx;
    // Another identity would have to be approved at the gateway anew: better to wait for the store.
    if (identity == NULL && a->identity_tries < IDENTITY_TRIES_MAX) {
        loop_timer_set(a->loop, &a->identity_again, IDENTITY_PAUSE_MS, load_identity, a);
        return;
    }
    if (identity == NULL) { // a gateway on the same machine needs none
        log_error("the store gives no device identity: one for this run is used");
        identity = gateway_identity_create();
    }
    a->identity = identity;
    connect_gateway(a);
}

static void load_identity(void *ctx) {
    app *a = ctx;
    a->identity_tries++;
    identity_store_load(a->chat, on_identity, a);
}

// --- settings and the bot ---

static void bot_is_there(void *ctx) {
    app *a = ctx;
    chat_activated(a->chat);
    settings_applied(a->settings);
    bot_dress(a->chat, a->bot_user_id);
    if (a->config == NULL)
        return;
    if (a->identity != NULL)
        connect_gateway(a);
    else if (a->identity_tries == 0)
        load_identity(a);
}

static void ensure_bot(void *ctx);

static bool try_bot_again(app *a, const chat_error *error) {
    bool passing = error->err != OC_EREMOTE || error->http_status >= 500;
    if (!passing || a->bot_tries == BOT_TRIES_MAX)
        return false;
    a->bot_tries++;
    log_warn("the bot user cannot be made yet", "error", error->message);
    loop_timer_set(a->loop, &a->bot_again, BOT_PAUSE_MS, ensure_bot, a);
    return true;
}

static void on_bot(void *ctx, const chat_error *error, const char *user_id) {
    app *a = ctx;
    if (error->err != OC_OK && try_bot_again(a, error))
        return;
    if (error->err != OC_OK) {
        log_error("the bot user cannot be made: choose another BotUsername or rename the user who has it",
                  "setting", "BotUsername", "error", error->message);
        chat_activated(a->chat);
        settings_applied(a->settings);
        return;
    }
    bool first = a->bot_user_id == NULL;
    free(a->bot_user_id);
    a->bot_user_id = xstrdup(user_id);
    a->http.bot_user_id = a->bot_user_id;
    const char *username = a->config != NULL ? config_default(a->config)->bot_username : BOT_DEFAULT_USERNAME;
    chat_set_interest(a->chat, (const char *const[]){user_id, NULL}, (const char *const[]){username, NULL},
                      NULL);
    notices_set_bot(a->notices, user_id);
    turns_configure(a->turns, a->config, user_id, username);
    missed_set_bot(a->missed, user_id, username);
    if (first)
        missed_start(a->missed, bot_is_there, a);
    else
        bot_is_there(a);
}

static void ensure_bot(void *ctx) {
    app *a = ctx;
    const account_config *c = a->config != NULL ? config_default(a->config) : NULL;
    chat_ensure_bot(a->chat, c != NULL ? c->bot_username : BOT_DEFAULT_USERNAME,
                    c != NULL ? c->bot_display_name : BOT_DEFAULT_DISPLAY_NAME, BOT_DESCRIPTION, on_bot, a);
}

static void on_settings(void *ctx, const config *now) {
    app *a = ctx;
    if (a->bot_user_id != NULL && a->config == now) {
        settings_applied(a->settings);
        return;
    }
    a->config = now;
    if (a->bot_user_id != NULL) // else on_bot does it; no post comes before the bot is there
        turns_configure(a->turns, now, a->bot_user_id, config_default(now)->bot_username);
    a->bot_tries = 0;
    ensure_bot(a);
}

static void on_settings_unreadable(void *ctx) {
    app *a = ctx;
    chat_activated(a->chat);
}

// --- events of the chat server ---

static void on_activate(void *ctx) {
    app *a = ctx;
    const char *bench = getenv("OPENCLAW_BENCH");
    a->http.bench = bench != NULL && strcmp(bench, "1") == 0;
    settings_load(a->settings);
}

static void on_post(void *ctx, const chat_post *post, chat_post_ticket *ticket) {
    app *a = ctx;
    turns_take(a->turns, post, ticket);
}

static void on_command(void *ctx, const chat_command *command, chat_command_ticket *ticket) {
    (void)ctx, (void)command;
    chat_command_answer(ticket, words_command_hint());
}

static void on_http(void *ctx, chat_http *request) {
    app *a = ctx;
    admin_http_handle(&a->http, request);
}

static void on_settings_changed(void *ctx) {
    app *a = ctx;
    settings_load(a->settings);
}

static void on_last_mark(void *ctx) {
    app *a = ctx;
    chat_stopped(a->chat);
}

static void on_journal_flushed(void *ctx) {
    app *a = ctx;
    watermark_write_last(a->watermark, on_last_mark, a);
}

static void on_stopping(void *ctx) {
    app *a = ctx;
    journal_flush(a->journal, LAST_WRITES_MS, on_journal_flushed, a);
}

static int64_t safe_until_ms(void *ctx) {
    const app *a = ctx;
    int64_t turns_ms = turns_safe_until_ms(a->turns), journal_ms = journal_safe_until_ms(a->journal);
    // A post whose outcome was told, but not written down yet, must be found again too.
    return journal_ms < turns_ms ? journal_ms : turns_ms;
}

static void on_gone(void *ctx) {
    app *a = ctx;
    a->ended(a->ctx);
}

app *app_create(loop *l, chat *c, void (*ended)(void *ctx), void *ctx) {
    static const chat_events chat_handlers = {
        .activate = on_activate,
        .post = on_post,
        .command = on_command,
        .http = on_http,
        .settings_changed = on_settings_changed,
        .stopping = on_stopping,
        .gone = on_gone,
    };
    static const gateway_events gateway_handlers = {.status = on_gateway_status,
                                                    .device_token = on_device_token};
    static const settings_events settings_handlers = {.apply = on_settings,
                                                      .unreadable = on_settings_unreadable};
    app *a = xcalloc(1, sizeof *a);
    a->loop = l;
    a->chat = c;
    a->ended = ended;
    a->ctx = ctx;
    a->net = net_create(l);
    a->gateway = gateway_create(l, a->net, &gateway_handlers, a);
    char node[NODE_NAME_BYTES];
    node_name(node);
    a->journal = journal_create(l, c, node);
    a->watermark = watermark_create(l, c, node, safe_until_ms, a);
    a->turns = turns_create(l, c, a->gateway, a->journal);
    a->missed = missed_create(l, c, a->watermark, a->turns);
    a->notices = notices_create(l, c);
    a->settings = settings_create(l, c, a->notices, &settings_handlers, a);
    a->http = (admin_http){.chat = c, .gateway = a->gateway, .bot_user_id = ""};
    chat_on(c, &chat_handlers, a);
    return a;
}

void app_destroy(app *a) {
    if (a == NULL)
        return;
    loop_timer_cancel(&a->unreachable);
    loop_timer_cancel(&a->identity_again);
    loop_timer_cancel(&a->bot_again);
    missed_destroy(a->missed);
    turns_destroy(a->turns);
    watermark_destroy(a->watermark);
    journal_destroy(a->journal);
    gateway_destroy(a->gateway);
    net_destroy(a->net);
    notices_destroy(a->notices);
    gateway_identity_destroy(a->identity);
    settings_destroy(a->settings);
    free(a->bot_user_id);
    free(a);
}
