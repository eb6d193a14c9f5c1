// SPDX-License-Identifier: Apache-2.0
#include "chat/rest_socket.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "words/words.h"
#include "base/random.h"
#include "chat/api_url.h"
#include "chat/backoff.h"
#include "net/websocket.h"

#include <stdlib.h>
#include <string.h>

enum {
    QUEUED_MAX_BYTES = 64 * 1024,
    PROVE_MS = 10000, // until the server has said whether it knows us
    PING_EVERY_MS = 30000,
    PONG_WITHIN_MS = 10000,
    CLOSE_NORMAL = 1000,
    CLOSE_GOING_AWAY = 1001,
};

struct rest_socket {
    net *net;
    const server_config *server;
    rest_socket_events events;
    void *ctx;
    rest_socket_state state;
    websocket *ws;
    char *connection_id; // of the last one, "" when it cannot be taken up again
    int64_t next_seq;    // that the server will give the next event
    bool hello;          // of this connection: it is a new one
    bool heard_before;   // something was delivered once
    bool told_odd;       // of this connection: what is no event was said
    int64_t seq;         // of our own messages
    int64_t asked_seq;   // of the ping or challenge whose answer is awaited; 0: none
    int64_t heard_ms;    // wall clock
    reconnect_pace pace;
    loop_timer timer; // what comes next: attempt, ping, or the end of a wait
};

static loop *loop_of(const rest_socket *s) {
    return net_loop(s->net);
}

// The one place where the state moves.
static void move(rest_socket *s, rest_socket_state to) {
    static const char *const names[] = {"off",         "transport",  "proving",
                                        "challenging", "delivering", "pausing"};
    log_debug("event stream", "from", names[s->state], "to", names[to]);
    loop_timer_cancel(&s->timer);
    s->state = to;
}

static void connect_now(void *ctx);

static void pause_then_connect(rest_socket *s, const char *why) {
    bool worked = s->state == SOCKET_DELIVERING;
    int64_t wait_ms = reconnect_jitter_ms(reconnect_wait_ms(&s->pace, worked), random_below(1001) / 1000.0);
    char *wait = xasprintf("%lld", (long long)wait_ms);
    log_warn("the event stream is interrupted and is connected again", "reason", why, "in_ms", wait);
    free(wait);
    s->asked_seq = 0;
    move(s, SOCKET_PAUSING);
    loop_timer_set(loop_of(s), &s->timer, wait_ms, connect_now, s);
}

// From our side.
static void give_up(rest_socket *s, const char *why) {
    websocket *ws = s->ws;
    s->ws = NULL;
    websocket_close(ws, CLOSE_GOING_AWAY);
    pause_then_connect(s, why);
}

// --- what we say ---

static oc_err send_action(rest_socket *s, const char *action, cJSON *data) {
    buf text;
    cJSON *json = json_new_object();
    json_add_int(json, "seq", ++s->seq);
    json_add_string(json, "action", action);
    json_add(json, "data", data);
    buf_init(&text, QUEUED_MAX_BYTES);
    oc_err err = json_print(json, &text);
    if (err == OC_OK)
        err = websocket_send(s->ws, buf_bytes(&text));
    if (text.memory != NULL)
        secret_wipe(text.memory, text.cap);
    buf_free(&text);
    cJSON_Delete(json);
    return err;
}

static void on_silence(void *ctx) {
    rest_socket *s = ctx;
    if (s->state == SOCKET_CHALLENGING || s->state == SOCKET_PROVING)
        s->events.refused(s->ctx);
    give_up(s, "the server does not answer");
}

static void ask(rest_socket *s, const char *action, cJSON *data, int64_t within_ms) {
    if (send_action(s, action, data) != OC_OK) {
        give_up(s, "the connection takes nothing");
        return;
    }
    s->asked_seq = s->seq;
    loop_timer_set(loop_of(s), &s->timer, within_ms, on_silence, s);
}

static void ping(void *ctx) {
    rest_socket *s = ctx;
    ask(s, "ping", json_new_object(), PONG_WITHIN_MS);
}

static void challenge(rest_socket *s) {
    cJSON *data = json_new_object();
    move(s, SOCKET_CHALLENGING);
    json_add_string(data, "token", secret_reveal(s->server->bot_token));
    ask(s, "authentication_challenge", data, PROVE_MS);
}

void rest_socket_tell(rest_socket *s, const char *action, cJSON *data) {
    if (s->state != SOCKET_DELIVERING)
        cJSON_Delete(data);
    else if (send_action(s, action, data) != OC_OK)
        log_debug("an action was not sent", "action", action);
}

// --- what we hear ---

static void deliver(rest_socket *s) {
    bool gap = s->hello && s->heard_before;
    move(s, SOCKET_DELIVERING);
    s->heard_before = true;
    loop_timer_set(loop_of(s), &s->timer, PING_EVERY_MS, ping, s);
    log_info("the event stream delivers", "events", s->hello ? "from now on" : "from where it broke");
    s->events.delivering(s->ctx, gap);
}

