// SPDX-License-Identifier: Apache-2.0
#include "host.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "core.h"
#include "ledger.h"
#include "logs.h"
#include "plugin_session.h"
#include "schema/schema.h"
#include "server.h"
#include "wire/netrpc.h"
#include "wire/pull.h"
#include "wire/yamux_frame.h"
#include "world.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uthash.h>

enum {
    BUFFER_MAX_BYTES = 64 << 20,
    MEMORY_MAX_BYTES = 64 << 20,
    WINDOW_BYTES = 262144,
    CONTROL = 1, // streams that we open
    HOOKS = 7,
    DIALLED = 9, // and so on: those of uploads
    API_ID = 1,  // broker ids that we offer
    DRIVER_ID = 2,
    DEACTIVATE_LIMIT_MS = 10000,
    QUIT_LIMIT_MS = 2000,
    PING_LIMIT_MS = 10000,
};

typedef struct pulled { // an UploadData call whose content is on its way
    uint64_t seq;
    cJSON *params;
} pulled;

typedef struct stream {
    uint32_t id;
    buf in, out; // received and not read; to be sent when the window allows
    int64_t window_bytes;
    bool named; // the broker's four bytes are through
    uint32_t broker_id;
    netrpc_reader *reader;
    netrpc_writer *writer;
    uint64_t next_seq;
    pulled *upload; // in is its content
    UT_hash_handle hh;
} stream;

typedef struct waiting { // a call of ours
    uint32_t stream;
    uint64_t seq;
    char *method;
    struct waiting *next;
} waiting;

typedef enum host_state { HOST_DOWN, HOST_STARTING, HOST_ACTIVATING, HOST_ACTIVE, HOST_STOPPING } host_state;

typedef struct host_end {
    loop *shim_loop;
    plugin_session *session;
    host_state state;
    int fd, generation;
    loop_watch *watch;
    buf in, out;
    stream *streams;
    waiting *calls;
    arena memory;
    bool ping_open, ended;
    uint32_t next_dialled;
    int64_t ping_sent_ms;
} host_end;

static host_end ends[NODES_MAX] = {{.fd = -1}, {.fd = -1}};
#define host ends[world_node()] // the present node's

static void plugin_gone(const char *why);

