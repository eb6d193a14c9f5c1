// SPDX-License-Identifier: Apache-2.0
#include "net/websocket.h"

#include "base/mem.h"
#include "words/words.h"
#include "base/random.h"
#include "net/connect_failure.h"
#include "net/ws_frame.h"
#include "net/ws_upgrade.h"

#include <stdlib.h>
#include <utlist.h>

enum {
    READ_BYTES = 16 * 1024,
    READ_ROUND_BYTES = 1024 * 1024, // then others on the loop have a turn
    PIECE_BYTES = 64 * 1024,        // of a long message, so that a pong can go between
    KEPT_BYTES = 128 * 1024,        // a larger receive buffer is given back after the message
    REASON_MAX_BYTES = 160
};

typedef enum ws_state {
    WS_CONNECTING, // libcurl works on name, TCP, proxy and TLS
    WS_UPGRADING,  // our HTTP request is out
    WS_OPEN,       // messages go both ways
    WS_ENDED,      // the report to the owner is due
} ws_state;

typedef struct outgoing {
    uint8_t *text;
    size_t len, framed; // framed: what has gone into frames already
    struct outgoing *prev, *next;
} outgoing;

struct websocket {
    net *net;
    CURL *easy;
    websocket_events events;
    void *ctx;
    ws_state state;
    ws_url url;
    char key[WS_KEY_BYTES + 1];
    char *bearer;
    size_t max_message_bytes, max_queued_bytes, queued_bytes;
    int64_t timeout_ms, heard_ms;
    loop_watch *watch;
    loop_timer limit; // for the upgrade's answer, then for going on with reading
    loop_timer report;
    bool busy,
        doomed; // busy: one of our functions is on the stack above the owner; doomed: free when it returns

    buf in; // bytes as they came
    ws_frame_head head;
    uint64_t head_left; // payload bytes of the present data frame that are still to come
    bool in_frame, in_message;
    ws_opcode message_opcode;
    buf message;

    buf wire; // frames on their way into the connection
    outgoing *queue;
    uint8_t pong[WS_CONTROL_MAX_BYTES];
    size_t pong_bytes;
    bool pong_due;

    websocket_cause cause; // of the end
    unsigned close_code;
    int http_status;
    char *reason, *sentence;
};

static void pump(websocket *w);

static void release_connection(websocket *w) {
    loop_unwatch(w->watch);
    w->watch = NULL;
    loop_timer_cancel(&w->limit);
    net_end(w->net, w->easy);
    w->easy = NULL;
}

static void destroy(websocket *w) {
    outgoing *o = NULL, *next = NULL;
    release_connection(w);
    loop_timer_cancel(&w->report);
    DL_FOREACH_SAFE (w->queue, o, next) {
        free(o->text);
        free(o);
    }
    buf_free(&w->in);
    buf_free(&w->message);
    buf_free(&w->wire);
    ws_url_free(&w->url);
    if (w->bearer != NULL)
        free(w->bearer);
    free(w->reason);
    free(w->sentence);
    free(w);
}

static void on_report(void *ctx) {
    websocket *w = ctx;
    websocket_end end = {.cause = w->cause,
                         .close_code = w->close_code,
                         .http_status = w->http_status,
                         .reason = w->reason != NULL ? w->reason : "",
                         .sentence = w->sentence};
    w->busy = true;
    w->events.closed(w->ctx, &end);
    destroy(w);
}

// The one way to the end that the owner hears of. Takes sentence.
static void end(websocket *w, websocket_cause cause, char *sentence) {
    if (w->state == WS_ENDED) {
        free(sentence);
        return;
    }
    w->state = WS_ENDED;
    w->cause = cause;
    w->sentence = sentence;
    release_connection(w);
    loop_timer_set(net_loop(w->net), &w->report, 0, on_report, w);
}

static char *printable(bytes text) {
    char *copy = xstrndup((const char *)text.data, text.len < REASON_MAX_BYTES ? text.len : REASON_MAX_BYTES);
    for (char *p = copy; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
            *p = ' ';
    }
    return copy;
}

