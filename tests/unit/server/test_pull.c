// SPDX-License-Identifier: Apache-2.0
#include "wire/pull.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define WIRE(...)                                                                                            \
    { (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}) }

static const struct {
    int64_t wanted;
    bytes wire;
} ROWS[] = {
    {0, WIRE(0x00)},
    {1, WIRE(0x02)},
    {63, WIRE(0x7e)},
    {64, WIRE(0x80, 0x01)},
    {512, WIRE(0x80, 0x08)},
    {32768, WIRE(0x80, 0x80, 0x04)},
    {INT64_MAX, WIRE(0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)},
};

static void test_both_ways(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        uint8_t wire[PULL_REQUEST_BYTES];
        size_t used = 0;
        int64_t wanted = -1;
        assert_true(bytes_equal(bytes_of(wire, pull_encode(ROWS[i].wanted, wire)), ROWS[i].wire));
        assert_int_equal(pull_decode(ROWS[i].wire, &used, &wanted), OC_OK);
        assert_int_equal(used, ROWS[i].wire.len);
        assert_int_equal(wanted, ROWS[i].wanted);
        for (size_t cut = 0; cut < ROWS[i].wire.len; cut++)
            assert_int_equal(pull_decode(bytes_of(ROWS[i].wire.data, cut), &used, &wanted), OC_EAGAIN);
    }
    assert_true(bytes_equal(pull_everything(), ROWS[sizeof ROWS / sizeof ROWS[0] - 1].wire));
}

static void test_negative_is_written_as_go_does(void **state) {
    uint8_t wire[PULL_REQUEST_BYTES];
    (void)state;
    assert_int_equal(pull_encode(-1, wire), 1);
    assert_int_equal(wire[0], 0x01);
    assert_int_equal(pull_encode(INT64_MIN, wire), 10);
}

static const bytes HOSTILE[] = {
    WIRE(0x01),                                                             // -1
    WIRE(0x81, 0x01),                                                       // negative
    WIRE(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02),       // over 64 bits
    WIRE(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01), // eleven bytes
};

static void test_hostile(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof HOSTILE / sizeof HOSTILE[0]; i++) {
        size_t used = 0;
        int64_t wanted = 0;
        assert_int_equal(pull_decode(HOSTILE[i], &used, &wanted), OC_EMALFORMED);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_negative_is_written_as_go_does),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
