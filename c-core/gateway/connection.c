// SPDX-License-Identifier: Apache-2.0
#include "gateway/connection.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "words/words.h"
#include "base/metric.h"
#include "base/random.h"

#include <stdlib.h>

enum {
    MESSAGE_MAX_BYTES = 25 * 1024 * 1024, // policy.maxPayload of the gateway
    QUEUE_MAX_BYTES = 32 * 1024 * 1024,
    CONNECT_TIMEOUT_MS = 15000,
    STEP_TIMEOUT_MS = 15000, // for challenge and hello each
    PAIRING_POLL_MS = 15000,
    BACKOFF_FIRST_MS = 1000,
    BACKOFF_MAX_MS = 30000,
    TICK_MIN_MS = 1000,
    TICK_MAX_MS = 600 * 1000,
    CLOSE_GOING_AWAY = 1001,
    CLOSE_SILENT = 4000, // the gateway's clients use it when nothing arrives (notes §2)
    CLOSE_RESTART = 1012
};

static const char connect_id[] = "connect";

struct connection {
    loop *loop;
    transport transport;
    const connect_role *as;
    connection_events events;
    void *ctx;

    char *url, *ca_file, *ca_pem, *proxy, *version; // url "": nothing to connect to
    secret *token;                                  // shared
    secret *device_token;                           // NULL when there is none
    gateway_identity *identity;
    refused_tokens *refused; // NULL: not known
    cJSON *commands;         // of a node
    bool stopped;            // nothing is tried
    bool held, waits;        // waits: it would have connected, were it not held

    gateway_state state;
    void *wire;
    loop_timer step;    // limit of the present state, or the end of its pause
    loop_timer silence; // READY
    unsigned attempt;
    bool used_device_token, second_try, restarting;
    connect_hello hello;
    bool clock_known;
    int64_t clock_ahead_ms; // the gateway's before ours, when it last said

    int64_t retry_at_ms;
    char *code, *sentence, *said, *command; // said: the sentence as marked text
    gateway_state shown;                    // what people see: steady while it tries again by itself
};

static void enter_connecting(connection *c);
static void on_open(void *ctx);
static void on_message(void *ctx, bytes text);
static void on_closed(void *ctx, const websocket_end *end);

static const websocket_events wire_events = {.open = on_open, .message = on_message, .closed = on_closed};

// --- what is shown --------------------------------------------------------------------------------------------

gateway_status connection_status(const connection *c) {
    int64_t left = c->retry_at_ms - loop_now_ms(c->loop);
    bool pauses = c->state == GATEWAY_BACKOFF || c->state == GATEWAY_PAIRING;
    return (gateway_status){.state = c->shown,
                            .code = c->code,
                            .sentence = c->sentence,
                            .said = c->said,
                            .command = c->command,
                            .server_version = c->hello.server_version != NULL ? c->hello.server_version : "",
                            .boot_id = connection_boot_id(c),
                            .default_agent = c->hello.default_agent != NULL ? c->hello.default_agent : "",
                            .max_payload_bytes = c->hello.max_payload_bytes > 0 ? c->hello.max_payload_bytes
                                                                                : GATEWAY_PAYLOAD_BYTES,
                            .max_image_bytes =
                                c->hello.max_image_bytes > 0 ? c->hello.max_image_bytes : GATEWAY_IMAGE_BYTES,
                            .retry_in_ms = pauses && left > 0 ? left : 0,
                            .clock_known = c->clock_known,
                            .clock_ahead_ms = c->clock_ahead_ms};
}

static bool set_text(char **slot, const char *text) {
    if (strcmp(*slot, text) == 0)
        return false;
    free(*slot);
    *slot = xstrdup(text);
    return true;
}

// The one place where the state moves. code NULL: the words of the last trouble stay as they are.
static void move(connection *c, gateway_state next, const char *code, const char *said, const char *command) {
    bool was_ready = c->state == GATEWAY_READY, changed = false;
    log_debug("gateway connection", "as", c->as->name, "from", gateway_state_name(c->state), "to",
              gateway_state_name(next));
    metric_count(METRIC_GATEWAY_MOVES, gateway_state_name(next), 1);
    c->state = next;
    if (code != NULL) {
        changed = set_text(&c->code, code);
        if (set_text(&c->said, said)) {
            free(c->sentence);
            c->sentence = words_in(WORDS_EN, said);
            changed = true;
        }
        changed = set_text(&c->command, command) || changed;
    }
    bool between = next == GATEWAY_CONNECTING || next == GATEWAY_WAIT_CHALLENGE || next == GATEWAY_WAIT_HELLO;
    bool steady = between && (c->shown == GATEWAY_PAIRING || c->shown == GATEWAY_BACKOFF);
    gateway_state shown = steady ? c->shown : next;
    changed = changed || shown != c->shown;
    c->shown = shown;
    if (was_ready && next != GATEWAY_READY)
        c->events.lost(c->ctx);
    if (changed) {
        gateway_status status = connection_status(c);
        c->events.status(c->ctx, &status);
    }
    if (next == GATEWAY_READY)
        c->events.ready(c->ctx);
}

