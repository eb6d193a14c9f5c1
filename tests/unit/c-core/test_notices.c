// SPDX-License-Identifier: Apache-2.0
// Administrators are told once: not twice in a row, not after a restart, not by two nodes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin/notices.h"
#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"

static loop *LOOP;
static notices *NOTICES;

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    NOTICES = notices_create(LOOP, fake_chat_create(), "node");
    notices_set_bot(NOTICES, "bot");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    notices_destroy(NOTICES);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static void test_every_administrator_is_told(void **state) {
    (void)state;
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    assert_int_equal(FAKE.post_count, 2);
    assert_string_equal(FAKE.posts[0].channel_id, "dm-admin1");
    assert_string_equal(FAKE.posts[1].channel_id, "dm-admin2");
    assert_string_equal(FAKE.posts[0].message, "broken");
    assert_string_equal(FAKE.posts[0].user_id, "bot");
}

static void test_the_same_text_is_not_repeated(void **state) {
    (void)state;
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    fake_clock_pass(LOOP, 120000);
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    fake_clock_pass(LOOP, 120000);
    assert_int_equal(FAKE.post_count, 2);
}

static void test_not_after_a_restart_either(void **state) {
    (void)state;
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    notices_destroy(NOTICES);
    NOTICES = notices_create(LOOP, &THE_CHAT, "node");
    notices_set_bot(NOTICES, "bot");
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    assert_int_equal(FAKE.post_count, 2);
}

static void test_three_at_once_then_one_a_minute(void **state) {
    (void)state;
    notices_tell(NOTICES, NOTICE_GATEWAY, "one");
    notices_tell(NOTICES, NOTICE_GATEWAY, "two");
    notices_tell(NOTICES, NOTICE_GATEWAY, "three");
    notices_tell(NOTICES, NOTICE_GATEWAY, "four");
    notices_tell(NOTICES, NOTICE_GATEWAY, "five");
    assert_int_equal(FAKE.post_count, 6);
    fake_clock_pass(LOOP, 61000);
    assert_int_equal(FAKE.post_count, 8);
    assert_string_equal(FAKE.posts[7].message, "five"); // what is out of date by then is not said
    notices_tell(NOTICES, NOTICE_GATEWAY, "six");
    assert_int_equal(FAKE.post_count, 8);
    fake_clock_pass(LOOP, 61000);
    assert_int_equal(FAKE.post_count, 10);
}

static void test_topics_do_not_wait_for_each_other(void **state) {
    (void)state;
    notices_tell(NOTICES, NOTICE_GATEWAY, "one");
    notices_tell(NOTICES, NOTICE_SETTINGS, "two");
    assert_int_equal(FAKE.post_count, 4);
}

static void test_well_only_after_something_was_wrong(void **state) {
    (void)state;
    notices_well(NOTICES, NOTICE_GATEWAY, "well");
    fake_clock_pass(LOOP, 61000);
    assert_int_equal(FAKE.post_count, 0);
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    notices_well(NOTICES, NOTICE_GATEWAY, "all well");
    fake_clock_pass(LOOP, 61000);
    assert_int_equal(FAKE.post_count, 4);
    assert_string_equal(FAKE.posts[2].message, "all well");
    notices_well(NOTICES, NOTICE_GATEWAY, "all well");
    fake_clock_pass(LOOP, 61000);
    assert_int_equal(FAKE.post_count, 4);
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken"); // a new outage is news
    assert_int_equal(FAKE.post_count, 6);
}

static void test_without_a_bot_it_waits_for_one(void **state) {
    (void)state;
    notices_destroy(NOTICES);
    NOTICES = notices_create(LOOP, &THE_CHAT, "node");
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    assert_int_equal(FAKE.post_count, 0);
    notices_set_bot(NOTICES, "bot");
    assert_int_equal(FAKE.post_count, 2);
}

