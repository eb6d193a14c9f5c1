// SPDX-License-Identifier: Apache-2.0
// Changes of stored values: order, two writers at once, a store that fails, what is given up.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "store/kv_changes.h"

#include <stdio.h>

enum { WAITING_MAX = 4, TRIES_MAX = 3 };

static loop *LOOP;
static kv_changes *ONE, *OTHER; // two nodes with one store
static char DONE[64];           // what ended, in its order

typedef struct adding {
    const char *letter; // appended to the value; NULL: only reads
    const char *steals; // written by somebody else between reading and writing, once
    oc_err fails;
    int calls;
    oc_err err;
} adding;

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    chat *c = fake_chat_create();
    ONE = kv_changes_create(LOOP, c, WAITING_MAX, TRIES_MAX);
    OTHER = kv_changes_create(LOOP, c, WAITING_MAX, TRIES_MAX);
    *DONE = '\0';
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    kv_changes_destroy(ONE);
    kv_changes_destroy(OTHER);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static void put_value(const char *key, const char *value) {
    cJSON_DeleteItemFromObjectCaseSensitive(FAKE.kv, key);
    json_add_string(FAKE.kv, key, value);
}

static oc_err append(void *ctx, bytes value, kv_value *out) {
    adding *a = ctx;
    a->calls++;
    if (a->fails != OC_OK || a->letter == NULL)
        return a->fails;
    if (a->steals != NULL)
        put_value("k", a->steals);
    a->steals = NULL;
    oc_err err = buf_append(&out->text, value.data, value.len);
    return err == OC_OK ? buf_append_str(&out->text, a->letter) : err;
}

static void on_done(void *ctx, oc_err err) {
    adding *a = ctx;
    a->err = err;
    size_t at = strlen(DONE);
    snprintf(DONE + at, sizeof DONE - at, "%s", a->letter != NULL ? a->letter : "-");
}

static void add(kv_changes *q, const char *key, adding *a) {
    kv_changes_add(q, key, 16, append, on_done, a);
}

static void test_one_key_in_order(void **state) {
    (void)state;
    adding a = {.letter = "a"}, b = {.letter = "b"}, c = {.letter = "c"}, read = {0};
    FAKE.hold = true;
    add(ONE, "k", &a);
    add(ONE, "k", &b);
    add(ONE, "other", &c); // waits for nobody
    add(ONE, "k", &read);
    assert_int_equal(a.calls + b.calls + c.calls, 0);
    FAKE.hold = false;
    fake_chat_answer_all();
    fake_clock_pass(LOOP, 10);
    assert_string_equal(json_string(FAKE.kv, "k"), "ab");
    assert_string_equal(json_string(FAKE.kv, "other"), "c");
    assert_string_equal(DONE, "acb-");
}

static void test_another_was_faster(void **state) {
    (void)state;
    adding a = {.letter = "a", .steals = "x"};
    add(ONE, "k", &a);
    fake_clock_pass(LOOP, 500);
    assert_int_equal(a.err, OC_OK);
    assert_int_equal(a.calls, 2);
    assert_string_equal(json_string(FAKE.kv, "k"), "xa");
}

static void test_two_nodes(void **state) {
    (void)state;
    adding a = {.letter = "a"}, b = {.letter = "b"};
    FAKE.hold = true;
    add(ONE, "k", &a);
    add(OTHER, "k", &b);
    FAKE.hold = false;
    fake_chat_answer_all();
    fake_clock_pass(LOOP, 1000);
    assert_int_equal(a.err, OC_OK);
    assert_int_equal(b.err, OC_OK);
    assert_int_equal(strlen(json_string(FAKE.kv, "k")), 2);
}

static void test_a_store_that_fails(void **state) {
    (void)state;
    adding a = {.letter = "a"}, b = {.letter = "b"};
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
    FAKE.fail_next = TRIES_MAX;
    add(ONE, "k", &a);
    add(ONE, "k", &b); // has its own tries
    fake_clock_pass(LOOP, 5000);
    assert_int_equal(a.err, OC_ETIMEOUT);
    assert_int_equal(b.err, OC_OK);
    assert_string_equal(json_string(FAKE.kv, "k"), "b");
}

static void test_errors_of_the_function(void **state) {
    (void)state;
    adding a = {.letter = "a", .fails = OC_ENOTFOUND}, large = {.letter = "much too long a text for it"};
    add(ONE, "k", &a);
    add(ONE, "k", &large);
    assert_int_equal(a.err, OC_ENOTFOUND);
    assert_int_equal(a.calls, 1);
    assert_int_equal(large.err, OC_ELIMIT);
    assert_null(json_string(FAKE.kv, "k"));
}

static void test_bounded_and_closed(void **state) {
    (void)state;
    adding many[WAITING_MAX + 1] = {
        {.letter = "a"}, {.letter = "b"}, {.letter = "c"}, {.letter = "d"}, {.letter = "e"}};
    FAKE.hold = true;
    for (size_t i = 0; i <= WAITING_MAX; i++)
        add(OTHER, "k", &many[i]);
    assert_int_equal(many[WAITING_MAX].err, OC_EBUSY);
    kv_changes_destroy(OTHER);
    OTHER = NULL;
    for (size_t i = 0; i < WAITING_MAX; i++)
        assert_int_equal(many[i].err, OC_ECLOSED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_key_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_was_faster, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_nodes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_store_that_fails, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_errors_of_the_function, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bounded_and_closed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
