// SPDX-License-Identifier: Apache-2.0
// A stranger's turn: sent to pairing with one word about it, answered once let in, also when the process dies between.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/turn_bench.h"

static config *BOBS;

static int set_up_pairing(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    BOBS = one_account("bobbobbobbobbobbobbobbobbo");
    (void)fake_chat_create();
    fake_runs_create(GATEWAY_READY);
    WITH_PAIRING = true;
    start_core(BOBS);
    return 0;
}

static int tear_down_pairing(void **state) {
    (void)state;
    end_core();
    config_destroy(BOBS);
    loop_destroy(LOOP);
    fake_chat_destroy();
    fake_runs_destroy();
    return 0;
}

static int said_in_dm(const char *part) {
    int count = 0;
    for (size_t i = 0; i < FAKE.post_count; i++)
        count += strcmp(FAKE.posts[i].channel_id, "dm1") == 0 && strstr(FAKE.posts[i].message, part) != NULL;
    return count;
}

static void write_dm(const char *id, bool again) {
    if (fake_chat_post(id) == NULL)
        fake_chat_add_post(id, "dm1", ALICE, "", "hello?");
    take_in(id, "dm1", "", "hello?", again);
    settle();
}

static void on_text(void *ctx, const char *text) {
    (void)ctx, (void)text;
}

static void approve(void) {
    const cJSON *value = NULL;
    cJSON *json = NULL;
    person admin = {.id = "admin1", .username = "admin1", .admin = true, .human = true};
    assert_int_equal(json_parse(bytes_str(json_string(FAKE.kv, "pairings.default")), &json), OC_OK);
    value = cJSON_GetArrayItem(json_array(json, "requests"), 0);
    pairing_desk_decide_code(DESK, &admin, json_text(value, "code"), true, on_text, NULL);
    cJSON_Delete(json);
    settle();
}

static void test_from_the_first_message_to_its_answer(void **state) {
    (void)state;
    write_dm("p1", false);
    assert_int_equal(outcome_told("p1"), REASON_PAIRING);
    assert_int_equal(said_in_dm("I do not know you yet"), 1);
    write_dm("p2", false);
    assert_int_equal(outcome_told("p2"), REASON_PAIRING);
    assert_int_equal(said_in_dm("I do not know you yet"), 1);
    assert_int_equal(RUNS.count, 0);
    approve();
    assert_int_equal(said_in_dm("let in"), 1);
    assert_int_equal(RUNS.count, 1); // the first message only
    assert_string_equal(RUNS.runs[0].idempotency_key, "mm-p1.paired");
    fake_run_end(0, GATEWAY_RUN_OK, "welcome", "");
    settle();
    assert_int_equal(said_in_dm("welcome"), 1);
    write_dm("p3", false);
    assert_int_equal(RUNS.count, 2);
}

static void test_approved_by_another_node(void **state) {
    (void)state;
    write_dm("p1", false);
    char *value = xstrdup(json_string(FAKE.kv, "pairings.default"));
    approve();
    char *approved = xstrdup(json_string(FAKE.kv, "pairings.default"));
    end_core();
    cJSON_ReplaceItemInObjectCaseSensitive(FAKE.kv, "pairings.default", json_new_string(value));
    start_core(BOBS);
    write_dm("p2", false); // this node has looked, and nobody was let in then …
    assert_int_equal(outcome_told("p2"), REASON_PAIRING);
    cJSON_ReplaceItemInObjectCaseSensitive(FAKE.kv, "pairings.default", json_new_string(approved));
    size_t runs = RUNS.count;
    write_dm("p3", false); // … what it remembers is no reason to send a person away
    assert_int_equal(RUNS.count, runs + 1);
    free(value);
    free(approved);
}

static void test_a_process_that_dies_before_the_person_is_told(void **state) {
    (void)state;
    FAKE.fail_call = "create_post";
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "down"};
    FAKE.fail_next = 1000;
    fake_chat_add_post("p1", "dm1", ALICE, "", "hello?");
    take_in("p1", "dm1", "", "hello?", false);
    for (int i = 0; i < 10; i++)
        loop_step(LOOP, 0);
    end_core(); // the request is stored, nobody was told
    FAKE.fail_next = 0;
    start_core(BOBS);
    write_dm("p1", true);
    fake_clock_pass(LOOP, 70000); // what an earlier core may have sent is waited for
    assert_int_equal(said_in_dm("I do not know you yet"), 1);
    int notes = 0;
    for (size_t i = 0; i < FAKE.post_count; i++)
        notes += strstr(FAKE.posts[i].message, "asks to talk") != NULL;
    assert_int_equal(notes, 2); // both administrators, once
}

static void test_a_process_that_dies_after_the_approval(void **state) {
    (void)state;
    write_dm("p1", false);
    approve();
    assert_int_equal(RUNS.count, 1);
    end_core();
    start_core(BOBS);
    pairing_desk_resume(DESK);
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p1.paired"); // the gateway knows it
    fake_run_end(1, GATEWAY_RUN_OK, "welcome", "");
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(said_in_dm("welcome"), 1);
    assert_int_equal(said_in_dm("let in"), 1);
    end_core();
    start_core(BOBS);
    pairing_desk_resume(DESK);
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(RUNS.count, 2); // the journal knows that it was answered
    assert_int_equal(said_in_dm("welcome"), 1);
}