// --- leaving a connection -------------------------------------------------------------------------------------

static void drop_wire(connection *c, unsigned code) {
    void *wire = c->wire;
    c->wire = NULL;
    loop_timer_cancel(&c->step);
    loop_timer_cancel(&c->silence);
    if (wire != NULL)
        c->transport.close(wire, code);
}

int64_t connection_backoff_ms(unsigned attempt, unsigned jitter_permille) {
    int64_t pause = attempt >= 5 ? BACKOFF_MAX_MS : (int64_t)BACKOFF_FIRST_MS << attempt;
    return pause - pause * jitter_permille / 2000;
}

static void on_pause_over(void *ctx) {
    enter_connecting(ctx);
}

static void pause_then_connect(connection *c, gateway_state state, int64_t pause_ms, const char *code,
                               const char *sentence, const char *command) {
    drop_wire(c, CLOSE_GOING_AWAY);
    c->retry_at_ms = loop_now_ms(c->loop) + pause_ms;
    loop_timer_set(c->loop, &c->step, pause_ms, on_pause_over, c);
    move(c, state, code, sentence, command);
}

// least_ms: what the gateway asked for, or 0.
static void back_off(connection *c, int64_t least_ms, const char *code, const char *sentence) {
    int64_t pause = connection_backoff_ms(c->attempt, random_below(1001));
    c->attempt++;
    pause_then_connect(c, GATEWAY_BACKOFF, pause > least_ms ? pause : least_ms, code, sentence, "");
}

static void halt(connection *c, const char *code, const char *sentence) {
    drop_wire(c, CLOSE_GOING_AWAY);
    move(c, GATEWAY_HALTED, code, sentence, "");
}

// --- connecting -----------------------------------------------------------------------------------------------

static void on_step_timeout(void *ctx) {
    connection *c = ctx;
    back_off(c, 0, "NO_ANSWER", words_marked(WORD_GATEWAY_NO_HANDSHAKE));
}

static void enter_connecting(connection *c) {
    drop_wire(c, CLOSE_GOING_AWAY);
    if (*c->url == '\0' || c->stopped) {
        c->waits = false;
        move(c, GATEWAY_IDLE, "", "", "");
        return;
    }
    c->waits = c->held;
    if (c->held) {
        move(c, GATEWAY_BACKOFF, "WAITING", words_marked(WORD_GATEWAY_WAITS_FOR_MAIN), "");
        return;
    }
    websocket_options options = {.url = c->url,
                                 .ca_file = c->ca_file,
                                 .ca_pem = c->ca_pem,
                                 .proxy = c->proxy,
                                 .max_message_bytes = MESSAGE_MAX_BYTES,
                                 .max_queued_bytes = QUEUE_MAX_BYTES,
                                 .connect_timeout_ms = CONNECT_TIMEOUT_MS};
    c->restarting = false;
    c->wire = c->transport.open(c->transport.ctx, &options, &wire_events, c);
    move(c, GATEWAY_CONNECTING, NULL, NULL, NULL);
}

static void on_open(void *ctx) {
    connection *c = ctx;
    loop_timer_set(c->loop, &c->step, STEP_TIMEOUT_MS, on_step_timeout, c);
    move(c, GATEWAY_WAIT_CHALLENGE, NULL, NULL, NULL);
}

static const char *cause_code(websocket_cause cause) {
    switch (cause) {
    case WEBSOCKET_TLS:
        return "TLS_FAILED";
    case WEBSOCKET_UPGRADE:
        return "UPGRADE_REFUSED";
    case WEBSOCKET_PROXY:
        return "PROXY_REFUSED";
    case WEBSOCKET_SETTINGS:
        return "SETTINGS_INVALID";
    case WEBSOCKET_PROTOCOL:
    case WEBSOCKET_TOO_BIG:
        return "PROTOCOL_BROKEN";
    default:
        return "CONNECT_FAILED";
    }
}