// --- sending --------------------------------------------------------------------------------------------------

static oc_err frame(websocket *w, ws_opcode opcode, bool final, bytes payload) {
    uint8_t mask[4];
    random_bytes(mask, sizeof mask);
    return ws_frame_append(&w->wire, opcode, final, payload, mask);
}

// Puts the next frame into the empty wire, pongs first. OC_EAGAIN: there is none.
static oc_err next_frame(websocket *w) {
    outgoing *o = w->queue;
    if (w->state != WS_OPEN)
        return OC_EAGAIN;
    if (w->pong_due) {
        w->pong_due = false;
        return frame(w, WS_PONG, true, bytes_of(w->pong, w->pong_bytes));
    }
    if (o == NULL)
        return OC_EAGAIN;
    size_t left = o->len - o->framed, piece = left < PIECE_BYTES ? left : PIECE_BYTES;
    oc_err err =
        frame(w, o->framed == 0 ? WS_TEXT : WS_CONTINUE, piece == left, bytes_of(o->text + o->framed, piece));
    o->framed += piece;
    w->queued_bytes -= piece;
    if (o->framed == o->len) {
        DL_DELETE(w->queue, o);
        free(o->text);
        free(o);
    }
    return err;
}

static void pump_out(websocket *w) {
    oc_err err = OC_OK;
    while (w->easy != NULL) {
        size_t sent = 0;
        if (w->wire.len == 0)
            err = next_frame(w);
        if (err != OC_OK || w->wire.len == 0)
            break;
        bytes out = buf_bytes(&w->wire);
        CURLcode code = curl_easy_send(w->easy, out.data, out.len, &sent);
        if (code == CURLE_AGAIN)
            break;
        if (code != CURLE_OK) {
            end(w, WEBSOCKET_CUT, words_mark(WORD_GATEWAY_BROKE_SENDING, "host", w->url.host, NULL));
            return;
        }
        buf_consume(&w->wire, sent);
    }
    if (err != OC_OK && err != OC_EAGAIN)
        end(w, WEBSOCKET_CUT, xasprintf("There is no memory to send to %s.", w->url.host));
    else if (w->watch != NULL)
        loop_watch_events(w->watch, LOOP_READ | (w->wire.len > 0 ? LOOP_WRITE : 0U));
}

oc_err websocket_send(websocket *w, bytes text) {
    if (w->state != WS_OPEN)
        return OC_ECLOSED;
    if (text.len > w->max_queued_bytes - w->queued_bytes)
        return OC_EBUSY;
    outgoing *o = xcalloc(1, sizeof *o);
    o->text = malloc(text.len + 1);
    if (o->text == NULL) {
        free(o);
        return OC_ENOMEM;
    }
    memcpy(o->text, text.data, text.len);
    o->len = text.len;
    DL_APPEND(w->queue, o);
    w->queued_bytes += text.len;
    pump_out(w);
    return OC_OK;
}

// What still fits into the connection goes out; nobody waits for the rest.
static void say_close(websocket *w, unsigned code, bytes reason) {
    uint8_t payload[WS_CONTROL_MAX_BYTES] = {(uint8_t)(code >> 8), (uint8_t)code};
    size_t n = reason.len < sizeof payload - 2 ? reason.len : sizeof payload - 2;
    if (w->state != WS_OPEN || w->easy == NULL)
        return;
    if (n > 0)
        memcpy(payload + 2, reason.data, n);
    if (frame(w, WS_CLOSE, true, bytes_of(payload, 2 + n)) != OC_OK)
        return;
    size_t sent = 0;
    bytes out = buf_bytes(&w->wire);
    (void)curl_easy_send(w->easy, out.data, out.len, &sent);
}

// --- receiving ------------------------------------------------------------------------------------------------

static void break_off(websocket *w, websocket_cause cause, unsigned code, const char *what) {
    say_close(w, code, bytes_str(what));
    end(w, cause, xasprintf("%s sent what a WebSocket server must not send: %s.", w->url.host, what));
}

