// SPDX-License-Identifier: Apache-2.0
// The supervisor's decisions: states by table, pauses with a clock of the test's, words for administrators; and what
// the core gets of the environment. The process itself: test_core_link.c.
#include "core_link_environment.h"
#include "supervisor_path.h"
#include "supervisor_policy.h"

#include "base/json.h"
#include "base/log.h"

#include <errno.h>
#include <mntent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// --- states ---------------------------------------------------------------------------------------------------

static void test_states(void **state) {
    enum { IDLE, START, RUN, KILL, PAUSE, STOP, END };
    // One row a state, one column an event: start, start failed, ready, hung, exited, pause over, stop.
    static const int table[][7] = {
        {START, IDLE, IDLE, IDLE, IDLE, START, END},     // idle
        {START, PAUSE, RUN, KILL, PAUSE, START, STOP},   // starting
        {RUN, PAUSE, RUN, KILL, PAUSE, RUN, STOP},       // running
        {KILL, PAUSE, KILL, KILL, PAUSE, KILL, STOP},    // killing
        {START, PAUSE, PAUSE, PAUSE, PAUSE, START, END}, // pausing
        {STOP, END, STOP, STOP, END, STOP, STOP},        // stopping
        {END, END, END, END, END, END, END},             // stopped
    };
    (void)state;
    for (int from = SUPERVISOR_IDLE; from <= SUPERVISOR_STOPPED; from++) {
        for (int event = SUPERVISOR_START; event <= SUPERVISOR_STOP; event++)
            assert_int_equal(supervisor_next((supervisor_state)from, (supervisor_event)event),
                             table[from][event]);
        assert_true(strlen(supervisor_state_name((supervisor_state)from)) > 3);
    }
}

// --- pauses ---------------------------------------------------------------------------------------------------

static void test_pauses_grow(void **state) {
    static const int64_t wanted_ms[] = {0, 1000, 2000, 5000, 10000, 30000, 30000, 30000};
    supervisor_history h = {0};
    int64_t now_ms = 5000000;
    (void)state;
    for (size_t i = 0; i < sizeof wanted_ms / sizeof wanted_ms[0]; i++) {
        assert_int_equal(supervisor_pause_ms(&h, now_ms, i % 2 == 0 ? -1 : 999), wanted_ms[i]);
        now_ms += wanted_ms[i] + 100;
    }
    // A minute of service, and the count begins anew.
    assert_int_equal(supervisor_pause_ms(&h, now_ms += 70000, 60000), 0);
    assert_int_equal(supervisor_pause_ms(&h, now_ms += 100, -1), 1000);
}

static void test_quick_restarts_are_counted(void **state) {
    supervisor_history h = {0};
    int64_t now_ms = 5000000;
    int quick = 0;
    (void)state;
    // Killed each second: at once, but not for ever.
    while (supervisor_pause_ms(&h, now_ms, 1000) == 0) {
        quick++;
        now_ms += 1000;
        assert_true(quick < 100);
    }
    assert_int_equal(quick, 20);
    // In the next minute again.
    assert_int_equal(supervisor_pause_ms(&h, now_ms + 60000, 1000), 0);
}

// --- words ----------------------------------------------------------------------------------------------------