static void on_closed(void *ctx, const websocket_end *end) {
    connection *c = ctx;
    c->wire = NULL; // freed by the transport
    if (end->cause == WEBSOCKET_SETTINGS)
        halt(c, cause_code(end->cause), end->sentence);
    else if (c->restarting || end->close_code == CLOSE_RESTART)
        back_off(c, 0, "GATEWAY_RESTARTING", words_marked(WORD_GATEWAY_RESTARTING));
    else if (c->state == GATEWAY_READY)
        back_off(c, 0, "CONNECTION_LOST", end->sentence);
    else
        back_off(c, 0, cause_code(end->cause), end->sentence);
}

// --- handshake ------------------------------------------------------------------------------------------------

static oc_err send_frame(connection *c, const char *id, const char *method, const cJSON *params) {
    buf text;
    cJSON *frame = json_new_object();
    json_add_string(frame, "type", "req");
    json_add_string(frame, "id", id);
    json_add_string(frame, "method", method);
    if (params != NULL)
        (void)cJSON_AddItemReferenceToObject(frame, "params", (cJSON *)params);
    buf_init(&text, MESSAGE_MAX_BYTES);
    oc_err err = json_print(frame, &text);
    if (err == OC_OK && c->hello.max_payload_bytes > 0 && (int64_t)text.len > c->hello.max_payload_bytes)
        err = OC_ELIMIT;
    if (err == OC_OK)
        err = c->transport.send(c->wire, buf_bytes(&text));
    if (text.memory != NULL)
        secret_wipe(text.memory, text.cap); // the connect request holds the token
    buf_free(&text);
    cJSON_Delete(frame);
    return err;
}

static void on_challenge(connection *c, const cJSON *payload) {
    cJSON *params = NULL;
    int64_t now_ms = json_int(payload, "ts", 0);
    c->clock_known = now_ms > 0;
    c->clock_ahead_ms = now_ms - loop_wall_ms(c->loop);
    c->used_device_token = !secret_empty(c->device_token);
    if (!c->used_device_token && refused_tokens_has(c->refused, c->url, c->token)) {
        halt(c, "AUTH_TOKEN_MISMATCH", words_marked(WORD_GATEWAY_TOKEN_REFUSED_BEFORE));
        return;
    }
    connect_input in = {.as = c->as,
                        .commands = c->commands,
                        .identity = c->identity,
                        .token = secret_reveal(c->used_device_token ? c->device_token : c->token),
                        .nonce = json_text(payload, "nonce"),
                        .challenge_ms = now_ms,
                        .version = c->version};
    oc_err err = connect_params(&in, &params);
    connect_hello_free(&c->hello);
    if (err == OC_OK)
        err = send_frame(c, connect_id, "connect", params);
    cJSON_Delete(params);
    if (err != OC_OK) {
        back_off(c, 0, "CONNECT_FAILED", words_marked(WORD_GATEWAY_NOT_SENT));
        return;
    }
    loop_timer_set(c->loop, &c->step, STEP_TIMEOUT_MS, on_step_timeout, c);
    move(c, GATEWAY_WAIT_HELLO, NULL, NULL, NULL);
}

static void on_silence(void *ctx) {
    connection *c = ctx;
    int64_t limit = 2 * c->hello.tick_ms;
    int64_t quiet = loop_now_ms(c->loop) - c->transport.heard_ms(c->wire);
    if (quiet < limit) {
        loop_timer_set(c->loop, &c->silence, limit - quiet, on_silence, c);
        return;
    }
    drop_wire(c, CLOSE_SILENT);
    back_off(c, 0, "CONNECTION_SILENT", words_marked(WORD_GATEWAY_SILENT));
}

static void keep_device_token(connection *c) {
    const char *token = c->hello.device_token;
    if (*token == '\0' || strcmp(secret_reveal(c->device_token), token) == 0)
        return;
    secret_destroy(c->device_token);
    c->device_token = secret_create(token);
    c->events.device_token(c->ctx, token, c->url);
}

