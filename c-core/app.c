// SPDX-License-Identifier: Apache-2.0
#include "app_private.h"

#include <stdlib.h>
#include <string.h>

// --- accounts: their bots and their gateways ---

static void on_gateway_status(void *ctx, gateway *g, const gateway_status *status) {
    app *a = ctx;
    char *names = accounts_of_gateway(a->accounts, g);
    if (status->state == GATEWAY_READY) {
        char *boots = boots_add(watermark_boot_id(a->watermark), status->boot_id);
        watermark_set_boot_id(a->watermark, boots);
        free(boots);
        if (a->active)
            native_refresh(a->native); // its skills
    }
    turns_gateway_status(a->turns, g, status);
    gateway_watch_status(a->gateway_watch, g, status, names);
    free(names);
}

static void tell_problems(app *a) {
    char *problems = accounts_problems(a->accounts);
    char *text = problems != NULL ? words_accounts_notice(problems) : NULL;
    if (text != NULL)
        notices_tell(a->notices, NOTICE_ACCOUNTS, text);
    else
        notices_well(a->notices, NOTICE_ACCOUNTS, words_accounts_well());
    free(text);
    free(problems);
}

static void forget_old_gateways(app *a) {
    size_t count = accounts_count(a->accounts), used = 0;
    const gateway **in_use = xcalloc(count + 1, sizeof(gateway *));
    for (size_t i = 0; i < count; i++) {
        const account *one = accounts_at(a->accounts, i);
        if (one->gateway != NULL)
            in_use[used++] = one->gateway;
    }
    gateway_watch_keep(a->gateway_watch, in_use);
    free(in_use);
}

static void on_ready(void *ctx) {
    app *a = ctx;
    chat_activated(a->chat);
    if (a->applying) {
        a->applying = false;
        settings_applied(a->settings);
    }
    if (!a->active)
        return;
    native_refresh(a->native);
    pairing_desk_resume(a->pairing); // not before it is known what earlier processes did
    clicks_resume(a->clicks);
}

static void begin(app *a) {
    a->active = true;
    native_refresh(a->native);
    talk_settings_load(a->talk);
    missed_start(a->missed, on_ready, a);
}

// Perhaps long after the settings: the server had given no bot.
static void on_bot(void *ctx, const account *bot) {
    app *a = ctx;
    const account *first = accounts_at(a->accounts, 0);
    notices_set_bot(a->notices, first->bot_user_id);
    bot_dress(a->chat, bot->id, bot->bot_user_id);
    gateway_watch_bots_changed(a->gateway_watch);
    if (a->applying)
        return;
    concern_announce(a->concern);
    if (!a->active) {
        begin(a);
        return;
    }
    missed_look_again(a->missed);
    pairing_desk_resume(a->pairing);
}

static void on_server_info(void *ctx, const chat_error *error, const chat_server_info *info) {
    app *a = ctx;
    (void)error; // then these are Mattermost's defaults
    turns_set_post_limit(a->turns, (size_t)info->max_post_runes);
    common_work_server(a->common, info->clustered, (size_t)info->max_post_runes);
}

static void on_accounts(void *ctx) {
    app *a = ctx;
    chat_get_server_info(a->chat, on_server_info, a);
    const account *first = accounts_at(a->accounts, 0);
    concern_announce(a->concern);
    turns_accounts_changed(a->turns);
    missed_accounts_changed(a->missed);
    forget_old_gateways(a);
    gateway_watch_bots_changed(a->gateway_watch);
    tools_node_refresh(a->tools_node);
    tell_problems(a);
    if (first != NULL && !a->active)
        begin(a);
    else
        on_ready(a);
}

static void on_settings(void *ctx, const config *now) {
    app *a = ctx;
    char *problems = accounts_problems(a->accounts);
    bool same = a->active && now == accounts_config(a->accounts) && problems == NULL;
    free(problems);
    a->applying = true;
    if (same)
        on_ready(a);
    else
        accounts_apply(a->accounts, now);
    forget_old_gateways(a); // before one of them is gone
}

