// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session/session_key.h"

#include <stdlib.h>

static void test_keys(void **state) {
    static const struct {
        session_place place;
        const char *key, *root;
    } rows[] = {
        {{"main", 'D', "dm", "u1", ""}, "agent:main:mattermost:direct:u1", ""},
        {{"main", 'D', "dm", "u1", "r1"}, "agent:main:mattermost:direct:u1", "r1"},
        {{"", 'D', "dm", "u1", ""}, "agent:main:mattermost:direct:u1", ""},
        {{"Ops", 'G', "g1", "u1", ""}, "agent:ops:mattermost:group:g1", ""},
        {{"ops", 'G', "g1", "u1", "r1"}, "agent:ops:mattermost:group:g1:thread:r1", "r1"},
        {{"ops", 'P', "p1", "u1", ""}, "agent:ops:mattermost:group:p1", ""},
        {{"ops", 'P', "p1", "u1", "r1"}, "agent:ops:mattermost:group:p1:thread:r1", "r1"},
        {{"ops", 'O', "c1", "u1", ""}, "agent:ops:mattermost:channel:c1", ""},
        {{"ops", 'O', "C1", "u1", "R1"}, "agent:ops:mattermost:channel:c1:thread:r1", "R1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *key = session_key(&rows[i].place);
        assert_string_equal(key, rows[i].key);
        assert_string_equal(session_reply_root(&rows[i].place), rows[i].root);
        free(key);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
