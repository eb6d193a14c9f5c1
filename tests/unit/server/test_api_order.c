// SPDX-License-Identifier: Apache-2.0
// Calls that must not overtake each other.
#include "api_order.h"

#include "base/json.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const int64_t NOW_MS = 1000000;

static void wait_for(api_order *o, const char *name, uint64_t id) {
    cJSON *params = json_new_array();
    assert_true(api_order_wait(o, name, "UpdatePost", id, params, bytes_str("tail")));
    cJSON_Delete(params);
}

// The call that goes next has this id; 0: none does.
static void expect(api_waiting *next, uint64_t id) {
    assert_int_equal(next != NULL ? next->id : 0, id);
    if (next != NULL) {
        assert_int_equal(next->tail_len, 4);
        api_waiting_free(next);
    }
}

static void test_one_at_a_time(void **state) {
    (void)state;
    api_order *o = api_order_create();
    api_place first, other, second, third, none = {0};
    assert_true(api_order_begin(o, "p", NOW_MS, &first));
    assert_false(api_order_begin(o, "p", NOW_MS, &none));
    assert_true(api_order_begin(o, "q", NOW_MS, &other));
    wait_for(o, "p", 2);
    wait_for(o, "p", 3);
    assert_int_equal(api_order_waiting(o), 2);
    expect(api_order_end(o, first, NOW_MS, &second), 2);
    expect(api_order_end(o, second, NOW_MS, &third), 3);
    expect(api_order_end(o, third, NOW_MS, &none), 0);
    expect(api_order_end(o, other, NOW_MS, &none), 0);
    assert_true(api_order_begin(o, "p", NOW_MS, &first));
    api_order_destroy(o);
}

static void test_no_answer_holds_up_for_ever(void **state) {
    (void)state;
    api_order *o = api_order_create();
    api_place first, second, third, none = {0};
    assert_true(api_order_begin(o, "p", NOW_MS, &first));
    wait_for(o, "p", 2);
    expect(api_order_overdue(o, NOW_MS + API_ORDER_HOLD_MS - 1, &none), 0);
    expect(api_order_overdue(o, NOW_MS + API_ORDER_HOLD_MS, &second), 2);
    wait_for(o, "p", 3);
    // The first one comes back after all: it is no more the one that holds up.
    expect(api_order_end(o, first, NOW_MS, &none), 0);
    expect(api_order_overdue(o, NOW_MS + API_ORDER_HOLD_MS + 1, &none), 0);
    expect(api_order_end(o, second, NOW_MS, &third), 3);
    expect(api_order_end(o, third, NOW_MS, &none), 0);
    assert_int_equal(api_order_waiting(o), 0);
    api_order_destroy(o);
}

static void test_the_last_one_to_come_back_clears_up(void **state) {
    (void)state;
    api_order *o = api_order_create();
    api_place first, second, none = {0};
    assert_true(api_order_begin(o, "p", NOW_MS, &first));
    wait_for(o, "p", 2);
    expect(api_order_overdue(o, NOW_MS + API_ORDER_HOLD_MS, &second), 2);
    expect(api_order_end(o, second, NOW_MS, &none), 0);
    assert_true(api_order_begin(o, "p", NOW_MS, &second)); // while the first one is still out
    expect(api_order_end(o, first, NOW_MS, &none), 0);
    expect(api_order_end(o, second, NOW_MS, &none), 0);
    api_order_destroy(o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_at_a_time),
        cmocka_unit_test(test_no_answer_holds_up_for_ever),
        cmocka_unit_test(test_the_last_one_to_come_back_clears_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