static void test_problems(void **state) {
    static const struct {
        int reason;
        const char *words;
    } rows[] = {
        {ENOENT, "the file is missing: upload the plugin's tarball again"},
        {EACCES, "chmod 755"},
        {EPERM, "chmod 755"},
        {ENOEXEC, "another processor"},
        {ENOMEM, "limits on processes and memory"},
        {EAGAIN, "limits on processes and memory"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = supervisor_path_problem("/dev/../bin/core", rows[i].reason);
        assert_memory_equal(text, "/dev/../bin/core: ", 18);
        assert_non_null(strstr(text, "errno"));
        assert_non_null(strstr(text, rows[i].words));
        free(text);
    }
}

static void test_noexec_is_named(void **state) {
    (void)state;
    FILE *mounts = setmntent("/proc/self/mounts", "r");
    const struct mntent *mount = mounts != NULL ? getmntent(mounts) : NULL;
    while (mount != NULL && hasmntopt(mount, "noexec") == NULL)
        mount = getmntent(mounts);
    char *text = supervisor_path_problem(mount != NULL ? mount->mnt_dir : "/", EACCES);
    assert_int_equal(strstr(text, "mounted noexec") != NULL, mount != NULL);
    free(text);
    if (mounts != NULL)
        endmntent(mounts);
}

static void test_path(void **state) {
    (void)state;
    char *path = supervisor_path_find();
    assert_int_equal(path[0], '/');
    assert_non_null(strstr(path, "/openclaw-core"));
    free(path);
}

// --- environment ----------------------------------------------------------------------------------------------

static void test_environment(void **state) {
    static const struct {
        char variable[64];
        const char *name; // NULL: not handed on
    } rows[] = {
        {"HTTP_PROXY=http://p:1", "HTTP_PROXY"},
        {"https_proxy=a=b", "https_proxy"},
        {"NO_PROXY=", "NO_PROXY"},
        {"ALL_PROXY=x", "ALL_PROXY"},
        {"SSL_CERT_FILE=/c", "SSL_CERT_FILE"},
        {"SSL_CERT_DIR=/d", "SSL_CERT_DIR"},
        {"TZ=UTC", "TZ"},
        {"LANG=C", "LANG"},
        {"LC_ALL=C", "LC_ALL"},
        {"OPENCLAW_BENCH=1", "OPENCLAW_BENCH"},
        {"MM_SQLSETTINGS_DATASOURCE=postgres://secret", NULL},
        {"PATH=/bin", NULL},
        {"HOME=/root", NULL},
        {"LC_=x", NULL},
        {"OPENCLAW_=x", NULL},
        {"XOPENCLAW_A=1", NULL},
        {"LANGUAGE=x", NULL},
        {"tz=x", NULL},
        {"TZX=x", NULL},
        {"Http_Proxy=x", NULL},
        {"broken", NULL},
        {"=x", NULL},
        {"", NULL},
    };
    enum { COUNT = sizeof rows / sizeof rows[0] };
    char *variables[COUNT + 2] = {0};
    char second[] = "TZ=second";
    int wanted = 0;
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        variables[i] = (char *)(uintptr_t)rows[i].variable;
    variables[COUNT] = second;
    cJSON *object = core_link_environment(variables);
    for (size_t i = 0; i < COUNT; i++) {
        if (rows[i].name == NULL)
            continue;
        wanted++;
        assert_string_equal(json_text(object, rows[i].name), strchr(rows[i].variable, '=') + 1);
    }
    assert_int_equal(cJSON_GetArraySize(object), wanted);
    cJSON_Delete(object);
    object = core_link_environment(NULL);
    assert_int_equal(cJSON_GetArraySize(object), 0);
    cJSON_Delete(object);
}

static void count_lines(void *ctx, log_level level, const char *message, const log_field *fields,
                        size_t count) {
    (void)level;
    (void)message;
    (void)fields;
    (void)count;
    ++*(int *)ctx;
}

static void test_environment_is_bounded(void **state) {
    static char huge[CORE_ENVIRONMENT_MAX_BYTES];
    char small[] = "TZ=UTC", lang[] = "LANG=C";
    char *variables[] = {small, huge, lang, NULL};
    int lines = 0;
    (void)state;
    memset(huge, 'x', sizeof huge - 1);
    memcpy(huge, "OPENCLAW_X=", 11);
    log_set_sink(count_lines, &lines);
    cJSON *object = core_link_environment(variables);
    log_set_sink(NULL, NULL);
    assert_string_equal(json_text(object, "TZ"), "UTC");
    assert_null(json_string(object, "OPENCLAW_X"));
    assert_string_equal(json_text(object, "LANG"), "C");
    assert_int_equal(lines, 1);
    cJSON_Delete(object);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_pauses_grow),
        cmocka_unit_test(test_quick_restarts_are_counted),
        cmocka_unit_test(test_problems),
        cmocka_unit_test(test_noexec_is_named),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_environment_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
