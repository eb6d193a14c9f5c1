// SPDX-License-Identifier: Apache-2.0
// The event loop with a clock that the test moves: timers, descriptors, signals, and changes made by callbacks.
#include "base/loop.h"

#include "base/mem.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct fixture {
    loop *l;
    int64_t now_ms;
    char order[64]; // what was called, a letter each
    int fds[2];
    loop_watch *watch, *other;
    loop_timer timers[8];
    int signals;
} fixture;

typedef struct named {
    fixture *f;
    char name;
} named;

static int64_t now(void *ctx) {
    return ((fixture *)ctx)->now_ms;
}

static int setup(void **state) {
    fixture *f = xcalloc(1, sizeof *f);
    const oc_clock clock = {.mono_ms = now, .wall_ms = now, .ctx = f};
    f->now_ms = 1000;
    f->l = loop_create(&clock);
    *state = f;
    return pipe(f->fds);
}

static int teardown(void **state) {
    fixture *f = *state;
    loop_destroy(f->l);
    close(f->fds[0]);
    close(f->fds[1]);
    free(f);
    return 0;
}

static void note(fixture *f, char name) {
    size_t len = strlen(f->order);
    assert_true(len < sizeof f->order - 1);
    f->order[len] = name;
}

static void on_timer(void *ctx) {
    named *n = ctx;
    note(n->f, n->name);
}

// --- timers ---------------------------------------------------------------------------------------------------

static void test_timers_in_order(void **state) {
    fixture *f = *state;
    named names[5];
    static const int64_t delays_ms[] = {30, 10, 20, 10, 0};
    for (int i = 0; i < 5; i++) {
        names[i] = (named){.f = f, .name = (char)('a' + i)};
        loop_timer_set(f->l, &f->timers[i], delays_ms[i], on_timer, &names[i]);
        assert_true(loop_timer_armed(&f->timers[i]));
    }
    assert_string_equal(f->order, ""); // never from inside
    loop_step(f->l, 0);
    assert_string_equal(f->order, "e");
    f->now_ms += 9;
    loop_step(f->l, 0);
    assert_string_equal(f->order, "e");
    f->now_ms += 1;
    loop_step(f->l, 0);
    assert_string_equal(f->order, "ebd"); // equal times: as they were set
    f->now_ms += 1000;
    loop_step(f->l, 0);
    assert_string_equal(f->order, "ebdca");
    assert_false(loop_timer_armed(&f->timers[0]));
}

static void test_timer_moved_and_cancelled(void **state) {
    fixture *f = *state;
    named a = {f, 'a'}, b = {f, 'b'};
    loop_timer_set(f->l, &f->timers[0], 10, on_timer, &a);
    loop_timer_set(f->l, &f->timers[0], 50, on_timer, &b); // moved, with another callback
    loop_timer_set(f->l, &f->timers[1], 20, on_timer, &a);
    loop_timer_cancel(&f->timers[1]);
    loop_timer_cancel(&f->timers[1]);
    f->now_ms += 49;
    loop_step(f->l, 0);
    assert_string_equal(f->order, "");
    f->now_ms += 1;
    loop_step(f->l, 0);
    assert_string_equal(f->order, "b");
    loop_timer_set(f->l, &f->timers[2], -5, on_timer, &a); // the past is now
    loop_step(f->l, 0);
    assert_string_equal(f->order, "ba");
}

static void on_chain(void *ctx) {
    fixture *f = ctx;
    note(f, 'c');
    loop_timer_set(f->l, &f->timers[0], 0, on_chain, f);
}

static void test_zero_timers_do_not_starve(void **state) {
    fixture *f = *state;
    loop_timer_set(f->l, &f->timers[0], 0, on_chain, f);
    loop_step(f->l, 0);
    assert_string_equal(f->order, "c"); // one a round
    loop_step(f->l, 0);
    assert_string_equal(f->order, "cc");
}

static void on_cancels_next(void *ctx) {
    fixture *f = ctx;
    note(f, 'x');
    loop_timer_cancel(&f->timers[1]);
}

static void test_timer_cancels_another(void **state) {
    fixture *f = *state;
    named a = {f, 'a'};
    loop_timer_set(f->l, &f->timers[0], 5, on_cancels_next, f);
    loop_timer_set(f->l, &f->timers[1], 5, on_timer, &a);
    f->now_ms += 5;
    loop_step(f->l, 0);
    assert_string_equal(f->order, "x");
}

// --- descriptors ----------------------------------------------------------------------------------------------

static void on_readable(void *ctx, unsigned events) {
    fixture *f = ctx;
    char byte;
    note(f, events == LOOP_READ ? 'r' : '?');
    assert_int_equal(read(f->fds[0], &byte, 1), 1);
}

