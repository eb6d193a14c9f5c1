// SPDX-License-Identifier: Apache-2.0
#include "net/http_server.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/http_head.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utlist.h>

enum { READ_BYTES = 8192, BACKLOG = 64 };

typedef enum exchange_state {
    EXCHANGE_READING,   // head and body come
    EXCHANGE_ANSWERING, // the owner has the request
    EXCHANGE_WRITING,   // the answer goes
} exchange_state;

struct http_exchange {
    http_server *server;
    exchange_state state;
    int fd;
    loop_watch *watch;
    loop_timer limit;
    buf in, out;
    http_head head;
    bool has_head;
    ip_address from;
    http_exchange *prev, *next;
};

struct http_server {
    loop *loop;
    http_server_events events;
    void *ctx;
    int fd, open;
    loop_watch *watch;
    http_exchange *exchanges;
};

static void destroy(http_exchange *e) {
    DL_DELETE(e->server->exchanges, e);
    e->server->open--;
    loop_timer_cancel(&e->limit);
    loop_unwatch(e->watch);
    close(e->fd);
    buf_free(&e->in);
    buf_free(&e->out);
    http_head_free(&e->head);
    free(e);
}

// Its owner may hold it.
static void drop(http_exchange *e) {
    if (e->state == EXCHANGE_ANSWERING)
        e->server->events.ended(e->server->ctx, e);
    destroy(e);
}

// --- answers ---

static void on_too_slow(void *ctx) {
    drop(ctx);
}

