// SPDX-License-Identifier: Apache-2.0
// The doctor's list of findings: its limits and forms, the names of the checks and where they lead.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin/doctor_judge.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_much_is_cut(void **state) {
    static const doctor_check_name name = {"x", WORD_DOCTOR_TITLE_BOTS};
    char *many = xcalloc(1, 9001);
    (void)state;
    for (int i = 0; i < 3000; i++)
        memcpy(many + (ptrdiff_t)3 * i, "…", 3);
    doctor_report *r = doctor_report_create();
    for (int i = 0; i < DOCTOR_FINDINGS_MAX + 20; i++)
        doctor_report_add(r, &(doctor_finding){.check = &name, .level = DOCTOR_WRONG, .cause = many});
    assert_int_equal(doctor_report_size(r), DOCTOR_FINDINGS_MAX);
    assert_int_equal(doctor_report_count(r, DOCTOR_WRONG), DOCTOR_FINDINGS_MAX + 20);
    const char *cause = doctor_report_at(r, 0)->cause; // too long for marked text
    assert_true(strlen(cause) <= DOCTOR_TEXT_MAX_BYTES + 3);
    assert_int_equal(strlen(cause) % 3, 0); // no half character
    char *post = doctor_report_markdown(r, WORDS_EN), *text = doctor_report_text(r);
    assert_true(strlen(post) <= 16000);
    assert_non_null(strstr(post, "more than fit here."));
    assert_non_null(strstr(post, "**320 things are wrong.**"));
    assert_non_null(strstr(text, "… and 20 more"));
    free(post);
    free(text);
    free(many);
    doctor_report_destroy(r);
}

// A mark is kept whole and cut when it is read; one that is too long to be kept is cut in English.
static void test_long_values(void **state) {
    static const doctor_check_name name = {"x", WORD_DOCTOR_TITLE_BOTS};
    static const size_t sizes[] = {DOCTOR_TEXT_MAX_BYTES / 2, DOCTOR_TEXT_MAX_BYTES * 2,
                                   DOCTOR_MARKED_MAX_BYTES};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *why = xcalloc(1, sizes[i] + 1);
        memset(why, 'x', sizes[i]);
        char *cause = words_mark(WORD_DOCTOR_COMMANDS_REFUSED, "why", why, NULL);
        char *german = words_fill(WORDS_DE, WORD_DOCTOR_COMMANDS_REFUSED, "why", "x", NULL);
        char *english = words_fill(WORDS_EN, WORD_DOCTOR_COMMANDS_REFUSED, "why", "x", NULL);
        doctor_report *r = doctor_report_create();
        doctor_report_add(r, &(doctor_finding){.check = &name, .level = DOCTOR_WRONG, .cause = cause});
        char *post = doctor_report_markdown(r, WORDS_DE);
        assert_non_null(strstr(post, sizes[i] < DOCTOR_MARKED_MAX_BYTES ? german : english));
        assert_true(strlen(post) < DOCTOR_TEXT_MAX_BYTES + 200);
        assert_int_equal(strstr(post, "x…") != NULL, sizes[i] > DOCTOR_TEXT_MAX_BYTES);
        assert_null(strpbrk(post, "\x0e\x0f\x1f"));
        free(post);
        doctor_report_destroy(r);
        free(english);
        free(german);
        free(cause);
        free(why);
    }
}

// Names are for ever: each once, and none is empty.
static void test_names_of_checks(void **state) {
    const doctor_check_name *one = NULL, *other = NULL;
    size_t count = 0;
    (void)state;
    for (; (one = doctor_check_at(count)) != NULL; count++) {
        assert_true(*one->id != '\0' && *words_text(WORDS_EN, one->title) != '\0');
        for (size_t i = 0; i < count; i++) {
            other = doctor_check_at(i);
            assert_string_not_equal(one->id, other->id);
            assert_int_not_equal(one->title, other->title);
        }
    }
    assert_true(count >= 20);
}

// Links lead somewhere: every check has its row, and every row its check.
static void test_anchors(void **state) {
    static const char begin[] = "<a id=\"doctor-";
    static char page[1 << 20];
    size_t rows = 0, count = 0;
    FILE *f = fopen("docs/troubleshooting.md", "r");
    (void)state;
    assert_non_null(f);
    page[fread(page, 1, sizeof page - 1, f)] = '\0';
    assert_int_equal(fclose(f), 0);
    for (const doctor_check_name *one = doctor_check_at(0); one != NULL; one = doctor_check_at(++count)) {
        char *anchor = xasprintf("%s%s\"></a>%s |", begin, one->id, words_text(WORDS_EN, one->title));
        if (strstr(page, anchor) == NULL)
            fail_msg("docs/troubleshooting.md lacks %s", anchor);
        free(anchor);
    }
    for (const char *at = strstr(page, begin); at != NULL; at = strstr(at + 1, begin))
        rows++;
    assert_int_equal(rows, count);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_much_is_cut),
        cmocka_unit_test(test_long_values),
        cmocka_unit_test(test_names_of_checks),
        cmocka_unit_test(test_anchors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