static void test_readable(void **state) {
    fixture *f = *state;
    assert_int_equal(loop_watch_fd(f->l, f->fds[0], LOOP_READ, on_readable, f, &f->watch), OC_OK);
    loop_step(f->l, 0);
    assert_string_equal(f->order, "");
    assert_int_equal(write(f->fds[1], "ab", 2), 2);
    loop_step(f->l, 0);
    loop_step(f->l, 0); // level-triggered: the second byte is still there
    loop_step(f->l, 0);
    assert_string_equal(f->order, "rr");
    assert_int_equal(write(f->fds[1], "c", 1), 1);
    loop_watch_events(f->watch, 0); // paused
    loop_step(f->l, 0);
    assert_string_equal(f->order, "rr");
    loop_watch_events(f->watch, LOOP_READ);
    loop_step(f->l, 0);
    assert_string_equal(f->order, "rrr");
    loop_unwatch(f->watch);
    loop_unwatch(NULL);
    assert_int_equal(write(f->fds[1], "d", 1), 1);
    loop_step(f->l, 0);
    assert_string_equal(f->order, "rrr");
}

static void on_hang_up(void *ctx, unsigned events) {
    fixture *f = ctx;
    note(f, (events & LOOP_READ) != 0 ? 'h' : '?');
    loop_unwatch(f->watch);
    f->watch = NULL;
}

static void test_hang_up_and_unwatch_inside(void **state) {
    fixture *f = *state;
    assert_int_equal(loop_watch_fd(f->l, f->fds[0], LOOP_READ, on_hang_up, f, &f->watch), OC_OK);
    close(f->fds[1]);
    loop_step(f->l, 0);
    loop_step(f->l, 0);
    assert_string_equal(f->order, "h");
    f->fds[1] = dup(f->fds[0]);
}

static void on_first_of_two(void *ctx, unsigned events) {
    fixture *f = ctx;
    (void)events;
    note(f, 'o');
    // The other one is ready in the same round: it must not be called any more.
    loop_unwatch(f->watch);
    loop_unwatch(f->other);
    f->watch = f->other = NULL;
}

static void test_unwatch_another_inside(void **state) {
    fixture *f = *state;
    int more[2];
    assert_int_equal(pipe(more), 0);
    assert_int_equal(loop_watch_fd(f->l, f->fds[0], LOOP_READ, on_first_of_two, f, &f->watch), OC_OK);
    assert_int_equal(loop_watch_fd(f->l, more[0], LOOP_READ, on_first_of_two, f, &f->other), OC_OK);
    assert_int_equal(write(f->fds[1], "a", 1), 1);
    assert_int_equal(write(more[1], "a", 1), 1);
    loop_step(f->l, 0);
    assert_string_equal(f->order, "o");
    close(more[0]);
    close(more[1]);
}

static void on_writable(void *ctx, unsigned events) {
    note(ctx, events == LOOP_WRITE ? 'w' : '?');
    loop_stop(((fixture *)ctx)->l);
}

static void test_writable_and_stop(void **state) {
    fixture *f = *state;
    assert_int_equal(loop_watch_fd(f->l, f->fds[1], LOOP_WRITE, on_writable, f, &f->watch), OC_OK);
    loop_run(f->l); // returns after the callback
    loop_run(f->l); // and can be run again
    assert_string_equal(f->order, "ww");
    loop_watch *none = NULL;
    assert_int_equal(loop_watch_fd(f->l, -1, LOOP_READ, on_writable, f, &none), OC_ESYS);
    assert_null(none);
}

// --- signals --------------------------------------------------------------------------------------------------

static void on_signal(void *ctx, int number) {
    fixture *f = ctx;
    f->signals += number == SIGUSR1;
    note(f, number == SIGUSR1 ? '1' : '2');
}

static void test_signals(void **state) {
    fixture *f = *state;
    assert_int_equal(loop_on_signal(f->l, SIGUSR1, on_signal, f), OC_OK);
    assert_int_equal(loop_on_signal(f->l, SIGUSR2, on_signal, f), OC_OK);
    assert_int_equal(loop_on_signal(f->l, 0, on_signal, f), OC_EINVAL);
    assert_int_equal(loop_on_signal(f->l, 1000, on_signal, f), OC_EINVAL);
    raise(SIGUSR1);
    raise(SIGUSR2);
    assert_string_equal(f->order, ""); // blocked until the loop looks
    loop_step(f->l, 0);
    assert_string_equal(f->order, "12");
}

static void test_system_clock(void **state) {
    fixture *f = *state;
    loop *l = loop_create(NULL);
    assert_true(loop_now_ms(l) >= 0);
    assert_true(loop_wall_ms(l) > INT64_C(1700000000000));
    assert_int_equal(loop_now_ms(f->l), 1000);
    loop_destroy(l);
    loop_destroy(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_timers_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_timer_moved_and_cancelled, setup, teardown),
        cmocka_unit_test_setup_teardown(test_zero_timers_do_not_starve, setup, teardown),
        cmocka_unit_test_setup_teardown(test_timer_cancels_another, setup, teardown),
        cmocka_unit_test_setup_teardown(test_readable, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hang_up_and_unwatch_inside, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unwatch_another_inside, setup, teardown),
        cmocka_unit_test_setup_teardown(test_writable_and_stop, setup, teardown),
        cmocka_unit_test_setup_teardown(test_signals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_system_clock, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
