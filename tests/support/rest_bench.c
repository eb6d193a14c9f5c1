// SPDX-License-Identifier: Apache-2.0
#include "rest_bench.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/rest_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_MAX_BYTES = 1 << 20, LIMIT_MS = 60000 };

struct rest_bench {
    loop *loop;
    net *net;
    rest_bench_serve_fn *serve;
    chat_events events;
    void *ctx;
    http_server *mattermost;
    rest_front *listener;
    rest_front_trust trust;
    sqlite_store *store;
    char folder[64];
    chat *chats[REST_BENCH_ACCOUNTS_MAX];
    server_config servers[REST_BENCH_ACCOUNTS_MAX];
    size_t count;
    cJSON *asked;
};

// --- the Mattermost server ---

static bool lets_everybody_in(void *ctx, const ip_address *from) {
    (void)ctx, (void)from;
    return true;
}

static void on_api(void *ctx, http_exchange *e, const http_request *r) {
    rest_bench *b = ctx;
    char *line = *r->query != '\0' ? xasprintf("%s %s?%s", r->method, r->path, r->query)
                                   : xasprintf("%s %s", r->method, r->path);
    const cJSON *last = cJSON_GetArrayItem(b->asked, cJSON_GetArraySize(b->asked) - 1);
    if (last == NULL || strcmp(last->valuestring, line) != 0)
        json_push(b->asked, json_new_string(line));
    free(line);
    rest_bench_reply reply = b->serve(b->ctx, r);
    if (reply.status != 0)
        http_answer(e, reply.status, "application/json", NULL,
                    bytes_str(reply.body != NULL ? reply.body : "{}"));
    free(reply.body);
}

static void on_api_ended(void *ctx, http_exchange *e) {
    (void)ctx, (void)e;
}

const cJSON *rest_bench_asked(const rest_bench *b) {
    return b->asked;
}

void rest_bench_forget(rest_bench *b) {
    cJSON_Delete(b->asked);
    b->asked = json_new_array();
}

// --- the listener ---

static chat *chat_at(void *ctx, size_t index) {
    const rest_bench *b = ctx;
    return index < b->count ? b->chats[index] : NULL;
}

static rest_front_trust trusted(void *ctx) {
    const rest_bench *b = ctx;
    return b->trust;
}

static rest_front *listen_at_any_port(rest_bench *b) {
    char *why = NULL;
    rest_front *f = rest_front_listen(b->loop, "127.0.0.1:0", &(rest_front_owner){chat_at, trusted, b}, &why);
    if (f == NULL)
        abort();
    return f;
}

static void on_state(void *ctx, rest_chat_state state, const char *why) {
    (void)ctx, (void)state, (void)why;
}

// --- life ---

static http_server *serve_at_any_port(rest_bench *b, const http_server_events *events) {
    char *why = NULL;
    http_server *s = http_server_create(b->loop, "127.0.0.1:0", events, b, &why);
    if (s == NULL)
        abort();
    return s;
}

static sqlite_store *open_store(rest_bench *b) {
    char *why = NULL;
    memcpy(b->folder, "/tmp/openclaw-bench-XXXXXX", 27);
    if (mkdtemp(b->folder) == NULL)
        abort();
    char *path = xasprintf("%s/state.db", b->folder);
    sqlite_store *store = sqlite_store_open(path, SQLITE_STORE_OWN, &why);
    if (store == NULL)
        abort();
    free(path);
    return store;
}

static void remove_store(rest_bench *b) {
    static const char *const names[] = {"", "-wal", "-shm", "-lock"};
    sqlite_store_close(b->store);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = xasprintf("%s/state.db%s", b->folder, names[i]);
        (void)unlink(path);
        free(path);
    }
    (void)rmdir(b->folder);
}

rest_bench *rest_bench_create(const oc_clock *clock, rest_bench_serve_fn *serve, const chat_events *events,
                              void *ctx) {
    static const http_server_events api = {
        .lets_in = lets_everybody_in, .request = on_api, .ended = on_api_ended};
    rest_bench *b = xcalloc(1, sizeof *b);
    *b = (rest_bench){.loop = loop_create(clock), .serve = serve, .events = *events, .ctx = ctx};
    b->net = net_create(b->loop);
    b->mattermost = serve_at_any_port(b, &api);
    b->listener = listen_at_any_port(b);
    b->store = open_store(b);
    b->asked = json_new_array();
    return b;
}

static void no_log(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    (void)ctx, (void)level, (void)message, (void)fields, (void)count;
}

rest_bench *rest_bench_quiet(const oc_clock *clock, rest_bench_serve_fn *serve, void *ctx, chat **only) {
    static const chat_events events = {.post = NULL};
    log_set_sink(no_log, NULL);
    rest_bench *b = rest_bench_create(clock, serve, &events, ctx);
    *only = rest_bench_add(b, "default", true, NULL);
    return b;
}

void rest_bench_destroy(rest_bench *b) {
    for (size_t i = 0; i < b->count; i++) {
        rest_chat_close(b->chats[i]);
        rest_chat_destroy(b->chats[i]);
        server_config_clear(&b->servers[i]);
    }
    rest_front_destroy(b->listener);
    http_server_destroy(b->mattermost);
    net_destroy(b->net);
    remove_store(b);
    loop_destroy(b->loop);
    cJSON_Delete(b->asked);
    free(b);
    log_set_sink(NULL, NULL);
}

