// SPDX-License-Identifier: Apache-2.0
// Core link and supervisor against a fake core in a process of its own.
#include "core_link.h"
#include "fake_core.h"
#include "nng_end.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/parse.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { LIMIT_MS = 20000 };

typedef struct fixture {
    loop *l;
    core_link *k;
    char *path;
    int readies, losses, ends, answers, waits;
    bool wait_result;
    int64_t code;            // of the last answer's error, 0
    char *result, *api_call; // last ones
    char *logged;
    uint64_t api_id;
    bool keep_api; // do not answer
    buf lines;     // log
} fixture;

static const bytes nothing;

// --- the session's side ---------------------------------------------------------------------------------------

static void on_api_call(void *ctx, uint64_t id, const char *method, const link_message *message) {
    fixture *f = ctx;
    free(f->api_call);
    f->api_call = xstrdup(method);
    f->api_id = id;
    if (f->keep_api)
        return;
    if (strcmp(method, "GetUser") == 0)
        core_link_answer(f->k, id, bytes_str("{\"id\":\"u1\"}"), bytes_str("tail"));
    else
        core_link_answer_error(f->k, id, 404, cJSON_GetArrayItem(message->json, 0)->valuestring, NULL);
}

static void on_log(void *ctx, const char *level, const char *message, const cJSON *fields) {
    fixture *f = ctx;
    free(f->logged);
    f->logged = xasprintf("%s %s %s", level, message, json_text(fields, "a"));
}

static void on_ready(void *ctx) {
    ((fixture *)ctx)->readies++;
}

static void on_lost(void *ctx) {
    ((fixture *)ctx)->losses++;
}

static void on_ended(void *ctx) {
    ((fixture *)ctx)->ends++;
}

static void on_answer(void *ctx, const link_message *answer) {
    fixture *f = ctx;
    f->answers++;
    f->code = json_int(answer->error, "code", 0);
    free(f->result);
    f->result = answer->json != NULL ? cJSON_PrintUnformatted(answer->json) : NULL;
}

static void on_waited(void *ctx, bool ready) {
    fixture *f = ctx;
    f->waits++;
    f->wait_result = ready;
}

static void to_buffer(void *ctx, log_level level, const char *message, const log_field *fields,
                      size_t count) {
    fixture *f = ctx;
    oc_err err = buf_printf(&f->lines, "%s %s", log_level_name(level), message);
    for (size_t i = 0; i < count && err == OC_OK; i++)
        err = buf_printf(&f->lines, " %s=%s", fields[i].key, fields[i].value);
    if (err == OC_OK)
        err = buf_append_byte(&f->lines, '\n');
    (void)err;
}

static bool logged(fixture *f, const char *text) {
    bytes all = buf_bytes(&f->lines);
    return all.len > 0 && memmem(all.data, all.len, text, strlen(text)) != NULL;
}

// --- running --------------------------------------------------------------------------------------------------

static int setup(void **state) {
    fixture *f = xcalloc(1, sizeof *f);
    setenv("TZ", "UTC", 1);
    f->l = loop_create(NULL);
    buf_init(&f->lines, 1 << 20);
    log_set_sink(to_buffer, f);
    *state = f;
    return 0;
}

static void start(fixture *f, const char *behaviour) {
    static const core_link_events events = {
        .api_call = on_api_call, .log = on_log, .ready = on_ready, .lost = on_lost};
    f->path = fake_core_path(behaviour);
    f->k = core_link_create(f->l, f->path, &events, f);
}

static int teardown(void **state) {
    fixture *f = *state;
    core_link_destroy(f->k);
    log_set_sink(NULL, NULL);
    loop_destroy(f->l);
    if (f->path != NULL)
        fake_core_unlink(f->path);
    free(f->result);
    free(f->api_call);
    free(f->logged);
    buf_free(&f->lines);
    free(f);
    return 0;
}

#define until(condition)                                                                                     \
    do {                                                                                                     \
        int64_t limit = loop_now_ms(f->l) + LIMIT_MS;                                                        \
        while (!(condition) && loop_now_ms(f->l) < limit)                                                    \
            loop_step(f->l, 20);                                                                             \
        assert_true(condition);                                                                              \
    } while (0)

