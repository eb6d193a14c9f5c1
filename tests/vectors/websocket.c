// SPDX-License-Identifier: Apache-2.0
// websocket: the life of an event stream, played to external mode's by a server on loopback. The server of a row does not know
// the token in the upgrade request, so that it has to be sent as the rows want. Compared are the address and its limits, the
// states that the stream passes, what is sent, what is handed out, and whether it has worked.
#include "vectors.h"

#include "base/mem.h"
#include "chat/api_url.h"
#include "chat/rest_socket.h"
#include "fake_gateway_socket.h"
#include "moving_clock.h"

#include <stdlib.h>
#include <string.h>

typedef struct world world;

typedef struct circumstances {
    const char *name;
    void (*play)(world *w);
    const char *deviates; // the rule of deviations.md: then the list ends before the stream breaks
} circumstances;

struct world {
    loop *loop;
    net *net;
    fake_socket *server;
    server_config config;
    rest_socket *socket;
    rest_socket_state state; // seen last
    int64_t seq;             // of the client's last action
    char *action;
    cJSON *events;
    bool worked;
};

// --- what happens ---

static void note(world *w, const char *what) {
    json_push(w->events, json_new_string(what));
}

static void step(world *w) {
    loop_step(w->loop, 10);
    rest_socket_state state = rest_socket_get_state(w->socket);
    if (state != w->state && state == SOCKET_DELIVERING)
        note(w, "ready");
    if (state != w->state && state == SOCKET_PAUSING)
        note(w, "recovering");
    w->state = state;
}

#define LET(w, condition)                                                                                    \
    for (int64_t end_ms = loop_now_ms((w)->loop) + 20000; !(condition) && loop_now_ms((w)->loop) < end_ms;)  \
    step(w)

static void on_open(void *ctx) {
    note(ctx, "starting");
}

static void on_frame(void *ctx, const ws_frame_head *head, bytes payload) {
    world *w = ctx;
    cJSON *json = NULL;
    if (head->opcode != WS_TEXT || json_parse(payload, &json) != OC_OK)
        return;
    w->seq = json_int(json, "seq", 0);
    free(w->action);
    w->action = xstrdup(json_text(json, "action"));
    bool ping = strcmp(w->action, "ping") == 0;
    if (!ping || w->state == SOCKET_DELIVERING) {
        char *line = ping ? xstrdup("ping")
                          : xasprintf("send %s %s", w->action, json_text(json_get(json, "data"), "token"));
        note(w, line);
        free(line);
    }
    cJSON_Delete(json);
}

static void on_delivering(void *ctx, bool gap) {
    world *w = ctx;
    (void)gap;
    w->worked = true;
}

static void on_event(void *ctx, cJSON *frame) {
    const char *event = json_text(frame, "event");
    if (strcmp(event, "posted") == 0 || strncmp(event, "reaction_", 9) == 0)
        note(ctx, event);
    cJSON_Delete(frame);
}

static void on_nothing(void *ctx) {
    (void)ctx;
}

// --- the server ---

static void say(world *w, const char *text) {
    fake_socket_send(w->server, WS_TEXT, true, bytes_str(text));
}

static void reply(world *w, const char *status) {
    char *text = xasprintf("{\"status\":\"%s\",\"seq_reply\":%lld}", status, (long long)w->seq);
    say(w, text);
    free(text);
}

static void be_challenged(world *w) {
    LET(w, strcmp(w->action, "ping") == 0);
    reply(w, "FAIL");
    LET(w, strcmp(w->action, "authentication_challenge") == 0);
}

static void be_known(world *w) {
    be_challenged(w);
    reply(w, "OK");
    LET(w, w->state == SOCKET_DELIVERING);
}

static void play_whole(world *w) {
    be_known(w);
    say(w, "{\"event\":\"posted\",\"data\":{\"post\":\"{}\"},\"broadcast\":{},\"seq\":0}");
    say(w, "{\"event\":\"typing\",\"data\":{},\"broadcast\":{},\"seq\":1}");
    say(w, "{\"event\":\"reaction_added\",\"data\":{},\"broadcast\":{},\"seq\":2}");
    say(w, "{\"event\":\"post_edited\",\"data\":{},\"broadcast\":{},\"seq\":3}");
    fake_socket_close(w->server, 1001, "bye");
    LET(w, w->state == SOCKET_PAUSING);
}

static void play_closed_before_open(world *w) {
    LET(w, w->state == SOCKET_PAUSING);
}

static void play_closed_before_known(world *w) {
    be_challenged(w);
    fake_socket_close(w->server, 4001, "");
    LET(w, w->state == SOCKET_PAUSING);
}

static void play_not_known(world *w) {
    be_challenged(w);
    reply(w, "FAIL");
    LET(w, w->state == SOCKET_PAUSING);
}

static void play_silence(world *w) {
    be_known(w);
    AHEAD_MS += 30000;
    LET(w, strcmp(w->action, "ping") == 0);
    AHEAD_MS += 10000;
    LET(w, w->state == SOCKET_PAUSING);
}

