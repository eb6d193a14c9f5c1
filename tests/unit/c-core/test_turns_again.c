// SPDX-License-Identifier: Apache-2.0
// Posts that an earlier process may have handled: handed over again, or found after a start.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/turn_bench.h"

static void next_core(bool journal_lost) {
    turns_destroy(TURNS);
    fake_clock_pass(LOOP, 1000);
    TURNS = NULL;
    end_core();
    if (journal_lost) {
        cJSON_Delete(FAKE.kv);
        FAKE.kv = json_new_object();
    }
    start_core(RULES);
    turns_set_earlier(TURNS, (const char *const[]){"node", "other", NULL}, "boot-1");
}

// The core died between posting the answer and telling the outcome: the next one is handed the post again.
static void test_handed_over_again_after_its_outcome_was_recorded(void **state) {
    (void)state;
    take_dm("p1", "x");
    fake_run_end(0, GATEWAY_RUN_OK, "answer", "");
    settle();
    next_core(false);
    take_in("p1", "dm1", "", "x", true);
    settle();
    assert_int_equal(RUNS.count, 1);
    assert_int_equal(FAKE.post_count, 1);
    assert_int_equal(FAKE.outcomes[1], REASON_DUPLICATE);
}

static void test_handed_over_again_after_it_was_posted(void **state) {
    (void)state;
    take_dm("p1", "x");
    fake_run_end(0, GATEWAY_RUN_OK, "answer", "");
    settle();
    next_core(true); // and the record is lost as well
    take_in("p1", "dm1", "", "x", true);
    assert_string_equal(RUNS.runs[1].earlier_boot_id, "boot-1");
    fake_run_end(1, GATEWAY_RUN_OK, "answer", "");
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(FAKE.post_count, 1);
    assert_int_equal(FAKE.outcome_count, 2);
}

static void test_handed_over_again_before_it_was_posted(void **state) {
    (void)state;
    take_dm("p1", "x");
    assert_null(RUNS.runs[0].earlier_boot_id);
    next_core(false);
    take_in("p1", "dm1", "", "x", true);
    fake_run_end(1, GATEWAY_RUN_OK, "answer", "");
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(FAKE.post_count, 1);
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
}

// The gateway runs since before the post was written: whoever began it gave it to no other start of the gateway.
static void test_found_by_the_process_that_was_there(void **state) {
    (void)state;
    turns_set_earlier(TURNS, (const char *const[]){"node", NULL}, "boot-1");
    turns_gateway_status(TURNS, &RUNS.gateways[0], &RUNS.status);
    take_in("p1", "dm1", "", "x", true);
    assert_string_equal(RUNS.runs[0].earlier_boot_id, "boot-1");
    fake_run_end(0, GATEWAY_RUN_OK, "answer", "");
    fake_clock_pass(LOOP, 120000);
    take_in("p2", "dm1", "", "y", true);
    assert_string_equal(RUNS.runs[1].earlier_boot_id, "boot-2");
    fake_run_end(1, GATEWAY_RUN_OK, "answer", "");
    fake_clock_pass(LOOP, 5000);
}

// Within a minute the shim knows what the earlier core sent: the key is enough, and nothing is searched for or waited for.
static void test_handed_over_again_by_a_shim_that_remembers(void **state) {
    (void)state;
    take_dm("p1", "x");
    next_core(false);
    chat_post post = {.id = "p1",
                      .channel_id = "dm1",
                      .user_id = ALICE,
                      .root_id = "",
                      .message = "x",
                      .type = "",
                      .pending_post_id = "",
                      .again = true,
                      .create_at_ms = FAKE_NOW_MS,
                      .remembered_until_ms = FAKE_NOW_MS + 10000};
    turns_take(TURNS, &post, fake_chat_ticket("p1"));
    fake_run_end(1, GATEWAY_RUN_OK, "answer", "");
    fake_clock_pass(LOOP, 200);
    assert_int_equal(FAKE.post_count, 1);
    assert_string_equal(FAKE.posts[0].key, "p1/0");
}

