// SPDX-License-Identifier: Apache-2.0
// Several accounts: who of them answers a post, each for itself, and what becomes of posts when accounts come and go.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/turn_bench.h"

static account_config *work(config *c) {
    return &c->accounts[1];
}

// "default" with the bot openclaw and "work" with the bot helper, at one gateway.
static config *two(void) {
    config *c = rules();
    add_account(c, ALICE, "work", "helper");
    return c;
}

static int set_up_two(void **state) {
    set_up(state);
    end_core();
    fake_runs_destroy();
    fake_runs_create(GATEWAY_READY);
    config_destroy(RULES);
    RULES = two();
    start_core(RULES);
    concern_announce(CONCERN);
    return 0;
}

static void put_in_force(config *fresh) {
    accounts_apply(ACCOUNTS, fresh);
    turns_accounts_changed(TURNS);
    config_destroy(RULES);
    RULES = fresh;
    settle();
}

static const fake_posted *posted_by(const char *user_id) {
    const fake_posted *found = NULL;
    for (size_t i = 0; i < FAKE.post_count; i++) {
        if (strcmp(FAKE.posts[i].user_id, user_id) == 0) {
            assert_null(found);
            found = &FAKE.posts[i];
        }
    }
    assert_non_null(found);
    return found;
}

static void test_both_are_mentioned(void **state) {
    (void)state;
    take_in("p1", "town", "", "@openclaw and @helper: go", false);
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[0].session_key, "agent:main:mattermost:channel:town");
    assert_string_equal(RUNS.runs[1].session_key, "agent:main:mattermost:work:channel:town");
    assert_string_equal(RUNS.runs[0].idempotency_key, "mm-p1");
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p1:work");
    fake_run_end(0, GATEWAY_RUN_OK, "one", "");
    settle();
    assert_false(fake_chat_has_outcome("p1")); // the other one is still at it
    fake_run_end(1, GATEWAY_RUN_ERROR, "", "broken");
    settle();
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_string_equal(posted_by("bot")->message, "one");
    assert_string_equal(posted_by("bot")->turn, "p1");
    assert_string_equal(posted_by("bot-helper")->turn, "p1:work");
    assert_int_equal(journal_get_counts(JOURNAL)->closed[REASON_ANSWERED], 1);
    assert_int_equal(journal_get_counts(JOURNAL)->closed[REASON_TOLD_ERROR], 1);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_one_is_mentioned(void **state) {
    (void)state;
    take_in("p1", "town", "", "@helper go", false);
    take_in("p2", "town", "", "nobody", false);
    assert_int_equal(RUNS.count, 1);
    assert_string_equal(RUNS.runs[0].idempotency_key, "mm-p1:work");
    assert_int_equal(outcome_told("p2"), REASON_NO_MENTION);
    fake_run_end(0, GATEWAY_RUN_OK, "yes", "");
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_string_equal(posted_by("bot-helper")->message, "yes");
}

static void test_a_direct_channel_has_one_bot(void **state) {
    (void)state;
    take_in("p1", "dmlicealicealicealicealicea__bot-helper", "", "hi", false);
    take_in("p2", "dmlicealicealicealicealicea__somebody", "", "hi", false);
    assert_int_equal(RUNS.count, 1);
    assert_string_equal(RUNS.runs[0].session_key,
                        "agent:main:mattermost:work:direct:alicealicealicealicealicea");
    assert_int_equal(outcome_told("p2"), REASON_NOT_MEMBER);
    assert_int_equal((int)json_int(FAKE.channel_interest, "dmlicealicealicealicealicea__bot-helper", -1),
                     CHAT_INTEREST_ALL);
    assert_int_equal((int)json_int(FAKE.channel_interest, "dmlicealicealicealicealicea__somebody", -1),
                     CHAT_INTEREST_NONE);
}

