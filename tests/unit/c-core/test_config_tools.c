// SPDX-License-Identifier: Apache-2.0
// Settings of the agent's tools and of MCP: what counts without a word, and what is a mistake.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/config_text.h"

#define CHANNEL "4xp9fdt7sbbn9mxhz6kqgrhqwo"

static void test_defaults(void **state) {
    (void)state;
    config *c = read_config("", "", "");
    const tools_config *t = &config_default(c)->tools;
    assert_true(t->send && t->reactions && t->edit && t->remove && t->pin && t->files && t->directory);
    assert_false(t->messages || t->search);
    assert_int_equal(t->elsewhere, TOOLS_REACH_NONE);
    assert_int_equal(t->calls_per_minute, 30);
    assert_true(secret_empty(t->mcp_secret));
    assert_null(t->mcp_channels[0]);
    config_destroy(c);
    config_problems_free(&PROBLEMS);
}

static void test_written(void **state) {
    (void)state;
    config *c = read_config("actions: {elsewhere: write, search: true, delete: false, perMinute: 0}\n"
                            "mcp: {secret: {source: store, id: S}, channels: [" CHANNEL "]}\n",
                            "S: long enough to be a secret", "");
    if (c == NULL)
        print_problems();
    assert_non_null(c);
    const tools_config *t = &config_default(c)->tools;
    assert_int_equal(t->elsewhere, TOOLS_REACH_WRITE);
    assert_true(t->search);
    assert_false(t->remove);
    assert_int_equal(t->calls_per_minute, 0);
    assert_string_equal(secret_reveal(t->mcp_secret), "long enough to be a secret");
    assert_string_equal(t->mcp_channels[0], CHANNEL);
    config_destroy(c);
    config_problems_free(&PROBLEMS);
}

static const struct {
    const char *advanced, *secrets, *key, *says;
    config_severity severity;
} ROWS[] = {
    {"actions: {elsewhere: everywhere}\n", "", "actions.elsewhere", "off, read, write", CONFIG_ERROR},
    {"actions: {perMinute: -1}\n", "", "actions.perMinute", "0", CONFIG_ERROR},
    {"mcp: {channels: [town-square]}\n", "", "mcp.channels", "channel ids", CONFIG_ERROR},
    {"mcp: {secret: {source: store, id: S}, channels: [" CHANNEL "]}\n", "S: short", "mcp.secret",
     "16 characters", CONFIG_ERROR},
    {"mcp: {secret: {source: store, id: S}}\n", "S: long enough to be a secret", "mcp.channels",
     "names channels", CONFIG_NOTICE},
    {"mcp: {secret: {source: store, id: S}, channels: [" CHANNEL "]}\n"
     "accounts: {work: {botUsername: work, mcp: {secret: {source: store, id: S}, channels: [" CHANNEL
     "]}}}\n",
     "S: long enough to be a secret", "accounts.work.mcp.secret", "differ", CONFIG_ERROR},
};

static void test_mistakes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        config *c = read_config(ROWS[i].advanced, ROWS[i].secrets, "");
        const config_problem *p = problem_of(ROWS[i].key);
        if (p == NULL || p->severity != ROWS[i].severity || strstr(p->sentence, ROWS[i].says) == NULL) {
            print_problems();
            fail_msg("row %zu: nothing is said of %s", i, ROWS[i].key);
        }
        assert_int_equal(c == NULL, ROWS[i].severity == CONFIG_ERROR);
        config_destroy(c);
        config_problems_free(&PROBLEMS);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_written),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
