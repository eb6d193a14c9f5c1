// SPDX-License-Identifier: Apache-2.0
// What other living nodes have taken is left to them: two journals in one store.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "fakes/fake_gateway_runs.c"
#include "fakes/two_accounts.h"
#include "turn/others.h"

static loop *LOOP;
static accounts *ACCOUNTS;
static config *RULES;
static journal *HERE, *THERE;
static others *OTHERS, *OTHERS_THERE;
static int TAKEN, SETTLED;

static void on_settled(void *ctx) {
    (void)ctx;
}

static void on_bot_made(void *ctx, const account *a) {
    (void)ctx, (void)a;
}

static void on_status(void *ctx, gateway *g, const gateway_status *status) {
    (void)ctx, (void)g, (void)status;
}

static void on_taken(void *ctx, const chat_post *post) {
    (void)ctx, (void)post;
    TAKEN++;
}

static void on_decided(void *ctx) {
    (void)ctx;
    SETTLED++;
}

static int set_up(void **state) {
    static const accounts_events events = {.settled = on_settled, .bot = on_bot_made, .status = on_status};
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    (void)fake_chat_create();
    fake_runs_create(GATEWAY_READY);
    RULES = one_account("alicealicealicealicealicea");
    ACCOUNTS = accounts_create(LOOP, &THE_CHAT, NULL, &events, NULL);
    accounts_apply(ACCOUNTS, RULES);
    fake_clock_pass(LOOP, 100);
    HERE = journal_create(LOOP, &THE_CHAT, "here");
    THERE = journal_create(LOOP, &THE_CHAT, "there");
    OTHERS = others_create(LOOP, &THE_CHAT, HERE, ACCOUNTS, on_taken, NULL);
    OTHERS_THERE = others_create(LOOP, &THE_CHAT, THERE, ACCOUNTS, on_taken, NULL);
    TAKEN = SETTLED = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    others_destroy(OTHERS);
    others_destroy(OTHERS_THERE);
    journal_destroy(HERE);
    journal_destroy(THERE);
    accounts_destroy(ACCOUNTS);
    config_destroy(RULES);
    loop_destroy(LOOP);
    fake_chat_destroy();
    fake_runs_destroy();
    return 0;
}

static void hear(int64_t there_first, int64_t there_then) {
    const char *const nodes[] = {"here", "there", NULL};
    assert_false(others_heard(OTHERS, nodes, (const int64_t[]){1, there_first}));
    assert_true(others_heard(OTHERS, nodes, (const int64_t[]){2, there_then}));
}

static void ask_of(others *o, const char *post_id) {
    others_ask(o, &(chat_post){.id = post_id,
                               .channel_id = "c",
                               .user_id = "u",
                               .root_id = "",
                               .message = "",
                               .type = "",
                               .pending_post_id = "",
                               .create_at_ms = FAKE_NOW_MS});
    others_settle(o, on_decided, NULL);
}

static void ask(const char *post_id) {
    ask_of(OTHERS, post_id);
    fake_clock_pass(LOOP, 10000);
    assert_int_equal(SETTLED, 1);
}

static void hear_there(void) {
    const char *const nodes[] = {"there", "here", NULL};
    assert_false(others_heard(OTHERS_THERE, nodes, (const int64_t[]){1, 5}));
    assert_true(others_heard(OTHERS_THERE, nodes, (const int64_t[]){2, 5}));
}

static void test_nobody_took_it(void **state) {
    (void)state;
    hear(5, 6);
    ask("p1");
    assert_int_equal(TAKEN, 1);
}

// Also when it is recorded a moment after it was found.
static void test_a_living_node_took_it(void **state) {
    (void)state;
    hear(5, 6);
    journal_note(THERE, "p1", FAKE_NOW_MS, &(record){.state = RECORD_TAKEN});
    ask("p1");
    assert_int_equal(TAKEN, 0);
}

static void test_a_dead_node_took_it(void **state) {
    (void)state;
    hear(5, 5);
    journal_note(THERE, "p1", FAKE_NOW_MS, &(record){.state = RECORD_TAKEN});
    ask("p1");
    assert_int_equal(TAKEN, 1);
}

// Neither has heard the other one's beat.
static void test_two_start_at_once(void **state) {
    (void)state;
    hear(5, 5);
    hear_there();
    for (int i = 0; i < 20; i++) {
        char *id = xasprintf("p%d", i);
        ask_of(i % 2 == 0 ? OTHERS : OTHERS_THERE, id);
        ask_of(i % 2 == 0 ? OTHERS_THERE : OTHERS, id);
        free(id);
    }
    fake_clock_pass(LOOP, 20000);
    assert_int_equal(TAKEN, 20);
}

// The next process of the same node.
static void test_died_over_its_claim(void **state) {
    (void)state;
    json_add_string(FAKE.kv, "claim.p1", "{\"v\":1,\"node\":\"here\"}");
    json_add_string(FAKE.kv, "claim.p2", "{\"v\":1,\"node\":\"there\"}");
    json_add_string(FAKE.kv, "claim.p3", "damaged");
    hear(5, 5);
    ask_of(OTHERS, "p1");
    ask_of(OTHERS, "p2");
    ask_of(OTHERS, "p3");
    fake_clock_pass(LOOP, 20000);
    assert_int_equal(TAKEN, 2);
}

static void test_a_store_that_fails(void **state) {
    (void)state;
    hear(5, 5);
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
    FAKE.fail_call = "kv_compare_and_set";
    FAKE.fail_next = 100;
    ask_of(OTHERS, "p1");
    fake_clock_pass(LOOP, 20000);
    assert_int_equal(TAKEN, 1);
}

static void test_ended_meanwhile(void **state) {
    (void)state;
    hear(5, 5);
    FAKE.hold = true;
    ask_of(OTHERS, "p1");
    fake_clock_pass(LOOP, 1000);
    others_destroy(OTHERS);
    OTHERS = NULL;
    assert_int_equal(TAKEN, 0);
}

// What cannot be read is asked again, not taken at once.
static void test_unreadable_for_a_while(void **state) {
    (void)state;
    hear(5, 6);
    journal_note(THERE, "p1", FAKE_NOW_MS, &(record){.state = RECORD_TAKEN});
    fake_clock_pass(LOOP, 1000);
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
    FAKE.fail_call = "kv_get";
    FAKE.fail_next = 3;
    ask_of(OTHERS, "p1");
    fake_clock_pass(LOOP, 30000);
    assert_int_equal(TAKEN, 0);
    assert_int_equal(SETTLED, 1);
}

static void test_nothing_to_decide(void **state) {
    (void)state;
    hear(5, 6);
    others_settle(OTHERS, on_decided, NULL);
    assert_int_equal(SETTLED, 1);
}

int main(void) {
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_nobody_took_it),    TEST(test_a_living_node_took_it),  TEST(test_a_dead_node_took_it),
        TEST(test_two_start_at_once), TEST(test_died_over_its_claim),    TEST(test_a_store_that_fails),
        TEST(test_ended_meanwhile),   TEST(test_unreadable_for_a_while), TEST(test_nothing_to_decide)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