static void test_agents_and_permissions_of_each(void **state) {
    (void)state;
    config *c = two();
    set_text(&work(c)->agent, "clerk");
    work(c)->permission = PERMISSION_READ_ONLY;
    free(work(c)->groups);
    work(c)->groups = xcalloc(1, sizeof *work(c)->groups);
    work(c)->group_count = 1;
    work(c)->groups[0] = (group_config){.channel_id = xstrdup("town"),
                                        .prompt = xstrdup(""),
                                        .agent = xstrdup("mayor"),
                                        .permission = PERMISSION_WORKSPACE};
    put_in_force(c);
    take_in("p1", "town", "", "@helper go", false);
    take_in("p2", "field", "", "@helper go", false);
    assert_string_equal(RUNS.runs[0].session_key, "agent:mayor:mattermost:work:channel:town");
    assert_string_equal(RUNS.runs[0].permission_mode, "workspace");
    assert_string_equal(RUNS.runs[1].session_key, "agent:clerk:mattermost:work:channel:field");
    assert_string_equal(RUNS.runs[1].permission_mode, "read-only");
}

static void test_a_refusal_beside_an_answer(void **state) {
    (void)state;
    config *c = two();
    set_text(&work(c)->allow_from[0], "somebodyelsesomebodyelseso");
    put_in_force(c);
    take_in("p1", "town", "", "@openclaw and @helper: go", false);
    assert_int_equal(RUNS.count, 1);
    assert_false(fake_chat_has_outcome("p1"));
    fake_run_end(0, GATEWAY_RUN_OK, "one", "");
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_int_equal(journal_get_counts(JOURNAL)->closed[REASON_GROUP_NOT_LISTED], 1);
}

static void test_a_removed_account_finishes_what_is_open(void **state) {
    (void)state;
    take_in("p1", "town", "", "@helper one", false);
    take_in("p2", "town", "", "@helper two", false);
    put_in_force(rules());
    assert_int_equal(accounts_count(ACCOUNTS), 1);
    take_in("p3", "town", "", "@helper three", false);
    assert_int_equal(outcome_told("p3"), REASON_NO_MENTION);
    fake_run_end(0, GATEWAY_RUN_OK, "one", "");
    settle();
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_string_equal(posted_by("bot-helper")->message, "one");
    assert_int_equal(outcome_told("p2"), REASON_NOT_CONFIGURED);
    assert_int_equal(RUNS.count, 1);
}

static void test_a_changed_account_leaves_the_other_alone(void **state) {
    (void)state;
    take_in("p1", "town", "", "@openclaw and @helper: go", false);
    config *c = two();
    set_text(&work(c)->gateway.url, "ws://127.0.0.1:2");
    int configured = RUNS.configured;
    put_in_force(c);
    assert_int_equal(RUNS.gateway_count, 2); // the first one goes on for the other account
    assert_false(RUNS.gateways[0].destroyed);
    assert_int_equal(RUNS.configured, configured + 1);
    assert_string_equal(RUNS.gateways[1].url, "ws://127.0.0.1:2");
    take_in("p2", "town", "", "@openclaw and @helper: again", false);
    fake_run_end(0, GATEWAY_RUN_OK, "1", "");
    fake_run_end(1, GATEWAY_RUN_OK, "1", "");
    settle();
    assert_int_equal(RUNS.count, 4);
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    for (size_t i = 2; i < 4; i++) {
        bool helper = strcmp(RUNS.runs[i].idempotency_key, "mm-p2:work") == 0;
        assert_ptr_equal(RUNS.runs[i].gateway, &RUNS.gateways[helper]);
    }
}

static void test_one_gateway_is_away(void **state) {
    (void)state;
    config *c = two();
    set_text(&work(c)->gateway.url, "ws://127.0.0.1:2");
    put_in_force(c);
    RUNS.gateways[1].own_state = true;
    RUNS.gateways[1].state = GATEWAY_BACKOFF;
    take_in("p1", "town", "", "@openclaw and @helper: go", false);
    assert_int_equal(RUNS.count, 1);
    fake_run_end(0, GATEWAY_RUN_OK, "one", "");
    fake_clock_pass(LOOP, 10000);
    assert_int_equal(FAKE.post_count, 2); // the answer of the one, and that the other's gateway is away
    turns_gateway_status(TURNS, &RUNS.gateways[0], &RUNS.status);
    assert_int_equal(RUNS.count, 1); // not its own
    RUNS.gateways[1].own_state = false;
    turns_gateway_status(TURNS, &RUNS.gateways[1], &RUNS.status);
    assert_int_equal(RUNS.count, 2);
    fake_run_end(1, GATEWAY_RUN_OK, "two", "");
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
}

