// SPDX-License-Identifier: Apache-2.0
#include "fake_gateway.h"

#include "fake_signature.h"

#include "base/mem.h"

#include <stdlib.h>
#include <uthash.h>

typedef struct fake_session {
    char *key, *mode;
    UT_hash_handle hh;
} fake_session;

typedef struct fake_run {
    char *key, *session, *message, *request_id, *wait_id, *text;
    bool accepted, ended;
    UT_hash_handle hh;
} fake_run;

struct fake_gateway {
    fake_gateway_settings set;
    fake_send_fn *send;
    fake_close_fn *close;
    void *ctx;
    bool connected;
    int opens, seq;
    cJSON *ledger;  // [{method, params}]
    cJSON *history; // [{sessionKey, row}]
    cJSON *pending; // [{sessionKey, runId, state}]
    fake_session *sessions;
    fake_run *runs;
};

static const char nonce[] = "11111111-2222-3333-4444-555555555555";
static const int64_t challenge_ms = 1737264000000;

fake_gateway *fake_gateway_create(void) {
    fake_gateway *f = xcalloc(1, sizeof *f);
    f->set = (fake_gateway_settings){.token = "good-token",
                                     .boot_id = "boot-1",
                                     .protocol = 4,
                                     .tick_ms = 30000,
                                     .max_payload_bytes = 26214400};
    f->ledger = json_new_array();
    f->history = json_new_array();
    f->pending = json_new_array();
    return f;
}

fake_gateway_settings *fake_gateway_set(fake_gateway *f) {
    return &f->set;
}

static void free_run(fake_gateway *f, fake_run *r) {
    char *texts[] = {r->key, r->session, r->message, r->request_id, r->wait_id, r->text};
    HASH_DEL(f->runs, r);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    free(r);
}

static void forget_runs(fake_gateway *f) {
    fake_run *r = NULL, *next = NULL;
    HASH_ITER (hh, f->runs, r, next) {
        free_run(f, r);
    }
}

void fake_gateway_destroy(fake_gateway *f) {
    fake_session *s = NULL, *next = NULL;
    if (f == NULL)
        return;
    forget_runs(f);
    HASH_ITER (hh, f->sessions, s, next) {
        HASH_DEL(f->sessions, s);
        free(s->key);
        free(s->mode);
        free(s);
    }
    cJSON_Delete(f->ledger);
    cJSON_Delete(f->history);
    cJSON_Delete(f->pending);
    free(f);
}

// --- frames out -----------------------------------------------------------------------------------------------

static void send_frame(fake_gateway *f, cJSON *frame) {
    if (f->send != NULL) {
        char *text = cJSON_PrintUnformatted(frame);
        f->send(f->ctx, text);
        free(text);
    }
    cJSON_Delete(frame);
}

static void respond(fake_gateway *f, const char *id, bool ok, cJSON *payload, cJSON *error) {
    cJSON *frame = json_new_object();
    json_add_string(frame, "type", "res");
    json_add_string(frame, "id", id);
    json_add_bool(frame, "ok", ok);
    if (payload != NULL)
        json_add(frame, "payload", payload);
    if (error != NULL)
        json_add(frame, "error", error);
    send_frame(f, frame);
}

static cJSON *parse(const char *text) {
    cJSON *value = cJSON_Parse(text);
    if (value == NULL)
        abort(); // a test's own text
    return value;
}

void fake_gateway_event(fake_gateway *f, const char *name, cJSON *payload) {
    cJSON *frame = json_new_object();
    json_add_string(frame, "type", "event");
    json_add_string(frame, "event", name);
    json_add(frame, "payload", payload);
    json_add_int(frame, "seq", ++f->seq);
    send_frame(f, frame);
}

// --- handshake ------------------------------------------------------------------------------------------------

static cJSON *granted(const fake_gateway *f, const cJSON *params) {
    cJSON *list = json_new_array();
    const cJSON *scope = NULL;
    cJSON_ArrayForEach(scope, json_array(params, "scopes")) {
        if (!f->set.no_scopes && (f->set.lacks == NULL || strcmp(scope->valuestring, f->set.lacks) != 0))
            json_push(list, json_new_string(scope->valuestring));
    }
    return list;
}

