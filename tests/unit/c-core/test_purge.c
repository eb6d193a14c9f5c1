// SPDX-License-Identifier: Apache-2.0
// /openclaw purge: nothing goes without the code of the same administrator, everything goes with it, and nothing comes back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin/purge.h"
#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"

static loop *LOOP;
static purge *PURGE;
static char *SAID;
static int ANSWERS, WENT_ON;

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    PURGE = purge_create(LOOP, fake_chat_create());
    json_add_string(FAKE.kv, "pairings.default", "{}");
    json_add_string(FAKE.kv, "watermarks", "{}");
    ANSWERS = WENT_ON = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    purge_destroy(PURGE);
    loop_destroy(LOOP);
    fake_chat_destroy();
    free(SAID);
    SAID = NULL;
    return 0;
}

static void on_text(void *ctx, const char *text) {
    (void)ctx;
    free(SAID);
    SAID = xstrdup(text);
    ANSWERS++;
}

static void give(const char *user_id, const char *code) {
    purge_command(PURGE, user_id, code, WORDS_EN, on_text, NULL);
}

// The code that the last answer names. The caller frees it.
static char *code_of(void) {
    const char *at = strstr(SAID, "```\n/openclaw purge ");
    assert_non_null(at);
    at += strlen("```\n/openclaw purge ");
    return xstrndup(at, strcspn(at, "\n"));
}

static void test_with_the_code_all_goes(void **state) {
    (void)state;
    give("admin1", "");
    char *code = code_of();
    assert_int_equal(cJSON_GetArraySize(FAKE.kv), 3);
    give("admin1", code);
    free(code);
    assert_int_equal(ANSWERS, 1); // what was on its way to the store arrives first
    fake_clock_pass(LOOP, 1000);
    assert_int_equal(ANSWERS, 2);
    assert_non_null(strstr(SAID, "has been removed"));
    assert_int_equal(cJSON_GetArraySize(FAKE.kv), 0);
    assert_false(FAKE.turned_off); // the answer reaches the person first
    fake_clock_pass(LOOP, 1000);
    assert_true(FAKE.turned_off);
    assert_true(FAKE.sealed);
}

static void nothing_goes(const char *by, const char *code) {
    int before = ANSWERS;
    give(by, code);
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(ANSWERS, before + 1);
    assert_non_null(strstr(SAID, "Nothing was removed"));
    assert_non_null(json_get(FAKE.kv, "pairings.default"));
    assert_false(FAKE.turned_off);
    assert_false(FAKE.sealed);
}

static void test_without_the_right_code_nothing_goes(void **state) {
    (void)state;
    nothing_goes("admin1", "12345678");
    give("admin1", "");
    char *code = code_of();
    nothing_goes("admin1", "12345678");
    nothing_goes("admin1", "yes");
    nothing_goes("admin2", code); // another administrator's
    cJSON_DeleteItemFromObject(FAKE.kv, "purge.code");
    nothing_goes("admin1", code); // its time is over
    free(code);
}

static void test_a_server_that_does_not_remove(void **state) {
    (void)state;
    give("admin1", "");
    char *code = code_of();
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "no room"};
    FAKE.fail_call = "kv_delete_all";
    FAKE.fail_next = 1;
    give("admin1", code);
    fake_clock_pass(LOOP, 5000);
    assert_non_null(strstr(SAID, "no room"));
    assert_false(FAKE.sealed); // it goes on as before
    assert_false(FAKE.turned_off);
    give("admin1", code);
    fake_clock_pass(LOOP, 5000);
    assert_true(FAKE.turned_off);
    free(code);
}

static void test_one_at_a_time(void **state) {
    (void)state;
    give("admin1", "");
    char *code = code_of();
    give("admin1", code);
    give("admin2", "");
    assert_non_null(strstr(SAID, "already"));
    fake_clock_pass(LOOP, 5000);
    assert_true(FAKE.turned_off);
    free(code);
}

static void test_external_mode(void **state) {
    (void)state;
    FAKE.external = true;
    give("admin1", "");
    assert_non_null(strstr(SAID, "--state"));
    assert_int_equal(cJSON_GetArraySize(FAKE.kv), 2);
}

static void on_go_on(void *ctx) {
    (void)ctx;
    WENT_ON++;
}

// Of two nodes the other one removes everything, and this one is ended by the server.
static void test_another_node_has_purged(void **state) {
    (void)state;
    FAKE.info.clustered = true;
    purge *other = purge_create(LOOP, &THE_CHAT);
    fake_clock_pass(LOOP, 10);
    give("admin1", "");
    char *code = code_of();
    give("admin1", code);
    fake_clock_pass(LOOP, 1000);
    assert_int_equal(cJSON_GetArraySize(FAKE.kv), 1); // the word to the others, which expires
    FAKE.sealed = false;                              // the other one's store is not
    purge_before_last_writes(other, on_go_on, NULL);
    assert_int_equal(WENT_ON, 1);
    assert_true(FAKE.sealed);
    FAKE.sealed = false;
    purge_destroy(other);
    fake_clock_pass(LOOP, 10);
    other = purge_create(LOOP, &THE_CHAT); // began after that
    purge_before_last_writes(other, on_go_on, NULL);
    assert_int_equal(WENT_ON, 2);
    assert_false(FAKE.sealed);
    purge_destroy(other);
    free(code);
}

static void test_the_end_waits_for_nobody(void **state) {
    (void)state;
    FAKE.hold = true;
    purge_before_last_writes(PURGE, on_go_on, NULL);
    fake_clock_pass(LOOP, 600);
    assert_int_equal(WENT_ON, 1);
    fake_chat_answer_all();
    fake_chat_answer_all();
    assert_int_equal(WENT_ON, 1);
}

#define PURGE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        PURGE_TEST(test_with_the_code_all_goes),
        PURGE_TEST(test_without_the_right_code_nothing_goes),
        PURGE_TEST(test_a_server_that_does_not_remove),
        PURGE_TEST(test_one_at_a_time),
        PURGE_TEST(test_external_mode),
        PURGE_TEST(test_another_node_has_purged),
        PURGE_TEST(test_the_end_waits_for_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
