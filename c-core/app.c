// SPDX-License-Identifier: Apache-2.0
#include "app_private.h"

#include <stdlib.h>
#include <string.h>

<<<<<<< HEAD
=======
enum {
    // Of the ten seconds that the server gives us at the end.
    THREADS_WRITES_MS = 1000,
    LAST_WRITES_MS = 3000,
};

struct app {
    loop *loop;
    chat *chat;
    void (*ended)(void *ctx);
    void *ctx;

    net *net;
    notices *notices;
    settings_reader *settings;
    accounts *accounts;
    gateway_watch *gateway_watch;
    beside_watch *beside_watch;
    concern *concern;
    journal *journal;
    watermark *watermark;
    pairings *pairings;
    participation *threads;
    talk_settings *talk;
    pairing_desk *pairing;
    command_world commands;
    doctor *doctor;
    interactions_world interactions;
    resolver *resolver;
    tools *tools;
    tools_node *tools_node;
    mcp *mcp;
    clicks *clicks;
    open_asks *open_asks;
    asks *asks;
    question_desk *questions;
    approval_desk *approvals;
    native_commands *native;
    turns *turns;
    media *media;
    missed *missed;
    common_work *common;
    admin_http http;
    metrics_sources metrics;
    char node[NODE_NAME_BYTES];
    bool applying; // settings are being put in force
    bool active;   // there is a bot; what came while we were away is looked for
};

>>>>>>> 1ea563c (The doctor asks side by side and judges by a table of 45 checks; GET /api/v1/doctor; each check has its place in docs/troubleshooting.md)
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

<<<<<<< HEAD
=======
// --- pairing and commands ---

static account *account_at(void *ctx, size_t index) {
    const app *a = ctx;
    return index < accounts_count(a->accounts) ? accounts_at(a->accounts, index) : NULL;
}

static const char *default_account(void *ctx) {
    const app *a = ctx;
    const config *rules = accounts_config(a->accounts);
    return rules != NULL ? config_default(rules)->id : NULL;
}

static const account *pairing_account(void *ctx, size_t index) {
    return account_at(ctx, index);
}

static void reload(void *ctx) {
    app *a = ctx;
    for (size_t i = 0; i < accounts_count(a->accounts); i++) {
        const account *one = accounts_at(a->accounts, i);
        if (one->gateway != NULL)
            gateway_retry(one->gateway);
        if (one->control != NULL)
            control_retry(one->control);
    }
    settings_load(a->settings);
}

static bool has_rules(void *ctx) {
    const app *a = ctx;
    return accounts_config(a->accounts) != NULL;
}

static char *problems_of_accounts(void *ctx) {
    const app *a = ctx;
    return accounts_problems(a->accounts);
}

static bool ask_agent(void *ctx, const chat_post *said, const char *account_id, const char *suffix) {
    app *a = ctx;
    return turns_take_click(a->turns, said, account_id, suffix);
}

static size_t stop_place(void *ctx, const bot_place *p) {
    const app *a = ctx;
    return turns_stop_place(a->turns, p);
}

static void on_paired(void *ctx, const chat_post *post, const char *account_id) {
    app *a = ctx;
    turns_take_released(a->turns, post, account_id, PAIRING_RELEASE_SUFFIX);
}

static void count_turns(void *ctx, metrics_turns *out) {
    const app *a = ctx;
    int64_t age_ms = loop_wall_ms(a->loop) - turns_safe_until_ms(a->turns);
    out->open = turns_open(a->turns);
    out->oldest_ms = out->open > 0 && age_ms > 0 ? age_ms : 0;
}

static void tell_own(void *ctx, doctor_own *out) {
    const app *a = ctx;
    metrics_turns waiting = {.open = 0};
    const journal_counts *written = journal_get_counts(a->journal);
    count_turns(ctx, &waiting);
    *out = (doctor_own){.open_posts = waiting.open,
                        .oldest_open_ms = waiting.oldest_ms,
                        .works_alone = common_work_held(a->common),
                        .unwritten = written->not_recorded,
                        .cores = (int64_t)metric_value(METRIC_CORES, NULL)};
}

