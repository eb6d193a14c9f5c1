// SPDX-License-Identifier: Apache-2.0
#include "core_link_private.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "core_link_environment.h"
#include "link/rpc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PROTOCOL_VERSION = 1,
    HELLO_LIMIT_MS = 10000,
    ACTIVATE_LIMIT_MS = 60000,
    DEACTIVATE_LIMIT_MS = 5000, // the server waits 10 s for our answer
    PING_EVERY_MS = 2000,
    PING_LIMIT_MS = 5000,
    WITHOUT_LINK_MS = 200, // for a process to end behind its link
    SECRET_BYTES = 32,
    ADDRESS_BYTES = 16,
    ID_BITS = CORE_LINK_ID_BITS,
    E_DENIED = -32003, // JSON-RPC error: wrong secret or version, or no hello yet
};
extern char **environ;

// --- health ---------------------------------------------------------------------------------------------------

static void on_ping_time(void *ctx);

static void on_pong(void *ctx, const link_message *answer) {
    core_link *k = ctx;
    k->ping_open = false;
    if (json_int(answer->error, "code", 0) == LINK_E_TIMEOUT)
        supervisor_hung(k->supervisor, "it did not answer a ping in time");
}

static void on_ping_time(void *ctx) {
    core_link *k = ctx;
    if (k->link == NULL)
        return;
    loop_timer_set(k->l, &k->health_timer, PING_EVERY_MS, on_ping_time, k);
    // A clogged link shows itself by the ping before, which stays unanswered.
    if (!k->ping_open)
        k->ping_open = link_call(k->link, "ping", bytes_str("[]"), bytes_of(NULL, 0), PING_LIMIT_MS, on_pong,
                                 k, NULL) == OC_OK;
}

static void on_no_hello(void *ctx) {
    core_link *k = ctx;
    supervisor_hung(k->supervisor, "it did not say hello in time");
}

// --- activation -----------------------------------------------------------------------------------------------

static void tell_configuration(core_link *k) {
    if (k->phase != CORE_READY || !k->configuration_changed)
        return;
    k->configuration_changed = link_call(k->link, "OnConfigurationChange", bytes_str("[]"), bytes_of(NULL, 0),
                                         0, NULL, NULL, NULL) != OC_OK;
}

static void on_activated(void *ctx, const link_message *answer) {
    core_link *k = ctx;
    if (answer->error != NULL) {
        // When the core is gone its end is on its way; all else is a core that cannot serve.
        if (json_int(answer->error, "code", 0) != LINK_E_CLOSED)
            supervisor_hung(k->supervisor, json_text(answer->error, "message"));
        return;
    }
    if (k->phase != CORE_ACTIVATING)
        return;
    k->phase = CORE_READY;
    supervisor_ready(k->supervisor);
    if (k->events.ready != NULL)
        k->events.ready(k->ctx);
    core_calls_ready(k);
    core_posts_pump(k);
    tell_configuration(k);
}

static void activate(core_link *k) {
    if (k->phase != CORE_GREETED || !k->activated || k->stopping)
        return;
    k->phase = CORE_ACTIVATING;
    k->configuration_changed = false; // it is about to load the present one
    if (link_call(k->link, "OnActivate", bytes_str("[]"), bytes_of(NULL, 0), ACTIVATE_LIMIT_MS, on_activated,
                  k, NULL) != OC_OK)
        supervisor_hung(k->supervisor, "it cannot be activated");
}

// --- what the core says ---------------------------------------------------------------------------------------

static bool greets_rightly(const core_link *k, const cJSON *params) {
    secret *given = secret_create(json_text(params, "secret"));
    bool right = secret_equal(given, k->secret) && json_int(params, "protocol", 0) == PROTOCOL_VERSION;
    secret_destroy(given);
    return right;
}

static void on_hello(core_link *k, uint64_t id, const cJSON *params) {
    if (k->phase != CORE_STARTED || !greets_rightly(k, params)) {
        link_answer_error(k->link, id, E_DENIED, "wrong secret or protocol version", NULL);
        supervisor_hung(k->supervisor, "its hello had a wrong secret or protocol version");
        return;
    }
    buf text;
    cJSON *result = json_new_object();
    json_add(result, "environment", core_link_environment(environ));
    json_add_int(result, "incarnation", (int64_t)k->incarnation);
    buf_init(&text, LINK_MESSAGE_MAX_BYTES);
    oc_err err = json_print(result, &text);
    k->phase = CORE_GREETED;
    if (err == OC_OK)
        link_answer(k->link, id, buf_bytes(&text), bytes_of(NULL, 0));
    else
        link_answer_error(k->link, id, LINK_E_BUSY, oc_err_text(err), NULL);
    buf_free(&text);
    cJSON_Delete(result);
    on_ping_time(k);
    activate(k);
}

