// SPDX-License-Identifier: Apache-2.0
#include "gateway/node_parts.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "words/words.h"
#include "gateway/connection.h"
#include "gateway/node_calls.h"

#include <stdlib.h>
#include <string.h>

enum {
    LOOK_MS = 30000, // how often tools are offered again that the gateway did not take
    LOOKS_A_CONNECT =
        4 // and how many such looks until the connection is made anew: what may be approved is asked then
};

struct gateway_node {
    loop *loop;
    node_events events;
    void *ctx;
    connection *connection;
    requests *requests;
    node_calls *calls;
    cJSON *tools;    // as node.pluginTools.update takes them
    cJSON *commands; // names
    bool active, configured;
    open_request *publishing;
    loop_timer look;
    int looks;

    // what the gateway made of them
    bool published; // it has answered on this connection
    size_t taken;
    char *missing, *refusal;
    node_status shown;
    char *sentence, *said, *command;
};

static void publish(gateway_node *s);

// --- what is shown --------------------------------------------------------------------------------------------

const char *node_state_name(node_state s) {
    static const char *const names[] = {
        [NODE_OFF] = "off",
        [NODE_CONNECTING] = "connecting",
        [NODE_UNPAIRED] = "waiting for pairing",
        [NODE_HALTED] = "halted",
        [NODE_UNAPPROVED] = "waiting for approval of its tools",
        [NODE_READY] = "ready",
    };
    return (size_t)s < sizeof names / sizeof names[0] ? names[s] : "unknown";
}

static bool wanted(const gateway_node *s) {
    return s->active && s->configured && cJSON_GetArraySize(s->tools) > 0;
}

static node_state state_of(const gateway_node *s, const gateway_status *c) {
    if (!wanted(s))
        return NODE_OFF;
    if (c->state == GATEWAY_PAIRING)
        return NODE_UNPAIRED;
    if (c->state == GATEWAY_HALTED)
        return NODE_HALTED;
    if (c->state != GATEWAY_READY || !s->published)
        return NODE_CONNECTING;
    return s->taken == (size_t)cJSON_GetArraySize(s->tools) ? NODE_READY : NODE_UNAPPROVED;
}

static char *unapproved_sentence(const gateway_node *s) {
    if (*s->refusal != '\0')
        return words_mark(WORD_GATEWAY_NODE_REFUSED, "words", s->refusal, NULL);
    return words_mark(WORD_GATEWAY_NODE_MISSING, "taken", WORDS_NUMBER((int64_t)s->taken), "count",
                      WORDS_NUMBER(cJSON_GetArraySize(s->tools)), "missing", s->missing, NULL);
}

static void set_words(gateway_node *s, node_state state, const gateway_status *c) {
    free(s->sentence);
    free(s->said);
    free(s->command);
    if (state == NODE_UNAPPROVED) {
        s->said = unapproved_sentence(s);
        s->command = xstrdup("openclaw nodes pending");
    } else if (state == NODE_OFF || state == NODE_READY) {
        s->said = xstrdup("");
        s->command = xstrdup("");
    } else {
        s->said = xstrdup(gateway_said(c));
        s->command = xstrdup(c->command);
    }
    s->sentence = words_in(WORDS_EN, s->said);
}

node_status node_get_status(const gateway_node *s) {
    node_status now = s->shown;
    now.connection = connection_status(s->connection);
    return now;
}

// Tells how it stands, when that is another thing than what was told last.
static void tell(gateway_node *s) {
    gateway_status c = connection_status(s->connection);
    node_state state = state_of(s, &c);
    char *before = xstrdup(s->sentence);
    node_state was = s->shown.state;
    set_words(s, state, &c);
    s->shown = (node_status){.state = state,
                             .sentence = s->sentence,
                             .said = s->said,
                             .command = s->command,
                             .offered = (size_t)cJSON_GetArraySize(s->tools),
                             .taken = s->published ? s->taken : 0,
                             .missing = s->missing,
                             .connection = c};
    bool same = state == was && strcmp(before, s->sentence) == 0;
    free(before);
    if (!same)
        s->events.status(s->ctx, &s->shown);
}

// --- offering the tools -----------------------------------------------------------------------------------------

static bool is_taken(const cJSON *list, const char *name) {
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list) {
        if (strcmp(json_text(item, "name"), name) == 0)
            return true;
    }
    return false;
}

// Counts what was taken, and names the commands that were not.
static void compare(gateway_node *s, const cJSON *taken) {
    const cJSON *tool = NULL;
    char *missing = xstrdup("");
    s->taken = 0;
    cJSON_ArrayForEach(tool, s->tools) {
        if (is_taken(taken, json_text(tool, "name"))) {
            s->taken++;
            continue;
        }
        char *longer = xasprintf("%s%s%s", missing, *missing != '\0' ? ", " : "", json_text(tool, "command"));
        free(missing);
        missing = longer;
    }
    free(s->missing);
    s->missing = missing;
}

