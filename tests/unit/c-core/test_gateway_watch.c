// SPDX-License-Identifier: Apache-2.0
// What administrators are told about gateways: one notice with a part for each that is in trouble.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "fakes/fake_gateway_runs.c"
#include "fakes/two_accounts.h"
#include "admin/gateway_watch.h"

static loop *LOOP;
static notices *NOTICES;
static gateway_watch *WATCH;

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    (void)fake_chat_create();
    fake_runs_create(GATEWAY_READY);
    NOTICES = notices_create(LOOP, &THE_CHAT, "node");
    notices_set_bot(NOTICES, "bot");
    WATCH = gateway_watch_create(LOOP, NOTICES);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    gateway_watch_destroy(WATCH);
    notices_destroy(NOTICES);
    loop_destroy(LOOP);
    fake_chat_destroy();
    fake_runs_destroy();
    return 0;
}

static gateway *at(int index) {
    return &RUNS.gateways[index];
}

static void is(int index, gateway_state s, const char *sentence, const char *names) {
    gateway_status status = RUNS.status;
    status.state = s;
    status.sentence = sentence;
    at(index)->own_state = true;
    at(index)->state = s;
    gateway_watch_status(WATCH, at(index), &status, names);
    fake_clock_pass(LOOP, 100);
}

static const char *last_told(void) {
    return FAKE.post_count > 0 ? FAKE.posts[FAKE.post_count - 1].message : "";
}

static void test_two_gateways(void **state) {
    (void)state;
    is(0, GATEWAY_READY, "", "default");
    is(1, GATEWAY_HALTED, "The token is wrong.", "work, home");
    assert_non_null(strstr(last_told(), "account work, home"));
    assert_non_null(strstr(last_told(), "The token is wrong."));
    is(0, GATEWAY_HALTED, "The protocol is too old.", "default");
    assert_non_null(strstr(last_told(), "The token is wrong."));
    assert_non_null(strstr(last_told(), "The protocol is too old."));
    is(1, GATEWAY_READY, "", "work, home");
    assert_null(strstr(last_told(), "The token is wrong."));
    assert_non_null(strstr(last_told(), "The protocol is too old."));
    fake_clock_pass(LOOP, 300000);
    size_t told = FAKE.post_count;
    gateway_watch_keep(WATCH, (const gateway *const[]){at(1), NULL}); // the other one is not used any more
    fake_clock_pass(LOOP, 300000);
    assert_true(FAKE.post_count > told);
    assert_non_null(strstr(last_told(), "connected"));
}

static void test_away_for_a_minute(void **state) {
    (void)state;
    is(0, GATEWAY_BACKOFF, "", NULL);
    fake_clock_pass(LOOP, 50000);
    is(0, GATEWAY_BACKOFF, "", NULL);
    assert_int_equal(FAKE.post_count, 0);
    fake_clock_pass(LOOP, 20000);
    assert_non_null(strstr(last_told(), "cannot be reached"));
    assert_null(strstr(last_told(), "account"));
}

// Nothing is asked of a gateway that is gone.
static void test_a_gateway_that_is_gone(void **state) {
    (void)state;
    is(0, GATEWAY_BACKOFF, "", NULL);
    gateway_watch_keep(WATCH, (const gateway *const[]){NULL});
    fake_clock_pass(LOOP, 120000);
    assert_int_equal(FAKE.post_count, 0);
}

// A gateway that is in nobody's settings any more is no reason to say that one is connected.
static void test_gone_is_not_connected(void **state) {
    (void)state;
    is(0, GATEWAY_HALTED, "The token is wrong.", NULL);
    size_t told = FAKE.post_count;
    gateway_watch_keep(WATCH, (const gateway *const[]){NULL});
    fake_clock_pass(LOOP, 300000);
    assert_int_equal(FAKE.post_count, told);
    is(1, GATEWAY_READY, "", NULL);
    assert_non_null(strstr(last_told(), "connected"));
}

static void on_settled(void *ctx) {
    (void)ctx;
    gateway_watch_bots_changed(WATCH);
}

static void on_bot_made(void *ctx, const account *bot) {
    (void)ctx, (void)bot;
    gateway_watch_bots_changed(WATCH);
}

static void on_status(void *ctx, gateway *g, const gateway_status *status) {
    (void)ctx, (void)g, (void)status;
}

// The gateway may be quicker than the server, which is asked for the bot: the greeting is not lost, and told once.
static void test_connected_before_there_is_a_bot(void **state) {
    static const accounts_events events = {.settled = on_settled, .bot = on_bot_made, .status = on_status};
    (void)state;
    accounts *members = accounts_create(LOOP, &THE_CHAT, NULL, &events, NULL);
    config *rules = one_account("alicealicealicealicealicea");
    gateway_watch_greet(WATCH, members);
    is(0, GATEWAY_READY, "", NULL);
    assert_int_equal(FAKE.post_count, 0);
    accounts_apply(members, rules);
    fake_clock_pass(LOOP, 100);
    const size_t told = FAKE.post_count; // one to each administrator
    assert_true(told > 0);
    assert_non_null(strstr(last_told(), "@openclaw"));
    is(0, GATEWAY_READY, "", NULL);
    gateway_watch_bots_changed(WATCH);
    fake_clock_pass(LOOP, 300000);
    assert_int_equal(FAKE.post_count, told);
    gateway_watch_greet(WATCH, NULL);
    accounts_destroy(members);
    config_destroy(rules);
}

#define WATCH_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        WATCH_TEST(test_two_gateways),
        WATCH_TEST(test_away_for_a_minute),
        WATCH_TEST(test_a_gateway_that_is_gone),
        WATCH_TEST(test_gone_is_not_connected),
        WATCH_TEST(test_connected_before_there_is_a_bot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