static void call(fixture *f, const char *method, const char *params) {
    int before = f->answers;
    core_call *c =
        core_link_call(f->k, method, bytes_str(params), nothing, CORE_WAIT_MS, 10000, on_answer, f);
    assert_non_null(c);
    assert_int_equal(f->answers, before); // never from inside the call
    until(f->answers == before + 1);
}

static int core_pid(fixture *f) {
    call(f, "Pid", "[]");
    assert_non_null(f->result);
    uint64_t pid = 0;
    assert_int_equal(parse_uint(bytes_str(f->result), INT32_MAX, &pid), OC_OK);
    return (int)pid;
}

static bool runs(int pid) {
    return kill(pid, 0) == 0 || errno != ESRCH;
}

static void serves(fixture *f) {
    core_link_activate(f->k);
    until(f->readies == 1);
    assert_true(core_link_ready(f->k));
    assert_null(core_link_problem(f->k));
}

// --- tests ----------------------------------------------------------------------------------------------------

static void test_hooks_and_api_calls(void **state) {
    fixture *f = *state;
    start(f, "good");
    // Asked before it is ready: waits.
    core_link_activate(f->k);
    call(f, "ExecuteCommand", "[1,{\"a\":\"b\"}]");
    assert_int_equal(f->code, 0);
    assert_string_equal(f->result, "[1,{\"a\":\"b\"}]");
    call(f, "Api", "[\"GetUser\"]");
    assert_string_equal(f->result, "{\"id\":\"u1\"}");
    call(f, "Api", "[\"GetTeam\"]");
    assert_int_equal(f->code, 404);
    core_link_configuration_changed(f->k);
    until(f->logged != NULL);
    assert_string_equal(f->logged, "info configuration b");
    assert_false(logged(f, "wrong environment"));
}

static void test_no_activation_no_hooks(void **state) {
    fixture *f = *state;
    start(f, "good");
    (void)core_link_call(f->k, "ExecuteCommand", bytes_str("[]"), nothing, 300, 1000, on_answer, f);
    core_wait *w = core_link_wait(f->k, 300, on_waited, f);
    assert_non_null(w);
    until(f->answers == 1 && f->waits == 1);
    assert_int_equal(f->code, LINK_E_CLOSED);
    assert_false(f->wait_result);
    assert_null(core_link_body(f->k));
    core_link_activate(f->k);
    w = core_link_wait(f->k, 10000, on_waited, f);
    until(f->waits == 2);
    assert_true(f->wait_result);
    assert_null(core_link_wait(f->k, 0, on_waited, f)); // at once
    assert_int_equal(f->waits, 3);
}

static void test_forgotten(void **state) {
    fixture *f = *state;
    start(f, "good");
    core_link_forget(core_link_call(f->k, "A", bytes_str("[]"), nothing, 1000, 1000, on_answer, f));
    core_link_forget_wait(core_link_wait(f->k, 1000, on_waited, f));
    serves(f);
    core_link_forget(core_link_call(f->k, "B", bytes_str("[]"), nothing, 1000, 1000, on_answer, f));
    core_link_forget(NULL);
    core_link_forget_wait(NULL);
    call(f, "C", "[3]"); // answered behind B
    assert_int_equal(f->answers, 1);
    assert_string_equal(f->result, "[3]");
}

static void test_restart_after_crash(void **state) {
    fixture *f = *state;
    start(f, "good");
    serves(f);
    int pid = core_pid(f);
    (void)core_link_call(f->k, "Exit", bytes_str("[]"), nothing, 0, 10000, on_answer, f);
    until(f->readies == 2);
    assert_int_equal(f->losses, 1);
    assert_int_equal(f->code, LINK_E_CLOSED); // the call that killed it
    assert_false(runs(pid));
    assert_true(logged(f, "how=exit code 7"));
    assert_int_not_equal(core_pid(f), pid);
}

static void test_answer_for_a_dead_core_is_dropped(void **state) {
    fixture *f = *state;
    start(f, "good");
    serves(f);
    f->keep_api = true;
    (void)core_link_call(f->k, "Api", bytes_str("[\"GetUser\"]"), nothing, 0, 0, on_answer, f);
    until(f->api_id != 0);
    uint64_t old = f->api_id;
    kill(core_pid(f), SIGKILL);
    until(f->readies == 2);
    f->api_id = 0;
    (void)core_link_call(f->k, "Api", bytes_str("[\"GetUser\"]"), nothing, 0, 0, on_answer, f);
    until(f->api_id != 0);
    assert_int_not_equal(f->api_id, old);
    int before = f->answers;
    core_link_answer(f->k, old, bytes_str("\"old\""), nothing);
    core_link_answer_error(f->k, old, 1, "old", NULL);
    core_link_answer(f->k, f->api_id, bytes_str("\"new\""), nothing);
    until(f->answers == before + 1);
    assert_string_equal(f->result, "\"new\"");
}

