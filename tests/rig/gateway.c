// SPDX-License-Identifier: Apache-2.0
#include "gateway.h"

#include "base/json.h"
#include "base/mem.h"
#include "files.h"
#include "gateway_runs.h"
#include "gateway_wire.h"
#include "ledger.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { HISTORY_ROWS = 200, DRAIN_MAX_MS = 60000 };

typedef struct client {
    int number;
    bool in; // its connect was accepted
    UT_hash_handle hh;
} client;

static struct {
    bool up, draining, smooth;
    int boot, events;
    int64_t down_ms, drain_until_ms;
    client *clients;
} gw;

// --- frames out ---

static void send_frame(int connection, cJSON *frame, int64_t delay_ms) {
    char *text = cJSON_PrintUnformatted(frame);
    gateway_wire_send(connection, text, delay_ms);
    free(text);
    cJSON_Delete(frame);
}

void gateway_respond(int connection, const char *id, bool ok, cJSON *payload, cJSON *error) {
    cJSON *frame = json_new_object();
    json_add_string(frame, "type", "res");
    json_add_string(frame, "id", id);
    json_add_bool(frame, "ok", ok);
    if (payload != NULL)
        json_add(frame, "payload", payload);
    if (error != NULL)
        json_add(frame, "error", error);
    send_frame(connection, frame, 0);
}

void gateway_respond_error(int connection, const char *id, const char *code, const char *message,
                           bool retryable) {
    cJSON *error = json_new_object();
    json_add_string(error, "code", code);
    json_add_string(error, "message", message);
    if (retryable) {
        json_add_bool(error, "retryable", true);
        json_add_int(error, "retryAfterMs", 1000);
    }
    gateway_respond(connection, id, false, NULL, error);
}

void gateway_broadcast(const char *name, cJSON *payload) {
    gw.events++;
    for (const client *c = gw.clients; c != NULL; c = c->hh.next) {
        if (!c->in)
            continue;
        cJSON *frame = json_new_object();
        json_add_string(frame, "type", "event");
        json_add_string(frame, "event", name);
        json_add(frame, "payload", cJSON_Duplicate(payload, true));
        json_add_int(frame, "seq", gw.events);
        send_frame(c->number, frame, 0);
    }
    cJSON_Delete(payload);
}

int gateway_boot(void) {
    return gw.boot;
}

// --- handshake ---

static cJSON *hello(void) {
    char boot[24];
    snprintf(boot, sizeof boot, "boot-%d", gw.boot);
    cJSON *p =
        cJSON_Parse("{\"type\":\"hello-ok\",\"protocol\":4,\"server\":{\"version\":\"2026.9.6\"},"
                    "\"features\":{\"methods\":[]},"
                    "\"auth\":{\"role\":\"operator\",\"method\":\"token\",\"scopes\":[\"operator.read\","
                    "\"operator.write\","
                    "\"operator.approvals\",\"operator.questions\"]},\"policy\":{\"tickIntervalMs\":30000,"
                    "\"maxPayload\":26214400},"
                    "\"snapshot\":{\"sessionDefaults\":{\"defaultAgentId\":\"main\",\"mainKey\":\"main\"}}}");
    json_add_string(cJSON_GetObjectItem(p, "server"), "bootId", boot);
    return p;
}

static void on_connect(client *c, const char *id, const cJSON *params) {
    const cJSON *auth = json_get(params, "auth");
    if (strcmp(json_text(auth, "token"), "good-token") != 0) {
        gateway_respond_error(c->number, id, "INVALID_REQUEST", "unauthorized", false);
        gateway_wire_close(c->number, 1008);
        return;
    }
    c->in = true;
    gateway_respond(c->number, id, true, hello(), NULL);
}

// --- sessions ---

static void on_describe(client *c, const char *id, const cJSON *params) {
    const char *mode = gateway_session_mode(json_text(params, "key"));
    cJSON *p = json_new_object();
    if (mode == NULL) {
        json_add(p, "session", cJSON_CreateNull());
    } else {
        cJSON *session = json_add_object(p, "session");
        json_add_string(session, "key", json_text(params, "key"));
        json_add_bool(session, "permissionModePending", false);
        json_add_string(session, "permissionMode", mode);
    }
    gateway_respond(c->number, id, true, p, NULL);
}