static void on_close_frame(websocket *w, bytes payload) {
    unsigned code = payload.len >= 2 ? (unsigned)payload.data[0] << 8 | payload.data[1] : 1005;
    if (payload.len == 1 || (payload.len >= 2 && !ws_close_code_allowed(code))) {
        break_off(w, WEBSOCKET_PROTOCOL, 1002, "a malformed close frame");
        return;
    }
    say_close(w, code == 1005 ? 1000 : code, bytes_of(NULL, 0));
    w->close_code = code;
    w->reason = printable(payload.len > 2 ? bytes_of(payload.data + 2, payload.len - 2) : bytes_str(""));
    end(w, WEBSOCKET_CLOSED,
        xasprintf("%s closed the connection (code %u%s%s).", w->url.host, code,
                  *w->reason != '\0' ? ": " : "", w->reason));
}

static void on_control(websocket *w, ws_opcode opcode, bytes payload) {
    if (opcode == WS_CLOSE) {
        on_close_frame(w, payload);
    } else if (opcode == WS_PING) {
        // Only the newest ping needs its answer (RFC 6455 §5.5.3).
        memcpy(w->pong, payload.data, payload.len);
        w->pong_bytes = payload.len;
        w->pong_due = true;
    }
}

static void deliver(websocket *w) {
    w->in_message = false;
    if (w->message_opcode == WS_TEXT)
        w->events.message(w->ctx, buf_bytes(&w->message));
    else
        break_off(w, WEBSOCKET_PROTOCOL, 1003, "a binary message");
    if (w->message.cap > KEPT_BYTES)
        buf_free(&w->message);
    else
        buf_clear(&w->message);
}

// Decides about a data frame by its head. False when it ended the connection.
static bool begin_data(websocket *w) {
    const ws_frame_head *h = &w->head;
    if ((h->opcode == WS_CONTINUE) != w->in_message)
        break_off(w, WEBSOCKET_PROTOCOL, 1002, "fragments out of order");
    else if (h->payload_bytes > w->max_message_bytes - w->message.len) {
        say_close(w, 1009, bytes_str("message too big"));
        end(w, WEBSOCKET_TOO_BIG,
            xasprintf("%s sent a message of more than %zu bytes.", w->url.host, w->max_message_bytes));
    }
    if (w->state != WS_OPEN)
        return false;
    if (h->opcode != WS_CONTINUE)
        w->message_opcode = h->opcode;
    w->in_message = true;
    w->in_frame = true;
    w->head_left = h->payload_bytes;
    return true;
}

// Takes the next frame's head, and all of it when it is a control frame. False: no progress.
static bool take_head(websocket *w) {
    bytes in = buf_bytes(&w->in);
    oc_err err = ws_frame_read_head(in, &w->head);
    if (err == OC_EAGAIN)
        return false;
    if (err != OC_OK || w->head.masked) {
        break_off(w, WEBSOCKET_PROTOCOL, 1002, "a malformed frame");
        return false;
    }
    if (w->head.opcode < WS_CLOSE) {
        buf_consume(&w->in, w->head.head_bytes);
        return begin_data(w);
    }
    size_t whole = w->head.head_bytes + (size_t)w->head.payload_bytes;
    if (in.len < whole)
        return false;
    on_control(w, w->head.opcode, bytes_of(in.data + w->head.head_bytes, (size_t)w->head.payload_bytes));
    buf_consume(&w->in, whole);
    return true;
}

static bool take_payload(websocket *w) {
    bytes in = buf_bytes(&w->in);
    size_t n = in.len < w->head_left ? in.len : (size_t)w->head_left;
    if (buf_append(&w->message, in.data, n) != OC_OK) {
        end(w, WEBSOCKET_CUT, xasprintf("There is no memory for a message of %s.", w->url.host));
        return false;
    }
    buf_consume(&w->in, n);
    w->head_left -= n;
    if (w->head_left > 0)
        return false;
    w->in_frame = false;
    if (w->head.final)
        deliver(w);
    return true;
}