static void on_look(void *ctx) {
    gateway_node *s = ctx;
    if (++s->looks >= LOOKS_A_CONNECT && node_calls_open(s->calls) == 0) {
        s->looks = 0;
        connection_again(s->connection);
        return;
    }
    publish(s);
}

static void on_published(void *ctx, const request_reply *reply) {
    gateway_node *s = ctx;
    s->publishing = NULL;
    if (reply->err == OC_ECLOSED)
        return;
    free(s->refusal);
    s->refusal = reply->err == OC_OK        ? xstrdup("")
                 : reply->err == OC_EREMOTE ? connect_quote(json_text(reply->error, "message"))
                                            : xstrdup("it gave no answer");
    compare(s, reply->err == OC_OK ? json_array(reply->payload, "tools") : NULL);
    s->published = true;
    if (s->taken < (size_t)cJSON_GetArraySize(s->tools))
        loop_timer_set(s->loop, &s->look, LOOK_MS, on_look, s);
    tell(s);
}

static void publish(gateway_node *s) {
    cJSON *params = json_new_object();
    json_add(params, "tools", cJSON_Duplicate(s->tools, true));
    request_cancel(s->publishing);
    loop_timer_cancel(&s->look);
    s->publishing = requests_start(s->requests, &(request_options){.method = "node.pluginTools.update",
                                                                   .params = params,
                                                                   .timeout_ms = REQUEST_TIMEOUT_MS,
                                                                   .fn = on_published,
                                                                   .ctx = s});
}

// --- the connection ---------------------------------------------------------------------------------------------

static void on_status(void *ctx, const gateway_status *status) {
    (void)status;
    tell(ctx);
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    gateway_node *s = ctx;
    s->events.device_token(s->ctx, token, url);
}

static void on_ready(void *ctx) {
    publish(ctx);
}

static void on_lost(void *ctx) {
    gateway_node *s = ctx;
    s->published = false;
    loop_timer_cancel(&s->look);
    requests_on_lost(s->requests);
    node_calls_on_lost(s->calls);
}

static void on_response(void *ctx, const cJSON *frame) {
    gateway_node *s = ctx;
    requests_on_response(s->requests, frame);
}

static bool wants(void *ctx, const frame_head *head) {
    (void)ctx;
    return bytes_is(head->event, "node.invoke.request") || bytes_is(head->event, "node.invoke.cancel") ||
           bytes_is(head->event, "node.pair.resolved");
}

static void on_event(void *ctx, const char *name, const cJSON *payload) {
    gateway_node *s = ctx;
    if (strcmp(name, "node.invoke.request") == 0)
        node_calls_on_request(s->calls, payload);
    else if (strcmp(name, "node.invoke.cancel") == 0)
        node_calls_on_cancel(s->calls, payload);
    else if (strcmp(name, "node.pair.resolved") == 0 && wanted(s))
        publish(s);
}

static oc_err send_request(void *ctx, const char *id, const char *method, const cJSON *params) {
    gateway_node *s = ctx;
    return connection_send(s->connection, id, method, params);
}

// --- calls ------------------------------------------------------------------------------------------------------

static void on_invoked(void *ctx, node_call *c, const node_invocation *call) {
    gateway_node *s = ctx;
    s->events.invoked(s->ctx, c, call);
}

static void on_cancelled(void *ctx, node_call *c) {
    gateway_node *s = ctx;
    s->events.cancelled(s->ctx, c);
}

static bool knows(void *ctx, const char *command) {
    const gateway_node *s = ctx;
    const cJSON *name = NULL;
    cJSON_ArrayForEach(name, s->commands) {
        if (strcmp(name->valuestring, command) == 0)
            return true;
    }
    return false;
}

static void on_result_taken(void *ctx, const request_reply *reply) {
    (void)ctx;
    if (reply->err != OC_OK && reply->err != OC_ECLOSED)
        log_warn("the gateway did not take a tool's result", "reason", oc_err_text(reply->err));
}

static void send_result(void *ctx, cJSON *result) {
    gateway_node *s = ctx;
    if (requests_start(s->requests, &(request_options){.method = "node.invoke.result",
                                                       .params = result,
                                                       .timeout_ms = REQUEST_TIMEOUT_MS,
                                                       .fn = on_result_taken,
                                                       .ctx = s}) == NULL)
        log_warn("a tool's result could not be sent: too many requests are open");
}

// --- life -------------------------------------------------------------------------------------------------------

