// SPDX-License-Identifier: Apache-2.0
// Posts that are edited or deleted while they wait, threads that the bot takes part in, hints, and what the agent is told of
// what was said before.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/turn_bench.h"

static chat_post post_of(const char *id, const char *channel, const char *root, const char *message) {
    return (chat_post){.id = id,
                       .channel_id = channel,
                       .user_id = ALICE,
                       .root_id = root,
                       .message = message,
                       .type = "",
                       .pending_post_id = "",
                       .create_at_ms = FAKE_NOW_MS};
}

// The outcomes of edits are told under a name of their own.
static void edit_at(const char *id, const char *channel, const char *before, const char *now,
                    int64_t age_ms) {
    chat_post old = post_of(id, channel, "", before), new = post_of(id, channel, "", now);
    old.create_at_ms = new.create_at_ms = FAKE_NOW_MS - age_ms;
    new.edit_at_ms = FAKE_NOW_MS;
    turns_post_edited(TURNS, &new, &old, fake_chat_ticket("the edit"));
}

static void edit(const char *id, const char *channel, const char *before, const char *now) {
    edit_at(id, channel, before, now, 0);
}

static void answer_run(size_t index) {
    fake_run_end(index, GATEWAY_RUN_OK, "ok", "");
    settle();
}

static void gateway_is(gateway_state s) {
    RUNS.status.state = s;
    turns_gateway_status(TURNS, &RUNS.gateways[0], &RUNS.status);
}

// --- edits ---

static void test_an_edit_that_adds_a_mention_wakes_once(void **state) {
    (void)state;
    take_in("p1", "town", "", "do it", false);
    assert_int_equal(outcome_told("p1"), REASON_NO_MENTION);
    edit("p1", "town", "do it", "@openclaw do it");
    settle();
    assert_int_equal(RUNS.count, 1);
    assert_string_equal(RUNS.runs[0].idempotency_key, "mm-p1.edit");
    assert_string_equal(RUNS.runs[0].message, "alicealicealicealicealicea: do it");
    edit("p1", "town", "do it", "@openclaw do it now"); // while it is worked on
    answer_run(0);
    edit("p1", "town", "no", "@openclaw yes");
    settle();
    assert_int_equal(RUNS.count, 1);
    assert_int_equal(FAKE.post_count, 1);
    assert_int_equal(FAKE.outcome_count, 4);
    assert_int_equal(FAKE.outcomes[1], REASON_DUPLICATE);
    assert_int_equal(FAKE.outcomes[2], REASON_ANSWERED);
    assert_int_equal(FAKE.outcomes[3], REASON_DUPLICATE);
}

static void test_edits_that_wake_nobody(void **state) {
    (void)state;
    edit("p1", "town", "@openclaw a", "@openclaw b"); // called before as well
    edit("p2", "town", "a", "b");
    edit_at("p3", "town", "a", "@openclaw a", 11 * 60 * 1000);
    settle();
    assert_int_equal(RUNS.count, 0);
    assert_int_equal(FAKE.outcome_count, 3);
    take_in("p4", "town", "", "@openclaw a", false);
    answer_run(0);
    edit("p4", "town", "a", "@openclaw a"); // answered already
    settle();
    assert_int_equal(RUNS.count, 1);
}

static void test_an_edit_of_a_post_that_waits_is_what_is_sent(void **state) {
    (void)state;
    take_dm("p1", "first");
    take_dm("p2", "secnd");
    edit("p2", "dm1", "secnd", "second");
    edit("p1", "dm1", "first", "too late");
    answer_run(0);
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[0].message, "alicealicealicealicealicea: first");
    assert_string_equal(RUNS.runs[1].message, "alicealicealicealicealicea: second");
    answer_run(1);
    assert_int_equal(outcome_told("p2"), REASON_ANSWERED);
}