static void on_set(client *c, const char *id, const cJSON *params) {
    gateway_session_set_mode(json_text(params, "key"), json_text(params, "permissionMode"));
    gateway_respond(c->number, id, true, cJSON_Parse("{\"ok\":true}"), NULL);
}

static void on_agent(client *c, const char *id, const cJSON *params) {
    bool known = gateway_run_known(json_text(params, "idempotencyKey"));
    if (!known && gw.draining)
        gateway_respond_error(c->number, id, "UNAVAILABLE", "gateway is draining", true);
    else if (!known && !gw.smooth && chance(10))
        gateway_respond_error(c->number, id, "UNAVAILABLE", "queue full", true);
    else
        gateway_agent(c->number, id, params, gw.smooth);
}

static void on_wait(client *c, const char *id, const cJSON *params) {
    gateway_wait(c->number, id, params);
}

static void on_history(client *c, const char *id, const cJSON *params) {
    int64_t rows = json_int(params, "limit", HISTORY_ROWS);
    gateway_respond(c->number, id, true, gateway_history(json_text(params, "sessionKey"), (int)rows), NULL);
}

// Youngest first: the client stops at what is too old.
static int by_use(const void *a, const void *b) {
    int64_t left = json_int(*(cJSON *const *)a, "updatedAt", 0),
            right = json_int(*(cJSON *const *)b, "updatedAt", 0);
    return (left < right) - (left > right);
}

static void on_list(client *c, const char *id, const cJSON *params) {
    cJSON *all = gateway_sessions(), *found = cJSON_DetachItemFromObject(all, "sessions"), *sorted[1000];
    int count = 0, from = (int)json_int(params, "offset", 0), rows = (int)json_int(params, "limit", 100);
    while (cJSON_GetArraySize(found) > 0 && count < 1000)
        sorted[count++] = cJSON_DetachItemFromArray(found, 0);
    qsort(sorted, (size_t)count, sizeof(cJSON *), by_use);
    cJSON *list = json_add_array(all, "sessions");
    for (int i = 0; i < count; i++) {
        if (i >= from && i < from + rows)
            json_push(list, sorted[i]);
        else
            cJSON_Delete(sorted[i]);
    }
    if (from + rows < count)
        json_add_int(all, "nextOffset", from + rows);
    cJSON_Delete(found);
    gateway_respond(c->number, id, true, all, NULL);
}

static void on_abort(client *c, const char *id, const cJSON *params) {
    bool aborted = gateway_abort(json_text(params, "runId"));
    cJSON *p = json_new_object();
    json_add_bool(p, "ok", true);
    json_add_bool(p, "aborted", aborted);
    gateway_respond(c->number, id, true, p, NULL);
}

static void on_file(client *c, const char *id, const cJSON *params) {
    cJSON *payload = files_read(json_text(params, "path"));
    if (payload != NULL && !gw.smooth && chance(20)) {
        cJSON_Delete(payload);
        gateway_respond_error(c->number, id, "UNAVAILABLE", "workspace is busy", true);
    } else if (payload != NULL) {
        gateway_respond(c->number, id, true, payload, NULL);
    } else {
        cJSON *error = cJSON_Parse("{\"code\":\"INVALID_REQUEST\",\"message\":\"no such file\","
                                   "\"details\":{\"type\":\"workspace_file_not_found\"}}");
        gateway_respond(c->number, id, false, NULL, error);
    }
}

// --- frames in ---

static const struct {
    const char *method;
    void (*fn)(client *c, const char *id, const cJSON *params);
} METHODS[] = {
    {"sessions.describe", on_describe},
    {"sessions.create", on_set},
    {"sessions.patch", on_set},
    {"agent", on_agent},
    {"agent.wait", on_wait},
    {"chat.history", on_history},
    {"sessions.list", on_list},
    {"chat.abort", on_abort},
    {"agents.workspace.get", on_file},
};

