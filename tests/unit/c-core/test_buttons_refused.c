// SPDX-License-Identifier: Apache-2.0
// Clicks that do not count: every way in which one can be forged, borrowed, repeated, late or broken.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/button_bench.h"

// --- clicks that do not ---

static void change(cJSON *context, const char *key, const char *value) {
    cJSON_DeleteItemFromObjectCaseSensitive(context, key);
    json_add_string(context, key, value);
}

static void test_forged(void **state) {
    (void)state;
    static const char *const fields[] = {"kind", "account", "bot",   "channel",
                                         "set",  "value",   "users", "token"};
    make_posted(NULL, false);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        cJSON *body = body_of(0, "p1", "town");
        change((cJSON *)(uintptr_t)json_get(body, "context"), fields[i],
               strcmp(fields[i], "set") == 0 ? "0123456789abcdef0123456789abcdef" : "dave");
        send_body(ONE, "dave", body);
        if (STATUS != 403)
            fail_msg("%s: %d", fields[i], STATUS);
    }
    static const char *const numbers[] = {"action", "expires"};
    for (size_t i = 0; i < 2; i++) {
        cJSON *body = body_of(0, "p1", "town"), *context = (cJSON *)(uintptr_t)json_get(body, "context");
        cJSON_DeleteItemFromObjectCaseSensitive(context, numbers[i]);
        json_add_int(context, numbers[i], INT64_C(99999999999999));
        send_body(ONE, "dave", body);
        assert_int_equal(STATUS, 403);
    }
    assert_int_equal(count_of(ONE, "forged"), 10);
    assert_int_equal(CLICKS + ASKED, 0);
}

static void test_other_place(void **state) {
    (void)state;
    make_posted(NULL, false);
    fake_chat_add_post("p2", "town", "bot", "", "another");
    send_body(ONE, "alice", body_of(0, "p2", "town"));
    assert_int_equal(STATUS, 403);
    send_body(ONE, "alice", body_of(0, "p1", "village"));
    assert_int_equal(STATUS, 403);
    assert_int_equal(count_of(ONE, "other_post") + 10 * count_of(ONE, "other_channel"), 11);
    assert_int_equal(CLICKS, 0);
}

static void test_other_post_when_none_is_noted(void **state) {
    (void)state;
    make(ONE, NULL, false);
    fake_chat_add_post("p1", "town", "bot", "", "without buttons");
    click_on(ONE, "alice", 0);
    assert_int_equal(STATUS, 403);
    send_body(ONE, "alice", body_of(0, "p7", "town")); // there is none
    assert_int_equal(STATUS, 403);
    assert_int_equal(CLICKS, 0);
}

static void test_other_user(void **state) {
    (void)state;
    make_posted(ALICE_ONLY, false);
    click_on(ONE, "carol", 0);
    assert_int_equal(STATUS, 200);
    assert_string_equal(TEXT, "These buttons are not for you.");
    cJSON *body = body_of(0, "p1", "town"); // the server is asked who it was, not the body
    json_add_string(body, "user_id", "alice");
    send_body(ONE, "carol", body);
    assert_int_equal(STATUS, 403);
    click_on(ONE, "ali", 0); // no part of a name counts
    assert_string_equal(TEXT, "These buttons are not for you.");
    assert_int_equal(CLICKS, 0);
    click_on(ONE, "alice", 0);
    assert_int_equal(CLICKS, 1);
}

static void test_not_these_people(void **state) {
    (void)state;
    static const char *const people[] = {"bot2", "gone1", "nobody", "outsider1"};
    make_posted(NULL, false);
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        click_on(ONE, people[i], 0);
        if (strcmp(TEXT, "These buttons are not for you.") != 0)
            fail_msg("%s: %d %s", people[i], STATUS, TEXT);
    }
    DENY = true;
    click_on(ONE, "alice", 0);
    assert_string_equal(TEXT, "You may not.");
    assert_int_equal(CLICKS, 0);
    DENY = false;
    click_on(ONE, "alice", 0); // all these refusals have used nothing up
    assert_int_equal(CLICKS, 1);
}

static void test_expired(void **state) {
    (void)state;
    make_posted(NULL, false);
    fake_clock_pass(LOOP, BUTTONS_LIVE_MIN_MS + 1);
    click_on(ONE, "alice", 0);
    assert_int_equal(STATUS, 200);
    assert_non_null(strstr(TEXT, "too old"));
    assert_int_equal(count_of(ONE, "expired"), 1);
}

static void test_withdrawn(void **state) {
    (void)state;
    make_posted(NULL, false);
    buttons_withdraw(TWO, NONCE);
    click_on(ONE, "alice", 0);
    assert_non_null(strstr(TEXT, "do not count any more"));
    assert_int_equal(CLICKS, 0);
}