static cJSON *hello(const fake_gateway *f, const cJSON *params) {
    cJSON *p =
        parse("{\"type\":\"hello-ok\",\"server\":{\"version\":\"2026.9.6\"},\"features\":{\"methods\":[]},"
              "\"auth\":{\"role\":\"operator\",\"method\":\"token\"},\"policy\":{},"
              "\"snapshot\":{\"sessionDefaults\":{\"defaultAgentId\":\"main\",\"mainKey\":\"main\"}}}");
    cJSON *auth = cJSON_GetObjectItem(p, "auth"), *policy = cJSON_GetObjectItem(p, "policy");
    json_add_int(p, "protocol", f->set.protocol);
    json_add_string(cJSON_GetObjectItem(p, "server"), "bootId", f->set.boot_id);
    json_add(auth, "scopes", granted(f, params));
    if (f->set.device_token != NULL)
        json_add_string(auth, "deviceToken", f->set.device_token);
    json_add_int(policy, "tickIntervalMs", f->set.tick_ms);
    json_add_int(policy, "maxPayload", f->set.max_payload_bytes);
    return p;
}

// The error of the real gateway for this connect request, NULL when it is let in.
static const char *refusal(const fake_gateway *f, const cJSON *params) {
    const char *token = json_text(json_get(params, "auth"), "token");
    bool device_token = f->set.device_token != NULL && strcmp(token, f->set.device_token) == 0;
    if (f->set.connect_error != NULL)
        return f->set.connect_error;
    if (*token == '\0')
        return "{\"code\":\"INVALID_REQUEST\",\"message\":\"unauthorized\",\"details\":{\"code\":\"AUTH_"
               "TOKEN_MISSING\"}}";
    if (!device_token && strcmp(token, f->set.token) != 0)
        return "{\"code\":\"INVALID_REQUEST\",\"message\":\"unauthorized: gateway token mismatch\","
               "\"details\":{\"code\":\"AUTH_TOKEN_MISMATCH\",\"canRetryWithDeviceToken\":true}}";
    if (!fake_signature_good(params) || strcmp(json_text(json_get(params, "device"), "nonce"), nonce) != 0)
        return "{\"code\":\"INVALID_REQUEST\",\"message\":\"device signature invalid\","
               "\"details\":{\"code\":\"DEVICE_AUTH_SIGNATURE_INVALID\"}}";
    if (f->set.remote && !f->set.approved)
        return "{\"code\":\"NOT_PAIRED\",\"message\":\"pairing required: device is not approved yet\","
               "\"details\":{\"code\":\"PAIRING_REQUIRED\",\"reason\":\"not-paired\","
               "\"requestId\":\"741df627-b9bb-4b46-a73f-c0a205fa89b1\"}}";
    return NULL;
}

static void on_connect(fake_gateway *f, const char *id, const cJSON *params) {
    const char *error = refusal(f, params);
    f->connected = error == NULL;
    if (error == NULL) {
        respond(f, id, true, hello(f, params), NULL);
        return;
    }
    respond(f, id, false, NULL, parse(error));
    if (f->close != NULL)
        f->close(f->ctx, 1008, "refused");
}

// --- sessions -------------------------------------------------------------------------------------------------

static fake_session *find_session(fake_gateway *f, const char *key) {
    fake_session *s = NULL;
    HASH_FIND_STR(f->sessions, key, s);
    return s;
}

static void on_describe(fake_gateway *f, const char *id, const cJSON *params) {
    const fake_session *s = find_session(f, json_text(params, "key"));
    cJSON *p = json_new_object();
    if (s == NULL) {
        json_add(p, "session", cJSON_CreateNull());
    } else {
        cJSON *session = json_add_object(p, "session");
        json_add_string(session, "key", s->key);
        json_add_bool(session, "permissionModePending", false);
        const char *mode = f->set.describe_mode != NULL ? f->set.describe_mode : s->mode;
        if (mode != NULL && *mode != '\0')
            json_add_string(session, "permissionMode", mode);
    }
    respond(f, id, true, p, NULL);
}