static void take_frames(websocket *w) {
    bool progress = true;
    while (progress && w->state == WS_OPEN && !w->doomed)
        progress = w->in_frame ? take_payload(w) : take_head(w);
}

static void on_answer(websocket *w) {
    ws_answer answer;
    oc_err err = ws_upgrade_answer(buf_bytes(&w->in), w->key, &answer);
    if (err == OC_EAGAIN)
        return;
    w->http_status = answer.status;
    if (err != OC_OK) {
        end(w, WEBSOCKET_UPGRADE, words_mark(WORD_GATEWAY_NO_WEBSOCKET, "host", w->url.host, NULL));
        return;
    }
    bytes rest = buf_bytes(&w->in);
    if (answer.status != 101) {
        w->reason = printable(bytes_of(rest.data + answer.head_bytes, rest.len - answer.head_bytes));
        end(w, WEBSOCKET_UPGRADE,
            xasprintf("%s answered with HTTP status %d instead of a WebSocket. Check address and path, and "
                      "any proxy "
                      "in front of it.",
                      w->url.host, answer.status));
        return;
    }
    buf_consume(&w->in, answer.head_bytes);
    loop_timer_cancel(&w->limit);
    w->state = WS_OPEN;
    w->events.open(w->ctx);
}

static void on_more(void *ctx) {
    pump(ctx);
}

static void pump_in(websocket *w) {
    for (size_t round = 0; w->easy != NULL && !w->doomed;) {
        uint8_t *where = NULL;
        size_t got = 0;
        if (round >= READ_ROUND_BYTES) { // TLS may hold bytes that the descriptor does not show
            loop_timer_set(net_loop(w->net), &w->limit, 0, on_more, w);
            return;
        }
        CURLcode code = buf_reserve(&w->in, READ_BYTES, &where) == OC_OK
                            ? curl_easy_recv(w->easy, where, READ_BYTES, &got)
                            : CURLE_OUT_OF_MEMORY;
        if (code == CURLE_AGAIN)
            return;
        if (code != CURLE_OK || got == 0) {
            end(w, WEBSOCKET_CUT, words_mark(WORD_GATEWAY_CUT, "host", w->url.host, NULL));
            return;
        }
        buf_commit(&w->in, got);
        round += got;
        w->heard_ms = loop_now_ms(net_loop(w->net));
        if (w->state == WS_UPGRADING)
            on_answer(w);
        take_frames(w);
    }
}

static void pump(websocket *w) {
    w->busy = true;
    pump_in(w);
    if (!w->doomed && w->easy != NULL)
        pump_out(w);
    w->busy = false;
    if (w->doomed)
        destroy(w);
}

static void on_ready(void *ctx, unsigned events) {
    (void)events;
    pump(ctx);
}

// --- connecting -----------------------------------------------------------------------------------------------

static void on_upgrade_limit(void *ctx) {
    websocket *w = ctx;
    end(w, WEBSOCKET_UPGRADE,
        xasprintf("%s accepts connections but does not answer. Check address and port.", w->url.host));
}