static void on_reply(rest_socket *s, const cJSON *frame) {
    if (json_int(frame, "seq_reply", 0) != s->asked_seq || s->asked_seq == 0)
        return;
    bool fine = strcmp(json_text(frame, "status"), "OK") == 0;
    s->asked_seq = 0;
    if (s->state == SOCKET_PROVING && !fine) {
        challenge(s); // something on the way took the token out of the upgrade request
    } else if (!fine) {
        s->events.refused(s->ctx);
        give_up(s, "the server does not know the token");
    } else if (s->state == SOCKET_DELIVERING) {
        loop_timer_set(loop_of(s), &s->timer, PING_EVERY_MS, ping, s);
    } else {
        deliver(s);
    }
}

static void on_hello(rest_socket *s, const cJSON *frame) {
    free(s->connection_id);
    s->connection_id = xstrdup(json_text(json_get(frame, "data"), "connection_id"));
    s->hello = true;
}

static bool proves(const rest_socket *s) {
    return s->state == SOCKET_PROVING || s->state == SOCKET_CHALLENGING;
}

static void on_event(rest_socket *s, cJSON *frame) {
    int64_t seq = json_int(frame, "seq", -1);
    bool hello = strcmp(json_text(frame, "event"), "hello") == 0;
    if (hello)
        on_hello(s, frame);
    bool missing = !hello && seq >= 0 && seq != s->next_seq;
    s->next_seq = seq + 1;
    if (proves(s)) // only who is known gets events
        deliver(s);
    if (missing) {
        log_warn("the event stream left something out");
        s->events.gap(s->ctx);
    }
    if (hello)
        cJSON_Delete(frame);
    else
        s->events.event(s->ctx, frame);
}

static void on_message(void *ctx, bytes text) {
    rest_socket *s = ctx;
    cJSON *frame = NULL;
    s->heard_ms = loop_wall_ms(loop_of(s));
    if (json_parse(text, &frame) != OC_OK || !cJSON_IsObject(frame)) {
        if (!s->told_odd) // a proxy that writes into it would fill the log
            log_warn("the event stream held something that is no event");
        s->told_odd = true;
        cJSON_Delete(frame);
    } else if (json_get(frame, "event") != NULL) {
        on_event(s, frame);
    } else {
        on_reply(s, frame);
        cJSON_Delete(frame);
    }
}

static void on_open(void *ctx) {
    rest_socket *s = ctx;
    move(s, SOCKET_PROVING);
    ask(s, "ping", json_new_object(), PROVE_MS);
}

static void on_closed(void *ctx, const websocket_end *end) {
    rest_socket *s = ctx;
    char *why = words_in(WORDS_EN, end->sentence);
    s->ws = NULL;
    if (s->state == SOCKET_CHALLENGING || end->http_status == 401 || end->http_status == 403)
        s->events.refused(s->ctx);
    if (s->state != SOCKET_OFF)
        pause_then_connect(s, why);
    free(why);
}

// --- connecting ---

static void connect_now(void *ctx) {
    static const websocket_events events = {.open = on_open, .message = on_message, .closed = on_closed};
    rest_socket *s = ctx;
    char *base = api_websocket_url(s->server->base_url);
    char *url = *s->connection_id == '\0' ? xstrdup(base)
                                          : xasprintf("%s?connection_id=%s&sequence_number=%lld", base,
                                                      s->connection_id, (long long)s->next_seq);
    s->hello = s->told_odd = false;
    s->seq = 0;
    s->asked_seq = 0;
    move(s, SOCKET_TRANSPORT);
    s->ws = websocket_open(s->net,
                           &(websocket_options){.url = url,
                                                .ca_file = s->server->ca_file,
                                                .ca_pem = s->server->ca_pem,
                                                .proxy = s->server->proxy,
                                                .bearer = secret_reveal(s->server->bot_token),
                                                .max_message_bytes = REST_SOCKET_MESSAGE_MAX_BYTES,
                                                .max_queued_bytes = QUEUED_MAX_BYTES,
                                                .connect_timeout_ms = REST_SOCKET_CONNECT_MS},
                           &events, s);
    free(url);
    free(base);
}

rest_socket *rest_socket_create(net *n, const server_config *server, const rest_socket_events *events,
                                void *ctx) {
    rest_socket *s = xcalloc(1, sizeof *s);
    *s = (rest_socket){.net = n, .server = server, .events = *events, .ctx = ctx};
    s->connection_id = xstrdup("");
    return s;
}

void rest_socket_destroy(rest_socket *s) {
    if (s == NULL)
        return;
    rest_socket_stop(s);
    free(s->connection_id);
    free(s);
}

void rest_socket_start(rest_socket *s) {
    if (s->state == SOCKET_OFF)
        connect_now(s);
}

void rest_socket_stop(rest_socket *s) {
    websocket *ws = s->ws;
    s->ws = NULL;
    move(s, SOCKET_OFF);
    websocket_close(ws, CLOSE_NORMAL);
}

rest_socket_state rest_socket_get_state(const rest_socket *s) {
    return s->state;
}

int64_t rest_socket_heard_ms(const rest_socket *s) {
    return s->heard_ms;
}
