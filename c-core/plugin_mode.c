// SPDX-License-Identifier: Apache-2.0
#include "plugin_mode.h"

#include "app.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/secret.h"
#include "chat/plugin_chat.h"
#include "link/link.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
    EXIT_ORDERLY = 0,
    EXIT_FAILED = 2,
    ORDERS_MAX_BYTES = 4096,
    ORDERS_WAIT_MS = 5000,
    HELLO_WAIT_MS = 5000
};
enum { LINK_PROTOCOL = 1 };

typedef struct plugin_mode {
    loop *loop;
    link_t *link;
    chat *chat;
    app *app;
    loop_watch *lifeline;
    int exit_code;
} plugin_mode;

// --- orders: one line from the shim ---

static oc_err read_orders(cJSON **orders) {
    char line[ORDERS_MAX_BYTES];
    size_t len = 0;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    oc_err err = OC_EMALFORMED;
    // Byte by byte: what follows the line belongs to nobody yet.
    while (len < sizeof line) {
        if (poll(&input, 1, ORDERS_WAIT_MS) <= 0)
            return OC_ETIMEOUT;
        ssize_t got = read(STDIN_FILENO, line + len, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return OC_ECLOSED;
        if (line[len] == '\n') {
            err = json_parse(bytes_of(line, len), orders);
            break;
        }
        len++;
    }
    secret_wipe(line, sizeof line);
    return err;
}

// --- the end ---

static void end(plugin_mode *m, int exit_code) {
    m->exit_code = exit_code;
    loop_stop(m->loop);
}

static void on_lifeline(void *ctx, unsigned events) {
    plugin_mode *m = ctx;
    char ignored[64];
    (void)events;
    ssize_t got = read(STDIN_FILENO, ignored, sizeof ignored);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        end(m, EXIT_ORDERLY);
}

static void on_app_ended(void *ctx) {
    end(ctx, EXIT_ORDERLY);
}

static void on_signal(void *ctx, int signal_number) {
    (void)signal_number;
    end(ctx, EXIT_ORDERLY);
}

// --- logging over the link ---

static void log_over_link(void *ctx, log_level level, const char *message, const log_field *fields,
                          size_t count) {
    plugin_mode *m = ctx;
    buf text;
    cJSON *params = json_new_object();
    json_add_string(params, "level", log_level_name(level));
    json_add_string(params, "message", message);
    cJSON *values = json_add_object(params, "fields");
    for (size_t i = 0; i < count; i++)
        json_add_string(values, fields[i].key, fields[i].value);
    buf_init(&text, LINK_PIECE_BYTES);
    oc_err err = json_print(params, &text);
    if (err == OC_OK)
        err = link_call(m->link, "log", buf_bytes(&text), bytes_of(NULL, 0), 0, NULL, NULL, NULL);
    if (err != OC_OK)
        log_to_stderr(NULL, level, message, fields, count);
    buf_free(&text);
    cJSON_Delete(params);
}

// --- hello ---

static void on_hello(void *ctx, const link_message *answer) {
    plugin_mode *m = ctx;
    const cJSON *variable = NULL;
    if (answer->error != NULL) {
        log_error("the shim did not let the core in", "reason", json_text(answer->error, "message"));
        end(m, EXIT_FAILED);
        return;
    }
    cJSON_ArrayForEach(variable, json_get(answer->json, "environment")) {
        if (cJSON_IsString(variable))
            setenv(variable->string, variable->valuestring, 1);
    }
    metric_set(METRIC_CORES, NULL, (double)json_int(answer->json, "incarnation", 1));
    log_set_sink(log_over_link, m);
}

static oc_err say_hello(plugin_mode *m, const char *secret_text) {
    buf text;
    cJSON *params = json_new_object();
    json_add_string(params, "secret", secret_text);
    json_add_string(params, "version", OPENCLAW_VERSION);
    json_add_int(params, "protocol", LINK_PROTOCOL);
    buf_init(&text, ORDERS_MAX_BYTES);
    oc_err err = json_print(params, &text);
    if (err == OC_OK)
        err = link_call(m->link, "hello", buf_bytes(&text), bytes_of(NULL, 0), HELLO_WAIT_MS, on_hello, m,
                        NULL);
    if (text.memory != NULL)
        secret_wipe(text.memory, text.cap);
    buf_free(&text);
    cJSON_Delete(params);
    return err;
}

static oc_err start(plugin_mode *m, const cJSON *orders) {
    m->loop = loop_create(NULL);
    if (m->loop == NULL)
        return OC_ESYS;
    oc_err err = loop_on_signal(m->loop, SIGTERM, on_signal, m);
    if (err == OC_OK)
        err = loop_watch_fd(m->loop, STDIN_FILENO, LOOP_READ, on_lifeline, m, &m->lifeline);
    if (err == OC_OK)
        err = link_dial(m->loop, json_text(orders, "address"), &m->link);
    if (err != OC_OK)
        return err;
    m->chat = plugin_chat_create(m->loop, m->link);
    m->app = app_create(m->loop, m->chat, on_app_ended, m);
    return say_hello(m, json_text(orders, "secret"));
}

static void finish(plugin_mode *m) {
    log_set_sink(NULL, NULL);
    // First the link: every open call ends with an answer, while those who wait for it still live.
    link_destroy(m->link);
    app_destroy(m->app);
    plugin_chat_destroy(m->chat);
    loop_unwatch(m->lifeline);
    loop_destroy(m->loop);
}

int plugin_mode_run(void) {
    plugin_mode m = {.exit_code = EXIT_ORDERLY};
    cJSON *orders = NULL;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN); // Ctrl-C in the server's terminal reaches us too; the server ends us itself
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    oc_err err = read_orders(&orders);
    if (err == OC_OK)
        err = start(&m, orders);
    cJSON_Delete(orders);
    if (err == OC_OK)
        loop_run(m.loop);
    else
        log_error("the core cannot start", "reason", oc_err_text(err));
    finish(&m);
    return err == OC_OK ? m.exit_code : EXIT_FAILED;
}