static void test_a_shim_that_has_forgotten(void **state) {
    (void)state;
    take_dm("p1", "x");
    fake_run_end(0, GATEWAY_RUN_OK, "answer", "");
    settle();
    next_core(true);
    chat_post post = {.id = "p1",
                      .channel_id = "dm1",
                      .user_id = ALICE,
                      .root_id = "",
                      .message = "x",
                      .type = "",
                      .pending_post_id = "",
                      .again = true,
                      .create_at_ms = FAKE_NOW_MS,
                      .remembered_until_ms = FAKE_NOW_MS - 1};
    turns_take(TURNS, &post, fake_chat_ticket("p1"));
    fake_run_end(1, GATEWAY_RUN_OK, "answer", "");
    fake_clock_pass(LOOP, 200);
    assert_int_equal(FAKE.post_count, 1);
    assert_int_equal(FAKE.outcome_count, 2);
}

// Why the post was for the bot is forgotten: what stands of its answer stays, and becomes complete.
static void test_begun_in_a_thread_that_is_forgotten(void **state) {
    (void)state;
    participation_note(THREADS, "default", "root1");
    take_in("p1", "town", "root1", "x", false);
    assert_int_equal(RUNS.count, 1);
    fake_clock_pass(LOOP, 500); // it is written down that it was begun
    fake_run_end(0, GATEWAY_RUN_OK, "answer", "");
    fake_clock_pass(LOOP, 20); // posted, the outcome is not written yet
    assert_int_equal(FAKE.post_count, 1);
    end_core();
    start_core(RULES);
    turns_set_earlier(TURNS, (const char *const[]){"node", NULL}, "boot-1");
    cJSON_DeleteItemFromObject(FAKE.kv, "participation.default");
    take_in("p1", "town", "root1", "x", true);
    settle();
    assert_false(FAKE.posts[0].deleted);
    assert_int_equal(FAKE.post_count, 1);
}

static void missed(const char *id, int64_t age_ms) {
    chat_post post = {.id = id,
                      .channel_id = "dm1",
                      .user_id = ALICE,
                      .root_id = "",
                      .message = "missed",
                      .type = "",
                      .pending_post_id = "",
                      .again = true,
                      .create_at_ms = FAKE_NOW_MS - age_ms};
    turns_take_missed(TURNS, &post);
}

static void test_missed_posts(void **state) {
    (void)state;
    FAKE_NOW_MS = 100000000;
    missed("p1", 60000);
    missed("p2", 11 * 60000);
    missed("p3", 12 * 60000);
    settle();
    assert_int_equal(RUNS.count, 1);
    fake_run_end(0, GATEWAY_RUN_OK, "answer", "");
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(FAKE.post_count, 2); // one answer, and "too old" once for the place
    assert_int_equal(FAKE.outcome_count, 0);
    assert_int_equal(journal_get_counts(JOURNAL)->closed[REASON_ANSWERED], 1);
    assert_int_equal(journal_get_counts(JOURNAL)->closed[REASON_TOO_OLD], 2);
    missed("p1", 60000); // known by now
    missed("p2", 11 * 60000);
    settle();
    assert_int_equal(RUNS.count, 1);
    next_core(false);
    missed("p1", 60000); // and to the next process too
    settle();
    assert_int_equal(RUNS.count, 1);
}

static void test_the_watermark_stays_behind_open_turns(void **state) {
    (void)state;
    int64_t asked = FAKE_NOW_MS;
    take_dm("p1", "x");
    fake_clock_pass(LOOP, 60000);
    assert_true(turns_safe_until_ms(TURNS) <= asked);
    fake_run_end(0, GATEWAY_RUN_OK, "answer", "");
    settle();
    assert_true(turns_safe_until_ms(TURNS) > asked);
    assert_true(turns_safe_until_ms(TURNS) < FAKE_NOW_MS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TURN_TEST(test_handed_over_again_after_its_outcome_was_recorded),
        TURN_TEST(test_handed_over_again_after_it_was_posted),
        TURN_TEST(test_handed_over_again_before_it_was_posted),
        TURN_TEST(test_found_by_the_process_that_was_there),
        TURN_TEST(test_handed_over_again_by_a_shim_that_remembers),
        TURN_TEST(test_a_shim_that_has_forgotten),
        TURN_TEST(test_begun_in_a_thread_that_is_forgotten),
        TURN_TEST(test_missed_posts),
        TURN_TEST(test_the_watermark_stays_behind_open_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
