// SPDX-License-Identifier: Apache-2.0
#include "fake_web.h"

#include "base/buf.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utlist.h>

enum { REQUEST_MAX_BYTES = 65536 };

typedef struct answer {
    char *path;
    buf text;
    bool hold;
    struct answer *prev, *next;
} answer;

typedef struct visit { // one connection
    fake_web *web;
    int fd;
    loop_watch *watch;
    buf in;
    const answer *answer; // what is being sent
    size_t sent;
    struct visit *prev, *next;
} visit;

struct fake_web {
    loop *loop;
    int fd, port, requests, connections;
    uint64_t sent_bytes;
    loop_watch *watch;
    answer *answers, unknown;
    visit *visits;
    char *last;
};

static void leave(visit *v) {
    loop_unwatch(v->watch);
    close(v->fd);
    buf_free(&v->in);
    DL_DELETE(v->web->visits, v);
    free(v);
}

static void send_more(visit *v) {
    bytes text = buf_bytes(&v->answer->text);
    while (v->sent < text.len) {
        ssize_t n = send(v->fd, text.data + v->sent, text.len - v->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0) {
            leave(v);
            return;
        }
        v->sent += (size_t)n;
        v->web->sent_bytes += (uint64_t)n;
    }
    if (v->answer->hold)
        loop_watch_events(v->watch, 0);
    else
        leave(v);
}

static const answer *find(const fake_web *w, bytes request) {
    const answer *a = NULL;
    DL_FOREACH (w->answers, a) {
        size_t len = strlen(a->path);
        if (request.len > 5 + len && memcmp(request.data + 4, a->path, len) == 0 &&
            request.data[4 + len] == ' ')
            return a;
    }
    return &w->unknown;
}

static void on_visit(void *ctx, unsigned events) {
    visit *v = ctx;
    uint8_t *where = NULL;
    if (v->answer != NULL) {
        send_more(v);
        return;
    }
    (void)events;
    ssize_t n = buf_reserve(&v->in, 4096, &where) == OC_OK ? read(v->fd, where, 4096) : -1;
    if (n <= 0) {
        leave(v);
        return;
    }
    buf_commit(&v->in, (size_t)n);
    bytes in = buf_bytes(&v->in);
    if (memmem(in.data, in.len, "\r\n\r\n", 4) == NULL)
        return;
    v->answer = find(v->web, in);
    v->web->requests++;
    free(v->web->last);
    v->web->last = xstrndup((const char *)in.data, in.len);
    loop_watch_events(v->watch, LOOP_WRITE);
}

static void on_connection(void *ctx, unsigned events) {
    fake_web *w = ctx;
    int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    (void)events;
    if (fd < 0)
        return;
    visit *v = xcalloc(1, sizeof *v);
    *v = (visit){.web = w, .fd = fd};
    buf_init(&v->in, REQUEST_MAX_BYTES);
    w->connections++;
    DL_APPEND(w->visits, v);
    if (loop_watch_fd(w->loop, fd, LOOP_READ, on_visit, v, &v->watch) != OC_OK)
        abort();
}

fake_web *fake_web_create(loop *l) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    fake_web *w = xcalloc(1, sizeof *w);
    w->loop = l;
    w->last = xstrdup("");
    w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (w->fd < 0 || bind(w->fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(w->fd, 16) != 0 ||
        getsockname(w->fd, (struct sockaddr *)&at, &size) != 0 ||
        loop_watch_fd(l, w->fd, LOOP_READ, on_connection, w, &w->watch) != OC_OK)
        abort();
    w->port = ntohs(at.sin_port);
    buf_init(&w->unknown.text, 1024);
    if (buf_append_str(&w->unknown.text, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone") != OC_OK)
        abort();
    return w;
}

void fake_web_destroy(fake_web *w) {
    answer *a = NULL, *next = NULL;
    if (w == NULL)
        return;
    while (w->visits != NULL)
        leave(w->visits);
    DL_FOREACH_SAFE (w->answers, a, next) {
        buf_free(&a->text);
        free(a->path);
        free(a);
    }
    loop_unwatch(w->watch);
    close(w->fd);
    buf_free(&w->unknown.text);
    free(w->last);
    free(w);
}

int fake_web_port(const fake_web *w) {
    return w->port;
}

void fake_web_answer(fake_web *w, const char *path, bytes text, bool hold) {
    answer *a = xcalloc(1, sizeof *a);
    a->path = xstrdup(path);
    a->hold = hold;
    buf_init(&a->text, text.len + 1);
    if (buf_append(&a->text, text.data, text.len) != OC_OK)
        abort();
    DL_PREPEND(w->answers, a); // the newest counts
}

int fake_web_requests(const fake_web *w) {
    return w->requests;
}

int fake_web_connections(const fake_web *w) {
    return w->connections;
}

uint64_t fake_web_sent_bytes(const fake_web *w) {
    return w->sent_bytes;
}

const char *fake_web_last(const fake_web *w) {
    return w->last;
}