static void create_interactions(app *a) {
    a->doctor = doctor_create(&(doctor_world){.loop = a->loop,
                                              .chat = a->chat,
                                              .account = account_at,
                                              .hold = account_hold,
                                              .release = account_release,
                                              .has_rules = has_rules,
                                              .problems = problems_of_accounts,
                                              .own = tell_own,
                                              .ctx = a});
    a->pairings = pairings_create(a->loop, a->chat);
    a->threads = participation_create(a->loop, a->chat);
    a->talk = talk_settings_create(a->loop, a->chat);
    a->pairing = pairing_desk_create(&(pairing_world){.loop = a->loop,
                                                      .chat = a->chat,
                                                      .store = a->pairings,
                                                      .journal = a->journal,
                                                      .node = a->node,
                                                      .account = pairing_account,
                                                      .release = on_paired,
                                                      .ctx = a});
    a->interactions =
        (interactions_world){.pairing = a->pairing, .buttons = buttons_create(a->loop, a->chat)};
    a->commands = (command_world){.loop = a->loop,
                                  .chat = a->chat,
                                  .pairing = a->pairing,
                                  .why = {.chat = a->chat,
                                          .journal = a->journal,
                                          .paired = a->pairings,
                                          .threads = a->threads,
                                          .command = commands_class,
                                          .account = account_at,
                                          .hold = account_hold,
                                          .release = account_release,
                                          .ctx = a},
                                  .place = {.chat = a->chat,
                                            .paired = a->pairings,
                                            .threads = a->threads,
                                            .account = account_at,
                                            .default_account = default_account,
                                            .ctx = a},
                                  .talk = a->talk,
                                  .stop = stop_place,
                                  .ask = ask_agent,
                                  .reload = reload,
                                  .doctor = a->doctor,
                                  .ctx = a};
    a->native = native_create(&a->commands);
}

// --- questions and approvals ---

static bool find_run(void *ctx, const char *run_id, ask_spot *out) {
    const app *a = ctx;
    return turns_find_run(a->turns, run_id, out);
}

static bool waits_for_people(void *ctx, const char *run_id) {
    const app *a = ctx;
    return question_desk_waits(a->questions, run_id) || approval_desk_waits(a->approvals, run_id);
}

static void create_asks(app *a) {
    const ask_spots spots = {.accounts = a->accounts, .run = find_run, .ctx = a};
    buttons *b = a->interactions.buttons;
    a->open_asks = open_asks_create(a->loop, a->chat);
    a->asks = asks_create(&(asks_world){
        .loop = a->loop, .chat = a->chat, .buttons = b, .store = a->open_asks, .node = a->node});
    a->questions = question_desk_create(&(question_world){.loop = a->loop,
                                                          .asks = a->asks,
                                                          .buttons = b,
                                                          .accounts = a->accounts,
                                                          .spots = spots,
                                                          .place = &a->commands.place});
    a->approvals = approval_desk_create(&(approval_world){.loop = a->loop,
                                                          .chat = a->chat,
                                                          .asks = a->asks,
                                                          .buttons = b,
                                                          .accounts = a->accounts,
                                                          .spots = spots});
    a->commands.approvals = a->approvals;
}

// --- what the agent does by itself ---

static void create_outbound(app *a) {
    a->resolver = resolver_create(a->loop, a->chat);
    a->tools = tools_create(&(tools_parts){.loop = a->loop,
                                           .chat = a->chat,
                                           .accounts = a->accounts,
                                           .resolver = a->resolver,
                                           .media = a->media,
                                           .threads = a->threads,
                                           .paired = a->pairings});
    a->tools_node = tools_node_create(a->tools, a->accounts);
    a->common = common_work_create(&(common_work_parts){.loop = a->loop,
                                                        .chat = a->chat,
                                                        .accounts = a->accounts,
                                                        .resolver = a->resolver,
                                                        .media = a->media,
                                                        .paired = a->pairings,
                                                        .threads = a->threads,
                                                        .node = a->node});
    a->mcp = mcp_create(a->loop, a->tools, a->accounts);
}

static void destroy_outbound(app *a) {
    common_work_rest(a->common);
    resolver_destroy(a->resolver); // its questions end before those who asked them
    tools_node_destroy(a->tools_node);
    mcp_destroy(a->mcp);
    tools_destroy(a->tools);
}

