// SPDX-License-Identifier: Apache-2.0
// What people set for conversations: kept, shared among nodes, bounded, and damaged values.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "base/mem.h"
#include "store/talk_settings.h"

#include <stdio.h>

static loop *LOOP;
static int STORED, FAILED;

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    (void)fake_chat_create();
    STORED = FAILED = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static void on_put(void *ctx, bool stored) {
    (void)ctx;
    STORED += stored;
    FAILED += !stored;
}

static void put_verbose(talk_settings *s, const char *conversation, talk_verbose v) {
    talk_settings_put(s, "default", conversation, &(talk_setting){.verbose = v, .debounce_ms = -1}, on_put,
                      NULL);
    fake_clock_pass(LOOP, 100);
}

static talk_verbose verbose_of(talk_settings *s, const char *conversation) {
    return talk_settings_get(s, "default", conversation).verbose;
}

static void assert_same(const talk_setting *a, const talk_setting *b) {
    assert_true(a->verbose == b->verbose && a->reasoning == b->reasoning && a->queue == b->queue &&
                a->debounce_ms == b->debounce_ms && a->cap == b->cap && a->drop == b->drop &&
                a->permission == b->permission);
}

static void test_kept_and_shared(void **state) {
    const talk_setting all = {.verbose = TALK_VERBOSE_FULL,
                              .reasoning = TALK_REASONING_OFF,
                              .queue = TALK_QUEUE_COLLECT,
                              .debounce_ms = 0,
                              .cap = 20,
                              .drop = TALK_DROP_OLD,
                              .permission = TALK_PERMISSION_GUARDED};
    (void)state;
    talk_settings *one = talk_settings_create(LOOP, &THE_CHAT),
                  *other = talk_settings_create(LOOP, &THE_CHAT);
    assert_int_equal(verbose_of(other, "a"), TALK_VERBOSE_UNSET);
    fake_clock_pass(LOOP, 100);
    talk_settings_put(one, "default", "a", &all, on_put, NULL);
    fake_clock_pass(LOOP, 100);
    assert_int_equal(STORED, 1);
    talk_setting got = talk_settings_get(one, "default", "a");
    assert_same(&got, &all);
    fake_clock_pass(LOOP, TALK_SETTINGS_FRESH_MS + 1);
    (void)verbose_of(other, "a"); // read again now …
    fake_clock_pass(LOOP, 100);
    got = talk_settings_get(other, "default", "a"); // … and known from then on
    assert_same(&got, &all);
    assert_int_equal(talk_settings_get(one, "work", "a").verbose, TALK_VERBOSE_UNSET);
    put_verbose(other, "b", TALK_VERBOSE_ON); // does not undo the first one's
    put_verbose(one, "a", TALK_VERBOSE_UNSET);
    assert_int_equal(verbose_of(one, "b"), TALK_VERBOSE_ON);
    assert_int_equal(verbose_of(one, "a"), TALK_VERBOSE_UNSET);
    talk_settings_destroy(one);
    talk_settings_destroy(other);
}

static void test_threads_take_over(void **state) {
    (void)state;
    talk_settings *s = talk_settings_create(LOOP, &THE_CHAT);
    put_verbose(s, "base", TALK_VERBOSE_ON);
    assert_int_equal(verbose_of(s, "base:thread:x"), TALK_VERBOSE_ON);
    put_verbose(s, "base:thread:x", TALK_VERBOSE_OFF);
    assert_int_equal(verbose_of(s, "base:thread:x"), TALK_VERBOSE_OFF);
    assert_int_equal(verbose_of(s, "base:thread:y"), TALK_VERBOSE_ON);
    assert_int_equal(talk_settings_own(s, "default", "base:thread:y").verbose, TALK_VERBOSE_UNSET);
    assert_int_equal(talk_settings_get(NULL, "default", "base").debounce_ms, -1);
    talk_settings_destroy(s);
}

static void put_permission(talk_settings *s, const char *conversation, talk_permission p) {
    talk_setting own = talk_settings_own(s, "default", conversation);
    own.permission = p;
    talk_settings_put(s, "default", conversation, &own, on_put, NULL);
    fake_clock_pass(LOOP, 100);
}