static void test_posts_are_held_until_their_outcome(void **state) {
    fixture *f = *state;
    start(f, "hold");
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            core_link_post(f->k, "MessageHasBeenPosted", bytes_str("[{},{\"id\":\"p\"}]"), nothing), OC_OK);
    assert_int_equal(core_link_post(f->k, "MessageHasBeenPosted", bytes_str("{}"), nothing), OC_EINVAL);
    serves(f);
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            core_link_post(f->k, "MessageHasBeenPosted", bytes_str("[{},{\"id\":\"q\"}]"), bytes_str("tail")),
            OC_OK);
    kill(core_pid(f), SIGKILL); // it has them all: the answer to Pid came behind them
    until(f->readies == 2);
    // The second core gets all six again, with the mark, and answers; a call behind them proves it.
    call(f, "Behind", "[]");
    kill(core_pid(f), SIGKILL);
    until(f->readies == 3);
    assert_false(logged(f, "given up"));
}

static void test_wrong_secret(void **state) {
    fixture *f = *state;
    start(f, "stranger");
    core_link_activate(f->k);
    until(logged(f, "its hello had a wrong secret"));
    until(logged(f, "not restarted at once"));
    assert_int_equal(f->readies, 0);
}

static void test_rule_breaker(void **state) {
    fixture *f = *state;
    start(f, "rude");
    core_link_activate(f->k);
    until(logged(f, "broke the rules"));
    until(logged(f, "started again"));
}

static void test_crash_loop_pauses(void **state) {
    fixture *f = *state;
    start(f, "exit");
    until(logged(f, "pause_seconds=1"));
    assert_true(logged(f, "how=exit code 3"));
    // Calls wait no longer than they said.
    (void)core_link_call(f->k, "A", bytes_str("[]"), nothing, 10, 10, on_answer, f);
    until(f->answers == 1);
    core_link_stop(f->k, true, on_ended, f);
    assert_int_equal(f->ends, 0);
    until(f->ends == 1);
    core_link_stop(f->k, true, on_ended, f); // asked again, told again
    until(f->ends == 2);
}

static void test_slow_start(void **state) {
    fixture *f = *state;
    start(f, "slow");
    core_link_activate(f->k);
    call(f, "Echo", "[true]");
    assert_string_equal(f->result, "[true]");
}

static void test_hang_is_noticed(void **state) {
    fixture *f = *state;
    start(f, "mute");
    core_link_activate(f->k);
    until(logged(f, "did not answer a ping in time"));
    until(logged(f, "how=signal 9"));
}

static void test_stop(void **state) {
    fixture *f = *state;
    start(f, "good");
    serves(f);
    int pid = core_pid(f);
    core_link_stop(f->k, true, on_ended, f);
    // Nothing new is taken; the answer still comes.
    (void)core_link_call(f->k, "A", bytes_str("[]"), nothing, 60000, 0, on_answer, f);
    int before = f->answers;
    until(f->ends == 1);
    until(f->answers == before + 1);
    assert_int_equal(f->code, LINK_E_CLOSED);
    assert_false(runs(pid));
    assert_false(logged(f, "killed"));
    assert_int_equal(f->readies, 1);
}

static void test_stop_of_a_stubborn_one(void **state) {
    fixture *f = *state;
    start(f, "stubborn");
    serves(f);
    int pid = core_pid(f);
    core_link_stop(f->k, false, on_ended, f);
    until(f->ends == 1);
    assert_true(logged(f, "did not end by itself"));
    assert_false(runs(pid));
}

static void test_stop_while_starting(void **state) {
    fixture *f = *state;
    start(f, "silent");
    core_link_stop(f->k, true, on_ended, f);
    until(f->ends == 1);
}

