// SPDX-License-Identifier: Apache-2.0
#include "app.h"

#include "admin/bot.h"
#include "admin/http.h"
#include "admin/notices.h"
#include "admin/words.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/config.h"
#include "delivery/catch_up.h"
#include "delivery/journal.h"
#include "delivery/node.h"
#include "delivery/watermark.h"
#include "gateway/gateway.h"
#include "inbound/mention.h"
#include "net/net.h"
#include "store/identity_store.h"
#include "turn/turns.h"

#include <stdlib.h>
#include <string.h>

enum {
    UNREACHABLE_TELL_MS = 60000, // a gateway that is away for less is nobody's business
    CATCH_UP_MARGIN_MS = 10000,  // a hook may have been under way, and clocks of nodes differ
    LOOKS_MAX = 6,               // for missed posts, when a look was incomplete
    LOOK_PAUSE_MS = 5000,
    SETTINGS_TRIES_MAX = 10, // of reading them and making the bot, each up to 10 s
    SETTINGS_PAUSE_MS = 1000,
    REPLICA_LAG_MS = 3000, // reads may be so old
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
    admin_http http;
    journal *journal;
    watermark *watermark;
    catch_up *catch_up;
    int64_t missed_since_ms, active_since_ms; // wall clock
    int looks;                                // for missed posts that were incomplete
    bool looked_late; // the second look, for what a replica had not shown to the first

    config *config; // the last good one; NULL until there is one
    char *bot_user_id;
    char *problems; // of the settings, as they were told; NULL when there are none
    gateway_identity *identity;
    int identity_tries; // of loading it
    loop_timer identity_again;
    bool loading;    // a configuration is being put in force
    bool load_again; // it changed once more meanwhile
    int settings_tries;
    loop_timer unreachable, look_again, settings_again;
};

static void load_settings(app *a);

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

// --- settings: load, check, make the bot, put in force ---

static void settle(app *a) {
    a->loading = false;
    chat_activated(a->chat);
    if (a->load_again) {
        a->load_again = false;
        load_settings(a);
    }
}

static void bot_is_there(app *a) {
    settle(a);
    bot_dress(a->chat, a->bot_user_id);
    if (a->config == NULL)
        return;
    if (a->identity != NULL)
        connect_gateway(a);
    else if (a->identity_tries == 0)
        load_identity(a);
}

// --- what came while we were away ---

// What the shim's interest filter would have let through.
static bool catch_up_wants(void *ctx, char channel_type, const chat_post *post) {
    const app *a = ctx;
    const char *username = a->config != NULL ? config_default(a->config)->bot_username : BOT_DEFAULT_USERNAME;
    return channel_type == 'D' || mention_has(post->message, username);
}

static bool catch_up_has_room(void *ctx) {
    const app *a = ctx;
    return turns_has_room(a->turns);
}

static void on_missed_post(void *ctx, const chat_post *post) {
    app *a = ctx;
    turns_take_missed(a->turns, post);
}

static void look_for_missed(void *ctx);

static void look_later(app *a, int64_t delay_ms, loop_timer_fn *fn) {
    loop_timer_set(a->loop, &a->look_again, delay_ms, fn, a);
}

static void on_caught_up(void *ctx, size_t posts, bool complete) {
    app *a = ctx;
    char *count = xasprintf("%zu", posts);
    a->catch_up = NULL;
    log_info("looked for posts that came while the plugin was away", "posts", count, "complete",
             complete ? "yes" : "no");
    free(count);
    turns_hold(a->turns, false);
    if (!complete && a->looks++ < LOOKS_MAX) {
        look_later(a, LOOK_PAUSE_MS, look_for_missed);
    } else if (!a->looked_late) {
        a->looked_late = true;
        a->missed_since_ms = a->active_since_ms;
        look_later(a, REPLICA_LAG_MS, look_for_missed);
    } else {
        watermark_start(a->watermark);
    }
}

static void look_for_missed(void *ctx) {
    static const catch_up_events events = {
        .wants = catch_up_wants, .has_room = catch_up_has_room, .post = on_missed_post, .done = on_caught_up};
    app *a = ctx;
    a->catch_up =
        catch_up_start(a->loop, a->chat, a->bot_user_id, a->missed_since_ms - CATCH_UP_MARGIN_MS, &events, a);
}

static void load_marks(void *ctx);

static void on_marks(void *ctx, const watermark_facts *facts) {
    app *a = ctx;
    turns_set_earlier(a->turns, facts->nodes, facts->boot_id);
    if (a->active_since_ms == 0) {
        a->active_since_ms = loop_wall_ms(a->loop);
        turns_hold(a->turns, facts->known || !facts->readable);
        bot_is_there(a);
    }
    if (!facts->readable) { // the mark must not be moved on before it was read
        look_later(a, LOOK_PAUSE_MS, load_marks);
    } else if (facts->known) {
        a->missed_since_ms = facts->since_ms;
        look_for_missed(a);
    } else {
        watermark_start(a->watermark);
    }
}

static void load_marks(void *ctx) {
    app *a = ctx;
    watermark_load(a->watermark, on_marks, a);
}