static void on_session_set(fake_gateway *f, const char *id, const cJSON *params) {
    const char *mode = json_text(params, "permissionMode"), *key = json_text(params, "key");
    if (f->set.refuse_sessions || strcmp(mode, "full") == 0) {
        respond(
            f, id, false, NULL,
            parse(
                "{\"code\":\"FORBIDDEN\",\"message\":\"missing scope: operator.admin\",\"details\":{\"code\":"
                "\"MISSING_SCOPE\",\"missingScope\":\"operator.admin\"}}"));
        return;
    }
    fake_session *s = find_session(f, key);
    if (s == NULL) {
        s = xcalloc(1, sizeof *s);
        s->key = xstrdup(key);
        HASH_ADD_KEYPTR(hh, f->sessions, s->key, strlen(s->key), s);
    }
    free(s->mode);
    s->mode = xstrdup(mode);
    respond(f, id, true, parse("{\"ok\":true}"), NULL);
}

// --- runs -----------------------------------------------------------------------------------------------------

static fake_run *find_run(fake_gateway *f, const char *key) {
    fake_run *r = NULL;
    HASH_FIND_STR(f->runs, key, r);
    return r;
}

static fake_run *need_run(fake_gateway *f, const char *key) {
    fake_run *r = find_run(f, key);
    if (r == NULL)
        abort(); // the test speaks of a run that was never asked for
    return r;
}

static cJSON *status_payload(const char *key, const char *status) {
    cJSON *p = json_new_object();
    json_add_string(p, "runId", key);
    json_add_string(p, "status", status);
    return p;
}

static cJSON *message_of(const char *text) {
    cJSON *m = parse("{\"role\":\"assistant\",\"content\":[{\"type\":\"text\"}]}");
    json_add_string(cJSON_GetArrayItem(cJSON_GetObjectItem(m, "content"), 0), "text", text);
    return m;
}

static void chat_event(fake_gateway *f, const fake_run *r, const char *id, const char *state,
                       const char *text) {
    cJSON *p = json_new_object();
    json_add_string(p, "runId", id);
    json_add_string(p, "sessionKey", r->session);
    json_add_string(p, "state", state);
    json_add(p, "message", message_of(text));
    fake_gateway_event(f, "chat", p);
}

static void respond_result(fake_gateway *f, const fake_run *r, const char *id) {
    cJSON *p = status_payload(r->key, "ok"), *payload = json_new_object();
    json_add_string(p, "summary", "completed");
    json_add_string(payload, "text", r->text);
    json_push(json_add_array(json_add_object(p, "result"), "payloads"), payload);
    respond(f, id, true, p, NULL);
}

static void respond_wait(fake_gateway *f, const fake_run *r, const char *id) {
    cJSON *p = status_payload(r->key, "ok");
    json_add_string(json_add_object(p, "terminalReply"), "text", r->text);
    respond(f, id, true, p, NULL);
}

static void add_row(fake_gateway *f, const char *session, cJSON *row) {
    cJSON *entry = json_new_object();
    json_add_string(entry, "sessionKey", session);
    json_add(entry, "row", row);
    json_push(f->history, entry);
}

static void add_user_row(fake_gateway *f, const char *session, const char *id, const char *text) {
    cJSON *row = json_new_object();
    char *key = xasprintf("%s:user", id);
    json_add_string(row, "role", "user");
    json_add_string(row, "content", text);
    json_add_string(row, "idempotencyKey", key);
    free(key);
    add_row(f, session, row);
}

void fake_run_accept(fake_gateway *f, const char *key) {
    fake_run *r = need_run(f, key);
    r->accepted = true;
    add_user_row(f, r->session, key, r->message);
    respond(f, r->request_id, true, status_payload(key, "accepted"), NULL);
}

void fake_run_queue(fake_gateway *f, const char *key) {
    fake_run *r = need_run(f, key);
    cJSON *item = json_new_object();
    r->accepted = true;
    json_add_string(item, "sessionKey", r->session);
    json_add_string(item, "runId", key);
    json_add_string(item, "state", "queued");
    json_push(f->pending, item);
    respond(f, r->request_id, true, status_payload(key, "accepted"), NULL);
}

void fake_run_delta(fake_gateway *f, const char *key, const char *so_far) {
    chat_event(f, need_run(f, key), key, "delta", so_far);
}

void fake_run_end(fake_gateway *f, const char *key, const char *text) {
    fake_run *r = need_run(f, key);
    cJSON *row = message_of(text);
    json_add_string(row, "stopReason", "stop");
    json_add_string(json_add_object(row, "__openclaw"), "runId", key);
    add_row(f, r->session, row);
    free(r->text);
    r->text = xstrdup(text);
    r->ended = true;
    chat_event(f, r, key, "final", text);
    if (r->request_id != NULL)
        respond_result(f, r, r->request_id);
    if (r->wait_id != NULL)
        respond_wait(f, r, r->wait_id);
    free(r->wait_id);
    r->wait_id = NULL;
}

