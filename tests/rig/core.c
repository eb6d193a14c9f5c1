// SPDX-License-Identifier: Apache-2.0
#include "core.h"

#include "app.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/plugin_chat.h"
#include "gateway_wire.h"
#include "ledger.h"
#include "link/link.h"
#include "logs.h"
#include "supervisor_process.h"
#include "wire.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ORDERS_MAX_BYTES = 4096,
    HELLO_WAIT_MS = 5000,
    START_MS = 20,
    SIGKILL_STATUS = 9,
    FAILED_STATUS = 2 << 8
};

typedef struct core { // what plugin_mode.c holds together
    process *process;
    loop *loop;
    link_t *link;
    chat *chat;
    app *app;
} core;

struct process {
    loop *shim;
    process_events events;
    void *ctx;
    int pid, status, node;
    char *orders;
    core *core;
    bool over;          // it has ended; only the shim does not know yet
    loop_timer boot;    // the world's
    loop_timer exiting; // the world's: it ends itself
    loop_timer exited;  // the shim's
};

static process *presents[NODES_MAX]; // of each shim
#define present presents[world_node()]
static int count;

// Each node is a host of its own.
int __wrap_gethostname(char *name, size_t size);
int __wrap_gethostname(char *name, size_t size) {
    snprintf(name, size, "rig%d", world_node());
    return 0;
}

bool core_runs(void) {
    return present != NULL && present->core != NULL;
}

int core_count(void) {
    return count;
}

// --- the end ---

static void tear_down(core *c) {
    who before = world_enter(world_core());
    logs_mute(true);
    link_destroy(c->link);
    app_destroy(c->app);
    plugin_chat_destroy(c->chat);
    logs_mute(false);
    (void)world_enter(before);
    world_join(world_core(), NULL);
    log_core_sink(NULL, NULL);
    loop_destroy(c->loop);
    free(c);
}

static void tell_exit(void *ctx) {
    process *p = ctx;
    p->events.exited(p->ctx, p->status);
}

static void over(process *p, int status) {
    if (p->over)
        return;
    p->over = true;
    p->status = status;
    loop_timer_cancel(&p->boot);
    loop_timer_cancel(&p->exiting);
    if (p->core != NULL)
        tear_down(p->core);
    p->core = NULL;
    loop_timer_set(p->shim, &p->exited, 1, tell_exit, p);
}

static void die(process *p) {
    logs_count_states();
    if (p->core != NULL) {
        wire_sever(p->core->loop);
        gateway_wire_sever(p->core->loop);
    }
    over(p, SIGKILL_STATUS);
}

void core_kill(const char *why) {
    if (present == NULL || present->over)
        return;
    ledger_event("the core is killed", why);
    die(present);
}

void core_die_with_shim(void) {
    if (present != NULL && !present->over)
        die(present);
}

static void on_exiting(void *ctx) {
    process *p = ctx;
    world_set_node(p->node);
    if (p->core != NULL)
        logs_forget_states();
    over(p, p->status);
}

// The core ends itself. Not from inside its own callback.
static void exit_soon(process *p, int status) {
    if (p->over || loop_timer_armed(&p->exiting))
        return;
    p->status = status;
    loop_timer_set(world_loop(), &p->exiting, 1, on_exiting, p);
}

// --- the core's side: as plugin_mode.c ---

static void on_app_ended(void *ctx) {
    core *c = ctx;
    exit_soon(c->process, 0);
}

static void log_over_link(void *ctx, log_level level, const char *message, const log_field *fields,
                          size_t n) {
    core *c = ctx;
    buf text;
    cJSON *params = json_new_object();
    json_add_string(params, "level", log_level_name(level));
    json_add_string(params, "message", message);
    cJSON *values = json_add_object(params, "fields");
    for (size_t i = 0; i < n; i++)
        json_add_string(values, fields[i].key, fields[i].value);
    buf_init(&text, LINK_PIECE_BYTES);
    if (json_print(params, &text) == OC_OK &&
        link_call(c->link, "log", buf_bytes(&text), bytes_of(NULL, 0), 0, NULL, NULL, NULL) != OC_OK)
        buf_clear(&text); // nowhere to say it
    buf_free(&text);
    cJSON_Delete(params);
}

static void on_hello(void *ctx, const link_message *answer) {
    core *c = ctx;
    if (answer->error != NULL) {
        exit_soon(c->process, FAILED_STATUS);
        return;
    }
    log_core_sink(log_over_link, c);
}

static void say_hello(core *c, const cJSON *orders) {
    buf text;
    cJSON *params = json_new_object();
    json_add_string(params, "secret", json_text(orders, "secret"));
    json_add_string(params, "version", OPENCLAW_VERSION);
    json_add_int(params, "protocol", 1);
    buf_init(&text, ORDERS_MAX_BYTES);
    if (json_print(params, &text) != OC_OK || link_call(c->link, "hello", buf_bytes(&text), bytes_of(NULL, 0),
                                                        HELLO_WAIT_MS, on_hello, c, NULL) != OC_OK)
        exit_soon(c->process, FAILED_STATUS);
    buf_free(&text);
    cJSON_Delete(params);
}

static void boot(void *ctx) {
    process *p = ctx;
    world_set_node(p->node);
    cJSON *orders = NULL;
    if (json_parse(bytes_str(p->orders), &orders) != OC_OK)
        abort();
    core *c = xcalloc(1, sizeof *c);
    p->core = c;
    c->process = p;
    c->loop = loop_create(world_clock());
    world_join(world_core(), c->loop);
    who before = world_enter(world_core());
    if (link_dial(c->loop, json_text(orders, "address"), &c->link) != OC_OK)
        abort();
    c->chat = plugin_chat_create(c->loop, c->link);
    c->app = app_create(c->loop, c->chat, on_app_ended, c);
    say_hello(c, orders);
    (void)world_enter(before);
    cJSON_Delete(orders);
}

// --- supervisor_process.h ---

oc_err process_start(loop *l, const char *path, const process_events *events, void *ctx, process **out) {
    process *p = xcalloc(1, sizeof *p);
    (void)path;
    p->shim = l;
    p->events = *events;
    p->ctx = ctx;
    p->pid = 1000 + ++count;
    p->node = world_node();
    present = p;
    *out = p;
    return OC_OK;
}

int process_pid(const process *p) {
    return p->pid;
}

oc_err process_tell(process *p, bytes line) {
    p->orders = xstrndup((const char *)line.data, line.len);
    loop_timer_set(world_loop(), &p->boot, START_MS, boot, p);
    return OC_OK;
}

void process_close_lifeline(process *p) {
    if (p->core == NULL)
        over(p, 0);
    else if (!world_hung(world_core()))
        exit_soon(p, 0);
}

void process_kill(process *p) {
    if (!p->over)
        ledger_event("the shim kills the core", "");
    if (!p->over)
        die(p);
}

void process_destroy(process *p) {
    if (p == NULL)
        return;
    if (!p->over)
        die(p);
    loop_timer_cancel(&p->boot);
    loop_timer_cancel(&p->exiting);
    loop_timer_cancel(&p->exited);
    if (present == p)
        present = NULL;
    free(p->orders);
    free(p);
}