// A node that has not heard of it yet changes something else.
static void test_only_what_differs_is_changed(void **state) {
    (void)state;
    talk_settings *one = talk_settings_create(LOOP, &THE_CHAT),
                  *other = talk_settings_create(LOOP, &THE_CHAT);
    assert_false(talk_settings_known(one));
    assert_true(talk_settings_known(NULL));
    talk_settings_load(other);
    fake_clock_pass(LOOP, 100);
    assert_true(talk_settings_known(other));
    put_permission(one, "a", TALK_PERMISSION_READ_ONLY);
    put_verbose(other, "a", TALK_VERBOSE_ON);
    assert_int_equal(talk_settings_own(other, "default", "a").permission, TALK_PERMISSION_READ_ONLY);
    assert_int_equal(talk_settings_get(other, "default", "a:thread:x").permission, TALK_PERMISSION_READ_ONLY);
    assert_int_equal(talk_settings_around(other, "default", "a:thread:x").permission,
                     TALK_PERMISSION_READ_ONLY);
    assert_int_equal(talk_settings_around(other, "default", "a").permission, TALK_PERMISSION_UNSET);
    put_permission(other, "a", TALK_PERMISSION_UNSET);
    assert_int_equal(verbose_of(other, "a"), TALK_VERBOSE_ON);
    talk_settings_destroy(one);
    talk_settings_destroy(other);
}

static void test_permission_within(void **state) {
    (void)state;
    for (int set = TALK_PERMISSION_UNSET; set <= TALK_PERMISSION_FULL; set++) {
        for (int widest = PERMISSION_READ_ONLY; widest <= PERMISSION_FULL; widest++) {
            int want = set == TALK_PERMISSION_UNSET || set - 1 > widest ? widest : set - 1;
            assert_int_equal(talk_permission_within((talk_permission)set, (permission_mode)widest), want);
        }
    }
    for (int m = PERMISSION_READ_ONLY; m <= PERMISSION_FULL; m++)
        assert_int_equal(talk_permission_find(permission_mode_name((permission_mode)m)), m + 1);
}

static void test_bounded(void **state) {
    char name[32];
    (void)state;
    talk_settings *s = talk_settings_create(LOOP, &THE_CHAT);
    put_permission(s, "narrow", TALK_PERMISSION_GUARDED); // the oldest one, but it narrows
    for (int i = 0; i < TALK_SETTINGS_MAX + 5; i++) {
        (void)snprintf(name, sizeof name, "c%d", i);
        put_verbose(s, name, TALK_VERBOSE_ON);
        fake_clock_pass(LOOP, 1000);
    }
    assert_int_equal(STORED, TALK_SETTINGS_MAX + 6);
    assert_int_equal(talk_settings_own(s, "default", "narrow").permission, TALK_PERMISSION_GUARDED);
    assert_int_equal(verbose_of(s, "c0"), TALK_VERBOSE_UNSET);
    assert_int_equal(verbose_of(s, "c6"), TALK_VERBOSE_ON);
    talk_settings_destroy(s);
}

static void test_damaged_values(void **state) {
    static const char *const values[] = {
        "",
        "{",
        "[]",
        "null",
        "7",
        "{\"v\":2,\"talks\":{}}",
        "{\"v\":1,\"talks\":[]}",
        "{\"v\":1,\"talks\":{\"default a\":7}}",
        ("{\"v\":1,\"talks\":{\"default a\":"
         "{\"verbose\":\"loud\",\"queue\":9,\"cap\":-3,\"debounce_ms\":1e300,\"drop\":[]}}}")};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        talk_settings *s = talk_settings_create(LOOP, &THE_CHAT);
        cJSON_DeleteItemFromObjectCaseSensitive(FAKE.kv, "talk_settings");
        json_add_string(FAKE.kv, "talk_settings", values[i]);
        talk_settings_load(s);
        fake_clock_pass(LOOP, 100);
        talk_setting got = talk_settings_get(s, "default", "a");
        assert_true(got.verbose == TALK_VERBOSE_UNSET && got.queue == TALK_QUEUE_UNSET && got.cap == 0);
        assert_true(got.debounce_ms <= TALK_DEBOUNCE_MAX_MS);
        put_verbose(s, "a", TALK_VERBOSE_ON);
        assert_int_equal(verbose_of(s, "a"), TALK_VERBOSE_ON);
        talk_settings_destroy(s);
    }
}

static void test_a_store_that_fails(void **state) {
    (void)state;
    talk_settings *s = talk_settings_create(LOOP, &THE_CHAT);
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
    FAKE.fail_next = 100;
    put_verbose(s, "a", TALK_VERBOSE_ON);
    fake_clock_pass(LOOP, 20000); // it is tried again, with pauses
    assert_int_equal(FAILED, 1);
    assert_int_equal(verbose_of(s, "a"), TALK_VERBOSE_UNSET);
    FAKE.fail_next = 1;
    put_verbose(s, "a", TALK_VERBOSE_ON);
    fake_clock_pass(LOOP, 1000);
    assert_int_equal(STORED, 1);
    talk_settings_destroy(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kept_and_shared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_threads_take_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_only_what_differs_is_changed, set_up, tear_down),
        cmocka_unit_test(test_permission_within),
        cmocka_unit_test_setup_teardown(test_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_store_that_fails, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