// The outcome of the post that asked was not written down, and its sender was let in before it is handed over again.
static void test_a_process_that_dies_before_the_outcome_is_written(void **state) {
    (void)state;
    write_dm("p1", false);
    approve();
    assert_int_equal(RUNS.count, 1);
    const cJSON *item = FAKE.kv->child;
    while (item != NULL) {
        const cJSON *next = item->next;
        if (strncmp(item->string, "journal.", 8) == 0)
            cJSON_DeleteItemFromObjectCaseSensitive(FAKE.kv, item->string);
        item = next;
    }
    end_core();
    start_core(BOBS);
    take_in("p1", "dm1", "", "hello?", true);
    settle();
    pairing_desk_resume(DESK);
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p1.paired");
    assert_int_equal(said_in_dm("I do not know you yet"), 1);
}

// Who was let in is not sent away because the store is slow for a while.
static void test_a_store_that_fails_for_a_while(void **state) {
    (void)state;
    write_dm("p1", false);
    approve();
    fake_run_end(0, GATEWAY_RUN_OK, "welcome", "");
    fake_clock_pass(LOOP, PAIRINGS_FRESH_MS + 1000);
    FAKE.fail_call = "kv_get";
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
    FAKE.fail_next = 12; // longer than one round of tries
    write_dm("p2", false);
    fake_clock_pass(LOOP, 60000);
    assert_int_equal(FAKE.fail_next, 0);
    assert_int_equal(RUNS.count, 2);
    assert_int_equal(said_in_dm("I do not know you yet"), 1);
}

static void test_in_channels_nobody_is_sent_to_pairing(void **state) {
    (void)state;
    take_in("p1", "town", "", "@openclaw hi", false);
    assert_int_equal(outcome_told("p1"), REASON_GROUP_NOT_LISTED);
    assert_null(json_get(FAKE.kv, "pairings.default"));
}

static void write_as(const char *user, const char *id, const char *channel, const char *message) {
    chat_post post = {.id = id,
                      .channel_id = channel,
                      .user_id = user,
                      .root_id = "",
                      .message = message,
                      .type = "",
                      .pending_post_id = "",
                      .create_at_ms = FAKE_NOW_MS};
    turns_take(TURNS, &post, fake_chat_ticket(id));
    settle();
}

// Commands typed as text obey who may talk to the bot, then their own table; the agent sees nothing of them.
static void test_commands_in_text(void **state) {
    static const char bob[] = "bobbobbobbobbobbobbobbobbo";
    (void)state;
    write_as(bob, "p1", "dm1", "/openclaw help");
    assert_int_equal(outcome_told("p1"), REASON_RAN_COMMAND);
    assert_int_equal(said_in_dm("These commands"), 1);
    write_as(bob, "p2", "town", "@openclaw /pairing list");
    assert_int_equal(outcome_told("p2"), REASON_RAN_COMMAND);
    assert_int_equal(FAKE.ephemeral_count, 1);
    assert_non_null(strstr(FAKE.ephemeral[0].message, "You may not use this command"));
    assert_int_equal(RUNS.count, 0);
    write_as(bob, "p3", "town", "@openclaw /why is the sky blue?");
    assert_int_equal(RUNS.count, 1);
    write_as(ALICE, "p4", "town", "@openclaw /openclaw help");
    assert_int_equal(outcome_told("p4"), REASON_GROUP_NOT_LISTED);
    write_as(ALICE, "p5", "dm1", "/openclaw help");
    assert_int_equal(outcome_told("p5"), REASON_PAIRING);
    assert_int_equal(FAKE.ephemeral_count, 1);
}

static void test_a_turn_that_ends_while_the_desk_is_asked(void **state) {
    (void)state;
    FAKE.hold = true;
    fake_chat_add_post("p1", "dm1", ALICE, "", "hello?");
    take_in("p1", "dm1", "", "hello?", false);
    for (int i = 0; i < 4 && HELD != NULL; i++) {
        held *first = HELD;
        HELD = first->next;
        answer_one(first);
    }
    turns_destroy(TURNS); // no use after it, no leak (sanitizers)
    TURNS = NULL;
    FAKE.hold = false;
    fake_chat_answer_all();
    settle();
    assert_int_equal(FAKE.left_tickets, 1);
    TURNS = turns_create(&(turns_parts){
        .loop = LOOP, .chat = &THE_CHAT, .accounts = ACCOUNTS, .concern = CONCERN, .journal = JOURNAL});
}

#define PAIRING_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up_pairing, tear_down_pairing)

int main(void) {
    (void)set_up, (void)tear_down, (void)take_dm;
    const struct CMUnitTest tests[] = {
        PAIRING_TEST(test_from_the_first_message_to_its_answer),
        PAIRING_TEST(test_approved_by_another_node),
        PAIRING_TEST(test_a_process_that_dies_before_the_person_is_told),
        PAIRING_TEST(test_a_process_that_dies_after_the_approval),
        PAIRING_TEST(test_a_process_that_dies_before_the_outcome_is_written),
        PAIRING_TEST(test_a_store_that_fails_for_a_while),
        PAIRING_TEST(test_in_channels_nobody_is_sent_to_pairing),
        PAIRING_TEST(test_commands_in_text),
        PAIRING_TEST(test_a_turn_that_ends_while_the_desk_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
