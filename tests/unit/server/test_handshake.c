// SPDX-License-Identifier: Apache-2.0
#include "wire/handshake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

// name, value, name, value …, NULL
static const char *table_env(void *ctx, const char *name) {
    const char *const *pairs = ctx;
    for (; pairs[0] != NULL; pairs += 2) {
        if (strcmp(pairs[0], name) == 0)
            return pairs[1];
    }
    return NULL;
}

#define COOKIE "MATTERMOST_PLUGIN", "Securely message teams, anywhere."

static void test_check(void **state) {
    static const struct {
        const char *env[9];
        oc_err err;
    } table[] = {
        {{COOKIE, "PLUGIN_PROTOCOL_VERSIONS", "1"}, OC_OK},
        {{COOKIE}, OC_OK},
        {{COOKIE, "PLUGIN_PROTOCOL_VERSIONS", "2,1,3"}, OC_OK},
        {{COOKIE, "PLUGIN_PROTOCOL_VERSIONS", "1", "PLUGIN_CLIENT_CERT", ""}, OC_OK},
        {{NULL}, OC_EDENIED},
        {{"MATTERMOST_PLUGIN", "", "PLUGIN_PROTOCOL_VERSIONS", "1"}, OC_EDENIED},
        {{"MATTERMOST_PLUGIN", "Securely message teams, anywhere!"}, OC_EDENIED},
        {{COOKIE, "PLUGIN_PROTOCOL_VERSIONS", ""}, OC_EINVAL},
        {{COOKIE, "PLUGIN_PROTOCOL_VERSIONS", "2"}, OC_EINVAL},
        {{COOKIE, "PLUGIN_PROTOCOL_VERSIONS", "11,21"}, OC_EINVAL},
        {{COOKIE, "PLUGIN_CLIENT_CERT", "-----BEGIN CERTIFICATE-----"}, OC_EINVAL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *why = NULL;
        oc_err err = handshake_check(table_env, (void *)(uintptr_t)table[i].env, &why);
        if (err != table[i].err || (why == NULL) != (err == OC_OK))
            fail_msg("row %zu: %s", i, oc_err_text(err));
    }
}

#define X10 "xxxxxxxxxx"
#define X80 X10 X10 X10 X10 X10 X10 X10 X10

static void test_choose(void **state) {
    static const struct {
        const char *env[5];
        const char *addresses[5];
    } table[] = {
        {{NULL}, {"/tmp/pluginT", "@mattermost-plugin-openclaw-T"}},
        {{"TMPDIR", "/var/tmp"}, {"/var/tmp/pluginT", "/tmp/pluginT", "@mattermost-plugin-openclaw-T"}},
        {{"TMPDIR", "/var/tmp///"}, {"/var/tmp/pluginT", "/tmp/pluginT", "@mattermost-plugin-openclaw-T"}},
        {{"TMPDIR", "/tmp"}, {"/tmp/pluginT", "@mattermost-plugin-openclaw-T"}},
        {{"TMPDIR", ""}, {"/tmp/pluginT", "@mattermost-plugin-openclaw-T"}},
        {{"TMPDIR", "relative"}, {"/tmp/pluginT", "@mattermost-plugin-openclaw-T"}},
        {{"TMPDIR", "/a|b"}, {"/tmp/pluginT", "@mattermost-plugin-openclaw-T"}},
        {{"TMPDIR", "/a\nb"}, {"/tmp/pluginT", "@mattermost-plugin-openclaw-T"}},
        {{"TMPDIR", "/" X80 X10 X10}, {"/tmp/pluginT", "@mattermost-plugin-openclaw-T"}},
        {{"TMPDIR", "/" X80 X10 "xxxxxxxx"}, // 107 characters in all: the most that fits
         {"/" X80 X10 "xxxxxxxx/pluginT", "/tmp/pluginT", "@mattermost-plugin-openclaw-T"}},
        {{"PLUGIN_UNIX_SOCKET_DIR", "/run/p", "TMPDIR", "/var/tmp"}, {"/run/p/pluginT"}},
        {{"PLUGIN_UNIX_SOCKET_DIR", ""}, {"/tmp/pluginT", "@mattermost-plugin-openclaw-T"}},
        {{"PLUGIN_UNIX_SOCKET_DIR", "/" X80 X80}, {NULL}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        handshake_addresses got;
        size_t wanted = 0;
        handshake_choose(table_env, (void *)(uintptr_t)table[i].env, "T", &got);
        for (; table[i].addresses[wanted] != NULL; wanted++) {
            if (wanted >= got.count || strcmp(got.at[wanted], table[i].addresses[wanted]) != 0)
                fail_msg("row %zu: no %s", i, table[i].addresses[wanted]);
        }
        assert_int_equal(got.count, wanted);
    }
}

static void test_line(void **state) {
    static const char *const plain[] = {NULL, NULL}, *const grpc[] = {"PLUGIN_MULTIPLEX_GRPC", "true", NULL};
    char line[HANDSHAKE_LINE_BYTES];
    (void)state;
    assert_int_equal(handshake_line(table_env, (void *)(uintptr_t)plain, "/tmp/plugin1", line), OC_OK);
    assert_string_equal(line, "1|1|unix|/tmp/plugin1|netrpc|\n");
    assert_int_equal(handshake_line(table_env, (void *)(uintptr_t)plain, "@name", line), OC_OK);
    assert_string_equal(line, "1|1|unix|@name|netrpc|\n");
    assert_int_equal(handshake_line(table_env, (void *)(uintptr_t)grpc, "@name", line), OC_OK);
    assert_string_equal(line, "1|1|unix|@name|netrpc||false\n");
    assert_int_equal(handshake_line(table_env, (void *)(uintptr_t)plain, "/a|b", line), OC_ELIMIT);
    assert_int_equal(handshake_line(table_env, (void *)(uintptr_t)plain, "/a\nb", line), OC_ELIMIT);
    assert_int_equal(handshake_line(table_env, (void *)(uintptr_t)plain, "/" X80 X80, line), OC_ELIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_choose),
        cmocka_unit_test(test_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
