// SPDX-License-Identifier: Apache-2.0
// In which threads the bot takes part: two nodes with one store, a store that fails, values that are damaged.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "store/participation.h"
#include "store/participation_value.h"

#include <stdio.h>

static loop *LOOP;
static participation *P, *OTHER; // two nodes

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    (void)fake_chat_create();
    P = participation_create(LOOP, &THE_CHAT);
    OTHER = participation_create(LOOP, &THE_CHAT);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    participation_destroy(P);
    participation_destroy(OTHER);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

typedef struct answer {
    bool yes, readable;
    int told;
} answer;

static void on_answer(void *ctx, bool takes_part, bool readable) {
    answer *a = ctx;
    a->yes = takes_part;
    a->readable = readable;
    a->told++;
}

static bool takes_part(participation *p, const char *root_id) {
    answer a = {0};
    participation_ask(p, "default", root_id, on_answer, &a);
    assert_int_equal(a.told, 1);
    return a.yes;
}

static void on_flushed(void *ctx) {
    int *told = ctx;
    ++*told;
}

static void test_told_to_the_other_node(void **state) {
    (void)state;
    assert_false(takes_part(P, "r1"));
    participation_note(P, "default", "r1");
    assert_true(takes_part(P, "r1"));
    assert_false(takes_part(OTHER, "r1")); // not written yet
    fake_clock_pass(LOOP, PARTICIPATION_DELAY_MS + 200);
    assert_false(takes_part(OTHER, "r1")); // known from a moment ago
    fake_clock_pass(LOOP, PARTICIPATION_FRESH_MS);
    assert_true(takes_part(OTHER, "r1"));
    assert_false(takes_part(OTHER, "r2"));
}

static void test_both_write(void **state) {
    (void)state;
    participation_note(P, "default", "r1");
    participation_note(OTHER, "default", "r2");
    participation_note(P, "second", "r3");
    fake_clock_pass(LOOP, 10000);
    participation *later = participation_create(LOOP, &THE_CHAT);
    assert_true(takes_part(later, "r1"));
    assert_true(takes_part(later, "r2"));
    assert_false(takes_part(later, "r3")); // of another account
    participation_destroy(later);
}

static void test_after_seven_days(void **state) {
    (void)state;
    participation_note(P, "default", "r1");
    fake_clock_pass(LOOP, 2000);
    FAKE_NOW_MS += PARTICIPATION_MS - 10000;
    assert_true(takes_part(P, "r1"));
    FAKE_NOW_MS += 20000;
    assert_false(takes_part(P, "r1"));
    assert_false(takes_part(OTHER, "r1"));
}

static void test_the_store_fails(void **state) {
    (void)state;
    answer a = {0};
    FAKE.failure = (chat_error){.err = OC_ECLOSED, .id = "", .message = "no"};
    FAKE.fail_next = 3;
    participation_ask(P, "default", "r1", on_answer, &a);
    assert_int_equal(a.told, 1);
    assert_false(a.yes || a.readable);
    participation_note(P, "default", "r1");
    assert_true(takes_part(P, "r1"));
    fake_clock_pass(LOOP, 30000); // tried again
    assert_true(takes_part(OTHER, "r1"));
}

static void test_asked_while_it_is_written(void **state) {
    (void)state;
    answer a = {0}, b = {0};
    int flushed = 0;
    participation_note(P, "default", "r1");
    FAKE.hold = true;
    participation_flush(P, 100000, on_flushed, &flushed);
    fake_clock_pass(LOOP, 0);
    participation_ask(P, "default", "r2", on_answer, &a);
    participation_ask(P, "default", "r1", on_answer, &b);
    assert_int_equal(b.told, 1);
    fake_chat_answer_all();
    assert_int_equal(a.told, 1);
    assert_false(a.yes);
    assert_true(a.readable && b.yes);
    FAKE.hold = false;
}

