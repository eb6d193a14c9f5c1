// SPDX-License-Identifier: Apache-2.0
// Secrets that a configuration refers to: where they come from, and that nothing is said about their content.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/config_text.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char DIRECTORY[] = "/tmp/openclaw-test-secrets-XXXXXX";
static char *JSON_FILE, *PLAIN_FILE, *PIPE;

static void write_file(const char *path, const char *content) {
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state) {
    (void)state;
    if (mkdtemp(DIRECTORY) == NULL)
        return -1;
    JSON_FILE = xasprintf("%s/secrets.json", DIRECTORY);
    PLAIN_FILE = xasprintf("%s/token", DIRECTORY);
    PIPE = xasprintf("%s/pipe", DIRECTORY);
    write_file(JSON_FILE,
               "{\"gateway\": {\"to~k/en\": \"from-json\", \"n\": [\"a\", \"b\"]}, \"empty\": \"\"}");
    write_file(PLAIN_FILE, "from-file\n");
    return mkfifo(PIPE, 0600);
}

static int tear_down(void **state) {
    (void)state;
    unlink(JSON_FILE);
    unlink(PLAIN_FILE);
    unlink(PIPE);
    rmdir(DIRECTORY);
    free(JSON_FILE);
    free(PLAIN_FILE);
    free(PIPE);
    return 0;
}

// The text with J, P and F for the files' paths.
static char *with_paths(const char *text) {
    char *out = xstrdup("");
    for (; *text != '\0'; text++) {
        const char *path = *text == '%' ? (text[1] == 'J'   ? JSON_FILE
                                           : text[1] == 'P' ? PIPE
                                                            : PLAIN_FILE)
                                        : NULL;
        char *longer = path != NULL ? xasprintf("%s%s", out, path) : xasprintf("%s%c", out, *text);
        free(out);
        out = longer;
        text += path != NULL;
    }
    return out;
}

static const struct row {
    const char *reference;
    const char *token; // NULL: refused
    const char *says;
} ROWS[] = {
    {"{source: store, id: MINE}", "store-value", NULL},
    {"{source: store, provider: default, id: MINE}", "store-value", NULL},
    {"{source: store, id: QUOTED}", "with space ", NULL},
    {"{source: store, id: COLON}", "a:b:c", NULL},
    {"{source: store, id: mine}", NULL, "does not stand in the field Secrets"},
    {"{source: env, id: OPENCLAW_TEST_TOKEN}", "env-value", NULL},
    {"${OPENCLAW_TEST_TOKEN}", "env-value", NULL},
    {"{source: env, id: OPENCLAW_TEST_ABSENT}", NULL, "not set"},
    {"{source: env, id: HOME}", NULL, "OPENCLAW_"},
    {"${HOME}", NULL, "OPENCLAW_"},
    {"{source: env, id: openclaw_x}", NULL, "upper-case"},
    {"{source: file, path: %F, id: value}", "from-file", NULL},
    {"{source: file, path: %J, id: /gateway/to~0k~1en}", "from-json", NULL},
    {"{source: file, path: %J, id: /gateway/n/1}", "b", NULL},
    {"{source: file, path: %J, id: /gateway/n/2}", NULL, "no text"},
    {"{source: file, path: %J, id: /gateway}", NULL, "no text"},
    {"{source: file, path: %J, id: /empty}", NULL, "no text"},
    {"{source: file, path: %J, id: gateway}", NULL, "JSON pointer"},
    {"{source: file, path: %P, id: value}", NULL, "no regular file"},
    {"{source: file, path: /nonexistent, id: value}", NULL, "cannot be read"},
    {"{source: file, path: relative, id: value}", NULL, "absolute"},
    {"{source: file, id: /a}", NULL, "path"},
    {"{source: file, provider: none, id: /a}", NULL, "secrets.providers"},
    {"{source: file, provider: Bad, id: /a}", NULL, "provider"},
    {"{source: exec, id: x}", NULL, "exec"},
    {"{source: vault, id: x}", NULL, "store, env, file"},
    {"{id: x}", NULL, "store, env, file"},
    {"{source: store, id: [x]}", NULL, "secret reference"},
    {"hunter2", NULL, "not masked"},
};

static void test_references(void **state) {
    (void)state;
    assert_int_equal(setenv("OPENCLAW_TEST_TOKEN", "env-value", 1), 0);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        char *reference = with_paths(ROWS[i].reference);
        bool map = *reference == '{';
        char *text = xasprintf(map ? "gateway: {token: %s}" : "gateway: {token: \"%s\"}", reference);
        config *c =
            read_config(text, "# mine\r\nMINE: store-value\r\nQUOTED: \"with space \"\nCOLON:a:b:c", NULL);
        if ((c != NULL) != (ROWS[i].token != NULL)) {
            print_problems();
            fail_msg("%s", text);
        }
        if (c != NULL) {
            assert_string_equal(secret_reveal(config_default(c)->gateway.token), ROWS[i].token);
        } else {
            assert_int_equal(PROBLEMS.count, 1);
            assert_string_equal(PROBLEMS.items[0].key, "gateway.token");
            if (strstr(PROBLEMS.items[0].sentence, ROWS[i].says) == NULL)
                fail_msg("%s: %s", text, PROBLEMS.items[0].sentence);
            assert_null(strstr(PROBLEMS.items[0].sentence, "hunter2"));
        }
        config_destroy(c);
        config_problems_free(&PROBLEMS);
        free(text);
        free(reference);
    }
}

static void test_providers_of_a_whole_configuration(void **state) {
    (void)state;
    char *text = xasprintf("secrets: {providers: {files: {source: file, path: %s, mode: json}}}\n"
                           "channels: {mattermost: {gateway: {token: {source: file, provider: files, id: "
                           "/gateway/to~0k~1en}}}}\n",
                           JSON_FILE);
    config *c = read_config(text, NULL, NULL);
    if (c == NULL)
        print_problems();
    assert_non_null(c);
    assert_string_equal(secret_reveal(config_default(c)->gateway.token), "from-json");
    assert_int_equal(PROBLEMS.count, 0);
    config_destroy(c);
    free(text);
}

static void test_a_proxy_with_a_password(void **state) {
    (void)state;
    config *c =
        read_config("gateway: {proxy: {source: store, id: PROXY}}", "PROXY: http://u:p@proxy:3128", NULL);
    assert_non_null(c);
    assert_string_equal(config_default(c)->gateway.proxy, "http://u:p@proxy:3128");
    config_destroy(c);
    assert_null(read_config("gateway: {proxy: {source: store, id: PROXY}}", "PROXY: ftp://hunter2", NULL));
    assert_string_equal(PROBLEMS.items[0].key, "gateway.proxy");
    assert_null(strstr(PROBLEMS.items[0].sentence, "hunter2"));
    config_problems_free(&PROBLEMS);
}

static void test_lines_of_the_field(void **state) {
    (void)state;
    assert_null(read_config(NULL, "A: 1\n\nno colon hunter2\nA: 2\nB:\n: x\n", NULL));
    const int lines[] = {3, 4, 5, 6};
    assert_int_equal(PROBLEMS.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(PROBLEMS.items[i].setting, "Secrets");
        assert_int_equal(PROBLEMS.items[i].line, lines[i]);
        assert_null(strstr(PROBLEMS.items[i].sentence, "hunter2"));
    }
    config_problems_free(&PROBLEMS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_providers_of_a_whole_configuration),
        cmocka_unit_test(test_a_proxy_with_a_password),
        cmocka_unit_test(test_lines_of_the_field),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
