// SPDX-License-Identifier: Apache-2.0
// What support data says of people: stand-ins, the same for the same.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin/support_redact.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID "8zrrr7frp3bedctzpzbuhdoy9h"
#define OTHER "abcdefghijklmnopqrstuvwxyz"

static void test_texts(void **state) {
    static const char *const as_it_is[] = {"",
                                           "nothing",
                                           "8zrrr7frp3bedctzpzbuhdoy9",
                                           "8zrrr7frp3bedctzpzbuhdoy9hh",
                                           "8ZRRR7FRP3BEDCTZPZBUHDOY9H",
                                           ("n_" ID),
                                           "ünï 1.2.3"};
    (void)state;
    for (size_t i = 0; i < sizeof as_it_is / sizeof *as_it_is; i++) {
        char *text = support_redact_text(as_it_is[i]);
        assert_string_equal(text, as_it_is[i]);
        free(text);
    }
    char *one = support_redact_text(ID), *other = support_redact_text(OTHER);
    assert_int_equal(strlen(one), strlen("id-12345678"));
    assert_string_not_equal(one, other);
    char *within = support_redact_text("user:" ID ", " ID "/" OTHER ".");
    char expected[200];
    snprintf(expected, sizeof expected, "user:%s, %s/%s.", one, one, other);
    assert_string_equal(within, expected);
    free(within);
    free(one);
    free(other);
}

static void test_whole_documents(void **state) {
    cJSON *json = NULL;
    (void)state;
    assert_int_equal(json_parse(bytes_str("{\"" ID "\":[\"x " ID "\",{\"n\":1,\"" OTHER
                                          "\":null}],\"why\":\"" OTHER "\"}"),
                                &json),
                     OC_OK);
    support_redact(json);
    char *text = cJSON_PrintUnformatted(json);
    assert_null(strstr(text, ID));
    assert_null(strstr(text, OTHER));
    assert_non_null(strstr(text, "\"why\":\"id-"));
    cJSON_free(text);
    cJSON_Delete(json);
}

static void test_people(void **state) {
    (void)state;
    assert_null(support_redact_person("*"));
    assert_null(support_redact_person("accessGroup:ops"));
    assert_null(support_redact_person(ID)); // with all ids, afterwards
    char *name = support_redact_person("alice");
    assert_int_equal(strncmp(name, "name-", 5), 0);
    assert_null(strstr(name, "alice"));
    free(name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_whole_documents),
        cmocka_unit_test(test_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