static void missed_after_an_edit(const char *id) {
    chat_post post = post_of(id, "town", "", "@openclaw do it");
    post.edit_at_ms = FAKE_NOW_MS;
    post.again = true;
    turns_take_missed(TURNS, &post);
    settle();
}

static void test_what_an_edit_asked_is_not_asked_again_by_catching_up(void **state) {
    (void)state;
    take_in("p1", "town", "", "do it", false);
    edit("p1", "town", "do it", "@openclaw do it");
    settle();
    missed_after_an_edit("p1"); // while it is worked on
    answer_run(0);
    missed_after_an_edit("p1");
    fake_clock_pass(LOOP, 2000); // written
    end_core();
    start_core(RULES); // by another process
    missed_after_an_edit("p1");
    assert_int_equal(RUNS.count, 1);
    missed_after_an_edit("p2"); // an edit that nobody has heard of
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p2");
}

static void test_an_edit_while_the_gateway_is_away(void **state) {
    (void)state;
    gateway_is(GATEWAY_BACKOFF);
    take_in("p1", "town", "", "@openclaw first", false);
    take_in("p2", "town", "", "@openclaw second", false);
    edit("p1", "town", "@openclaw first", "@openclaw changed");
    edit("p2", "town", "@openclaw second", "never mind");
    settle();
    assert_int_equal(outcome_told("p2"), REASON_NO_MENTION);
    gateway_is(GATEWAY_READY);
    assert_int_equal(RUNS.count, 1);
    assert_string_equal(RUNS.runs[0].message, "alicealicealicealicealicea: changed");
}

static void test_an_edit_while_the_facts_are_looked_up(void **state) {
    (void)state;
    FAKE.hold = true;
    take_dm("p1", "first");
    edit("p1", "dm1", "first", "changed");
    FAKE.hold = false;
    fake_chat_answer_all();
    settle();
    assert_int_equal(RUNS.count, 1);
    assert_string_equal(RUNS.runs[0].message, "alicealicealicealicealicea: changed");
    answer_run(0);
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
}

// --- deletions ---

static void test_deleted_before_it_was_answered(void **state) {
    (void)state;
    take_dm("p1", "first");
    take_dm("p2", "second");
    take_dm("p3", "third");
    turns_post_deleted(TURNS, "p2");
    turns_post_deleted(TURNS, "p1");
    assert_true(RUNS.runs[0].aborted);
    settle();
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p3");
    assert_int_equal(outcome_told("p1"), REASON_DELETED);
    assert_int_equal(outcome_told("p2"), REASON_DELETED);
    assert_int_equal(journal_get_counts(JOURNAL)->closed[REASON_DELETED], 2); // they were begun
    assert_int_equal(FAKE.post_count, 0);
    answer_run(1);
    turns_post_deleted(TURNS, "p3"); // answered: nothing changes
    assert_int_equal(outcome_told("p3"), REASON_ANSWERED);
    assert_int_equal(turns_open(TURNS), 0);
}

static void test_deleted_while_it_is_looked_up_or_waits(void **state) {
    (void)state;
    FAKE.hold = true;
    take_in("p1", "town", "", "@openclaw one", false);
    turns_post_deleted(TURNS, "p1");
    FAKE.hold = false;
    fake_chat_answer_all();
    assert_int_equal(outcome_told("p1"), REASON_DELETED);
    gateway_is(GATEWAY_BACKOFF);
    take_in("p2", "town", "root", "@openclaw two", false);
    turns_post_deleted(TURNS, "root"); // which takes its thread along
    assert_int_equal(outcome_told("p2"), REASON_DELETED);
    gateway_is(GATEWAY_READY);
    assert_int_equal(RUNS.count, 0);
    assert_int_equal(turns_open(TURNS), 0);
}

// The question has a file that is being read; the server is slow.
static void ask_with_a_file(const char *id) {
    chat_post post = post_of(id, "town", "", "@openclaw look");
    cJSON *files = cJSON_Parse("[\"f1\"]");
    post.file_ids = files;
    turns_take(TURNS, &post, fake_chat_ticket(id));
    cJSON_Delete(files);
}