static void play_posted(world *w) {
    be_known(w);
    say(w, "{\"event\":\"posted\",\"data\":{},\"broadcast\":{},\"seq\":0}");
    LET(w, cJSON_GetArraySize(w->events) >= 4);
}

static void play_changed(world *w) {
    be_known(w);
    say(w, "{\"event\":\"user_updated\",\"data\":{},\"broadcast\":{},\"seq\":0}");
    for (int i = 0; i < 20; i++)
        step(w);
}

static const circumstances CASES[] = {
    {"auth, posted, reaction, ignored events, server close", play_whole, NULL},
    {"closed before open", play_closed_before_open, NULL},
    {"closed before auth", play_closed_before_known, NULL},
    {"FAIL reply ignored", play_not_known, NULL},
    {"pong missing", play_silence, NULL},
    {"admission fails", play_posted, "admission"},
    {"update_at changes", play_changed, "bot-changed"},
};

static const circumstances *find_case(const char *name) {
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        if (strcmp(CASES[i].name, name) == 0)
            return &CASES[i];
    }
    return NULL;
}

// --- a row ---

static void make_world(world *w, bool opens) {
    static const fake_socket_events server_events = {.open = on_open, .frame = on_frame};
    static const rest_socket_events events = {
        .delivering = on_delivering, .gap = on_nothing, .event = on_event, .refused = on_nothing};
    account_config a;
    AHEAD_MS = 0;
    *w = (world){.loop = loop_create(&MOVING_CLOCK), .events = json_new_array(), .action = xstrdup("")};
    w->net = net_create(w->loop);
    w->server = fake_socket_create(w->loop, &server_events, w);
    if (!opens)
        fake_socket_answer(w->server, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    account_config_init(&a);
    w->config = server_config_dup(&a.server);
    account_config_clear(&a);
    free(w->config.base_url);
    w->config.base_url = xasprintf("http%s", fake_socket_url(w->server) + 2);
    secret_destroy(w->config.bot_token);
    w->config.bot_token = secret_create("tok");
    w->socket = rest_socket_create(w->net, &w->config, &events, w);
    rest_socket_start(w->socket);
    w->state = rest_socket_get_state(w->socket);
}

static void end_world(world *w) {
    rest_socket_destroy(w->socket);
    fake_socket_destroy(w->server);
    net_destroy(w->net);
    loop_destroy(w->loop);
    server_config_clear(&w->config);
    cJSON_Delete(w->events);
    free(w->action);
}

// The rows' events in our words: what they log, and how they end a connection, is theirs.
static cJSON *events_of(const cJSON *row) {
    cJSON *list = json_new_array();
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, json_array(row, "events")) {
        const cJSON *more = cJSON_GetArrayItem(one, 1);
        const char *kind = cJSON_GetArrayItem(one, 0)->valuestring;
        char *line = NULL;
        if (strcmp(kind, "status") == 0)
            line = xstrdup(json_text(more, "lifecycle"));
        else if (strcmp(kind, "send") == 0)
            line = xasprintf("send %s %s", json_text(more, "action"),
                             json_text(json_get(more, "data"), "token"));
        else if (strcmp(kind, "posted") == 0 || strcmp(kind, "ping") == 0)
            line = xstrdup(kind);
        else if (strcmp(kind, "reaction") == 0)
            line = xstrdup(more->valuestring);
        if (line != NULL)
            json_push(list, json_new_string(line));
        free(line);
    }
    return list;
}

static void check_connect(report *r, const cJSON *row) {
    const cJSON *connect = cJSON_GetArrayItem(json_array(row, "events"), 0);
    const cJSON *limits = cJSON_GetArrayItem(connect, 2);
    char *url = api_websocket_url("https://chat.example.com");
    check_text(r, row, cJSON_GetArrayItem(connect, 1)->valuestring, url);
    check_int(r, row, json_int(limits, "maxPayload", 0), REST_SOCKET_MESSAGE_MAX_BYTES);
    check_int(r, row, json_int(limits, "handshakeTimeout", 0), REST_SOCKET_CONNECT_MS);
    free(url);
}

static void check_events(report *r, const cJSON *row, const circumstances *now, world *w) {
    cJSON *wanted = events_of(row), *got = w->events;
    w->events = NULL;
    if (now->deviates != NULL) { // the same without its end: we stay connected
        cJSON *ours = cJSON_Duplicate(wanted, 1);
        cJSON_DeleteItemFromArray(ours, cJSON_GetArraySize(ours) - 1);
        check_deviating(r, now->deviates, row, wanted, ours, got);
    } else {
        check_value(r, row, wanted, got);
    }
    cJSON_Delete(wanted);
}

void run_websocket(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, json_array(content, "rows")) {
        const circumstances *now = find_case(json_text(row, "case"));
        world w;
        if (now == NULL) {
            check_text(r, row, "circumstances that are known here", NULL);
            continue;
        }
        make_world(&w, now->play != play_closed_before_open);
        now->play(&w);
        check_connect(r, row);
        check_events(r, row, now, &w);
        check_bool(r, row, strcmp(json_text(row, "outcome"), "resolved") == 0, w.worked);
        end_world(&w);
    }
}
