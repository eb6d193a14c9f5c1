// SPDX-License-Identifier: Apache-2.0
// Which step brings the posts of an answer nearer to what is wanted, and how often they may be edited.
#include "delivery/parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static const pace_rules RULES = {.every_ms = 1000, .slowest_ms = 5000, .edits_max = 20, .per_second = 20};

enum { TEXTS_MAX = 4 };
// wanted and standing: one letter a part, '.' for nothing; a digit instead of a letter: the same letter, files wanted.
static const struct {
    const char *name, *standing, *wanted;
    bool final;
    int edits;
    int64_t paced_ms, now_ms;
    parts_step step;
    size_t number;
    int64_t until_ms;
} rows[] = {
    {"nothing wanted yet", "", "", false, 0, 0, 10, PARTS_IDLE, 0, 0},
    {"the first post comes at once", "", "a", false, 0, 0, 10, PARTS_CREATE, 0, 0},
    {"as it is wanted", "a", "a", false, 0, 10, 20, PARTS_IDLE, 0, 0},
    {"an edit waits for the pace", "a", "b", false, 0, 10, 20, PARTS_WAIT, 0, 1010},
    {"an edit when its time has come", "a", "b", false, 0, 10, 1010, PARTS_EDIT, 0, 0},
    {"the end waits for nothing", "a", "b", true, 3, 10, 20, PARTS_EDIT, 0, 0},
    {"the end of an answer as shown needs no edit", "a", "a", true, 3, 10, 20, PARTS_DONE, 0, 0},
    {"the last edit is kept for the end", "a", "b", false, 19, 10, 99999, PARTS_IDLE, 0, 0},
    {"the last edit is the end's", "a", "b", true, 19, 10, 20, PARTS_EDIT, 0, 0},
    {"parts come in order", "", "ab", true, 0, 0, 10, PARTS_CREATE, 0, 0},
    {"the second part", "a", "ab", true, 0, 0, 10, PARTS_CREATE, 1, 0},
    {"a growing answer's second part waits too", "a", "ab", false, 0, 10, 20, PARTS_WAIT, 0, 1010},
    {"the first part gets its end before the second is made", "x", "ab", true, 0, 10, 20, PARTS_EDIT, 0, 0},
    {"a hole is filled", "a.c", "abc", true, 0, 0, 10, PARTS_CREATE, 1, 0},
    {"what is too much stays while it grows", "ab", "a", false, 0, 10, 9999, PARTS_IDLE, 0, 0},
    {"what is too much goes in the end", "ab", "a", true, 0, 10, 20, PARTS_DELETE, 1, 0},
    {"nothing is wanted in the end", "a", "", true, 0, 10, 20, PARTS_DELETE, 0, 0},
    {"nothing was ever there", "", "", true, 0, 0, 20, PARTS_DONE, 0, 0},
};

static void want(part_list *p, const char *letters, bool final) {
    part wanted[TEXTS_MAX] = {{0}};
    char texts[TEXTS_MAX][2] = {{0}};
    for (size_t i = 0; i < strlen(letters); i++) {
        texts[i][0] = letters[i];
        wanted[i].text = texts[i];
    }
    parts_want(p, wanted, strlen(letters), final);
}

static void stand(part_list *p, const char *letters) {
    for (size_t i = 0; i < strlen(letters); i++) {
        char text[2] = {letters[i], '\0'};
        if (letters[i] != '.')
            parts_stands(p, i, "post", text, false);
    }
}

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        part_list p = {.edits_made = rows[i].edits, .paced_ms = rows[i].paced_ms};
        stand(&p, rows[i].standing);
        want(&p, rows[i].wanted, rows[i].final);
        parts_next next = parts_choose(&p, &RULES, rows[i].now_ms);
        if (next.step != rows[i].step || next.number != rows[i].number || next.until_ms != rows[i].until_ms)
            print_error("row \"%s\": step %d, number %zu, until %lld\n", rows[i].name, (int)next.step,
                        next.number, (long long)next.until_ms);
        assert_int_equal(next.step, rows[i].step);
        assert_int_equal(next.number, rows[i].number);
        assert_int_equal(next.until_ms, rows[i].until_ms);
        parts_free(&p);
    }
}

static void test_files(void **state) {
    (void)state;
    part_list p = {0};
    cJSON *files = cJSON_Parse("[\"f\"]");
    parts_want(&p, &(part){.text = "a", .file_ids = files}, 1, true);
    parts_stands(&p, 0, "post", "a", false);
    assert_int_equal(parts_choose(&p, &RULES, 0).step, PARTS_EDIT);
    parts_stands(&p, 0, "post", "a", true);
    assert_int_equal(parts_choose(&p, &RULES, 0).step, PARTS_DONE);
    parts_free(&p);
    cJSON_Delete(files);
}

static void test_counts(void **state) {
    (void)state;
    part_list p = {0};
    want(&p, "ab", true);
    stand(&p, "a");
    assert_false(parts_all_stand(&p));
    assert_int_equal(parts_standing_count(&p), 1);
    stand(&p, "xb");
    assert_true(parts_all_stand(&p));
    parts_gone(&p, 0);
    assert_false(parts_all_stand(&p));
    parts_free(&p);
}

static void test_interval_grows(void **state) {
    (void)state;
    int64_t before = 0, total = 0;
    for (int made = 0; made < 30; made++) {
        int64_t interval = pace_interval_ms(&RULES, made);
        assert_true(interval >= before && interval >= 1000 && interval <= 5000);
        before = interval;
        total += made < 20 ? interval : 0;
    }
    assert_int_equal(pace_interval_ms(&RULES, 0), 1000);
    assert_int_equal(pace_interval_ms(&RULES, 29), 5000);
    assert_true(total > 50000); // twenty edits last for about a minute
}

static void test_bucket(void **state) {
    (void)state;
    pace_bucket b = {0};
    int64_t wait_ms = 0;
    for (int i = 0; i < 20; i++)
        assert_true(pace_take(&b, 20, 1000, &wait_ms));
    assert_false(pace_take(&b, 20, 1000, &wait_ms));
    assert_in_range(wait_ms, 1, 51);
    assert_true(pace_take(&b, 20, 1000 + wait_ms, &wait_ms));
    int taken = 0;
    for (int64_t now = 5000; now < 15000; now += 7) // ten seconds
        taken += pace_take(&b, 20, now, &wait_ms);
    assert_in_range(taken, 200, 220);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),           cmocka_unit_test(test_files),  cmocka_unit_test(test_counts),
        cmocka_unit_test(test_interval_grows), cmocka_unit_test(test_bucket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