static void test_another_node_was_faster(void **state) {
    (void)state;
    FAKE.hold = true;
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    held *get = HELD;
    HELD = NULL;
    json_add_string(FAKE.kv, "notice.gateway", "other");
    get->answer = answer_value;
    cJSON_DeleteItemFromObjectCaseSensitive(FAKE.kv, "notice.gateway");
    answer_one(get);    // "there was nothing"
    HELD->flag = false; // … but the other node has stored its word meanwhile
    fake_chat_answer_all();
    assert_int_equal(FAKE.post_count, 0);
}

static void test_a_store_that_fails_does_not_silence(void **state) {
    (void)state;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "no"};
    FAKE.fail_next = 2;
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    assert_int_equal(FAKE.post_count, 2);
}

static void again(void) {
    notices_destroy(NOTICES);
    NOTICES = notices_create(LOOP, &THE_CHAT, "node");
    notices_set_bot(NOTICES, "bot");
}

static void test_the_first_time_all_is_well(void **state) {
    (void)state;
    notices_well_first(NOTICES, NOTICE_GATEWAY, "again", "welcome");
    assert_int_equal(FAKE.post_count, 2);
    assert_string_equal(FAKE.posts[1].message, "welcome");
    notices_well_first(NOTICES, NOTICE_GATEWAY, "again", "welcome");
    again();
    notices_well_first(NOTICES, NOTICE_GATEWAY, "again", "welcome in other words");
    assert_int_equal(FAKE.post_count, 2);
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    notices_well_first(NOTICES, NOTICE_GATEWAY, "again", "welcome");
    assert_int_equal(FAKE.post_count, 6);
    assert_string_equal(FAKE.posts[5].message, "again");
}

static void test_the_first_time_after_something_was_wrong(void **state) {
    (void)state;
    notices_tell(NOTICES, NOTICE_GATEWAY, "please approve");
    notices_well_first(NOTICES, NOTICE_GATEWAY, "again", "welcome");
    assert_int_equal(FAKE.post_count, 4); // one message, not two about the same
    assert_string_equal(FAKE.posts[3].message, "welcome");
}

// Values of before they had a version: who was told something then need not be welcomed.
static void test_what_an_older_release_has_stored(void **state) {
    (void)state;
    json_add_string(FAKE.kv, "notice.gateway", "broken");
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    assert_int_equal(FAKE.post_count, 0);
    notices_well_first(NOTICES, NOTICE_GATEWAY, "again", "welcome");
    assert_int_equal(FAKE.post_count, 2);
    assert_string_equal(FAKE.posts[0].message, "again");
}

static void test_nobody_could_be_told(void **state) {
    (void)state;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "no"};
    FAKE.fail_call = "direct_channel";
    FAKE.fail_next = 4; // both of them, twice
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    fake_clock_pass(LOOP, 61000);
    assert_int_equal(FAKE.fail_next, 0);
    assert_int_equal(FAKE.post_count, 0);
    fake_clock_pass(LOOP, 61000);
    assert_int_equal(FAKE.post_count, 0); // the pause has doubled
    fake_clock_pass(LOOP, 61000);
    assert_int_equal(FAKE.post_count, 2);
    fake_clock_pass(LOOP, 4000000);
    assert_int_equal(FAKE.post_count, 2);
}

static void test_one_of_them_is_enough(void **state) {
    (void)state;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 403, .id = "", .message = "no"};
    FAKE.fail_call = "direct_channel";
    FAKE.fail_next = 1;
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    fake_clock_pass(LOOP, 4000000);
    assert_int_equal(FAKE.post_count, 1);
}

static void claimed_by(const char *process, int64_t at_ms) {
    char *value =
        xasprintf("{\"v\":1,\"said\":\"broken\",\"greeted\":false,\"claim\":{\"by\":\"%s\",\"at\":%lld}}",
                  process, (long long)at_ms);
    json_add_string(FAKE.kv, "notice.gateway", value);
    free(value);
}