void gateway_on_text(int connection, const char *text) {
    client *c = NULL;
    cJSON *frame = NULL;
    HASH_FIND_INT(gw.clients, &connection, c);
    if (!gw.up || c == NULL || json_parse(bytes_str(text), &frame) != OC_OK)
        return;
    const char *method = json_text(frame, "method"), *id = json_text(frame, "id");
    const cJSON *params = json_get(frame, "params");
    bool known = strcmp(method, "connect") == 0;
    if (known)
        on_connect(c, id, params);
    for (size_t i = 0; c->in && !known && i < sizeof METHODS / sizeof METHODS[0]; i++) {
        if (strcmp(METHODS[i].method, method) == 0) {
            METHODS[i].fn(c, id, params);
            known = true;
        }
    }
    if (!known)
        gateway_respond_error(connection, id, "INVALID_REQUEST", "unknown method", false);
    cJSON_Delete(frame);
}

bool gateway_listens(void) {
    return gw.up && !gw.draining;
}

void gateway_on_open(int connection) {
    if (!gw.up)
        return;
    client *c = xcalloc(1, sizeof *c);
    c->number = connection;
    HASH_ADD_INT(gw.clients, number, c);
    cJSON *frame = cJSON_Parse("{\"type\":\"event\",\"event\":\"connect.challenge\",\"payload\":{\"nonce\":"
                               "\"11111111-2222-3333-4444-555555555555\",\"ts\":1737264000000},\"seq\":1}");
    send_frame(connection, frame, 0);
}

void gateway_on_gone(int connection) {
    client *c = NULL;
    HASH_FIND_INT(gw.clients, &connection, c);
    if (c == NULL)
        return;
    HASH_DEL(gw.clients, c);
    free(c);
    gateway_runs_client_gone(connection);
}

static void forget_clients(void) {
    while (gw.clients != NULL)
        gateway_on_gone(gw.clients->number);
}

// --- life and restarts ---

static void tick(void *ctx) {
    (void)ctx;
    if (gw.up) {
        cJSON *p = json_new_object();
        json_add_int(p, "ts", world_now_ms());
        gateway_broadcast("tick", p);
    }
    world_after(30000, tick, NULL);
}

void gateway_start(void) {
    gw.up = true;
    gw.boot = 1;
    world_after(30000, tick, NULL);
}

void gateway_end(void) {
    forget_clients();
    gateway_runs_end();
}

static void come_up(void *ctx) {
    (void)ctx;
    gw.up = true;
    gw.draining = false;
    gw.boot++;
    ledger_event("the gateway is up again", "");
    gateway_runs_boot();
}

static void go_down(unsigned code) {
    gw.up = false;
    gateway_wire_close_all(code);
    forget_clients();
    gateway_runs_crash();
    world_after(gw.down_ms, come_up, NULL);
}

void gateway_crash(int64_t down_ms) {
    if (!gw.up || gw.draining)
        return;
    ledger_event("the gateway crashes", "");
    gw.down_ms = down_ms;
    go_down(0);
}

static void drained(void *ctx) {
    (void)ctx;
    if (gateway_runs_open() && world_now_ms() < gw.drain_until_ms) {
        world_after(100, drained, NULL);
        return;
    }
    cJSON *p = json_new_object();
    json_add_string(p, "reason", "service restart");
    gateway_broadcast("shutdown", p);
    go_down(1012);
}

void gateway_restart(int64_t down_ms) {
    if (!gw.up || gw.draining)
        return;
    ledger_event("the gateway is restarted in order", "");
    gw.down_ms = down_ms;
    gw.draining = true;
    gw.drain_until_ms = world_now_ms() + DRAIN_MAX_MS;
    world_after(100, drained, NULL);
}

void gateway_smooth(bool smooth) {
    gw.smooth = smooth;
}

bool gateway_busy(void) {
    return !gw.up || gw.draining || gateway_runs_open();
}
