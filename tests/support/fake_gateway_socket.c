// SPDX-License-Identifier: Apache-2.0
#include "fake_gateway_socket.h"

#include "base/mem.h"
#include "net/ws_upgrade.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_BYTES = 64 * 1024 * 1024, READ_BYTES = 65536 };

struct fake_socket {
    loop *loop;
    fake_socket_events events;
    void *ctx;
    fake_gateway *gateway; // fake_socket_serve
    buf message;           // fragments of a message to the gateway
    int listener, fd;
    loop_watch *listening, *watch;
    bool upgraded, paused, ending; // ending: closed when everything is sent
    buf in, out;
    char *url, *request;
    const char *answer;
    int accepts;
};

static void on_io(void *ctx, unsigned events);

static void update_watch(fake_socket *s) {
    if (s->watch != NULL)
        loop_watch_events(s->watch, (s->paused ? 0U : LOOP_READ) | (s->out.len > 0 ? LOOP_WRITE : 0U));
}

static void drop(fake_socket *s) {
    if (s->fd < 0)
        return;
    loop_unwatch(s->watch);
    s->watch = NULL;
    close(s->fd);
    s->fd = -1;
    s->upgraded = s->ending = false;
    buf_clear(&s->in);
    buf_clear(&s->out);
    buf_clear(&s->message);
    if (s->events.gone != NULL)
        s->events.gone(s->ctx);
}

static void flush(fake_socket *s) {
    while (s->fd >= 0 && s->out.len > 0) {
        bytes data = buf_bytes(&s->out);
        ssize_t n = send(s->fd, data.data, data.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN)
            drop(s);
        if (n < 0)
            break;
        buf_consume(&s->out, (size_t)n);
    }
    if (s->ending && s->out.len == 0)
        drop(s);
    update_watch(s);
}

void fake_socket_raw(fake_socket *s, bytes data) {
    if (s->fd < 0 || buf_append(&s->out, data.data, data.len) != OC_OK)
        return;
    flush(s);
}

void fake_socket_send(fake_socket *s, ws_opcode opcode, bool final, bytes payload) {
    if (s->fd < 0 || ws_frame_append(&s->out, opcode, final, payload, NULL) != OC_OK)
        return;
    flush(s);
}

void fake_socket_close(fake_socket *s, unsigned code, const char *reason) {
    uint8_t payload[WS_CONTROL_MAX_BYTES] = {(uint8_t)(code >> 8), (uint8_t)code};
    size_t n = strnlen(reason, sizeof payload - 2);
    memcpy(payload + 2, reason, n);
    s->ending = true;
    fake_socket_send(s, WS_CLOSE, true, bytes_of(payload, n + 2));
}

void fake_socket_cut(fake_socket *s) {
    struct linger now = {.l_onoff = 1};
    if (s->fd >= 0)
        (void)setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    drop(s);
}

void fake_socket_pause(fake_socket *s, bool paused) {
    s->paused = paused;
    update_watch(s);
}

static bool upgrade(fake_socket *s) {
    bytes in = buf_bytes(&s->in);
    const uint8_t *end = in.len > 0 ? memmem(in.data, in.len, "\r\n\r\n", 4) : NULL;
    char accept[WS_ACCEPT_BYTES + 1];
    if (end == NULL)
        return false;
    free(s->request);
    s->request = xstrndup((const char *)in.data, (size_t)(end + 4 - in.data));
    buf_consume(&s->in, (size_t)(end + 4 - in.data));
    const char *key = strcasestr(s->request, "Sec-WebSocket-Key: ");
    ws_accept_for(key != NULL ? key + 19 : "", accept);
    char *answer =
        xasprintf("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Accept: %s\r\n\r\n",
                  accept);
    bool proper = s->answer == NULL;
    s->upgraded = true;
    fake_socket_raw(s, bytes_str(proper ? answer : s->answer));
    free(answer);
    if (proper && s->events.open != NULL)
        s->events.open(s->ctx);
    return true;
}

