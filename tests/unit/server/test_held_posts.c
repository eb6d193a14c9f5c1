// SPDX-License-Identifier: Apache-2.0
// Held posts: order, what a core is told the second time, and the maxima.
#include "held_posts.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const bytes NOTHING;

static void expect_params(const held_post *p, const char *wanted) {
    buf out;
    buf_init(&out, 1 << 20);
    assert_non_null(p);
    assert_int_equal(held_post_params(p, &out), OC_OK);
    char *text = buf_take_str(&out);
    assert_string_equal(text, wanted);
    free(text);
    buf_free(&out);
}

static void test_order_and_again(void **state) {
    held_posts h = {0};
    (void)state;
    assert_int_equal(held_posts_add(&h, "Hook", bytes_str("[1,\"a\"]"), bytes_str("tail")), OC_OK);
    assert_int_equal(held_posts_add(&h, "Hook", bytes_str("[2,\"b\"]"), NOTHING), OC_OK);
    assert_int_equal(held_posts_add(&h, "Hook", bytes_str("[3,\"c\"]"), NOTHING), OC_OK);
    held_post *a = held_posts_next(&h);
    expect_params(a, "[1,\"a\"]");
    assert_int_equal(a->tail_len, 4);
    held_posts_handed(&h, a);
    held_post *b = held_posts_next(&h);
    expect_params(b, "[2,\"b\"]");
    held_posts_handed(&h, b);
    // The core dies with both; they come back in any order, and go before the third one.
    held_posts_returned(&h, b);
    held_posts_returned(&h, a);
    assert_ptr_equal(held_posts_next(&h), a);
    expect_params(a, "[1,\"a\",{\"again\":true}]");
    held_posts_handed(&h, a);
    assert_int_equal(a->tries, 2);
    held_posts_release(&h, a);
    assert_ptr_equal(held_posts_next(&h), b);
    held_posts_release(&h, b); // also one that waits
    expect_params(held_posts_next(&h), "[3,\"c\"]");
    assert_int_equal(h.count, 1);
    held_posts_free(&h);
    assert_int_equal(h.count, 0);
    assert_int_equal(h.bytes, 0);
    assert_null(held_posts_next(&h));
}

static void test_what_is_no_array(void **state) {
    static const char *const wrong[] = {"", "[]", "{}", "null", "[1", "1,2]", "{\"a\":1}"};
    held_posts h = {0};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(held_posts_add(&h, "Hook", bytes_str(wrong[i]), NOTHING), OC_EINVAL);
    assert_int_equal(h.count, 0);
}

static void test_too_many(void **state) {
    held_posts h = {0};
    (void)state;
    for (int i = 0; i < HELD_POSTS_MAX; i++)
        assert_int_equal(held_posts_add(&h, "Hook", bytes_str("[1,2]"), NOTHING), OC_OK);
    assert_int_equal(held_posts_add(&h, "Hook", bytes_str("[1,2]"), NOTHING), OC_EBUSY);
    held_posts_handed(&h, held_posts_next(&h)); // what a core has in hand is held still
    assert_int_equal(held_posts_add(&h, "Hook", bytes_str("[1,2]"), NOTHING), OC_EBUSY);
    held_posts_release(&h, h.handed);
    assert_int_equal(held_posts_add(&h, "Hook", bytes_str("[3,4]"), NOTHING), OC_OK);
    held_posts_free(&h);
}

static void test_too_much(void **state) {
    enum { PIECE = 1 << 20, COUNT = HELD_POSTS_MAX_BYTES / PIECE };
    char *tail = xcalloc(1, HELD_POSTS_MAX_BYTES);
    held_posts h = {0};
    (void)state;
    assert_int_equal(held_posts_add(&h, "Hook", bytes_str("[1,2]"), bytes_of(tail, HELD_POSTS_MAX_BYTES)),
                     OC_EBUSY);
    for (int i = 0; i < COUNT - 1; i++)
        assert_int_equal(held_posts_add(&h, "Hook", bytes_str("[1,2]"), bytes_of(tail, PIECE)), OC_OK);
    assert_int_equal(held_posts_add(&h, "Hook", bytes_str("[1,2]"), bytes_of(tail, PIECE)), OC_EBUSY);
    assert_int_equal(held_posts_add(&h, "Hook", bytes_str("[1,2]"), bytes_of(tail, PIECE / 2)), OC_OK);
    held_posts_release(&h, held_posts_next(&h)); // gives its bytes back
    assert_int_equal(held_posts_add(&h, "Hook", bytes_str("[1,2]"), bytes_of(tail, PIECE)), OC_OK);
    held_posts_free(&h);
    free(tail);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_again),
        cmocka_unit_test(test_what_is_no_array),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