static void test_standard_error_is_logged(void **state) {
    fixture *f = *state;
    start(f, "noisy");
    serves(f);
    until(logged(f, "error The core wrote to its standard error line=first line"));
    until(logged(f, "warn The core wrote to its standard error line=second line"));
    core_link_stop(f->k, true, on_ended, f);
    until(f->ends == 1);
    assert_true(logged(f, "line=last"));
}

static void test_missing_core(void **state) {
    fixture *f = *state;
    static const core_link_events events = {.api_call = on_api_call};
    f->k = core_link_create(f->l, "/nonexistent/openclaw-core", &events, f);
    assert_non_null(core_link_problem(f->k));
    assert_non_null(strstr(core_link_problem(f->k), "/nonexistent/openclaw-core: No such file"));
    assert_non_null(strstr(core_link_problem(f->k), "upload the plugin's tarball again"));
    core_link_stop(f->k, true, on_ended, f);
    until(f->ends == 1);
}

static size_t open_descriptors(void) {
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

// Neither descriptors nor processes pile up, whatever number of cores has come and gone.
static void test_nothing_is_left(void **state) {
    fixture *f = *state;
    size_t before = 0;
    start(f, "good");
    core_link_activate(f->k);
    for (int i = 1; i <= 6; i++) {
        until(f->readies == i);
        if (i == 2) // what nng opens once is open by now
            before = open_descriptors();
        int64_t served_long_enough = loop_now_ms(f->l) + 1000; // to be restarted without a pause
        until(loop_now_ms(f->l) >= served_long_enough);
        kill(core_pid(f), SIGKILL);
        until(f->losses == i);
    }
    until(f->readies == 7);
    until(open_descriptors() <= before); // what the last one left is closed by nng, in its own time
    core_link_destroy(f->k);
    f->k = NULL;
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

// --- a shim that is killed ------------------------------------------------------------------------------------

// This program as a shim of its own: says its core's process id on standard output and serves until it is killed.
static void tell_pid(void *ctx, const link_message *answer) {
    (void)ctx;
    int pid = (int)cJSON_GetNumberValue(answer->json);
    if (write(STDOUT_FILENO, &pid, sizeof pid) != sizeof pid)
        _exit(1);
}

static int shim_main(const char *core_path) {
    static const core_link_events events = {.api_call = on_api_call};
    fixture f = {.l = loop_create(NULL)};
    f.k = core_link_create(f.l, core_path, &events, &f);
    core_link_activate(f.k);
    (void)core_link_call(f.k, "Pid", bytes_str("[]"), nothing, LIMIT_MS, LIMIT_MS, tell_pid, NULL);
    loop_run(f.l);
    return 0;
}

static void test_core_ends_with_a_killed_shim(void **state) {
    fixture *f = *state;
    int output[2], core = 0, status = 0;
    pid_t shim = 0;
    posix_spawn_file_actions_t actions;
    f->path = fake_core_path("good");
    char name[] = "test", mode[] = "--shim", exe[] = "/proc/self/exe";
    char *arguments[] = {name, mode, f->path, NULL};
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); // its orphan becomes ours
    assert_int_equal(pipe2(output, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    assert_int_equal(posix_spawn(&shim, exe, &actions, NULL, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    assert_int_equal(read(output[0], &core, sizeof core), sizeof core);
    assert_true(core > 0 && runs(core));
    kill(shim, SIGKILL);
    assert_int_equal(waitpid(shim, &status, 0), shim);
    assert_int_equal(waitpid(core, &status, 0), core); // by itself: nobody kills it
    assert_true(WIFEXITED(status));
    close(output[0]);
    close(output[1]);
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--shim") == 0)
        return shim_main(argv[2]);
    if (fake_core_wanted(argc, argv))
        return fake_core_main();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_hooks_and_api_calls, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_activation_no_hooks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(test_restart_after_crash, setup, teardown),
        cmocka_unit_test_setup_teardown(test_answer_for_a_dead_core_is_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(test_posts_are_held_until_their_outcome, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_secret, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rule_breaker, setup, teardown),
        cmocka_unit_test_setup_teardown(test_crash_loop_pauses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slow_start, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hang_is_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stop, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stop_of_a_stubborn_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stop_while_starting, setup, teardown),
        cmocka_unit_test_setup_teardown(test_standard_error_is_logged, setup, teardown),
        cmocka_unit_test_setup_teardown(test_missing_core, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(test_core_ends_with_a_killed_shim, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