static void read_settings(void *ctx);

// A passing trouble of the server must not leave us without settings for good. Until they are there we are not active,
// so that posts wait instead of being refused.
static bool try_settings_again(app *a, const chat_error *error) {
    bool passing = error->err != OC_EREMOTE || error->http_status >= 500;
    if (!passing || a->settings_tries == SETTINGS_TRIES_MAX)
        return false;
    a->settings_tries++;
    log_warn("the settings cannot be put in force yet", "error", error->message);
    loop_timer_set(a->loop, &a->settings_again, SETTINGS_PAUSE_MS, read_settings, a);
    return true;
}

static void on_bot(void *ctx, const chat_error *error, const char *user_id) {
    app *a = ctx;
    if (error->err != OC_OK && try_settings_again(a, error))
        return;
    if (error->err != OC_OK) {
        log_error("the bot user cannot be made: choose another BotUsername or rename the user who has it",
                  "setting", "BotUsername", "error", error->message);
        settle(a);
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
    if (first)
        load_marks(a);
    else
        bot_is_there(a);
}

static void ensure_bot(app *a) {
    const account_config *c = a->config != NULL ? config_default(a->config) : NULL;
    chat_ensure_bot(a->chat, c != NULL ? c->bot_username : BOT_DEFAULT_USERNAME,
                    c != NULL ? c->bot_display_name : BOT_DEFAULT_DISPLAY_NAME, BOT_DESCRIPTION, on_bot, a);
}

static void tell_problems(app *a, const config_problems *problems) {
    char *text = words_settings_notice(problems, a->config != NULL);
    // Every save of the server's configuration brings us here: the same problems are said once.
    bool news = a->problems == NULL || strcmp(a->problems, text) != 0;
    for (size_t i = 0; news && i < problems->count; i++)
        log_error("a setting cannot be used", "setting", problems->items[i].setting, "key",
                  problems->items[i].key, "problem", problems->items[i].sentence);
    notices_tell(a->notices, NOTICE_SETTINGS, text);
    free(a->problems);
    a->problems = text;
}

static void on_settings(void *ctx, const chat_error *error, const cJSON *settings) {
    app *a = ctx;
    config_problems problems;
    if (error->err != OC_OK && try_settings_again(a, error))
        return;
    if (error->err != OC_OK) {
        log_error("the settings could not be read from the server", "error", error->message);
        settle(a);
        return;
    }
    config *fresh = config_from_settings(settings, &problems);
    bool first = a->bot_user_id == NULL;
    if (fresh == NULL) {
        tell_problems(a, &problems);
        config_problems_free(&problems);
        // The old good configuration stays in force; without one the plugin runs and says why it does not answer.
        if (first)
            ensure_bot(a);
        else
            settle(a);
        return;
    }
    for (size_t i = 0; i < problems.count; i++)
        log_info("about the settings", "setting", problems.items[i].setting, "key", problems.items[i].key,
                 "notice", problems.items[i].sentence);
    config_problems_free(&problems);
    free(a->problems);
    a->problems = NULL;
    notices_well(a->notices, NOTICE_SETTINGS, words_settings_well());
    if (!first && config_equal(fresh, a->config)) {
        config_destroy(fresh);
        settle(a);
        return;
    }
    log_set_level(fresh->log);
    config *old = a->config;
    a->config = fresh;
    if (!first) // else on_bot does it; no post comes before the bot is there
        turns_configure(a->turns, fresh, a->bot_user_id, config_default(fresh)->bot_username);
    config_destroy(old);
    ensure_bot(a);
}

static void read_settings(void *ctx) {
    app *a = ctx;
    chat_load_settings(a->chat, on_settings, a);
}

static void load_settings(app *a) {
    if (a->loading) {
        a->load_again = true;
        return;
    }
    a->loading = true;
    a->settings_tries = 0;
    read_settings(a);
}

// --- events of the chat server ---

static void on_activate(void *ctx) {
    app *a = ctx;
    const char *bench = getenv("OPENCLAW_BENCH");
    a->http.bench = bench != NULL && strcmp(bench, "1") == 0;
    load_settings(a);
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
    load_settings(ctx);
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
    a->notices = notices_create(l, c);
    a->http = (admin_http){.chat = c, .gateway = a->gateway, .bot_user_id = ""};
    chat_on(c, &chat_handlers, a);
    return a;
}

void app_destroy(app *a) {
    if (a == NULL)
        return;
    loop_timer_cancel(&a->unreachable);
    loop_timer_cancel(&a->identity_again);
    loop_timer_cancel(&a->look_again);
    loop_timer_cancel(&a->settings_again);
    catch_up_cancel(a->catch_up);
    turns_destroy(a->turns);
    watermark_destroy(a->watermark);
    journal_destroy(a->journal);
    gateway_destroy(a->gateway);
    net_destroy(a->net);
    notices_destroy(a->notices);
    gateway_identity_destroy(a->identity);
    config_destroy(a->config);
    free(a->bot_user_id);
    free(a->problems);
    free(a);
}