void fake_run_fail(fake_gateway *f, const char *key, const char *response) {
    fake_run *r = need_run(f, key);
    cJSON *frame = parse(response);
    json_add_string(frame, "type", "res");
    json_add_string(frame, "id", r->request_id);
    free_run(f, r);
    send_frame(f, frame);
}

void fake_run_wait_timeout(fake_gateway *f, const char *key) {
    fake_run *r = need_run(f, key);
    if (r->wait_id == NULL)
        abort();
    respond(f, r->wait_id, true, status_payload(key, "timeout"), NULL);
    free(r->wait_id);
    r->wait_id = NULL;
}

static fake_run *add_run(fake_gateway *f, const char *key, const char *session, const char *message) {
    fake_run *r = xcalloc(1, sizeof *r);
    r->key = xstrdup(key);
    r->session = xstrdup(session);
    r->message = xstrdup(message);
    HASH_ADD_KEYPTR(hh, f->runs, r->key, strlen(r->key), r);
    return r;
}

void fake_run_continue(fake_gateway *f, const char *key, const char *other_id) {
    const cJSON *entry = NULL;
    char *own = xasprintf("%s:user", key);
    const char *session = "";
    cJSON_ArrayForEach(entry, f->history) {
        if (strcmp(json_text(json_get(entry, "row"), "idempotencyKey"), own) == 0)
            session = json_text(entry, "sessionKey");
    }
    free(own);
    fake_run *r = add_run(f, other_id, session, "");
    r->accepted = true;
    add_user_row(f, session, other_id, "[System] Your previous turn was interrupted by a gateway restart.");
}

static void on_agent(fake_gateway *f, const char *id, const cJSON *params) {
    const char *key = json_text(params, "idempotencyKey");
    fake_run *r = find_run(f, key);
    if (r != NULL && r->ended) {
        respond_result(f, r, id);
        return;
    }
    if (r != NULL) {
        respond(f, id, true, status_payload(key, "in_flight"), NULL);
        return;
    }
    r = add_run(f, key, json_text(params, "sessionKey"), json_text(params, "message"));
    r->request_id = xstrdup(id);
    if (f->set.manual)
        return;
    char *answer = xasprintf("echo: %s", r->message);
    fake_run_accept(f, key);
    fake_run_delta(f, key, answer);
    fake_run_end(f, key, answer);
    free(answer);
}

static void on_wait(fake_gateway *f, const char *id, const cJSON *params) {
    fake_run *r = find_run(f, json_text(params, "runId"));
    if (r == NULL) {
        respond(f, id, true, status_payload(json_text(params, "runId"), "timeout"), NULL);
    } else if (r->ended) {
        respond_wait(f, r, id);
    } else {
        free(r->wait_id);
        r->wait_id = xstrdup(id);
    }
}

static void on_history(fake_gateway *f, const char *id, const cJSON *params) {
    const cJSON *entry = NULL;
    fake_run *r = NULL, *next = NULL;
    const char *session = json_text(params, "sessionKey");
    cJSON *p = json_new_object(), *rows = json_add_array(p, "messages"),
          *info = json_add_object(p, "sessionInfo");
    cJSON *active = json_add_array(info, "activeRunIds");
    cJSON *items = json_add_array(json_add_object(p, "pendingInputs"), "items");
    cJSON_ArrayForEach(entry, f->pending) {
        if (strcmp(json_text(entry, "sessionKey"), session) == 0)
            json_push(items, cJSON_Duplicate(entry, true));
    }
    cJSON_ArrayForEach(entry, f->history) {
        if (strcmp(json_text(entry, "sessionKey"), session) == 0)
            json_push(rows, cJSON_Duplicate(json_get(entry, "row"), true));
    }
    HASH_ITER (hh, f->runs, r, next) {
        if (strcmp(r->session, session) == 0 && r->accepted && !r->ended)
            json_push(active, json_new_string(r->key));
    }
    json_add_bool(info, "hasActiveRun", cJSON_GetArraySize(active) > 0);
    respond(f, id, true, p, NULL);
}

