// SPDX-License-Identifier: Apache-2.0
// Which accounts a post may concern, and what the server is told of channels: never less than what an account waits for.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "fakes/fake_gateway_runs.c"
#include "fakes/two_accounts.h"
#include "inbound/concern.h"

#include <stdio.h>

static loop *LOOP;
static accounts *ACCOUNTS;
static concern *CONCERN;
static config *RULES;
static const char ALICE[] = "alicealicealicealicealicea";

static void on_settled(void *ctx) {
    (void)ctx;
}

static void on_bot_made(void *ctx, const account *a) {
    (void)ctx, (void)a;
}

static void on_status(void *ctx, gateway *g, const gateway_status *status) {
    (void)ctx, (void)g, (void)status;
}

static void put_in_force(config *fresh) {
    accounts_apply(ACCOUNTS, fresh);
    concern_announce(CONCERN);
    config_destroy(RULES);
    RULES = fresh;
    fake_clock_pass(LOOP, 10);
}

static config *two(void) {
    config *c = one_account(ALICE);
    add_account(c, ALICE, "work", "helper");
    c->accounts[0].thread_participation = c->accounts[1].thread_participation = false;
    return c;
}

static int set_up(void **state) {
    static const accounts_events events = {.settled = on_settled, .bot = on_bot_made, .status = on_status};
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    RULES = NULL;
    (void)fake_chat_create();
    fake_runs_create(GATEWAY_READY);
    ACCOUNTS = accounts_create(LOOP, &THE_CHAT, NULL, &events, NULL);
    CONCERN = concern_create(&THE_CHAT, ACCOUNTS);
    put_in_force(two());
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    concern_destroy(CONCERN);
    accounts_destroy(ACCOUNTS);
    config_destroy(RULES);
    loop_destroy(LOOP);
    fake_chat_destroy();
    fake_runs_destroy();
    return 0;
}

static char ANSWER[200];

static void on_concern(void *ctx, account *const *list, size_t count, outcome_reason reason) {
    (void)ctx;
    int used = snprintf(ANSWER, sizeof ANSWER, "%s", count == 0 ? outcome_reason_name(reason) : "");
    for (size_t i = 0; i < count; i++)
        used += snprintf(ANSWER + used, sizeof ANSWER - (size_t)used, "%s ", list[i]->id);
}

static concern_query *ask(const char *channel, const char *root, const char *message) {
    const chat_post post = {.id = "p",
                            .channel_id = channel,
                            .user_id = ALICE,
                            .root_id = root,
                            .message = message,
                            .type = "",
                            .pending_post_id = ""};
    ANSWER[0] = '\0';
    return concern_ask(CONCERN, &post, on_concern, NULL);
}

static int told(const char *channel) {
    return (int)json_int(FAKE.channel_interest, channel, -1);
}