static void create_clicks(app *a) {
    a->commands.picker = model_picker_create(a->loop, a->interactions.buttons, &a->commands.place);
    a->commands.settings =
        settings_dialog_create(a->loop, a->interactions.buttons, &a->commands.place, a->talk);
    a->clicks = clicks_create(&(clicks_world){.loop = a->loop,
                                              .chat = a->chat,
                                              .buttons = a->interactions.buttons,
                                              .turns = a->turns,
                                              .journal = a->journal,
                                              .node = a->node,
                                              .places = a->commands.place});
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

static void on_post_edited(void *ctx, const chat_post *now, const chat_post *before,
                           chat_post_ticket *ticket) {
    app *a = ctx;
    turns_post_edited(a->turns, now, before, ticket);
}

static void on_post_deleted(void *ctx, const chat_post *post) {
    app *a = ctx;
    turns_post_deleted(a->turns, post->id);
}

static void on_reaction(void *ctx, const chat_reaction *reaction, bool added) {
    app *a = ctx;
    turns_reaction(a->turns, reaction, added);
}

static void on_command(void *ctx, const chat_command *command, chat_command_ticket *ticket) {
    app *a = ctx;
    native_execute(a->native, command, ticket);
}

static void on_http(void *ctx, chat_http *request) {
    app *a = ctx;
    if (!mcp_http(a->mcp, request) && !command_lists_http(&a->commands, request) &&
        !interactions_http(&a->interactions, request))
        admin_http_handle(&a->http, request);
}

static void create_http(app *a) {
    a->metrics = (metrics_sources){.accounts = a->accounts, .turns = count_turns, .ctx = a};
    a->http = (admin_http){.chat = a->chat,
                           .accounts = a->accounts,
                           .metrics = &a->metrics,
                           .panel = pairing_desk_panel(a->pairing),
                           .doctor = a->doctor,
                           .node = a->node};
}

static void on_metrics(void *ctx, chat_http *request) {
    app *a = ctx;
    metrics_answer(&a->metrics, request);
}

static void on_settings_changed(void *ctx) {
    app *a = ctx;
    settings_load(a->settings);
}

static void on_membership(void *ctx, const char *channel_id, const char *bot_user_id, bool joined) {
    app *a = ctx;
    (void)bot_user_id, (void)joined;
    resolver_forget_channel(a->resolver, channel_id);
    concern_membership(a->concern, channel_id);
}

static void on_missed(void *ctx, int64_t since_ms) {
    app *a = ctx;
    missed_look_since(a->missed, since_ms);
}

static void on_last_mark(void *ctx) {
    app *a = ctx;
    chat_stopped(a->chat);
}

static void on_journal_flushed(void *ctx) {
    app *a = ctx;
    watermark_write_last(a->watermark, on_last_mark, a);
}

static void on_threads_flushed(void *ctx) {
    app *a = ctx;
    journal_flush(a->journal, LAST_WRITES_MS, on_journal_flushed, a);
}

static void on_stopping(void *ctx) {
    app *a = ctx;
    common_work_stop(a->common);
    participation_flush(a->threads, THREADS_WRITES_MS, on_threads_flushed, a);
}

static int64_t safe_until_ms(void *ctx) {
    const app *a = ctx;
    int64_t turns_ms = turns_safe_until_ms(a->turns), journal_ms = journal_safe_until_ms(a->journal);
    int64_t told_ms = chat_told_until_ms(a->chat);
    // A post whose outcome was told, but not written down yet, must be found again too.
    int64_t ours_ms = journal_ms < turns_ms ? journal_ms : turns_ms;
    return told_ms < ours_ms ? told_ms : ours_ms;
}

static void on_gone(void *ctx) {
    app *a = ctx;
    a->ended(a->ctx);
}

>>>>>>> 1ea563c (The doctor asks side by side and judges by a table of 45 checks; GET /api/v1/doctor; each check has its place in docs/troubleshooting.md)
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
    a->notices = notices_create(l, c);
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
    settings_destroy(a->settings);
    net_destroy(a->net);
    notices_destroy(a->notices);
    free(a);
}
