// SPDX-License-Identifier: Apache-2.0
#include "fake_core.h"

#include "base/json.h"
#include "base/mem.h"
#include "link/link.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static struct {
    loop *l;
    link_t *link;
    char behaviour[32];
    char *secret;
    loop_timer timer;
    uint64_t relayed; // the call that waits for an API call's answer
} core;

static const bytes nothing;

static bool behaves(const char *behaviour) {
    return strcmp(core.behaviour, behaviour) == 0;
}

// --- choosing and naming --------------------------------------------------------------------------------------

bool fake_core_wanted(int argc, char **argv) {
    return argc == 2 && strcmp(argv[1], "--plugin") == 0;
}

char *fake_core_path(const char *behaviour) {
    char folder[] = "/tmp/fake-core-XXXXXX", own[4096];
    ssize_t len = readlink("/proc/self/exe", own, sizeof own - 1);
    if (len < 0 || mkdtemp(folder) == NULL)
        abort();
    own[len] = '\0';
    char *path = xasprintf("%s/%s", folder, behaviour);
    if (symlink(own, path) != 0)
        abort();
    return path;
}

void fake_core_unlink(char *path) {
    (void)unlink(path);
    *strrchr(path, '/') = '\0';
    (void)rmdir(path);
    free(path);
}

// --- what it does ---------------------------------------------------------------------------------------------

static void notify(const char *method, const char *params) {
    if (link_call(core.link, method, bytes_str(params), nothing, 0, NULL, NULL, NULL) != OC_OK)
        _exit(9);
}

static void answer_text(uint64_t id, const char *json) {
    link_answer(core.link, id, bytes_str(json), nothing);
}

static void on_api_answer(void *ctx, const link_message *answer) {
    (void)ctx;
    buf text;
    buf_init(&text, LINK_LARGE_MAX_BYTES);
    if (answer->error != NULL)
        link_answer_error(core.link, core.relayed, (int)json_int(answer->error, "code", 0),
                          json_text(answer->error, "message"), json_get(answer->error, "data"));
    else if (json_print(answer->json, &text) == OC_OK)
        link_answer(core.link, core.relayed, buf_bytes(&text), answer->tail);
    buf_free(&text);
}

static void echo(uint64_t id, const link_message *message) {
    buf text;
    buf_init(&text, LINK_LARGE_MAX_BYTES);
    if (json_print(message->json, &text) == OC_OK)
        link_answer(core.link, id, buf_bytes(&text), message->tail);
    buf_free(&text);
}

static void take_post(uint64_t id, const link_message *message) {
    bool again = json_bool(cJSON_GetArrayItem(message->json, 2), "again", false);
    if (again)
        answer_text(id, "{\"outcome\":\"answered\",\"reason\":\"again\"}");
    else if (!behaves("hold"))
        answer_text(id, "{\"outcome\":\"answered\",\"reason\":\"first\"}");
}

// Exit  ends the process · Api [method]  makes that API call and answers with its answer · Pid · Notify · others: echo
static void on_call(void *ctx, uint64_t id, const char *method, const link_message *message) {
    (void)ctx;
    char text[64];
    if (strcmp(method, "MessageHasBeenPosted") == 0) {
        take_post(id, message);
    } else if (strcmp(method, "Exit") == 0) {
        _exit(7);
    } else if (strcmp(method, "Api") == 0) {
        core.relayed = id;
        const char *name = cJSON_GetStringValue(cJSON_GetArrayItem(message->json, 0));
        if (link_call(core.link, name, bytes_str("[\"u1\"]"), nothing, 5000, on_api_answer, NULL, NULL) !=
            OC_OK)
            _exit(8);
    } else if (strcmp(method, "Pid") == 0) {
        snprintf(text, sizeof text, "%d", (int)getpid());
        answer_text(id, text);
    } else if (strcmp(method, "OnConfigurationChange") == 0) {
        notify("log", "{\"level\":\"info\",\"message\":\"configuration\",\"fields\":{\"a\":\"b\"}}");
    } else if (id != 0) {
        echo(id, message);
    }
}

static void on_down(void *ctx) {
    (void)ctx;
    _exit(0);
}

static void on_lifeline(void *ctx, unsigned events) {
    char data[64];
    (void)ctx;
    (void)events;
    if (read(STDIN_FILENO, data, sizeof data) == 0 && !behaves("stubborn"))
        _exit(0);
}

static void on_hello(void *ctx, const link_message *answer) {
    static const char noise[] = "[ERROR] first line\nsecond line\nlast";
    (void)ctx;
    if (answer->error != NULL)
        _exit(4);
    if (behaves("rude")) // a piece of a body without a body's number
        notify("$piece", "{}");
    while (behaves("mute"))
        pause();
    if (behaves("noisy"))
        (void)!write(STDERR_FILENO, noise, sizeof noise - 1);
    if (json_get(json_get(answer->json, "environment"), "TZ") == NULL || getenv("PATH") != NULL)
        (void)!write(STDERR_FILENO, "wrong environment\n", 18);
}

static void say_hello(void *ctx) {
    (void)ctx;
    char *params = xasprintf("{\"secret\":\"%s\",\"version\":\"fake\",\"protocol\":1}",
                             behaves("stranger") ? "guess" : core.secret);
    if (link_call(core.link, "hello", bytes_str(params), nothing, 5000, on_hello, NULL, NULL) != OC_OK)
        _exit(5);
    free(params);
}

static void read_first_line(char *line, size_t size) {
    size_t len = 0;
    while (len < size - 1 && read(STDIN_FILENO, line + len, 1) == 1 && line[len] != '\n')
        len++;
    line[len] = '\0';
}

int fake_core_main(void) {
    char line[4096];
    cJSON *start = NULL;
    loop_watch *watch = NULL;
    const char *name = strrchr((const char *)getauxval(AT_EXECFN), '/');
    snprintf(core.behaviour, sizeof core.behaviour, "%s", name != NULL ? name + 1 : "good");
    if (behaves("exit"))
        _exit(3);
    while (behaves("silent"))
        pause();
    read_first_line(line, sizeof line);
    core.l = loop_create(NULL);
    if (core.l == NULL || json_parse(bytes_str(line), &start) != OC_OK)
        _exit(2);
    core.secret = xstrdup(json_text(start, "secret"));
    if (link_dial(core.l, json_text(start, "address"), &core.link) != OC_OK ||
        loop_watch_fd(core.l, STDIN_FILENO, LOOP_READ, on_lifeline, NULL, &watch) != OC_OK)
        _exit(6);
    link_on_call(core.link, on_call, NULL);
    link_on_down(core.link, on_down, NULL);
    loop_timer_set(core.l, &core.timer, behaves("slow") ? 200 : 0, say_hello, NULL);
    loop_run(core.l);
    return 0;
}
