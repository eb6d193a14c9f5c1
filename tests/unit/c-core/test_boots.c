// SPDX-License-Identifier: Apache-2.0
// The boot ids of gateways, and which of several outcomes of a post counts: two small pure tables.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chat/outcome.h"
#include "delivery/boots.h"

#include <stdlib.h>

static void test_adding(void **state) {
    static const struct {
        const char *boots, *boot_id, *expected;
    } rows[] = {
        {"", "a", "a"},          {"a", "b", "b a"}, {"b a", "a", "a b"},         {"a", "a", "a"},
        {"a", "", "a"},          {"a", "x y", "a"}, {"a b c d", "e", "e a b c"}, {"abc", "ab", "ab abc"},
        {" a  b", "c", "c a b"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *got = boots_add(rows[i].boots, rows[i].boot_id);
        assert_string_equal(got, rows[i].expected);
        free(got);
    }
}

static void test_matching(void **state) {
    static const struct {
        const char *boots, *boot_id, *expected;
    } rows[] = {
        {"", "a", ""},       {"a", "a", "a"},     {"b a", "a", "a"}, {"abc", "ab", "abc"},
        {"ab", "abc", "ab"}, {"a b", "c", "a b"}, {"a", "", "a"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(boots_match(rows[i].boots, rows[i].boot_id), rows[i].expected);
}

static void test_seen(void **state) {
    boots_seen seen = {.count = 0};
    (void)state;
    assert_false(boots_seen_before(&seen, "a", 1000000));
    boots_seen_note(&seen, "a", 1000000);
    boots_seen_note(&seen, "a", 5000000); // the first time counts
    boots_seen_note(&seen, "", 1000000);
    assert_int_equal(seen.count, 1);
    assert_false(boots_seen_before(&seen, "a", 1059999)); // clocks differ by so much
    assert_true(boots_seen_before(&seen, "a", 1060000));
    assert_false(boots_seen_before(&seen, "b", 9000000));
    assert_false(boots_seen_before(&seen, "", 9000000));
    for (int i = 0; i < BOOTS_SEEN_MAX; i++) {
        const char id[] = {(char)('b' + i), '\0'};
        boots_seen_note(&seen, id, 2000000 + i);
    }
    assert_int_equal(seen.count, BOOTS_SEEN_MAX);
    assert_false(boots_seen_before(&seen, "a", 9000000)); // it gave way
    assert_true(boots_seen_before(&seen, "b", 2060000));
    boots_seen_free(&seen);
}

static void test_the_weightiest_outcome(void **state) {
    static const outcome_reason lightest_first[] = {REASON_NO_MENTION, REASON_DUPLICATE, REASON_TOO_OLD,
                                                    REASON_NOT_POSTED, REASON_LIMIT,     REASON_SILENT};
    const size_t count = sizeof lightest_first / sizeof *lightest_first;
    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i; k < count; k++) {
            assert_int_equal(outcome_weightier(lightest_first[i], lightest_first[k]), lightest_first[k]);
            assert_int_equal(outcome_weightier(lightest_first[k], lightest_first[i]), lightest_first[k]);
        }
    }
    assert_int_equal(outcome_weightier(REASON_SILENT, REASON_ANSWERED), REASON_SILENT); // of equals the first
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adding),
        cmocka_unit_test(test_matching),
        cmocka_unit_test(test_seen),
        cmocka_unit_test(test_the_weightiest_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