loop *rest_bench_loop(const rest_bench *b) {
    return b->loop;
}

rest_front_trust *rest_bench_trust(rest_bench *b) {
    return &b->trust;
}

chat *rest_bench_add(rest_bench *b, const char *id, bool at_work, void (*prepare)(server_config *s)) {
    account_config a;
    server_config *server = &b->servers[b->count];
    account_config_init(&a);
    *server = server_config_dup(&a.server);
    account_config_clear(&a);
    free(server->base_url);
    server->base_url = xasprintf("http://127.0.0.1:%d", http_server_port(b->mattermost));
    secret_destroy(server->bot_token);
    server->bot_token = secret_create("xoxb-test-bot-token-26chars0000");
    if (prepare != NULL)
        prepare(server);
    char *base = xasprintf("http://127.0.0.1:%d", rest_front_port(b->listener));
    chat *c = rest_chat_create(b->loop, &(rest_chat_options){.account = id,
                                                             .server = server,
                                                             .settings = "",
                                                             .callbacks = base,
                                                             .net = b->net,
                                                             .store = b->store,
                                                             .state = on_state});
    free(base);
    chat_on(c, &b->events, b->ctx);
    if (at_work) { // as once the event stream delivers
        c->bot_user_id = xstrdup("bot26charsaaaaaaaaaaaaaaaa");
        c->bot_username = xstrdup("openclaw");
        c->activating = c->activated = true;
    }
    b->chats[b->count++] = c;
    return c;
}

void rest_bench_command(chat *c, const char *id, const char *team_id, const char *trigger,
                        const char *token) {
    cJSON *one = json_new_object();
    json_add_string(one, "id", id);
    json_add_string(one, "team_id", team_id);
    json_add_string(one, "trigger", trigger);
    json_add_string(one, "token", token);
    json_push(c->commands, one);
}

// --- requests ---

typedef struct asking {
    int fd;
    size_t sent;
    bool over;
    buf answer;
} asking;

static void begin(const rest_bench *b, asking *a) {
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_addr = {htonl(INADDR_LOOPBACK)},
                             .sin_port = htons((uint16_t)rest_front_port(b->listener))};
    *a = (asking){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    buf_init(&a->answer, ANSWER_MAX_BYTES);
    if (a->fd < 0 || connect(a->fd, (const struct sockaddr *)&to, sizeof to) != 0)
        abort();
    (void)fcntl(a->fd, F_SETFL, O_NONBLOCK);
}

static void go_on(asking *a, const char *request) {
    uint8_t piece[8192];
    size_t len = strlen(request);
    if (a->sent < len) {
        ssize_t sent = send(a->fd, request + a->sent, len - a->sent, MSG_NOSIGNAL);
        if (sent > 0)
            a->sent += (size_t)sent;
    }
    ssize_t got = recv(a->fd, piece, sizeof piece, 0);
    if (got > 0 && buf_append(&a->answer, piece, (size_t)got) != OC_OK)
        abort();
    a->over = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

static char *header_of(const char *head, const char *name) {
    char *wanted = xasprintf("\r\n%s: ", name);
    const char *at = strstr(head, wanted);
    char *value = at != NULL ? xstrndup(at + strlen(wanted), strcspn(at + strlen(wanted), "\r")) : NULL;
    free(wanted);
    return value;
}

static rest_bench_answer read_answer(asking *a) {
    rest_bench_answer answer = {.status = 0};
    char *text = buf_take_str(&a->answer), *body = strstr(text, "\r\n\r\n");
    if (body != NULL && strncmp(text, "HTTP/1.1 ", 9) == 0) {
        *body = '\0';
        answer.status = (text[9] - '0') * 100 + (text[10] - '0') * 10 + (text[11] - '0');
        answer.allow = header_of(text, "Allow");
        answer.type = header_of(text, "Content-Type");
        answer.body = xstrdup(body + 4);
    }
    free(text);
    buf_free(&a->answer);
    close(a->fd);
    return answer;
}

void rest_bench_ask(rest_bench *b, size_t count, const char *const *requests, rest_bench_answer *answers) {
    asking *all = xcalloc(count, sizeof *all);
    size_t open = count;
    for (size_t i = 0; i < count; i++)
        begin(b, &all[i]);
    for (int64_t limit_ms = loop_now_ms(b->loop) + LIMIT_MS; open > 0 && loop_now_ms(b->loop) < limit_ms;) {
        open = 0;
        for (size_t i = 0; i < count; i++) {
            if (!all[i].over)
                go_on(&all[i], requests[i]);
            open += !all[i].over;
        }
        loop_step(b->loop, 1);
    }
    for (size_t i = 0; i < count; i++)
        answers[i] = read_answer(&all[i]);
    free(all);
}

void rest_bench_answer_free(rest_bench_answer *a) {
    free(a->allow);
    free(a->type);
    free(a->body);
    *a = (rest_bench_answer){.status = 0};
}

char *rest_bench_request(const char *method, const char *path, const char *type, const char *more,
                         const char *body) {
    char *kind = type != NULL ? xasprintf("Content-Type: %s\r\n", type) : xstrdup("");
    char *text = xasprintf("%s %s HTTP/1.1\r\nHost: openclaw\r\n%s%sContent-Length: %zu\r\n\r\n%s", method,
                           path, kind, more != NULL ? more : "", strlen(body), body);
    free(kind);
    return text;
}