static void test_changed_while_its_files_are_read(void **state) {
    (void)state;
    fake_chat_add_file("f1", "a.txt", "text/plain", bytes_str("x"));
    gateway_is(GATEWAY_BACKOFF);
    for (size_t i = 0; i < 3; i++)
        ask_with_a_file((const char *[]){"p1", "p2", "p3"}[i]);
    FAKE.hold = true;
    gateway_is(GATEWAY_READY);
    assert_int_equal(RUNS.count, 0); // p1's file is being read
    turns_post_deleted(TURNS, "p1");
    chat_post before = post_of("p2", "town", "", "@openclaw look"), now = post_of("p2", "town", "", "no");
    turns_post_edited(TURNS, &now, &before, fake_chat_ticket("the edit"));
    FAKE.hold = false;
    for (int i = 0; i < 20; i++) { // one thing after another
        fake_clock_pass(LOOP, 100);
        fake_chat_answer_all();
    }
    assert_int_equal(outcome_told("p1"), REASON_DELETED);
    assert_int_equal(outcome_told("p2"), REASON_NO_MENTION);
    assert_int_equal(RUNS.count, 1);
    assert_string_equal(RUNS.runs[0].idempotency_key, "mm-p3");
    answer_run(0);
    assert_int_equal(outcome_told("p3"), REASON_ANSWERED);
    assert_int_equal(turns_open(TURNS), 0);
}

// --- threads ---

static void test_in_a_thread_of_its_own_the_bot_hears_everything(void **state) {
    (void)state;
    take_in("p1", "town", "root", "no mention", false);
    assert_int_equal(outcome_told("p1"), REASON_NO_MENTION);
    take_in("p2", "town", "root", "@openclaw hi", false);
    FAKE.hold = true;
    fake_run_end(0, GATEWAY_RUN_OK, "ok", ""); // the post is made, but we do not know yet
    FAKE.hold = false;
    take_in("p3", "town", "root", "and now?", false);
    take_in("p4", "town", "other", "and now?", false);
    fake_chat_answer_all();
    settle();
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p3");
    assert_int_equal(outcome_told("p4"), REASON_NO_MENTION);
    answer_run(1);
    fake_clock_pass(LOOP, 2000); // written
    end_core();
    start_core(RULES); // by another process
    take_in("p5", "town", "root", "still there?", false);
    settle();
    assert_int_equal(RUNS.count, 3);
}

static void test_people_go_on_while_the_answer_still_grows(void **state) {
    (void)state;
    take_in("p1", "town", "root", "@openclaw hi", false);
    settle();
    take_in("p2", "town", "root", "too early", false);
    assert_int_equal(outcome_told("p2"), REASON_NO_MENTION);
    RUNS.runs[0].events.text(RUNS.runs[0].ctx, "The answer begins");
    fake_clock_pass(LOOP, 1);
    take_in("p3", "town", "root", "and then?", false);
    answer_run(0);
    settle();
    assert_int_equal(RUNS.count, 2);
    assert_string_equal(RUNS.runs[1].idempotency_key, "mm-p3");
}

static void test_the_store_fails_over_a_thread(void **state) {
    (void)state;
    FAKE.fail_call = "kv_get";
    FAKE.failure = (chat_error){.err = OC_ECLOSED, .id = "", .message = "no"};
    FAKE.fail_next = 2;
    take_in("p1", "town", "root", "no mention", false);
    assert_false(fake_chat_has_outcome("p1"));
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(outcome_told("p1"), REASON_NO_MENTION);
}

// --- hints ---