static void on_abort(fake_gateway *f, const char *id, const cJSON *params) {
    fake_run *r = find_run(f, json_text(params, "runId"));
    respond(f, id, true,
            parse(r != NULL ? "{\"ok\":true,\"aborted\":true}" : "{\"ok\":true,\"aborted\":false}"), NULL);
    if (r != NULL && r->request_id != NULL)
        fake_run_fail(f, r->key,
                      "{\"ok\":true,\"payload\":{\"status\":\"timeout\",\"summary\":\"aborted\"}}");
}

// --- frames in ------------------------------------------------------------------------------------------------

static const struct {
    const char *method;
    void (*fn)(fake_gateway *f, const char *id, const cJSON *params);
} methods[] = {
    {"sessions.describe", on_describe},
    {"sessions.create", on_session_set},
    {"sessions.patch", on_session_set},
    {"agent", on_agent},
    {"agent.wait", on_wait},
    {"chat.history", on_history},
    {"chat.abort", on_abort},
};

static void on_request(fake_gateway *f, const char *method, const char *id, const cJSON *params) {
    if (f->set.mute || f->set.mute_requests)
        return;
    if (strcmp(method, "connect") == 0) {
        on_connect(f, id, params);
        return;
    }
    for (size_t i = 0; f->connected && i < sizeof methods / sizeof methods[0]; i++) {
        if (strcmp(methods[i].method, method) == 0) {
            methods[i].fn(f, id, params);
            return;
        }
    }
    cJSON *error = NULL, *payload = f->connected && f->set.answer != NULL
                                        ? f->set.answer(f->set.answer_ctx, method, params, &error)
                                        : NULL;
    if (payload == NULL && error == NULL)
        error = parse("{\"code\":\"INVALID_REQUEST\",\"message\":\"unknown method\"}");
    respond(f, id, error == NULL, payload, error);
}

void fake_gateway_on_open(fake_gateway *f, fake_send_fn *send, fake_close_fn *close, void *ctx) {
    cJSON *p = json_new_object();
    f->send = send;
    f->close = close;
    f->ctx = ctx;
    f->connected = false;
    f->opens++;
    json_add_string(p, "nonce", nonce);
    json_add_int(p, "ts", challenge_ms);
    if (f->set.mute)
        cJSON_Delete(p);
    else
        fake_gateway_event(f, "connect.challenge", p);
}

void fake_gateway_on_frame(fake_gateway *f, bytes text) {
    cJSON *frame = NULL;
    if (json_parse(text, &frame) == OC_OK && strcmp(json_text(frame, "type"), "req") == 0) {
        const cJSON *params = json_get(frame, "params");
        cJSON *entry = json_new_object();
        json_add_string(entry, "method", json_text(frame, "method"));
        json_add(entry, "params", params != NULL ? cJSON_Duplicate(params, true) : json_new_object());
        json_push(f->ledger, entry);
        on_request(f, json_text(frame, "method"), json_text(frame, "id"), params);
    }
    cJSON_Delete(frame);
}

void fake_gateway_on_gone(fake_gateway *f) {
    fake_run *r = NULL, *next = NULL;
    f->send = NULL;
    f->close = NULL;
    f->connected = false;
    HASH_ITER (hh, f->runs, r, next) { // answers to a connection that is gone go nowhere
        free(r->request_id);
        free(r->wait_id);
        r->request_id = r->wait_id = NULL;
    }
}

void fake_gateway_restart(fake_gateway *f, const char *boot_id) {
    cJSON *item = NULL;
    forget_runs(f);
    cJSON_ArrayForEach(item, f->pending) {
        (void)cJSON_ReplaceItemInObject(item, "state", json_new_string("interrupted"));
    }
    f->set.boot_id = boot_id;
}

// --- ledger ---------------------------------------------------------------------------------------------------

int fake_gateway_count(const fake_gateway *f, const char *method) {
    const cJSON *entry = NULL;
    int count = 0;
    cJSON_ArrayForEach(entry, f->ledger) {
        count += strcmp(json_text(entry, "method"), method) == 0;
    }
    return count;
}

const cJSON *fake_gateway_last(const fake_gateway *f, const char *method) {
    const cJSON *entry = NULL, *found = NULL;
    cJSON_ArrayForEach(entry, f->ledger) {
        if (strcmp(json_text(entry, "method"), method) == 0)
            found = json_get(entry, "params");
    }
    return found;
}

int fake_gateway_opens(const fake_gateway *f) {
    return f->opens;
}
