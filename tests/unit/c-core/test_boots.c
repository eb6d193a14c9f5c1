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
        cmocka_unit_test(test_the_weightiest_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
