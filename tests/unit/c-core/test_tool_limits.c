// SPDX-License-Identifier: Apache-2.0
// How often tools may be called: minutes, bytes, many conversations.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "outbound/tool_limits.h"

#include <stdlib.h>

enum { MINUTE = 60000 };

static void test_calls(void **state) {
    tool_limits *l = tool_limits_create();
    (void)state;
    assert_true(tool_limits_take(l, "a", 2, 0, 0));
    assert_true(tool_limits_take(l, "a", 2, 0, MINUTE - 1));
    assert_false(tool_limits_take(l, "a", 2, 0, MINUTE - 1));
    assert_true(tool_limits_take(l, "b", 2, 0, MINUTE - 1));
    assert_true(tool_limits_take(l, "a", 2, 0, MINUTE));
    for (int i = 0; i < 100; i++)
        assert_true(tool_limits_take(l, "c", 0, 0, 0)); // no limit
    tool_limits_destroy(l);
    tool_limits_destroy(NULL);
}

static void test_bytes(void **state) {
    tool_limits *l = tool_limits_create();
    (void)state;
    tool_limits_add_bytes(l, "a", 500); // of nobody known: nothing is counted
    assert_true(tool_limits_take(l, "a", 0, 100, 0));
    tool_limits_add_bytes(l, "a", 99);
    assert_true(tool_limits_take(l, "a", 0, 100, 0));
    tool_limits_add_bytes(l, "a", 1);
    assert_false(tool_limits_take(l, "a", 0, 100, 0));
    assert_true(tool_limits_take(l, "a", 0, 100, MINUTE));
    tool_limits_destroy(l);
}

// More conversations than there is room for: those of an earlier minute make place, else new ones wait.
static void test_many(void **state) {
    tool_limits *l = tool_limits_create();
    (void)state;
    for (int i = 0; i < TOOL_LIMITS_SESSIONS_MAX; i++) {
        char *name = xasprintf("s%d", i);
        assert_true(tool_limits_take(l, name, 1, 0, 0));
        free(name);
    }
    assert_false(tool_limits_take(l, "new", 1, 0, 0));
    assert_true(tool_limits_take(l, "new", 1, 0, MINUTE));
    assert_true(tool_limits_take(l, "s5", 1, 0, MINUTE));
    assert_false(tool_limits_take(l, "s5", 1, 0, MINUTE));
    tool_limits_destroy(l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
