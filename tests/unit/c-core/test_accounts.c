// SPDX-License-Identifier: Apache-2.0
// Accounts in step with the configuration: their bot users and their gateways.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "fakes/fake_gateway_runs.c"
#include "fakes/two_accounts.h"
#include "account/accounts.h"

#include <stdio.h>

static loop *LOOP;
static accounts *ACCOUNTS;
static config *RULES;
static int SETTLED, BOTS;

static const char ALICE[] = "alicealicealicealicealicea";

static void on_settled(void *ctx) {
    (void)ctx;
    SETTLED++;
}

static void on_bot_made(void *ctx, const account *a) {
    (void)ctx, (void)a;
    BOTS++;
}

static void on_status(void *ctx, gateway *g, const gateway_status *status) {
    (void)ctx, (void)g, (void)status;
}

static int set_up(void **state) {
    static const accounts_events events = {.settled = on_settled, .bot = on_bot_made, .status = on_status};
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    SETTLED = BOTS = 0;
    RULES = NULL;
    (void)fake_chat_create();
    fake_runs_create(GATEWAY_READY);
    ACCOUNTS = accounts_create(LOOP, &THE_CHAT, NULL, &events, NULL);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    accounts_destroy(ACCOUNTS);
    config_destroy(RULES);
    loop_destroy(LOOP);
    fake_chat_destroy();
    fake_runs_destroy();
    return 0;
}

static void put_in_force(config *fresh) {
    accounts_apply(ACCOUNTS, fresh);
    config_destroy(RULES);
    RULES = fresh;
    fake_clock_pass(LOOP, 10);
}

static config *two(const char *second_username) {
    config *c = one_account(ALICE);
    add_account(c, ALICE, "work", second_username);
    return c;
}

static account *work(void) {
    return accounts_find(ACCOUNTS, "work");
}

static void test_a_bot_for_each(void **state) {
    (void)state;
    put_in_force(two("helper"));
    assert_int_equal(SETTLED, 1);
    assert_int_equal(BOTS, 2);
    assert_int_equal(accounts_count(ACCOUNTS), 2);
    assert_string_equal(accounts_at(ACCOUNTS, 0)->id, "default");
    assert_string_equal(accounts_at(ACCOUNTS, 0)->bot_user_id, "bot");
    assert_string_equal(accounts_at(ACCOUNTS, 1)->id, "work");
    assert_string_equal(work()->bot_user_id, "bot-helper");
    assert_string_equal(work()->bot_username, "helper");
    assert_null(accounts_at(ACCOUNTS, 2));
    assert_null(accounts_problems(ACCOUNTS));
    char *id = account_turn_id(work(), "p1"), *plain = account_turn_id(accounts_at(ACCOUNTS, 0), "p1");
    assert_string_equal(id, "p1:work");
    assert_string_equal(plain, "p1");
    free(id);
    free(plain);
    put_in_force(two("helper")); // the same again makes nothing
    assert_int_equal(SETTLED, 2);
    assert_int_equal(BOTS, 2);
}

static void test_turn_ids_are_short(void **state) {
    char long_id[] = "a-name-of-an-account-that-goes-on-for-as-long-as-names-may-be-01";
    char other_id[] = "a-name-of-an-account-that-goes-on-for-as-long-as-names-may-be-02";
    account a = {.id = long_id}, b = {.id = other_id};
    (void)state;
    char *one = account_turn_id(&a, "p"), *two_ = account_turn_id(&b, "p");
    assert_int_equal(strlen(one), 2 + 32);
    assert_string_not_equal(one, two_);
    free(one);
    free(two_);
}

static void test_another_name_renames(void **state) {
    (void)state;
    put_in_force(two("helper"));
    put_in_force(two("butler"));
    assert_int_equal(BOTS, 3);
    assert_string_equal(work()->bot_user_id, "bot-helper");
    assert_string_equal(work()->bot_username, "butler");
    assert_int_equal(cJSON_GetArraySize(FAKE.bots), 1);
}