static void test_the_last_writes(void **state) {
    (void)state;
    int flushed = 0;
    participation_flush(P, 1000, on_flushed, &flushed);
    assert_int_equal(flushed, 0); // never from inside
    fake_clock_pass(LOOP, 0);
    assert_int_equal(flushed, 1); // there was nothing to write

    participation_note(P, "default", "r1");
    fake_clock_pass(LOOP, PARTICIPATION_DELAY_MS - 1);
    FAKE.hold = true;
    fake_clock_pass(LOOP, 1); // a write is under way …
    participation_note(P, "default", "r2");
    participation_flush(P, 1000, on_flushed, &flushed); // … and has not all
    FAKE.hold = false;
    fake_chat_answer_all();
    fake_clock_pass(LOOP, 200);
    assert_int_equal(flushed, 2);
    assert_true(takes_part(OTHER, "r1") && takes_part(OTHER, "r2"));
}

static void test_the_last_writes_have_a_limit(void **state) {
    (void)state;
    int flushed = 0;
    participation_note(P, "default", "r1");
    FAKE.hold = true;
    participation_flush(P, 1000, on_flushed, &flushed);
    fake_clock_pass(LOOP, 999);
    assert_int_equal(flushed, 0);
    fake_clock_pass(LOOP, 1);
    assert_int_equal(flushed, 1);
    FAKE.hold = false;
    fake_chat_answer_all();
    assert_int_equal(flushed, 1);
}

static void test_the_end_while_it_is_asked(void **state) {
    (void)state;
    answer a = {0};
    FAKE.hold = true;
    participation *p = participation_create(LOOP, &THE_CHAT);
    participation_ask(p, "default", "r1", on_answer, &a);
    FAKE.hold = false;
    fake_chat_answer_all();
    assert_int_equal(a.told, 1);
    participation_destroy(p);
}

static void test_damaged_values(void **state) {
    static const char *const values[] = {
        "",
        "no JSON",
        "[]",
        "{\"v\":2,\"threads\":{\"r1\":1}}",
        "{\"v\":1}",
        "{\"v\":1,\"threads\":[1,2]}",
        "{\"v\":1,\"threads\":{\"r1\":\"soon\",\"good\":7}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        bool damaged = false;
        threads *t = threads_read(bytes_str(values[i]), &damaged);
        assert_true(damaged);
        assert_true(threads_at(t, "r1") == INT64_MIN);
        threads_destroy(t);
        put("participation.default", bytes_str(values[i]));
        participation *p = participation_create(LOOP, &THE_CHAT);
        participation_note(p, "default", "r9"); // is written over it
        fake_clock_pass(LOOP, 2000);
        participation_destroy(p);
        t = threads_read(bytes_str(json_text(FAKE.kv, "participation.default")), &damaged);
        assert_false(damaged);
        assert_true(threads_at(t, "r9") > 0);
        threads_destroy(t);
    }
}

static void test_the_newest_thousand(void **state) {
    threads *t = threads_create();
    bool damaged = false;
    char id[27];
    buf out;
    (void)state;
    for (int i = 0; i < PARTICIPATION_MAX + 10; i++) {
        snprintf(id, sizeof id, "%026d", i);
        threads_put(t, id, 1000000000000 + i);
    }
    threads_put(t, id, 5); // an older time does not count
    assert_int_equal(threads_count(t), PARTICIPATION_MAX);
    buf_init(&out, PARTICIPATION_VALUE_MAX_BYTES);
    assert_int_equal(threads_write(t, &out), OC_OK);
    threads *again = threads_read(buf_bytes(&out), &damaged);
    assert_false(damaged);
    assert_int_equal(threads_count(again), PARTICIPATION_MAX);
    assert_true(threads_at(again, id) == 1000000000000 + PARTICIPATION_MAX + 9);
    assert_true(threads_at(again, "00000000000000000000000009") == INT64_MIN);
    threads_destroy(again);
    threads_destroy(t);
    buf_free(&out);
}

#define PARTICIPATION_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        PARTICIPATION_TEST(test_told_to_the_other_node),
        PARTICIPATION_TEST(test_both_write),
        PARTICIPATION_TEST(test_after_seven_days),
        PARTICIPATION_TEST(test_the_store_fails),
        PARTICIPATION_TEST(test_asked_while_it_is_written),
        PARTICIPATION_TEST(test_the_last_writes),
        PARTICIPATION_TEST(test_the_last_writes_have_a_limit),
        PARTICIPATION_TEST(test_the_end_while_it_is_asked),
        PARTICIPATION_TEST(test_damaged_values),
        PARTICIPATION_TEST(test_the_newest_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