static bool next_frame(fake_socket *s) {
    bytes in = buf_bytes(&s->in);
    ws_frame_head head;
    if (ws_frame_read_head(in, &head) != OC_OK || in.len - head.head_bytes < head.payload_bytes)
        return false;
    if (!head.masked)
        abort(); // a client that does not mask breaks the protocol
    size_t n = (size_t)head.payload_bytes;
    uint8_t *payload = xmalloc(n + 1);
    memcpy(payload, in.data + head.head_bytes, n);
    ws_frame_mask(payload, n, head.mask, 0);
    buf_consume(&s->in, head.head_bytes + n);
    if (s->events.frame != NULL)
        s->events.frame(s->ctx, &head, bytes_of(payload, n));
    free(payload);
    return true;
}

static void on_io(void *ctx, unsigned events) {
    fake_socket *s = ctx;
    uint8_t *where = NULL;
    if ((events & LOOP_WRITE) != 0)
        flush(s);
    if (s->fd < 0 || (events & LOOP_READ) == 0 || s->paused ||
        buf_reserve(&s->in, READ_BYTES, &where) != OC_OK)
        return;
    ssize_t n = recv(s->fd, where, READ_BYTES, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        drop(s);
        return;
    }
    buf_commit(&s->in, (size_t)n);
    bool progress = true;
    while (progress && s->fd >= 0)
        progress = s->upgraded ? next_frame(s) : upgrade(s);
}

static void on_accept(void *ctx, unsigned events) {
    fake_socket *s = ctx;
    (void)events;
    int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    drop(s);
    s->accepts++;
    s->fd = fd;
    if (loop_watch_fd(s->loop, fd, LOOP_READ, on_io, s, &s->watch) != OC_OK)
        abort();
}

fake_socket *fake_socket_create(loop *l, const fake_socket_events *events, void *ctx) {
    fake_socket *s = xcalloc(1, sizeof *s);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *s = (fake_socket){.loop = l, .events = *events, .ctx = ctx, .fd = -1};
    buf_init(&s->in, MAX_BYTES);
    buf_init(&s->out, MAX_BYTES);
    buf_init(&s->message, MAX_BYTES);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(s->listener, 8) != 0 || getsockname(s->listener, (struct sockaddr *)&address, &size) != 0 ||
        loop_watch_fd(l, s->listener, LOOP_READ, on_accept, s, &s->listening) != OC_OK)
        abort(); // a test cannot go on without
    s->url = xasprintf("ws://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    return s;
}

// --- serving the fake gateway ---------------------------------------------------------------------------------

static void gateway_sends(void *ctx, const char *text) {
    fake_socket_send(ctx, WS_TEXT, true, bytes_str(text));
}

static void gateway_closes(void *ctx, unsigned code, const char *reason) {
    fake_socket_close(ctx, code, reason);
}

static void on_gateway_open(void *ctx) {
    fake_socket *s = ctx;
    fake_gateway_on_open(s->gateway, gateway_sends, gateway_closes, s);
}

static void on_gateway_frame(void *ctx, const ws_frame_head *head, bytes payload) {
    fake_socket *s = ctx;
    if (head->opcode == WS_PING)
        fake_socket_send(s, WS_PONG, true, payload);
    if (head->opcode == WS_CLOSE)
        fake_socket_close(s, 1000, "");
    if (head->opcode >= WS_CLOSE || buf_append(&s->message, payload.data, payload.len) != OC_OK ||
        !head->final)
        return;
    fake_gateway_on_frame(s->gateway, buf_bytes(&s->message));
    buf_clear(&s->message);
}

static void on_gateway_gone(void *ctx) {
    fake_gateway_on_gone(((fake_socket *)ctx)->gateway);
}

fake_socket *fake_socket_serve(loop *l, fake_gateway *f) {
    static const fake_socket_events events = {
        .open = on_gateway_open, .frame = on_gateway_frame, .gone = on_gateway_gone};
    fake_socket *s = fake_socket_create(l, &events, NULL);
    s->ctx = s;
    s->gateway = f;
    return s;
}

void fake_socket_destroy(fake_socket *s) {
    if (s == NULL)
        return;
    drop(s);
    loop_unwatch(s->listening);
    close(s->listener);
    buf_free(&s->in);
    buf_free(&s->out);
    buf_free(&s->message);
    free(s->url);
    free(s->request);
    free(s);
}

const char *fake_socket_url(const fake_socket *s) {
    return s->url;
}

void fake_socket_answer(fake_socket *s, const char *answer) {
    s->answer = answer;
}

int fake_socket_accepts(const fake_socket *s) {
    return s->accepts;
}

const char *fake_socket_request(const fake_socket *s) {
    return s->request;
}