static void on_connected(void *ctx, CURLcode result) {
    websocket *w = ctx;
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (result != CURLE_OK) {
        connect_facts facts = {.code = result, .host = w->url.host};
        char *sentence = NULL;
        (void)curl_easy_getinfo(w->easy, CURLINFO_OS_ERRNO, &facts.os_error);
        (void)curl_easy_getinfo(w->easy, CURLINFO_SSL_VERIFYRESULT, &facts.verify_result);
        (void)curl_easy_getinfo(w->easy, CURLINFO_HTTP_CONNECTCODE, &facts.proxy_status);
        (void)curl_easy_getinfo(w->easy, CURLINFO_USED_PROXY, &facts.proxied);
        websocket_cause cause = connect_failure(&facts, &sentence);
        end(w, cause, sentence);
        return;
    }
    w->state = WS_UPGRADING;
    w->heard_ms = loop_now_ms(net_loop(w->net));
    if (curl_easy_getinfo(w->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd == CURL_SOCKET_BAD ||
        loop_watch_fd(net_loop(w->net), fd, LOOP_READ, on_ready, w, &w->watch) != OC_OK ||
        ws_upgrade_request(&w->wire, &w->url, w->key, w->bearer) != OC_OK) {
        end(w, WEBSOCKET_CUT, words_mark(WORD_GATEWAY_BROKE_AT_ONCE, "host", w->url.host, NULL));
        return;
    }
    loop_timer_set(net_loop(w->net), &w->limit, w->timeout_ms, on_upgrade_limit, w);
    pump(w);
}

static bool is_loopback(const char *host) {
    return strncmp(host, "127.", 4) == 0 || strncmp(host, "[::1]", 5) == 0 ||
           strcmp(host, "localhost") == 0 || strncmp(host, "localhost:", 10) == 0;
}

static void set_proxy(websocket *w, const char *proxy) {
    (void)curl_easy_setopt(w->easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
    if (proxy != NULL && *proxy != '\0') {
        (void)curl_easy_setopt(w->easy, CURLOPT_PROXY, proxy);
        (void)curl_easy_setopt(w->easy, CURLOPT_NOPROXY, "");
    } else if (is_loopback(w->url.host)) {
        (void)curl_easy_setopt(w->easy, CURLOPT_PROXY, "");
    }
}

// A sentence why it cannot be tried, which the caller frees; NULL when libcurl is at work.
static char *start(websocket *w, const websocket_options *o) {
    char *why = NULL;
    if (ws_url_parse(o->url, &w->url) != OC_OK)
        return xstrdup(words_marked(WORD_GATEWAY_URL_FORM));
    w->easy = net_easy(w->net);
    if (w->easy == NULL)
        return xstrdup("libcurl cannot be started.");
    if (w->url.tls && net_trust(w->easy, o->ca_file, o->ca_pem, &why) != OC_OK)
        return why;
    (void)curl_easy_setopt(w->easy, CURLOPT_URL, w->url.base);
    (void)curl_easy_setopt(w->easy, CURLOPT_CONNECT_ONLY, 1L);
    (void)curl_easy_setopt(w->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(w->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_timeout_ms);
    (void)curl_easy_setopt(w->easy, CURLOPT_TCP_KEEPALIVE, 1L);
    set_proxy(w, o->proxy);
    return net_start(w->net, w->easy, on_connected, w) == OC_OK ? NULL
                                                                : xstrdup("There is not enough memory.");
}

websocket *websocket_open(net *n, const websocket_options *options, const websocket_events *events,
                          void *ctx) {
    websocket *w = xcalloc(1, sizeof *w);
    w->net = n;
    w->events = *events;
    w->ctx = ctx;
    w->bearer = options->bearer != NULL ? xstrdup(options->bearer) : NULL;
    w->max_message_bytes = options->max_message_bytes;
    w->max_queued_bytes = options->max_queued_bytes;
    w->timeout_ms = options->connect_timeout_ms;
    buf_init(&w->in, READ_BYTES + WS_ANSWER_MAX_BYTES + WS_HEAD_MAX_BYTES);
    buf_init(&w->message, options->max_message_bytes);
    buf_init(&w->wire, 2 * PIECE_BYTES + WS_ANSWER_MAX_BYTES);
    ws_key_create(w->key);
    char *why = start(w, options);
    if (why != NULL)
        end(w, WEBSOCKET_SETTINGS, why);
    return w;
}

void websocket_close(websocket *w, unsigned code) {
    if (w == NULL)
        return;
    say_close(w, code, bytes_of(NULL, 0));
    release_connection(w);
    w->state = WS_ENDED;
    w->doomed = true;
    if (!w->busy)
        destroy(w);
}

int64_t websocket_heard_ms(const websocket *w) {
    return w->heard_ms;
}