// The note of which bot it was is lost: a bot of ours by that name is taken, nobody else's.
static void test_a_bot_is_found_by_its_name(void **state) {
    (void)state;
    put_in_force(two("helper"));
    put_in_force(one_account(ALICE));
    assert_null(work());
    cJSON_DeleteItemFromObjectCaseSensitive(FAKE.kv, "bot.work");
    put_in_force(two("Helper"));
    assert_string_equal(work()->bot_user_id, "bot-helper");
    assert_int_equal(cJSON_GetArraySize(FAKE.bots), 1);
}

static void test_one_name_for_two(void **state) {
    (void)state;
    put_in_force(two("OpenClaw"));
    assert_int_equal(SETTLED, 1);
    assert_int_equal(accounts_count(ACCOUNTS), 1);
    char *problems = accounts_problems(ACCOUNTS);
    assert_non_null(strstr(problems, "work"));
    free(problems);
    put_in_force(two("helper"));
    assert_int_equal(accounts_count(ACCOUNTS), 2);
    assert_null(accounts_problems(ACCOUNTS));
}

static void test_a_person_is_not_taken_over(void **state) {
    (void)state;
    FAKE.ensured = "alice";
    put_in_force(two("helper"));
    assert_int_equal(SETTLED, 1);
    assert_null(accounts_find(ACCOUNTS, "default"));
    assert_non_null(work());
    char *problems = accounts_problems(ACCOUNTS);
    assert_non_null(strstr(problems, "a person"));
    free(problems);
}

// A bot that cannot be made for now does not hold up the other one.
static void test_a_passing_failure(void **state) {
    (void)state;
    FAKE.fail_next = 3;
    FAKE.fail_call = "ensure_bot";
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "no database"};
    put_in_force(two("helper"));
    assert_int_equal(SETTLED, 1);
    assert_int_equal(accounts_count(ACCOUNTS), 1);
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(SETTLED, 1);
    assert_int_equal(accounts_count(ACCOUNTS), 2);
    assert_int_equal(BOTS, 2);
}

// A lone one does: without a bot there is nobody to answer.
static void test_a_passing_failure_of_the_only_one(void **state) {
    (void)state;
    FAKE.fail_next = 3;
    FAKE.fail_call = "ensure_bot";
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "too slow"};
    put_in_force(one_account(ALICE));
    assert_int_equal(SETTLED, 0);
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(SETTLED, 1);
    assert_int_equal(BOTS, 1);
}

static void test_without_settings(void **state) {
    (void)state;
    put_in_force(NULL);
    assert_int_equal(SETTLED, 1);
    assert_int_equal(accounts_count(ACCOUNTS), 1);
    assert_null(accounts_at(ACCOUNTS, 0)->config);
    assert_string_equal(accounts_at(ACCOUNTS, 0)->bot_username, "openclaw");
    assert_int_equal(RUNS.gateway_count, 0);
    put_in_force(one_account(ALICE));
    assert_non_null(accounts_at(ACCOUNTS, 0)->config);
    assert_int_equal(RUNS.gateway_count, 1);
}

static void test_a_disabled_account_does_not_work(void **state) {
    (void)state;
    config *c = two("helper");
    c->accounts[1].enabled = false;
    put_in_force(c);
    assert_int_equal(accounts_count(ACCOUNTS), 1);
    c = two("helper");
    set_text(&c->accounts[1].disabled_why, "its baseUrl is another server");
    put_in_force(c);
    assert_int_equal(accounts_count(ACCOUNTS), 1);
}

// Its bot stays, without rules, so that the administrators can be told.
static void test_no_account_works(void **state) {
    (void)state;
    config *c = one_account(ALICE);
    set_text(&c->accounts[0].disabled_why, "its baseUrl is another server");
    put_in_force(c);
    assert_int_equal(SETTLED, 1);
    assert_int_equal(accounts_count(ACCOUNTS), 1);
    assert_null(accounts_at(ACCOUNTS, 0)->config);
    assert_int_equal(RUNS.gateway_count, 0);
}