static void on_settings_unreadable(void *ctx) {
    app *a = ctx;
    chat_activated(a->chat);
}

app *app_create(loop *l, chat *c, void (*ended)(void *ctx), void *ctx) {
    static const accounts_events account_handlers = {
        .settled = on_accounts, .bot = on_bot, .status = on_gateway_status};
    static const settings_events settings_handlers = {.apply = on_settings,
                                                      .unreadable = on_settings_unreadable};
    app *a = xcalloc(1, sizeof *a);
    a->loop = l;
    a->chat = c;
    a->ended = ended;
    a->ctx = ctx;
    metric_set(METRIC_START, NULL, (double)loop_wall_ms(l) / 1000);
    node_name(a->node);
    a->net = net_create(l);
    a->notices = notices_create(l, c, a->node);
    a->settings = settings_create(l, c, a->notices, &settings_handlers, a);
    a->accounts = accounts_create(l, c, a->net, &account_handlers, a);
    a->gateway_watch = gateway_watch_create(l, a->notices);
    gateway_watch_greet(a->gateway_watch, a->accounts);
    a->beside_watch = beside_watch_create(a->accounts, a->notices);
    a->concern = concern_create(c, a->accounts);
    a->journal = journal_create(l, c, a->node);
    a->watermark = watermark_create(l, c, a->node, app_safe_until_ms, a);
    app_create_interactions(a);
    app_create_asks(a);
    a->media = media_create(l, a->net, c);
    a->looks = second_looks_create(l, c);
    app_create_outbound(a);
    a->turns = turns_create(&(turns_parts){.loop = l,
                                           .chat = c,
                                           .accounts = a->accounts,
                                           .concern = a->concern,
                                           .journal = a->journal,
                                           .commands = &a->commands,
                                           .paired = a->pairings,
                                           .threads = a->threads,
                                           .pairing = a->pairing,
                                           .media = a->media,
                                           .talk = a->talk,
                                           .buttons = a->interactions.buttons,
                                           .looks = a->looks,
                                           .waits = app_waits_for_people,
                                           .hear = app_hear,
                                           .ctx = a});
    app_create_clicks(a);
    a->missed = missed_create(&(missed_parts){.loop = l,
                                              .journal = a->journal,
                                              .chat = c,
                                              .accounts = a->accounts,
                                              .concern = a->concern,
                                              .watermark = a->watermark,
                                              .turns = a->turns});
    app_create_http(a);
    chat_on(c, app_chat_events(), a);
    return a;
}

const metrics_sources *app_metrics(const app *a) {
    return &a->metrics;
}

void app_destroy(app *a) {
    if (a == NULL)
        return;
    missed_destroy(a->missed);
    turns_destroy(a->turns);
    app_destroy_outbound(a);
    second_looks_destroy(a->looks);
    media_destroy(a->media);
    watermark_destroy(a->watermark);
    journal_destroy(a->journal);
    pairings_destroy(a->pairings);
    participation_destroy(a->threads);
    talk_settings_destroy(a->talk);
    pairing_desk_destroy(a->pairing);
    concern_destroy(a->concern);
    gateway_watch_destroy(a->gateway_watch);
    beside_watch_stop(a->beside_watch);
    doctor_destroy(a->doctor);     // before the accounts that it holds
    accounts_destroy(a->accounts); // what it gives up is still told
    common_work_destroy(a->common);
    beside_watch_destroy(a->beside_watch);
    open_asks_destroy(a->open_asks);
    asks_destroy(a->asks);
    question_desk_destroy(a->questions);
    approval_desk_destroy(a->approvals);
    adopted_buttons_destroy(a->interactions.adopted);
    buttons_destroy(a->interactions.buttons);
    clicks_destroy(a->clicks);
    model_picker_destroy(a->commands.picker);
    settings_dialog_destroy(a->commands.settings);
    native_destroy(a->native);
    purge_destroy(a->commands.purge);
    settings_destroy(a->settings);
    net_destroy(a->net);
    notices_destroy(a->notices);
    free(a);
}
