// SPDX-License-Identifier: Apache-2.0
#include "schema/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct {
    const char *name, *in, *want;
    size_t len;
} STRINGS[] = {
    {"empty", "", "\"\"", 0},
    {"plain", "hello, world", "\"hello, world\"", 12},
    {"quote and backslash", "a\"b\\c", "\"a\\\"b\\\\c\"", 5},
    {"line ends and tab", "\n\r\t", "\"\\n\\r\\t\"", 3},
    {"other controls", "\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\"", 3},
    {"NUL becomes U+FFFD", "a\0b",
     "\"a\xEF\xBF\xBD"
     "b\"",
     3},
    {"two to four bytes", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\"",
     9},
    {"ends of the ranges", "\xC2\x80\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF",
     "\"\xC2\x80\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF\"", 12},
    {"lone continuation", "a\x80z", "\"a\xEF\xBF\xBDz\"", 3},
    {"overlong slash", "\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"", 2},
    {"overlong three", "\xE0\x9F\xBF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"", 3},
    {"overlong four", "\xF0\x8F\xBF\xBF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"", 4},
    {"surrogate", "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"", 3},
    {"beyond U+10FFFF", "\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"", 4},
    {"no such first byte", "\xFF", "\"\xEF\xBF\xBD\"", 1},
    {"cut at the end", "a\xE2\x82", "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"", 3},
    {"cut by another", "\xE2\x28\xA1", "\"\xEF\xBF\xBD(\xEF\xBF\xBD\"", 3},
};

static void strings(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof STRINGS / sizeof *STRINGS; i++) {
        buf json;
        buf_init(&json, 4096);
        print_message("%s\n", STRINGS[i].name);
        assert_int_equal(schema_write_string(&json, bytes_of(STRINGS[i].in, STRINGS[i].len)), OC_OK);
        char *text = buf_take_str(&json);
        assert_string_equal(text, STRINGS[i].want);
        assert_true(schema_is_utf8(bytes_str(text)));
        free(text);
    }
    assert_false(schema_is_utf8(bytes_str("ab\xFF")));
}

static void string_limit(void **state) {
    (void)state;
    for (size_t max = 0; max < 12; max++) {
        buf json;
        buf_init(&json, max);
        assert_int_equal(schema_write_string(&json, bytes_str("abc\n\xFF"
                                                              "def")),
                         OC_ELIMIT);
        buf_free(&json);
    }
}

// text NULL: does not become wire
static const struct {
    const char *text;
    int64_t seconds;
    uint32_t nanoseconds;
    int offset;
} TIMES[] = {
    {"1970-01-01T00:00:00Z", 62135596800, 0, -1},
    {"2026-11-23T06:19:00Z", 63931011540, 0, -1},
    {"2026-11-23T06:19:00.5Z", 63931011540, 500000000, -1},
    {"2024-02-29T23:59:59.000000001Z", 63844847999, 1, -1},
    {"2026-11-23T08:19:00+02:00", 63931011540, 0, 120},
    {"2026-11-22T22:49:00-07:30", 63931011540, 0, -450},
    {"9999-12-31T23:59:59Z", 315537897599, 0, -1},
    {"0001-01-01T00:00:01Z", 1, 0, -1},
    {"2000-02-29T12:00:00Z", 63087422400, 0, -1},
    {"2100-03-01T00:00:00Z", 66243139200, 0, -1},
};

static void make_wire(uint8_t wire[SCHEMA_TIME_BYTES], int64_t seconds, uint32_t nanoseconds, int offset) {
    wire[0] = 1;
    for (int i = 0; i < 8; i++)
        wire[1 + i] = (uint8_t)(seconds >> (56 - 8 * i));
    for (int i = 0; i < 4; i++)
        wire[9 + i] = (uint8_t)(nanoseconds >> (24 - 8 * i));
    wire[13] = (uint8_t)((unsigned)offset >> 8);
    wire[14] = (uint8_t)offset;
}

static void times(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
        uint8_t want[SCHEMA_TIME_BYTES], got[SCHEMA_TIME_BYTES] = {0};
        char text[SCHEMA_TIME_TEXT_BYTES];
        make_wire(want, TIMES[i].seconds, TIMES[i].nanoseconds, TIMES[i].offset);
        assert_int_equal(schema_time_to_text(bytes_of(want, sizeof want), text), OC_OK);
        assert_string_equal(text, TIMES[i].text);
        assert_int_equal(schema_time_from_text(TIMES[i].text, got), OC_OK);
        assert_memory_equal(got, want, sizeof want);
    }
}

static void every_day_of_800_years(void **state) {
    (void)state;
    int months[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t day_count = 0;
    for (int year = 1; year <= 800; year++) {
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            int days = months[month - 1] + (month == 2 && is_leap);
            for (int day = 1; day <= days; day++, day_count++) {
                char want[SCHEMA_TIME_TEXT_BYTES], text[SCHEMA_TIME_TEXT_BYTES];
                uint8_t wire[SCHEMA_TIME_BYTES], back[SCHEMA_TIME_BYTES];
                snprintf(want, sizeof want, "%04d-%02d-%02dT12:00:00Z", year, month, day);
                make_wire(wire, day_count * 86400 + 43200, 0, -1);
                assert_int_equal(schema_time_to_text(bytes_of(wire, sizeof wire), text), OC_OK);
                assert_string_equal(text, want);
                assert_int_equal(schema_time_from_text(want, back), OC_OK);
                assert_memory_equal(back, wire, sizeof wire);
            }
        }
    }
}

static void times_that_cannot_be_told(void **state) {
    (void)state;
    uint8_t wire[16];
    char text[SCHEMA_TIME_TEXT_BYTES];
    make_wire(wire, 0, 0, -1);
    assert_int_equal(schema_time_to_text(bytes_of(wire, 15), text), OC_OK); // Go's zero time
    assert_string_equal(text, "");
    assert_int_equal(schema_time_to_text(bytes_of(wire, 14), text), OC_EMALFORMED);
    assert_int_equal(schema_time_to_text(bytes_of(wire, 16), text), OC_EMALFORMED);
    assert_int_equal(schema_time_to_text(bytes_of(wire, 0), text), OC_EMALFORMED);
    make_wire(wire, 1, 1000000000, -1);
    assert_int_equal(schema_time_to_text(bytes_of(wire, 15), text), OC_EMALFORMED);
    make_wire(wire, 1, 0, 2000);
    assert_int_equal(schema_time_to_text(bytes_of(wire, 15), text), OC_EMALFORMED);
    int64_t outside[] = {-1, 315537897600, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < 4; i++) {
        make_wire(wire, outside[i], 0, -1);
        assert_int_equal(schema_time_to_text(bytes_of(wire, 15), text), OC_ELIMIT);
    }
    make_wire(wire, 60, 0, -5); // before the year 1 on the local clock
    assert_int_equal(schema_time_to_text(bytes_of(wire, 15), text), OC_ELIMIT);
    make_wire(wire, 62135596800, 0, 60); // version 2 carries the seconds of odd offsets behind
    wire[0] = 2;
    wire[15] = 17;
    assert_int_equal(schema_time_to_text(bytes_of(wire, 16), text), OC_OK);
    assert_string_equal(text, "1970-01-01T01:00:00+01:00");
}

static void texts_that_are_no_time(void **state) {
    (void)state;
    static const char *const TEXTS[] = {
        "",
        "yesterday",
        "2026-11-23",
        "2026-11-23T06:19:00",
        "2026-11-23 06:19:00Z",
        "2026-11-23T06:19:00Zz",
        "2026-11-23T24:00:00Z",
        "2026-11-23T06:60:00Z",
        "2026-11-23T06:19:60Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-11-23T06:19:00.Z",
        "2026-11-23T06:19:00.1234567890Z",
        "2026-11-23T06:19:00+2:00",
        "2026-11-23T06:19:00+24:00",
        "2026-11-23T06:19:00-00:01",
        "+026-11-23T06:19:00Z",
        "2026-11-23T06:19:00+02:0",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        uint8_t wire[SCHEMA_TIME_BYTES];
        print_message("%s\n", TEXTS[i]);
        assert_int_equal(schema_time_from_text(TEXTS[i], wire), OC_EMALFORMED);
    }
    uint8_t wire[SCHEMA_TIME_BYTES];
    assert_int_equal(schema_time_from_text("2026-11-23T06:19:00-00:00", wire), OC_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),
        cmocka_unit_test(string_limit),
        cmocka_unit_test(times),
        cmocka_unit_test(every_day_of_800_years),
        cmocka_unit_test(times_that_cannot_be_told),
        cmocka_unit_test(texts_that_are_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