static config *at(const char *first_url, const char *second_url) {
    config *c = two("helper");
    set_text(&c->accounts[0].gateway.url, first_url);
    set_text(&c->accounts[1].gateway.url, second_url);
    return c;
}

static void test_gateways_are_shared(void **state) {
    (void)state;
    put_in_force(at("ws://127.0.0.1:1", "ws://127.0.0.1:1"));
    assert_int_equal(RUNS.gateway_count, 1);
    assert_int_equal(RUNS.configured, 1);
    assert_null(accounts_of_gateway(ACCOUNTS, work()->gateway));

    put_in_force(at("ws://127.0.0.1:1", "ws://127.0.0.1:2")); // one leaves
    assert_int_equal(RUNS.gateway_count, 2);
    assert_int_equal(RUNS.configured, 2);
    char *names = accounts_of_gateway(ACCOUNTS, work()->gateway);
    assert_string_equal(names, "work");
    free(names);

    put_in_force(at("ws://127.0.0.1:3", "ws://127.0.0.1:2")); // the connection goes on with other settings
    assert_int_equal(RUNS.gateway_count, 2);
    assert_int_equal(RUNS.configured, 3);
    assert_string_equal(RUNS.gateways[0].url, "ws://127.0.0.1:3");

    put_in_force(at("ws://127.0.0.1:2", "ws://127.0.0.1:2")); // and one joins the other
    assert_int_equal(RUNS.configured, 3);
    assert_ptr_equal(accounts_at(ACCOUNTS, 0)->gateway, &RUNS.gateways[1]);
    assert_true(RUNS.gateways[0].destroyed);
    assert_false(RUNS.gateways[1].destroyed);
}

static void on_run_done(void *ctx, const gateway_run_result *result) {
    (void)ctx, (void)result;
}

static void test_a_gateway_is_closed_when_its_runs_have_ended(void **state) {
    static const gateway_run_events events = {.done = on_run_done};
    (void)state;
    put_in_force(at("ws://127.0.0.1:1", "ws://127.0.0.1:2"));
    account *kept = account_hold(work());
    gateway_run_request request = {.idempotency_key = "k",
                                   .session_key = "s",
                                   .message = "m",
                                   .extra_system_prompt = "",
                                   .permission_mode = "read-only"};
    (void)gateway_run_start(kept->gateway, &request, &events, NULL);
    put_in_force(one_account(ALICE));
    assert_null(kept->config);
    assert_null(kept->gateway);
    assert_string_equal(kept->bot_user_id, "bot-helper");
    fake_clock_pass(LOOP, 20000);
    assert_false(RUNS.gateways[1].destroyed);
    fake_run_end(0, GATEWAY_RUN_OK, "", "");
    fake_clock_pass(LOOP, 20000);
    assert_true(RUNS.gateways[1].destroyed);
    put_in_force(at("ws://127.0.0.1:1", "ws://127.0.0.1:2"));
    assert_ptr_equal(work(), kept); // it is the same one that comes back
    account_release(kept);
}

// Settings change while the store is still asked for a token: the answer is for nobody.
static void test_settings_change_while_connecting(void **state) {
    (void)state;
    put_in_force(one_account(ALICE));
    FAKE.hold = true;
    put_in_force(at("ws://127.0.0.1:1", "ws://127.0.0.1:2"));
    put_in_force(at("ws://127.0.0.1:1", "ws://127.0.0.1:1"));
    FAKE.hold = false;
    fake_chat_answer_all();
    fake_clock_pass(LOOP, 5000);
    assert_true(RUNS.gateways[1].destroyed);
    assert_null(RUNS.gateways[1].url);
}

// --- what stands beside the gateways ---