static void test_who_is_concerned(void **state) {
    static const struct {
        const char *channel, *root, *message, *expected;
        chat_mode mode; // of "work"
        const char *pattern;
        bool participates;
    } rows[] = {
        {"town", "", "hello", "no_mention", CHATMODE_UNSET, NULL, false},
        {"town", "", "@helper", "work ", CHATMODE_UNSET, NULL, false},
        {"town", "", "@OpenClaw @HELPER", "default work ", CHATMODE_UNSET, NULL, false},
        {"town", "", "hello", "work ", CHATMODE_ONMESSAGE, NULL, false},
        {"town", "", "!hello", "work ", CHATMODE_ONCHAR, NULL, false},
        {"town", "", "hello!", "no_mention", CHATMODE_ONCHAR, NULL, false},
        {"town", "", "hello", "work ", CHATMODE_UNSET, "never mind which", false},
        {"town", "r", "hello", "work ", CHATMODE_UNSET, NULL, true},
        {"town", "", "hello", "no_mention", CHATMODE_UNSET, NULL, true},
        {"town", "", " /stop", "default work ", CHATMODE_UNSET, NULL, false},
        {"dmx__bot-helper", "", "hello", "work ", CHATMODE_UNSET, NULL, false},
        {"dmx__somebody", "", "@helper", "not_member", CHATMODE_UNSET, NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        config *c = two();
        account_config *work = &c->accounts[1];
        work->chatmode = rows[i].mode;
        work->thread_participation = rows[i].participates;
        if (rows[i].pattern != NULL) {
            work->mention_patterns = xrealloc(work->mention_patterns, 2 * sizeof(char *));
            work->mention_patterns[0] = xstrdup(rows[i].pattern);
            work->mention_patterns[1] = NULL;
        }
        put_in_force(c);
        assert_null(ask(rows[i].channel, rows[i].root, rows[i].message));
        assert_string_equal(ANSWER, rows[i].expected);
    }
}

static void test_a_lone_account_is_always_asked(void **state) {
    (void)state;
    put_in_force(one_account(ALICE));
    assert_null(ask("town", "", "hello"));
    assert_string_equal(ANSWER, "default ");
}

// What cannot be looked up may be anything.
static void test_an_unknown_channel(void **state) {
    (void)state;
    FAKE.fail_next = 1;
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
    assert_null(ask("town", "", "hello"));
    assert_string_equal(ANSWER, "default work ");
    assert_int_equal(told("town"), -1);
}

static void test_what_the_server_is_told(void **state) {
    (void)state;
    ask("town", "", "x");
    assert_int_equal(told("town"), CHAT_INTEREST_NAMED);
    ask("dmx__bot", "", "x");
    assert_int_equal(told("dmx__bot"), CHAT_INTEREST_ALL);
    ask("dmx__y", "", "x");
    assert_int_equal(told("dmx__y"), CHAT_INTEREST_NONE);
    config *c = two();
    c->accounts[1].chatmode = CHATMODE_ONMESSAGE;
    put_in_force(c);
    ask("town", "", "x");
    assert_int_equal(told("town"), CHAT_INTEREST_ALL);
    assert_false(FAKE.own_posts);
    ask("townout", "", "x"); // of which no bot is a member
    assert_int_equal(told("townout"), CHAT_INTEREST_NAMED);
    concern_membership(CONCERN, "townout");
    assert_int_equal(told("townout"), CHAT_INTEREST_ALL); // until its next post
    ask("townout", "", "x");
    assert_int_equal(told("townout"), CHAT_INTEREST_NAMED);
}

static void test_threads_and_bots_of_interest(void **state) {
    (void)state;
    config *c = two();
    c->accounts[1].thread_participation = true;
    free(c->accounts[0].allow_bots);
    c->accounts[0].allow_bots = xcalloc(2, sizeof(char *));
    c->accounts[0].allow_bots[0] = xstrdup("bot-helper");
    put_in_force(c);
    assert_true(FAKE.own_posts);
    ask("town", "", "x");
    assert_int_equal(told("town"), CHAT_INTEREST_THREADS);
    ask("townout", "", "x");
    assert_int_equal(told("townout"), CHAT_INTEREST_NAMED);
}

// Until it is known whether a bot that wants everything is there, everything is handed to us.
static void test_nothing_is_told_too_early(void **state) {
    (void)state;
    config *c = two();
    c->accounts[1].chatmode = CHATMODE_ONMESSAGE;
    put_in_force(c);
    FAKE.hold = true;
    concern_query *q = ask("townout", "", "x");
    assert_non_null(q);
    assert_int_equal(told("townout"), -1);
    concern_forget(q);
    FAKE.hold = false;
    fake_chat_answer_all();
    assert_string_equal(ANSWER, ""); // it was forgotten
    assert_int_equal(told("townout"), CHAT_INTEREST_NAMED);
}

// An answer that was under way when the bot joined says nothing about now.
static void test_a_bot_joins_meanwhile(void **state) {
    (void)state;
    config *c = two();
    c->accounts[1].chatmode = CHATMODE_ONMESSAGE;
    put_in_force(c);
    ask("warm", "", "x");
    FAKE.hold = true;
    (void)ask("townout", "", "x");
    FAKE.hold = false;
    held *channel = HELD; // the channel is known now, the membership not yet
    HELD = channel->next;
    FAKE.hold = true;
    answer_one(channel);
    concern_membership(CONCERN, "townout");
    FAKE.hold = false;
    fake_chat_answer_all();
    assert_int_equal(told("townout"), CHAT_INTEREST_ALL);
    ask("townout", "", "x");
    assert_int_equal(told("townout"), CHAT_INTEREST_NAMED);
}

#define CONCERN_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CONCERN_TEST(test_who_is_concerned),
        CONCERN_TEST(test_a_lone_account_is_always_asked),
        CONCERN_TEST(test_an_unknown_channel),
        CONCERN_TEST(test_what_the_server_is_told),
        CONCERN_TEST(test_threads_and_bots_of_interest),
        CONCERN_TEST(test_nothing_is_told_too_early),
        CONCERN_TEST(test_a_bot_joins_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