static void write_out(void) {
    while (host.fd >= 0 && host.out.len > 0) {
        bytes data = buf_bytes(&host.out);
        ssize_t n = send(host.fd, data.data, data.len, MSG_NOSIGNAL);
        if (n < 0)
            break;
        buf_consume(&host.out, (size_t)n);
    }
    if (host.watch != NULL)
        loop_watch_events(host.watch, host.out.len > 0 ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

static void must(oc_err err) {
    if (err != OC_OK)
        abort(); // the rig's own limits are generous
}

static void frame(yamux_type type, uint16_t flags, uint32_t id, uint32_t length, const void *body) {
    uint8_t header[YAMUX_HEADER_BYTES];
    yamux_header_encode(&(yamux_header){type, flags, id, length}, header);
    must(buf_append(&host.out, header, sizeof header));
    if (type == YAMUX_DATA)
        must(buf_append(&host.out, body, length));
    write_out();
}

static stream *stream_of(uint32_t id) {
    stream *s = NULL;
    HASH_FIND_INT(host.streams, &id, s);
    return s;
}

static stream *add_stream(uint32_t id) {
    stream *s = xcalloc(1, sizeof *s);
    s->id = id;
    s->window_bytes = WINDOW_BYTES;
    buf_init(&s->in, BUFFER_MAX_BYTES);
    buf_init(&s->out, BUFFER_MAX_BYTES);
    HASH_ADD_INT(host.streams, id, s);
    return s;
}

static void push(stream *s) {
    while (s->out.len > 0 && s->window_bytes > 0) {
        size_t n = s->out.len < (size_t)s->window_bytes ? s->out.len : (size_t)s->window_bytes;
        frame(YAMUX_DATA, 0, s->id, (uint32_t)n, buf_bytes(&s->out).data);
        buf_consume(&s->out, n);
        s->window_bytes -= (int64_t)n;
    }
}

static stream *open_stream(uint32_t id) {
    stream *s = add_stream(id);
    frame(YAMUX_WINDOW_UPDATE, YAMUX_SYN, id, 0, NULL);
    return s;
}

static void call(uint32_t id, const char *method, const gob_type *type, const gob_value *value) {
    stream *s = stream_of(id);
    if (s->writer == NULL)
        s->writer = netrpc_writer_create();
    waiting *w = xcalloc(1, sizeof *w);
    *w = (waiting){.stream = id, .seq = s->next_seq++, .method = xstrdup(method), .next = host.calls};
    host.calls = w;
    must(netrpc_write_request(s->writer, method, w->seq, type, value, &s->out));
    push(s);
}

void host_hook(const char *name, cJSON *args) {
    const schema_call *c = schema_hook(name);
    char method[64], error[256] = "";
    gob_value value;
    if (schema_args_from_json(c, args, bytes_of(NULL, 0), &host.memory, &value, error, sizeof error) != OC_OK)
        abort();
    snprintf(method, sizeof method, "Plugin.%s", name);
    call(HOOKS, method, c->args, &value);
    arena_reset(&host.memory);
    cJSON_Delete(args);
}

// --- API calls ---

void host_answer(int generation, uint64_t seq, const char *method, cJSON *result, cJSON *error,
                 const char *tail, int tail_len) {
    const schema_call *c = schema_api(method);
    char text[256] = "", name[96];
    gob_value value;
    stream *s = NULL;
    for (stream *each = host.streams; each != NULL && generation == host.generation; each = each->hh.next)
        if (each->broker_id == API_ID)
            s = each;
    if (s != NULL && host.fd >= 0) {
        if (s->writer == NULL)
            s->writer = netrpc_writer_create();
        if (schema_reply_from_json(c, result, error, bytes_of(tail, (size_t)tail_len), &host.memory, &value,
                                   text, sizeof text) != OC_OK) {
            fprintf(stderr, "rig: the answer of %s cannot be made: %s\n", method, text);
            abort();
        }
        snprintf(name, sizeof name, "Plugin.%s", method);
        must(netrpc_write_response(s->writer, bytes_str(name), seq, NULL, c->reply, &value, &s->out));
        push(s);
        arena_reset(&host.memory);
    }
    cJSON_Delete(result);
    cJSON_Delete(error);
}

// --- uploads: the plugin's stream is dialled and pulled until its end ---

static void free_stream(stream *s) {
    HASH_DEL(host.streams, s);
    buf_free(&s->in);
    buf_free(&s->out);
    netrpc_reader_destroy(s->reader);
    netrpc_writer_destroy(s->writer);
    if (s->upload != NULL)
        cJSON_Delete(s->upload->params);
    free(s->upload);
    free(s);
}

static void dial(stream *s, uint32_t id) {
    uint8_t wire[4] = {(uint8_t)id, (uint8_t)(id >> 8), (uint8_t)(id >> 16), (uint8_t)(id >> 24)};
    must(buf_append(&s->out, wire, sizeof wire));
    push(s);
}

static void begin_upload(uint64_t seq, cJSON *params) {
    uint32_t id = (uint32_t)cJSON_GetArrayItem(params, 1)->valuedouble;
    stream *s = open_stream(host.next_dialled);
    host.next_dialled += 2;
    s->upload = xcalloc(1, sizeof *s->upload);
    *s->upload = (pulled){.seq = seq, .params = params};
    dial(s, id);
}

static void pull_upload(stream *s) {
    bytes all = pull_everything();
    must(buf_append(&s->out, all.data, all.len));
    push(s);
}

// The content has ended or was broken off: now the call is carried out with what came.
static void end_upload(stream *s, bool broken) {
    if (!broken)
        frame(YAMUX_WINDOW_UPDATE, YAMUX_FIN, s->id, 0, NULL);
    server_call(host.generation, s->upload->seq, "UploadData", s->upload->params, buf_bytes(&s->in));
    s->upload->params = NULL; // taken
    free_stream(s);
}

static void on_api(const netrpc_message *m) {
    static const char prefix[] = "Plugin.";
    char name[96];
    size_t skip = sizeof prefix - 1;
    snprintf(name, sizeof name, "%.*s", (int)(m->method.len - skip), (const char *)m->method.data + skip);
    const schema_call *c = schema_api(name);
    buf json, tail;
    cJSON *params = NULL;
    buf_init(&json, BUFFER_MAX_BYTES);
    buf_init(&tail, BUFFER_MAX_BYTES);
    if (c == NULL || m->body_err != OC_OK || schema_args_to_json(c, &m->body, &json, &tail) != OC_OK ||
        json_parse(buf_bytes(&json), &params) != OC_OK)
        abort(); // the shim sent what the host cannot read
    if (strcmp(c->name, "UploadData") == 0)
        begin_upload(m->seq, params);
    else
        server_call(host.generation, m->seq, c->name, params, buf_bytes(&tail));
    buf_free(&json);
    buf_free(&tail);
}

static void activated(const netrpc_message *m) {
    if (gob_get(&m->body, "A") != NULL)
        ledger_event("OnActivate failed", "");
    host.state = HOST_ACTIVE;
    ledger_event("the plugin is active", "");
}

static void on_dispensed(const netrpc_message *m) {
    dial(open_stream(HOOKS), (uint32_t)m->body.uinteger);
}

static void on_quit_limit(void *ctx) {
    if (host.generation == (int)(intptr_t)ctx)
        host_shim_kill("it did not end after Quit");
}

static void quit(void) {
    const gob_value yes = {.kind = GOB_BOOL, .boolean = true};
    call(CONTROL, "Control.Quit", &GOB_T_BOOL, &yes);
    world_after(QUIT_LIMIT_MS, on_quit_limit, (void *)(intptr_t)host.generation);
}

static void on_answer(const char *method, const netrpc_message *m) {
    if (strcmp(method, "Dispenser.Dispense") == 0)
        on_dispensed(m);
    else if (strcmp(method, "Plugin.OnActivate") == 0)
        activated(m);
    else if (strcmp(method, "Plugin.OnDeactivate") == 0)
        quit();
    else if (strcmp(method, "Control.Ping") == 0)
        host.ping_open = false;
}

static void take_answer(stream *s, const netrpc_message *m) {
    for (waiting **at = &host.calls; *at != NULL; at = &(*at)->next) {
        waiting *w = *at;
        if (w->stream != s->id || w->seq != m->seq)
            continue;
        *at = w->next;
        on_answer(w->method, m);
        free(w->method);
        free(w);
        return;
    }
}

static void read_messages(stream *s) {
    bool ours = s->id % 2 == 1;
    while (s->in.len > 0 && (ours || s->broker_id == API_ID)) {
        netrpc_message m;
        size_t used = 0;
        if (s->reader == NULL)
            s->reader = netrpc_reader_create(ours);
        oc_err err = netrpc_read(s->reader, buf_bytes(&s->in), &used, &host.memory, &m);
        if (err == OC_OK && ours)
            take_answer(s, &m);
        else if (err == OC_OK)
            on_api(&m);
        else if (err != OC_EAGAIN)
            abort(); // the shim's bytes are not gob
        arena_reset(&host.memory);
        if (err != OC_OK)
            return;
        buf_consume(&s->in, used);
        frame(YAMUX_WINDOW_UPDATE, 0, s->id, (uint32_t)used, NULL);
    }
}

static void activate(void) {
    const schema_call *c = schema_hook("OnActivate");
    gob_value ids[2] = {{.kind = GOB_UINT, .uinteger = API_ID}, {.kind = GOB_UINT, .uinteger = DRIVER_ID}};
    const char *names[2] = {"APIMuxId", "DriverMuxId"};
    gob_value args = {.kind = GOB_STRUCT, .list = {.names = names, .items = ids, .count = 2}};
    host.state = HOST_ACTIVATING;
    call(HOOKS, "Plugin.Implemented", NULL, NULL);
    call(HOOKS, "Plugin.OnActivate", c->args, &args);
}

static void on_data(stream *s) {
    bool fixed = s->id == 1 || s->id == 3 || s->id == 5;
    bool broker = !fixed && !s->named;
    if (broker && s->in.len < 4)
        return;
    if (broker) {
        const uint8_t *b = buf_bytes(&s->in).data;
        s->named = true;
        s->broker_id = s->id % 2 == 1 ? 0 : (uint32_t)(b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24);
        if (s->id % 2 == 0) { // the plugin dialled: echo
            must(buf_append(&s->out, b, 4));
            push(s);
        }
        buf_consume(&s->in, 4);
        if (s->id == HOOKS)
            activate();
        if (s->upload != NULL)
            pull_upload(s);
    }
    if (s->upload == NULL)
        read_messages(s);
}

static void take_frame(const yamux_header *f, bytes body) {
    if (f->type == YAMUX_PING && (f->flags & YAMUX_SYN) != 0)
        frame(YAMUX_PING, YAMUX_ACK, 0, f->length, NULL);
    if (f->type == YAMUX_PING || f->type == YAMUX_GO_AWAY)
        return;
    stream *s = stream_of(f->stream);
    if (s == NULL && (f->flags & YAMUX_SYN) != 0) {
        s = add_stream(f->stream);
        frame(YAMUX_WINDOW_UPDATE, YAMUX_ACK, s->id, 0, NULL);
    }
    if (s == NULL)
        return;
    if (f->type == YAMUX_WINDOW_UPDATE) {
        s->window_bytes += f->length;
        push(s);
    } else {
        must(buf_append(&s->in, body.data, body.len));
        on_data(s);
        if (s->upload != NULL && body.len > 0)
            frame(YAMUX_WINDOW_UPDATE, 0, s->id, (uint32_t)body.len, NULL);
    }
    if (s->upload != NULL && (f->flags & (YAMUX_FIN | YAMUX_RST)) != 0)
        end_upload(s, (f->flags & YAMUX_RST) != 0);
}

static void take_frames(void) {
    for (;;) {
        bytes in = buf_bytes(&host.in);
        yamux_header f;
        if (in.len < YAMUX_HEADER_BYTES)
            return;
        must(yamux_header_decode(in.data, &f));
        size_t body = f.type == YAMUX_DATA ? f.length : 0;
        if (in.len < YAMUX_HEADER_BYTES + body)
            return;
        take_frame(&f, bytes_of(in.data + YAMUX_HEADER_BYTES, body));
        buf_consume(&host.in, YAMUX_HEADER_BYTES + body);
    }
}

// False at the connection's end.
static bool read_all(void) {
    static uint8_t memory[65536];
    for (;;) {
        ssize_t n = recv(host.fd, memory, sizeof memory, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (n <= 0) {
            take_frames();
            return false;
        }
        must(buf_append(&host.in, memory, (size_t)n));
    }
    take_frames();
    return true;
}

static void on_socket(void *ctx, unsigned events) {
    (void)events;
    world_set_node((int)(intptr_t)ctx);
    write_out();
    if (!read_all())
        plugin_gone("it closed the connection");
}

static bool node_has_bytes(void) {
    struct pollfd p = {.fd = host.fd, .events = POLLIN};
    if (host.fd >= 0 && poll(&p, 1, 0) > 0 && p.revents != 0)
        return true;
    if (host.session == NULL || world_hung(world_shim()))
        return false;
    int unread = 0; // of what we have written
    return host.fd >= 0 && ioctl(host.fd, SIOCOUTQ, &unread) == 0 && unread > 0;
}

bool host_has_bytes(void) {
    int node = world_node();
    bool any = false;
    for (int i = 0; i < world_nodes(); i++) {
        world_set_node(i);
        any = any || node_has_bytes();
    }
    world_set_node(node);
    return any;
}

// --- the process ---

static void close_connection(void) {
    stream *s = NULL, *next = NULL;
    if (host.fd >= 0)
        (void)read_all(); // what the plugin had sent counts
    loop_unwatch(host.watch);
    host.watch = NULL;
    if (host.fd >= 0)
        close(host.fd);
    host.fd = -1;
    host.generation++;
    HASH_ITER (hh, host.streams, s, next)
        free_stream(s);
    for (waiting *w = host.calls; w != NULL; w = host.calls) {
        host.calls = w->next;
        free(w->method);
        free(w);
    }
    buf_free(&host.in);
    buf_free(&host.out);
}

static void destroy_shim(void) {
    who before = world_enter(world_shim());
    logs_mute(true);
    plugin_session_destroy(host.session);
    logs_mute(false);
    (void)world_enter(before);
    log_shim_sink_reset();
    world_join(world_shim(), NULL);
    loop_destroy(host.shim_loop);
    host.session = NULL;
    host.shim_loop = NULL;
    host.state = HOST_DOWN;
    arena_free(&host.memory);
}

static void reap(void *ctx) {
    if (host.session == NULL || host.generation != (int)(intptr_t)ctx)
        return;
    ledger_event("the shim has ended", "");
    close_connection();
    core_die_with_shim();
    destroy_shim();
    server_plugin_down();
}

static void on_ended(void *ctx, int exit_code) {
    (void)ctx, (void)exit_code;
    world_after(0, reap, (void *)(intptr_t)host.generation);
}

// The connection's end as the server sees it. The shim ends by itself when it hears of it.
static void plugin_gone(const char *why) {
    ledger_event("the server lost the plugin", why);
    loop_unwatch(host.watch);
    host.watch = NULL;
    close(host.fd);
    host.fd = -1;
}

void host_start_plugin(void) {
    int pair[2];
    const gob_value hooks = {.kind = GOB_STRING, .text = bytes_str("hooks")};
    if (host.session != NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
        abort();
    ledger_event("the server starts the plugin", "");
    host.state = HOST_STARTING;
    host.fd = pair[0];
    host.ping_open = false;
    host.next_dialled = DIALLED;
    buf_init(&host.in, BUFFER_MAX_BYTES);
    buf_init(&host.out, BUFFER_MAX_BYTES);
    arena_init(&host.memory, MEMORY_MAX_BYTES);
    must(loop_watch_fd(world_loop(), host.fd, LOOP_READ, on_socket, (void *)(intptr_t)world_node(),
                       &host.watch));
    host.shim_loop = loop_create(world_clock());
    world_join(world_shim(), host.shim_loop);
    who before = world_enter(world_shim());
    host.session = plugin_session_create(host.shim_loop, "core", on_ended, NULL);
    plugin_session_connect(host.session, pair[1]);
    (void)world_enter(before);
    (void)open_stream(CONTROL);
    (void)open_stream(3);
    (void)open_stream(5);
    call(CONTROL, "Dispenser.Dispense", &GOB_T_STRING, &hooks);
}

bool host_active(void) {
    return host.state == HOST_ACTIVE && host.fd >= 0;
}

bool host_plugin_runs(void) {
    return host.session != NULL;
}

void host_shim_kill(const char *why) {
    if (host.session == NULL)
        return;
    ledger_event("the shim is killed", why);
    core_die_with_shim();
    close_connection();
    destroy_shim();
    server_plugin_down();
}

static void on_deactivate_limit(void *ctx) {
    if (host.generation == (int)(intptr_t)ctx && host.session != NULL && host.fd >= 0)
        quit();
}

void host_shim_stop(void) {
    if (!host_active()) {
        host_shim_kill("the server stops");
        return;
    }
    ledger_event("the server stops the plugin", "");
    host.state = HOST_STOPPING;
    call(HOOKS, "Plugin.OnDeactivate", NULL, NULL);
    world_after(DEACTIVATE_LIMIT_MS, on_deactivate_limit, (void *)(intptr_t)host.generation);
}

void host_cut(void) {
    if (host.fd >= 0)
        plugin_gone("cut");
}

static void on_ping_limit(void *ctx) {
    if (host.generation == (int)(intptr_t)ctx && host.ping_open)
        host_shim_kill("it did not answer the health check");
}

void host_check_health(void) {
    const gob_value yes = {.kind = GOB_BOOL, .boolean = true};
    if (host.session == NULL) {
        host_start_plugin();
    } else if (host.fd < 0) {
        host_shim_kill("its connection is gone");
    } else if (!host.ping_open && host.state == HOST_ACTIVE) {
        host.ping_open = true;
        call(CONTROL, "Control.Ping", &GOB_T_BOOL, &yes);
        world_after(PING_LIMIT_MS, on_ping_limit, (void *)(intptr_t)host.generation);
    }
}

void host_destroy(void) {
    if (host.session != NULL)
        host_shim_kill("the end");
}
