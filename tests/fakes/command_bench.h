// SPDX-License-Identifier: Apache-2.0
// Commands between a fake chat server and a fake gateway: what the tests of commands share. Included by them.
#ifndef OC_FAKES_COMMAND_BENCH_H
#define OC_FAKES_COMMAND_BENCH_H

#include "account/accounts.h"
#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "fakes/fake_gateway_runs.c"
#include "fakes/two_accounts.h"
#include "interactions/commands.h"

static loop *LOOP;
static config *RULES;
static accounts *ACCOUNTS;
static pairings *STORE;
static participation *THREADS;
static talk_settings *TALK;
static pairing_desk *DESK;
static doctor *DOCTOR;
static command_world WORLD;
static size_t STOPPED;
static int RELOADED;

static account *bench_account(void *ctx, size_t index) {
    (void)ctx;
    return index < accounts_count(ACCOUNTS) ? accounts_at(ACCOUNTS, index) : NULL;
}

static const account *bench_account_const(void *ctx, size_t index) {
    return bench_account(ctx, index);
}

static const char *bench_default(void *ctx) {
    (void)ctx;
    return RULES->default_account;
}

static size_t bench_stop(void *ctx, const bot_place *p) {
    (void)ctx, (void)p;
    return STOPPED;
}

static void bench_reload(void *ctx) {
    (void)ctx;
    RELOADED++;
}

static bool bench_has_rules(void *ctx) {
    (void)ctx;
    return accounts_config(ACCOUNTS) != NULL;
}

static char *bench_problems(void *ctx) {
    (void)ctx;
    return accounts_problems(ACCOUNTS);
}

static void bench_own(void *ctx, doctor_own *out) {
    (void)ctx;
    *out = (doctor_own){.works_alone = true, .cores = 1};
}

static void on_bench_settled(void *ctx) {
    (void)ctx;
}

static void on_bench_bot(void *ctx, const account *a) {
    (void)ctx, (void)a;
}

static void on_bench_status(void *ctx, gateway *g, const gateway_status *status) {
    (void)ctx, (void)g, (void)status;
}

// rules are taken.
static void start_bench(config *rules) {
    static const accounts_events events = {
        .settled = on_bench_settled, .bot = on_bench_bot, .status = on_bench_status};
    LOOP = loop_create(&FAKE_CLOCK);
    RULES = rules;
    (void)fake_chat_create();
    fake_runs_create(GATEWAY_READY);
    RUNS.takes_calls = true;
    ACCOUNTS = accounts_create(LOOP, &THE_CHAT, NULL, &events, NULL);
    accounts_apply(ACCOUNTS, rules);
    fake_clock_pass(LOOP, 100);
    assert_int_equal(accounts_count(ACCOUNTS), rules->account_count);
    STORE = pairings_create(LOOP, &THE_CHAT);
    THREADS = participation_create(LOOP, &THE_CHAT);
    TALK = talk_settings_create(LOOP, &THE_CHAT);
    const pairing_world pw = {
        .loop = LOOP, .chat = &THE_CHAT, .store = STORE, .node = "n", .account = bench_account_const};
    DESK = pairing_desk_create(&pw);
    DOCTOR = doctor_create(&(doctor_world){.loop = LOOP,
                                           .chat = &THE_CHAT,
                                           .account = bench_account,
                                           .hold = account_hold,
                                           .release = account_release,
                                           .has_rules = bench_has_rules,
                                           .problems = bench_problems,
                                           .own = bench_own});
    WORLD = (command_world){.loop = LOOP,
                            .chat = &THE_CHAT,
                            .pairing = DESK,
                            .why = {.chat = &THE_CHAT},
                            .place = {.chat = &THE_CHAT,
                                      .paired = STORE,
                                      .threads = THREADS,
                                      .account = bench_account,
                                      .default_account = bench_default},
                            .talk = TALK,
                            .doctor = DOCTOR,
                            .purge = purge_create(LOOP, &THE_CHAT),
                            .reload = bench_reload,
                            .stop = bench_stop};
    STOPPED = 0;
    RELOADED = 0;
}

static void end_bench(void) {
    doctor_destroy(DOCTOR);
    pairings_destroy(STORE);
    participation_destroy(THREADS);
    talk_settings_destroy(TALK);
    pairing_desk_destroy(DESK);
    purge_destroy(WORLD.purge);
    accounts_destroy(ACCOUNTS);
    loop_destroy(LOOP);
    fake_runs_destroy();
    fake_chat_destroy();
    config_destroy(RULES);
}

// Given as a slash command; the answer is in FAKE.command_answer, NULL while there is none.
static inline void give_at(const char *user, const char *channel, const char *root, const char *text) {
    const chat_command command = {.user_id = user,
                                  .channel_id = channel,
                                  .team_id = "team",
                                  .root_id = root,
                                  .trigger_id = "trigger",
                                  .command = text};
    free(FAKE.command_answer);
    FAKE.command_answer = NULL;
    commands_execute(&WORLD, &command, fake_chat_command_ticket());
}

static inline bool said(const char *part) {
    return FAKE.command_answer != NULL && strstr(FAKE.command_answer, part) != NULL;
}

static inline cJSON *json_of(const char *text) {
    cJSON *out = cJSON_Parse(text);
    assert_non_null(out);
    return out;
}

#endif