static void on_hello(connection *c, const cJSON *payload) {
    if (connect_read_hello(payload, c->as, &c->hello) != OC_OK || c->hello.protocol != GATEWAY_PROTOCOL) {
        halt(c, "PROTOCOL_MISMATCH", words_marked(WORD_GATEWAY_HELLO_WRONG));
        return;
    }
    if (!c->hello.granted) {
        halt(c, "MISSING_SCOPES", words_marked(c->as->missing));
        return;
    }
    if (c->as == &CONNECT_ROLE_RUN && (!c->hello.approvals || !c->hello.questions))
        log_warn(
            "The gateway grants no rights for approvals or questions: agents that ask for one will fail");
    c->hello.tick_ms = c->hello.tick_ms < TICK_MIN_MS   ? TICK_MIN_MS
                       : c->hello.tick_ms > TICK_MAX_MS ? TICK_MAX_MS
                                                        : c->hello.tick_ms;
    c->attempt = 0;
    c->second_try = false;
    keep_device_token(c);
    if (c->wire == NULL) // settings may have changed meanwhile
        return;
    loop_timer_cancel(&c->step);
    loop_timer_set(c->loop, &c->silence, 2 * c->hello.tick_ms, on_silence, c);
    move(c, GATEWAY_READY, "", "", "");
}

static void on_refused(connection *c, const cJSON *error) {
    connect_verdict v;
    connect_attempt attempt = {.device_token = c->used_device_token,
                               .shared_token = !secret_empty(c->token),
                               .second = c->second_try};
    connect_judge(error, &attempt, &v);
    if (!c->used_device_token && strcmp(v.code, "AUTH_TOKEN_MISMATCH") == 0)
        refused_tokens_note(c->refused, c->url, c->token);
    switch (v.next) {
    case CONNECT_HALT:
        halt(c, v.code, v.sentence);
        break;
    case CONNECT_LATER:
        back_off(c, v.retry_ms, v.code, v.sentence);
        break;
    case CONNECT_PAIRING:
        pause_then_connect(c, GATEWAY_PAIRING, PAIRING_POLL_MS, v.code, v.sentence, v.command);
        break;
    case CONNECT_AGAIN:
        c->second_try = true;
        enter_connecting(c);
        break;
    case CONNECT_SHARED_TOKEN:
        secret_destroy(c->device_token);
        c->device_token = NULL;
        c->events.device_token(c->ctx, NULL, c->url);
        enter_connecting(c);
        break;
    }
    connect_verdict_free(&v);
}

// --- frames ---------------------------------------------------------------------------------------------------

static void on_event(connection *c, const cJSON *frame) {
    const char *name = json_text(frame, "event");
    const cJSON *payload = json_get(frame, "payload");
    if (strcmp(name, "connect.challenge") == 0) {
        if (c->state == GATEWAY_WAIT_CHALLENGE)
            on_challenge(c, payload);
    } else if (strcmp(name, "shutdown") == 0) {
        c->restarting = true;
        log_info("The gateway says that it is stopping");
    } else if (c->state == GATEWAY_READY) {
        c->events.event(c->ctx, name, payload);
    }
}

static void on_response(connection *c, const cJSON *frame) {
    if (c->state == GATEWAY_READY) {
        c->events.response(c->ctx, frame);
        return;
    }
    if (c->state != GATEWAY_WAIT_HELLO || strcmp(json_text(frame, "id"), connect_id) != 0)
        return;
    if (json_bool(frame, "ok", false))
        on_hello(c, json_get(frame, "payload"));
    else
        on_refused(c, json_get(frame, "error"));
}

// Whether a frame is worth parsing: most are events of sessions that are not ours.
static bool concerns(connection *c, const frame_head *head) {
    if (head->escaped || head->type != FRAME_EVENT)
        return true;
    return bytes_is(head->event, "connect.challenge") || bytes_is(head->event, "shutdown") ||
           (c->state == GATEWAY_READY && c->events.wants(c->ctx, head));
}

void connection_on_frame(connection *c, bytes text) {
    frame_head head;
    cJSON *frame = NULL;
    oc_err err = frame_scan(text, &head);
    bool skipped = err == OC_OK && !concerns(c, &head);
    metric_count(METRIC_GATEWAY_FRAMES, skipped ? "skipped" : "read", 1);
    if (skipped)
        return;
    if (err == OC_OK)
        err = json_parse(text, &frame);
    if (err != OC_OK || !cJSON_IsObject(frame)) {
        // As the gateway does with ours: what cannot be read is ignored, and each request has its own limit.
        log_debug("A frame of the gateway could not be read", "reason", oc_err_text(err));
    } else if (strcmp(json_text(frame, "type"), "event") == 0) {
        on_event(c, frame);
    } else if (strcmp(json_text(frame, "type"), "res") == 0) {
        on_response(c, frame);
    }
    cJSON_Delete(frame);
}

