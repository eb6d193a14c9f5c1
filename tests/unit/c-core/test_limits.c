// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "turn/limits.h"

#include <stdio.h>

enum { MINUTE = 60000, DAY = 24 * 3600 * 1000 };

static limit_verdict take(limits *l, const config_limits *rules, const char *user, const char *channel,
                          int64_t at) {
    bool first;
    return limits_take(l, rules, &(limit_who){user, channel, "default"}, at, &first);
}

static void take_first(limits *l, const config_limits *rules, int64_t at, bool *first) {
    (void)limits_take(l, rules, &(limit_who){"u", "c", "default"}, at, first);
}

static void test_each_limit(void **state) {
    static const struct {
        config_limits rules;
        limit_verdict verdict;
        int64_t again_after; // when the window is over
    } rows[] = {
        {{.user_minute = 2}, LIMIT_USER_MINUTE, MINUTE},       {{.user_day = 2}, LIMIT_USER_DAY, DAY},
        {{.channel_minute = 2}, LIMIT_CHANNEL_MINUTE, MINUTE}, {{.channel_day = 2}, LIMIT_CHANNEL_DAY, DAY},
        {{.bot_minute = 2}, LIMIT_BOT_MINUTE, MINUTE},         {{.bot_day = 2}, LIMIT_BOT_DAY, DAY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        limits *l = limits_create();
        assert_int_equal(take(l, &rows[i].rules, "u", "c", 5), LIMIT_WITHIN);
        assert_int_equal(take(l, &rows[i].rules, "u", "c", 6), LIMIT_WITHIN);
        assert_int_equal(take(l, &rows[i].rules, "u", "c", 7), rows[i].verdict);
        assert_int_equal(take(l, &rows[i].rules, "u", "c", rows[i].again_after - 1), rows[i].verdict);
        assert_int_equal(take(l, &rows[i].rules, "u", "c", rows[i].again_after), LIMIT_WITHIN);
        limits_destroy(l);
    }
}

static void test_whose_limit(void **state) {
    const config_limits user = {.user_minute = 1}, channel = {.channel_minute = 1}, bot = {.bot_minute = 1};
    (void)state;
    limits *l = limits_create();
    assert_int_equal(take(l, &user, "u1", "c", 0), LIMIT_WITHIN);
    assert_int_equal(take(l, &user, "u2", "c", 0), LIMIT_WITHIN);
    assert_int_equal(take(l, &user, "u1", "d", 0), LIMIT_USER_MINUTE);
    limits_destroy(l);
    l = limits_create();
    assert_int_equal(take(l, &channel, "u1", "c", 0), LIMIT_WITHIN);
    assert_int_equal(take(l, &channel, "u1", "d", 0), LIMIT_WITHIN);
    assert_int_equal(take(l, &channel, "u2", "c", 0), LIMIT_CHANNEL_MINUTE);
    limits_destroy(l);
    l = limits_create();
    assert_int_equal(take(l, &bot, "u1", "c", 0), LIMIT_WITHIN);
    assert_int_equal(take(l, &bot, "u2", "d", 0), LIMIT_BOT_MINUTE);
    limits_destroy(l);
}

static void test_no_limits(void **state) {
    const config_limits none = {0};
    (void)state;
    limits *l = limits_create();
    for (int i = 0; i < 1000; i++)
        assert_int_equal(take(l, &none, "u", "c", 0), LIMIT_WITHIN);
    limits_destroy(l);
}

static void test_what_is_refused_does_not_count(void **state) {
    const config_limits rules = {.user_minute = 1, .channel_minute = 2};
    (void)state;
    limits *l = limits_create();
    assert_int_equal(take(l, &rules, "u1", "c", 0), LIMIT_WITHIN);
    for (int i = 0; i < 5; i++)
        assert_int_equal(take(l, &rules, "u1", "c", 0), LIMIT_USER_MINUTE);
    assert_int_equal(take(l, &rules, "u2", "c", 0), LIMIT_WITHIN);
    limits_destroy(l);
}

static void test_told_once_in_a_window(void **state) {
    const config_limits rules = {.user_minute = 1};
    bool first = false;
    (void)state;
    limits *l = limits_create();
    take_first(l, &rules, 0, &first);
    assert_false(first);
    take_first(l, &rules, 0, &first);
    assert_true(first);
    take_first(l, &rules, 0, &first);
    assert_false(first);
    take_first(l, &rules, MINUTE, &first);
    take_first(l, &rules, MINUTE, &first);
    assert_true(first);
    limits_destroy(l);
}

static void test_many_strangers(void **state) {
    const config_limits rules = {.user_minute = 1};
    char id[32];
    (void)state;
    limits *l = limits_create();
    for (int i = 0; i < 50000; i++) {
        snprintf(id, sizeof id, "u%d", i);
        assert_int_equal(take(l, &rules, id, "c", 0), LIMIT_WITHIN);
    }
    assert_int_equal(take(l, &rules, id, "c", 0), LIMIT_USER_MINUTE);
    limits_destroy(l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_limit),
        cmocka_unit_test(test_whose_limit),
        cmocka_unit_test(test_no_limits),
        cmocka_unit_test(test_what_is_refused_does_not_count),
        cmocka_unit_test(test_told_once_in_a_window),
        cmocka_unit_test(test_many_strangers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