// A limit of the bot counts for each.
static void test_each_bot_has_its_limit(void **state) {
    (void)state;
    config *c = two();
    c->limits = (config_limits){.bot_minute = 1};
    put_in_force(c);
    take_in("p1", "town", "", "@openclaw go", false);
    take_in("p2", "field", "", "@helper go", false);
    assert_int_equal(RUNS.count, 2);
    take_in("p3", "wood", "", "@helper go", false);
    assert_int_equal(outcome_told("p3"), REASON_LIMIT);
}

// After a crash each account remembers its own part of a post.
static void test_again_for_the_one_that_has_not_answered(void **state) {
    (void)state;
    take_in("p1", "town", "", "@openclaw and @helper: go", false);
    fake_run_end(0, GATEWAY_RUN_OK, "one", "");
    settle();
    end_core();
    start_core(RULES);
    turns_set_earlier(TURNS, (const char *const[]){"node", NULL}, "boot-2 boot-1");
    take_in("p1", "town", "", "@openclaw and @helper: go", true);
    settle();
    assert_int_equal(RUNS.count, 3);
    assert_string_equal(RUNS.runs[2].idempotency_key, "mm-p1:work");
    assert_string_equal(RUNS.runs[2].earlier_boot_id, "boot-2");
    fake_run_end(2, GATEWAY_RUN_OK, "two", "");
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    assert_string_equal(posted_by("bot-helper")->message, "two");
    assert_string_equal(posted_by("bot")->message, "one");
}

// The server gave a bot late: what it missed meanwhile is found for it alone.
static void test_a_bot_that_comes_late(void **state) {
    chat_post post = {.id = "p1",
                      .channel_id = "town",
                      .user_id = ALICE,
                      .root_id = "",
                      .message = "@openclaw and @helper: go",
                      .type = "",
                      .pending_post_id = "",
                      .again = true,
                      .create_at_ms = FAKE_NOW_MS};
    (void)state;
    end_core();
    FAKE.fail_next = 2;
    FAKE.fail_call = "rename_bot";
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "no database"};
    start_core(RULES);
    assert_true(accounts_waiting(ACCOUNTS));
    take_in("p1", "town", "", post.message, false);
    assert_int_equal(RUNS.count, 1);
    fake_clock_pass(LOOP, 5000);
    assert_false(accounts_waiting(ACCOUNTS));
    turns_take_missed(TURNS, &post);
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p1:work");
    turns_take_missed(TURNS, &post);
    assert_int_equal(RUNS.count, 2);
}

static void test_a_released_post(void **state) {
    (void)state;
    chat_post post = {.id = "p1",
                      .channel_id = "town",
                      .user_id = ALICE,
                      .root_id = "",
                      .message = "@helper go",
                      .type = "",
                      .pending_post_id = "",
                      .create_at_ms = FAKE_NOW_MS};
    take_in("p1", "town", "", "@helper go", false);
    fake_run_end(0, GATEWAY_RUN_OK, "one", "");
    settle();
    assert_false(turns_take_released(TURNS, &post, "nobody", "paired"));
    assert_true(turns_take_released(TURNS, &post, "work", "paired"));
    assert_true(turns_take_released(TURNS, &post, "work", "paired")); // twice is once
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p1:work.paired");
    fake_run_end(1, GATEWAY_RUN_OK, "two", "");
    settle();
    assert_int_equal(FAKE.outcome_count, 1);
    assert_int_equal(FAKE.post_count, 2);
    assert_int_equal(journal_get_counts(JOURNAL)->closed[REASON_ANSWERED], 2);
}

#define TWO_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up_two, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TWO_TEST(test_both_are_mentioned),
        TWO_TEST(test_one_is_mentioned),
        TWO_TEST(test_a_direct_channel_has_one_bot),
        TWO_TEST(test_agents_and_permissions_of_each),
        TWO_TEST(test_a_refusal_beside_an_answer),
        TWO_TEST(test_a_removed_account_finishes_what_is_open),
        TWO_TEST(test_a_changed_account_leaves_the_other_alone),
        TWO_TEST(test_one_gateway_is_away),
        TWO_TEST(test_each_bot_has_its_limit),
        TWO_TEST(test_again_for_the_one_that_has_not_answered),
        TWO_TEST(test_a_bot_that_comes_late),
        TWO_TEST(test_a_released_post),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