static void write_out(http_exchange *e) {
    bytes left = buf_bytes(&e->out);
    ssize_t sent = send(e->fd, left.data, left.len, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (sent > 0)
        buf_consume(&e->out, (size_t)sent);
    if (sent <= 0 || e->out.len == 0) {
        (void)shutdown(e->fd, SHUT_WR);
        destroy(e);
    }
}

static oc_err append_head(http_exchange *e, int status, const char *content_type, const cJSON *header,
                          size_t len) {
    const cJSON *item = NULL;
    oc_err err =
        buf_printf(&e->out,
                   "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n"
                   "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n",
                   status, http_status_text(status), content_type, len);
    cJSON_ArrayForEach(item, header) {
        if (err == OC_OK && cJSON_IsString(item))
            err = buf_printf(&e->out, "%s: %s\r\n", item->string, item->valuestring);
    }
    return err == OC_OK ? buf_append_str(&e->out, "\r\n") : err;
}

void http_answer(http_exchange *e, int status, const char *content_type, const cJSON *header, bytes body) {
    oc_err err = append_head(e, status, content_type, header, body.len);
    if (err == OC_OK)
        err = buf_append(&e->out, body.data, body.len);
    e->state = EXCHANGE_WRITING;
    if (err != OC_OK) {
        log_warn("an answer to a call of the server is too long");
        destroy(e);
        return;
    }
    loop_timer_set(e->server->loop, &e->limit, HTTP_REQUEST_MS, on_too_slow, e);
    loop_watch_events(e->watch, LOOP_WRITE);
}

void http_drop(http_exchange *e) {
    destroy(e);
}

static void refuse(http_exchange *e, int status) {
    char *text = xasprintf("%s\n", http_status_text(status));
    http_answer(e, status, "text/plain; charset=utf-8", NULL, bytes_str(text));
    free(text);
}

// --- requests ---

static void on_no_answer(void *ctx) {
    http_exchange *e = ctx;
    e->server->events.ended(e->server->ctx, e);
    refuse(e, 504);
}

static void on_no_request(void *ctx) {
    refuse(ctx, 408);
}

static void hand_over(http_exchange *e, bytes body) {
    const http_request r = {.method = e->head.method,
                            .path = e->head.path,
                            .query = e->head.query,
                            .header = e->head.header,
                            .body = body,
                            .from = e->from};
    e->state = EXCHANGE_ANSWERING;
    loop_watch_events(e->watch, 0);
    loop_timer_set(e->server->loop, &e->limit, HTTP_ANSWER_MS, on_no_answer, e);
    e->server->events.request(e->server->ctx, e, &r);
}

// What came so far; the exchange may be gone afterwards.
static void look(http_exchange *e) {
    bytes have = buf_bytes(&e->in);
    if (!e->has_head) {
        int status = http_head_read(have, HTTP_HEAD_MAX_BYTES, &e->head);
        if (status == 0)
            return; // more is to come
        if (status != 200) {
            refuse(e, status);
            return;
        }
        e->has_head = true;
        if (e->head.body_bytes > HTTP_BODY_MAX_BYTES) {
            refuse(e, 413);
            return;
        }
    }
    if (have.len >= e->head.bytes + e->head.body_bytes)
        hand_over(e, bytes_of(have.data + e->head.bytes, e->head.body_bytes));
}

static void read_in(http_exchange *e) {
    uint8_t *where = NULL;
    if (buf_reserve(&e->in, READ_BYTES, &where) != OC_OK) {
        refuse(e, e->has_head ? 413 : 431);
        return;
    }
    ssize_t got = recv(e->fd, where, READ_BYTES, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        drop(e);
        return;
    }
    buf_commit(&e->in, (size_t)got);
    look(e);
}

static void on_ready(void *ctx, unsigned events) {
    http_exchange *e = ctx;
    (void)events;
    if (e->state == EXCHANGE_READING)
        read_in(e);
    else if (e->state == EXCHANGE_WRITING)
        write_out(e);
}

// --- connections ---

static void begin(http_server *s, int fd, const ip_address *from) {
    http_exchange *e = xcalloc(1, sizeof *e);
    *e = (http_exchange){.server = s, .fd = fd, .from = *from};
    buf_init(&e->in, HTTP_HEAD_MAX_BYTES + HTTP_BODY_MAX_BYTES + READ_BYTES);
    buf_init(&e->out, HTTP_HEAD_MAX_BYTES + HTTP_SENT_MAX_BYTES);
    if (loop_watch_fd(s->loop, fd, LOOP_READ, on_ready, e, &e->watch) != OC_OK) {
        close(fd);
        free(e);
        return;
    }
    s->open++;
    DL_APPEND(s->exchanges, e);
    loop_timer_set(s->loop, &e->limit, HTTP_REQUEST_MS, on_no_request, e);
    if (s->open > HTTP_OPEN_MAX)
        refuse(e, 503);
}

static void on_connection(void *ctx, unsigned events) {
    http_server *s = ctx;
    struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
    socklen_t len = sizeof peer;
    ip_address from, plain;
    (void)events;
    int fd = accept4(s->fd, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    bool known = ip_from_sockaddr((const struct sockaddr *)&peer, &from);
    if (known && ip_embedded(&from, &plain) == IP_EMBEDS_ONLY)
        from = plain;
    if (!known || s->open > 2 * HTTP_OPEN_MAX || !s->events.lets_in(s->ctx, &from))
        close(fd);
    else
        begin(s, fd, &from);
}

static bool parse_at(const char *at, struct sockaddr_storage *to, socklen_t *len) {
    const char *colon = strrchr(at, ':');
    uint64_t port = 0;
    if (colon == NULL || http_number(bytes_str(colon + 1), 65535, &port) != OC_OK)
        return false;
    bool bracketed = at[0] == '[' && colon > at + 1 && colon[-1] == ']';
    char *host = bracketed ? xstrndup(at + 1, (size_t)(colon - at) - 2) : xstrndup(at, (size_t)(colon - at));
    struct sockaddr_in *v4 = (struct sockaddr_in *)to;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
    bool fine = true;
    memset(to, 0, sizeof *to);
    if (inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        *len = sizeof *v4;
    } else if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        *len = sizeof *v6;
    } else {
        fine = false;
    }
    free(host);
    return fine;
}

static int listen_at(const char *at) {
    struct sockaddr_storage to;
    socklen_t len = 0;
    int on = 1;
    if (!parse_at(at, &to, &len)) {
        errno = EINVAL;
        return -1;
    }
    int fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&to, len) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

http_server *http_server_create(loop *l, const char *at, const http_server_events *events, void *ctx,
                                char **why) {
    http_server *s = xcalloc(1, sizeof *s);
    *s = (http_server){.loop = l, .events = *events, .ctx = ctx, .fd = listen_at(at)};
    *why = NULL;
    if (s->fd >= 0 && loop_watch_fd(l, s->fd, LOOP_READ, on_connection, s, &s->watch) == OC_OK)
        return s;
    *why = xasprintf("Nothing can be taken at %s: %s.", at, strerror(errno));
    http_server_destroy(s);
    return NULL;
}

void http_server_destroy(http_server *s) {
    if (s == NULL)
        return;
    while (s->exchanges != NULL)
        drop(s->exchanges);
    loop_unwatch(s->watch);
    if (s->fd >= 0)
        close(s->fd);
    free(s);
}

int http_server_port(const http_server *s) {
    struct sockaddr_storage at = {.ss_family = AF_UNSPEC};
    socklen_t len = sizeof at;
    if (getsockname(s->fd, (struct sockaddr *)&at, &len) != 0)
        return 0;
    return ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port
                                          : ((struct sockaddr_in *)&at)->sin_port);
}