static char HEARD[512];

static void heard(const char *word) {
    size_t at = strlen(HEARD);
    (void)snprintf(HEARD + at, sizeof HEARD - at, "%s ", word);
}

static void on_node_added(void *ctx, gateway_node *n) {
    (void)ctx;
    assert_non_null(n);
    heard("node");
}

static void on_gone(void *ctx, gateway *g, gateway_control *c, gateway_node *n) {
    (void)ctx;
    heard("gone:");
    if (g != NULL)
        heard("gateway");
    if (c != NULL)
        heard("control");
    if (n != NULL)
        heard("node");
}

static config *granting(bool first_control, bool second_control, bool second_tools) {
    config *c = at("ws://127.0.0.1:1", "ws://127.0.0.1:1");
    c->accounts[0].gateway.control = first_control;
    c->accounts[1].gateway.control = second_control;
    c->accounts[1].gateway.tools = second_tools;
    return c;
}

static void assert_heard(const char *wanted) {
    assert_string_equal(HEARD, wanted);
    HEARD[0] = '\0';
}

// One gateway for both; what stands beside it is there for whom the settings grant it.
static void test_what_stands_beside_a_gateway(void **state) {
    static const account_listener listener = {.node_added = on_node_added, .gone = on_gone};
    (void)state;
    RUNS.status.state = GATEWAY_BACKOFF; // so they only wait for it
    HEARD[0] = '\0';
    accounts_listen(ACCOUNTS, &listener, NULL);
    put_in_force(granting(false, false, false));
    assert_null(work()->control);
    assert_null(work()->node);

    put_in_force(granting(false, true, true));
    assert_int_equal(RUNS.gateway_count, 1);
    assert_int_equal(RUNS.configured, 1); // the main connection does not notice
    assert_null(accounts_at(ACCOUNTS, 0)->control);
    gateway_control *control = work()->control;
    assert_non_null(control);
    assert_non_null(work()->node);
    assert_string_equal(control_get_status(control).code, "WAITING");
    assert_heard("node ");

    put_in_force(granting(true, true, false));
    assert_ptr_equal(accounts_at(ACCOUNTS, 0)->control, control);
    assert_null(work()->node);
    assert_heard("gone: node ");

    put_in_force(granting(true, false, true));
    assert_null(work()->control);
    assert_ptr_equal(accounts_at(ACCOUNTS, 0)->control, control);
    accounts_hold_nodes(ACCOUNTS, false);
    assert_int_equal(node_get_status(work()->node).state, NODE_OFF);
    assert_heard("node ");

    account *kept = account_hold(work());
    put_in_force(one_account(ALICE)); // another gateway's address: the one before ends
    assert_null(kept->control);
    assert_null(kept->node);
    account_release(kept);
    assert_heard("gone: control node ");
}

#define ACCOUNTS_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ACCOUNTS_TEST(test_a_bot_for_each),
        ACCOUNTS_TEST(test_turn_ids_are_short),
        ACCOUNTS_TEST(test_another_name_renames),
        ACCOUNTS_TEST(test_a_bot_is_found_by_its_name),
        ACCOUNTS_TEST(test_one_name_for_two),
        ACCOUNTS_TEST(test_a_person_is_not_taken_over),
        ACCOUNTS_TEST(test_a_passing_failure),
        ACCOUNTS_TEST(test_a_passing_failure_of_the_only_one),
        ACCOUNTS_TEST(test_without_settings),
        ACCOUNTS_TEST(test_a_disabled_account_does_not_work),
        ACCOUNTS_TEST(test_no_account_works),
        ACCOUNTS_TEST(test_gateways_are_shared),
        ACCOUNTS_TEST(test_a_gateway_is_closed_when_its_runs_have_ended),
        ACCOUNTS_TEST(test_settings_change_while_connecting),
        ACCOUNTS_TEST(test_what_stands_beside_a_gateway),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
