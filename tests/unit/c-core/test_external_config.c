// SPDX-License-Identifier: Apache-2.0
// What is said of a configuration file that cannot be used: each mistake with its place and its key.
#include "external_config.h"

#include "base/mem.h"
#include "words/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_MAX_BYTES = 4096 };

static const struct row {
    const char *text;
    const char *said[3]; // behind the path; none: it can be used
} ROWS[] = {
    {"baseUrl: \"http://127.0.0.1:8065\"\nbotToken: a\ngateway: {url: \"ws://127.0.0.1:1\", token: b}\n",
     {NULL}},
    // What is missing stands nowhere: it is named all the same.
    {"baseUrl: \"http://127.0.0.1:8065\"\nbotToken: a\n", {":1: error: gateway.token is empty."}},
    {"baseUrl: \"http://127.0.0.1:8065\"\nbotToken: a\ngateway: {url: \"ws://127.0.0.1:1\"}\n",
     {":3: error: gateway.token is empty."}},
    {"baseUrl: \"http://127.0.0.1:8065\"\nbotToken: a\ndmPolicy: everyone\nhistoryLimit: -1\n"
     "gateway: {url: \"http://127.0.0.1:1\", token: b}\n",
     {":3: error: dmPolicy ", ":4: error: historyLimit ", ":5: error: gateway.url "}},
};

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static void each_mistake_has_its_place_and_its_key(void **state) {
    (void)state;
    words_name_settings_by_keys(true); // as the program does
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        char path[] = "/tmp/oc-config-XXXXXX", told[TEXT_MAX_BYTES] = "";
        int fd = mkstemp(path);
        assert_true(fd >= 0);
        close(fd);
        write_file(path, ROWS[i].text);
        FILE *to = fmemopen(told, sizeof told - 1, "w");
        external_config c;
        bool fine = external_config_read(path, to, &c);
        fclose(to);
        assert_int_equal(fine, ROWS[i].said[0] == NULL);
        for (size_t j = 0; j < 3 && ROWS[i].said[j] != NULL; j++) {
            char *line = xasprintf("%s%s", path, ROWS[i].said[j]);
            if (strstr(told, line) == NULL)
                fail_msg("\"%s\" is not said: %s", line, told);
            free(line);
        }
        if (fine)
            external_config_free(&c);
        unlink(path);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_mistake_has_its_place_and_its_key)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