static void on_log(core_link *k, const cJSON *params) {
    const char *level = json_text(params, "level");
    if (k->events.log != NULL && log_level_find(level) >= 0)
        k->events.log(k->ctx, level, json_text(params, "message"), json_get(params, "fields"));
}

// Notifications that are not API calls. False when it is none of them.
static bool take_notification(core_link *k, const char *method, const link_message *message) {
    if (strcmp(method, "log") == 0)
        on_log(k, message->json);
    else if (strcmp(method, "interest.set") == 0 && k->events.interest_set != NULL)
        k->events.interest_set(k->ctx, message->json);
    else if (strcmp(method, "interest.channels") == 0 && k->events.interest_channels != NULL)
        k->events.interest_channels(k->ctx, message->json);
    else
        return false;
    return true;
}

static void on_call(void *ctx, uint64_t id, const char *method, const link_message *message) {
    core_link *k = ctx;
    if (id != 0 && strcmp(method, "hello") == 0) {
        on_hello(k, id, message->json);
        return;
    }
    if (k->phase == CORE_STARTED || k->phase == CORE_ABSENT) {
        link_answer_error(k->link, id, E_DENIED, "say hello first", NULL);
        return;
    }
    if (id == 0 && take_notification(k, method, message))
        return;
    // An id that only the present core's answers match; 0 stays 0: no answer is wanted.
    uint64_t marked = id == 0 ? 0 : (k->incarnation << ID_BITS) | id;
    if (id >> ID_BITS == 0)
        k->events.api_call(k->ctx, marked, method, message);
    else
        supervisor_hung(k->supervisor, "it counts its calls wrongly");
}

static bool is_of_present_core(const core_link *k, uint64_t id) {
    return id != 0 && k->link != NULL && id >> ID_BITS == (k->incarnation & ((1U << (64 - ID_BITS)) - 1));
}

link_body *core_link_answer_body(core_link *k, uint64_t id) {
    return is_of_present_core(k, id) ? link_body_send(k->link) : NULL;
}

void core_link_answer(core_link *k, uint64_t id, bytes result_json, bytes tail) {
    if (is_of_present_core(k, id))
        link_answer(k->link, id & ((UINT64_C(1) << ID_BITS) - 1), result_json, tail);
}

void core_link_answer_error(core_link *k, uint64_t id, int code, const char *message, const cJSON *data) {
    if (is_of_present_core(k, id))
        link_answer_error(k->link, id & ((UINT64_C(1) << ID_BITS) - 1), code, message, data);
}

// --- one process of the core ----------------------------------------------------------------------------------

// The link to the present process is over; the open calls hear of it.
static void lose_link(core_link *k) {
    bool was_ready = k->phase == CORE_READY;
    link_t *link = k->link;
    k->phase = k->phase == CORE_LEAVING ? CORE_LEAVING : CORE_ABSENT;
    k->ping_open = false;
    loop_timer_cancel(&k->health_timer);
    loop_timer_cancel(&k->posts_timer);
    link_destroy(link);
    k->link = NULL;
    secret_destroy(k->secret);
    k->secret = NULL;
    if (was_ready && k->events.lost != NULL)
        k->events.lost(k->ctx);
}

static void on_outlives_link(void *ctx) {
    core_link *k = ctx;
    supervisor_hung(k->supervisor, "its link is down");
}

static void on_link_down(void *ctx) {
    core_link *k = ctx;
    lose_link(k);
    // Mostly the process has ended, which is heard of at once; one without a link is of no use.
    loop_timer_set(k->l, &k->health_timer, WITHOUT_LINK_MS, on_outlives_link, k);
}