static void test_a_hint_once_an_hour(void **state) {
    (void)state;
    take_in("p1", "townout", "", "@openclaw hi", false);
    take_in("p2", "townout", "", "@openclaw hi", false);
    take_in("p3", "cityout", "", "@openclaw hi", false);
    assert_int_equal(FAKE.ephemeral_count, 2);
    fake_clock_pass(LOOP, 3600 * 1000);
    take_in("p4", "townout", "", "@openclaw hi", false);
    assert_int_equal(FAKE.ephemeral_count, 3);
    assert_int_equal(outcome_told("p2"), REASON_NOT_MEMBER);
    assert_int_equal(RUNS.count, 0);
}

// --- context ---

static void test_what_was_said_before_goes_along(void **state) {
    (void)state;
    fake_chat_add_post("a", "town", "bob", "", "old news");
    fake_chat_add_post("b", "town", "bot", "", "an answer of ours");
    fake_chat_add_post("c", "town", "carol", "", "lunch at noon\n/new");
    fake_chat_add_post("d", "town", "bob", "x", "in a thread");
    fake_chat_add_post("e", "town", "bob", "", "or at one?");
    take_in("p1", "town", "", "@openclaw when is lunch?", false);
    settle();
    assert_int_equal(RUNS.count, 1);
    const char *m = RUNS.runs[0].message;
    assert_null(strstr(m, "old news"));
    assert_null(strstr(m, "in a thread"));
    assert_non_null(
        strstr(m, "\n| carol, 1970-01-01 00:00 UTC, post c:\n|   lunch at noon\n|   /new\n| bob, "));
    assert_non_null(strstr(m, ", post e:\n|   or at one?\n[end "));
    assert_non_null(strstr(m, "]\nalicealicealicealicealicea: when is lunch?"));
    assert_null(strstr(RUNS.runs[0].system_prompt, "noon"));
}

static void test_without_context_when_it_cannot_be_had(void **state) {
    static const char *const calls[] = {"get_posts_before", "has_channel_permission"};
    (void)state;
    fake_chat_add_post("c", "town", "carol", "", "lunch at noon");
    for (size_t i = 0; i < 2; i++) {
        char *id = xasprintf("p%zu", i);
        FAKE.fail_call = calls[i];
        FAKE.failure = (chat_error){.err = OC_ECLOSED, .id = "", .message = "no"};
        FAKE.fail_next = 1;
        take_in(id, "town", "", "@openclaw hi", false);
        settle();
        assert_int_equal(RUNS.count, i + 1);
        assert_string_equal(RUNS.runs[i].message, "alicealicealicealicealicea: hi");
        answer_run(i);
        free(id);
        FAKE.posts[FAKE.post_count - 1].deleted = true;
    }
    FAKE.denied_permission = "read_channel";
    take_in("p9", "town", "", "@openclaw hi", false);
    settle();
    assert_string_equal(RUNS.runs[2].message, "alicealicealicealicealicea: hi");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TURN_TEST(test_an_edit_that_adds_a_mention_wakes_once),
        TURN_TEST(test_edits_that_wake_nobody),
        TURN_TEST(test_an_edit_of_a_post_that_waits_is_what_is_sent),
        TURN_TEST(test_what_an_edit_asked_is_not_asked_again_by_catching_up),
        TURN_TEST(test_an_edit_while_the_gateway_is_away),
        TURN_TEST(test_an_edit_while_the_facts_are_looked_up),
        TURN_TEST(test_deleted_before_it_was_answered),
        TURN_TEST(test_deleted_while_it_is_looked_up_or_waits),
        TURN_TEST(test_changed_while_its_files_are_read),
        TURN_TEST(test_in_a_thread_of_its_own_the_bot_hears_everything),
        TURN_TEST(test_people_go_on_while_the_answer_still_grows),
        TURN_TEST(test_the_store_fails_over_a_thread),
        TURN_TEST(test_a_hint_once_an_hour),
        TURN_TEST(test_what_was_said_before_goes_along),
        TURN_TEST(test_without_context_when_it_cannot_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
