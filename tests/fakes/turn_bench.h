// SPDX-License-Identifier: Apache-2.0
// Turns between a fake chat server and a fake gateway: what the tests of turns share. Included by them.
#ifndef OC_FAKES_TURN_BENCH_H
#define OC_FAKES_TURN_BENCH_H

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "delivery/journal.h"
#include "fakes/fake_gateway_runs.c"
#include "fakes/two_accounts.h"
#include "interactions/commands.h"
#include "turn/turns.h"
#include "turn/turns_clicks.h"

static loop *LOOP;
static accounts *ACCOUNTS;
static concern *CONCERN;
static turns *TURNS;
static media *MEDIA;
static journal *JOURNAL;
static participation *THREADS;
static talk_settings *TALK;
static config *RULES;
static buttons *BUTTONS;
static clicks *CLICKS;

static char ALICE[] = "alicealicealicealicealicea";

static config *rules(void) {
    config *c = one_account(ALICE);
    assert_non_null(c);
    return c;
}

static void on_settled(void *ctx) {
    (void)ctx;
}

static void on_bot_made(void *ctx, const account *a) {
    (void)ctx, (void)a;
}

static void on_status(void *ctx, gateway *g, const gateway_status *status) {
    (void)ctx;
    turns_gateway_status(TURNS, g, status);
}

// Pairing and commands, for tests that want them (WITH_PAIRING before start_core).
static bool WITH_PAIRING;
static pairings *PAIRED;
static pairing_desk *DESK;
static command_world COMMANDS;

static const account *bench_account(void *ctx, size_t index) {
    (void)ctx;
    return index < accounts_count(ACCOUNTS) ? accounts_at(ACCOUNTS, index) : NULL;
}

static void bench_release(void *ctx, const chat_post *post, const char *account_id) {
    (void)ctx;
    turns_take_released(TURNS, post, account_id, PAIRING_RELEASE_SUFFIX);
}

static void start_pairing(void) {
    PAIRED = pairings_create(LOOP, &THE_CHAT);
    DESK = pairing_desk_create(&(pairing_world){.loop = LOOP,
                                                .chat = &THE_CHAT,
                                                .store = PAIRED,
                                                .journal = JOURNAL,
                                                .node = "node",
                                                .account = bench_account,
                                                .release = bench_release});
    COMMANDS = (command_world){.chat = &THE_CHAT, .pairing = DESK};
}

static account *bench_any_account(void *ctx, size_t index) {
    (void)ctx;
    return index < accounts_count(ACCOUNTS) ? accounts_at(ACCOUNTS, index) : NULL;
}

static const char *bench_default_account(void *ctx) {
    (void)ctx;
    return "default";
}

// What tells whether a message answers a question of the agent; NULL: none does (set it before start_core).
static void (*HEAR)(void *ctx, const question_said *said, question_heard_fn *fn, void *fn_ctx);

// A core from its start on, with these rules.
static void start_core(const config *c) {
    static const accounts_events events = {.settled = on_settled, .bot = on_bot_made, .status = on_status};
    ACCOUNTS = accounts_create(LOOP, &THE_CHAT, NULL, &events, NULL);
    accounts_apply(ACCOUNTS, c);
    CONCERN = concern_create(&THE_CHAT, ACCOUNTS);
    JOURNAL = journal_create(LOOP, &THE_CHAT, "node");
    THREADS = participation_create(LOOP, &THE_CHAT);
    TALK = talk_settings_create(LOOP, &THE_CHAT);
    MEDIA = media_create(LOOP, NULL, &THE_CHAT);
    if (WITH_PAIRING)
        start_pairing();
    BUTTONS = buttons_create(LOOP, &THE_CHAT);
    TURNS = turns_create(&(turns_parts){.loop = LOOP,
                                        .chat = &THE_CHAT,
                                        .accounts = ACCOUNTS,
                                        .concern = CONCERN,
                                        .journal = JOURNAL,
                                        .threads = THREADS,
                                        .media = MEDIA,
                                        .talk = TALK,
                                        .buttons = BUTTONS,
                                        .commands = WITH_PAIRING ? &COMMANDS : NULL,
                                        .paired = PAIRED,
                                        .pairing = DESK,
                                        .hear = HEAR});
    CLICKS = clicks_create(&(clicks_world){.loop = LOOP,
                                           .chat = &THE_CHAT,
                                           .buttons = BUTTONS,
                                           .turns = TURNS,
                                           .journal = JOURNAL,
                                           .node = "node",
                                           .places = {.chat = &THE_CHAT,
                                                      .paired = PAIRED,
                                                      .threads = THREADS,
                                                      .account = bench_any_account,
                                                      .default_account = bench_default_account}});
}

static void end_core(void) {
    turns_destroy(TURNS);
    buttons_destroy(BUTTONS);
    clicks_destroy(CLICKS);
    participation_destroy(THREADS);
    talk_settings_destroy(TALK);
    media_destroy(MEDIA);
    journal_destroy(JOURNAL);
    pairings_destroy(PAIRED);
    pairing_desk_destroy(DESK);
    PAIRED = NULL;
    DESK = NULL;
    concern_destroy(CONCERN);
    accounts_destroy(ACCOUNTS);
}

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    RULES = rules();
    (void)fake_chat_create();
    fake_runs_create(GATEWAY_READY);
    start_core(RULES);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    end_core();
    config_destroy(RULES);
    loop_destroy(LOOP);
    fake_chat_destroy();
    fake_runs_destroy();
    return 0;
}

static void take_in(const char *id, const char *channel, const char *root, const char *message, bool again) {
    chat_post post = {.id = id,
                      .channel_id = channel,
                      .user_id = ALICE,
                      .root_id = root,
                      .message = message,
                      .type = "",
                      .pending_post_id = "",
                      .again = again,
                      .create_at_ms = FAKE_NOW_MS};
    turns_take(TURNS, &post, fake_chat_ticket(id));
}

static inline void take_dm(const char *id, const char *message) {
    take_in(id, "dm1", "", message, false);
}

// Everything that can go on goes on; the journal is written.
static void settle(void) {
    fake_clock_pass(LOOP, 500);
}

static inline outcome_reason outcome_told(const char *post_id) {
    settle();
    return fake_chat_outcome(post_id);
}

#define TURN_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

#endif
