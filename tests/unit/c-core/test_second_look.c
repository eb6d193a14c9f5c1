// SPDX-License-Identifier: Apache-2.0
// Answers that an older edit has overwritten are put right, within a minute, unless somebody means them to be others.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "delivery/parts.h"
#include "delivery/second_look.h"

static loop *LOOP;
static second_looks *LOOKS;
static fake_posted *POST;

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    chat *c = fake_chat_create();
    LOOKS = second_looks_create(LOOP, c);
    POST = fake_chat_add_post("p1", "town", "bot", "", "the answer");
    second_looks_add(LOOKS, "p1", &(part){.text = "the answer"});
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    second_looks_destroy(LOOKS);
    fake_chat_answer_all();
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static void overwrite(void) {
    free(POST->message);
    POST->message = xstrdup("the ans");
}

static void test_nothing_happened(void **state) {
    (void)state;
    fake_clock_pass(LOOP, LAST_LOOK_MS + 1);
    assert_int_equal(POST->edits, 0);
    assert_int_equal(FAKE.calls, 2);
}

static void test_overwritten(void **state) {
    (void)state;
    overwrite();
    fake_clock_pass(LOOP, SECOND_LOOK_MS + 1);
    assert_string_equal(POST->message, "the answer");
    overwrite(); // by yet another one
    fake_clock_pass(LOOP, LAST_LOOK_MS);
    assert_string_equal(POST->message, "the answer");
    assert_int_equal(POST->edits, 2);
    overwrite(); // later than any
    fake_clock_pass(LOOP, LAST_LOOK_MS);
    assert_string_equal(POST->message, "the ans");
}

static void test_the_server_fails(void **state) {
    (void)state;
    overwrite();
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
    FAKE.fail_next = 1;
    fake_clock_pass(LOOP, LAST_LOOK_MS + 1);
    assert_string_equal(POST->message, "the answer");
}

static void test_edited_on_purpose(void **state) {
    (void)state;
    second_looks_forget(LOOKS, "p1");
    overwrite();
    fake_clock_pass(LOOP, LAST_LOOK_MS + 1);
    assert_string_equal(POST->message, "the ans");
    second_looks_forget(NULL, "p1");
}

static void test_ended_while_it_looks(void **state) {
    (void)state;
    overwrite();
    FAKE.hold = true;
    fake_clock_pass(LOOP, SECOND_LOOK_MS + 1);
    second_looks_destroy(LOOKS);
    LOOKS = NULL;
    fake_chat_answer_all();
    assert_string_equal(POST->message, "the ans");
}

static void test_deleted(void **state) {
    (void)state;
    POST->deleted = true;
    fake_clock_pass(LOOP, LAST_LOOK_MS + 1);
    assert_int_equal(POST->edits, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_happened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_overwritten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_server_fails, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_edited_on_purpose, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ended_while_it_looks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_deleted, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