// Abstract addresses leave no file; where they are forbidden a socket file serves, until the core has connected.
static oc_err listen_somewhere(core_link *k, char **address) {
    char name[2 * ADDRESS_BYTES + 1];
    random_hex(name, ADDRESS_BYTES);
    *address = xasprintf("abstract://openclaw-%s", name);
    if (link_listen(k->l, *address, &k->link) == OC_OK)
        return OC_OK;
    free(*address);
    const char *folder = getenv("TMPDIR");
    *address = xasprintf("ipc://%s/openclaw-%s", folder != NULL && *folder == '/' ? folder : "/tmp", name);
    oc_err err = link_listen(k->l, *address, &k->link);
    if (err != OC_OK) {
        free(*address);
        *address = NULL;
    }
    return err;
}

static oc_err on_prepare(void *ctx, buf *line) {
    core_link *k = ctx;
    char text[2 * SECRET_BYTES + 1];
    char *address = NULL;
    oc_err err = listen_somewhere(k, &address);
    if (err != OC_OK)
        return err;
    link_on_call(k->link, on_call, k);
    link_on_down(k->link, on_link_down, k);
    random_hex(text, SECRET_BYTES);
    k->secret = secret_create(text);
    k->incarnation++;
    err = buf_printf(line, "{\"address\":\"%s\",\"secret\":\"%s\"}\n", address, text);
    secret_wipe(text, sizeof text);
    free(address);
    return err;
}

static void on_started(void *ctx, int pid) {
    core_link *k = ctx;
    link_expect_peer(k->link, pid);
    k->phase = CORE_STARTED;
    loop_timer_set(k->l, &k->health_timer, HELLO_LIMIT_MS, on_no_hello, k);
}

static void on_gone(void *ctx) {
    core_link *k = ctx;
    loop_timer_cancel(&k->health_timer);
    if (k->link != NULL)
        lose_link(k);
}

static void on_stopped(void *ctx) {
    core_link *k = ctx;
    void (*ended)(void *ctx) = k->ended;
    k->ended = NULL;
    if (ended != NULL)
        ended(k->ended_ctx);
}

// --- life -----------------------------------------------------------------------------------------------------

core_link *core_link_create(loop *l, const char *core_path, const core_link_events *events, void *ctx) {
    static const supervisor_events supervising = {
        .prepare = on_prepare, .started = on_started, .gone = on_gone, .stopped = on_stopped};
    core_link *k = xcalloc(1, sizeof *k);
    *k = (core_link){.l = l, .events = *events, .ctx = ctx};
    k->posts.owner = k;
    k->supervisor = supervisor_create(l, core_path, &supervising, k);
    supervisor_start(k->supervisor);
    return k;
}

void core_link_destroy(core_link *k) {
    if (k == NULL)
        return;
    k->events = (core_link_events){0};
    core_calls_free(k);
    if (k->link != NULL)
        lose_link(k);
    loop_timer_cancel(&k->health_timer);
    supervisor_destroy(k->supervisor);
    held_posts_free(&k->posts);
    free(k);
}

void core_link_activate(core_link *k) {
    k->activated = true;
    activate(k);
}

bool core_link_ready(const core_link *k) {
    return k->phase == CORE_READY;
}

const char *core_link_problem(const core_link *k) {
    return supervisor_problem(k->supervisor);
}

link_body *core_link_body(core_link *k) {
    return k->phase == CORE_READY ? link_body_send(k->link) : NULL;
}

void core_link_configuration_changed(core_link *k) {
    k->configuration_changed = true;
    tell_configuration(k);
}

static void on_deactivated(void *ctx, const link_message *answer) {
    core_link *k = ctx;
    k->goodbye_open = false;
    if (answer->error != NULL)
        log_warn("The core did not end its work in order", "reason", json_text(answer->error, "message"));
    supervisor_stop(k->supervisor);
}

void core_link_stop(core_link *k, bool say_goodbye, void (*ended)(void *ctx), void *ctx) {
    bool was_ready = k->phase == CORE_READY;
    k->ended = ended;
    k->ended_ctx = ctx;
    if (k->goodbye_open && say_goodbye)
        return;
    k->stopping = true;
    core_calls_fail_waiting(k);
    k->phase = CORE_LEAVING;
    if (was_ready && say_goodbye)
        k->goodbye_open = link_call(k->link, "OnDeactivate", bytes_str("[]"), bytes_of(NULL, 0),
                                    DEACTIVATE_LIMIT_MS, on_deactivated, k, NULL) == OC_OK;
    if (!k->goodbye_open || !say_goodbye)
        supervisor_stop(k->supervisor);
}