static void test_two_nodes_at_once(void **state) {
    (void)state;
    make_posted(NULL, false);
    FAKE.hold = true; // both have read the record before one writes
    cJSON *first = body_of(0, "p1", "town"), *second = body_of(1, "p1", "town");
    char *texts[] = {cJSON_PrintUnformatted(first), cJSON_PrintUnformatted(second)};
    ANSWERS = 0;
    buttons_http(ONE, "alice", bytes_str(texts[0]), on_answer, NULL);
    buttons_http(TWO, "carol", bytes_str(texts[1]), on_answer, NULL);
    for (int i = 0; i < 40; i++)
        fake_chat_answer_all();
    assert_int_equal(ANSWERS, 2);
    assert_int_equal(CLICKS, 1);
    assert_int_equal(count_of(ONE, "used") + count_of(TWO, "used"), 1);
    cJSON_Delete(first);
    cJSON_Delete(second);
    free(texts[0]);
    free(texts[1]);
}

// The write arrived, its answer did not: the same click goes on, nobody else's does.
static void test_lost_answer_of_the_store(void **state) {
    (void)state;
    make_posted(NULL, false);
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "no answer"};
    FAKE.fail_call = "kv_compare_and_set";
    FAKE.fail_next = 1;
    click_on(ONE, "alice", 0);
    fake_clock_pass(LOOP, 1000); // the next try follows a pause
    assert_string_equal(TEXT, "Noted.");
    assert_int_equal(CLICKS, 1);
}

static void test_broken_record(void **state) {
    (void)state;
    static const char *const values[] = {
        "",
        "null",
        "[]",
        "{}",
        "{\"v\":2}",
        "{\"v\":1,\"kind\":7}",
        ("{\"v\":1,\"kind\":\"turn\",\"account\":\"default\",\"bot\":\"bot\","
         "\"channel\":\"town\",\"post\":\"p1\",\"users\":[7],\"expires\":9e12}")};
    make_posted(NULL, false);
    char *key = xasprintf("button.%s", NONCE);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        cJSON_DeleteItemFromObjectCaseSensitive(FAKE.kv, key);
        json_add_string(FAKE.kv, key, values[i]);
        click_on(ONE, "alice", 0);
        if (strstr(TEXT, "do not count") == NULL)
            fail_msg("%s: %d %s", values[i], STATUS, TEXT);
    }
    free(key);
}

static void test_bodies(void **state) {
    (void)state;
    static const struct {
        const char *body;
        int status;
    } rows[] = {
        {"", 400},
        {"null", 400},
        {"[]", 400},
        {"7", 400},
        {"\"x\"", 400},
        {"{", 400},
        {"{}", 400},
        {"{\"context\":null}", 400},
        {"{\"context\":[]}", 400},
        {"{\"context\":\"x\"}", 400},
        {"{\"context\":{}}", 400},
        {"{\"context\":{\"set\":7,\"token\":{}}}", 400},
        {"{\"context\":{\"v\":1,\"set\":\"0123456789abcdef0123456789abcdef\",\"action\":0,\"token\":\"x\"}}",
         403},
        {"{\"context\":{\"v\":1,\"set\":\"../../../../../../../../../etc/pw\",\"action\":0,\"token\":\"x\"}}",
         400},
        {"{\"context\":{\"v\":1,\"set\":\"0123456789abcdef0123456789abcdef\",\"action\":-1,\"token\":\"x\"}}",
         400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        send_text(ONE, "alice", rows[i].body);
        if (STATUS != rows[i].status || ANSWERS != 1 || *FAULT == '\0')
            fail_msg("%s: %d %s", rows[i].body, STATUS, FAULT);
    }
    send_text(ONE, "", "{\"context\":{}}");
    assert_int_equal(STATUS, 401);
    char *large = xcalloc(1, (10 << 20) + 1);
    memset(large, '[', 10 << 20);
    send_text(ONE, "alice", large);
    assert_int_equal(STATUS, 413);
    free(large);
}

// Who clicks is told in their language, whatever the post is in.
static void test_told_in_german(void **state) {
    (void)state;
    make_posted(ALICE_ONLY, false);
    click_on(ONE, "deutsch1", 0); // the signature says so already: nobody was looked up yet
    assert_string_equal(TEXT, "Diese Schaltflächen sind nicht für dich.");
    make(ONE, NULL, false);
    post_it("p2");
    buttons_bind(ONE, NONCE, "p2");
    send_body(ONE, "alice", body_of(0, "p2", "town"));
    send_body(ONE, "deutsch1", body_of(0, "p2", "town"));
    assert_string_equal(TEXT, "@alice war schneller und hat **Yes** gewählt. Es zählt nur einmal.");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_forged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_post_when_none_is_noted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_user, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_not_these_people, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_expired, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_withdrawn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_nodes_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lost_answer_of_the_store, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_broken_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_told_in_german, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bodies, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