static void test_a_process_that_died_before_it_told(void **state) {
    (void)state;
    claimed_by("other", loop_wall_ms(LOOP) - 1000);
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    fake_clock_pass(LOOP, 60000);
    assert_int_equal(FAKE.post_count, 0);
    fake_clock_pass(LOOP, 61000);
    assert_int_equal(FAKE.post_count, 2);
    again();
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    assert_int_equal(FAKE.post_count, 2);
}

// The core was restarted while it told: the new one need not wait.
static void test_an_earlier_process_of_this_node(void **state) {
    (void)state;
    claimed_by("node-0123456789abcdef", loop_wall_ms(LOOP) - 1000);
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    fake_clock_pass(LOOP, 1000);
    assert_int_equal(FAKE.post_count, 2);
    again();
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    assert_int_equal(FAKE.post_count, 2);
}

static void test_a_process_that_is_just_telling(void **state) {
    (void)state;
    claimed_by("other", loop_wall_ms(LOOP));
    notices_tell(NOTICES, NOTICE_GATEWAY, "broken");
    cJSON_DeleteItemFromObject(FAKE.kv, "notice.gateway");
    json_add_string(FAKE.kv, "notice.gateway", "{\"v\":1,\"said\":\"broken\",\"greeted\":false}");
    fake_clock_pass(LOOP, 4000000);
    assert_int_equal(FAKE.post_count, 0);
}

// Each reads it in their language; what is remembered does not depend on whose came first.
static void test_each_in_their_language(void **state) {
    (void)state;
    FAKE.german = "admin2";
    FAKE.info.locale = "fr";
    char *text = words_mark(WORD_ADMIN_CONTROL_UNTIL, "sentence", "{sentence}", NULL);
    notices_tell(NOTICES, NOTICE_GATEWAY, text);
    assert_int_equal(FAKE.post_count, 2);
    assert_non_null(strstr(FAKE.posts[0].message, "{sentence} En attendant"));
    assert_non_null(strstr(FAKE.posts[1].message, "{sentence} Bis dahin"));
    FAKE.info.locale = "ja";
    again();
    notices_tell(NOTICES, NOTICE_GATEWAY, text);
    assert_int_equal(FAKE.post_count, 2);
    free(text);
    notices_well(NOTICES, NOTICE_GATEWAY, words_marked(WORD_ADMIN_GATEWAY_WELL));
    assert_string_equal(FAKE.posts[2].message, words_text(WORDS_JA, WORD_ADMIN_GATEWAY_WELL));
    assert_string_equal(FAKE.posts[3].message, words_text(WORDS_DE, WORD_ADMIN_GATEWAY_WELL));
}

#define NOTICE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        NOTICE_TEST(test_every_administrator_is_told),
        NOTICE_TEST(test_the_same_text_is_not_repeated),
        NOTICE_TEST(test_not_after_a_restart_either),
        NOTICE_TEST(test_three_at_once_then_one_a_minute),
        NOTICE_TEST(test_topics_do_not_wait_for_each_other),
        NOTICE_TEST(test_well_only_after_something_was_wrong),
        NOTICE_TEST(test_without_a_bot_it_waits_for_one),
        NOTICE_TEST(test_another_node_was_faster),
        NOTICE_TEST(test_a_store_that_fails_does_not_silence),
        NOTICE_TEST(test_the_first_time_all_is_well),
        NOTICE_TEST(test_the_first_time_after_something_was_wrong),
        NOTICE_TEST(test_what_an_older_release_has_stored),
        NOTICE_TEST(test_nobody_could_be_told),
        NOTICE_TEST(test_one_of_them_is_enough),
        NOTICE_TEST(test_a_process_that_died_before_it_told),
        NOTICE_TEST(test_a_process_that_is_just_telling),
        NOTICE_TEST(test_an_earlier_process_of_this_node),
        NOTICE_TEST(test_each_in_their_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