gateway_node *node_create_on(loop *l, const transport *t, const node_events *events, void *ctx) {
    static const connection_events of_connection = {.status = on_status,
                                                    .device_token = on_device_token,
                                                    .ready = on_ready,
                                                    .lost = on_lost,
                                                    .response = on_response,
                                                    .wants = wants,
                                                    .event = on_event};
    static const node_calls_events of_calls = {
        .invoked = on_invoked, .cancelled = on_cancelled, .knows = knows, .send = send_result};
    gateway_node *s = xcalloc(1, sizeof *s);
    *s = (gateway_node){.loop = l, .events = *events, .ctx = ctx, .active = true};
    s->connection = connection_create(l, t, &CONNECT_ROLE_NODE, &of_connection, s);
    s->requests = requests_create(l, send_request, s);
    s->calls = node_calls_create(l, &of_calls, s);
    s->tools = json_new_array();
    s->commands = json_new_array();
    s->missing = xstrdup("");
    s->refusal = xstrdup("");
    s->sentence = xstrdup("");
    s->said = xstrdup("");
    s->command = xstrdup("");
    s->shown = (node_status){.state = NODE_OFF,
                             .sentence = s->sentence,
                             .said = s->said,
                             .command = s->command,
                             .missing = s->missing};
    connection_hold(s->connection, true);
    connection_stop(s->connection, true);
    return s;
}

gateway_node *node_create(loop *l, net *n, const node_events *events, void *ctx) {
    transport t = transport_websocket(n);
    return node_create_on(l, &t, events, ctx);
}

void node_destroy(gateway_node *s) {
    if (s == NULL)
        return;
    node_calls_destroy(s->calls);
    requests_destroy(s->requests);
    connection_destroy(s->connection);
    loop_timer_cancel(&s->look);
    cJSON_Delete(s->tools);
    cJSON_Delete(s->commands);
    char *texts[] = {s->missing, s->refusal, s->sentence, s->said, s->command};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    free(s);
}

// Opens or closes the connection, as it is wanted.
static void put_in_force(gateway_node *s) {
    connection_stop(s->connection, !wanted(s));
    tell(s);
}

void node_configure(gateway_node *s, const gateway_settings *settings, const gateway_identity *identity,
                    const char *device_token) {
    s->configured = *settings->url != '\0';
    (void)connection_configure(s->connection, settings, identity, device_token);
    put_in_force(s);
}

void node_set_active(gateway_node *s, bool active) {
    s->active = active;
    put_in_force(s);
}

void node_follow(gateway_node *s, bool main_ready) {
    connection_hold(s->connection, !main_ready);
}

void node_retry(gateway_node *s) {
    gateway_state state = connection_status(s->connection).state;
    if (state == GATEWAY_BACKOFF || state == GATEWAY_PAIRING || state == GATEWAY_HALTED)
        connection_retry(s->connection);
    else if (s->shown.state == NODE_UNAPPROVED)
        connection_again(s->connection);
}

static cJSON *tool_json(const node_tool *t) {
    cJSON *tool = json_new_object();
    json_add_string(tool, "pluginId", "mattermost");
    json_add_string(tool, "name", t->name);
    json_add_string(tool, "description", t->description);
    json_add_string(tool, "command", t->command);
    if (t->parameters != NULL)
        json_add(tool, "parameters", cJSON_Duplicate(t->parameters, true));
    return tool;
}

static bool has_name(const cJSON *list, const char *name) {
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list) {
        if (strcmp(item->valuestring, name) == 0)
            return true;
    }
    return false;
}

void node_set_tools(gateway_node *s, const node_tool *tools, size_t count) {
    cJSON *list = json_new_array(), *commands = json_new_array();
    for (size_t i = 0; i < count && i < NODE_TOOLS_MAX; i++) {
        json_push(list, tool_json(&tools[i]));
        if (!has_name(commands, tools[i].command))
            json_push(commands, json_new_string(tools[i].command));
    }
    bool same_tools = cJSON_Compare(list, s->tools, true),
         same_commands = cJSON_Compare(commands, s->commands, true);
    cJSON_Delete(s->tools);
    cJSON_Delete(s->commands);
    s->tools = list;
    s->commands = commands;
    if (!same_commands)
        connection_set_commands(s->connection, cJSON_Duplicate(commands, true));
    if (same_tools)
        return;
    s->published = false;
    bool stands = connection_status(s->connection).state == GATEWAY_READY;
    if (stands && wanted(s) && same_commands)
        publish(s);
    else if (stands && wanted(s))
        connection_again(s->connection); // commands are declared when connecting
    put_in_force(s);
}

void node_on_frame(gateway_node *s, bytes text) {
    connection_on_frame(s->connection, text);
}
