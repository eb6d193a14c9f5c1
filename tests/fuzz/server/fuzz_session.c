// SPDX-License-Identifier: Apache-2.0
// A whole plugin session, fed with what a server sends. Recorded streams replay an activation, hooks, API replies and
// HTTP requests; the core is played here: it answers whatever comes, asks for a few API calls and streams bodies.
#include "base/log.h"
#include "core_link.h"
#include "plugin_session.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CALLS_MAX = 1024, BODIES_MAX = 64, PIECE_BYTES = 1024 };

struct core_call {
    link_answer_fn *answer; // NULL: a free place
    void *ctx;
};

struct link_body {
    link_body_events events;
    void *ctx;
    bool open;
    bool from_core;
};

static struct {
    core_link_events events;
    void *ctx;
    struct core_call calls[CALLS_MAX];
    struct link_body bodies[BODIES_MAX];
    void (*stopped)(void *ctx);
    void *stopped_ctx;
    unsigned count; // of everything: varies what the core does
    bool active;
} core;

// --- the core as the session sees it ---

core_link *core_link_create(loop *l, const char *core_path, const core_link_events *events, void *ctx) {
    (void)l;
    (void)core_path;
    memset(&core, 0, sizeof core);
    core.events = *events;
    core.ctx = ctx;
    return (core_link *)&core;
}

// A body belongs to the first that is answered.
static void answer_calls(link_message m) {
    for (size_t i = 0; i < CALLS_MAX; i++) {
        link_answer_fn *fn = core.calls[i].answer;
        core.calls[i].answer = NULL;
        if (fn == NULL)
            continue;
        fn(core.calls[i].ctx, &m);
        m.body = NULL;
    }
}

void core_link_destroy(core_link *k) {
    (void)k;
    cJSON *error = cJSON_Parse("{\"code\":-32000,\"message\":\"gone\"}");
    answer_calls((link_message){.error = error});
    cJSON_Delete(error);
    for (size_t i = 0; i < BODIES_MAX; i++) { // as the link does
        link_body *b = &core.bodies[i];
        if (b->open && b->events.cancelled != NULL) {
            b->open = false;
            b->events.cancelled(b->ctx, b);
        }
    }
}

void core_link_activate(core_link *k) {
    (void)k;
    core.active = true;
}

bool core_link_ready(const core_link *k) {
    (void)k;
    return true;
}

const char *core_link_problem(const core_link *k) {
    (void)k;
    return NULL;
}

core_call *core_link_call(core_link *k, const char *method, bytes params_json, bytes tail, int64_t wait_ms,
                          int64_t timeout_ms, link_answer_fn *on_answer, void *ctx) {
    (void)k;
    (void)method;
    (void)tail;
    (void)wait_ms;
    (void)timeout_ms;
    // What goes to the core is JSON, whatever came.
    cJSON *params = cJSON_ParseWithLength((const char *)params_json.data, params_json.len);
    if (params == NULL)
        abort();
    cJSON_Delete(params);
    size_t i = 0;
    while (i < CALLS_MAX - 1 && core.calls[i].answer != NULL)
        i++;
    if (core.calls[i].answer != NULL)
        abort(); // more than fit into one piece of input
    core.calls[i] = (struct core_call){on_answer, ctx};
    return &core.calls[i];
}

void core_link_forget(core_call *call) {
    if (call != NULL)
        call->answer = NULL;
}

static link_body *new_body(bool from_core) {
    for (size_t i = 0; i < BODIES_MAX; i++) {
        if (!core.bodies[i].open) {
            core.bodies[i] = (struct link_body){.open = true, .from_core = from_core};
            return &core.bodies[i];
        }
    }
    return NULL;
}

link_body *core_link_body(core_link *k) {
    (void)k;
    return new_body(false);
}

link_body *core_link_answer_body(core_link *k, uint64_t id) {
    (void)k;
    (void)id;
    return new_body(false);
}

core_wait *core_link_wait(core_link *k, int64_t wait_ms, core_wait_fn *fn, void *ctx) {
    (void)k;
    (void)wait_ms;
    fn(ctx, true);
    return NULL;
}

void core_link_forget_wait(core_wait *w) {
    (void)w;
}

oc_err core_link_post(core_link *k, const char *hook, bytes params_json, bytes tail) {
    (void)k;
    (void)hook;
    (void)tail;
    cJSON *params = cJSON_ParseWithLength((const char *)params_json.data, params_json.len);
    if (params == NULL)
        abort();
    cJSON_Delete(params);
    return OC_OK;
}

void core_link_configuration_changed(core_link *k) {
    (void)k;
}

void core_link_answer(core_link *k, uint64_t id, bytes result_json, bytes tail) {
    (void)k;
    (void)id;
    (void)tail;
    cJSON *result =
        result_json.len > 0 ? cJSON_ParseWithLength((const char *)result_json.data, result_json.len) : NULL;
    if (result == NULL && result_json.len > 0)
        abort();
    cJSON_Delete(result);
}

