// SPDX-License-Identifier: Apache-2.0
#include "app_private.h"

#include <stdlib.h>
#include <string.h>

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

void app_create_interactions(app *a) {
    a->doctor = doctor_create(&(doctor_world){.loop = a->loop,
                                              .chat = a->chat,
                                              .account = account_at,
                                              .hold = account_hold,
                                              .release = account_release,
                                              .has_rules = has_rules,
                                              .problems = problems_of_accounts,
                                              .ctx = a,
                                              .own = app_tell_own,
                                              .own_ctx = a});
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
                                  .purge = purge_create(a->loop, a->chat),
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

bool app_waits_for_people(void *ctx, const char *run_id) {
    const app *a = ctx;
    return question_desk_waits(a->questions, run_id) || approval_desk_waits(a->approvals, run_id);
}

void app_hear(void *ctx, const question_said *said, question_heard_fn *fn, void *fn_ctx) {
    const app *a = ctx;
    question_desk_hear(a->questions, said, fn, fn_ctx);
}

static void on_questions_changed(void *ctx) {
    const app *a = ctx;
    if (a->turns != NULL)
        turns_hear_again(a->turns);
}

void app_create_asks(app *a) {
    const ask_spots spots = {.accounts = a->accounts, .run = find_run, .ctx = a};
    buttons *b = a->interactions.buttons;
    a->open_asks = open_asks_create(a->loop, a->chat);
    a->asks = asks_create(&(asks_world){.loop = a->loop,
                                        .chat = a->chat,
                                        .buttons = b,
                                        .store = a->open_asks,
                                        .node = a->node,
                                        .shown = on_questions_changed,
                                        .ctx = a});
    a->questions = question_desk_create(&(question_world){.loop = a->loop,
                                                          .asks = a->asks,
                                                          .buttons = b,
                                                          .accounts = a->accounts,
                                                          .spots = spots,
                                                          .place = &a->commands.place,
                                                          .changed = on_questions_changed,
                                                          .ctx = a});
    a->approvals = approval_desk_create(&(approval_world){.loop = a->loop,
                                                          .chat = a->chat,
                                                          .asks = a->asks,
                                                          .buttons = b,
                                                          .accounts = a->accounts,
                                                          .spots = spots});
    a->commands.approvals = a->approvals;
}

// --- what the agent does by itself ---

void app_create_outbound(app *a) {
    a->resolver = resolver_create(a->loop, a->chat);
    a->tools = tools_create(&(tools_parts){.loop = a->loop,
                                           .chat = a->chat,
                                           .accounts = a->accounts,
                                           .resolver = a->resolver,
                                           .media = a->media,
                                           .threads = a->threads,
                                           .paired = a->pairings,
                                           .looks = a->looks});
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

void app_destroy_outbound(app *a) {
    common_work_rest(a->common);
    resolver_destroy(a->resolver); // its questions end before those who asked them
    tools_node_destroy(a->tools_node);
    mcp_destroy(a->mcp);
    tools_destroy(a->tools);
}

void app_create_clicks(app *a) {
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
    a->interactions.adopted =
        adopted_buttons_create(a->chat, a->interactions.buttons, &a->commands.place, CLICKS_KIND);
}