static void on_message(void *ctx, bytes text) {
    connection_on_frame(ctx, text);
}

oc_err connection_send(connection *c, const char *id, const char *method, const cJSON *params) {
    return c->state == GATEWAY_READY ? send_frame(c, id, method, params) : OC_ECLOSED;
}

const char *connection_boot_id(const connection *c) {
    return c->hello.boot_id != NULL ? c->hello.boot_id : "";
}

// --- life -----------------------------------------------------------------------------------------------------

connection *connection_create(loop *l, const transport *t, const connect_role *as,
                              const connection_events *events, void *ctx) {
    connection *c = xcalloc(1, sizeof *c);
    c->as = as;
    c->loop = l;
    c->transport = *t;
    c->events = *events;
    c->ctx = ctx;
    char **texts[] = {&c->url,  &c->ca_file,  &c->ca_pem, &c->proxy,  &c->version,
                      &c->code, &c->sentence, &c->said,   &c->command};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = xstrdup("");
    return c;
}

void connection_destroy(connection *c) {
    if (c == NULL)
        return;
    drop_wire(c, CLOSE_GOING_AWAY);
    char *texts[] = {c->url,  c->ca_file,  c->ca_pem, c->proxy,  c->version,
                     c->code, c->sentence, c->said,   c->command};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    secret_destroy(c->token);
    secret_destroy(c->device_token);
    gateway_identity_destroy(c->identity);
    connect_hello_free(&c->hello);
    cJSON_Delete(c->commands);
    free(c);
}

static const char *or_empty(const char *text) {
    return text != NULL ? text : "";
}

static bool set_identity(connection *c, const gateway_identity *identity) {
    uint8_t seed[IDENTITY_SEED_BYTES];
    if (identity == NULL || (c->identity != NULL && strcmp(gateway_identity_device_id(c->identity),
                                                           gateway_identity_device_id(identity)) == 0))
        return false;
    gateway_identity_seed(identity, seed);
    gateway_identity_destroy(c->identity);
    c->identity = gateway_identity_from_seed(seed);
    secret_wipe(seed, sizeof seed);
    return true;
}

static bool set_token(connection *c, const secret *token) {
    if (c->token != NULL && secret_equal(c->token, token))
        return false;
    secret_destroy(c->token);
    c->token = secret_create(secret_reveal(token));
    return true;
}

static void start_anew(connection *c) {
    c->attempt = 0;
    c->second_try = false;
    c->shown = GATEWAY_IDLE; // somebody has asked: every step shows again
    enter_connecting(c);
}

bool connection_configure(connection *c, const gateway_settings *s, const gateway_identity *identity,
                          const char *device_token) {
    bool other_url = set_text(&c->url, or_empty(s->url)), differs = other_url;
    differs = set_token(c, s->token) || differs;
    differs = set_text(&c->ca_file, or_empty(s->ca_file)) || differs;
    differs = set_text(&c->ca_pem, or_empty(s->ca_pem)) || differs;
    differs = set_text(&c->proxy, or_empty(s->proxy)) || differs;
    differs = set_identity(c, identity) || differs;
    (void)set_text(&c->version, or_empty(s->version));
    c->refused = s->refused;
    // A device token belongs to one gateway. The one in use is newer than what the caller has stored.
    if (other_url || c->device_token == NULL) {
        secret_destroy(c->device_token);
        c->device_token = device_token != NULL ? secret_create(device_token) : NULL;
    }
    if (differs)
        start_anew(c);
    return other_url;
}

void connection_retry(connection *c) {
    refused_tokens_forget(c->refused, c->url, c->token);
    start_anew(c);
}

void connection_set_commands(connection *c, cJSON *names) {
    cJSON_Delete(c->commands);
    c->commands = names;
}

void connection_hold(connection *c, bool held) {
    bool waited = c->waits && !held;
    c->held = held;
    if (!waited)
        return;
    c->waits = false;
    c->attempt = 0;
    enter_connecting(c);
}

void connection_stop(connection *c, bool stopped) {
    bool changes = c->stopped != stopped;
    c->stopped = stopped;
    if (changes)
        start_anew(c);
}

void connection_again(connection *c) {
    start_anew(c);
}