void core_link_answer_error(core_link *k, uint64_t id, int code, const char *message, const cJSON *data) {
    (void)k;
    (void)id;
    (void)code;
    (void)message;
    (void)data;
}

void core_link_stop(core_link *k, bool say_goodbye, void (*ended)(void *ctx), void *ctx) {
    (void)k;
    (void)say_goodbye;
    core.stopped = ended;
    core.stopped_ctx = ctx;
}

uint64_t link_body_id(const link_body *b) {
    return (uint64_t)(b - core.bodies) + 1;
}

size_t link_body_room_bytes(const link_body *b) {
    (void)b;
    return core.count % 3 == 0 ? 0 : 4096;
}

oc_err link_body_write(link_body *b, bytes piece) {
    if (!b->open || piece.len > 4096)
        abort();
    return OC_OK;
}

void link_body_end(link_body *b) {
    if (!b->open)
        abort();
    b->open = false;
}

void link_body_on(link_body *b, const link_body_events *events, void *ctx) {
    b->events = *events;
    b->ctx = ctx;
}

void link_body_consumed(link_body *b, size_t len) {
    (void)b;
    (void)len;
}

void link_body_cancel(link_body *b) {
    if (b != NULL && !b->open)
        abort();
    if (b != NULL)
        b->open = false;
}

// --- what the core does between two pieces of input ---

static void answer_hooks(void) {
    static const char *const results[] = {"{\"status\":200,\"header\":{\"A\":[\"b\"]}}", "{\"status\":404}",
                                          "{\"text\":\"hi\"}", "[]", "7"};
    cJSON *result = cJSON_Parse(results[core.count % 5]);
    link_body *body = core.count % 4 == 0 ? new_body(true) : NULL;
    link_message m = {.json = result, .tail = bytes_str("tail"), .body = body};
    answer_calls(m);
    // As the link does with a body that nobody wanted.
    if (body != NULL && body->events.end == NULL)
        body->open = false;
    cJSON_Delete(result);
}

static void move_bodies(void) {
    static const uint8_t piece[PIECE_BYTES];
    for (size_t i = 0; i < BODIES_MAX; i++) {
        link_body *b = &core.bodies[i];
        if (!b->open)
            continue;
        if (!b->from_core) {
            b->events.room(b->ctx, b);
        } else if (core.count % 3 == 0) {
            b->open = false;
            b->events.end(b->ctx, b);
        } else {
            b->events.data(b->ctx, b, bytes_of(piece, sizeof piece));
        }
    }
}

static void call_api(void) {
    static const char *const calls[][2] = {
        {"GetUser", "[\"u\"]"},
        {"CreatePost", "[{\"message\":\"m\",\"props\":{\"a\":[1,{\"b\":null}]}}]"},
        {"LoadPluginConfiguration", "[]"},
        {"KVGet", "[\"k\"]"},
        {"GetFile", "[\"f\"]"},
        {"UploadData", "[{\"id\":\"s\"},{\"$body\":1}]"},
    };
    const char *const *call = calls[core.count % (sizeof calls / sizeof calls[0])];
    cJSON *params = cJSON_Parse(call[1]);
    link_body *body = strcmp(call[0], "UploadData") == 0 ? new_body(true) : NULL;
    core.events.api_call(core.ctx, core.count, call[0], &(link_message){.json = params, .body = body});
    if (body != NULL && body->events.end == NULL)
        body->open = false;
    core.events.log(core.ctx, "warn", "line", params);
    cJSON_Delete(params);
}

static void core_turn(void) {
    core.count++;
    answer_hooks();
    move_bodies();
    if (core.active)
        call_api();
    void (*stopped)(void *ctx) = core.stopped;
    core.stopped = NULL;
    if (stopped != NULL)
        stopped(core.stopped_ctx);
}

// --- the server ---

static void on_ended(void *ctx, int exit_code) {
    (void)exit_code;
    *(bool *)ctx = true;
}

static void drop_sink(void *ctx, log_level level, const char *message, const log_field *fields,
                      size_t count) {
    (void)ctx;
    (void)level;
    (void)message;
    (void)fields;
    (void)count;
}

static void drain(int fd) {
    static uint8_t memory[65536];
    while (read(fd, memory, sizeof memory) > 0)
        ;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int pair[2];
    bool ended = false;
    loop *l = loop_create(NULL);
    if (l == NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
        abort();
    log_set_sink(drop_sink, NULL);
    plugin_session *s = plugin_session_create(l, NULL, on_ended, &ended);
    plugin_session_connect(s, pair[1]);
    size_t step = size > 0 ? 128 + 32 * (size_t)data[size - 1] : 1;
    while (size > 0 && !ended) {
        size_t len = size < step ? size : step;
        if (write(pair[0], data, len) != (ssize_t)len)
            break; // the session has hung up
        loop_step(l, 0);
        core_turn();
        drain(pair[0]);
        data += len;
        size -= len;
    }
    plugin_session_destroy(s);
    close(pair[0]);
    loop_destroy(l);
    return 0;
}
